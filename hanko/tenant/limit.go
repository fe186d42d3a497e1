package tenant

import (
	"net/http"
	"strconv"
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

// take uses up one token for the key.
func (l *limiter) take(key string, now time.Time) (remaining int, reset time.Duration, ok bool) {
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
	ok = w.used < l.perMinute
	if ok {
		w.used++
	}
	return l.perMinute - w.used, w.began.Add(time.Minute).Sub(now), ok
}

// allow takes a token for somebody at the request's address, and says after how many seconds there are new ones.
func (l *limiter) allow(r *http.Request, who string, now time.Time) (after int, ok bool) {
	if l.perMinute < 0 {
		return 0, true
	}
	_, reset, ok := l.take(who+" "+remoteIP(r), now)
	return int(reset / time.Second), ok
}

// limit takes a token for the user at the request's address and writes the headers that say how many are left.
func (l *limiter) limit(w http.ResponseWriter, r *http.Request, userID string, now time.Time) error {
	if l.perMinute < 0 {
		return nil
	}
	remaining, reset, ok := l.take(userID+" "+remoteIP(r), now)
	seconds := strconv.Itoa(int(reset / time.Second))
	w.Header().Set("X-RateLimit-Limit", strconv.Itoa(l.perMinute))
	w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(remaining))
	w.Header().Set("X-RateLimit-Reset", seconds)
	if !ok {
		w.Header().Set("Retry-After", seconds)
		return refuse(http.StatusTooManyRequests)
	}
	return nil
}
