package cast

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"
)

// ExistsError is the error for a new file whose path exists and is not an empty file.
type ExistsError struct{ Path string }

func (e *ExistsError) Error() string {
	return fmt.Sprintf("%s exists already, and would be overwritten. Name another file, or delete this one", e.Path)
}

// Create creates a file that only its owner can read, or takes an empty one that exists. If anything else exists at the
// path, it fails with an *ExistsError. Other errors are the operating system's.
func Create(path string) (*os.File, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular() || info.Size() > 0:
		return nil, &ExistsError{path}
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	if err := file.Chmod(0o600); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// Recorder writes a session as asciicast v3. It writes each event at once, so that even a recording whose program is killed
// can be played. It is made for programs that draw whole frames, and writes only what has changed in each. After an error
// of the writer it writes nothing more, and Close returns the error. It is not safe for concurrent use.
type Recorder struct {
	out    io.Writer
	header Header
	begun  bool      // the header is written
	last   time.Time // of the previous event, rounded as it is written
	rows   []string  // of the previous frame
	err    error
}

// NewRecorder returns a recorder that writes to out. The header's size is for sessions without frames; Begin and the first
// frame set their own. The header's time is ignored: a recording begins with its first event.
func NewRecorder(out io.Writer, header Header) *Recorder {
	return &Recorder{out: out, header: header}
}

// beginFrames turns off the cursor and the wrapping of long lines, and clears the screen. endFrames turns both on again.
const (
	beginFrames = "\x1b[?7l\x1b[?25l\x1b[2J"
	endFrames   = "\x1b[m\x1b[?7h\x1b[?25h"
)

// Begin writes the header, for a terminal of cols × rows cells, unless it is written already.
func (r *Recorder) Begin(at time.Time, cols, rows int) {
	if r.begun {
		return
	}
	r.begun, r.last = true, at
	r.header.Cols, r.header.Rows = cols, rows
	// The version comes first: some readers recognise the file by it.
	type term struct {
		Cols int    `json:"cols"`
		Rows int    `json:"rows"`
		Type string `json:"type,omitempty"`
	}
	r.write(struct {
		Version   int    `json:"version"`
		Term      term   `json:"term"`
		Timestamp int64  `json:"timestamp"`
		Title     string `json:"title,omitempty"`
	}{3, term{cols, rows, r.header.Term}, at.Unix(), r.header.Title})
}

// Frame records a frame of width × height cells: lines with their SGR sequences, separated by "\n". Rows that are the same
// as in the previous frame are not written again. A frame without cells is ignored.
func (r *Recorder) Frame(at time.Time, view string, width, height int) {
	if width < 1 || height < 1 {
		return
	}
	r.Begin(at, width, height)
	data := ""
	if resized := width != r.header.Cols || height != r.header.Rows; resized || r.rows == nil {
		if resized {
			r.header.Cols, r.header.Rows = width, height
			r.event(at, Resize, fmt.Sprintf("%dx%d", width, height))
		}
		r.rows = make([]string, height)
		data = beginFrames
	}
	rows := strings.Split(view, "\n")
	for i := range height {
		row := ""
		if i < len(rows) {
			row = rows[i]
		}
		if r.rows[i] != row {
			r.rows[i] = row
			data += fmt.Sprintf("\x1b[%d;1H\x1b[m\x1b[K%s", i+1, row)
		}
	}
	if data != "" {
		r.event(at, Output, data+"\x1b[m")
	}
}

// Text records text that was written to the terminal, for sessions without frames. Lines end with "\r\n".
func (r *Recorder) Text(at time.Time, text string) { r.event(at, Output, text) }

// Marker records the beginning of a chapter.
func (r *Recorder) Marker(at time.Time, label string) { r.event(at, Marker, label) }

// Close ends the recording. It returns the first error, after which the recording is incomplete. It does not close the
// writer.
func (r *Recorder) Close(at time.Time) error {
	if r.rows != nil {
		r.event(at, Output, fmt.Sprintf("\x1b[%d;1H", len(r.rows))+endFrames)
	}
	r.event(at, Exit, "0")
	if r.err != nil {
		return fmt.Errorf("the recording is incomplete: %w", r.err)
	}
	return nil
}

// event writes an event.
func (r *Recorder) event(at time.Time, code Code, data string) {
	r.Begin(at, r.header.Cols, r.header.Rows)
	// Intervals are whole milliseconds, measured from the rounded time, so that rounding errors do not add up.
	interval := max(0, at.Sub(r.last).Round(time.Millisecond))
	r.last = r.last.Add(interval)
	r.write([]any{json.Number(strconv.FormatFloat(interval.Seconds(), 'f', 3, 64)), code, data})
}

func (r *Recorder) write(line any) {
	if r.err != nil {
		return
	}
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	if r.err = encoder.Encode(line); r.err == nil {
		_, r.err = r.out.Write(encoded.Bytes())
	}
}
