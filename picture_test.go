//go:build unix

package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var pictures = flag.String("pictures", "", "walk for the pictures of the documentation, and write the screens there as ANSI text")

// The picture is a screen of the real program, on the way from nothing to a passkey: make pictures.
func TestPictures(t *testing.T) {
	folder := *pictures
	if folder == "" {
		folder = t.TempDir()
	}
	term := start(t, t.TempDir(), "--device", "iphone")
	signUp(term)
	term.settle()
	term.press("enter")
	term.wait("save a passkey for", "Face ID", ada)
	term.picture(filepath.Join(folder, "screen.ansi"))
	term.quit()
	content, err := os.ReadFile(filepath.Join(folder, "screen.ansi"))
	if err != nil || !strings.Contains(string(content), "\x1b[") {
		t.Errorf("the picture is %q, %v", content, err)
	}
}

// picture writes the screen with its colours.
func (term *terminal) picture(path string) {
	term.t.Helper()
	term.mu.Lock()
	defer term.mu.Unlock()
	if err := os.WriteFile(path, []byte(term.screen.Render()), 0o600); err != nil {
		term.t.Fatal(err)
	}
}
