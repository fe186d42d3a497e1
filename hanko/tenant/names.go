package tenant

import "example.com/hankosim/hanko/tenant/store"

// What Open's callers meet of the tenant's rooms.
type (
	// StoreError says why Open could not use its file, or why a request could not be stored.
	StoreError = store.Error
	// StoreProblem is the kind of a StoreError.
	StoreProblem = store.Problem
)

// The problems, each described where it is declared.
const (
	StoreLocked      = store.Locked
	StoreDamaged     = store.Damaged
	StoreForeign     = store.Foreign
	StoreUnreachable = store.Unreachable
	StoreFull        = store.Full
	StoreUnwritable  = store.Unwritable
)
