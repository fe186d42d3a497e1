package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/clipperhouse/displaywidth"

	"example.com/hankosim/hanko/smoke"
)

// Log returns a listener that tells a run into a log as it goes on: each check as it ends.
func Log(w io.Writer) func(smoke.Event) {
	suite := smoke.Suite("")
	return func(event smoke.Event) {
		switch {
		case event.Talk != "":
			fmt.Fprintf(w, "    … %s\n", plain(event.Talk))
		case event.Begins != nil && event.Begins.Suite != suite:
			suite = event.Begins.Suite
			fmt.Fprintln(w, suite)
		case event.Ended != nil:
			fmt.Fprintf(w, "  %s\n", line(*event.Ended))
		}
	}
}

// line is a result in one line, with the time that it took if somebody may have waited for it.
func line(result smoke.Result) string {
	text := fmt.Sprintf("%s %-27s %s", marks[result.Verdict], result.ID, result.Title)
	if result.Verdict != smoke.Failed && result.Note != "" {
		text += ": " + plain(result.Note)
	}
	if result.Duration >= time.Second {
		text += fmt.Sprintf(" (%s)", result.Duration.Round(100*time.Millisecond))
	}
	return text
}

// Live tells a run on a terminal as it goes on, in one line that it draws again: how many checks have ended, and which
// is under way for how long. Others who write to the terminal meanwhile write to it.
type Live struct {
	w        io.Writer
	terminal Terminal
	total    int
	stop     chan struct{}
	stopped  sync.WaitGroup

	mu    sync.Mutex
	ended int
	check *smoke.Check // that is under way; nil draws no line
	since time.Time
}

// NewLive begins a line for a run of so many checks. End it.
func NewLive(w io.Writer, terminal Terminal, total int) *Live {
	l := &Live{w: w, terminal: terminal, total: total, stop: make(chan struct{})}
	l.stopped.Go(func() {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				l.mu.Lock()
				l.draw()
				l.mu.Unlock()
			case <-l.stop:
				return
			}
		}
	})
	return l
}

// Tell takes the run's events.
func (l *Live) Tell(event smoke.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case event.Talk != "":
		l.clear()
		var b strings.Builder
		l.terminal.hang(&b, Muted, "… ", Muted, plain(event.Talk))
		fmt.Fprint(l.w, b.String())
		l.draw()
	case event.Begins != nil:
		l.check, l.since = event.Begins, time.Now()
		l.draw()
	case event.Ended != nil:
		l.ended++
	}
}

// Write writes in place of the line, which appears again with the next check: somebody may be typing an answer.
func (l *Live) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clear()
	l.check = nil
	return l.w.Write(p)
}

// End removes the line.
func (l *Live) End() {
	close(l.stop)
	l.stopped.Wait()
	l.clear()
}

func (l *Live) clear() {
	if l.check != nil {
		fmt.Fprint(l.w, "\r\x1b[K")
	}
}

func (l *Live) draw() {
	if l.check == nil {
		return
	}
	text := fmt.Sprintf("%d/%d  %s: %s", l.ended, l.total, l.check.ID, l.check.Title)
	if took := time.Since(l.since); took >= time.Second {
		text += fmt.Sprintf("  %s", took.Truncate(time.Second))
	}
	if l.terminal.Width > 0 {
		text = displaywidth.TruncateString(text, l.terminal.Width-1, "…")
	}
	fmt.Fprint(l.w, "\r\x1b[K"+l.terminal.paint(Muted, text))
}
