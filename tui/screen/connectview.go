package screen

import (
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/tui/kit"
)

// View implements kit.Page.
func (p *Connect) View(s kit.Situation, width, height int) string {
	t := s.Theme
	lines := append([]string{""}, heading(t, p.heading(), width)...)
	if height < 14 {
		lines = lines[1:2]
	}
	focused := 0
	switch {
	case p.saved != nil:
		lines = append(lines, p.viewSaved(s, width)...)
	case p.found == nil:
		lines = append(lines, kit.Wrap("Its API URL: the one on your project's dashboard at Hanko Cloud, or your own backend's public port.", width), "", "URL")
		focused = lineCount(lines) + 1
		lines = append(lines, t.InputView(s.VeiledInput(&p.url, secret.InURL(p.url.Value())), width, true)...)
		lines = append(lines, p.trouble(s, width)...)
		lines = append(lines, "", t.Dim.Render(kit.Wrap("localhost:8000 will do, too. Nothing is sent before you press enter.", width)))
	default:
		lines = append(lines, p.viewFound(s, width)...)
		var choices []string
		choices, focused = p.viewChoices(s, width)
		focused += lineCount(lines)
		lines = append(lines, choices...)
	}
	if focused+2 > p.offset+height-1 {
		p.offset = focused + 3 - height
	}
	if focused < p.offset {
		p.offset = focused
	}
	return s.Scroll(strings.Join(lines, "\n"), &p.offset, width, height)
}

func lineCount(lines []string) int { return strings.Count(strings.Join(lines, "\n"), "\n") + 1 }

func (p *Connect) heading() string {
	switch {
	case p.saved != nil:
		return "Saved"
	case p.found != nil:
		return "Found"
	}
	return "Connect your own tenant"
}

func (p *Connect) trouble(s kit.Situation, width int) []string {
	if p.problem == nil || s.Waiting != "" {
		return nil
	}
	return append([]string{""}, describeProblem(s.Theme, *p.problem, width)...)
}

func (p *Connect) viewFound(s kit.Situation, width int) []string {
	t := s.Theme
	lines := []string{kit.Wrap(hanko.Printable(p.found.URL), width)}
	for _, fact := range kit.FactsOf(*p.found, s.Phone) {
		if fact.About == "" {
			lines = append(lines, t.Good.Render(kit.Wrap("✓ "+fact.Says, width)), "")
			continue
		}
		lines = append(lines, inColumns(t, fact.About, fact.Says, width)...)
	}
	return lines
}

// factCells is how wide the column of what facts are about is.
const factCells = 10

// inColumns is what a fact is about in one column, and what is said in the other. A long name has a row of its own.
func inColumns(t *kit.Theme, about, says string, width int) []string {
	rows := strings.Split(kit.Wrap(says, max(1, width-factCells)), "\n")
	for i, row := range rows {
		rows[i] = strings.Repeat(" ", factCells) + row
	}
	if len(about) >= factCells {
		return append([]string{t.Dim.Render(kit.Clamp(about, width, 1))}, rows...)
	}
	rows[0] = t.Dim.Render(kit.Cell(about, factCells)) + strings.TrimLeft(rows[0], " ")
	return rows
}

// viewChoices is what can be done with the tenant that was found, and which line of it has the focus.
func (p *Connect) viewChoices(s kit.Situation, width int) (lines []string, focused int) {
	t := s.Theme
	lines = append([]string{"", "Its name here"}, t.InputView(&p.name, width, p.choice == onName)...)
	lines = append(lines, t.Dim.Render(kit.Wrap("Saving writes it to "+hanko.Printable(p.found.Path)+".", width)))
	lines = append(append(lines, p.trouble(s, width)...), "")
	focused = 2
	for _, button := range []struct {
		choice connectChoice
		text   string
	}{{onSave, "Save it and use it"}, {onThisRun, "Use it for this run only"}, {onBack, "Another URL"}} {
		if button.choice == p.choice {
			focused = lineCount(lines)
		}
		lines = append(lines, s.Button(button.text, width, kit.FocusedWhere(button.choice == p.choice)), "")
	}
	return lines, focused
}

func (p *Connect) viewSaved(s kit.Situation, width int) []string {
	t := s.Theme
	lines := []string{t.Good.Render(kit.Wrap(kit.SavedSentence(*p.found, *p.saved), width)), ""}
	if beaten := kit.BeatenSentence(*p.saved); beaten != "" {
		lines = append(lines, t.Warn.Render(kit.Wrap("! "+beaten, width)), "")
	}
	return append(lines, t.Dim.Render(kit.Wrap(kit.WayBack, width)), "", s.Button("Go on with it", width, kit.Focused))
}
