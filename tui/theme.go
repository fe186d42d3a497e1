package tui

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
)

// theme is how things look. Its colours are the terminal's own sixteen, which its owner has chosen to be readable on
// its background; nothing is told by colour alone.
type theme struct {
	title, accent, dim, good, bad, warn, key, selected lipgloss.Style
	frame, focusedFrame, sheet                         lipgloss.Style
}

func newTheme(r *lipgloss.Renderer) *theme {
	colour := func(ansi string) lipgloss.Style { return r.NewStyle().Foreground(lipgloss.Color(ansi)) }
	border := r.NewStyle().Border(lipgloss.RoundedBorder())
	return &theme{
		title:        r.NewStyle().Bold(true),
		accent:       colour("5").Bold(true),
		dim:          r.NewStyle().Faint(true),
		good:         colour("2"),
		bad:          colour("1").Bold(true),
		warn:         colour("3"),
		key:          colour("5"),
		selected:     r.NewStyle().Reverse(true),
		frame:        border.BorderForeground(lipgloss.Color("8")),
		focusedFrame: border.BorderForeground(lipgloss.Color("5")),
		sheet:        border.BorderForeground(lipgloss.Color("5")).Padding(0, 1),
	}
}

// wrap breaks text into lines of at most width cells, inside words where it must.
func wrap(text string, width int) string {
	if width < 1 {
		return ""
	}
	return ansi.Wrap(text, width, "")
}

// clamp cuts text to a box: no line is wider than width, no line comes after the height-th.
func clamp(text string, width, height int) string {
	if width < 1 || height < 1 {
		return ""
	}
	lines := strings.Split(text, "\n")
	if len(lines) > height {
		lines = lines[:height]
	}
	for i, line := range lines {
		if ansi.StringWidth(line) > width {
			lines[i] = ansi.Truncate(line, width, "…")
		}
	}
	return strings.Join(lines, "\n")
}

// pad clamps text to a box and fills the box up.
func pad(text string, width, height int) string {
	lines := strings.Split(clamp(text, width, height), "\n")
	for len(lines) < height {
		lines = append(lines, "")
	}
	for i, line := range lines {
		lines[i] = line + strings.Repeat(" ", max(0, width-ansi.StringWidth(line)))
	}
	return strings.Join(lines, "\n")
}

// box draws a frame with a title in its upper edge around content, width × height with the frame. What does not fit
// is cut. A box too small for a frame is its content alone.
func (t *theme) box(title, content string, width, height int, focused bool) string {
	if width < 8 || height < 4 {
		return pad(content, max(width, 0), max(height, 0))
	}
	style := t.frame
	if focused {
		style = t.focusedFrame
	}
	framed := style.Render(pad(content, width-2, height-2))
	if title == "" {
		return framed
	}
	top, rest, _ := strings.Cut(framed, "\n")
	title = " " + ansi.Truncate(title, width-6, "…") + " "
	edge := ansi.Strip(top)
	colour := style.GetBorderTopForeground()
	line := t.title.UnsetBold().Foreground(colour)
	cells := ansi.StringWidth(title)
	return line.Render(ansi.Cut(edge, 0, 2)) + t.title.Render(title) + line.Render(ansi.Cut(edge, 2+cells, width)) + "\n" + rest
}

// scroll shows the part of content that begins at line offset in a box of height lines, and says how much is above
// and below. It returns the offset brought into range.
func (t *theme) scroll(content string, offset, width, height int) (string, int) {
	lines := strings.Split(content, "\n")
	if len(lines) <= height || height < 3 {
		return clamp(content, width, height), 0
	}
	room := height - 1 // the last line is the mark
	offset = min(max(offset, 0), len(lines)-room)
	mark := "↑↓ more"
	switch offset {
	case 0:
		mark = "↓ more"
	case len(lines) - room:
		mark = "↑ more"
	}
	shown := append(append([]string(nil), lines[offset:offset+room]...), t.dim.Render(mark))
	return clamp(strings.Join(shown, "\n"), width, height), offset
}
