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

// Screen is a terminal that draws recordings. It does nothing but draw: it does not answer, ring or set titles, and
// neither hostile data nor a mistake of the emulator behind it ends the program. It is not safe for concurrent use.
type Screen struct {
	emulator *vt.Emulator
	spent    time.Duration
	err      error
}

// DrawError is a place in a recording beyond which it cannot be drawn.
type DrawError struct {
	Line int // in the file
	Err  error
}

func (e *DrawError) Error() string {
	return fmt.Sprintf("the recording cannot be drawn beyond line %d: %v", e.Line, e.Err)
}

func (e *DrawError) Unwrap() error { return e.Err }

// errSlow ends a recording that keeps a terminal busy for no picture.
var errSlow = errors.New("drawing it takes too long")

// drawingLimit is how long a screen may draw altogether. A recording of the largest size takes a second or two.
const drawingLimit = 10 * time.Second

// NewScreen makes an empty screen of a size in cells, which Read has found plausible.
func NewScreen(cols, rows int) *Screen {
	s := &Screen{emulator: vt.NewEmulator(cols, rows)}
	// Nobody reads what the terminal would answer, and to write it would wait for a reader.
	_ = s.emulator.InputPipe().(io.Closer).Close()
	s.emulator.SetScrollbackSize(1)
	s.limitCounts()
	return s
}

// limitCounts leaves out sequences that count further than any screen is large: the emulator would count.
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

// Play draws an event. It fails with a *DrawError, and from then on always with the same: the screen stays as it is.
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
		const piece = 1 << 10 // small, so that time can be kept
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

// draw does a part of the drawing, unless the screen has drawn for too long.
func (s *Screen) draw(part func() error) error {
	if s.spent > drawingLimit {
		return errSlow
	}
	began := time.Now()
	defer func() { s.spent += time.Since(began) }()
	return part()
}

// Size is the screen's size in cells.
func (s *Screen) Size() (cols, rows int) { return s.emulator.Width(), s.emulator.Height() }

// Run is text in one style that begins in a column, counted from 0, and takes so many cells.
type Run struct {
	Text  string
	Col   int
	Cells int
	Style uv.Style
}

// Row is a line of the screen, as runs from left to right. All text in it can be shown: control characters and what
// turns text around are not among it, and links are left out.
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
		if x+cells > cols || !shown(text, cells) {
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

// shown reports whether a cell's text has the cell's width and is nothing but text.
func shown(text string, cells int) bool {
	return hanko.Printable(text) == text && ansi.StringWidth(text) == cells
}

// Lines are the screen's lines with their SGR sequences, each closed in itself. convert makes of a style what the
// terminal at hand can show; nil shows none.
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

// Text is the screen's text, without colours, blanks at the ends of lines and empty lines at its end.
func (s *Screen) Text() string {
	lines := s.Lines(nil)
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}
