package kit

import (
	"io"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// ThemeName is the name of a set of colours.
type ThemeName string

// The themes. AutoTheme is light or dark, by the terminal's background. ContrastTheme also has a version for each.
// NoColours has only bold, faint and reverse text (https://no-color.org). In no theme does colour alone carry a meaning.
const (
	AutoTheme     ThemeName = "auto"
	LightTheme    ThemeName = "light"
	DarkTheme     ThemeName = "dark"
	ContrastTheme ThemeName = "contrast"
	NoColours     ThemeName = "none"
)

// Themes returns the names of all themes.
func Themes() []ThemeName {
	return []ThemeName{AutoTheme, LightTheme, DarkTheme, ContrastTheme, NoColours}
}

// DependsOnBackground reports whether the theme is different on dark and on light backgrounds.
func (t ThemeName) DependsOnBackground() bool { return t == AutoTheme || t == "" || t == ContrastTheme }

// Theme has the styles of everything that is drawn.
type Theme struct {
	Title, Accent, Dim, Good, Bad, Warn, Key, Selected lipgloss.Style
	Frame                                              lipgloss.Style // of dialogs over the window, without fills
	Bezel                                              lipgloss.Style // of the phone
	Behind                                             lipgloss.Style // of a window behind a dialog
	name, text, number, literal                        lipgloss.Style // of JSON and code
	Look                                               *Look          // of the roles of text

	fills                    bool           // there are backgrounds; otherwise frames and brackets take their place
	primary, raised, surface lipgloss.Style // the backgrounds of buttons, fields and dialogs
	chip                     lipgloss.Style
}

// colour is a role's colour for terminals with 16, 256 and all colours. Each is chosen by hand, because the nearest one
// often belongs to another role. "" is the terminal's default.
type colour = lipgloss.CompleteColor

func hue(trueColour, of256, of16 string) colour {
	return colour{TrueColor: trueColour, ANSI256: of256, ANSI: of16}
}

// palette has a theme's colours.
type palette struct {
	accent, dim, good, bad, warn, bezel, name, text, number, literal colour
	behind                                                           colour // for text that need not be read
	surface, raised                                                  colour // backgrounds; "" in a theme with frames instead
	onPrimary, onRaised                                              colour // text on the accent colour, and on raised
}

var (
	darkPalette = palette{
		accent: hue("#c4a7ff", "183", "13"), dim: hue("#9097a3", "246", "8"), good: hue("#6fd58d", "78", "10"),
		bad: hue("#ff7b7b", "210", "9"), warn: hue("#f0bb55", "215", "11"), bezel: hue("#aeb4bf", "249", "7"),
		name: hue("#82c7f5", "117", "14"), text: hue("#a8d8a0", "151", "10"), number: hue("#f0bb55", "215", "11"), literal: hue("#c4a7ff", "183", "13"),
		behind:  hue("#4b505b", "239", "8"),
		surface: hue("#22242c", "235", ""), raised: hue("#3a3f4b", "238", ""),
		onPrimary: hue("#16161c", "234", "0"), onRaised: hue("#e4e6eb", "254", ""),
	}
	// With 16 colours, green and yellow cannot be read on white, so their roles show only in signs such as ✓.
	lightPalette = palette{
		accent: hue("#6a35d0", "56", "5"), dim: hue("#5c6370", "241", "8"), good: hue("#157034", "22", ""),
		bad: hue("#b81d26", "124", "1"), warn: hue("#805300", "94", ""), bezel: hue("#4d535e", "240", "8"),
		name: hue("#0a56a3", "25", "4"), text: hue("#157034", "22", ""), number: hue("#805300", "94", ""), literal: hue("#6a35d0", "56", "5"),
		behind:  hue("#b4b8c1", "250", "7"),
		surface: hue("#eef0f4", "255", ""), raised: hue("#d9dbe2", "253", ""),
		onPrimary: hue("#ffffff", "231", "15"), onRaised: hue("#22242c", "235", "0"),
	}
	// The contrast palettes keep every text at 7:1 or more against black and white, WCAG's level AAA.
	darkContrast = palette{
		accent: hue("#ffff00", "226", "11"), good: hue("#00ff66", "47", "10"), bad: hue("#ff9c9c", "217", ""), warn: hue("#ffd75f", "221", "11"),
		bezel: hue("#ffffff", "231", "15"), name: hue("#7fe3ff", "117", "14"), number: hue("#ffd75f", "221", "11"), literal: hue("#ffff00", "226", "11"),
		onPrimary: hue("#000000", "16", "0"),
	}
	lightContrast = palette{
		accent: hue("#0000b3", "19", "4"), good: hue("#00501a", "22", ""), bad: hue("#8f0010", "88", "1"), warn: hue("#5c3a00", "52", ""),
		bezel: hue("#000000", "16", "0"), name: hue("#00388c", "18", "4"), number: hue("#5c3a00", "52", ""), literal: hue("#0000b3", "19", "4"),
		onPrimary: hue("#ffffff", "231", "15"),
	}
)

// NewTheme returns a theme for a terminal with a dark or a light background.
func NewTheme(r *lipgloss.Renderer, wanted ThemeName, darkBackground bool) *Theme {
	colours := lightPalette
	switch {
	case wanted == NoColours:
		colours = palette{}
		r = lipgloss.NewRenderer(io.Discard)
		r.SetColorProfile(termenv.ANSI) // the lowest profile that has bold, faint and reverse
	case wanted == ContrastTheme && darkBackground:
		colours = darkContrast
	case wanted == ContrastTheme:
		colours = lightContrast
	case wanted == DarkTheme || wanted != LightTheme && darkBackground:
		colours = darkPalette
	}
	none := colour{}
	in := func(c colour) lipgloss.Style {
		if c == none {
			return r.NewStyle()
		}
		return r.NewStyle().Foreground(c)
	}
	made := &Theme{
		Title:    r.NewStyle().Bold(true),
		Accent:   in(colours.accent).Bold(true),
		Dim:      in(colours.dim),
		Good:     in(colours.good),
		Bad:      in(colours.bad).Bold(true),
		Warn:     in(colours.warn),
		Key:      r.NewStyle(),
		Selected: r.NewStyle().Reverse(true),
		Frame:    in(colours.bezel),
		Bezel:    in(colours.bezel),
		Behind:   in(colours.behind),
		name:     in(colours.name),
		text:     in(colours.text),
		number:   in(colours.number),
		literal:  in(colours.literal),
		fills:    colours.raised != none && r.ColorProfile() <= termenv.ANSI256,
		primary:  r.NewStyle().Reverse(true).Bold(true),
		raised:   r.NewStyle(),
		surface:  r.NewStyle(),
		chip:     r.NewStyle().Bold(true),
	}
	if made.fills {
		made.primary = in(colours.onPrimary).Background(colours.accent).Bold(true)
		made.raised = in(colours.onRaised).Background(colours.raised)
		made.surface = r.NewStyle().Background(colours.surface)
		made.chip = made.raised.Bold(true)
		made.Selected = made.primary.Bold(false)
	}
	if wanted == NoColours {
		made.Behind = r.NewStyle().Faint(true) // without a colour, it must differ from the dialog
	}
	made.Look = made.look()
	return made
}
