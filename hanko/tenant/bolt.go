package tenant

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

const (
	storeFormat = `"hankosim tenant 1"`
	lockTimeout = 500 * time.Millisecond
)

// StoreProblem is the kind of a StoreError.
type StoreProblem string

const (
	// StoreLocked: another process has the file open.
	StoreLocked StoreProblem = "locked"
	// StoreDamaged: the file was a tenant's, or a bbolt file at least, and cannot be read any more.
	StoreDamaged StoreProblem = "damaged"
	// StoreForeign: the file belongs to something else, or to another version of this program.
	StoreForeign StoreProblem = "foreign"
	// StoreUnreachable: the file cannot be opened or made at all.
	StoreUnreachable StoreProblem = "unreachable"
)

// StoreError says why Open could not use its file. The file is as it was.
type StoreError struct {
	Path    string
	Problem StoreProblem
	Err     error // what the system or the store said, nil when there is nothing to add
}

// Error is a sentence, the cause, and what to do.
func (e *StoreError) Error() string {
	var sentence, hint string
	switch e.Problem {
	case StoreLocked:
		sentence = "The tenant's file %s is in use by another process"
		hint = "Close the other hankosim, or give this one a file of its own."
	case StoreDamaged:
		sentence = "The tenant's file %s is damaged"
		hint = "It was left as it is. Move it aside to start afresh, or restore a copy."
	case StoreForeign:
		sentence = "The file %s is not a tenant's file that this version can read"
		hint = "It was left as it is. Give the tenant another file."
	default:
		sentence = "The tenant's file %s cannot be opened"
		hint = "Check the path and its permissions."
	}
	if e.Err == nil {
		return fmt.Sprintf(sentence+". %s", e.Path, hint)
	}
	return fmt.Sprintf(sentence+": %v. %s", e.Path, e.Err, hint)
}

// Unwrap returns what the system or the store said.
func (e *StoreError) Unwrap() error { return e.Err }

// boltStore keeps everything in one bbolt file.
type boltStore struct{ db *bbolt.DB }

// openBolt opens or makes the file. Every error is a *StoreError. A file that existed is read through once before
// anything is written to it, so that damage is met here and not in the middle of a login.
func openBolt(path string) (s *boltStore, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, &StoreError{path, StoreUnreachable, err}
	}
	// A truncated file faults when its missing pages are touched, and bbolt panics on pages that make no sense.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	var file *os.File
	defer func() {
		if cause := recover(); cause != nil {
			if file != nil { // bbolt had no chance to free it
				unlock(file)
				_ = file.Close()
			}
			s, err = nil, &StoreError{path, StoreDamaged, fmt.Errorf("%v", cause)}
		}
	}()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout: lockTimeout,
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			opened, err := os.OpenFile(name, flag, mode)
			file = opened
			return opened, err
		},
	})
	if err != nil {
		return nil, &StoreError{path, openProblem(err), err}
	}
	if err := db.View(checkBolt(path)); err != nil {
		_ = db.Close()
		return nil, err
	}
	s = &boltStore{db}
	if err := db.Update(makeBuckets); err != nil {
		_ = db.Close()
		return nil, &StoreError{path, StoreUnreachable, err}
	}
	return s, nil
}

func openProblem(err error) StoreProblem {
	var pathError *fs.PathError
	switch {
	case errors.Is(err, bbolterrors.ErrTimeout):
		return StoreLocked
	case errors.Is(err, bbolterrors.ErrInvalid):
		return StoreForeign
	case errors.As(err, &pathError):
		return StoreUnreachable
	default:
		return StoreDamaged
	}
}

// checkBolt accepts a file that is empty or holds a tenant whole. The walk over all records comes before bbolt's own
// check because that runs in a goroutine of its own, where a fault could not be caught.
func checkBolt(path string) func(*bbolt.Tx) error {
	return func(tx *bbolt.Tx) error {
		info, err := os.Stat(path)
		if err != nil {
			return &StoreError{path, StoreUnreachable, err}
		}
		if info.Size() < tx.Size() {
			return &StoreError{path, StoreDamaged, fmt.Errorf("%d of its %d bytes are there", info.Size(), tx.Size())}
		}
		meta := tx.Bucket([]byte(bucketMeta))
		if meta == nil {
			if first, _ := tx.Cursor().First(); first != nil {
				return &StoreError{path, StoreForeign, nil}
			}
			return nil
		}
		if format := meta.Get([]byte("format")); string(format) != storeFormat {
			return &StoreError{path, StoreForeign, fmt.Errorf("its format is %s, not %s", format, storeFormat)}
		}
		if err := tx.ForEach(checkRecords); err != nil {
			return &StoreError{path, StoreDamaged, err}
		}
		var damage error
		for err := range tx.Check() { // to the end, or its goroutine would hang
			damage = cmp.Or(damage, err)
		}
		if damage != nil {
			return &StoreError{path, StoreDamaged, damage}
		}
		return nil
	}
}

func checkRecords(name []byte, b *bbolt.Bucket) error {
	return b.ForEach(func(key, value []byte) error {
		if !json.Valid(value) {
			return fmt.Errorf("the record %s/%s is not JSON", name, key)
		}
		return nil
	})
}

// makeBuckets makes those that are missing: a file of an earlier version has fewer.
func makeBuckets(tx *bbolt.Tx) error {
	for _, b := range buckets() {
		if _, err := tx.CreateBucketIfNotExists([]byte(b)); err != nil {
			return err
		}
	}
	return boltTxn{tx}.put(bucketMeta, "format", []byte(storeFormat))
}

func (s *boltStore) view(fn func(txn) error) error {
	return s.db.View(func(tx *bbolt.Tx) error { return fn(boltTxn{tx}) })
}

func (s *boltStore) update(fn func(txn) error) error {
	return s.db.Update(func(tx *bbolt.Tx) error { return fn(boltTxn{tx}) })
}

func (s *boltStore) close() error { return s.db.Close() }

type boltTxn struct{ tx *bbolt.Tx }

func (t boltTxn) get(b bucket, key string) []byte { return t.tx.Bucket([]byte(b)).Get([]byte(key)) }

func (t boltTxn) put(b bucket, key string, value []byte) error {
	return t.tx.Bucket([]byte(b)).Put([]byte(key), value)
}

func (t boltTxn) delete(b bucket, key string) error {
	return t.tx.Bucket([]byte(b)).Delete([]byte(key))
}

func (t boltTxn) keys(b bucket, prefix string) []string {
	var keys []string
	cursor := t.tx.Bucket([]byte(b)).Cursor()
	for key, _ := cursor.Seek([]byte(prefix)); key != nil && bytes.HasPrefix(key, []byte(prefix)); key, _ = cursor.Next() {
		keys = append(keys, string(key))
	}
	return keys
}
