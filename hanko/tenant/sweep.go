package tenant

import (
	"context"
	"errors"
	"time"

	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/flow"
	"example.com/hankosim/hanko/tenant/store"
)

// Anybody who can reach the tenant can make it store things without end: flows, passcodes, ceremonies, accounts whose
// address is never verified. A sweep deletes what has expired, and the oldest records where there are too many.

// sweepEvery is after how many requests there is a sweep, if a minute has not passed first. A request stores at most one
// record of each kind, so at most store.Kept plus sweepEvery of them wait at a time.
const sweepEvery = 500

// sweepNowAndThen sweeps the store before a request that may store something: after a minute, or after sweepEvery
// requests.
func (t *Tenant) sweepNowAndThen(ctx context.Context) {
	t.sweeping.Lock()
	defer t.sweeping.Unlock()
	now := t.accounts.Now()
	t.unswept++
	if t.unswept < sweepEvery && now.Sub(t.lastSweep) < time.Minute {
		return
	}
	t.unswept, t.lastSweep = 0, now
	err := t.accounts.Store.Update(func(tx store.Tx) error {
		return errors.Join(account.Sweep(tx, now), flow.Sweep(tx, now))
	})
	if err != nil {
		// The request can go on. If the store has a problem, the request will meet it, too.
		t.accounts.Log.ErrorContext(ctx, "the store cannot be swept", "error", err)
	}
}
