package mailbox

import (
	"sync"
	"time"
)

// clock tracks how far a mail server's clock is ahead of ours (negative: behind), as a lower and an upper bound. The zero
// value has no bounds yet. It is safe for concurrent use.
type clock struct {
	mu        sync.Mutex
	known     bool
	low, high time.Duration
}

// learn narrows the bounds by what the server's clock showed, in whole seconds, at some time between sent and received. If
// that contradicts the bounds, somebody has set a clock, and the new bounds replace the old ones.
func (c *clock) learn(shown, sent, received time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	low, high := shown.Sub(received), shown.Add(time.Second).Sub(sent)
	if c.known && max(low, c.low) <= min(high, c.high) {
		low, high = max(low, c.low), min(high, c.high)
	}
	c.known, c.low, c.high = true, low, high
}

// allow sets the bounds to the same value either way, for a server that does not show its clock.
func (c *clock) allow(either time.Duration) {
	c.known, c.low, c.high = true, -either, either
}

// ours converts a time stamp of the server to the earliest and the latest time that it can be by our clock. The stamp is cut
// to whole units of precision; precision 0 means that it does not come from the server's clock.
func (c *clock) ours(stamp time.Time, precision time.Duration) (earliest, latest time.Time, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.known || precision == 0 || stamp.IsZero() {
		return time.Time{}, time.Time{}, false
	}
	return stamp.Add(-c.high), stamp.Add(precision - c.low), true
}
