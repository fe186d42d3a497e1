package tenant

import (
	"net/http"
	"sync"
	"time"
)

// limiter counts requests in windows of a minute for each key, as Hanko's does: a window begins with the key's first
// request, and when it is over all tokens are back at once.
type limiter struct {
	perMinute int // below 0: no limit

	mu      sync.Mutex
	windows map[string]*window
}

func newLimiter(perMinute int) *limiter {
	return &limiter{perMinute: perMinute, windows: make(map[string]*window)}
}

type window struct {
	began time.Time
	used  int
}

// over reports whether the window's minute has passed, or the clock was put back.
func (w *window) over(now time.Time) bool {
	return now.Sub(w.began) >= time.Minute || now.Before(w.began)
}

// maxWindows is how many windows a limiter keeps: anybody can begin one for any address.
const maxWindows = 10_000

// makeRoom forgets windows until there is room for another: those that are over, else the oldest.
func (l *limiter) makeRoom(now time.Time) {
	if len(l.windows) < maxWindows {
		return
	}
	oldest := ""
	for key, w := range l.windows {
		if w.over(now) {
			delete(l.windows, key)
		} else if oldest == "" || w.began.Before(l.windows[oldest].began) {
			oldest = key
		}
	}
	if len(l.windows) >= maxWindows {
		delete(l.windows, oldest)
	}
}

// quota is what the limit says to one request.
type quota struct {
	allowed   bool
	limit     int // requests in a minute; below 0: there is no limit, and the rest says nothing
	remaining int
	reset     int // whole seconds until there are new ones
}

// take uses up one token for somebody at the request's address.
func (l *limiter) take(r *http.Request, who string, now time.Time) quota {
	if l.perMinute < 0 {
		return quota{allowed: true, limit: l.perMinute}
	}
	key := who + " " + remoteIP(r)
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.windows[key]
	if w == nil || w.over(now) {
		if w == nil {
			l.makeRoom(now)
		}
		w = &window{began: now}
		l.windows[key] = w
	}
	q := quota{limit: l.perMinute, reset: int(w.began.Add(time.Minute).Sub(now) / time.Second)}
	if w.used < l.perMinute {
		w.used++
		q.allowed = true
	}
	q.remaining = l.perMinute - w.used
	return q
}
