package cast

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"example.com/hankosim/hanko"
)

// Screen is a terminal that draws recordings. It only draws: it does not answer queries, ring the bell or set titles.
// Neither hostile data nor a bug in the terminal emulator ends the program. It is not safe for concurrent use.
type Screen struct {
	emulator *vt.Emulator
	spent    time.Duration // on drawing
	err      error         // of the first event that could not be drawn
}

// DrawError says at which line of a recording drawing failed, and why.
type DrawError struct {
	Line int // in the file
	Err  error
}

func (e *DrawError) Error() string {
	return fmt.Sprintf("the recording cannot be drawn beyond line %d: %v", e.Line, e.Err)
}

func (e *DrawError) Unwrap() error { return e.Err }

// errSlow is the error after drawingLimit.
var errSlow = errors.New("drawing it takes too long")

// drawingLimit is the longest time that a screen may spend on drawing. A recording of the largest size takes a second or
// two.
const drawingLimit = 10 * time.Second

// NewScreen returns an empty screen of cols × rows cells, a size that Read accepts.
func NewScreen(cols, rows int) *Screen {
	s := &Screen{emulator: vt.NewEmulator(cols, rows)}
	// Nobody reads the terminal's answers, so writing one would block.
	_ = s.emulator.InputPipe().(io.Closer).Close()
	s.emulator.SetScrollbackSize(1)
	s.limitCounts()
	return s
}

// limitCounts ignores sequences with a count that is larger than any screen, because the emulator would repeat them that
// often.
func (s *Screen) limitCounts() {
	tooFar := func(params ansi.Params) bool {
		for i := range params {
			if n, _, _ := params.Param(i, 1); n > max(MaxCols, MaxRows) {
				return true
			}
		}
		return false
	}
	for _, final := range "@ABCDEFGHILMPSTXZ`abdefrs" {
		s.emulator.RegisterCsiHandler(int(final), tooFar)
	}
}

// Play draws an event. It fails with a *DrawError. After that the screen does not change, and every call fails with the
// same error.
func (s *Screen) Play(event Event) error {
	if s.err != nil {
		return s.err
	}
	if err := s.play(event); err != nil {
		s.err = &DrawError{event.Line, err}
	}
	return s.err
}

func (s *Screen) play(event Event) (err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("the terminal emulator failed: %v", problem)
		}
	}()
	switch event.Code {
	case Output:
		const piece = 1 << 10 // small, to notice soon that drawing takes too long
		for data := event.Data; len(data) > 0; {
			n := min(piece, len(data))
			if err := s.draw(func() error { _, err := s.emulator.WriteString(data[:n]); return err }); err != nil {
				return err
			}
			data = data[n:]
		}
	case Resize:
		return s.draw(func() error { s.emulator.Resize(event.Cols, event.Rows); return nil })
	}
	return nil
}

// draw does a part of the drawing, unless the screen has spent too much time on drawing already.
func (s *Screen) draw(part func() error) error {
	if s.spent > drawingLimit {
		return errSlow
	}
	began := time.Now()
	defer func() { s.spent += time.Since(began) }()
	return part()
}

// Size returns the screen's size in cells.
func (s *Screen) Size() (cols, rows int) { return s.emulator.Width(), s.emulator.Height() }

// Run is a part of a row in one style.
type Run struct {
	Text  string
	Col   int // where it begins, from 0
	Cells int // its width
	Style uv.Style
}

// Row returns a row of the screen, as runs from left to right. All of its text can be shown: it has no control characters,
// and no characters that change the direction of text. Links are left out.
func (s *Screen) Row(y int) []Run {
	var runs []Run
	cols, _ := s.Size()
	for x := 0; x < cols; {
		cell := s.emulator.CellAt(x, y)
		text, cells := " ", 1
		var style uv.Style
		if cell != nil {
			style = cell.Style
			if cell.Content != "" && cell.Width > 0 {
				text, cells = cell.Content, cell.Width
			}
		}
		if x+cells > cols || !showable(text, cells) {
			text, cells = strings.Repeat("�", min(cells, cols-x)), min(cells, cols-x)
		}
		if style.Attrs&uv.AttrConceal != 0 {
			text = strings.Repeat(" ", cells)
		}
		if last := len(runs) - 1; last >= 0 && runs[last].Style.Equal(&style) {
			runs[last].Text += text
			runs[last].Cells += cells
		} else {
			runs = append(runs, Run{Text: text, Col: x, Cells: cells, Style: style})
		}
		x += cells
	}
	return runs
}

// showable reports whether a cell's text is printable and as wide as the cell.
func showable(text string, cells int) bool {
	return hanko.Printable(text) == text && ansi.StringWidth(text) == cells
}

// Lines returns the rows of the screen with SGR sequences; each row resets its own styles. convert reduces a style to what
// the terminal can show. If it is nil, there are no styles.
func (s *Screen) Lines(convert func(uv.Style) uv.Style) []string {
	_, rows := s.Size()
	lines := make([]string, rows)
	for y := range lines {
		var line strings.Builder
		for _, run := range s.Row(y) {
			if convert == nil {
				line.WriteString(run.Text)
				continue
			}
			style := convert(run.Style)
			line.WriteString(style.Styled(run.Text))
		}
		lines[y] = line.String()
	}
	return lines
}

// Text returns the screen's text, without styles, without blanks at the ends of lines, and without empty lines at the end.
func (s *Screen) Text() string {
	lines := s.Lines(nil)
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}
