package screen

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/tui/kit"
)

// View implements kit.Page.
func (p *formPage) View(s kit.Situation, width, height int) string {
	lines, focused := p.lines(s, width, height, -1)
	if len(p.items) == 0 {
		return s.Page(lines, []string{s.Button("Back", width, kit.Focused)}, nil, &p.offset, width, height)
	}
	if len(lines) <= height {
		return p.scrolled(s, lines, focused, width, height)
	}
	// Where there is no room for everything, the button that enter leads to stays in sight, below what is scrolled.
	button := p.buttonOf(p.choice)
	if button < 0 {
		return p.scrolled(s, lines, focused, width, height)
	}
	lines, focused = p.lines(s, width, height-1, button)
	return kit.Pad(p.scrolled(s, lines, focused, width, height-1), width, height-1) + "\n" + strings.Join(p.item(s, button, width), "\n")
}

// buttonOf returns the index of the button that submits the form of an item, or -1.
func (p *formPage) buttonOf(item int) int {
	if item < 0 || item >= len(p.items) {
		return -1
	}
	return slices.IndexFunc(p.items, func(other formItem) bool {
		return other.field == nil && other.form.Action == p.items[item].form.Action
	})
}

// lines is the whole page but one item, of any height, and the line of what has the focus.
func (p *formPage) lines(s kit.Situation, width, height, without int) (lines []string, focused int) {
	t, text := s.Theme, kit.TextOfState(p.step.State)
	lines = append([]string{""}, heading(t, hanko.Printable(text.Title), width)...)
	secret := p.secret(s, width, height)
	switch {
	case height < 14:
		lines = lines[1:2]
	case len(secret) > height/2: // the QR code says enough, and leaves no row to spare
		lines = lines[1:2]
	default:
		lines = append(lines, kit.Centre(text.Text, width))
	}
	if p.step.Problem != nil && s.Waiting == "" && !p.fieldsComplain() {
		lines = append(append(lines, ""), describeProblem(t, *p.step.Problem, width)...)
	}
	lines = append(lines, secret...)
	for i := range p.items {
		if i == p.choice {
			focused = strings.Count(strings.Join(lines, "\n"), "\n")
		}
		if i == without {
			continue
		}
		if p.items[i].field != nil || i == 0 || p.items[i-1].field == nil {
			lines = append(lines, "")
			if i == p.choice {
				focused++
			}
		}
		lines = append(lines, p.item(s, i, width)...)
	}
	lines = append(lines, p.links(width)...)
	if more := OmittedText(p.step.Omitted); more != "" {
		lines = append(lines, "", t.Dim.Render(kit.Wrap(more, width)))
	}
	if p.step.Unsure {
		lines = append(lines, "", t.Dim.Render(kit.Wrap("The tenant may hide whether an address has an account. If the mail has no code, there is none: ctrl+n creates one.", width)))
	}
	return strings.Split(strings.Join(lines, "\n"), "\n"), focused
}

// scrolled shows the part of the page in which something is being filled in.
func (p *formPage) scrolled(s kit.Situation, lines []string, focused, width, height int) string {
	if !p.free && focused+3 > p.offset+height-1 {
		p.offset = focused + 4 - height
	}
	if !p.free && focused < p.offset {
		p.offset = focused - 1
	}
	return s.ScrollLines(lines, &p.offset, width, height)
}

// fieldsComplain reports whether the problem is shown at the field that it is about.
func (p *formPage) fieldsComplain() bool {
	return slices.ContainsFunc(p.items, func(item formItem) bool { return item.field != nil && item.field.Error != nil })
}

// item draws a field or a button.
func (p *formPage) item(s kit.Situation, i, width int) []string {
	t, item := s.Theme, &p.items[i]
	if item.field == nil {
		text := hanko.Printable(kit.TextOfAction(p.step.State, item.form.Action, item.form.Description))
		if item.form.Action == hanko.ActionSkip && p.escSkips() {
			text += "  esc"
		}
		look := kit.FocusedIf(i == p.choice)
		if at := p.current(); at != nil && at.field != nil && at.form.Action == item.form.Action {
			look = kit.Primary // what enter leads to from the field that has the focus
		}
		return []string{s.Button(text, width, look)}
	}
	label := kit.Humanised(item.field.Name)
	if item.field.Required {
		label += " *"
	}
	drawn := t.InputView(s.VeiledInput(&item.input, secret.Input(*item.field)), width, i == p.choice)
	lines := []string{t.Dim.Render(kit.Clamp(label, width, 1))}
	if values := FieldValues(*item.field); len(values) > 0 {
		drawn[0] = t.Choice(ChoiceLabels(*item.field), slices.Index(values, item.input.Value()), width)
	}
	lines = append(lines, drawn...)
	if item.field.Error != nil && s.Waiting == "" {
		means, _ := item.field.Error.Explain()
		if means == "" {
			means = hanko.Printable(item.field.Error.Message)
		}
		if item.form.Action == hanko.ActionPasswordLogin && item.field.Error.Code == hanko.CodeValueInvalidError {
			means = "That is not the password of this account."
		}
		lines = append(lines, t.Bad.Render(kit.Wrap("✗ "+means, width)),
			t.Dim.Render(kit.Wrap(hanko.Printable(item.field.Error.Code), width)), "")
	}
	return lines
}

// OmittedText says what of a state is not shown; "" for nothing.
func OmittedText(more login.Omitted) string {
	var parts []string
	for _, kind := range []struct {
		count     int
		one, many string
	}{
		{more.Forms, "thing to do", "things to do"}, {more.Values, "value to choose", "values to choose"}, {more.Links, "link", "links"},
	} {
		switch kind.count {
		case 0:
		case 1:
			parts = append(parts, "1 more "+kind.one)
		default:
			parts = append(parts, fmt.Sprintf("%d more %s", kind.count, kind.many))
		}
	}
	if parts == nil {
		return ""
	}
	return "This state has too much to show: " + strings.Join(parts, ", ") + ". The exchange has all of it."
}

// links are the ways out of the flow, which a terminal cannot follow.
func (p *formPage) links(width int) []string {
	var lines []string
	var payload struct {
		RedirectURL string `json:"redirect_url"`
	}
	_ = json.Unmarshal(p.step.Payload, &payload) // other states have other payloads
	if payload.RedirectURL != "" {
		lines = append(lines, "", kit.Wrap(hanko.Printable(payload.RedirectURL), width))
	}
	for _, link := range p.step.Links {
		lines = append(lines, "", kit.Wrap(kit.Humanised(link.Name)+": "+hanko.Printable(link.Href), width))
	}
	return lines
}
