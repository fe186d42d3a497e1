package cast

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// Read reads a recording, version 3 or 2, which may come from anywhere: packed with gzip, with a byte order mark in front,
// without its terminal's size. What is put up with, as a last line that is cut off, is told in Remark. It fails with a
// *FormatError, or with r's error.
func Read(r io.Reader) (*Recording, error) {
	content, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("the recording cannot be read: %w", err)
	}
	reader := &reader{}
	if bytes.HasPrefix(content, []byte("\x1f\x8b")) {
		if content, err = unpack(content); err != nil && len(content) == 0 {
			return nil, &FormatError{0, BadGzip, "it is a gzip file that cannot be unpacked"}
		}
		if err != nil {
			reader.remark("The gzip file is damaged or cut off: what could be unpacked is played.")
		}
	}
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	first, rest, _ := bytes.Cut(content, []byte("\n"))
	if err := reader.header(first, content); err != nil {
		return nil, err
	}
	if len(content) > MaxSize {
		return nil, &FormatError{0, TooLarge, fmt.Sprintf("it has more than %d MiB", MaxSize>>20)}
	}
	for line := 2; len(rest) > 0; line++ {
		var text []byte
		var whole bool
		text, rest, whole = bytes.Cut(rest, []byte("\n"))
		text = bytes.TrimSpace(text)
		if len(text) == 0 || text[0] == '#' {
			continue
		}
		if !whole && !json.Valid(text) {
			reader.remark(fmt.Sprintf("The last line, %d, is cut off: the recording was broken off there.", line))
			break
		}
		if err := reader.event(line, text); err != nil {
			return nil, err
		}
	}
	return &reader.recording, nil
}

// unpack returns what a gzip file holds, up to a little more than MaxSize. With an error it returns what came before the
// damage.
func unpack(packed []byte) ([]byte, error) {
	unzip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(unzip, MaxSize+1))
}

// reader gathers a recording.
type reader struct {
	recording Recording
	absolute  bool // times count from the beginning, as in version 2
	now       time.Duration
}

// remark adds a sentence about what is put up with.
func (r *reader) remark(sentence string) {
	r.recording.Remark = strings.TrimSpace(r.recording.Remark + " " + sentence)
}

// header reads the first line. content is the whole file, for telling what it is when it is no cast of lines.
func (r *reader) header(line, content []byte) error {
	var header struct {
		Version *int `json:"version"`
		Term    struct {
			Cols int    `json:"cols"`
			Rows int    `json:"rows"`
			Type string `json:"type"`
		} `json:"term"`
		Width  int `json:"width"` // version 2
		Height int `json:"height"`
		Env    struct {
			Term string `json:"TERM"`
		} `json:"env"`
		Title     string  `json:"title"`
		Timestamp float64 `json:"timestamp"`
		Idle      float64 `json:"idle_time_limit"`
	}
	if err := json.Unmarshal(line, &header); err != nil {
		// Version 1 is one JSON object over many lines.
		if json.NewDecoder(bytes.NewReader(content)).Decode(&header) != nil || header.Version == nil {
			if json.Valid(line) && bytes.HasPrefix(bytes.TrimSpace(line), []byte("{")) {
				return &FormatError{1, BadHeader, "a value of the header has the wrong type"}
			}
			return &FormatError{1, NotACast, "there is no header of an asciicast"}
		}
	}
	if header.Version == nil {
		return &FormatError{1, NotACast, "there is no header of an asciicast"}
	}
	cols, rows := header.Term.Cols, header.Term.Rows
	switch *header.Version {
	case 3:
	case 2:
		r.absolute = true
		cols, rows, header.Term.Type = header.Width, header.Height, header.Env.Term
	case 1:
		return &FormatError{1, OldVersion, "it is version 1 of the format, and 3 and 2 are known here"}
	default:
		return &FormatError{1, WrongVersion, fmt.Sprintf("it is version %d of the format, and 3 and 2 are known here", *header.Version)}
	}
	if !plausible(cols, rows) {
		return &FormatError{1, BadHeader, fmt.Sprintf("a terminal of %d×%d cells cannot be meant", cols, rows)}
	}
	if cols == 0 || rows == 0 { // it was recorded where there was no terminal, as in CI
		cols, rows = 80, 24
		r.remark("The recording does not say how large its terminal was: it is played in 80×24 cells.")
	}
	r.recording.Header = Header{Cols: cols, Rows: rows, Term: header.Term.Type, Title: header.Title}
	if header.Timestamp > 0 && header.Timestamp < 1<<40 {
		r.recording.Header.At = time.Unix(int64(header.Timestamp), 0).UTC()
	}
	if header.Idle > 0 && header.Idle < MaxLength.Seconds() {
		r.recording.Header.Idle = seconds(header.Idle)
	}
	return nil
}

// event reads one line: [time, code, data].
func (r *reader) event(line int, text []byte) error {
	if len(r.recording.Events) == MaxEvents {
		return &FormatError{line, TooLarge, fmt.Sprintf("there are more than %d events", MaxEvents)}
	}
	noEvent := &FormatError{line, BadEvent, "there is no event"}
	var parts []json.RawMessage
	var code string
	if json.Unmarshal(text, &parts) != nil || len(parts) < 2 || json.Unmarshal(parts[1], &code) != nil {
		return noEvent
	}
	at, err := r.time(parts[0])
	if err != nil {
		return &FormatError{line, BadNumber, err.Error()}
	}
	r.now = at
	event := Event{At: at, Code: Code(code), Line: line}
	switch event.Code {
	case Output, Input, Marker, Exit, Resize:
	default:
		return nil // the format asks to ignore other codes, whatever their data is; their time counts
	}
	if len(parts) != 3 || json.Unmarshal(parts[2], &event.Data) != nil {
		return noEvent
	}
	if event.Code == Resize {
		cols, rows, _ := strings.Cut(event.Data, "x")
		var badCols, badRows error
		event.Cols, badCols = strconv.Atoi(cols)
		event.Rows, badRows = strconv.Atoi(rows)
		if errors.Join(badCols, badRows) != nil || !plausible(event.Cols, event.Rows) {
			return &FormatError{line, BadNumber, fmt.Sprintf("a terminal of %.40q cells cannot be meant", event.Data)}
		}
		if event.Cols == 0 || event.Rows == 0 {
			return nil // there was no terminal: the size stays
		}
	}
	r.recording.Events = append(r.recording.Events, event)
	return nil
}

// time is when an event happened, from the number at the head of its line.
func (r *reader) time(raw json.RawMessage) (time.Duration, error) {
	number, err := strconv.ParseFloat(string(raw), 64)
	switch {
	case err != nil || math.IsNaN(number):
		return 0, fmt.Errorf("%.40q is no time", raw)
	case number < 0:
		return 0, fmt.Errorf("the time %.40s is negative", raw)
	case number > MaxLength.Seconds():
		return 0, fmt.Errorf("the time %.40s is beyond %d days", raw, MaxLength/(24*time.Hour))
	}
	at := seconds(number)
	if r.absolute {
		return max(at, r.now), nil // recorders have rounded times so that they went back a little
	}
	if at += r.now; at > MaxLength {
		return 0, fmt.Errorf("the times add up to more than %d days", MaxLength/(24*time.Hour))
	}
	return at, nil
}

func seconds(number float64) time.Duration {
	return time.Duration(math.Round(number * float64(time.Second)))
}

// plausible reports whether a terminal can have a size. Where there was no terminal recorders write 0.
func plausible(cols, rows int) bool {
	return cols >= 0 && rows >= 0 && cols <= MaxCols && rows <= MaxRows
}
