package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
)

// boxFor is a mailbox to which a mail comes at once.
type boxFor struct {
	code string
	err  error
	want chan mailbox.Want
}

func (b boxFor) Passcode(_ context.Context, want mailbox.Want) (string, error) {
	b.want <- want
	return b.code, b.err
}
func (boxFor) Close() error   { return nil }
func (boxFor) String() string { return "Mailpit at http://localhost:8025" }

// On a real tenant a mailbox brings the passcode to the screen, as the embedded tenant's inbox does.
func TestMailboxOfARealTenant(t *testing.T) {
	box := boxFor{code: "482913", want: make(chan mailbox.Want, 1)}
	app := appWith(t, kit.Options{
		Client: sample.SilentClient(t), Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(), Tenant: "staging", Mailbox: box,
	})
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	if view := app.View(); !strings.Contains(view, "4 Mail") {
		t.Errorf("there is no tab of mails:\n%s", view)
	}
	step := login.EnterPasscode{Email: "ada@example.com", SentAt: sample.Noon, TTL: time.Minute, TriesLeft: 3}
	before := time.Now()
	app.take(login.SubmitEmail{Email: "ada@example.com"})
	app.Update(ArrivedMsg{Step: step})
	brought := app.awaitPasscode(step)()
	if want := <-box.want; want.To != "ada@example.com" || want.After.Before(before) || want.After.After(time.Now()) {
		t.Errorf("wanted is %+v, and asked was at %s", want, before)
	}
	app.Update(brought)
	if view := app.View(); !strings.Contains(view, "From Mail  482 913  ctrl+f") {
		t.Errorf("the code is not offered:\n%s", view)
	}
	if submitted, ok := app.press("ctrl+f")().(kit.ActMsg); !ok || submitted.Action != (login.SubmitPasscode{Code: "482913"}) {
		t.Errorf("ctrl+f does %+v", submitted)
	}

	box.err = &mailbox.Error{Kind: mailbox.Unreachable, Box: box.String(), Problem: "It does not answer"}
	app.options.Mailbox = box
	failed := app.awaitPasscode(step)()
	<-box.want
	cmd := app.passcodeCame(failed.(passcodeMsg))
	if told, ok := cmd().(kit.ToastMsg); !ok || !strings.Contains(told.Text, "It does not answer") {
		t.Errorf("what is told of a mailbox that cannot be read is %+v", told)
	}
	app.toast = "" // which is gone after a while
	if view := app.View(); strings.Count(strings.Join(strings.Fields(view), " "), "The mailbox cannot be read.") == 0 {
		t.Errorf("the screen does not keep why no code comes:\n%s", view)
	}
	app.mails = nil
	if told, ok := app.press("ctrl+f")().(kit.ToastMsg); !ok || !strings.Contains(told.Text, "It does not answer") {
		t.Errorf("ctrl+f says %+v", told)
	}
	if cmd := app.passcodeCame(passcodeMsg{err: &mailbox.NoMailError{}}); cmd != nil {
		t.Error("that no mail came is told, though the person may have typed the code")
	}
	if app.awaitPasscode(login.EnterEmail{}) != nil || app.awaited != nil {
		t.Error("a passcode is waited for where none is asked for")
	}
}
