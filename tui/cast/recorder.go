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

// ExistsError is a file that is there already and has something in it: a recording is not to take its place.
type ExistsError struct{ Path string }

func (e *ExistsError) Error() string {
	return fmt.Sprintf("%s exists already, and recording there would overwrite it. Name another file, or delete this one", e.Path)
}

// Create makes the file for a recording, readable by its owner alone. It takes an empty file that is there already, and
// fails with an *ExistsError for any other, or with the operating system's error.
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

// Recorder writes a session as asciicast v3, event by event, so that what is there when the power fails can be played.
// It is made for programs that draw whole frames: it writes of each what has changed. It is not safe for concurrent
// use. The first error of the writer is kept for Close, and ends the writing.
type Recorder struct {
	out    io.Writer
	header Header
	begun  bool
	last   time.Time // of the event before, to the millisecond that was written
	rows   []string  // of the terminal, as they were drawn last
	err    error
}

// NewRecorder makes a recorder that writes to out. The size in the header is for sessions without frames; Begin and the
// first frame bring their own. The time in it is the first event's.
func NewRecorder(out io.Writer, header Header) *Recorder {
	return &Recorder{out: out, header: header}
}

// What makes a terminal draw frames as they are, and what leaves it as it should be: no wrapping of long lines, no
// cursor.
const (
	beginFrames = "\x1b[?7l\x1b[?25l\x1b[2J"
	endFrames   = "\x1b[m\x1b[?7h\x1b[?25h"
)

// Begin writes the header, for a terminal of so many cells, unless it is written already.
func (r *Recorder) Begin(at time.Time, cols, rows int) {
	if r.begun {
		return
	}
	r.begun, r.last = true, at
	r.header.Cols, r.header.Rows = cols, rows
	// The version comes first: some readers know the file by it.
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

// Frame keeps a frame of width × height cells that was drawn at a time: lines with their SGR sequences, separated by
// "\n". What is the same as in the frame before is not written again. A frame without cells is passed over.
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

// Text keeps what was written to the terminal at a time, for sessions that are lines and not frames. Lines end with
// "\r\n".
func (r *Recorder) Text(at time.Time, text string) { r.event(at, Output, text) }

// Marker keeps that a chapter began at a time.
func (r *Recorder) Marker(at time.Time, label string) { r.event(at, Marker, label) }

// Close ends the recording at a time, and returns what kept it from being whole, if anything did. It leaves the writer
// open.
func (r *Recorder) Close(at time.Time) error {
	if r.rows != nil {
		r.event(at, Output, fmt.Sprintf("\x1b[%d;1H", len(r.rows))+endFrames)
	}
	r.event(at, Exit, "0")
	if r.err != nil {
		return fmt.Errorf("the recording is not whole: %w", r.err)
	}
	return nil
}

// event writes one line.
func (r *Recorder) event(at time.Time, code Code, data string) {
	r.Begin(at, r.header.Cols, r.header.Rows)
	// Intervals are of whole milliseconds. What rounding takes from one, the next one gets.
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
