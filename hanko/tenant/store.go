package tenant

import (
	"encoding/json"
	"fmt"
)

// store is a small transactional key-value store. Its two implementations are a bbolt file and plain memory.
type store interface {
	// view runs fn on a consistent, read-only state.
	view(fn func(txn) error) error
	// update runs fn alone. What fn changed is kept when it returns nil and undone when it returns an error.
	update(fn func(txn) error) error
	// close frees the store once running transactions are done.
	close() error
}

// txn is a transaction. Values must not be changed, nor kept after it ends.
type txn interface {
	get(b bucket, key string) []byte
	put(b bucket, key string, value []byte) error
	delete(b bucket, key string) error
	// keys lists the keys that start with prefix, in order.
	keys(b bucket, prefix string) []string
}

// bucket names one kind of record.
type bucket string

const (
	bucketMeta       bucket = "meta"       // "format" → storeFormat
	bucketSigning    bucket = "signing"    // "1", "2" → private JWK; the last one signs
	bucketUsers      bucket = "users"      // user id → user
	bucketEmails     bucket = "emails"     // email id → email
	bucketAddresses  bucket = "addresses"  // lower-case address → email id
	bucketPasscodes  bucket = "passcodes"  // passcode id → passcode
	bucketChallenges bucket = "challenges" // challenge → challenge
	bucketPasskeys   bucket = "passkeys"   // base64url credential id → passkey
	bucketSessions   bucket = "sessions"   // user id "/" session id → session
	bucketUsernames  bucket = "usernames"  // lower-case name → user id
	bucketFlows      bucket = "flows"      // flow id → flowRecord
	bucketDevices    bucket = "devices"    // token of a trusted device → device
)

func buckets() []bucket {
	return []bucket{
		bucketMeta, bucketSigning, bucketUsers, bucketEmails, bucketAddresses,
		bucketPasscodes, bucketChallenges, bucketPasskeys, bucketSessions,
		bucketUsernames, bucketFlows, bucketDevices,
	}
}

// load reads the record under key, nil when there is none.
func load[T any](tx txn, b bucket, key string) (*T, error) {
	data := tx.get(b, key)
	if data == nil {
		return nil, nil
	}
	record := new(T)
	if err := json.Unmarshal(data, record); err != nil {
		return nil, fmt.Errorf("the stored record %s/%s cannot be read: %w", b, key, err)
	}
	return record, nil
}

// save writes the record under key.
func save(tx txn, b bucket, key string, record any) error {
	data, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("the record %s/%s cannot be stored: %w", b, key, err)
	}
	return tx.put(b, key, data)
}
