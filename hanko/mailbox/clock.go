package mailbox

import (
	"sync"
	"time"
)

// clock bounds how far a mail server's clock is ahead of ours (negative: behind). The zero clock knows nothing. It is
// safe for concurrent use.
type clock struct {
	mu        sync.Mutex
	known     bool
	low, high time.Duration
}

// learn takes what the server's clock showed, cut to whole seconds, at some moment between sent and received. Every
// lesson narrows the bounds; one that contradicts them (a clock was set) replaces them.
func (c *clock) learn(shown, sent, received time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	low, high := shown.Sub(received), shown.Add(time.Second).Sub(sent)
	if c.known && max(low, c.low) <= min(high, c.high) {
		low, high = max(low, c.low), min(high, c.high)
	}
	c.known, c.low, c.high = true, low, high
}

// allow sets the bounds for a server that does not show its clock.
func (c *clock) allow(either time.Duration) {
	c.known, c.low, c.high = true, -either, either
}

// ours converts a time stamp of the server, cut to whole units of precision, to the earliest and the latest moment of our
// clock that it can mean. Precision 0 means that the stamp is not the server's.
func (c *clock) ours(stamp time.Time, precision time.Duration) (earliest, latest time.Time, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.known || precision == 0 || stamp.IsZero() {
		return time.Time{}, time.Time{}, false
	}
	return stamp.Add(-c.high), stamp.Add(precision - c.low), true
}
