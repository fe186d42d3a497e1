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

func (p *offerPage) View(width, _ int) string {
	t := p.app.theme
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
		wrap("A passkey takes the place of the mail: "+thisPhone(p.app.phone.Profile())+
			" keeps a private key, and the tenant gets the public one.", width),
		"",
		t.button("Create a passkey", true),
	), "\n")
}

func (p *offerPage) Keys() []key.Binding {
	keys := []key.Binding{binding("enter", "create a passkey", "p")}
	if p.step.MaySkip {
		keys = append(keys, binding("esc", "not now", "s"))
	}
	if p.step.Session != nil {
		keys = append(keys, binding("l", "log out"))
	}
	return keys
}

// Refusals are the keys that this tenant, or this moment of its flow, does not have.
func (p *offerPage) Refusals() []refusal {
	var refused []refusal
	if !p.step.MaySkip {
		refused = append(refused,
			refuse("esc", "not now", "This tenant wants every account to have a passkey."),
			refuse("s", "not now", "This tenant wants every account to have a passkey."))
	}
	if p.step.Session == nil {
		refused = append(refused, refuse("l", "log out", "You are not signed in yet."))
	}
	return refused
}

func (p *offerPage) Title() string { return "Passkey" }
