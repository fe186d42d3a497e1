package svg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/tui/cast"
)

// element has the parts of a picture's elements that the tests look at.
type element struct {
	XMLName xml.Name
	ID      string    `xml:"id,attr"`
	Class   string    `xml:"class,attr"`
	Style   string    `xml:"style,attr"`
	X       string    `xml:"x,attr"`
	Y       string    `xml:"y,attr"`
	Href    string    `xml:"href,attr"`
	Length  string    `xml:"textLength,attr"`
	Text    string    `xml:",chardata"`
	Inside  []element `xml:",any"`
}

func (e element) all(name string) []element {
	var found []element
	for _, inner := range e.Inside {
		if inner.XMLName.Local == name {
			found = append(found, inner)
		}
		found = append(found, inner.all(name)...)
	}
	return found
}

// picture draws events, and checks that the picture is XML.
func picture(t testing.TB, header cast.Header, events ...cast.Event) (string, element) {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, &cast.Recording{Header: header, Events: events}); err != nil {
		t.Fatal(err)
	}
	var root element
	if err := xml.Unmarshal(out.Bytes(), &root); err != nil {
		t.Fatalf("it is not XML: %v\n%s", err, &out)
	}
	return out.String(), root
}

func output(at time.Duration, data string) cast.Event {
	return cast.Event{At: at, Code: cast.Output, Data: data}
}

var small = cast.Header{Cols: 20, Rows: 3, Title: `<b>"Tom" & Jerry`}

// The film has a frame for each different screen, cuts long pauses, and has each different line once.
func TestWriteFrames(t *testing.T) {
	text, root := picture(t, small,
		output(0, "one\r\ntwo"),
		output(20*time.Millisecond, "!"), // too soon for a frame of its own
		output(time.Second, ""),          // nothing has changed
		output(2*time.Second, "\x1b[1;1HONE"),
		output(time.Hour, "\x1b[2J\x1b[2;1Htwo!\r\ntwo!"),
		cast.Event{At: time.Hour, Code: cast.Exit, Data: "0"},
	)
	var frames []string
	lines := map[string]string{}
	for _, group := range root.all("g") {
		if group.ID != "" {
			for _, piece := range group.all("text") {
				lines["#"+group.ID] += piece.Text
			}
		}
	}
	for _, group := range root.all("g") {
		var shown []string
		for _, use := range group.Inside {
			if use.XMLName.Local == "use" {
				shown = append(shown, use.Y+" "+lines[use.Href])
			}
		}
		if len(shown) > 0 {
			frames = append(frames, strings.Join(shown, ", "))
		}
	}
	if got, want := strings.Join(frames, "\n"), "12 one, 28 two!\n12 ONE, 28 two!\n28 two!, 44 two!"; got != want {
		t.Errorf("the frames are\n%s\nnot\n%s", got, want)
	}
	if len(lines) != 3 {
		t.Errorf("there are %d different lines: %v", len(lines), lines)
	}
	// 2 s, the pause of 2.5 s, and the last 4 s.
	for _, wanted := range []string{
		"animation:film 8.5s steps(1,end) infinite", "0%{transform:translateX(0px)}", "23.529%{transform:translateX(-168px)}", "52.941%{transform:translateX(-336px)}",
		".film{transform:translateX(-336px)", "prefers-reduced-motion:reduce){.film{animation:none}}",
		"<title>&lt;b&gt;&#34;Tom&#34; &amp; Jerry</title>",
	} {
		if !strings.Contains(text, wanted) {
			t.Errorf("%q is not in\n%s", wanted, text)
		}
	}
}

func TestWriteStyles(t *testing.T) {
	for _, test := range []struct{ name, data, want string }{
		{"the default colour", "x", `<text x="0">x</text>`},
		{"one of sixteen", "\x1b[31mx", `<text x="0" class="c1">x</text>`},
		{"a bright one of sixteen", "\x1b[95mx", `<text x="0" class="cd">x</text>`},
		{"one of sixteen by its number", "\x1b[38;5;9mx", `<text x="0" class="c9">x</text>`},
		{"one of 256", "\x1b[38;5;196mx", `<text x="0" class="k0">x</text>`},
		{"true colour", "\x1b[38;2;1;2;255mx", `<text x="0" class="k0">x</text>`},
		{"attributes", "\x1b[1;2;3;4;9;32mx", `<text x="0" class="b i f u s c2">x</text>`},
		{"a background", "\x1b[44mx", `<rect x="0" y="-12" width="8.4" height="16" class="c4"/><text x="0">x</text>`},
		{"reverse", "\x1b[7;33mx", `<rect x="0" y="-12" width="8.4" height="16" class="c3"/><text x="0" class="bg">x</text>`},
		{"reverse without a colour", "\x1b[7m x", `<rect x="0" y="-12" width="16.8" height="16" class="fg"/><text x="8.4" class="bg">x</text>`},
		{"words and gaps", "a b   c", `<text x="0" textLength="25.2">a b</text><text x="50.4">c</text>`},
		{"wide characters", "漢字 x", `<text x="0" textLength="50.4">漢字 x</text>`},
		{"markup", "<&\"", `<text x="0" textLength="25.2">&lt;&amp;&#34;</text>`},
		{"blanks", "   ", ""},
		{"concealed", "\x1b[8mx", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, _ := picture(t, small, output(0, "\x1b[?7l"+test.data))
			want := `<g id="l0">` + test.want + "</g>"
			if strings.Contains(test.want, `"k0"`) && !strings.Contains(text, ".k0{fill:#") {
				t.Errorf("the colour has no rule in\n%s", text)
			}
			if test.want == "" && strings.Contains(text, `id="l0"`) || test.want != "" && !strings.Contains(text, want) {
				t.Errorf("%s is not in\n%s", want, text)
			}
		})
	}
}

// If one half of a line stays the same, only the other is written again.
func TestWriteHalves(t *testing.T) {
	text, root := picture(t, small, output(0, "\x1b[32mleft\x1b[m      right one"), output(time.Second, "\x1b[1;1H\x1b[2Kup\x1b[1;11Hright one"))
	if ids := strings.Count(text, "<g id="); ids != 3 || len(root.all("use")) != 4 {
		t.Errorf("%d parts are used %d times:\n%s", ids, len(root.all("use")), text)
	}
}

// A picture of an empty recording is an empty window. A terminal that grows gets a window for its largest size.
func TestWriteSizes(t *testing.T) {
	if text, _ := picture(t, small); !strings.Contains(text, `width="200" height="106"`) {
		t.Errorf("an empty recording becomes\n%.300s", text)
	}
	if text, _ := picture(t, small, output(0, "x"), cast.Event{Code: cast.Resize, Cols: 40, Rows: 2}, output(time.Second, "y")); !strings.Contains(text, `width="368" height="106"`) {
		t.Errorf("a window that grows becomes\n%.300s", text)
	}
}

// Sixty screens, most of which differ in a few lines, make a file that is small enough for a web page.
func TestWriteSmallFiles(t *testing.T) {
	events := []cast.Event{}
	for i := range 60 {
		data := fmt.Sprintf("\x1b[%d;1H\x1b[1mscreen %d\x1b[m\x1b[K", i%30+1, i)
		if i%12 == 0 {
			for y := range 30 {
				data += fmt.Sprintf("\x1b[%d;1H\x1b[38;5;183m│\x1b[m %-90s \x1b[38;5;183m│\x1b[m", y+1, strings.Repeat(fmt.Sprintf("word%d-%d ", i, y), 9))
			}
		}
		events = append(events, output(time.Duration(i)*time.Second, data))
	}
	if text, _ := picture(t, cast.Header{Cols: 100, Rows: 30}, events...); len(text) > 300<<10 {
		t.Errorf("it has %d bytes", len(text))
	}
}

func TestWriteFails(t *testing.T) {
	recording := &cast.Recording{Header: small, Events: []cast.Event{{Code: cast.Resize, Cols: -5, Rows: -5, Line: 2}, output(1, "x")}}
	var draw *cast.DrawError
	if err := Write(io.Discard, recording); !errors.As(err, &draw) {
		t.Errorf("a recording that cannot be drawn fails with %v", err)
	}
	if err := Write(brokenPipe{}, &cast.Recording{Header: small}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a closed pipe fails with %v", err)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// Whatever a recording contains, the picture is XML, runs nothing and loads nothing.
func FuzzWrite(f *testing.F) {
	f.Add("title", "\x1b[31mred\x1b[7m<script>\x1b]8;;http://evil.example\x07link", "\x1b[2J漢字\ufffe\x00")
	f.Add("</title><script>", "\x1b[48;2;1;2;3m \x1b[4m  x", "\x1b[5;5H\u202e")
	f.Fuzz(func(t *testing.T, title, first, second string) {
		recording := &cast.Recording{Header: cast.Header{Cols: 12, Rows: 3, Title: title}, Events: []cast.Event{output(0, first), output(time.Second, second)}}
		var out bytes.Buffer
		var draw *cast.DrawError
		if err := Write(&out, recording); errors.As(err, &draw) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		var root element
		if err := xml.Unmarshal(out.Bytes(), &root); err != nil {
			t.Fatalf("it is not XML: %v\n%s", err, &out)
		}
		for _, name := range []string{"script", "a", "image", "foreignObject"} {
			if len(root.all(name)) > 0 {
				t.Fatalf("it has the element %s:\n%s", name, &out)
			}
		}
		for _, use := range root.all("use") {
			if !strings.HasPrefix(use.Href, "#l") {
				t.Fatalf("it uses %q", use.Href)
			}
		}
	})
}
