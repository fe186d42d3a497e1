package tui

import (
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// failedPage is an error as a screen: a sentence, what was said, the cause, what to do, and the ways on.
type failedPage struct {
	Still
	step   login.Failed
	offset int
}

func newFailedPage(step login.Failed) *failedPage { return &failedPage{step: step} }

func (p *failedPage) View(s Situation, width, height int) string {
	t, problem := s.Theme, p.step.Problem
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
	if wait := problem.RetryAt.Sub(s.Now); wait > 0 {
		lines = append(lines, t.warn.Render(wrap("The tenant asks to wait: "+inWords(wait)+".", width)), "")
	}
	if exchanges := p.step.Exchanges(); len(exchanges) > 0 {
		lines = append(lines, t.dim.Render(wrap("What went over the wire is in the Wire tab (1).", width)))
	}
	return s.Scroll(strings.Join(lines, "\n"), &p.offset, width, height)
}

// Keys implements Page.
func (p *failedPage) Keys(s Situation) []Key {
	why := ""
	switch wait := p.step.Problem.RetryAt.Sub(s.Now); {
	case p.step.Again == nil:
		why = "Doing the same again would fail the same way. esc goes back."
	case wait > 0:
		why = "The tenant asks to wait for another " + inWords(wait) + "."
	}
	return []Key{
		NewKey("back", pressAct(login.Back{}), "esc", "enter", "b").As("enter esc"),
		NewKey("try again", pressAct(login.Retry{}), "r").Unless(why),
		scrolling(func(name string) { p.offset += Moved(name, 1) }),
	}
}

// scrolling are the keys that scroll a page by a line, which says itself that there is more.
func scrolling(move func(name string)) Key { return Moving("", "", move, "up", "down", "k", "j") }

// Ticking reports whether the person has to wait.
func (p *failedPage) Ticking(s Situation) bool { return p.step.Problem.RetryAt.After(s.Now) }

func (p *failedPage) Title() string { return "That did not work" }
