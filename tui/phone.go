package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// play takes the first of the phones in hand, for the walk that begin makes with it. Commands that are under way keep
// the phone and the walk that they were given.
func (a *App) play(begin func(client *hanko.Client, phone *authenticator.Phone) *login.Walk) {
	phone, walk := a.options.Equip(a.phones[0], a.consentFor, a.report, begin)
	ctx := a.ctx
	a.phone, a.walk = phone, walk
	a.recognise = func() tea.Msg {
		found, err := walk.Recognise(ctx)
		if err != nil {
			return recognisedMsg{found: found, err: err}
		}
		asks, _ := walk.AsksToRemember(ctx) // where it cannot be told there is nothing to choose
		return recognisedMsg{found: found, asksToRemember: asks}
	}
	a.loadPasskeys = func() tea.Msg {
		passkeys, err := phone.Passkeys()
		return kit.PasskeysMsg{Passkeys: passkeys, Err: err}
	}
}

// changePhone takes the next phone in hand: at the email a new walk begins with it, and who is signed in stays so.
func (a *App) changePhone(msg kit.ChangePhoneMsg) tea.Cmd {
	a.phones = append(a.phones[1:], a.phones[0])
	a.unassociated = ""
	a.play(msg.Begin)
	return tea.Batch(a.recognise, a.loadPasskeys, kit.Toast("This is %s now.", a.phones[0].Label))
}

// reportMsg brings what a phone has found out about the app and the tenant's domain, and a real one would refuse.
type reportMsg struct{ err error }

// report takes a phone's report to the screen. It is called in the middle of a ceremony.
func (a *App) report(err error) {
	select {
	case a.reports <- err:
	case <-a.ctx.Done():
	}
}

// waitForReport waits for the next report.
func (a *App) waitForReport() tea.Msg {
	select {
	case err := <-a.reports:
		return reportMsg{err}
	case <-a.ctx.Done():
		return nil
	}
}
