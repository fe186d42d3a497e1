package cli

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// An answer is a whole line, and the next question has the next one.
func TestAskLine(t *testing.T) {
	stdin, told := strings.NewReader("482 913\r\n\nlast"), &strings.Builder{}
	for _, want := range []string{"482 913\r", "", "last"} {
		if got, err := askLine(stdin, "Code:", told); got != want || err != nil {
			t.Errorf("the answer is %q, %v; want %q", got, err, want)
		}
	}
	if _, err := askLine(stdin, "Code:", told); !errors.Is(err, io.EOF) {
		t.Errorf("without more input: %v", err)
	}
	if told.String() != strings.Repeat("Code: ", 4) {
		t.Errorf("asked was %q", told)
	}
}
