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

// Read reads a recording of version 3 or 2. The file may be packed with gzip, begin with a byte order mark, or lack the
// size of its terminal. Faults that Read tolerates, such as a last line that is cut off, are described in Remark. It fails
// with a *FormatError, or with r's error.
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
			reader.remark("The gzip file is damaged or cut off. What could be unpacked is played.")
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
			reader.remark(fmt.Sprintf("The last line, %d, is cut off: the recording was interrupted there.", line))
			break
		}
		if err := reader.event(line, text); err != nil {
			return nil, err
		}
	}
	return &reader.recording, nil
}

// unpack returns the content of a gzip file, up to MaxSize + 1 bytes. With an error, it returns what came before the
// damage.
func unpack(packed []byte) ([]byte, error) {
	unzip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(unzip, MaxSize+1))
}

// reader builds a Recording from a file's lines.
type reader struct {
	recording Recording
	absolute  bool          // times count from the beginning, as in version 2
	now       time.Duration // of the previous event
}

// remark adds a sentence about a fault that is tolerated.
func (r *reader) remark(sentence string) {
	r.recording.Remark = strings.TrimSpace(r.recording.Remark + " " + sentence)
}

// header reads the first line. content is the whole file, to recognise version 1.
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
				return &FormatError{1, BadHeader, "a value in the header has the wrong type"}
			}
			return &FormatError{1, NotACast, "it does not begin with the header of an asciicast"}
		}
	}
	if header.Version == nil {
		return &FormatError{1, NotACast, "it does not begin with the header of an asciicast"}
	}
	cols, rows := header.Term.Cols, header.Term.Rows
	switch *header.Version {
	case 3:
	case 2:
		r.absolute = true
		cols, rows, header.Term.Type = header.Width, header.Height, header.Env.Term
	case 1:
		return &FormatError{1, OldVersion, "it is asciicast version 1, and hankosim plays versions 3 and 2"}
	default:
		return &FormatError{1, WrongVersion, fmt.Sprintf("it is asciicast version %d, and hankosim plays versions 3 and 2", *header.Version)}
	}
	if !plausible(cols, rows) {
		return &FormatError{1, BadHeader, fmt.Sprintf("its terminal has %d×%d cells, and hankosim plays at most %d×%d", cols, rows, MaxCols, MaxRows)}
	}
	if cols == 0 || rows == 0 { // it was recorded without a terminal, as in CI
		cols, rows = 80, 24
		r.remark("The recording does not say how large its terminal was, so it is played in 80×24 cells.")
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
		return &FormatError{line, TooLarge, fmt.Sprintf("it has more than %d events", MaxEvents)}
	}
	notAnEvent := &FormatError{line, BadEvent, "it has a line that is not an event"}
	var parts []json.RawMessage
	var code string
	if json.Unmarshal(text, &parts) != nil || len(parts) < 2 || json.Unmarshal(parts[1], &code) != nil {
		return notAnEvent
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
		return nil // the format asks to ignore other codes, whatever their data is, but their times count
	}
	if len(parts) != 3 || json.Unmarshal(parts[2], &event.Data) != nil {
		return notAnEvent
	}
	if event.Code == Resize {
		cols, rows, _ := strings.Cut(event.Data, "x")
		var badCols, badRows error
		event.Cols, badCols = strconv.Atoi(cols)
		event.Rows, badRows = strconv.Atoi(rows)
		if errors.Join(badCols, badRows) != nil || !plausible(event.Cols, event.Rows) {
			return &FormatError{line, BadNumber, fmt.Sprintf("%.40q is not a size of at most %dx%d cells", event.Data, MaxCols, MaxRows)}
		}
		if event.Cols == 0 || event.Rows == 0 {
			return nil // it was recorded without a terminal, so the size stays
		}
	}
	r.recording.Events = append(r.recording.Events, event)
	return nil
}

// time returns an event's time from the beginning of the recording. raw is the number at the beginning of its line.
func (r *reader) time(raw json.RawMessage) (time.Duration, error) {
	number, err := strconv.ParseFloat(string(raw), 64)
	switch {
	case err != nil || math.IsNaN(number):
		return 0, fmt.Errorf("%.40q is not a time", raw)
	case number < 0:
		return 0, fmt.Errorf("the time %.40s is negative", raw)
	case number > MaxLength.Seconds():
		return 0, fmt.Errorf("the time %.40s is more than %d days", raw, MaxLength/(24*time.Hour))
	}
	at := seconds(number)
	if r.absolute {
		return max(at, r.now), nil // some recorders round times so that they go back a little
	}
	if at += r.now; at > MaxLength {
		return 0, fmt.Errorf("the times add up to more than %d days", MaxLength/(24*time.Hour))
	}
	return at, nil
}

func seconds(number float64) time.Duration {
	return time.Duration(math.Round(number * float64(time.Second)))
}

// plausible reports whether a recorder may have written this size. Without a terminal, recorders write 0.
func plausible(cols, rows int) bool {
	return cols >= 0 && rows >= 0 && cols <= MaxCols && rows <= MaxRows
}
