package cast

import "fmt"

// Problem is what is wrong with a file.
type Problem string

// What can be wrong with a file.
const (
	NotACast     Problem = "not a cast"    // something else altogether
	OldVersion   Problem = "old version"   // asciicast 1
	WrongVersion Problem = "wrong version" // asciicast of a version to come
	BadGzip      Problem = "bad gzip"      // packed, and nothing can be unpacked
	BadHeader    Problem = "bad header"    // a first line with a terminal's size that cannot be meant
	BadEvent     Problem = "bad event"     // a line that is no event
	BadNumber    Problem = "bad number"    // a time or size that cannot be meant
	TooLarge     Problem = "too large"     // beyond one of the limits
)

// FormatError is a file that cannot be played.
type FormatError struct {
	Line    int // counted from 1; 0 when it is about the file as a whole
	Problem Problem
	Says    string // what is wrong there, as a clause
}

func (e *FormatError) Error() string {
	where := ""
	if e.Line > 0 {
		where = fmt.Sprintf(" in line %d", e.Line)
	}
	hint := map[Problem]string{
		NotACast:     "Give a file that --record or asciinema has written",
		OldVersion:   "`asciinema convert old.cast new.cast` makes version 3 of it",
		WrongVersion: "A newer hankosim may play it",
		BadGzip:      "Copy or download the file again",
		BadHeader:    "The first line should say {\"version\": 3, \"term\": {\"cols\": 80, \"rows\": 24}}",
		BadEvent:     "Each line should be [seconds, code, text]; deleting the line may be enough",
		BadNumber:    "Times are seconds since the event before, sizes are cells",
		TooLarge:     "Record a shorter session",
	}[e.Problem]
	return fmt.Sprintf("this recording cannot be played: %s%s. %s", e.Says, where, hint)
}
