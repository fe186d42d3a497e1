package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// failedPage is an error as a screen: a sentence, what was said, the cause, what to do, and the ways on.
type failedPage struct {
	app    *App
	step   login.Failed
	offset int
}

func newFailedPage(app *App, step login.Failed) *failedPage {
	return &failedPage{app: app, step: step}
}

func (p *failedPage) Init() tea.Cmd { return nil }

func (p *failedPage) Update(msg tea.Msg) tea.Cmd {
	pressed, ok := msg.(tea.KeyMsg)
	if !ok || pressed.Paste {
		return nil
	}
	switch pressed.String() {
	case "esc", "enter", "b":
		return act(login.Back{})
	case "r":
		return act(login.Retry{})
	case "down", "j":
		p.offset++
	case "up", "k":
		p.offset--
	}
	return nil
}

func (p *failedPage) View(width, height int) string {
	t, problem := p.app.theme, p.step.Problem
	lines := []string{"", t.bad.Render(wrap("✗ "+problem.Sentence, width)), ""}
	if height < 12 {
		lines = lines[1:2]
	}
	for _, part := range []struct{ label, text string }{
		{"What was said", problem.Said},
		{"What it means", problem.Cause},
		{"What to do", problem.Remedy},
	} {
		if part.text != "" {
			lines = append(lines, t.dim.Render(part.label), wrap(hanko.Printable(part.text), width), "")
		}
	}
	if wait := problem.RetryAt.Sub(p.app.now()); wait > 0 {
		lines = append(lines, t.warn.Render(wrap("The tenant asks to wait: "+inWords(wait)+".", width)), "")
	}
	if exchanges := p.step.Exchanges(); len(exchanges) > 0 {
		lines = append(lines, t.dim.Render(wrap("What went over the wire is in the Wire tab (1).", width)))
	}
	var shown string
	shown, p.offset = t.scroll(strings.Join(lines, "\n"), p.offset, width, height)
	return shown
}

func (p *failedPage) Keys() []key.Binding {
	keys := []key.Binding{keyPair("enter esc", "back", "esc", "enter")}
	if len(p.Refusals()) == 0 {
		keys = append(keys, binding("r", "try again"))
	}
	return keys
}

// Refusals tell why it cannot be tried again, or not yet.
func (p *failedPage) Refusals() []refusal {
	wait := p.step.Problem.RetryAt.Sub(p.app.now())
	switch {
	case p.step.Again == nil:
		return []refusal{refuse("r", "try again", "Doing the same again would fail the same way. esc goes back.")}
	case wait > 0:
		return []refusal{refuse("r", "try again", "The tenant asks to wait for another "+inWords(wait)+".")}
	default:
		return nil
	}
}

func (p *failedPage) Typing() bool { return false }

func (p *failedPage) Ticking() bool {
	return p.step.Problem.RetryAt.After(p.app.now())
}

func (p *failedPage) Title() string { return "That did not work" }
