package mailbox

import (
	"context"
	"errors"
	"time"
)

// ErrClosed is the cause of a Passcode that waited when its box was closed.
var ErrClosed = errors.New("the mailbox was closed")

// life ends when a box is closed, and with it every wait on the box.
type life struct {
	over context.Context
	end  context.CancelFunc
}

func newLife() life {
	over, end := context.WithCancel(context.Background())
	return life{over, end}
}

// bound gives a context that ends with ctx or with the box. Call release when done with it.
func (l life) bound(ctx context.Context) (bound context.Context, release func()) {
	bound, cancel := context.WithCancelCause(ctx)
	unhook := context.AfterFunc(l.over, func() { cancel(ErrClosed) })
	return bound, func() {
		unhook()
		cancel(nil)
	}
}

// sleep waits for a while, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
