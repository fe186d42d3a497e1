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
	top := heading(t, p.heading(s), width)
	if height < 14 {
		top = top[:1]
	}
	switch {
	case p.saved != nil:
		top = append(top, p.viewSaved(s, width)...)
		return s.Page(top, []string{s.Button("Continue with it", width, kit.Focused)}, nil, &p.offset, width, height)
	case p.found == nil && p.toBegin:
		return s.Page(top, nil, nil, &p.offset, width, height)
	case p.found == nil:
		if height >= 12 {
			top = append(top, kit.Wrap("Its API URL: the one on your project's dashboard at Hanko Cloud, or your own backend's public port.", width), "")
		}
		top = append(append(top, t.Dim.Render("URL")), t.InputView(s.VeiledInput(&p.url, secret.InURL(p.url.Value())), width, true)...)
		top = append(top, p.trouble(s, width)...)
		foot := []string{t.Dim.Render(kit.Centre("localhost:8000 works, too. Nothing is sent before you press enter.", width)), ""}
		if !s.Tenant.Embedded {
			foot = []string{t.QuietButton("ctrl+t  use the embedded tenant", width), ""}
		}
		return s.Page(top, []string{s.Button("Ask the tenant", width, kit.Primary)}, foot, &p.offset, width, height)
	default:
		if trouble := p.trouble(s, width); trouble != nil {
			top = append(append(top, trouble[1:]...), "") // above the facts, which are scrolled
		}
		top = append(top, p.viewFound(s, width)...)
		return s.Page(top, p.viewChoices(s, width, height), nil, &p.offset, width, height)
	}
}

func (p *Connect) heading(s kit.Situation) string {
	switch {
	case p.saved != nil:
		return "Saved"
	case p.toBegin || p.found != nil && p.found.Embedded():
		return "The embedded tenant"
	case p.found != nil:
		return "Found"
	}
	text := connectText(s)
	return strings.ToUpper(text[:1]) + text[1:]
}

func (p *Connect) trouble(s kit.Situation, width int) []string {
	if p.problem == nil || s.Waiting != "" {
		return nil
	}
	return append([]string{""}, describeProblem(s.Theme, *p.problem, width)...)
}

func (p *Connect) viewFound(s kit.Situation, width int) []string {
	t := s.Theme
	var lines []string
	if !p.found.Embedded() {
		lines = append(lines, kit.Wrap(hanko.Printable(p.found.URL), width))
	}
	for _, fact := range kit.FactsOf(*p.found, s.Phone) {
		if fact.About == "" {
			lines = append(lines, t.Good.Render(kit.Wrap("✓ "+fact.Says, width)), "")
			continue
		}
		lines = append(lines, inColumns(t, fact.About, fact.Says, width)...)
	}
	return lines
}

// factCells is the width of the column with the names of facts.
const factCells = 10

// inColumns draws a fact: its name in one column, what it says in the other. A long name gets a row of its own.
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

// viewChoices draws what can be done with the tenant that was found.
func (p *Connect) viewChoices(s kit.Situation, width, height int) []string {
	t := s.Theme
	var above []string
	if !p.found.Embedded() {
		above = append([]string{t.Dim.Render("Its name here")}, t.InputView(&p.name, width, p.choice == onName)...)
	}
	if height >= 14 {
		above = append(above, t.Dim.Render(kit.Wrap("Saving writes it to "+hanko.Printable(p.found.Path)+".", width)))
	}
	var choices []string
	if len(above) > 0 {
		choices = append(choices, strings.Join(above, "\n"))
	}
	for _, button := range []struct {
		choice connectChoice
		text   string
	}{{onSave, "Save it and use it"}, {onThisRun, "Use it for this run only"}, {onBack, p.leaving()}} {
		look := kit.FocusedIf(button.choice == p.choice)
		if p.choice == onName && button.choice == onSave {
			look = kit.Primary // what enter leads to from the name
		}
		choices = append(choices, s.Button(button.text, width, look))
	}
	return choices
}

func (p *Connect) viewSaved(s kit.Situation, width int) []string {
	t := s.Theme
	lines := []string{t.Good.Render(kit.Wrap(kit.SavedSentence(*p.found, *p.saved), width)), ""}
	if overridden := kit.OverriddenSentence(*p.saved); overridden != "" {
		lines = append(lines, t.Warn.Render(kit.Wrap("! "+overridden, width)), "")
	}
	return append(lines, t.Dim.Render(kit.Wrap(kit.WayBack(*p.found), width)))
}
