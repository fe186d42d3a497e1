package tui

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"

	"example.com/hankosim/tui/internal/golden"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
)

// windows are the sizes that every screen is looked at in.
var windows = []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 120, Height: 40}, {Width: 200, Height: 60}}

// Every screen, as it is meant to look without colours, in every size; and some with the colours of a dark background. After
// a change on purpose: make golden, and look at the difference (cat shows the coloured ones).
func TestGoldenViews(t *testing.T) {
	for _, shown := range screens() {
		for _, size := range windows {
			t.Run(fmt.Sprintf("%s/%dx%d", shown.name, size.Width, size.Height), func(t *testing.T) {
				app := shown.show(t, sample.OrdinaryWords())
				app.Update(size)
				view := app.in(kit.NoColours, true)
				if colours := colourSequence.FindAllString(view, -1); colours != nil {
					t.Errorf("there are colours in it: %q", colours)
				}
				plain := golden.Trimmed(ansi.Strip(view))
				golden.Check(t, fmt.Sprintf("%dx%d/%s", size.Width, size.Height, shown.name), plain)
				for _, dark := range []bool{true, false} {
					view := app.in(kit.AutoTheme, dark)
					if diff := cmp.Diff(unframed(plain), unframed(ansi.Strip(view))); diff != "" {
						t.Errorf("in colours the text is another (-without +with):\n%s", diff)
					}
					if dark && size.Width == 120 && slices.Contains(coloured, shown.name) {
						golden.Check(t, "dark/"+shown.name, view)
					}
				}
			})
		}
	}
}

// unframed is a view without what stands in the place of fills: the frames of dialogs, and the brackets of buttons and tabs.
func unframed(view string) string {
	return golden.Trimmed(strings.NewReplacer("[", " ", "]", " ", "╭", " ", "╮", " ", "╰", " ", "╯", " ", "│", " ", "─", " ").Replace(view))
}

// coloured are the screens that are recorded with their colours: between them, they have every role of text.
var coloured = []string{
	"email-problem", "passcode-banner", "signedin-refuted", "consent-get-several", "wire-search-open", "token-inspected", "code-swift", "guide-rest",
}

// in draws the app in a theme, with all colours, on a terminal whose background is dark or not.
func (a *App) in(theme kit.ThemeName, dark bool) string {
	a.options.Renderer.SetColorProfile(termenv.TrueColor)
	a.Update(kit.AppearanceMsg{Dark: dark, Theme: theme})
	return a.View()
}

// What a text is, is told by the same role in every theme.
func TestRoles(t *testing.T) {
	style := func(of func(*kit.Theme) lipgloss.Style) func(*kit.Theme, string) string {
		return func(t *kit.Theme, text string) string { return of(t).Render(text) }
	}
	roles := map[string]func(t *kit.Theme, text string) string{
		"accent": style(func(t *kit.Theme) lipgloss.Style { return t.Accent }),
		"muted":  style(func(t *kit.Theme) lipgloss.Style { return t.Dim }),
		"good":   style(func(t *kit.Theme) lipgloss.Style { return t.Good }),
		"bad":    style(func(t *kit.Theme) lipgloss.Style { return t.Bad }),
		"warn":   style(func(t *kit.Theme) lipgloss.Style { return t.Warn }),
		"title":  style(func(t *kit.Theme) lipgloss.Style { return t.Title }),
		"key":    style(func(t *kit.Theme) lipgloss.Style { return t.Key }),
		"behind": style(func(t *kit.Theme) lipgloss.Style { return t.Behind }),
		"chip":   (*kit.Theme).Chip,
		"primary": func(t *kit.Theme, text string) string {
			return kit.Situation{Theme: t}.Button(text, 60, kit.Primary)
		},
	}
	shown := map[string]appScreen{}
	for _, screen := range screens() {
		shown[screen.name] = screen
	}
	for _, test := range []struct{ screen, text, role string }{
		{"email", " hankosim ", "chip"},
		{"email", "Sign in or", "muted"},
		{"email", " Continue ", "primary"},
		{"email", "ctrl+p", "key"},
		{"email", "Email", "accent"},
		{"email", "○", "muted"},
		{"email-problem", "✗ It was not possible", "bad"},
		{"email-button", "▸ Sign in with a passkey", "primary"},
		{"email-toast", "POST /passcode", "warn"},
		{"account", "No account yet", "title"},
		{"account", "▸ Create the account", "primary"},
		{"passcode-dead", "This code no longer works", "warn"},
		{"passcode-mail", "From Mail", "chip"},
		{"passcode", "✓", "good"},
		{"offer", "✓", "good"},
		{"signedin-inspected", "Signed in", "title"},
		{"signedin-refuted", "✗ The token has expired", "bad"},
		{"failed", "✗ It was not possible", "bad"},
		{"failed", "What to do", "muted"},
		{"failed-wait", "The tenant asks to wait", "warn"},
		{"profile-confirm", "Delete the address", "warn"},
		{"consent-create", "hankosim", "behind"},
		{"passkeys-error", "✗ POST", "bad"},
		{"passkeys-confirm", "Delete this passkey", "warn"},
		{"token-logged-out", "✗ Logged out", "warn"},
		{"token-inspected", "✓ user", "good"},
		{"token-inspected", " 2 Token ", "primary"},
		{"connect-saved", "! req-1 is set", "warn"},
		{"connect-found", "✓ Hanko v3", "good"},
	} {
		for _, theme := range []kit.ThemeName{kit.DarkTheme, kit.LightTheme, kit.ContrastTheme, kit.NoColours} {
			app := shown[test.screen].show(t, sample.OrdinaryWords())
			app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
			view := app.in(theme, theme != kit.LightTheme)
			text := strings.Trim(test.text, " ▸")
			if got, want := drawnIn(view, test.text), drawnIn(roles[test.role](app.theme, text), text); got != want {
				t.Errorf("%s, %s: %q is drawn in %q, and %s is %q", test.screen, theme, test.text, got, test.role, want)
			}
		}
	}
}

// drawnIn is what a terminal has been told of the looks of a text, the first time that it stands in a view; "not there"
// when it does not.
func drawnIn(view, text string) string {
	before, _, found := strings.Cut(view, text)
	if !found {
		return "not there"
	}
	told := golden.Attributes.FindAllString(before, -1)
	if len(told) == 0 || told[len(told)-1] == "\x1b[0m" {
		return ""
	}
	return told[len(told)-1]
}

// colourSequence is an escape sequence that sets another attribute than bold (1), faint (2) and reverse (7).
var colourSequence = regexp.MustCompile(`\x1b\[(?:0?;)?(?:[3-689]|[1-9]\d)[0-9;]*m`)

// checkBox draws the app, and fails the test when a view is larger than its window, or would do something to a terminal but draw.
func checkBox(t *testing.T, app *App, what string) (view string) {
	t.Helper()
	view = app.View()
	drawn := view
	if app.options.Theme == kit.NoColours { // which has bold and reverse, on any terminal
		drawn = golden.Attributes.ReplaceAllString(view, "")
	}
	golden.CheckBox(t, drawn, app.width, app.height, what)
	return view
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
			w := sample.HostileWords(test.text)
			if test.text == "" {
				w = sample.OrdinaryWords()
			}
			for j, shown := range screens() {
				app := shown.show(t, w)
				sizes := []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 20, Height: 5}, {Width: 1, Height: 1}, {}}
				// The race detector makes large windows slow: each screen is drawn so with a third of the texts.
				if (i+j)%3 == 0 {
					sizes = append(sizes, tea.WindowSizeMsg{Width: 200, Height: 60}, tea.WindowSizeMsg{Width: 100, Height: 4}, tea.WindowSizeMsg{Width: 7, Height: 40})
				}
				for _, size := range sizes {
					app.Update(size)
					checkBox(t, app, shown.name)
				}
			}
		})
	}
}
