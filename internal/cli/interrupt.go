package cli

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"
)

// untilInterrupted returns a context that ends with the first SIGINT or SIGTERM. A second one ends the process at once,
// whatever it is waiting for: with 130 or 143, as shells have it, and with the terminal put back where a screen was drawn.
func untilInterrupted() context.Context {
	on := &screen{}
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), screenKey{}, on))
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		second := <-signals
		on.putBack()
		code := exitInterrupted
		if number, is := second.(syscall.Signal); is {
			code = 128 + int(number)
		}
		os.Exit(code)
	}()
	return ctx
}

// screen is the terminal while the program draws on it.
type screen struct {
	mu     sync.Mutex
	before *term.State // nil while nothing is drawn
}

type screenKey struct{}

// drawing notes that a screen is drawn on the terminal, for ending the process in a hurry, until done is called.
func drawing(ctx context.Context) (done func()) {
	on, known := ctx.Value(screenKey{}).(*screen)
	before, err := term.GetState(int(os.Stdin.Fd()))
	if !known || err != nil {
		return func() {}
	}
	on.set(before)
	return func() { on.set(nil) }
}

func (s *screen) set(before *term.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = before
}

// leaveScreen undoes what a screen has asked of the terminal.
const leaveScreen = ansi.ResetStyle + ansi.ResetModeMouseButtonEvent + ansi.ResetModeMouseAnyEvent + ansi.ResetModeMouseExtSgr +
	ansi.ResetModeBracketedPaste + ansi.ResetModeAltScreenSaveCursor + ansi.ShowCursor // some terminals have a cursor for each screen

// putBack makes the terminal usable again. A terminal that takes no output must not hold up the end of the process.
func (s *screen) putBack() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.before == nil {
		return
	}
	_ = term.Restore(int(os.Stdin.Fd()), s.before) // there is nobody left to tell
	written := make(chan struct{})
	go func() {
		defer close(written)
		_, _ = os.Stdout.WriteString(leaveScreen)
	}()
	select {
	case <-written:
	case <-time.After(100 * time.Millisecond):
	}
}
