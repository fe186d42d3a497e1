package tui

import (
	"context"
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/tui/kit"
)

// passcodeMsg has the passcode from the mailbox of a real tenant, or the reason why there is none.
type passcodeMsg struct {
	to, code string
	err      error
}

// patience is how long to wait for a passcode if the tenant does not say how long it is valid.
const patience = 10 * time.Minute

// mailboxName returns the name of the mailbox of a real tenant, or "".
func (a *App) mailboxName() string {
	if a.options.Mailbox == nil {
		return ""
	}
	return hanko.Printable(a.options.Mailbox.String())
}

// awaitPasscode waits for the passcode that a step asks for to arrive in the mailbox. It stops any earlier wait.
func (a *App) awaitPasscode(step login.Step) tea.Cmd {
	if a.awaited != nil {
		a.awaited()
		a.awaited = nil
	}
	wanted := passcodeWanted(step)
	if a.options.Mailbox == nil || wanted == nil || wanted.Email == "" { // whose mail it is only the tenant knows
		return nil
	}
	a.unreadable = ""
	good := wanted.TTL
	if good <= 0 {
		good = patience
	}
	ctx, cancel := context.WithTimeout(a.ctx, good)
	a.awaited = cancel
	box, to, after := a.options.Mailbox, wanted.Email, a.askedAt
	return func() tea.Msg {
		defer cancel()
		code, err := box.Passcode(ctx, mailbox.Want{To: to, After: after})
		return passcodeMsg{to, code, err}
	}
}

// passcodeCame shows the mail with the passcode, as for the embedded tenant. It says nothing if no mail came: the person may
// have typed the code.
func (a *App) passcodeCame(msg passcodeMsg) tea.Cmd {
	var none *mailbox.NoMailError
	switch {
	case msg.err == nil:
		mail := mailbox.Mail{From: a.mailboxName(), To: msg.to, Subject: msg.code + " is the passcode in your mail", Code: msg.code, At: a.now()}
		a.mails = append([]mailbox.Mail{mail}, a.mails...)
		return tea.Batch(a.tell(kit.MailsMsg{More: 1}), a.notify(mail))
	case errors.As(msg.err, &none) || a.ctx.Err() != nil:
		return nil
	default:
		a.unreadable = "The mailbox cannot be read. " + hanko.Printable(msg.err.Error())
		return kit.Toast("%s", a.unreadable)
	}
}
