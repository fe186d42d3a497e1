package screen

import (
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// offerPage offers a passkey to somebody who has just signed in with a passcode.
type offerPage struct {
	kit.Still
	step login.OfferPasskey
}

func newOfferPage(step login.OfferPasskey) *offerPage { return &offerPage{step: step} }

func (p *offerPage) View(s kit.Situation, width, _ int) string {
	t := s.Theme
	who := "You are signed in."
	switch {
	case p.step.Session == nil:
		who = "The tenant knows now that it is you."
	case p.step.Email != "":
		who = "You are signed in as " + hanko.Printable(p.step.Email) + "."
	}
	lines := []string{"", t.Good.Render(kit.Wrap("✓ "+who, width)), ""}
	if p.step.Problem != nil {
		lines = append(append(lines, describeProblem(t, *p.step.Problem, width)...), "")
	}
	return strings.Join(append(lines,
		t.Title.Render(kit.Wrap("Sign in faster next time", width)),
		"",
		kit.Wrap("A passkey takes the place of the mail: "+kit.ThisPhone(s.Phone)+
			" keeps a private key, and the tenant gets the public one.", width),
		"",
		t.Button("Create a passkey", true),
	), "\n")
}

// Keys implements Page.
func (p *offerPage) Keys(kit.Situation) []kit.Key {
	must := kit.UnlessSo(p.step.MaySkip, "This tenant wants every account to have a passkey.")
	return []kit.Key{
		kit.NewKey("create a passkey", kit.PressAct(login.RegisterPasskey{}), "enter", "p"),
		kit.NewKey("not now", kit.PressAct(login.Skip{}), "esc", "s").Unless(must),
		kit.NewKey("log out", kit.PressAct(login.LogOut{}), "l").Unless(kit.UnlessSo(p.step.Session != nil, "You are not signed in yet.")),
	}
}

func (p *offerPage) Title() string { return "Passkey" }
