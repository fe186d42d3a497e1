package cast

import "fmt"

// Problem is the kind of a FormatError.
type Problem string

// What can be wrong with a file.
const (
	NotACast     Problem = "not a cast"    // another kind of file
	OldVersion   Problem = "old version"   // asciicast 1
	WrongVersion Problem = "wrong version" // asciicast of another version
	BadGzip      Problem = "bad gzip"      // a gzip file from which nothing can be unpacked
	BadHeader    Problem = "bad header"    // a first line with a wrong type or an impossible size
	BadEvent     Problem = "bad event"     // a line that is not an event
	BadNumber    Problem = "bad number"    // an impossible time or size
	TooLarge     Problem = "too large"     // beyond one of the limits
)

// FormatError says why a file cannot be played.
type FormatError struct {
	Line    int // from 1; 0 for the file as a whole
	Problem Problem
	Says    string // what is wrong, as a clause
}

func (e *FormatError) Error() string {
	where := ""
	if e.Line > 0 {
		where = fmt.Sprintf(" (line %d)", e.Line)
	}
	hint := map[Problem]string{
		NotACast:     "Use a file that was written by --record or asciinema",
		OldVersion:   "Convert it to version 3 with `asciinema convert old.cast new.cast`",
		WrongVersion: "A newer hankosim may be able to play it",
		BadGzip:      "Copy or download the file again",
		BadHeader:    "The first line should look like {\"version\": 3, \"term\": {\"cols\": 80, \"rows\": 24}}",
		BadEvent:     "Each line should be [seconds, code, text]. Deleting this line may help",
		BadNumber:    "Times are seconds since the previous event, and sizes are cells",
		TooLarge:     "Record a shorter session",
	}[e.Problem]
	return fmt.Sprintf("this recording cannot be played: %s%s. %s", e.Says, where, hint)
}
