// Package store keeps an embedded tenant's records, in a bbolt file or in memory. Records are JSON in buckets; the package
// does not know what is in them.
package store

import (
	"encoding/json"
	"fmt"
)

// Store is a small transactional key-value store. Its implementations are File and Memory.
type Store interface {
	// View runs fn on a consistent, read-only snapshot.
	View(fn func(Tx) error) error
	// Update runs fn while no other transaction runs. It keeps fn's changes if fn returns nil, and undoes them otherwise.
	Update(fn func(Tx) error) error
	// Close waits for running transactions and closes the store.
	Close() error
}

// Tx is a transaction. Its values must not be changed, or kept after it ends.
type Tx interface {
	Get(b Bucket, key string) []byte
	Put(b Bucket, key string, value []byte) error
	Delete(b Bucket, key string) error
	// Keys returns the keys that start with prefix, in order.
	Keys(b Bucket, prefix string) []string
}

// Bucket is the name of one kind of record.
type Bucket string

// The buckets, with their keys and records.
const (
	Meta       Bucket = "meta"       // "format" → fileFormat
	Signing    Bucket = "signing"    // "1", "2" → private JWK; the last one signs
	Users      Bucket = "users"      // user id → user
	Emails     Bucket = "emails"     // email id → email
	Addresses  Bucket = "addresses"  // lower-case address → email id
	Passcodes  Bucket = "passcodes"  // passcode id → passcode
	Challenges Bucket = "challenges" // challenge → challenge
	Passkeys   Bucket = "passkeys"   // base64url credential id → passkey
	Sessions   Bucket = "sessions"   // user id "/" session id → session
	Usernames  Bucket = "usernames"  // lower-case name → user id
	Flows      Bucket = "flows"      // flow id → flowRecord
	Devices    Bucket = "devices"    // token of a trusted device → device
	Identities Bucket = "identities" // provider's id "/" the person's there → identity
	Tokens     Bucket = "tokens"     // SHA-256 of a third party's one-time token, base64url → token
)

// Buckets returns all buckets.
func Buckets() []Bucket {
	return []Bucket{
		Meta, Signing, Users, Emails, Addresses,
		Passcodes, Challenges, Passkeys, Sessions,
		Usernames, Flows, Devices, Identities, Tokens,
	}
}

// Load returns the record of a key, or nil.
func Load[T any](tx Tx, b Bucket, key string) (*T, error) {
	data := tx.Get(b, key)
	if data == nil {
		return nil, nil
	}
	record := new(T)
	if err := json.Unmarshal(data, record); err != nil {
		return nil, fmt.Errorf("the stored record %s/%s cannot be read: %w", b, key, err)
	}
	return record, nil
}

// Save writes the record of a key.
func Save(tx Tx, b Bucket, key string, record any) error {
	data, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("the record %s/%s cannot be stored: %w", b, key, err)
	}
	return tx.Put(b, key, data)
}
