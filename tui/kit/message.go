package kit

import (
	"context"
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// What a page asks of the app.
type (
	// ActMsg has the walk take an action.
	ActMsg struct{ Action login.Action }
	// ToastMsg shows a short text at the foot of the window for a while.
	ToastMsg struct{ Text string }
	// CopyMsg puts a text on the clipboard.
	CopyMsg struct {
		What      string // it is, as "the token"
		Text      string
		Otherwise string // what else can be done, as "t shows it"
	}
	// ShowRawMsg leaves the drawn screen until a key is pressed, for a text that can be selected as one line.
	ShowRawMsg struct{ Text string }
	// ChangePhoneMsg takes the next phone in hand, for the walk that Begin makes with it.
	ChangePhoneMsg struct {
		Begin func(client *hanko.Client, phone *authenticator.Phone) *login.Walk
	}
	// ToPhoneMsg gives the keys to the phone.
	ToPhoneMsg struct{}
	// OpenExchangeMsg shows an exchange whole in the tab of the wire; the first has the index 0.
	OpenExchangeMsg struct{ Index int }
	// ToggleSecretsMsg shows secrets in all tabs, or masks them again.
	ToggleSecretsMsg struct{}
	// ToggleStaySignedInMsg changes the person's answer to whether to stay signed in.
	ToggleStaySignedInMsg struct{}
	// InspectMsg asks the tenant about the session's token.
	InspectMsg struct{}
	// ReadPasskeysMsg reads anew what is on the phone.
	ReadPasskeysMsg struct{}
	// DeletePasskeyMsg deletes a passkey from the phone.
	DeletePasskeyMsg struct{ CredentialID []byte }
	// OpenConnectMsg brings up the page that connects another tenant, over the one that is shown.
	OpenConnectMsg struct {
		Embedded bool // it offers the embedded tenant at once
	}
	// ChangedMsg says that the page shows something new: keys that are on their way were meant for what was there before.
	ChangedMsg struct{}
	// CloseMsg goes back to the page below.
	CloseMsg struct{}
	// WorkMsg runs what takes a while, one thing at a time: with a spinner, and esc gives it up. The page gets the
	// message that Do returns.
	WorkMsg struct {
		Do func(ctx context.Context) tea.Msg
	}
	// ReconnectMsg ends this run, for another on that tenant.
	ReconnectMsg struct{ To Reconnect }
)

// What the app tells all tabs.
type (
	// ExchangesMsg tells what has happened on the wire: the exchanges that have ended, of which the first has the index
	// First, and all calls that are waiting for their answer now.
	ExchangesMsg struct {
		First    int
		More     []hanko.Exchange
		Pending  []hanko.Exchange
		Prompted bool // the person has done something
	}
	// StepMsg tells of the step that the walk has come to, and how its screen is called.
	StepMsg struct {
		Step  login.Step
		Title string
	}
	// MailsMsg tells that so many mails have come in above those that were there.
	MailsMsg struct{ More int }
	// PasskeysMsg brings what is on the phone.
	PasskeysMsg struct {
		Passkeys []authenticator.Passkey
		Err      error
	}
)

// Act is a command for an ActMsg.
func Act(action login.Action) tea.Cmd {
	return func() tea.Msg { return ActMsg{action} }
}

// Toast is a command for a ToastMsg.
func Toast(format string, args ...any) tea.Cmd {
	return func() tea.Msg { return ToastMsg{fmt.Sprintf(format, args...)} }
}

// PressAct is what a key does that takes an action.
func PressAct(action login.Action) func() tea.Msg {
	return func() tea.Msg { return Act(action) }
}

// PressToast is what a key does that only tells something.
func PressToast(text string) func() tea.Msg {
	return func() tea.Msg { return Toast("%s", text) }
}

// PressFor is what a key does that asks something of the app.
func PressFor(msg tea.Msg) func() tea.Msg {
	return func() tea.Msg { return msg }
}

// ToPhone is the key that leads from a tab to the phone.
func ToPhone() Key { return NewKey("to the phone", PressFor(ToPhoneMsg{}), "esc") }
