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
		What      string // what the text is, as in "the token"
		Text      string
		Otherwise string // what else the person can do, as in "t shows it"
	}
	// ShowRawMsg shows a text outside the drawn screen, so that it can be selected as one line, until a key is pressed.
	ShowRawMsg struct{ Text string }
	// ChangePhoneMsg changes to the next phone, with the walk that Begin creates for it.
	ChangePhoneMsg struct {
		Begin func(client *hanko.Client, phone *authenticator.Phone) *login.Walk
	}
	// ToPhoneMsg moves the focus to the phone.
	ToPhoneMsg struct{}
	// OpenExchangeMsg opens an exchange in the Wire tab. The first has the index 0.
	OpenExchangeMsg struct{ Index int }
	// ToggleSecretsMsg shows secrets in all tabs, or masks them again.
	ToggleSecretsMsg struct{}
	// ToggleStaySignedInMsg changes the person's answer to whether to stay signed in.
	ToggleStaySignedInMsg struct{}
	// InspectMsg asks the tenant about the session's token.
	InspectMsg struct{}
	// ReadPasskeysMsg reads the phone's passkeys again.
	ReadPasskeysMsg struct{}
	// DeletePasskeyMsg deletes a passkey from the phone.
	DeletePasskeyMsg struct{ CredentialID []byte }
	// OpenConnectMsg opens the page that connects another tenant, over the current page.
	OpenConnectMsg struct {
		Embedded bool // the page offers the embedded tenant at once
	}
	// ChangedMsg says that the page shows something new, so keys that are pressed now may be meant for what was there before.
	ChangedMsg struct{}
	// CloseMsg closes the page and shows the one below.
	CloseMsg struct{}
	// WorkMsg runs something that takes a while, one at a time, with a spinner. esc cancels it. The page gets the message
	// that Do returns.
	WorkMsg struct {
		Do func(ctx context.Context) tea.Msg
	}
	// CancelMsg cancels what is in progress.
	CancelMsg struct{}
	// ReconnectMsg ends this run, to continue on another tenant.
	ReconnectMsg struct{ To Reconnect }
)

// What the app tells all tabs.
type (
	// ExchangesMsg brings new exchanges: those that have ended, the first of which has the index First, and all those that
	// wait for their answer now.
	ExchangesMsg struct {
		First    int
		More     []hanko.Exchange
		Pending  []hanko.Exchange
		Prompted bool // they follow from something that the person did
	}
	// StepMsg brings the walk's new step, and the title of its screen.
	StepMsg struct {
		Step  login.Step
		Title string
	}
	// MailsMsg says how many new mails are at the top of the list.
	MailsMsg struct{ More int }
	// PasskeysMsg brings the phone's passkeys.
	PasskeysMsg struct {
		Passkeys []authenticator.Passkey
		Err      error
	}
)

// Act returns a command that sends an ActMsg.
func Act(action login.Action) tea.Cmd {
	return func() tea.Msg { return ActMsg{action} }
}

// Toast returns a command that sends a ToastMsg.
func Toast(format string, args ...any) tea.Cmd {
	return func() tea.Msg { return ToastMsg{fmt.Sprintf(format, args...)} }
}

// PressAct returns what a key does that takes an action.
func PressAct(action login.Action) func() tea.Msg {
	return func() tea.Msg { return Act(action) }
}

// PressToast returns what a key does that shows a toast.
func PressToast(text string) func() tea.Msg {
	return func() tea.Msg { return Toast("%s", text) }
}

// PressFor returns what a key does that sends a message to the app.
func PressFor(msg tea.Msg) func() tea.Msg {
	return func() tea.Msg { return msg }
}

// ToPhone declares the key that leads from a tab to the phone.
func ToPhone() Key { return NewKey("to the phone", PressFor(ToPhoneMsg{}), "esc") }
