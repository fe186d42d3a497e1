package tenant

import (
	"context"
	"slices"
	"time"

	"example.com/hankosim/hanko/tenant/store"
)

// Whoever reaches the tenant can have it store things without end: flows, passcodes, ceremonies, accounts whose address is
// never verified. A sweep deletes what is over, and the oldest of what there is too much of.

const (
	// leftover is how long an expired passcode, challenge or flow is kept, so that a late answer is told that it is late
	// and not that it is unknown.
	leftover = 24 * time.Hour
	// kept is how many records of each kind outlive a sweep: many more than an app needs at once.
	kept = 1000
	// sweepEvery is after how many requests there is a sweep, if a minute has not passed before. A request stores at most
	// one record of each kind, so that there are never more than kept and sweepEvery of them.
	sweepEvery = 500
)

// sweepNowAndThen sweeps the store before a request that may store something: after a minute, or after sweepEvery
// requests.
func (t *Tenant) sweepNowAndThen(ctx context.Context) {
	t.sweeping.Lock()
	defer t.sweeping.Unlock()
	now := t.now()
	t.unswept++
	if t.unswept < sweepEvery && now.Sub(t.lastSweep) < time.Minute {
		return
	}
	t.unswept, t.lastSweep = 0, now
	if err := t.store.Update(func(tx store.Tx) error { return sweep(tx, now) }); err != nil {
		// The request may do without; what is wrong with the store it will meet itself.
		t.log.ErrorContext(ctx, "the store cannot be swept", "error", err)
	}
}

// fate is what a sweep does with a record.
type fate int

const (
	stays fate = iota // it is somebody's
	waits             // it stays while it is among the newest
	goes
)

// until is the fate of what expires.
func until(end, now time.Time) fate {
	if end.Before(now) {
		return goes
	}
	return waits
}

// sweep deletes what is over, and the oldest of what there is too much of.
func sweep(tx store.Tx, now time.Time) error {
	s := &sweeper{tx: tx}
	sweepBucket(s, store.Flows, func(f *flowRecord) (fate, time.Time) {
		return until(f.Expires.Add(leftover), now), f.Expires
	})
	sweepBucket(s, store.Passcodes, func(p *passcode) (fate, time.Time) {
		return until(p.expires().Add(leftover), now), p.Created
	})
	sweepBucket(s, store.Challenges, func(c *challenge) (fate, time.Time) {
		return until(c.Expires.Add(leftover), now), c.Expires
	})
	sweepBucket(s, store.Devices, func(d *device) (fate, time.Time) {
		return until(d.Expires, now), d.Expires
	})
	sweepBucket(s, store.Sessions, func(s *session) (fate, time.Time) {
		if s.Expires.Before(now) {
			return goes, s.Created
		}
		return stays, s.Created // a user has sessionLimit of them at most
	})
	sweepBucket(s, store.Users, func(u *user) (fate, time.Time) {
		if u.pending() {
			return waits, u.Created
		}
		return stays, u.Created
	})
	sweepBucket(s, store.Emails, func(e *email) (fate, time.Time) {
		if e.UserID == "" {
			return waits, e.Created
		}
		return stays, e.Created
	})
	sweepAddresses(s)
	return s.err
}

// sweeper sweeps until something fails.
type sweeper struct {
	tx  store.Tx
	err error
}

// sweepBucket judges every record of a bucket; judge says when a record was made too, or a time that is in the same order.
func sweepBucket[T any](s *sweeper, b store.Bucket, judge func(*T) (fate, time.Time)) {
	type aged struct {
		key  string
		made time.Time
	}
	var waiting []aged
	for _, key := range s.keys(b) {
		record, err := store.Load[T](s.tx, b, key)
		if err != nil {
			s.err = err
			return
		}
		switch fate, made := judge(record); fate {
		case stays:
		case waits:
			waiting = append(waiting, aged{key, made})
		case goes:
			s.delete(b, key)
		}
	}
	if len(waiting) <= kept {
		return
	}
	slices.SortFunc(waiting, func(a, b aged) int { return a.made.Compare(b.made) })
	for _, a := range waiting[:len(waiting)-kept] {
		s.delete(b, a.key)
	}
}

// sweepAddresses deletes the addresses that lead to no email any more.
func sweepAddresses(s *sweeper) {
	for _, address := range s.keys(store.Addresses) {
		id, err := store.Load[string](s.tx, store.Addresses, address)
		if err != nil {
			s.err = err
			return
		}
		if s.tx.Get(store.Emails, *id) == nil {
			s.delete(store.Addresses, address)
		}
	}
}

func (s *sweeper) keys(b store.Bucket) []string {
	if s.err != nil {
		return nil
	}
	return s.tx.Keys(b, "")
}

func (s *sweeper) delete(b store.Bucket, key string) {
	if s.err == nil {
		s.err = s.tx.Delete(b, key)
	}
}
