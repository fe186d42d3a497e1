package kit

import (
	"regexp"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
)

// Wrap breaks text into lines of at most width cells, and breaks words only if they are longer. It does not break email
// addresses and command-line options at their hyphens.
func Wrap(text string, width int) string {
	if width < 1 {
		return ""
	}
	if !strings.ContainsRune(text, '@') && !strings.Contains(text, "--") {
		return ansi.Wrap(text, width, "")
	}
	joined := hyphenated.ReplaceAllStringFunc(text, func(word string) string { return strings.ReplaceAll(word, "-", noBreakHyphen) })
	return strings.ReplaceAll(ansi.Wrap(joined, width, ""), noBreakHyphen, "-")
}

// hyphenated matches what may be an email address or a command-line option.
var hyphenated = regexp.MustCompile(`[^\s“”"<>]+@[^\s“”"<>]+|--[a-z][a-z-]*`)

// noBreakHyphen stands for a hyphen at which a word must not be broken, and is as wide. It is a private-use character, so
// texts do not contain it.
const noBreakHyphen = "\ue000"

// Clamp cuts text to at most height lines of at most width cells.
func Clamp(text string, width, height int) string {
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

// Pad cuts text as Clamp does, and fills it up to exactly width × height cells.
func Pad(text string, width, height int) string {
	lines := strings.Split(Clamp(text, width, height), "\n")
	for len(lines) < height {
		lines = append(lines, "")
	}
	for i, line := range lines {
		lines[i] = line + strings.Repeat(" ", max(0, width-ansi.StringWidth(line)))
	}
	return strings.Join(lines, "\n")
}

// Cell cuts or fills up a text to width cells.
func Cell(text string, width int) string {
	text = ansi.Truncate(text, width, "…")
	return text + strings.Repeat(" ", max(0, width-ansi.StringWidth(text)))
}

// Spread puts a text at the left end of width cells, and another at the right end. If there is no room for both, it cuts
// the left one.
func Spread(left, right string, width int) string {
	return Cell(left, max(0, width-ansi.StringWidth(right))) + ansi.Truncate(right, width, "")
}

// Indent moves a text to the right by a number of cells.
func Indent(text string, cells int) string {
	margin := strings.Repeat(" ", max(0, cells))
	return margin + strings.ReplaceAll(text, "\n", "\n"+margin)
}

// Centre wraps text, and puts each of its lines in the middle of width cells.
func Centre(text string, width int) string {
	lines := strings.Split(Wrap(text, width), "\n")
	for i, line := range lines {
		lines[i] = lipgloss.PlaceHorizontal(width, lipgloss.Center, strings.TrimRight(line, " "))
	}
	return strings.Join(lines, "\n")
}

// Overlay draws a box over a view, with its upper left corner at column x and row y. The box must fit into the view's width.
func Overlay(view, box string, x, y int) string {
	under := strings.Split(view, "\n")
	for i, row := range strings.Split(box, "\n") {
		if y+i < 0 || y+i >= len(under) {
			continue
		}
		line, end := under[y+i], x+ansi.StringWidth(row)
		// If an edge of the box cuts a wide character in two, the cell that is left outside is filled with a blank.
		rest := ansi.TruncateLeft(line, end, "")
		gap := max(0, ansi.StringWidth(line)-end-ansi.StringWidth(rest))
		under[y+i] = Cell(ansi.Truncate(line, x, ""), x) + row + strings.Repeat(" ", gap) + rest
	}
	return strings.Join(under, "\n")
}

// Dimmed draws a view as it looks behind a dialog: all of it in one faint colour.
func (t *Theme) Dimmed(view string) string {
	lines := strings.Split(ansi.Strip(view), "\n")
	for i, line := range lines {
		lines[i] = t.Behind.Render(line)
	}
	return strings.Join(lines, "\n")
}

// Raised draws text on the background of what is raised above a surface, width cells wide.
func (t *Theme) Raised(text string, width int) string { return fill(t.raised, text, width) }

// Chip draws a short text on a background of its own.
func (t *Theme) Chip(text string) string { return t.chip.Render(" " + text + " ") }

// fill draws lines of text on a background. The end of each style in the text also ends the background, so it begins again
// there.
func fill(style lipgloss.Style, text string, width int) string {
	begin, end, _ := strings.Cut(style.Render("x"), "x")
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		line = Cell(line, width)
		if begin != "" {
			line = begin + strings.ReplaceAll(line, "\x1b[0m", "\x1b[0m"+begin) + end
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

// Panel draws the box of a dialog, width × height cells: a surface, or a frame in a theme without fills. The text is
// padded by two cells at each side, and by a row above and below.
func (t *Theme) Panel(text string, width, height int) string {
	return t.panel(t.surface, text, width, height)
}

// Notification draws a panel that is raised above everything else.
func (t *Theme) Notification(text string, width int) string {
	return t.panel(t.raised, text, width, strings.Count(text, "\n")+3)
}

func (t *Theme) panel(style lipgloss.Style, text string, width, height int) string {
	inner := Pad(text, width-4, height-2)
	if t.fills {
		blank := strings.Repeat(" ", max(0, width))
		return fill(style, blank+"\n"+Indent(inner, 2)+"\n"+blank, width)
	}
	edge := strings.Repeat("─", max(0, width-2))
	rows := []string{t.Frame.Render("╭" + edge + "╮")}
	for line := range strings.SplitSeq(inner, "\n") {
		rows = append(rows, t.Frame.Render("│")+" "+Cell(line, width-4)+" "+t.Frame.Render("│"))
	}
	return strings.Join(append(rows, t.Frame.Render("╰"+edge+"╯")), "\n")
}

// Narration draws what a story says below the window, on a surface.
func (t *Theme) Narration(text string, width int) string {
	return fill(t.surface, Indent(text, 2), width)
}
