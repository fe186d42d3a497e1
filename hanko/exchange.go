package hanko

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Exchange is one request to the tenant with its response. It contains secrets as they were sent: show or save it only as
// package secret masks it, unless the person asks for the secrets.
type Exchange struct {
	Browser bool // the person's browser made the request, not the app, which knows no more of it than its URL

	Method string
	URL    string // absolute
	Path   string // below the tenant's base URL, with the query; the whole URL where a browser goes elsewhere

	RequestHeader http.Header
	RequestBody   []byte // nil if there was none

	Status         int // 0 when no answer came, or none that the app sees
	ResponseHeader http.Header
	ResponseBody   []byte // up to MaxResponse bytes

	Start    time.Time
	Duration time.Duration // until the whole body was read, or the call failed
	Err      *Error        // why the call failed; nil if it succeeded
}

// Outcome says in a few words what came of an exchange: the status of its answer, or why it has none.
func (e Exchange) Outcome() string {
	switch {
	case e.Browser && e.Status == 0:
		return "opened in the browser"
	case e.Browser:
		return "the browser came back"
	case e.Status == 0:
		return "no answer"
	default:
		return strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status)))
	}
}

// Log holds the exchanges of a run in the order in which they ended, and knows the calls that are waiting for their answer.
// It is safe for concurrent use; the zero Log is ready.
type Log struct {
	mu        sync.Mutex
	exchanges []Exchange
	pending   []pendingCall
	changes   int           // how often the two above have changed
	changed   chan struct{} // closed, and made anew, at each change; nil while nobody waits
}

// pendingCall is a call as it was sent, known by the exchange that it is going to be.
type pendingCall struct {
	of   *Exchange
	sent Exchange
}

// News is what has changed in a Log since earlier news. The zero News stands for the time before the first call.
type News struct {
	Ended   []Exchange // the exchanges that have ended since then
	Pending []Exchange // the calls that are waiting for their answer now, in the order in which they were sent

	ended, changes int // of the Log, when these were the news
}

// Len returns how many exchanges have ended.
func (l *Log) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.exchanges)
}

// From returns the exchanges from the nth on (counted from 0).
func (l *Log) From(n int) []Exchange {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.from(n)
}

func (l *Log) from(n int) []Exchange {
	if n >= len(l.exchanges) {
		return nil
	}
	return append([]Exchange(nil), l.exchanges[max(n, 0):]...)
}

// Follow waits until something has changed since the last news: a call was sent, or has ended. It fails with ctx's error
// when ctx ends first.
func (l *Log) Follow(ctx context.Context, last News) (News, error) {
	for {
		news, changed := l.since(last)
		if changed == nil {
			return news, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return News{}, ctx.Err()
		}
	}
}

// since returns the news since the last, or, where there are none, a channel that is closed at the next change.
func (l *Log) since(last News) (News, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changes == last.changes {
		if l.changed == nil {
			l.changed = make(chan struct{})
		}
		return News{}, l.changed
	}
	news := News{Ended: l.from(last.ended), ended: len(l.exchanges), changes: l.changes}
	for _, call := range l.pending {
		news.Pending = append(news.Pending, call.sent)
	}
	return news, nil
}

// sent adds a call to the pending ones. Its request is complete.
func (l *Log) sent(e *Exchange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending = append(l.pending, pendingCall{e, *e})
	l.change()
}

// ended adds an exchange. The client need not have sent it: see NoteBrowser.
func (l *Log) ended(e *Exchange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending = slices.DeleteFunc(l.pending, func(call pendingCall) bool { return call.of == e })
	l.exchanges = append(l.exchanges, *e)
	l.change()
}

func (l *Log) change() {
	l.changes++
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}
