package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// offerPage offers a passkey to somebody who has just signed in with a passcode.
type offerPage struct {
	still
	app  *App
	step login.OfferPasskey
}

func newOfferPage(app *App, step login.OfferPasskey) *offerPage {
	return &offerPage{app: app, step: step}
}

func (p *offerPage) Update(msg tea.Msg) tea.Cmd {
	if pressed, ok := msg.(tea.KeyMsg); ok && !pressed.Paste {
		switch pressed.String() {
		case "enter", "p":
			return act(login.RegisterPasskey{})
		case "esc", "s":
			return act(login.Skip{})
		case "l":
			return act(login.LogOut{})
		}
	}
	return nil
}

func (p *offerPage) View(width, height int) string {
	t := p.app.theme
	who := "You are signed in."
	if p.step.Email != "" {
		who = "You are signed in as " + hanko.Printable(p.step.Email) + "."
	}
	return strings.Join([]string{
		"",
		t.good.Render(wrap("✓ "+who, width)),
		"",
		t.title.Render(wrap("Sign in faster next time", width)),
		"",
		wrap("A passkey takes the place of the mail: this "+p.app.phone.Profile().Label+
			" keeps a private key, and the tenant gets the public one.", width),
		"",
		t.selected.Render("[ Create a passkey ]"),
	}, "\n")
}

func (p *offerPage) Keys() []key.Binding {
	return []key.Binding{
		binding("enter", "create a passkey", "p"),
		binding("esc", "not now: see the token", "s"),
		binding("l", "log out"),
	}
}

func (p *offerPage) Title() string { return "Passkey" }
