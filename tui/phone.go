package tui

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// play takes the first of the phones in hand, for the walk that begin makes with it. Commands that are under way keep
// the phone and the walk that they were given.
func (a *App) play(begin func(client *hanko.Client, phone *authenticator.Phone) *login.Walk) {
	phone, walk := a.options.equip(a.phones[0], a.consentFor, a.report, begin)
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
		return PasskeysMsg{passkeys, err}
	}
}

// equip makes a phone, and the walk that begin makes with it, with a security key at hand. consentFor is how the holder of
// each is asked.
func (o Options) equip(
	profile authenticator.Profile, consentFor func(authenticator.Profile) authenticator.Consent, report func(error),
	begin func(client *hanko.Client, phone *authenticator.Phone) *login.Walk,
) (*authenticator.Phone, *login.Walk) {
	newPhone := func(profile authenticator.Profile) *authenticator.Phone {
		return o.newPhone(profile, consentFor(profile), report)
	}
	phone := newPhone(profile)
	walk := begin(o.Client, phone)
	walk.UseSecurityKey(newPhone(securityKey(profile)))
	if o.API != "" {
		walk.UseAPI(o.API)
	}
	return phone, walk
}

// newPhone makes a phone as strict as is wanted, which misbehaves where that is wanted. report is told what a real phone
// would refuse and this one does not.
func (o Options) newPhone(profile authenticator.Profile, consent authenticator.Consent, report func(error)) *authenticator.Phone {
	var options []authenticator.PhoneOption
	if o.Strict {
		options = append(options, authenticator.Strict())
	}
	if o.Association != nil {
		options = append(options, authenticator.WithAppAssociation(o.Association, report))
	}
	if o.RelatedOrigins != nil {
		options = append(options, authenticator.WithRelatedOrigins(o.RelatedOrigins))
	}
	phone := authenticator.NewPhone(profile, o.Store, consent, options...)
	if o.Fault != nil {
		phone = o.Fault.On(phone)
	}
	return phone
}

// securityKey is a key that is held to the phone: the same app or page asks, so its origin is the phone's.
func securityKey(phone authenticator.Profile) authenticator.Profile {
	key := authenticator.SecurityKey(phone.PageOrigin)
	key.Platform, key.App, key.AppleAppID = phone.Platform, phone.App, phone.AppleAppID
	return key
}

// thisPhone is what the phone is called in a sentence: "this iPhone", or by the name that its owner gave it.
func thisPhone(profile authenticator.Profile) string {
	nameless, err := authenticator.NamedProfile(profile.Name, authenticator.AndroidApp{}, "")
	if err == nil && nameless.Label == profile.Label {
		return "this " + profile.Label
	}
	return profile.Label
}

// changePhone takes the next phone in hand: at the email a new walk begins with it, and who is signed in stays so.
func (a *App) changePhone(msg ChangePhoneMsg) tea.Cmd {
	a.phones = append(a.phones[1:], a.phones[0])
	a.unassociated = ""
	a.play(msg.Begin)
	return tea.Batch(a.recognise, a.loadPasskeys, Toast("This is %s now.", a.phones[0].Label))
}

// misbehaviour tells, in a line, that the phone misbehaves on purpose, and how; "" when it does not.
func (o Options) misbehaviour() string {
	if o.Fault == nil {
		return ""
	}
	return fmt.Sprintf("The phone misbehaves on purpose: it %s (%s; verdict: %s)", o.Fault.Does, o.Fault.ID(), o.Fault.Verdict)
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
