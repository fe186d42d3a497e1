package cli

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

// An answer is a whole line, and the next question has the next one.
func TestAsk(t *testing.T) {
	person, told := asker{stdin: strings.NewReader("482 913\r\n\nlast")}, &strings.Builder{}
	for _, want := range []string{"482 913\r", "", "last"} {
		if got, err := person.ask(t.Context(), "Code:", told); got != want || err != nil {
			t.Errorf("the answer is %q, %v; want %q", got, err, want)
		}
	}
	if _, err := person.ask(t.Context(), "Code:", told); !errors.Is(err, io.EOF) {
		t.Errorf("without more input: %v", err)
	}
	if told.String() != strings.Repeat("Code: ", 4) {
		t.Errorf("asked was %q", told)
	}
}

// A question that is broken off leaves its reading behind, and the next question gets the answer from there.
func TestAskBrokenOff(t *testing.T) {
	stdin, types := io.Pipe()
	person, told := asker{stdin: stdin}, &strings.Builder{}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := person.ask(over, "First:", told); !errors.Is(err, context.Canceled) {
		t.Errorf("the first question ends with %v", err)
	}
	second, asks := io.Pipe()
	go func() {
		_, _ = second.Read(make([]byte, 100)) // the question
		_, _ = types.Write([]byte("482913\n"))
	}()
	if got, err := person.ask(t.Context(), "Second:", asks); err != nil || got != "482913" {
		t.Errorf("the answer is %q, %v", got, err)
	}
	if told.String() != "First: \n" {
		t.Errorf("asked was %q", told)
	}
}
