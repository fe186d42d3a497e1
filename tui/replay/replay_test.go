package replay

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"

	"example.com/hankosim/tui/cast"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
)

// recordedStory returns a recording of 20×3 cells with three chapters, and a long pause in the second.
func recordedStory(t testing.TB) *cast.Recording {
	t.Helper()
	var file bytes.Buffer
	recorder := cast.NewRecorder(&file, cast.Header{})
	at := func(seconds int) time.Time { return sample.Noon.Add(time.Duration(seconds) * time.Second) }
	recorder.Begin(at(0), 20, 3)
	recorder.Marker(at(0), "One")
	recorder.Frame(at(0), "first", 20, 3)
	recorder.Frame(at(1), "first\nmore", 20, 3)
	recorder.Marker(at(2), "Two")
	recorder.Frame(at(2), "\x1b[31msecond\x1b[m", 20, 3)
	recorder.Marker(at(3600), "Three")
	recorder.Frame(at(3600), "third", 20, 3)
	if err := recorder.Close(at(3601)); err != nil {
		t.Fatal(err)
	}
	recording, err := cast.Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	return recording
}

func player(t testing.TB, recording *cast.Recording) *replay {
	t.Helper()
	renderer := lipgloss.NewRenderer(io.Discard)
	renderer.SetColorProfile(termenv.TrueColor)
	m := newReplay(Options{Recording: recording, Speed: 1, Renderer: renderer})
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 10})
	return m
}

// pass lets time pass in ticks, until the player is at a position or stops.
func (m *replay) pass(until time.Duration) {
	for m.at < until && !m.paused && !m.over() {
		m.Update(tickMsg{m.ticks, time.Duration(float64(min(until-m.at, 100*time.Millisecond)) / m.speed)})
	}
}

func (m *replay) shows(t *testing.T, picture, footer string) {
	t.Helper()
	view := ansi.Strip(m.View())
	lines := strings.Split(view, "\n")
	if len(lines) != m.height {
		t.Fatalf("%d lines in a window of %d", len(lines), m.height)
	}
	if got := strings.TrimSpace(strings.ReplaceAll(strings.Join(lines[:3], "\n"), " ", "")); got != picture {
		t.Errorf("it shows %q, not %q", got, picture)
	}
	if got := lines[len(lines)-1]; !strings.HasPrefix(got, footer+"  ") {
		t.Errorf("its footer is %q, not %q", got, footer)
	}
}

func TestReplayPlays(t *testing.T) {
	m := player(t, recordedStory(t))
	m.shows(t, "first", "▶ 0:00 / 0:06 · One · ×1")
	m.pass(1500 * time.Millisecond)
	m.shows(t, "first\nmore", "▶ 0:01 / 0:06 · One · ×1")
	m.pass(4900 * time.Millisecond) // the pause of an hour takes three seconds
	m.shows(t, "second", "▶ 0:04 / 0:06 · Two · ×1")
	if !strings.Contains(m.View(), "\x1b[31msecond") {
		t.Errorf("the colours are lost: %q", m.View())
	}
	m.pass(time.Hour)
	m.shows(t, "third", "■ 0:06 / 0:06 · Three · ×1")
	if cmd := m.tick(); cmd != nil {
		t.Error("it still ticks at its end")
	}
}

func TestReplayKeys(t *testing.T) {
	m := player(t, recordedStory(t))
	press := func(name string) tea.Cmd {
		_, cmd := m.Update(kit.KeyMsg(name))
		return cmd
	}
	m.pass(500 * time.Millisecond)
	number := m.ticks
	if cmd := press(" "); cmd != nil {
		t.Error("it ticks while it is paused")
	}
	m.Update(tickMsg{number, time.Second}) // a tick from before the pause
	m.shows(t, "first", "‖ 0:00 / 0:06 · One · ×1")
	press("n")
	m.shows(t, "second", "‖ 0:02 / 0:06 · Two · ×1")
	press("right")
	m.shows(t, "third", "‖ 0:05 / 0:06 · Three · ×1")
	press("p")
	m.shows(t, "second", "‖ 0:02 / 0:06 · Two · ×1")
	press("left")
	press("left")
	m.shows(t, "first", "‖ 0:00 / 0:06 · One · ×1")
	if cmd := press(" "); cmd == nil {
		t.Error("space does not resume")
	}
	for range 12 {
		press("+")
	}
	m.shows(t, "first", "▶ 0:00 / 0:06 · One · ×100")
	for range 12 {
		press("-")
	}
	m.shows(t, "first", "▶ 0:00 / 0:06 · One · ×0.1")
	m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("++++nn")}) // keys that are pressed quickly
	m.shows(t, "third", "▶ 0:05 / 0:06 · Three · ×1.6")
	press("p") // the chapter has only just begun
	m.shows(t, "second", "▶ 0:02 / 0:06 · Two · ×1.6")
	m.pass(4500 * time.Millisecond)
	press("p") // the chapter began a while ago
	m.shows(t, "second", "▶ 0:02 / 0:06 · Two · ×1.6")
	press("n")
	press("n")
	m.shows(t, "third", "■ 0:06 / 0:06 · Three · ×1.6")
	press(" ")
	m.shows(t, "first", "▶ 0:00 / 0:06 · One · ×1.6")
	press("n")
	press("r")
	m.shows(t, "first", "▶ 0:00 / 0:06 · One · ×1.6")
	m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("q"), Paste: true}) // pasted text is not a key
	for _, name := range []string{"q", "esc", "ctrl+c"} {
		if cmd := press(name); cmd == nil || cmd() != (tea.QuitMsg{}) {
			t.Errorf("%s does not quit", name)
		}
	}
	m.exit = true
	if cmd := m.jump(m.recording.Length()); cmd == nil || cmd() != (tea.QuitMsg{}) {
		t.Error("it does not quit at its end")
	}
}

func TestReplayInAnyWindow(t *testing.T) {
	recording := recordedStory(t)
	recording.Remark = "The last line, 9, is cut off."
	for _, test := range []struct {
		width, height int
		notice        string
	}{
		{80, 10, ""}, {20, 3, ""}, {19, 4, "! Cut off: the rec"}, {100, 2, ""}, {1, 1, ""}, {3, 200, ""}, {0, 0, ""}, {80, -1, ""},
	} {
		m := player(t, recording)
		for range 2 {
			m.Update(tea.WindowSizeMsg{Width: test.width, Height: test.height})
			view := m.View()
			lines := strings.Split(view, "\n")
			if test.width < 1 || test.height < 1 {
				if view != "" {
					t.Errorf("in %d×%d it draws %q", test.width, test.height, view)
				}
				continue
			}
			if len(lines) > test.height {
				t.Errorf("in %d×%d it draws %d lines", test.width, test.height, len(lines))
			}
			for _, line := range lines {
				if ansi.StringWidth(line) > test.width {
					t.Errorf("in %d×%d it draws %q", test.width, test.height, line)
				}
			}
			if !strings.Contains(ansi.Strip(view), test.notice) {
				t.Errorf("in %d×%d it lacks %q:\n%s", test.width, test.height, test.notice, view)
			}
			m.jump(m.recording.Length())
		}
	}
	m := player(t, recording)
	m.jump(m.recording.Length())
	if !strings.Contains(m.View(), recording.Remark) {
		t.Errorf("the remark is missing:\n%s", m.View())
	}
}

// A recording that cannot be drawn any further stops with a notice, and the keys still work.
func TestReplayOfABrokenRecording(t *testing.T) {
	recording := recordedStory(t)
	last := &recording.Events[len(recording.Events)-4] // the third chapter's marker is behind it
	last.Code, last.Cols, last.Rows = cast.Resize, -5, -5
	m := player(t, recording)
	m.jump(m.recording.Length())
	if m.failed == nil || !strings.Contains(ansi.Strip(m.View()), "✗ The recording cannot be drawn beyond line") {
		t.Fatalf("there is no notice of %v:\n%s", m.failed, m.View())
	}
	m.Update(kit.KeyMsg("r"))
	m.shows(t, "first", "▶ 0:00 / 0:06 · One · ×1")
	var draw *cast.DrawError
	if err := Write(recording, io.Discard); !errors.As(err, &draw) {
		t.Errorf("as text it fails with %v", err)
	}
}

func TestWriteReplay(t *testing.T) {
	for _, test := range []struct {
		name string
		with func(*cast.Recording)
		want string
	}{
		{"chapters", func(*cast.Recording) {}, "== One, 0:00 ==\nfirst\nmore\n\n== Two, 0:02 ==\nsecond\n\n== Three, 1:00:00 ==\nthird\n\n"},
		{"no chapters", func(r *cast.Recording) {
			for i := range r.Events {
				if r.Events[i].Code == cast.Marker {
					r.Events[i].Code = cast.Input
				}
			}
		}, "third\n"},
		{"a hostile label", func(r *cast.Recording) { r.Events = r.Events[:2]; r.Events[0].Data = "\x1b[2J" }, "== ␛[2J, 0:00 ==\nfirst\n\n"},
	} {
		recording := recordedStory(t)
		test.with(recording)
		var text bytes.Buffer
		if err := Write(recording, &text); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, text.String()); diff != "" {
			t.Errorf("%s (-want +written):\n%s", test.name, diff)
		}
	}
	if err := Write(recordedStory(t), &brokenPipe{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("into a closed pipe: %v", err)
	}
}

type brokenPipe struct{}

func (*brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// Whatever a recording contains, and whatever is pressed, only text is drawn, and only in the window.
func FuzzReplay(f *testing.F) {
	header := `{"version":3,"term":{"cols":20,"rows":5}}` + "\n"
	f.Add([]byte(header+`[0.1,"o","hello\u001b[31m\r\nred"]`+"\n"+`[1,"m","漢字\u001b[2J"]`+"\n"+`[1,"r","3x2"]`+"\n"+`[9,"o","\u001b[5;5Hx"]`), "n p+ -r", uint8(20), uint8(6))
	f.Add([]byte(header+`[0,"o","\u202e\u009b31m"]`), " n", uint8(1), uint8(1))
	f.Fuzz(func(t *testing.T, file []byte, keys string, width, height uint8) {
		recording, err := cast.Read(bytes.NewReader(file))
		if err != nil {
			return
		}
		m := player(t, recording)
		m.Update(tea.WindowSizeMsg{Width: int(width), Height: int(height)})
		for i, key := range keys[:min(len(keys), 20)] {
			m.Update(kit.KeyMsg(string(key)))
			m.Update(tickMsg{m.ticks, time.Duration(i) * 100 * time.Millisecond})
			view := m.View()
			if lines := strings.Split(view, "\n"); len(lines) > max(1, int(height)) {
				t.Fatalf("%d lines in a window of %d", len(lines), height)
			}
			for _, line := range strings.Split(view, "\n") {
				if ansi.StringWidth(line) > int(width) {
					t.Fatalf("%q in a window of %d", line, width)
				}
				if text := ansi.Strip(line); strings.ContainsAny(text, "\x1b\x07\u202e\u009b\r") {
					t.Fatalf("%q is drawn", line)
				}
			}
		}
	})
}
