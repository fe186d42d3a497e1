package tui

import (
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// offerPage offers a passkey to somebody who has just signed in with a passcode.
type offerPage struct {
	Still
	step login.OfferPasskey
}

func newOfferPage(step login.OfferPasskey) *offerPage { return &offerPage{step: step} }

func (p *offerPage) View(s Situation, width, _ int) string {
	t := s.Theme
	who := "You are signed in."
	switch {
	case p.step.Session == nil:
		who = "The tenant knows now that it is you."
	case p.step.Email != "":
		who = "You are signed in as " + hanko.Printable(p.step.Email) + "."
	}
	lines := []string{"", t.good.Render(wrap("✓ "+who, width)), ""}
	if p.step.Problem != nil {
		lines = append(append(lines, describeProblem(t, *p.step.Problem, width)...), "")
	}
	return strings.Join(append(lines,
		t.title.Render(wrap("Sign in faster next time", width)),
		"",
		wrap("A passkey takes the place of the mail: "+thisPhone(s.Phone)+
			" keeps a private key, and the tenant gets the public one.", width),
		"",
		t.button("Create a passkey", true),
	), "\n")
}

// Keys implements Page.
func (p *offerPage) Keys(Situation) []Key {
	must := unlessSo(p.step.MaySkip, "This tenant wants every account to have a passkey.")
	return []Key{
		NewKey("create a passkey", pressAct(login.RegisterPasskey{}), "enter", "p"),
		NewKey("not now", pressAct(login.Skip{}), "esc", "s").Unless(must),
		NewKey("log out", pressAct(login.LogOut{}), "l").Unless(unlessSo(p.step.Session != nil, "You are not signed in yet.")),
	}
}

func (p *offerPage) Title() string { return "Passkey" }
