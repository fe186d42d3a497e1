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

// The animated picture is a recording of the story that the real program plays by itself: make pictures.
func TestWalkPicture(t *testing.T) {
	t.Parallel()
	folder, path := *pictures, *castFile
	if folder == "" {
		folder = t.TempDir()
	}
	if path == "" {
		path = recordDemo(t)
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

// recordDemo records the story; slowly enough to be read along, where it is for a picture.
func recordDemo(t *testing.T) string {
	t.Helper()
	speed := "100"
	if *pictures != "" {
		speed = "3"
	}
	home := t.TempDir()
	term := startSized(t, home, 100, 34, "demo", "--exit", "--speed", speed, "--record", "walk.cast")
	select {
	case err := <-term.done:
		term.done <- err
		if err != nil {
			t.Fatalf("the story ended with %v. It left:\n%s", err, term.text())
		}
	case <-time.After(5 * time.Minute):
		t.Fatalf("the story does not end. It shows:\n%s", term.text())
	}
	return filepath.Join(home, "walk.cast")
}
