package kit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// ButtonLook says how prominent a button is.
type ButtonLook int

// The looks of a button. Only one button of a screen is Primary or Focused at a time.
const (
	Secondary ButtonLook = iota
	Primary              // enter presses it while an input has the focus
	Focused              // enter presses it because it has the focus
)

// FocusedIf returns Focused for the button that has the focus, and otherwise Secondary.
func FocusedIf(focused bool) ButtonLook {
	if focused {
		return Focused
	}
	return Secondary
}

// Button draws a button of the phone, width cells wide. While the tenant is asked, a Primary or Focused button has a
// spinner.
func (s Situation) Button(text string, width int, look ButtonLook) string {
	t := s.Theme
	mark := ""
	switch {
	case look != Secondary && s.Waiting != "":
		mark = s.Waiting + " "
	case look == Focused:
		mark = "▸ "
	}
	if width < 4 {
		return Clamp(text, width, 1)
	}
	if look == Secondary && !t.fills {
		return Centre("[ "+ansi.Truncate(text, width-4, "…")+" ]", width)
	}
	text = Centre(mark+ansi.Truncate(text, max(1, width-4), "…"), width)
	if look == Secondary {
		return fill(t.raised, text, width)
	}
	return fill(t.primary, text, width)
}

// QuietButton draws the button of something that few people want.
func (t *Theme) QuietButton(text string, width int) string {
	return Centre(t.Dim.Render(ansi.Truncate(text, max(1, width), "…")), width)
}

// Row draws a line of a list. The chosen one is marked by more than its colours.
func (t *Theme) Row(text string, chosen bool) string { return t.ChosenRow(text, chosen, true) }

// ChosenRow draws a line of a list that may not have the focus. Without the focus, the chosen line is marked more quietly.
func (t *Theme) ChosenRow(text string, chosen, focused bool) string {
	switch {
	case !chosen:
		return "  " + text
	case !focused:
		return t.ChosenMark(false) + text
	default:
		return t.ChosenMark(true) + t.Title.Render(text)
	}
}

// ChosenMark draws the mark at the left of each row of what is chosen in a list.
func (t *Theme) ChosenMark(focused bool) string {
	if focused {
		return t.Accent.Render("┃") + " "
	}
	return t.Dim.Render("┃") + " "
}

// SelectedRow draws the chosen line of a list in a dialog, as wide as the list.
func (t *Theme) SelectedRow(text string, width int) string {
	return t.Selected.Render(Cell(ansi.Strip(text), width))
}

// TabName draws a tab's name in the bar of all tabs. The text has a cell of padding at its sides.
func (t *Theme) TabName(text string, shown, focused bool) string {
	switch {
	case !shown:
		return t.Dim.Render(text)
	case focused:
		return t.primary.Render(text)
	case t.fills:
		return t.chip.Render(text)
	default:
		return t.Title.Render("[" + strings.TrimSpace(text) + "]")
	}
}

// Choice draws the label at index at, or none for -1, and beside it all labels, or only its position if there is no
// room for them.
func (t *Theme) Choice(labels []string, at, width int) string {
	chosen, others := "", fmt.Sprintf("%d of %d", at+1, len(labels))
	if at >= 0 {
		chosen = labels[at]
	}
	chosen = "‹ " + chosen + " ›"
	if all := strings.Join(labels, ", "); at < 0 || ansi.StringWidth(chosen)+2+ansi.StringWidth(all) <= width {
		others = all
	}
	chosen = ansi.Truncate(chosen, max(4, width-2-ansi.StringWidth(others)), "… ›")
	return Clamp(t.Title.Render(chosen)+"  "+t.Dim.Render(others), width, 1)
}

// Cells is a range of cells in a line: From up to but not including To.
type Cells struct{ From, To int }

// Marked marks parts of a line that a search has found.
func (t *Theme) Marked(line string, marks []Cells) string {
	for _, mark := range slices.Backward(marks) {
		line = ansi.Truncate(line, mark.From, "") + t.Selected.Render(ansi.Strip(ansi.Cut(line, mark.From, mark.To))) + ansi.TruncateLeft(line, mark.To, "")
	}
	return line
}

// Page lays out a page of the phone: the top, the buttons below it, and at the foot of the screen what few people want.
// If there is little room, the foot is left out first, and then the top is scrolled, so that the buttons stay in sight.
// offset is the first line of the top that is shown, and is brought into range.
func (s Situation) Page(top, buttons, foot []string, offset *int, width, height int) string {
	top, foot = lines(top), lines(foot)
	apart := lines(strings.Split(strings.Join(buttons, "\n\n"), "\n"))
	if len(buttons) == 0 {
		apart = nil
	}
	if spare := height - len(top) - 1 - len(apart) - len(foot); spare >= 0 {
		lead := min(4, spare/3) // a notification hides no title
		rows := append(make([]string, lead), append(append(top, ""), apart...)...)
		return Pad(strings.Join(rows, "\n"), width, height-len(foot)) + strings.Repeat("\n", min(1, len(foot))) + strings.Join(foot, "\n")
	}
	if len(top)+1+len(apart) > height {
		apart = lines(buttons)
	}
	room := height - len(apart)
	switch {
	case room < 1: // the first of the buttons is the one that matters
		return Clamp(strings.Join(apart, "\n"), width, height)
	case len(top) < room:
		return strings.Join(append(append(top, ""), apart...), "\n")
	default:
		return Pad(s.ScrollLines(top, offset, width, room), width, room) + "\n" + strings.Join(apart, "\n")
	}
}

// lines splits texts, which may have several lines each, into lines.
func lines(texts []string) []string {
	if len(texts) == 0 {
		return nil
	}
	return strings.Split(strings.Join(texts, "\n"), "\n")
}
