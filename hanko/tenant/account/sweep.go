package account

import (
	"errors"
	"time"

	"example.com/hankosim/hanko/tenant/store"
)

// Leftover is how long an expired passcode, challenge or flow is kept, so that the response to a late request says
// "expired" and not "unknown".
const Leftover = 24 * time.Hour

// Sweep deletes expired records, and the oldest records where there are too many: see store.Sweep. Users and addresses
// stay once somebody has used a passcode.
func Sweep(tx store.Tx, now time.Time) error {
	return errors.Join(
		store.Sweep(tx, store.Passcodes, func(p *Passcode) (store.Fate, time.Time) {
			return store.Until(p.expires().Add(Leftover), now), p.Created
		}),
		store.Sweep(tx, store.Challenges, func(c *Challenge) (store.Fate, time.Time) {
			return store.Until(c.Expires.Add(Leftover), now), c.Expires
		}),
		store.Sweep(tx, store.Sessions, func(s *Session) (store.Fate, time.Time) {
			if s.Expires.Before(now) {
				return store.Goes, s.Created
			}
			return store.Stays, s.Created // a user has few of them (session.limit)
		}),
		store.Sweep(tx, store.Users, func(u *User) (store.Fate, time.Time) {
			if u.pending() {
				return store.Waits, u.Created
			}
			return store.Stays, u.Created
		}),
		store.Sweep(tx, store.Emails, func(e *Email) (store.Fate, time.Time) {
			if e.UserID == "" {
				return store.Waits, e.Created
			}
			return store.Stays, e.Created
		}),
		store.Sweep(tx, store.Tokens, func(t *Token) (store.Fate, time.Time) {
			return store.Until(t.Expires.Add(Leftover), now), t.Expires
		}),
		store.Sweep(tx, store.Identities, func(i *Identity) (store.Fate, time.Time) {
			if i.UserID == "" {
				return store.Waits, i.Created
			}
			return store.Stays, i.Created
		}),
		sweepAddresses(tx),
	)
}

// sweepAddresses deletes addresses whose email is gone.
func sweepAddresses(tx store.Tx) error {
	for _, address := range tx.Keys(store.Addresses, "") {
		id, err := store.Load[string](tx, store.Addresses, address)
		if err != nil {
			return err
		}
		if tx.Get(store.Emails, *id) == nil {
			if err := tx.Delete(store.Addresses, address); err != nil {
				return err
			}
		}
	}
	return nil
}
