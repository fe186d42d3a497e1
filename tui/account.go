package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// accountPage says that there is no such user, and offers to create it.
type accountPage struct {
	still
	app  *App
	step login.ConfirmAccount
}

func newAccountPage(app *App, step login.ConfirmAccount) *accountPage {
	return &accountPage{app: app, step: step}
}

func (p *accountPage) Update(msg tea.Msg) tea.Cmd {
	if pressed, ok := msg.(tea.KeyMsg); ok && !pressed.Paste {
		switch pressed.String() {
		case "enter", "y":
			return act(login.CreateAccount{})
		case "esc", "n":
			return act(login.Back{})
		}
	}
	return nil
}

func (p *accountPage) View(width, _ int) string {
	t := p.app.theme
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

func (p *accountPage) Keys() []key.Binding {
	return []key.Binding{binding("enter", "create the account", "y"), binding("esc", "another email", "n")}
}

func (p *accountPage) Title() string { return "New here" }
