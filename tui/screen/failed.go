package screen

import (
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// failedPage shows an error: a sentence, the cause, what to do, what the tenant said, and the ways to continue.
type failedPage struct {
	kit.Still
	step   login.Failed
	offset int
}

func newFailedPage(step login.Failed) *failedPage { return &failedPage{step: step} }

func (p *failedPage) View(s kit.Situation, width, height int) string {
	t, problem := s.Theme, p.step.Problem
	top := []string{t.Bad.Render(kit.Wrap("✗ "+problem.Sentence, width)), ""}
	for _, part := range []struct{ label, text string }{
		{"What it means", problem.Cause},
		{"What to do", problem.Remedy},
		{"What was said", problem.Said}, // last, as a small window may have no room for it
	} {
		if part.text != "" {
			top = append(top, t.Dim.Render(part.label), kit.Wrap(hanko.Printable(part.text), width), "")
		}
	}
	if wait := problem.RetryAt.Sub(s.Now); wait > 0 {
		top = append(top, t.Warn.Render(kit.Wrap("The tenant asks to wait: "+kit.InWords(wait)+".", width)), "")
	}
	buttons := []string{s.Button("Back", width, kit.Focused)}
	if p.cannotRetry(s) == "" {
		buttons = append(buttons, t.QuietButton("Try again  r", width))
	}
	return s.Page(top, buttons, nil, &p.offset, width, height)
}

// cannotRetry says why the same action cannot be tried again now; "" if it can.
func (p *failedPage) cannotRetry(s kit.Situation) string {
	switch wait := p.step.Problem.RetryAt.Sub(s.Now); {
	case p.step.Again == nil:
		return "Trying again would fail in the same way. Press esc to go back."
	case wait > 0:
		return "The tenant asks to wait for another " + kit.InWords(wait) + "."
	}
	return ""
}

// Keys implements Page.
func (p *failedPage) Keys(s kit.Situation) []kit.Key {
	return []kit.Key{
		kit.NewKey("back", kit.PressAct(login.Back{}), "esc", "enter", "b").As("enter esc"),
		kit.NewKey("try again", kit.PressAct(login.Retry{}), "r").Unless(p.cannotRetry(s)),
		kit.Scrolling(func(name string) { p.offset += kit.Moved(name, 1) }),
	}
}

// Ticking reports whether the person has to wait.
func (p *failedPage) Ticking(s kit.Situation) bool { return p.step.Problem.RetryAt.After(s.Now) }

func (p *failedPage) Title() string { return "That did not work" }
