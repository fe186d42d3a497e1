package cast

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// checkScreen checks that a screen has a valid size, fills it, and has only text that can be shown.
func checkScreen(t *testing.T, screen *Screen) {
	t.Helper()
	cols, rows := screen.Size()
	if cols < 1 || rows < 1 || cols > MaxCols || rows > MaxRows {
		t.Fatalf("the screen has %d×%d cells", cols, rows)
	}
	lines := screen.Lines(func(style uv.Style) uv.Style { return style })
	if len(lines) != rows {
		t.Fatalf("there are %d lines on a screen of %d", len(lines), rows)
	}
	for y := range rows {
		x := 0
		for _, run := range screen.Row(y) {
			if run.Col != x || run.Cells < 1 {
				t.Fatalf("a run of %d cells begins in column %d, not in %d", run.Cells, run.Col, x)
			}
			x += run.Cells
			if at := strings.IndexFunc(run.Text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }); at >= 0 {
				t.Fatalf("the text %q must not be shown", run.Text)
			}
		}
		if x != cols {
			t.Fatalf("line %d has %d cells, not %d", y, x, cols)
		}
		if text := ansi.Strip(lines[y]); strings.ContainsRune(text, '\x1b') {
			t.Fatalf("line %d is %q", y, lines[y])
		}
	}
}

func played(t *testing.T, data string) *Screen {
	t.Helper()
	screen := NewScreen(20, 4)
	if err := screen.Play(Event{Code: Output, Data: data}); err != nil {
		t.Fatal(err)
	}
	checkScreen(t, screen)
	return screen
}

func TestScreenDraws(t *testing.T) {
	for _, test := range []struct{ name, data, want string }{
		{"lines", "one\r\ntwo\x1b[1;2HX", "oXe\ntwo"},
		{"wide characters", "漢字\x1b[2;1Hx", "漢字\nx"},
		{"queries that a terminal answers", "a\x1b[c\x1b[6n\x1b]11;?\x07\x1b[>c\x1b[?2048h\x1b[?25$pb", "ab"},
		{"a title and a link", "\x1b]0;title\x07\x1b]8;;http://evil.example\x07link\x1b]8;;\x07", "link"},
		{"counts beyond any screen", "a\x1b[999999999b\x1b[999999999@\x1b[999999999I\x1b[999999999Lb", "ab"},
		{"text that changes direction", "a\u202eb", "ab"},
		{"concealed text", "a\x1b[8msecret\x1b[mb", "a      b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := played(t, test.data).Text(); got != test.want {
				t.Errorf("it draws %q, not %q", got, test.want)
			}
		})
	}
	lines := played(t, "\x1b[31mred\x1b[m and \x1b[1;38;2;1;2;3mbold\x1b[m").Lines(func(style uv.Style) uv.Style { return style })
	if !strings.HasPrefix(lines[0], "\x1b[31mred\x1b[m and \x1b[1;38;2;1;2;3mbold\x1b[m") {
		t.Errorf("the colours are %q", lines[0])
	}
}

func TestScreenResizes(t *testing.T) {
	screen := played(t, "hello")
	if err := screen.Play(Event{Code: Resize, Cols: 3, Rows: 1}); err != nil {
		t.Fatal(err)
	}
	checkScreen(t, screen)
	if got := screen.Text(); got != "hel" {
		t.Errorf("a screen of 3 cells shows %q", got)
	}
}

// A screen that draws for too long fails, and fails with the same error from then on.
func TestScreenGivesUp(t *testing.T) {
	screen := played(t, "before")
	screen.spent = drawingLimit + time.Second
	err := screen.Play(Event{Code: Output, Data: "after", Line: 7})
	var draw *DrawError
	if !errors.As(err, &draw) || draw.Line != 7 || !errors.Is(err, errSlow) {
		t.Fatalf("it fails with %v", err)
	}
	screen.spent = 0
	if again := screen.Play(Event{Code: Output, Data: "more", Line: 8}); !errors.Is(again, err) {
		t.Errorf("then it fails with %v", again)
	}
	if screen.Text() != "before" {
		t.Errorf("it shows %q", screen.Text())
	}
}

// Whatever is written to a screen, it has a valid size, and only text that can be shown.
func FuzzScreen(f *testing.F) {
	for _, seed := range []string{
		"hello\r\n\x1b[31mred\x1b[m", "\x1b[2J\x1b[10;10Hx\x1b[K", "\x1b[?1049h\x1b[5;2r\x1b[?69h\x1b[3;900s\x1b[S\x1b[T\x1b[L\x1b[M\x1b[@\x1b[P",
		"\x1b(0lqk\x1b(B\x0e\x0f", "漢字e\u0301👩‍👩‍👧‍👦🇪🇺", "\x1bc\x1bM\x1bD\x1b7\x1b8", "\x1b]8;;x\x07a\x1b]8;;\x07", "\x1bP+q\x1b\\\x1b_x\x1b\\",
		"a\x1b[99b\x1b[9Z\x1b[9I\x1b[g\x1b[3g\t", "\x1b[38;5;300m\x1b[48:2::1:2:3mx", "\x9b31m\xff\xfe\x80",
	} {
		f.Add(seed, "\x1b[Hx", uint8(10), uint8(3))
	}
	f.Fuzz(func(t *testing.T, first, second string, cols, rows uint8) {
		screen := NewScreen(12, 4)
		for _, event := range []Event{
			{Code: Output, Data: first},
			{Code: Resize, Cols: int(cols)%20 + 1, Rows: int(rows)%8 + 1},
			{Code: Output, Data: second},
			{Code: Output, Data: first + second},
		} {
			if err := screen.Play(event); errors.Is(err, errSlow) {
				t.Fatalf("%q and %q take too long", first, second)
			}
		}
		checkScreen(t, screen)
	})
}
