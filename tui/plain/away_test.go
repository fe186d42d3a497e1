package plain

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/screen"
)

// Where errors may not come back, the lines say after a minute what the browser may show. A line gives up.
func TestPlainWaitsForTheBrowser(t *testing.T) {
	for _, strays := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			var said strings.Builder
			lines, arrived := make(chan string), make(chan login.Step, 1)
			p := &conversation{out: &said, lines: &Lines{lines}, transcript: &transcript{}, visits: make(chan login.Visit, 1)}
			p.options.OpenBrowser = func(string) error { return errors.New("there is no screen") }
			visit := sample.Visit(sample.OrdinaryWords(), "127.0.0.1")
			visit.ErrorsStray = strays
			p.visits <- visit
			go func() {
				time.Sleep(login.StrayAfter + time.Second)
				lines <- "enough"
			}()
			step, err := p.await(arrived, func() { arrived <- login.EnterEmail{Email: "ada@example.com"} })
			if at, ok := step.(login.EnterEmail); !ok || at.Email != "ada@example.com" || err != nil {
				t.Errorf("it goes on at %+v, %v", step, err)
			}
			for _, told := range []string{visit.Link, "The browser has to run on this computer", "Enter alone cancels", "There is no screen."} {
				if !strings.Contains(said.String(), told) {
					t.Errorf("%q is not said in:\n%s", told, said.String())
				}
			}
			if strings.Contains(said.String(), screen.StrayText) != strays {
				t.Errorf("where errors stray: %v, said is:\n%s", strays, said.String())
			}
		})
	}
}

// A mail whose address only the tenant knows, and a token without one, are told in whole sentences.
func TestPlainWithoutAnAddress(t *testing.T) {
	var said strings.Builder
	over := make(chan string)
	close(over)
	p := &conversation{options: kit.Options{Client: sample.SilentClient(t)}.Filled(), out: &said, lines: &Lines{over}, transcript: &transcript{}}
	if _, err := p.askPasscode(t.Context(), login.EnterPasscode{SentAt: sample.Noon, TriesLeft: 3}); !errors.Is(err, errLeft) {
		t.Error(err)
	}
	if !strings.Contains(said.String(), "to the address that the tenant has of you.") {
		t.Errorf("said is:\n%s", said.String())
	}
}
