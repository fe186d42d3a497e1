package cast

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const header3 = `{"version": 3, "term": {"cols": 80, "rows": 24, "type": "xterm"}, "timestamp": 1504467315, "title": "Demo", "env": {"SHELL": "/bin/zsh"}}` + "\n"

// The example in the format's documentation, with the other lines that it allows.
func TestReadVersion3(t *testing.T) {
	got, err := Read(strings.NewReader(header3 + `# event stream follows the header
[0.248, "o", "\u001b[1;31mHello\n"]

[1.001, "o", "That was ok\rThis is better."]
[3.500, "m", ""]
[0.1, "z", "codes to come are ignored, and their time counts"]
[2.050, "r", "90x30"]
[0.887, "x", "0"]`))
	if err != nil {
		t.Fatal(err)
	}
	want := &Recording{
		Header: Header{Cols: 80, Rows: 24, Term: "xterm", Title: "Demo", At: time.Unix(1504467315, 0).UTC()},
		Events: []Event{
			{At: 248 * time.Millisecond, Code: Output, Data: "\x1b[1;31mHello\n", Line: 3},
			{At: 1249 * time.Millisecond, Code: Output, Data: "That was ok\rThis is better.", Line: 5},
			{At: 4749 * time.Millisecond, Code: Marker, Line: 6},
			{At: 6899 * time.Millisecond, Code: Resize, Data: "90x30", Cols: 90, Rows: 30, Line: 8},
			{At: 7786 * time.Millisecond, Code: Exit, Data: "0", Line: 9},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +read):\n%s", diff)
	}
	if got.Length() != 7786*time.Millisecond || len(got.Markers()) != 1 {
		t.Errorf("it is %v long and has the markers %v", got.Length(), got.Markers())
	}
}

func TestReadVersion2(t *testing.T) {
	got, err := Read(strings.NewReader(`{"version": 2, "width": 100, "height": 30, "idle_time_limit": 2, "env": {"TERM": "screen"}}
[1.5, "o", "a"]
[1.4, "o", "b"]
[9.5, "m", "end"]
`))
	if err != nil {
		t.Fatal(err)
	}
	var at []time.Duration
	for _, event := range got.Events {
		at = append(at, event.At)
	}
	if diff := cmp.Diff([]time.Duration{1500 * time.Millisecond, 1500 * time.Millisecond, 9500 * time.Millisecond}, at); diff != "" {
		t.Errorf("the times (-want +read):\n%s", diff)
	}
	if want := (Header{Cols: 100, Rows: 30, Term: "screen", Idle: 2 * time.Second}); got.Header != want {
		t.Errorf("the header is %+v", got.Header)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, test := range []struct {
		name, file string
		line       int
		problem    Problem
	}{
		{"nothing", "", 1, NotACast},
		{"a picture", "\x89PNG\r\n\x1a\n\x00", 1, NotACast},
		{"a huge file of something else", strings.Repeat("\x00", MaxSize+1), 1, NotACast},
		{"other JSON", `{"a": 1}`, 1, NotACast},
		{"a comment first", "# " + header3, 1, NotACast},
		{"events alone", `[1, "o", "x"]`, 1, NotACast},
		{"version 1", "{\n  \"version\": 1,\n  \"width\": 80\n}", 1, OldVersion},
		{"version 1 in one line", `{"version": 1, "width": 80, "height": 24, "stdout": [[0.1, "x"]]}`, 1, OldVersion},
		{"version 4", `{"version": 4, "term": {"cols": 80, "rows": 24}}`, 1, WrongVersion},
		{"a huge size", `{"version": 3, "term": {"cols": 1000000000, "rows": 24}}`, 1, BadHeader},
		{"a negative size", `{"version": 2, "width": -1, "height": 24}`, 1, BadHeader},
		{"a size of another type", `{"version": 3, "term": {"cols": "80", "rows": 24}}`, 1, BadHeader},
		{"not an event", header3 + `[1, "o", "x"]` + "\n" + `hello` + "\n" + `[1, "o", "x"]`, 3, BadEvent},
		{"no data", header3 + `[1, "o"]`, 2, BadEvent},
		{"too many elements", header3 + `[1, "o", "x", 1]`, 2, BadEvent},
		{"no code", header3 + `[1]`, 2, BadEvent},
		{"a code of another type", header3 + `[1, 2, "x"]`, 2, BadEvent},
		{"data of another type", header3 + `[1, "o", 1]` + "\n", 2, BadEvent},
		{"a broken line in the middle", header3 + `[1, "o", "x` + "\n" + `[1, "o", "x"]` + "\n", 2, BadEvent},
		{"a negative time", header3 + `[-0.1, "o", "x"]`, 2, BadNumber},
		{"a time as text", header3 + `["1", "o", "x"]`, 2, BadNumber},
		{"not a number", header3 + `[NaN, "o", "x"]` + "\n", 2, BadEvent},
		{"an infinite number", header3 + `[1e999, "o", "x"]`, 2, BadNumber},
		{"a huge time", header3 + `[1e300, "o", "x"]`, 2, BadNumber},
		{"times that add up", header3 + strings.Repeat(`[1296000, "o", "x"]`+"\n", 3), 4, BadNumber},
		{"a resize without rows", header3 + `[1, "r", "80"]`, 2, BadNumber},
		{"a resize to a huge size", header3 + `[1, "r", "80x99999999999999999999"]`, 2, BadNumber},
		{"a resize to a negative size", header3 + `[1, "r", "-80x24"]`, 2, BadNumber},
		{"a resize without numbers", header3 + `[1, "r", "x"]`, 2, BadNumber},
		{"a damaged gzip file", "\x1f\x8b\x08nothing", 0, BadGzip},
		{"a gzip file of something else", packed("hello"), 1, NotACast},
		{"a huge gzip file", packed(header3 + strings.Repeat("#\n", MaxSize/2)), 0, TooLarge},
		{"too many events", header3 + strings.Repeat(`[0,"o",""]`+"\n", MaxEvents+1), MaxEvents + 2, TooLarge},
		{"a huge file", header3 + strings.Repeat("#\n", MaxSize/2), 0, TooLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(test.file))
			var format *FormatError
			if !errors.As(err, &format) || format.Line != test.line || format.Problem != test.problem {
				t.Fatalf("it fails with %+v, not with %q in line %d", err, test.problem, test.line)
			}
			if text := err.Error(); len(text) > 300 || test.line > 0 && !strings.Contains(text, fmt.Sprintf(" (line %d). ", test.line)) {
				t.Errorf("it says %q", text)
			}
		})
	}
}

// packed returns a gzip file with this content.
func packed(content string) string {
	var file bytes.Buffer
	zip := gzip.NewWriter(&file)
	_, err := zip.Write([]byte(content))
	if err := errors.Join(err, zip.Close()); err != nil {
		panic(err)
	}
	return file.String()
}

// Recordings that other programs have written or packed.
func TestReadOtherRecordings(t *testing.T) {
	const (
		bom     = "\ufeff"
		header2 = `{"version": 2, "width": 80, "height": 24}` + "\n"
		event   = `[0.5, "o", "hello"]` + "\n"
		noSize  = "it is played in 80×24 cells"
	)
	long := header3 + strings.Repeat(`[0.01, "o", "`+strings.Repeat("0123456789 abcdef", 20)+`"]`+"\n", 500)
	for _, test := range []struct {
		name, file string
		events     int
		remark     string
	}{
		{"a byte order mark", bom + header3 + event, 1, ""},
		{"a byte order mark before version 2", bom + header2 + event, 1, ""},
		{"line breaks of Windows", bom + strings.ReplaceAll(header2+event, "\n", "\r\n"), 1, ""},
		{"gzip", packed(header3 + event), 1, ""},
		{"gzip of version 2", packed(header2 + event), 1, ""},
		{"gzip with a byte order mark inside", packed(bom + header3 + event), 1, ""},
		{"gzip, cut off after its content", packed(header3 + event)[:len(packed(header3+event))-6], 1, "gzip file is damaged or cut off"},
		{"gzip, cut off within its content", packed(long)[:len(packed(long))/2], -1, "gzip file is damaged or cut off"},
		{"gzip of a recording that is cut off", packed(header3 + event + `[1, "o`), 1, "The last line, 3, is cut off"},
		{"0×0 cells", `{"version": 3, "term": {"cols": 0, "rows": 0}}` + "\n" + event, 1, noSize},
		{"0×0 cells of version 2", `{"version": 2, "width": 0, "height": 0}` + "\n" + event, 1, noSize},
		{"no rows", `{"version": 2, "width": 80, "height": 0}` + "\n" + event, 1, noSize},
		{"no size", `{"version": 3}` + "\n" + event, 1, noSize},
		{"a resize to 0×0 cells", header3 + `[0.1, "r", "0x0"]` + "\n" + event, 1, ""},
		{"null in the header", `{"version": 2, "width": 80, "height": 24, "title": null, "timestamp": null, "env": {"TERM": null}}` + "\n" + event, 1, ""},
		{"unknown codes", header3 + `[0.1, "e", {"k": "v"}]` + "\n" + `[0.1, "a", 1]` + "\n" + `[0.1, "b"]` + "\n" + `[0.1, "c", "x", "y"]` + "\n" + event, 1, ""},
		{"an unknown code of version 2", header2 + `[0.1, "z", null]` + "\n" + event, 1, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Read(strings.NewReader(test.file))
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Events) != test.events && test.events >= 0 || len(got.Events) == 0 {
				t.Errorf("it has %d events, not %d", len(got.Events), test.events)
			}
			if !strings.Contains(got.Remark, test.remark) || test.remark == "" && got.Remark != "" {
				t.Errorf("the remark is %q, not %q", got.Remark, test.remark)
			}
			if got.Header.Cols != 80 || got.Header.Rows != 24 {
				t.Errorf("the terminal has %d×%d cells", got.Header.Cols, got.Header.Rows)
			}
			if last := got.Events[len(got.Events)-1]; last.Code != Output || last.Data == "" {
				t.Errorf("the last event is %+v", last)
			}
		})
	}
}

// The hint fits the version.
func TestReadSaysHowToConvert(t *testing.T) {
	for file, hint := range map[string]string{
		`{"version": 1}`: "`asciinema convert old.cast new.cast`",
		`{"version": 4}`: "A newer hankosim may be able to play it",
	} {
		if _, err := Read(strings.NewReader(file)); err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// A recording whose recorder was killed can be played.
func TestReadToleratesACutOffEnd(t *testing.T) {
	whole := header3 + `[1, "o", "first"]` + "\n"
	last := `[1, "o", "second"]`
	for cut := range len(last) {
		got, err := Read(strings.NewReader(whole + last[:cut]))
		if err != nil || len(got.Events) != 1 {
			t.Fatalf("cut after %d bytes: %+v, %v", cut, got, err)
		}
		if remarked := strings.Contains(got.Remark, "3, is cut off"); remarked != (cut > 0) {
			t.Errorf("cut after %d bytes, the remark is %q", cut, got.Remark)
		}
	}
	if got, err := Read(strings.NewReader(whole + last)); err != nil || len(got.Events) != 2 || got.Remark != "" {
		t.Errorf("without its last line break: %+v, %v", got, err)
	}
}

func TestPaced(t *testing.T) {
	recording := &Recording{Events: []Event{{At: 10 * time.Second}, {At: 11 * time.Second}, {At: time.Hour}}}
	for _, test := range []struct{ file, limit, want time.Duration }{
		{0, 3 * time.Second, 7 * time.Second},
		{0, 0, time.Hour},
		{2 * time.Second, 3 * time.Second, 5 * time.Second},
		{20 * time.Second, 3 * time.Second, 7 * time.Second},
		{20 * time.Second, 0, 31 * time.Second},
	} {
		recording.Header.Idle = test.file
		if got := recording.Paced(test.limit).Length(); got != test.want {
			t.Errorf("with %v and the file's %v it is %v long, not %v", test.limit, test.file, got, test.want)
		}
	}
	if recording.Length() != time.Hour {
		t.Error("the recording itself was changed")
	}
}

// Whatever a file contains, Read fails with a typed error, or the recording can be drawn.
func FuzzRead(f *testing.F) {
	f.Add([]byte(header3 + `[0.248, "o", "\u001b[1;31mHello\n"]` + "\n" + `[1, "r", "10x5"]` + "\n" + `[1, "m", "x"]` + "\n# x\n"))
	f.Add([]byte(`{"version": 2, "width": 10, "height": 3}` + "\n" + `[1.5, "o", "a"]` + "\n" + `[1.4, "o`))
	f.Add([]byte("{\n\"version\": 1}"))
	f.Add([]byte("\ufeff" + header3))
	f.Add([]byte(packed(header3 + `[0.1, "e", {}]` + "\n" + `[0.1, "r", "0x0"]`)))
	f.Add([]byte(packed("\ufeff" + `{"version": 2}`)[:30]))
	f.Add([]byte(header3 + `[1e999, "o", "x"]`))
	f.Add([]byte(header3 + `[1e-320, "x", "\ud800"]`))
	f.Fuzz(func(t *testing.T, content []byte) {
		recording, err := Read(strings.NewReader(string(content)))
		if err != nil {
			var format *FormatError
			if !errors.As(err, &format) || recording != nil {
				t.Fatalf("%v", err)
			}
			return
		}
		if recording.Header.Cols < 1 || recording.Header.Rows < 1 {
			t.Fatalf("the terminal has %d×%d cells", recording.Header.Cols, recording.Header.Rows)
		}
		before := time.Duration(0)
		screen := NewScreen(recording.Header.Cols, recording.Header.Rows)
		for _, event := range recording.Events {
			if event.At < before || event.At > MaxLength {
				t.Fatalf("an event at %v follows one at %v", event.At, before)
			}
			before = event.At
			_ = screen.Play(event) // it may fail, but not panic
		}
		checkScreen(t, screen)
	})
}

// How long it takes to open a recording of the largest size and to jump to its end.
func BenchmarkReadAndPlay(b *testing.B) {
	var file strings.Builder
	file.WriteString(header3)
	for i := 0; file.Len() < MaxSize-1000; i++ {
		file.WriteString(`[0.01, "o", "\u001b[` + strconv.Itoa(i%24+1) + `;1H\u001b[K\u001b[1;38;5;183m` + strings.Repeat("some words ", 7) + `\u001b[m"]` + "\n")
	}
	b.SetBytes(int64(file.Len()))
	for b.Loop() {
		recording, err := Read(strings.NewReader(file.String()))
		if err != nil {
			b.Fatal(err)
		}
		screen := NewScreen(80, 24)
		for _, event := range recording.Events {
			if err := screen.Play(event); err != nil {
				b.Fatal(err)
			}
		}
	}
}
