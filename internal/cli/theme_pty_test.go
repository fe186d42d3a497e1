//go:build unix

package cli

import (
	"image/color"
	"strings"
	"testing"

	"github.com/muesli/termenv"
)

// The colours fit the background that the terminal says it has; its answer is not taken for something typed.
func TestThemeFitsTheTerminal(t *testing.T) {
	t.Parallel()
	const onDark, onLight = "183", "56" // the accents of the two themes
	for _, test := range []struct {
		name       string
		background color.Color
		args       []string
		accent     string
	}{
		{"dark", color.Black, nil, onDark},
		{"light", color.White, nil, onLight},
		{"dark, and light is wanted", color.Black, []string{"--theme", "light"}, onLight},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			term := startOn(t, test.background, t.TempDir(), append([]string{"--ephemeral"}, test.args...)...)
			accent := termenv.ANSI256.Color(test.accent).Sequence(false)
			term.waitUntil("draw in "+accent, func(string) bool { return strings.Contains(term.written(), accent) })
			if screen := term.text(); strings.Contains(screen, "rgb:") {
				t.Errorf("the terminal's answer stands on the screen:\n%s", screen)
			}
			term.press("ctrl+k")
			term.wait("What to do", "Go to")
			term.press("esc")
			term.wait("Sign in with a passkey") // esc and ctrl+c in one go would be alt+ctrl+c
			term.quit()
		})
	}
}

func TestNoColor(t *testing.T) {
	t.Parallel()
	term := start(t, t.TempDir(), "--ephemeral", "--theme", "none")
	term.wait("Sign in with a passkey")
	for _, colour := range []string{"\x1b[38;", "\x1b[48;", "\x1b[3", "\x1b[9"} {
		if strings.Contains(term.written(), colour) {
			t.Errorf("%q is written without colours", colour)
		}
	}
	term.quit()
}
