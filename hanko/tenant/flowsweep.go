package tenant

import (
	"errors"
	"time"

	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/store"
)

// sweepFlows deletes the flows and trusted devices that are over, and the oldest of what there is too much of: see
// store.Sweep.
func sweepFlows(tx store.Tx, now time.Time) error {
	return errors.Join(
		store.Sweep(tx, store.Flows, func(f *flowRecord) (store.Fate, time.Time) {
			return store.Until(f.Expires.Add(account.Leftover), now), f.Expires
		}),
		store.Sweep(tx, store.Devices, func(d *Device) (store.Fate, time.Time) {
			return store.Until(d.Expires, now), d.Expires
		}),
	)
}
