//go:build unix

package cli

import (
	"strings"
	"testing"
	"unicode"
)

// A plain walk on a terminal, over either API: create an account and a passkey, and sign in with the passkey. Nothing is
// drawn.
func TestPlainWalkFromEmailToPasskeySignIn(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"guide", "v3-passwordless"} {
		t.Run(preset, func(t *testing.T) {
			t.Parallel()
			term := start(t, t.TempDir(), "--plain", "--ephemeral", "--preset", preset)
			answer := func(question, text string) {
				t.Helper()
				term.waitUntil("ask "+question, func(string) bool { return strings.Contains(term.written(), question) })
				term.forget()
				term.typeText(text)
				term.press("enter")
			}
			answer("type your email", ada)
			answer("y creates the account", "y")
			answer("Type or paste the code", "f")
			answer("passkey", "y")
			answer("create a passkey for "+ada, "y")
			answer("The passkey is registered", "l")
			answer("type your email", "p")
			answer("sign in at localhost with a passkey", "y")
			term.waitUntil("say what is good about the token", func(string) bool {
				return strings.Contains(term.written(), "Good: signature") && strings.Contains(term.written(), "Good: session")
			})
			drawn := strings.IndexFunc(term.written(), func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' })
			if drawn >= 0 {
				t.Errorf("there is a control character at %d of %q", drawn, term.written())
			}
			term.typeText("q")
			term.press("enter")
			if err := <-term.done; err != nil {
				t.Errorf("it ends with %v", err)
			}
			term.done <- nil
		})
	}
}
