package screen

import (
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// offerPage offers a passkey to somebody who has just signed in with a passcode.
type offerPage struct {
	kit.Still
	step   login.OfferPasskey
	offset int
}

func newOfferPage(step login.OfferPasskey) *offerPage { return &offerPage{step: step} }

func (p *offerPage) View(s kit.Situation, width, height int) string {
	t := s.Theme
	who := "Signed in"
	switch {
	case p.step.Session == nil:
		who = "The tenant now knows that it is you"
	case p.step.Email != "":
		who = "Signed in as " + hanko.Printable(p.step.Email)
	}
	top := []string{kit.Centre(t.Good.Render("✓")+" "+who, width), ""}
	if p.step.Problem != nil && s.Waiting == "" {
		top = append(append(top, describeProblem(t, *p.step.Problem, width)...), "")
	}
	top = append(append(top, heading(t, "Sign in faster next time", width)...),
		kit.Centre("A passkey takes the place of the mail: "+kit.ThisPhone(s.Phone)+" keeps a private key, and the tenant gets the public one.", width), "")
	buttons := []string{s.Button("Create a passkey", width, kit.Focused)}
	if p.step.MaySkip {
		buttons = append(buttons, t.QuietButton("Not now  esc", width))
	}
	return s.Page(top, buttons, nil, &p.offset, width, height)
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
