//go:build unix

package cli

import (
	"bytes"
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

	"example.com/hankosim/tui/cast"
	"example.com/hankosim/tui/cast/svg"
)

var (
	pictures = flag.String("pictures", "", "walk for the pictures of the documentation, and write them there as SVG")
	castFile = flag.String("cast", "", "make the picture of the walk from this recording, instead of walking for it")
)

// The pictures are screens of the real program, on the way from nothing to a passkey: make pictures.
func TestPictures(t *testing.T) {
	t.Parallel()
	folder := *pictures
	if folder == "" {
		folder = t.TempDir()
	}
	term := start(t, t.TempDir(), "--device", "iphone")
	signUp(term)
	term.settle()
	term.press("enter")
	term.wait("save a passkey for", "Face ID", ada)
	term.picture(folder, "screen")
	term.settle()
	term.press("enter")
	term.wait("The passkey is registered", "/sessions/validate")
	term.settle()
	term.press("1")
	term.wait("/ search")
	term.press("/")
	term.wait("keep what is found")
	term.typeText("registration/finalize")
	term.press("enter")
	term.wait("n N next match")
	term.press("d")
	term.wait("Attestation object", "flags")
	term.picture(folder, "wire")
	term.press("6")
	term.wait("POST /webauthn/registration", "» ")
	term.picture(folder, "guide")
	term.quit()

	term = start(t, t.TempDir(), "--device", "android")
	term.wait("Sign in with a passkey")
	term.typeText(ada)
	term.press("enter")
	term.wait("No account yet")
	term.settle()
	term.press("enter")
	term.wait("Check your mail", "@ Mail · Hanko")
	term.picture(folder, "android")
	term.quit()
}

// picture draws the screen as docs/<name>.svg.
func (term *terminal) picture(folder, name string) {
	t := term.t
	t.Helper()
	term.settle() // a notification slides in; a screen may be drawn by half
	term.mu.Lock()
	defer term.mu.Unlock()
	var recorded bytes.Buffer
	recorder := cast.NewRecorder(&recorded, cast.Header{Title: "hankosim"})
	recorder.Begin(time.Now(), columns, rows)
	recorder.Frame(time.Now(), term.screen.Render(), columns, rows)
	if err := recorder.Close(time.Now()); err != nil {
		t.Fatal(err)
	}
	recording, err := cast.Read(&recorded)
	if err != nil {
		t.Fatal(err)
	}
	var picture bytes.Buffer
	if err := svg.Write(&picture, recording); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(picture.String(), "Passkey") {
		t.Errorf("the picture %s shows nothing: %.300s", name, picture.String())
	}
	if err := os.WriteFile(filepath.Join(folder, name+".svg"), picture.Bytes(), 0o644); err != nil {
		t.Fatal(err)
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
	home := t.TempDir()
	if said, err := child(t, home, "replay", path, "--svg", "walk.svg").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	drawn, err := os.ReadFile(filepath.Join(home, "walk.svg"))
	if err != nil {
		t.Fatal(err)
	}
	picture := filepath.Join(folder, "walk.svg")
	if err := os.WriteFile(picture, drawn, 0o644); err != nil {
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
	term := startSized(t, home, 120, 42, "demo", "--exit", "--speed", speed, "--record", "walk.cast")
	select {
	case err := <-term.done:
		term.done <- err
		if err != nil {
			t.Fatalf("the story ended with %v. It left:\n%s", err, term.text())
		}
	case <-outOfTime(t):
		t.Fatalf("the story does not end. It shows:\n%s", term.text())
	}
	return filepath.Join(home, "walk.cast")
}
