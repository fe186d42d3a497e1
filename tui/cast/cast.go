// Package cast writes, reads and draws recordings of terminal sessions. A Recorder writes asciicast version 3
// (https://docs.asciinema.org/manual/asciicast/v3), Read reads versions 3 and 2, and a Screen draws a recording.
package cast

import (
	"slices"
	"time"
)

// Limits of Read. They are far above what a real session needs, and keep a hostile file from filling the memory.
const (
	MaxSize   = 16 << 20            // of a file, in bytes
	MaxEvents = 500_000             // in a file
	MaxCols   = 500                 // of a terminal
	MaxRows   = 300                 // of a terminal
	MaxLength = 30 * 24 * time.Hour // of a recording
)

// Code is the kind of an event.
type Code string

// The codes of version 3. Read ignores events with other codes, as the format asks.
const (
	Output Code = "o" // written to the terminal
	Input  Code = "i" // typed
	Marker Code = "m" // a chapter begins; the data is its label, which may be ""
	Resize Code = "r" // the data is COLSxROWS
	Exit   Code = "x" // the data is the exit status
)

// Header is the first line of a recording.
type Header struct {
	Cols, Rows int           // the terminal's size at the beginning, in cells
	Term       string        // the terminal's type, as $TERM has it; may be ""
	Title      string        // may be ""
	At         time.Time     // when the session began; zero if the file does not say
	Idle       time.Duration // the longest pause that is to be played; 0 if the file does not say
}

// Event is one thing that happened in a session.
type Event struct {
	At         time.Duration // from the beginning of the recording
	Code       Code
	Data       string
	Cols, Rows int // of a Resize
	Line       int // in the file, from 1
}

// Recording is a recorded session.
type Recording struct {
	Header Header
	Events []Event // in the order of their times
	Remark string  // sentences about faults in the file that Read tolerates; "" for none
}

// Length returns the time of the last event.
func (r *Recording) Length() time.Duration {
	if len(r.Events) == 0 {
		return 0
	}
	return r.Events[len(r.Events)-1].At
}

// Paced returns a copy in which no pause is longer than limit. If the file has a shorter limit, that one counts. With a
// limit of 0 or less, only the file's limit counts.
func (r *Recording) Paced(limit time.Duration) *Recording {
	if idle := r.Header.Idle; idle > 0 && (limit <= 0 || idle < limit) {
		limit = idle
	}
	paced := &Recording{Header: r.Header, Events: make([]Event, len(r.Events)), Remark: r.Remark}
	var before, now time.Duration
	for i, event := range r.Events {
		pause := event.At - before
		before = event.At
		if limit > 0 {
			pause = min(pause, limit)
		}
		now += pause
		event.At = now
		paced.Events[i] = event
	}
	return paced
}

// Markers returns the events that begin chapters, in order.
func (r *Recording) Markers() []Event {
	return slices.DeleteFunc(slices.Clone(r.Events), func(e Event) bool { return e.Code != Marker })
}
