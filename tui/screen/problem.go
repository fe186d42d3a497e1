package screen

import (
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// describeProblem describes a problem in a few lines, for a screen that stays: the sentence, the cause, the remedy, and last,
// as a small window may have no room for it, what the tenant said.
func describeProblem(t *kit.Theme, problem login.Problem, width int) []string {
	lines := []string{t.Bad.Render(kit.Wrap("✗ "+problem.Sentence, width))}
	for _, text := range []string{problem.Cause, problem.Remedy} {
		if text != "" {
			lines = append(lines, kit.Wrap(hanko.Printable(text), width))
		}
	}
	if problem.Said != "" {
		lines = append(lines, t.Dim.Render(kit.Wrap(hanko.Printable(problem.Said), width)))
	}
	return lines
}

// DropProblem removes the problem of an earlier attempt from a screen that stays after a later attempt was cancelled.
func DropProblem(page kit.Page) {
	switch p := page.(type) {
	case *emailPage:
		p.problem = nil
	case *passcodePage:
		p.step.Problem = nil
	case *offerPage:
		p.step.Problem = nil
	case *formPage:
		p.step.Problem = nil
	case *signedInPage:
		p.step.Problem = nil
	case *profilePage:
		p.step.Problem, p.free = nil, false
	}
}

// heading is the title of a page, with a blank row below.
func heading(t *kit.Theme, text string, width int) []string {
	return []string{kit.Centre(t.Title.Render(text), width), ""}
}
