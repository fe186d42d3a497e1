package tui

import (
	"io"
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

// dependsOnBackground tells that the theme is another on a dark background than on a light one.
func (t ThemeName) dependsOnBackground() bool { return t == AutoTheme || t == "" || t == ContrastTheme }

// Theme is how things look.
type Theme struct {
	title, accent, dim, good, bad, warn, key, selected lipgloss.Style
	frame, focusedFrame                                lipgloss.Style
	bezel                                              lipgloss.Style // of the phone
	name, text, number, literal                        lipgloss.Style // of JSON and code
	brushes                                            *[roles]brush  // of the roles of text
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

// newTheme makes the theme for a terminal whose background is dark or not.
func newTheme(r *lipgloss.Renderer, wanted ThemeName, darkBackground bool) *Theme {
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
		title:        r.NewStyle().Bold(true),
		accent:       colour(colours.accent).Bold(true),
		dim:          colour(colours.dim),
		good:         colour(colours.good),
		bad:          colour(colours.bad).Bold(true),
		warn:         colour(colours.warn),
		key:          colour(colours.accent),
		selected:     r.NewStyle().Reverse(true),
		frame:        border(colours.frame),
		focusedFrame: border(colours.accent),
		bezel:        colour(colours.bezel),
		name:         colour(colours.name),
		text:         colour(colours.text),
		number:       colour(colours.number),
		literal:      colour(colours.literal),
	}
	made.brushes = made.dip()
	return made
}

// dressIn draws everything in another theme from now on.
func (a *App) dressIn(wanted ThemeName) {
	a.options.Theme = wanted
	*a.theme = *newTheme(a.options.Renderer, wanted, a.dark) // the pages share it
}

// row is a line of a list. The chosen one is marked by more than its colours.
func (t *Theme) row(text string, chosen bool) string {
	if !chosen {
		return "  " + text
	}
	return "▸ " + t.selected.Render(ansi.Strip(text))
}

// button is a button of the phone; enter presses the one that has the focus.
func (t *Theme) button(text string, focused bool) string {
	if !focused {
		return "  [ " + text + " ]"
	}
	return "▸ " + t.selected.Render("[ "+text+" ]")
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
func (t *Theme) box(title, content string, width, height int, focused bool) string {
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
