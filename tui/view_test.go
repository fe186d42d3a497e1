package tui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"
)

var update = flag.Bool("update", false, "rewrite the golden views")

// windows are the sizes that every screen is looked at in.
var windows = []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 120, Height: 40}, {Width: 200, Height: 60}}

// Every screen, as it is meant to look: in every size, without colours as plain text, on a dark and on a light background
// with its escape sequences. After a change on purpose: go test ./tui -run Golden -update, and look at the difference
// (cat shows the coloured ones).
func TestGoldenViews(t *testing.T) {
	for _, screen := range screens() {
		for _, size := range windows {
			t.Run(fmt.Sprintf("%s/%dx%d", screen.name, size.Width, size.Height), func(t *testing.T) {
				app := screen.show(t, ordinaryWords())
				app.Update(size)
				checkGoldens(t, app, app.View, size, screen.name)
			})
		}
	}
}

// The stories that are told over the app, and the player of recordings, which has no colours of its own.
func TestGoldenPlayers(t *testing.T) {
	for _, size := range windows {
		for name, keys := range map[string][]string{"demo": nil, "demo-paused": {" "}, "demo-end": {"n", "n", "n"}} {
			t.Run(fmt.Sprintf("%s/%dx%d", name, size.Width, size.Height), func(t *testing.T) {
				p := played(t, threeScenes)
				p.Init()
				p.Update(size)
				for _, key := range keys {
					p.key(key)
				}
				checkGoldens(t, p.app.(*App), p.View, size, name)
			})
		}
		t.Run(fmt.Sprintf("replay/%dx%d", size.Width, size.Height), func(t *testing.T) {
			m := player(t, recordedStory(t))
			m.Update(size)
			checkGolden(t, NoColours, size, "replay", trimmed(ansi.Strip(m.View())))
		})
	}
}

// checkGoldens holds what is drawn of an app to its golden views in every theme.
func checkGoldens(t *testing.T, app *App, draw func() string, size tea.WindowSizeMsg, name string) {
	t.Helper()
	app.options.Renderer.SetColorProfile(termenv.TrueColor)
	app.dressIn(NoColours)
	view := draw()
	if colours := colourSequence.FindAllString(view, -1); colours != nil {
		t.Errorf("there are colours in it: %q", colours)
	}
	plain := trimmed(ansi.Strip(view))
	checkGolden(t, NoColours, size, name, plain)
	for _, ground := range []struct {
		dark  bool
		theme ThemeName
	}{{true, DarkTheme}, {false, LightTheme}} {
		app.Update(BackgroundMsg{ground.dark})
		app.dressIn(AutoTheme)
		view := draw()
		if diff := cmp.Diff(plain, trimmed(ansi.Strip(view))); diff != "" {
			t.Errorf("in colours the text is another (-without +with):\n%s", diff)
		}
		checkGolden(t, ground.theme, size, name, view)
	}
}

// colourSequence is an escape sequence that sets another attribute than bold (1) and reverse (7).
var colourSequence = regexp.MustCompile(`\x1b\[(?:0?;)?(?:[2-689]|[1-9]\d)[0-9;]*m`)

// trimmed is a view without the blanks at the ends of its lines, which are neither seen nor kept by editors.
func trimmed(view string) string {
	lines := strings.Split(view, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

func checkGolden(t *testing.T, theme ThemeName, size tea.WindowSizeMsg, name, view string) {
	t.Helper()
	got := view + "\n"
	path := filepath.Join("testdata", "views", string(theme), fmt.Sprintf("%dx%d", size.Width, size.Height), name+".golden")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the view has changed (-golden +now), %s:\n%s", path, diff)
	}
}

// attributes are what a terminal is told of how text looks.
var attributes = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// checkBox draws the app, and fails the test when a view is larger than its window, or would do something to a terminal but draw.
func checkBox(t *testing.T, app *App, what string) (view string) {
	t.Helper()
	view = app.View()
	drawn := view
	if app.options.Theme == NoColours { // which has bold and reverse, on any terminal
		drawn = attributes.ReplaceAllString(view, "")
	}
	checkSize(t, drawn, app.width, app.height, what)
	return view
}

// checkSize is checkBox for a view that is drawn already.
func checkSize(t *testing.T, view string, width, height int, what string) {
	t.Helper()
	lines := strings.Split(view, "\n")
	if width < 1 || height < 1 {
		if view != "" {
			t.Fatalf("%s: there is a view of a window without cells: %.200q", what, view)
		}
		return
	}
	if len(lines) > height {
		t.Fatalf("%s: %d lines in a window of %d×%d", what, len(lines), width, height)
	}
	for i, line := range lines {
		if cells := ansi.StringWidth(line); cells > width {
			t.Fatalf("%s: line %d has %d cells in a window of %d×%d: %.300q", what, i+1, cells, width, height, line)
		}
		for _, r := range line {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%s: line %d has the control character %q: %.300q", what, i+1, r, line)
			}
		}
	}
}

// Whatever a tenant says, in whatever window: nothing is drawn outside of it, and nothing else is done to the terminal.
func TestViewsStayInTheirBoxes(t *testing.T) {
	texts := []struct{ name, text string }{
		{"ordinary", ""},
		{"blank", " "},
		{"escape sequences", "\x1b[2J\x1b[31mred\x1b]0;title\a\x1b]52;c;aGFja2Vk\x07\x9b1m\x00\r\b\t\v\x7f"},
		{"wide", strings.Repeat("漢字かな", 40)},
		{"emoji", strings.Repeat("👩‍👩‍👧‍👦🏳️‍🌈🇪🇺e\u0301", 30)},
		{"combining", strings.Repeat("e\u0301\u0302\u0303\u0304\u0305", 60) + strings.Repeat("\u0300", 500)},
		{"right to left", strings.Repeat("\u202eשלום \u2066עולם\u2069 مرحبا ", 20)},
		{"invalid UTF-8", strings.Repeat("\xff\xfe\xc0\x80ab", 40)},
		{"many lines", strings.Repeat("line\r\nline\u2028\u2029\u0085line\n", 100)},
		{"10 kB", strings.Repeat("x", 10<<10)},
		{"invisible", strings.Repeat(" \u00a0\u200b\u00ad\ufeff", 200)},
	}
	for i, test := range texts {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := hostileWords(test.text)
			if test.text == "" {
				w = ordinaryWords()
			}
			for j, screen := range screens() {
				app := screen.show(t, w)
				sizes := []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 20, Height: 5}, {Width: 1, Height: 1}, {}}
				// The race detector makes large windows slow: each screen is drawn so with a third of the texts.
				if (i+j)%3 == 0 {
					sizes = append(sizes, tea.WindowSizeMsg{Width: 200, Height: 60}, tea.WindowSizeMsg{Width: 100, Height: 4}, tea.WindowSizeMsg{Width: 7, Height: 40})
				}
				for _, size := range sizes {
					app.Update(size)
					checkBox(t, app, screen.name)
				}
			}
		})
	}
}
