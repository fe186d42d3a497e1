package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// play makes the first of the phones the current one, with the walk that begin returns for it. Commands that are running
// keep the phone and the walk that they have.
func (a *App) play(begin func(client *hanko.Client, phone *authenticator.Phone) *login.Walk) {
	phone, walk := a.options.Equip(a.phones[0], a.consentFor, a.report, a.visit, begin)
	ctx := a.ctx
	a.phone, a.walk = phone, walk
	a.recognise = func() tea.Msg {
		found, err := walk.Recognise(ctx)
		if err != nil {
			return recognisedMsg{found: found, err: err}
		}
		asks, _ := walk.AsksToRemember(ctx)  // if it cannot be found out, there is nothing to choose
		parties, _ := walk.ThirdParties(ctx) // likewise
		return recognisedMsg{found: found, asksToRemember: asks, thirdParties: parties}
	}
	a.loadPasskeys = func() tea.Msg {
		passkeys, err := phone.Passkeys()
		return kit.PasskeysMsg{Passkeys: passkeys, Err: err}
	}
}

// changePhone switches to the next phone. On the email screen that begins a new walk; a person who is signed in stays signed
// in.
func (a *App) changePhone(msg kit.ChangePhoneMsg) tea.Cmd {
	a.phones = append(a.phones[1:], a.phones[0])
	a.unassociated = ""
	a.play(msg.Begin)
	return tea.Batch(a.recognise, a.loadPasskeys, kit.Toast("This is %s now.", a.phones[0].Label))
}

// deletePasskey deletes a passkey from the phone.
func (a *App) deletePasskey(credentialID []byte) tea.Cmd {
	phone := a.phone
	return tea.Sequence(func() tea.Msg {
		if err := phone.Delete(credentialID); err != nil {
			return kit.ToastMsg{Text: hanko.Printable(err.Error())}
		}
		return kit.ToastMsg{Text: "Deleted from the phone. The tenant still lists it until it is removed there."}
	}, a.loadPasskeys)
}

// reportMsg says why a real phone would refuse the app at the tenant's domain.
type reportMsg struct{ err error }

// report brings a phone's report to the screen. Phones call it during a ceremony.
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
