package cast

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

// Every frame is played as it was recorded, whatever its size.
func TestRecorderKeepsFrames(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	words := []string{"", "a", "hello", "漢字", "\x1b[31mred\x1b[m", "\x1b[1munclosed", strings.Repeat("x", 40), "e\u0301", "\x1b[7m      \x1b[m"}
	var file bytes.Buffer
	recorder := NewRecorder(&file, Header{Cols: 80, Rows: 24, Term: "xterm-256color", Title: "test"})
	type frame struct {
		at         time.Duration
		view       string
		cols, rows int
	}
	var frames []frame
	cols, rows := 10, 4
	recorder.Begin(noon, cols, rows)
	recorder.Marker(noon, "first")
	for i := range 300 {
		if random.IntN(20) == 0 {
			cols, rows = 1+random.IntN(30), 1+random.IntN(6)
		}
		var lines []string
		for range 1 + random.IntN(rows+2) {
			lines = append(lines, words[random.IntN(len(words))])
		}
		now := frame{time.Duration(i) * 1234567 * time.Nanosecond, strings.Join(lines, "\n"), cols, rows}
		frames = append(frames, now)
		recorder.Frame(noon.Add(now.at), now.view, cols, rows)
	}
	if err := recorder.Close(noon.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	recording, err := Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Header{Cols: 10, Rows: 4, Term: "xterm-256color", Title: "test", At: noon}); recording.Header != want {
		t.Errorf("the header is %+v", recording.Header)
	}
	screen, next := NewScreen(10, 4), 0
	for _, frame := range frames {
		for next < len(recording.Events) && recording.Events[next].At <= frame.at+time.Millisecond/2 {
			if err := screen.Play(recording.Events[next]); err != nil {
				t.Fatal(err)
			}
			next++
		}
		fresh := NewScreen(frame.cols, frame.rows)
		lines := strings.Split(frame.view, "\n")
		lines = lines[:min(len(lines), frame.rows)]
		if err := fresh.Play(Event{Code: Output, Data: "\x1b[?7l" + strings.Join(lines, "\x1b[m\r\n")}); err != nil {
			t.Fatal(err)
		}
		if got, want := screen.Text(), fresh.Text(); got != want {
			t.Fatalf("the frame at %v is played as\n%s\nand was\n%s", frame.at, got, want)
		}
	}
	if rest := recording.Events[next:]; len(rest) < 1 || rest[len(rest)-1].Code != Exit {
		t.Errorf("it ends with %+v", rest)
	}
}

func TestRecorderWritesWhatChanged(t *testing.T) {
	var file bytes.Buffer
	recorder := NewRecorder(&file, Header{Cols: 80, Rows: 24})
	recorder.Frame(noon, "one\ntwo", 0, 5) // there is no window yet
	recorder.Frame(noon, "one\ntwo", 10, 2)
	file.Reset()
	recorder.Frame(noon.Add(time.Second), "one\ntwo", 10, 2)
	if file.Len() > 0 {
		t.Errorf("an unchanged frame is written as %s", &file)
	}
	recorder.Frame(noon.Add(1500*time.Millisecond), "one\nthree", 10, 2)
	recorder.Marker(noon, "earlier")
	recorder.Frame(noon.Add(2*time.Second), "1", 9, 1)
	want := `[1.500,"o","\u001b[2;1H\u001b[m\u001b[Kthree\u001b[m"]
[0.000,"m","earlier"]
[0.500,"r","9x1"]
[0.000,"o","\u001b[?7l\u001b[?25l\u001b[2J\u001b[1;1H\u001b[m\u001b[K1\u001b[m"]
`
	if diff := cmp.Diff(want, file.String()); diff != "" {
		t.Errorf("(-want +written):\n%s", diff)
	}
}

// Sessions without frames can be recorded, too: an empty one, and one of lines.
func TestRecorderWithoutFrames(t *testing.T) {
	var file bytes.Buffer
	if err := NewRecorder(&file, Header{Cols: 80, Rows: 24}).Close(noon); err != nil {
		t.Fatal(err)
	}
	if recording, err := Read(&file); err != nil || len(recording.Events) != 1 {
		t.Errorf("%+v, %v", recording, err)
	}
	recorder := NewRecorder(&file, Header{Cols: 80, Rows: 24})
	recorder.Text(noon, "what is your name? ")
	recorder.Text(noon.Add(time.Minute), "Ada\r\n")
	if err := recorder.Close(noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	recording, err := Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	screen := NewScreen(80, 24)
	for _, event := range recording.Events {
		if err := screen.Play(event); err != nil {
			t.Fatal(err)
		}
	}
	if got := screen.Text(); got != "what is your name? Ada" || recording.Length() != time.Minute {
		t.Errorf("after %v it shows %q", recording.Length(), got)
	}
}

// full is a disk with room for some bytes.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

var errFull = errors.New("no space left on device")

func TestRecorderFailsAtItsEnd(t *testing.T) {
	recorder := NewRecorder(&full{200}, Header{Cols: 80, Rows: 24})
	for i := range 100 {
		recorder.Frame(noon.Add(time.Duration(i)*time.Second), strings.Repeat("x", i), 80, 24)
	}
	if err := recorder.Close(noon); !errors.Is(err, errFull) || !strings.Contains(err.Error(), "incomplete") {
		t.Errorf("it ends with %v", err)
	}
}

func TestCreate(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "walk.cast")
	for _, exists := range []bool{false, true} {
		if exists {
			if err := os.WriteFile(path, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		file, err := Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := file.Stat(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the file is %v, %v", info.Mode(), err)
		}
		if _, err := io.WriteString(file, "kept"); err != nil || file.Close() != nil {
			t.Fatal(err)
		}
	}
	var exists *ExistsError
	for _, taken := range []string{path, folder} {
		if _, err := Create(taken); !errors.As(err, &exists) || exists.Path != taken {
			t.Errorf("Create(%s) fails with %v", taken, err)
		}
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "kept" {
		t.Errorf("the file holds %q, %v", content, err)
	}
	if _, err := Create(filepath.Join(folder, "nowhere", "walk.cast")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in a missing folder it fails with %v", err)
	}
}
