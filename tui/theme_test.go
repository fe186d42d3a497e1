package tui

import (
	"image/color"
	"math"
	"os"
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

// The background's answer is taken out of what is typed, however it comes; nothing else is.
func TestBackgroundInput(t *testing.T) {
	const dark, light = "\x1b]11;rgb:1a1a/1b1b/1c1c", "\x1b]11;rgb:ffff/ffff/f0f0"
	for _, test := range []struct {
		name  string
		reads []string
		typed string
		dark  []bool // what is said of the background
	}{
		{"typed", []string{"ada@example.com\r"}, "ada@example.com\r", nil},
		{"a dark one, ended by BEL", []string{dark + "\a"}, "", []bool{true}},
		{"a light one, ended by ST", []string{light + "\x1b\\"}, "", []bool{false}},
		{"two digits", []string{"\x1b]11;rgb:ff/ff/ff\a"}, "", []bool{false}},
		{"between keys", []string{"ad" + light + "\aa"}, "ada", []bool{false}},
		{"in two reads", []string{"a" + light[:9], light[9:] + "\ada"}, "ada", []bool{false}},
		{"its end in a read of its own", []string{light + "\x1b", "\\a"}, "a", []bool{false}},
		{"followed by a key with an escape", []string{light + "\a\x1b[A"}, "\x1b[A", []bool{false}},
		{"escape alone", []string{"\x1b"}, "\x1b", nil},
		{"a beginning that never ends", []string{"\x1b]11;" + string(make([]byte, 100))}, "\x1b]11;" + string(make([]byte, 100)), nil},
		{"no colour", []string{"\x1b]11;beautiful\a"}, "", []bool{true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer read.Close()
			input, ok := newBackgroundInput(read, "xterm-256color")
			if !ok {
				t.Fatal("a file is not taken for a terminal")
			}
			typed := ""
			buffer := make([]byte, 256)
			for _, text := range test.reads {
				if _, err := write.WriteString(text); err != nil {
					t.Fatal(err)
				}
				n, err := input.Read(buffer)
				if err != nil {
					t.Fatal(err)
				}
				typed += string(buffer[:n])
			}
			write.Close()
			var said []bool
			select {
			case dark := <-input.answers:
				said = append(said, dark)
			default:
			}
			if typed != test.typed || !reflect.DeepEqual(said, test.dark) {
				t.Errorf("%q was typed and %v said; that should be %q and %v", typed, said, test.typed, test.dark)
			}
		})
	}
}

// A terminal's answer may be anything, and may be cut anywhere.
func FuzzBackgroundInput(f *testing.F) {
	f.Add("a\x1b]11;rgb:ffff/ffff/ffff\x07b", 4)
	f.Add("\x1b]11;rgb:0000/0000/0000\x1b\\", 23)
	f.Add("\x1b]11;\x1b]11;", 5)
	f.Fuzz(func(t *testing.T, came string, cut int) {
		if cut < 0 || cut > len(came) {
			return
		}
		input := &backgroundInput{answers: make(chan bool, 1)}
		first := input.without([]byte(came[:cut]))
		second := input.without([]byte(came[cut:]))
		if got := len(first) + len(second) + len(input.held); got > len(came) {
			t.Errorf("%q, cut at %d, becomes %q and %q, and %q is held back", came, cut, first, second, input.held)
		}
		if len(input.held) > len(backgroundAnswer)+longestAnswer+1 {
			t.Errorf("%d bytes are held back", len(input.held))
		}
	})
}

func TestThemes(t *testing.T) {
	r := lipgloss.NewRenderer(nil)
	r.SetColorProfile(termenv.TrueColor)
	for _, dark := range []bool{true, false} {
		for _, theme := range Themes() {
			drawn := newTheme(r, theme, dark)
			if text := drawn.good.Render("✓"); (text == "✓") != (theme == NoColours) {
				t.Errorf("%s draws ✓ as %q", theme, text)
			}
			if drawn.row("a", true) == drawn.row("a", false) {
				t.Errorf("%s does not mark what is chosen", theme)
			}
		}
	}
	if dark, light := newTheme(r, AutoTheme, true), newTheme(r, AutoTheme, false); dark.dim.Render("a") == light.dim.Render("a") {
		t.Error("auto is the same on every background")
	}
}
