package tui

import (
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// accountPage says that there is no such user, and offers to create it.
type accountPage struct {
	Still
	step login.ConfirmAccount
}

func newAccountPage(step login.ConfirmAccount) *accountPage { return &accountPage{step: step} }

func (p *accountPage) View(s Situation, width, _ int) string {
	t := s.Theme
	return strings.Join([]string{
		"",
		t.title.Render(wrap("No account yet", width)),
		"",
		wrap(hanko.Printable(p.step.Email)+" has no user on this tenant.", width),
		"",
		wrap("Create one? A passcode is mailed to this address next.", width),
		"",
		t.button("Create the account", true),
	}, "\n")
}

// Keys implements Page.
func (p *accountPage) Keys(Situation) []Key {
	return []Key{
		NewKey("create the account", pressAct(login.CreateAccount{}), "enter", "y"),
		NewKey("another email", pressAct(login.Back{}), "esc", "n"),
	}
}

func (p *accountPage) Title() string { return "New here" }
