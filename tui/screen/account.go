package screen

import (
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// accountPage says that the address has no user, and offers to create one.
type accountPage struct {
	kit.Still
	step   login.ConfirmAccount
	offset int
}

func newAccountPage(step login.ConfirmAccount) *accountPage { return &accountPage{step: step} }

func (p *accountPage) View(s kit.Situation, width, height int) string {
	top := append(heading(s.Theme, "No account yet", width),
		kit.Centre(hanko.Printable(p.step.Email)+" has no account.", width), "",
		kit.Centre("Create one? A passcode will be mailed to this address.", width), "")
	return s.Page(top, []string{
		s.Button("Create the account", width, kit.Focused),
		s.Theme.QuietButton("Use another email  esc", width),
	}, nil, &p.offset, width, height)
}

// Keys implements Page.
func (p *accountPage) Keys(kit.Situation) []kit.Key {
	return []kit.Key{
		kit.NewKey("create the account", kit.PressAct(login.CreateAccount{}), "enter", "y"),
		kit.NewKey("another email", kit.PressAct(login.Back{}), "esc", "n"),
	}
}

func (p *accountPage) Title() string { return "New here" }
