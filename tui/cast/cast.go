// Package cast keeps terminal sessions as asciicast files and gives them back: a Recorder writes version 3
// (https://docs.asciinema.org/manual/asciicast/v3), Read reads versions 3 and 2, and a Screen draws what was read.
package cast

import (
	"slices"
	"time"
)

// Limits on what Read takes. They are far above any session that a person sits through, and keep a hostile file from
// filling the memory.
const (
	MaxSize   = 16 << 20            // of a file, in bytes
	MaxEvents = 500_000             // in a file
	MaxCols   = 500                 // of a terminal
	MaxRows   = 300                 // of a terminal
	MaxLength = 30 * 24 * time.Hour // of a recording
)

// Code is what an event is about.
type Code string

// The codes of version 3. Events with other codes are left out, as the format asks.
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
	At         time.Time     // when the session began; zero when the file does not say
	Idle       time.Duration // no pause is meant to be played for longer; 0 when the file does not say
}

// Event is one thing that happened.
type Event struct {
	At         time.Duration // from the beginning of the recording
	Code       Code
	Data       string
	Cols, Rows int // of a Resize
	Line       int // where it stands in the file
}

// Recording is a session that was read.
type Recording struct {
	Header Header
	Events []Event // in the order of their times
	Remark string  // a sentence about what is amiss and was put up with; "" when nothing is
}

// Length is the time of the last event, from the beginning.
func (r *Recording) Length() time.Duration {
	if len(r.Events) == 0 {
		return 0
	}
	return r.Events[len(r.Events)-1].At
}

// Paced returns a copy in which no pause is longer than limit, so that nobody sits through somebody else's coffee break.
// A limit of the file's own that is shorter counts instead. A limit of 0 or less leaves the pauses to the file.
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

// Markers are the labels and times of a recording's chapters, in order.
func (r *Recording) Markers() []Event {
	return slices.DeleteFunc(slices.Clone(r.Events), func(e Event) bool { return e.Code != Marker })
}
