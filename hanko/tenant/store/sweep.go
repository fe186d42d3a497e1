package store

import (
	"slices"
	"time"
)

// Kept is how many waiting records of each kind survive a sweep, many more than an app needs.
const Kept = 1000

// Fate says what a sweep does with a record.
type Fate int

// The fates.
const (
	Stays Fate = iota // it belongs to a user
	Waits             // it stays only while it is one of the newest
	Goes
)

// Until returns the fate of a record that expires.
func Until(end, now time.Time) Fate {
	if end.Before(now) {
		return Goes
	}
	return Waits
}

// Sweep deletes the records of a bucket that judge says go, and the oldest waiting ones above Kept. judge also returns when a
// record was made, or a time with the same order.
func Sweep[T any](tx Tx, b Bucket, judge func(*T) (Fate, time.Time)) error {
	type aged struct {
		key  string
		made time.Time
	}
	var waiting []aged
	for _, key := range tx.Keys(b, "") {
		record, err := Load[T](tx, b, key)
		if err != nil {
			return err
		}
		switch fate, made := judge(record); fate {
		case Stays:
		case Waits:
			waiting = append(waiting, aged{key, made})
		case Goes:
			if err := tx.Delete(b, key); err != nil {
				return err
			}
		}
	}
	if len(waiting) <= Kept {
		return nil
	}
	slices.SortFunc(waiting, func(a, b aged) int { return a.made.Compare(b.made) })
	for _, a := range waiting[:len(waiting)-Kept] {
		if err := tx.Delete(b, a.key); err != nil {
			return err
		}
	}
	return nil
}
