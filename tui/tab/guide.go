package tab

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// Guide lists the calls of the mobile guide with the flow actions that replace them, and marks what this run has done. Apps
// that use the REST API have this migration ahead of them.
type Guide struct {
	kit.Still
	rows    []decode.Row
	walked  [][]int // by row: the exchanges that did it
	refused []bool  // by row: none of them did as asked
	current int     // the row that comes next; -1 for none
	choice  int
	offset  int
}

// NewGuide returns the tab, for a walk that is at a step.
func NewGuide(step login.Step) *Guide {
	rows := decode.Rows()
	p := &Guide{rows: rows, walked: make([][]int, len(rows)), refused: make([]bool, len(rows))}
	p.arrived(step, false)
	return p
}

// add marks what exchanges have done. first is the index of the first of them on the wire.
func (p *Guide) add(first int, more []hanko.Exchange) {
	for i, exchange := range more {
		row, ok := decode.RowOf(exchange)
		if !ok || onlyAsked(exchange) {
			continue
		}
		p.refused[row] = decode.Refused(exchange) && (p.refused[row] || p.walked[row] == nil)
		p.walked[row] = append(p.walked[row], first+i)
	}
}

// onlyAsked reports whether an exchange is the app's own probe for passcodes, which sends no mail and is no step of the guide.
func onlyAsked(exchange hanko.Exchange) bool {
	return decode.CallOf(exchange).Endpoint == "POST /passcode/login/initialize" && string(exchange.RequestBody) == "{}"
}

// arrived finds the row that comes next. If the person is choosing rows, it does not change their choice.
func (p *Guide) arrived(step login.Step, chosen bool) {
	next := ""
	switch step := step.(type) {
	case login.EnterEmail:
		next = "POST /user"
	case login.ConfirmAccount:
		next = "POST /users"
	case login.EnterPasscode:
		next = "POST /passcode/login/finalize"
	case login.OfferPasskey:
		next = "POST /webauthn/registration/initialize"
	case login.SignedIn:
		if step.Registered != "" {
			next = "POST /webauthn/login/initialize"
		} else if step.Method == login.ByPasscode {
			next = "POST /webauthn/registration/initialize"
		}
	case login.FillForm:
		if len(step.Forms) > 0 {
			next = string(step.Forms[0].Action)
		}
	case login.Profile, login.Failed: // the guide has neither
	}
	p.current = slices.IndexFunc(p.rows, func(row decode.Row) bool {
		return slices.Contains(row.REST, next) || slices.Contains(row.Flow, next)
	})
	if p.current >= 0 && !chosen {
		p.choice = p.current
	}
}

// Update handles exchanges and steps.
func (p *Guide) Update(s kit.Situation, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case kit.ExchangesMsg:
		p.add(msg.First, msg.More)
	case kit.StepMsg:
		p.arrived(msg.Step, s.Focused)
	}
	return nil
}

// guideColumns is the width from which on the two APIs are side by side.
const guideColumns = 74

// View implements kit.Page.
func (p *Guide) View(s kit.Situation, width, height int) string {
	t := s.Theme
	var lines []string
	legend := "✓ done  ✗ refused  » next  · not yet"
	lines = append(lines, strings.Split(kit.Wrap(which(s), width), "\n")...)
	lines = append(lines, t.Dim.Render(kit.Clamp(legend, width, 1)))
	head := lines[:min(len(lines), max(0, height/3))]
	lines = nil
	begin, end := 0, 0
	for i, row := range p.rows {
		if title := p.section(i); title != "" {
			lines = append(lines, "", t.Title.Render(kit.Clamp(title, width, 1)))
		}
		if i == p.choice {
			begin = len(lines)
		}
		lines = append(lines, p.title(s, i, width))
		lines = append(lines, sides(s.Theme, row, width)...)
		if i == p.choice {
			end = len(lines)
		}
	}
	room := max(1, height-len(head))
	if p.choice == 0 {
		begin = 0
	}
	// With what comes before and after it, where there is room.
	p.offset = max(0, min(begin-room/4, max(p.offset, end+room/3-room)))
	shown := s.ScrollLines(lines, &p.offset, width, room)
	return strings.Join(append(slices.Clip(head), shown), "\n")
}

// which says what the two APIs are, and which of them this run uses.
func which(s kit.Situation) string {
	text := "REST is the API of Hanko's mobile guide, up to v2.7. Flow is the API since v3.0."
	switch s.Tenant.API {
	case hanko.REST:
		text += " This run is on REST."
	case hanko.FlowAPI:
		text += " This run is on Flow."
	}
	return text
}

// section returns the heading above a row, or "".
func (p *Guide) section(i int) string {
	part := func(i int) string {
		switch {
		case slices.ContainsFunc(p.rows[i:], func(row decode.Row) bool { return row.Step != "" }):
			return "The mobile guide, step by step"
		case len(p.rows[i].REST) > 0:
			return "Beside the guide"
		default:
			return "Only in flows: the guide has nothing like it"
		}
	}
	if i > 0 && part(i) == part(i-1) {
		return ""
	}
	return part(i)
}

// title draws a row's first line: whether it was done, its step, what it is, and where it is on the wire.
func (p *Guide) title(s kit.Situation, i, width int) string {
	t, row := s.Theme, p.rows[i]
	mark, style, note := "·", t.Dim, ""
	switch {
	case p.refused[i]:
		mark, style = "✗", t.Bad
	case len(p.walked[i]) > 0:
		mark, style = "✓", t.Good
	}
	if walked := p.walked[i]; len(walked) > 0 {
		note = fmt.Sprintf("wire %d", walked[len(walked)-1]+1)
		if len(walked) > 1 {
			note = fmt.Sprintf("%d times, last wire %d", len(walked), walked[len(walked)-1]+1)
		}
	}
	if i == p.current {
		mark, style = "»", t.Accent
		note = strings.TrimPrefix(note+" · next", " · ")
	}
	what := kit.Cell(row.What, max(4, width-2-5-ansi.StringWidth(note)-1))
	return t.ChosenRow(fmt.Sprintf("%s %-2s %s %s", style.Render(mark), row.Step, t.Title.Render(what), t.Dim.Render(note)), i == p.choice, s.Focused)
}

// sides draws the rest of a row: its two APIs, and how they differ.
func sides(t *kit.Theme, row decode.Row, width int) []string {
	const margin = "       "
	rest, flow := &kit.Text{}, &kit.Text{}
	sideOf(rest, row.REST)
	sideOf(flow, row.Flow)
	var lines []string
	room := max(1, width-len(margin))
	if width >= guideColumns {
		column := (room - 3) / 2
		left, right := rest.Lines(t, column, 2), flow.Lines(t, column, 2)
		for _, row := range kit.Beside(left, right, column, t.Dim.Render(" │ ")) {
			lines = append(lines, margin+row)
		}
	} else {
		for _, side := range []struct {
			name string
			text *kit.Text
		}{{"REST  ", rest}, {"Flow  ", flow}} {
			for i, line := range side.text.Lines(t, max(1, room-len(side.name)), 2) {
				name := t.Dim.Render(side.name)
				if i > 0 {
					name = strings.Repeat(" ", len(side.name))
				}
				lines = append(lines, margin+name+line)
			}
		}
	}
	if row.Note != "" {
		for _, line := range (&kit.Text{}).Add(kit.Aside, row.Note).Lines(t, room, 0) {
			lines = append(lines, margin+line)
		}
	}
	return lines
}

// sideOf writes what is done on one side: calls, actions, or nothing.
func sideOf(x *kit.Text, calls []string) {
	if len(calls) == 0 {
		x.Add(kit.Aside, "—")
	}
	for i, call := range calls {
		if i > 0 {
			x.Add(kit.Aside, " or ")
		}
		x.Add(kit.MemberName, call)
	}
}

// Keys implements Page.
func (p *Guide) Keys(kit.Situation) []kit.Key {
	move := func(name string) { p.choice = max(0, min(p.choice+kit.Moved(name, 6), len(p.rows)-1)) }
	last := -1
	for _, exchange := range p.walked[p.choice] {
		last = exchange
	}
	show := kit.NewKey("show it on the wire", kit.PressFor(kit.OpenExchangeMsg{Index: last}), "enter").
		Unless(kit.UnlessSo(last >= 0, "Not done in this run yet."))
	return []kit.Key{show, kit.UpDown("choose", move), kit.ToPhone(), kit.Paging(move)}
}

// Title implements kit.Page.
func (p *Guide) Title() string { return "Guide" }
