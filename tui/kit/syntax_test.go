package kit

import (
	"io"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"example.com/hankosim/hanko"
)

// syntaxes has all languages, and nil.
var syntaxes = map[string]*Syntax{"json": JSON, "shell": Shell, "swift": Swift, "kotlin": Kotlin, "none": nil}

func TestTokens(t *testing.T) {
	letters := map[Role]string{PlainText: ".", Aside: "c", MemberName: "n", StringText: "s", NumberText: "0", Keyword: "w"}
	for _, test := range []struct{ language, text, roles string }{
		{"json", `{"a": "b", "c" : -1.5e+9, "d": [true, null]}`, `.nnn..sss..nnn...0000000..nnn...wwww..wwww..`},
		{"json", `"a \" b": 1`, `nnnnnnnn..0`},
		{"json", `"never closed` + "\n" + `1`, `sssssssssssss.0`},
		{"json", `{"truth": truer}`, `.nnnnnnn........`},
		{"json", `x1 1x -y`, `...00...`},
		{"shell", "curl -sS 'a\\'b # no", `wwww.nnn.ssss..cccc`},
		{"shell", "# all\n-H \"a\\\"b\" a#b x-y", `ccccc.nn.ssssss........`},
		{"shell", "'two\nlines' -X", `sssssssssss.nn`},
		{"swift", `let a = "x\"" // "c"`, `www.....sssss.cccccc`},
		{"swift", "\"\"\"\nif \" // x\n\"\"\" if 0x1F", strings.Repeat("s", 17) + `.ww.0000`},
		{"kotlin", "val 漢val = 'x' fun", `www..........sss.www`},
		{"none", `"a": 1`, `......`},
	} {
		got, at := "", 0
		for _, span := range syntaxes[test.language].spans(test.text) {
			got += strings.Repeat(letters[span.as], span.end-at)
			at = span.end
		}
		if got != test.roles {
			t.Errorf("%s\n%q\n %s, not\n %s", test.language, test.text, got, test.roles)
		}
	}
}

// Whatever the text and the width, no line is too wide, no character is lost, and colours are all that is added.
func FuzzPaint(f *testing.F) {
	for _, text := range []string{
		`{"a": ["b", 1.5e-9, true, null, {"\"": "\\"}]}`, "curl -X POST 'x' \\\n  -H \"y: ${T:?z}\" # c", "let x = \"\"\"\n  a\n\"\"\" // c",
		"\x1b[31mred\x1b]0;t\a", strings.Repeat("漢", 50), "\"\u0301 1\ufe0f\u20e3 a\u0300\u0301", "\xff\xfe", "\r\n\t\u2028\u202e", "    deep in " + strings.Repeat("x", 99), "",
	} {
		f.Add(text, 20)
		f.Add(text, 1)
	}
	f.Add("\x00 000000000", 4)   // a word that moves to the next row fills it
	f.Add("     0000000000", 13) // a word is wider than the next row
	plain := lipgloss.NewRenderer(io.Discard)
	plain.SetColorProfile(termenv.Ascii)
	colours := lipgloss.NewRenderer(io.Discard)
	colours.SetColorProfile(termenv.TrueColor)
	without, with := NewTheme(plain, DarkTheme, true), NewTheme(colours, DarkTheme, true)
	f.Fuzz(func(t *testing.T, text string, width int) {
		width = 1 + (width&0xff+0xff)%0xff
		for name, language := range syntaxes {
			lines := without.Paint(text, language, width)
			drawn := strings.Join(lines, "\n")
			if painted := strings.Join(with.Paint(text, language, width), "\n"); ansi.Strip(painted) != drawn {
				t.Fatalf("%s: with colours it is %q, and without %q", name, painted, drawn)
			}
			if want := hanko.PrintableLines(text); squeezed(drawn) != squeezed(want) {
				t.Fatalf("%s: %q is drawn as %q", name, want, drawn)
			}
			for _, line := range lines {
				if cells := ansi.StringWidth(line); cells > max(width, 2) { // a wide character has two cells
					t.Fatalf("%s: %d cells in a width of %d: %q", name, cells, width, line)
				}
				if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) }) {
					t.Fatalf("%s: a control character in %q", name, line)
				}
			}
		}
	})
}

// squeezed returns a text without its blanks.
func squeezed(text string) string { return strings.Join(strings.Fields(text), "") }

func BenchmarkPaint(b *testing.B) {
	colours := lipgloss.NewRenderer(io.Discard)
	colours.SetColorProfile(termenv.TrueColor)
	theme := NewTheme(colours, DarkTheme, true)
	text := "{\n" + strings.Repeat(`  "name": ["text of some length", 12, true],`+"\n", (32<<10)/44) + "}"
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		theme.Paint(text, JSON, 60)
	}
}
