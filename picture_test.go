//go:build unix

package main

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/tui/cast/svg"
)

var (
	pictures = flag.String("pictures", "", "walk for the pictures of the documentation, and write them there: the walk as SVG, the screen as ANSI text")
	castFile = flag.String("cast", "", "make the picture of the walk from this recording, instead of walking for it")
)

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

// The animated picture is a recording of the real program, from nothing to a sign-in with a passkey: make pictures.
func TestWalkPicture(t *testing.T) {
	t.Parallel()
	folder, path := *pictures, *castFile
	if folder == "" {
		folder = t.TempDir()
	}
	if path == "" {
		path = recordWalk(t)
	}
	recording, err := readRecording(path)
	if err != nil {
		t.Fatal(err)
	}
	picture := filepath.Join(folder, "walk.svg")
	file, err := os.Create(picture)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(svg.Write(file, recording), file.Close()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	frames := len(regexp.MustCompile(`%{transform`).FindAll(content, -1))
	if frames < 8 || len(content) > 1<<20 || !strings.Contains(string(content), "prefers-reduced-motion") {
		t.Errorf("the picture has %d frames and %d bytes", frames, len(content))
	}
	decoder := xml.NewDecoder(strings.NewReader(string(content)))
	for err == nil {
		_, err = decoder.Token()
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("the picture is no XML: %v", err)
	}
	t.Logf("%s: %d frames, %d bytes", picture, frames, len(content))
}

// recordWalk records a walk; as slowly as one reads, where it is for a picture.
func recordWalk(t *testing.T) string {
	t.Helper()
	read := func(pause time.Duration) {
		if *pictures != "" {
			time.Sleep(pause)
		}
	}
	home := t.TempDir()
	term := startSized(t, home, 100, 30, "--device", "iphone", "--record", "walk.cast")
	press := func(names ...string) {
		read(1500 * time.Millisecond)
		term.settle()
		term.press(names...)
	}
	term.wait("Sign in with a passkey", "REST API")
	read(time.Second)
	for _, letter := range ada {
		term.typeText(string(letter))
		read(110 * time.Millisecond)
	}
	term.wait(ada)
	press("enter")
	term.wait("No account yet")
	press("enter")
	term.wait("Check your mail", "ctrl+f fill in")
	press("ctrl+f")
	term.wait("[ Create a passkey ]")
	press("enter")
	term.wait("save a passkey for", ada)
	press("enter")
	term.wait("✓ Passkey registered", "✓ session")
	press("l")
	term.wait("Sign in with a passkey")
	press("ctrl+p")
	term.wait("Sign in to “localhost”")
	press("enter")
	term.wait("✓ Signed in as "+ada, "with a passkey", "✓ session")
	read(2 * time.Second)
	term.quit()
	return filepath.Join(home, "walk.cast")
}
