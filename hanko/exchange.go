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

// Exchange is a request to the tenant with its response. It contains secrets: show or save it only as package secret masks
// it, unless the person asks for the secrets.
type Exchange struct {
	Browser bool // the person's browser sent the request, and the app knows only its URL

	Method string
	URL    string // absolute
	Path   string // below the tenant's base URL, with the query; the whole URL if a browser goes elsewhere

	RequestHeader http.Header
	RequestBody   []byte // nil if there was none

	Status         int // 0 if there was no answer, or none that the app sees
	ResponseHeader http.Header
	ResponseBody   []byte // up to MaxResponse bytes

	Start    time.Time
	Duration time.Duration // until the whole body was read, or the call failed
	Err      *Error        // why the call failed; nil if it succeeded
}

// Outcome returns the result of an exchange in a few words: the status of its answer, or why it has none.
func (e Exchange) Outcome() string {
	switch {
	case e.Browser && e.Status == 0:
		return "sent to the browser"
	case e.Browser:
		return "the browser came back"
	case e.Status == 0:
		return "no answer"
	default:
		return strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status)))
	}
}

// Log has the exchanges of a run, in the order in which they ended, and the calls that wait for an answer. It is safe for
// concurrent use. The zero Log is ready to use.
type Log struct {
	mu        sync.Mutex
	exchanges []Exchange
	pending   []pendingCall
	changes   int           // how often exchanges and pending have changed
	changed   chan struct{} // closed at the next change; nil while nobody waits
}

// pendingCall is a call that was sent. of is the exchange that it becomes, and identifies the call.
type pendingCall struct {
	of   *Exchange
	sent Exchange
}

// News is what has changed in a Log since earlier News. The zero News means the time before the first call.
type News struct {
	Ended   []Exchange // the exchanges that have ended since then
	Pending []Exchange // the calls that now wait for an answer, in the order in which they were sent

	ended, changes int // of the Log, at the time of these News
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

// Follow waits until something has changed since the last News: a call was sent or has ended. It fails with ctx's error if
// ctx ends first.
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

// since returns what has changed since the last News, or, if nothing has, a channel that is closed at the next change.
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

// sent adds a call, with its complete request, to the pending ones.
func (l *Log) sent(e *Exchange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending = append(l.pending, pendingCall{e, *e})
	l.change()
}

// ended adds an exchange. It need not have been pending: see NoteBrowser.
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
