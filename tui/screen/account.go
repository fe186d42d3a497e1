package screen

import (
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// accountPage says that there is no such user, and offers to create it.
type accountPage struct {
	kit.Still
	step login.ConfirmAccount
}

func newAccountPage(step login.ConfirmAccount) *accountPage { return &accountPage{step: step} }

func (p *accountPage) View(s kit.Situation, width, _ int) string {
	t := s.Theme
	return strings.Join([]string{
		"",
		t.Title.Render(kit.Wrap("No account yet", width)),
		"",
		kit.Wrap(hanko.Printable(p.step.Email)+" has no user on this tenant.", width),
		"",
		kit.Wrap("Create one? A passcode is mailed to this address next.", width),
		"",
		t.Button("Create the account", true),
	}, "\n")
}

// Keys implements Page.
func (p *accountPage) Keys(kit.Situation) []kit.Key {
	return []kit.Key{
		kit.NewKey("create the account", kit.PressAct(login.CreateAccount{}), "enter", "y"),
		kit.NewKey("another email", kit.PressAct(login.Back{}), "esc", "n"),
	}
}

func (p *accountPage) Title() string { return "New here" }
