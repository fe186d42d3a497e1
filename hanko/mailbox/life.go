package mailbox

import (
	"context"
	"errors"
	"time"
)

// ErrClosed is the cause of the error of a Passcode call that was waiting when its box was closed.
var ErrClosed = errors.New("the mailbox was closed")

// life is a context that lasts until its box is closed, and ends every wait on the box.
type life struct {
	over context.Context
	end  context.CancelFunc
}

func newLife() life {
	over, end := context.WithCancel(context.Background())
	return life{over, end}
}

// bound returns a context that ends with ctx or with the box, whichever comes first. The caller must call release.
func (l life) bound(ctx context.Context) (bound context.Context, release func()) {
	bound, cancel := context.WithCancelCause(ctx)
	unhook := context.AfterFunc(l.over, func() { cancel(ErrClosed) })
	return bound, func() {
		unhook()
		cancel(nil)
	}
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
