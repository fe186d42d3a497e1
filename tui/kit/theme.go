package kit

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// ThemeName names a set of colours.
type ThemeName string

// The themes. Auto is light or dark, as the terminal says its background is; contrast too comes for both. NoColours
// leaves bold and reverse, as https://no-color.org has it. Nothing is told by colour alone in any of them.
const (
	AutoTheme     ThemeName = "auto"
	LightTheme    ThemeName = "light"
	DarkTheme     ThemeName = "dark"
	ContrastTheme ThemeName = "contrast"
	NoColours     ThemeName = "none"
)

// Themes are all of them.
func Themes() []ThemeName {
	return []ThemeName{AutoTheme, LightTheme, DarkTheme, ContrastTheme, NoColours}
}

// DependsOnBackground tells that the theme is another on a dark background than on a light one.
func (t ThemeName) DependsOnBackground() bool { return t == AutoTheme || t == "" || t == ContrastTheme }

// Theme is how things look.
type Theme struct {
	Title, Accent, Dim, Good, Bad, Warn, Key, Selected lipgloss.Style
	Frame, FocusedFrame                                lipgloss.Style
	Bezel                                              lipgloss.Style // of the phone
	name, text, number, literal                        lipgloss.Style // of JSON and code
	Look                                               *Look          // of the roles of text
}

// palette are a theme's colours; "" is the terminal's own.
type palette struct {
	accent, dim, good, bad, warn, frame, bezel, name, text, number, literal lipgloss.Color
}

var (
	darkPalette = palette{
		accent: "#c4a7ff", dim: "#9097a3", good: "#6fd58d", bad: "#ff7b7b", warn: "#f0bb55", frame: "#565c68", bezel: "#aeb4bf",
		name: "#82c7f5", text: "#a8d8a0", number: "#f0bb55", literal: "#c4a7ff",
	}
	lightPalette = palette{
		accent: "#6a35d0", dim: "#5c6370", good: "#157034", bad: "#b81d26", warn: "#805300", frame: "#a3a9b4", bezel: "#4d535e",
		name: "#0a56a3", text: "#157034", number: "#805300", literal: "#6a35d0",
	}
	// The contrast palettes keep every text at 7:1 or more against black and white, WCAG's level AAA.
	darkContrast = palette{
		accent: "#ffff00", good: "#00ff66", bad: "#ff9c9c", warn: "#ffd75f", bezel: "#ffffff", name: "#7fe3ff", number: "#ffd75f", literal: "#ffff00",
	}
	lightContrast = palette{
		accent: "#0000b3", good: "#00501a", bad: "#8f0010", warn: "#5c3a00", bezel: "#000000", name: "#00388c", number: "#5c3a00", literal: "#0000b3",
	}
)

// NewTheme makes the theme for a terminal whose background is dark or not.
func NewTheme(r *lipgloss.Renderer, wanted ThemeName, darkBackground bool) *Theme {
	colours := lightPalette
	switch {
	case wanted == NoColours:
		colours = palette{}
		r = lipgloss.NewRenderer(io.Discard)
		r.SetColorProfile(termenv.ANSI) // the lowest that has attributes
	case wanted == ContrastTheme && darkBackground:
		colours = darkContrast
	case wanted == ContrastTheme:
		colours = lightContrast
	case wanted == DarkTheme || wanted != LightTheme && darkBackground:
		colours = darkPalette
	}
	colour := func(colour lipgloss.Color) lipgloss.Style {
		if colour == "" {
			return r.NewStyle()
		}
		return r.NewStyle().Foreground(colour)
	}
	border := func(colour lipgloss.Color) lipgloss.Style {
		style := r.NewStyle().Border(lipgloss.RoundedBorder())
		if colour == "" {
			return style
		}
		return style.BorderForeground(colour)
	}
	made := &Theme{
		Title:        r.NewStyle().Bold(true),
		Accent:       colour(colours.accent).Bold(true),
		Dim:          colour(colours.dim),
		Good:         colour(colours.good),
		Bad:          colour(colours.bad).Bold(true),
		Warn:         colour(colours.warn),
		Key:          colour(colours.accent),
		Selected:     r.NewStyle().Reverse(true),
		Frame:        border(colours.frame),
		FocusedFrame: border(colours.accent),
		Bezel:        colour(colours.bezel),
		name:         colour(colours.name),
		text:         colour(colours.text),
		number:       colour(colours.number),
		literal:      colour(colours.literal),
	}
	made.Look = made.look()
	return made
}

// Row is a line of a list. The chosen one is marked by more than its colours.
func (t *Theme) Row(text string, chosen bool) string {
	if !chosen {
		return "  " + text
	}
	return "▸ " + t.Selected.Render(ansi.Strip(text))
}

// Button is a button of the phone; enter presses the one that has the focus.
func (t *Theme) Button(text string, focused bool) string {
	if !focused {
		return "  [ " + text + " ]"
	}
	return "▸ " + t.Selected.Render("[ "+text+" ]")
}

// Wrap breaks text into lines of at most width cells, inside words where it must.
func Wrap(text string, width int) string {
	if width < 1 {
		return ""
	}
	return ansi.Wrap(text, width, "")
}

// Clamp cuts text to a box: no line is wider than width, no line comes after the height-th.
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

// Pad clamps text to a box and fills the box up.
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

// Box draws a frame with a title in its upper edge around content, width × height with the frame. What does not fit
// is cut. A box too small for a frame is its content alone.
func (t *Theme) Box(title, content string, width, height int, focused bool) string {
	if width < 8 || height < 4 {
		return Pad(content, max(width, 0), max(height, 0))
	}
	style := t.Frame
	if focused {
		style = t.FocusedFrame
	}
	framed := style.Render(Pad(content, width-2, height-2))
	if title == "" {
		return framed
	}
	top, rest, _ := strings.Cut(framed, "\n")
	title = " " + ansi.Truncate(title, width-6, "…") + " "
	edge := ansi.Strip(top)
	colour := style.GetBorderTopForeground()
	line := t.Title.UnsetBold().Foreground(colour)
	cells := ansi.StringWidth(title)
	return line.Render(ansi.Cut(edge, 0, 2)) + t.Title.Render(title) + line.Render(ansi.Cut(edge, 2+cells, width)) + "\n" + rest
}

// ChosenRow is row for a list that may not have the focus: its choice is marked all the same, more quietly.
func (t *Theme) ChosenRow(text string, chosen, focused bool) string {
	if chosen && !focused {
		return "▸ " + text
	}
	return t.Row(text, chosen)
}

// Cell is a text in so many cells.
func Cell(text string, width int) string {
	text = ansi.Truncate(text, width, "…")
	return text + strings.Repeat(" ", max(0, width-ansi.StringWidth(text)))
}

// Indent moves a text to the right by one cell.
func Indent(text string) string {
	return " " + strings.ReplaceAll(text, "\n", "\n ")
}

// Choice draws one of a few labels, at is -1 for none yet, and what else there is: by name where there is room.
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

// Cells are those of a line from one up to another.
type Cells struct{ From, To int }

// Marked draws parts of a line as found.
func (t *Theme) Marked(line string, marks []Cells) string {
	for _, mark := range slices.Backward(marks) {
		line = ansi.Truncate(line, mark.From, "") + t.Selected.Render(ansi.Strip(ansi.Cut(line, mark.From, mark.To))) + ansi.TruncateLeft(line, mark.To, "")
	}
	return line
}
