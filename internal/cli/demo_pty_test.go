//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// resize makes the terminal smaller or larger, as a person does with its window.
func (term *terminal) resize(columns, rows int) {
	term.t.Helper()
	term.mu.Lock()
	defer term.mu.Unlock()
	if err := pty.Setsize(term.pty, &pty.Winsize{Cols: uint16(columns), Rows: uint16(rows)}); err != nil {
		term.t.Fatal(err)
	}
	term.screen.Resize(columns, rows)
}

// The built-in story reaches its end, stays there, and can be played again. It leaves no files.
func TestDemoToItsEnd(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	term := start(t, home, "demo", "--speed", "100")
	term.resize(100, 30)
	term.wait("the end · Your turn", "✓ Signed in", "Your account", ada, "with a passkey", "hankosim smoke", "r play again")
	term.press("p")
	term.wait("scene 11 of 12, its end", "a thief of its database")
	term.press("n")
	term.wait("the end · Your turn")
	first := term.text()
	term.press("r")
	term.waitUntil("play again", func(screen string) bool {
		// Another tenant listens on another port.
		return strings.Contains(screen, "the end · Your turn") && strings.SplitN(screen, "\n", 2)[0] != strings.SplitN(first, "\n", 2)[0]
	})
	term.press("q")
	term.left()
	files, err := os.ReadDir(home)
	if err != nil || len(files) > 0 {
		t.Errorf("the story leaves %v behind, %v", files, err)
	}
}

// A person can pause the story, step through it, and take over the phone.
func TestDemoIsTakenOver(t *testing.T) {
	t.Parallel()
	term := start(t, t.TempDir(), "demo", "--device", "android")
	term.wait("scene 1 of 12 · A new user", "any other key takes over", "Android")
	term.press(" ")
	term.wait("scene 1 of 12, paused", "space resume")
	term.press("n")
	term.wait("scene 2 of 12 · No account yet", "Create the account")
	term.press("n")
	term.wait("scene 3 of 12 · A mail arrives")
	term.press("p")
	term.wait("scene 2 of 12, its end")
	term.press("p")
	term.wait("scene 1 of 12, its end", "Create the account")
	term.press(" ")
	term.wait("scene 3 of 12 · A mail arrives")
	term.resize(80, 24)
	term.wait("scene 3 of 12 · A mail arrives", "takes over")
	term.press("enter")
	screen := term.wait("The phone is yours now.", "ctrl+f fill in from the mail", "quit")
	if strings.Contains(screen, "scene") {
		t.Errorf("the narration is still there:\n%s", screen)
	}
	term.settle()
	term.press("ctrl+f")
	term.wait("▸ Create a passkey")
	term.quit()
}

// With --exit, a story of one's own quits at its end, and one that stops quits with the reason.
func TestDemoOfOnesOwn(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	write := func(name, scenes string) {
		if err := os.WriteFile(filepath.Join(home, name), []byte("title: Mine\nscenes:\n"+scenes), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("mine.yaml", `
- name: Grace comes
  say: She has an address of her own.
  do: [{type: grace@example.com}, {press: enter}, {wait: account}, {wait_text: grace@example.com has no account}]
`)
	write("never.yaml", "- {name: Never, do: [{wait: signed-in, within: 100ms}]}\n")
	term := start(t, home, "demo", "--script", "mine.yaml", "--speed", "20")
	term.wait("the end · Grace comes", "She has an address of her own.", "grace@example.com has no account")
	term.quit()

	term = start(t, home, "demo", "--script", "mine.yaml", "--speed", "100", "--exit")
	term.left()

	term = start(t, home, "demo", "--script", "never.yaml")
	term.wait("The story has stopped. It waits for signed-in, but that did not happen within 100ms.", "space wait again")
	term.press("x")
	term.wait("The phone is yours now.")
	term.quit()
}
