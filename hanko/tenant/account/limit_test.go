package account

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"
)

// A limiter keeps a limited number of windows, however many addresses ask.
func TestLimiterForgets(t *testing.T) {
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	request := httptest.NewRequestWithContext(t.Context(), "POST", "/", nil)
	l := newLimiter(3, false)
	take := func(who string) Quota {
		q, err := l.Take(request, who, now)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	key := func(who string) string { return who + " " + remoteIP(request) }
	for n := range maxWindows + 100 {
		take(fmt.Sprint(n))
		now = now.Add(time.Microsecond)
	}
	if len(l.windows) > maxWindows {
		t.Errorf("%d windows are kept", len(l.windows))
	}
	for range 3 {
		take("ada")
	}
	if take("ada").Allowed {
		t.Error("a fourth request in a minute is let pass")
	}
	if l.windows[key("0")] != nil || l.windows[key(fmt.Sprint(maxWindows+99))] == nil {
		t.Error("the newest went, and the oldest stayed")
	}
	now = now.Add(time.Minute)
	if q := take("ada"); !q.Allowed || q.Remaining != 2 {
		t.Errorf("a minute later it is %+v", q)
	}
	take("bob")
	if len(l.windows) != 2 {
		t.Errorf("%d windows are kept, want two that are not over", len(l.windows))
	}
}
