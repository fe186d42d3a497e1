package kit

import (
	"image/color"
	"math"
	"reflect"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// luminance is a colour's relative luminance, from 0 to 1 (WCAG 2.2).
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

// contrast is the ratio of two colours, from 1 to 21 (WCAG 2.2).
func contrast(a, b color.Color) float64 {
	brighter, darker := luminance(a), luminance(b)
	if brighter < darker {
		brighter, darker = darker, brighter
	}
	return (brighter + 0.05) / (darker + 0.05)
}

// Texts can be read on the backgrounds that terminals have: 4.5:1 is level AA, 7:1 is level AAA. Frames are no texts.
func TestColoursCanBeRead(t *testing.T) {
	black, white := lipgloss.Color("#000000"), lipgloss.Color("#ffffff")
	for _, test := range []struct {
		name    string
		palette palette
		grounds []lipgloss.Color
		ratio   float64
	}{
		{"dark", darkPalette, []lipgloss.Color{black, "#1e1e2e", "#282c34"}, 4.5},
		{"light", lightPalette, []lipgloss.Color{white, "#fdf6e3", "#f0f0f0"}, 4.5},
		{"dark contrast", darkContrast, []lipgloss.Color{black, "#1e1e2e"}, 7},
		{"light contrast", lightContrast, []lipgloss.Color{white, "#f0f0f0"}, 7},
	} {
		colours := reflect.ValueOf(test.palette)
		for i := range colours.NumField() {
			role, colour := colours.Type().Field(i).Name, lipgloss.Color(colours.Field(i).String())
			if colour == "" || role == "frame" {
				continue
			}
			for _, ground := range test.grounds {
				if ratio := contrast(ansi.XParseColor(string(colour)), ansi.XParseColor(string(ground))); ratio < test.ratio {
					t.Errorf("%s: %s %s on %s has a contrast of %.1f:1, which is less than %.1f:1", test.name, role, colour, ground, ratio, test.ratio)
				}
			}
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
