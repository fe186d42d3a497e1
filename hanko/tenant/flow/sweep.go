package flow

import (
	"errors"
	"time"

	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/store"
)

// Sweep deletes expired flows and trusted devices, and the oldest where there are too many: see store.Sweep.
func Sweep(tx store.Tx, now time.Time) error {
	return errors.Join(
		store.Sweep(tx, store.Flows, func(f *record) (store.Fate, time.Time) {
			return store.Until(f.Expires.Add(account.Leftover), now), f.Expires
		}),
		store.Sweep(tx, store.Devices, func(d *device) (store.Fate, time.Time) {
			return store.Until(d.Expires, now), d.Expires
		}),
	)
}
