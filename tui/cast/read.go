package cast

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// Read reads a recording, version 3 or 2, which may come from anywhere. A last line that is cut off, as a killed
// recorder leaves it, is put up with and told in Remark. It fails with a *FormatError, or with r's error.
func Read(r io.Reader) (*Recording, error) {
	content, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("the recording cannot be read: %w", err)
	}
	first, rest, _ := bytes.Cut(content, []byte("\n"))
	reader := &reader{}
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
			reader.recording.Remark = fmt.Sprintf("The last line, %d, is cut off: the recording was broken off there.", line)
			break
		}
		if err := reader.event(line, text); err != nil {
			return nil, err
		}
	}
	return &reader.recording, nil
}

// reader gathers a recording.
type reader struct {
	recording Recording
	absolute  bool // times count from the beginning, as in version 2
	now       time.Duration
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
	default:
		return &FormatError{1, WrongVersion, fmt.Sprintf("it is version %d of the format, and 3 and 2 are known here", *header.Version)}
	}
	if !plausible(cols, rows) {
		return &FormatError{1, BadHeader, fmt.Sprintf("a terminal of %d×%d cells cannot be meant", cols, rows)}
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
	var parts []json.RawMessage
	var code, data string
	if err := json.Unmarshal(text, &parts); err != nil || len(parts) != 3 ||
		json.Unmarshal(parts[1], &code) != nil || json.Unmarshal(parts[2], &data) != nil {
		return &FormatError{line, BadEvent, "there is no event"}
	}
	at, err := r.time(parts[0])
	if err != nil {
		return &FormatError{line, BadNumber, err.Error()}
	}
	r.now = at
	event := Event{At: at, Code: Code(code), Data: data, Line: line}
	switch event.Code {
	case Output, Input, Marker, Exit:
	case Resize:
		cols, rows, _ := strings.Cut(data, "x")
		event.Cols, _ = strconv.Atoi(cols)
		event.Rows, _ = strconv.Atoi(rows)
		if !plausible(event.Cols, event.Rows) {
			return &FormatError{line, BadNumber, fmt.Sprintf("a terminal of %.40q cells cannot be meant", data)}
		}
	default:
		return nil // the format asks to ignore them; their time counts
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

func plausible(cols, rows int) bool {
	return cols >= 1 && rows >= 1 && cols <= MaxCols && rows <= MaxRows
}
