package account

import (
	"errors"
	"net/http"
	"sync"
	"time"
)

// Limiter counts requests per key in windows of a minute, as Hanko's does. A window begins with the key's first request. At
// its end, all tokens are available again.
type Limiter struct {
	perMinute int  // below 0: no limit
	down      bool // its store does not answer

	mu      sync.Mutex
	windows map[string]*window
}

func newLimiter(perMinute int, down bool) *Limiter {
	return &Limiter{perMinute: perMinute, down: down && perMinute >= 0, windows: make(map[string]*window)}
}

type window struct {
	began time.Time
	used  int
}

// over reports whether the window's minute has passed, or the clock has been set back.
func (w *window) over(now time.Time) bool {
	return now.Sub(w.began) >= time.Minute || now.Before(w.began)
}

// maxWindows limits how many windows a limiter keeps, because anybody can begin one for any address.
const maxWindows = 10_000

// makeRoom forgets windows until there is room for one more: first those that are over, then the oldest.
func (l *Limiter) makeRoom(now time.Time) {
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

// Reset makes all tokens available again, for everybody.
func (l *Limiter) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.windows)
}

// Quota is the limit's answer to one request.
type Quota struct {
	Allowed   bool
	Limit     int // requests in a minute; below 0 there is no limit, and the other fields have no meaning
	Remaining int
	Reset     int // whole seconds until new tokens come
}

// ErrLimiterDown is the error of Take if Settings.LimiterDown is set.
var ErrLimiterDown = errors.New("the store of the rate limiter does not answer (limiter-down)")

// Take uses up one token of a user at the request's IP address. It fails with ErrLimiterDown.
func (l *Limiter) Take(r *http.Request, who string, now time.Time) (Quota, error) {
	switch {
	case l.down:
		return Quota{}, ErrLimiterDown
	case l.perMinute < 0:
		return Quota{Allowed: true, Limit: l.perMinute}, nil
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
	q := Quota{Limit: l.perMinute, Reset: int(w.began.Add(time.Minute).Sub(now) / time.Second)}
	if w.used < l.perMinute {
		w.used++
		q.Allowed = true
	}
	q.Remaining = l.perMinute - w.used
	return q, nil
}
