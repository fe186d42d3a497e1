package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/hankosim/hanko/mailbox"
)

// A panic ends the app with a word on it and with the terminal as a shell wants it; whoever has the report has no token
// and no code.
func TestPanicTellsNoSecret(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, key, where string }{
		{"in Update", "down", "tui.(*App).Update"},
		{"in a command", "c", "tui/clipboard.go"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			term, home := startFaulty(t)
			tenant := signUp(term)
			var mails []mailbox.Mail
			get(t, tenant+"/inbox.json", "", &mails)
			term.settle()
			term.press("s")
			term.wait("✓ Signed in", "Your account")
			term.settle()
			term.press("2")
			term.wait("Claims", "eyJhbG••••••")
			term.press("m")
			shown := term.wait("Secrets are shown")
			term.forget()
			if test.name == "in Update" {
				if err := os.WriteFile(filepath.Join(home, panicFile), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			term.press(test.key)
			term.endsWith(exitFailed)
			content, err := os.ReadFile(filepath.Join(home, tokenFile))
			if err != nil {
				t.Fatal(err)
			}
			said, token := term.written(), string(content)
			if len(token) < 100 || !strings.Contains(shown, token[:40]) {
				t.Fatalf("there was no token on the screen:\n%s", shown)
			}
			for _, told := range []string{"this is a fault of hankosim", "nobody has the token eyJhbG••••••", "goroutine ", test.where} {
				if !strings.Contains(said, told) {
					t.Errorf("it does not tell %q", told)
				}
			}
			for at := 0; at+16 <= len(token); at++ {
				if strings.Contains(said, token[at:at+16]) || strings.Contains(term.text(), token[at:at+16]) {
					t.Errorf("%q of the token is told", token[at:at+16])
					break
				}
			}
			if strings.Contains(said, mails[0].Code) {
				t.Error("the code is told")
			}
			if t.Failed() {
				t.Logf("it says\n%s", said)
			}
			term.mu.Lock()
			defer term.mu.Unlock()
			if term.screen.IsAltScreen() || term.screen.CursorHidden() {
				t.Error("the terminal was left on the alternate screen or without its cursor")
			}
		})
	}
}
