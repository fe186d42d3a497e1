package hanko

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Exchange is one request to the tenant and what came back: everything a developer wants to see of the wire.
// It holds secrets as they were sent; show or save it as package secret masks it, unless the person asked for them.
type Exchange struct {
	Browser bool // the person's browser made the request, not the app, which knows no more of it than its URL

	Method string
	URL    string // absolute
	Path   string // below the tenant's base URL, with the query; the whole URL where a browser goes elsewhere

	RequestHeader http.Header
	RequestBody   []byte // nil when nothing was sent

	Status         int // 0 when no answer came, or none that the app sees
	ResponseHeader http.Header
	ResponseBody   []byte // at most MaxResponse bytes

	Start    time.Time
	Duration time.Duration // until the whole body was read, or until the call failed
	Err      *Error        // why the call failed; nil when the tenant did as asked
}

// Log holds the exchanges of a run in the order in which they ended. It is safe for concurrent use; the zero Log is
// ready.
type Log struct {
	mu        sync.Mutex
	exchanges []Exchange
	more      chan struct{} // closed, and made anew, when an exchange is added
}

// Len is how many exchanges there are.
func (l *Log) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.exchanges)
}

// From returns the exchanges from the nth on (counted from 0).
func (l *Log) From(n int) []Exchange {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n >= len(l.exchanges) {
		return nil
	}
	return append([]Exchange(nil), l.exchanges[max(n, 0):]...)
}

// Wait returns when there are more than n exchanges, or with ctx's error when it ends before.
func (l *Log) Wait(ctx context.Context, n int) error {
	for {
		l.mu.Lock()
		if len(l.exchanges) > n {
			l.mu.Unlock()
			return nil
		}
		if l.more == nil {
			l.more = make(chan struct{})
		}
		more := l.more
		l.mu.Unlock()
		select {
		case <-more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (l *Log) add(e Exchange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.exchanges = append(l.exchanges, e)
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
}
