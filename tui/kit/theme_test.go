package kit

import (
	"image/color"
	"math"
	"strconv"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// luminance returns a colour's relative luminance, from 0 to 1 (WCAG 2.2).
func luminance(c color.Color) float64 {
	linear := func(part uint32) float64 {
		value := float64(part) / 0xffff
		if value <= 0.04045 {
			return value / 12.92
		}
		return math.Pow((value+0.055)/1.055, 2.4)
	}
	red, green, blue, _ := c.RGBA()
	return 0.2126*linear(red) + 0.7152*linear(green) + 0.0722*linear(blue)
}

// contrast returns the contrast ratio of two colours, from 1 to 21 (WCAG 2.2).
func contrast(a, b color.Color) float64 {
	brighter, darker := luminance(a), luminance(b)
	if brighter < darker {
		brighter, darker = darker, brighter
	}
	return (brighter + 0.05) / (darker + 0.05)
}

// Texts can be read on common terminal backgrounds, and on the theme's own: 4.5:1 is level AA, 7:1 is level AAA. Text behind
// a dialog is visible, but need not be readable.
func TestColoursCanBeRead(t *testing.T) {
	black, white := lipgloss.Color("#000000"), lipgloss.Color("#ffffff")
	for _, test := range []struct {
		name        string
		palette     palette
		backgrounds []lipgloss.Color
		ratio       float64
	}{
		{"dark", darkPalette, []lipgloss.Color{black, "#16161c", "#1e1e2e", "#282c34"}, 4.5},
		{"light", lightPalette, []lipgloss.Color{white, "#fdf6e3", "#f0f0f0"}, 4.5},
		{"dark contrast", darkContrast, []lipgloss.Color{black, "#1e1e2e"}, 7},
		{"light contrast", lightContrast, []lipgloss.Color{white, "#f0f0f0"}, 7},
	} {
		check := func(role, colour, background string, least float64) {
			t.Helper()
			if colour == "" || background == "" {
				return
			}
			if ratio := contrast(rgb(colour), rgb(background)); ratio < least {
				t.Errorf("%s: %s %s on %s has a contrast of %.1f:1, which is less than %.1f:1", test.name, role, colour, background, ratio, least)
			}
		}
		colours := test.palette
		for role, c := range map[string]colour{
			"accent": colours.accent, "dim": colours.dim, "good": colours.good, "bad": colours.bad, "warn": colours.warn, "bezel": colours.bezel,
			"name": colours.name, "text": colours.text, "number": colours.number, "literal": colours.literal,
		} {
			for _, background := range append(test.backgrounds, lipgloss.Color(colours.surface.TrueColor)) {
				check(role, c.TrueColor, string(background), test.ratio)
				check(role, c.ANSI256, string(background), test.ratio-0.5) // there are only 256 to choose from
			}
		}
		check("text on the accent", colours.onPrimary.TrueColor, colours.accent.TrueColor, test.ratio)
		check("text on the accent", colours.onPrimary.ANSI256, colours.accent.ANSI256, test.ratio)
		check("text on raised", colours.onRaised.TrueColor, colours.raised.TrueColor, test.ratio)
		check("text on raised", colours.onRaised.ANSI256, colours.raised.ANSI256, test.ratio)
		for _, background := range test.backgrounds {
			check("behind", colours.behind.TrueColor, string(background), 1.7)
		}
	}
}

// rgb returns a colour by its name: #rrggbb, or the number of one of 256.
func rgb(name string) color.Color {
	if number, err := strconv.Atoi(name); err == nil {
		return ansi.IndexedColor(number)
	}
	return ansi.XParseColor(name)
}

// With 16 colours, no two roles have the same colour. Some have none, and show only in their signs.
func TestSixteenColours(t *testing.T) {
	for name, colours := range map[string]palette{"dark": darkPalette, "light": lightPalette} {
		used := map[string]string{}
		for role, c := range map[string]colour{"accent": colours.accent, "dim": colours.dim, "good": colours.good, "bad": colours.bad, "warn": colours.warn} {
			if other, taken := used[c.ANSI]; taken && c.ANSI != "" {
				t.Errorf("%s: %s and %s are both colour %s", name, role, other, c.ANSI)
			}
			used[c.ANSI] = role
		}
	}
}

func TestThemes(t *testing.T) {
	r := lipgloss.NewRenderer(nil)
	r.SetColorProfile(termenv.TrueColor)
	for _, dark := range []bool{true, false} {
		for _, theme := range Themes() {
			drawn := NewTheme(r, theme, dark)
			if text := drawn.Good.Render("✓"); (text == "✓") != (theme == NoColours) {
				t.Errorf("%s draws ✓ as %q", theme, text)
			}
			if drawn.Row("a", true) == drawn.Row("a", false) {
				t.Errorf("%s does not mark what is chosen", theme)
			}
		}
	}
	if dark, light := NewTheme(r, AutoTheme, true), NewTheme(r, AutoTheme, false); dark.Dim.Render("a") == light.Dim.Render("a") {
		t.Error("auto is the same on every background")
	}
}
