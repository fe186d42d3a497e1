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
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
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
	// StoreUnreachable: the file cannot be opened or made at all, or it is no regular file.
	StoreUnreachable StoreProblem = "unreachable"
	// StoreFull: the disk has no room for what is to be written, or the user's quota is used up.
	StoreFull StoreProblem = "full"
	// StoreUnwritable: the file is open, and writing to it fails.
	StoreUnwritable StoreProblem = "unwritable"
)

// StoreError says why Open could not use its file, or why a request could not be stored. The file is as it was.
type StoreError struct {
	Path    string
	Problem StoreProblem
	Err     error // what the system or the store said, nil when there is nothing to add
}

// keepNothing is the way out that needs no file.
const keepNothing = "--ephemeral, which keeps nothing on disk."

// Error is a sentence, the cause, and what to do.
func (e *StoreError) Error() string {
	var sentence, hint string
	switch e.Problem {
	case StoreLocked:
		sentence = "The tenant's file %s is in use by another process"
		hint = "Close the other hankosim, or give this one a file of its own (embedded.data), or start it with " + keepNothing
	case StoreDamaged:
		sentence = "The tenant's file %s is damaged"
		hint = "It was left as it is. Move it aside to start afresh, or restore a copy."
	case StoreForeign:
		sentence = "The file %s is not a tenant's file that this version can read"
		hint = "It was left as it is. Give the tenant another file."
	case StoreFull:
		sentence = "The tenant's file %s cannot be written, because the disk is full"
		hint = "Free some space, or start hankosim with " + keepNothing
	case StoreUnwritable:
		sentence = "The tenant's file %s cannot be written"
		hint = "Check the disk, or start hankosim with " + keepNothing
	default:
		sentence = "The tenant's file %s cannot be opened"
		hint = "Check the path and its permissions, or start hankosim with " + keepNothing
	}
	if e.Err == nil {
		return fmt.Sprintf(sentence+". %s", e.Path, hint)
	}
	return fmt.Sprintf(sentence+": %v. %s", e.Path, e.Err, hint)
}

// Unwrap returns what the system or the store said.
func (e *StoreError) Unwrap() error { return e.Err }

// storeError is the error for a problem, or for a full disk where that is behind it.
func storeError(path string, problem StoreProblem, err error) *StoreError {
	if isFull(err) {
		problem = StoreFull
	}
	return &StoreError{path, problem, err}
}

// isFull reports whether a disk is full, or a quota used up. bbolt repeats some errors of the system by their text alone.
func isFull(err error) bool {
	causes := []error{syscall.ENOSPC, syscall.EDQUOT}
	if runtime.GOOS == "windows" {
		causes = []error{syscall.Errno(112)} // ERROR_DISK_FULL
	}
	return slices.ContainsFunc(causes, func(cause error) bool {
		return errors.Is(err, cause) || strings.Contains(err.Error(), cause.Error())
	})
}

// boltStore keeps everything in one bbolt file.
type boltStore struct {
	db   *bbolt.DB
	path string
	// wasEmpty tells that the file was there and had nothing in it, not even what bbolt puts into a new one.
	wasEmpty bool
}

// openBolt opens or makes the file. Every error is a *StoreError. A file that existed is read through once before
// anything is written to it, so that damage is met here and not in the middle of a login. A new file for which there is
// no room is removed again.
func openBolt(path string) (*boltStore, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, storeError(path, StoreUnreachable, err)
	}
	before, err := os.Stat(path)
	isNew := errors.Is(err, fs.ErrNotExist)
	switch {
	case isNew:
	case err != nil:
		return nil, storeError(path, StoreUnreachable, err)
	case !before.Mode().IsRegular(): // opening some of them has an effect, and reading may wait for ever
		return nil, &StoreError{path, StoreUnreachable, fmt.Errorf("it is %s, not a regular file", fileKind(before.Mode()))}
	}
	s, err := openRegular(path)
	var failed *StoreError
	switch {
	case err == nil:
		s.wasEmpty = s.wasEmpty && !isNew && before.Size() == 0
	case errors.As(err, &failed) && failed.Problem == StoreFull && isNew:
		_ = os.Remove(path) // half a file would count as a damaged one; what keeps it from going has its own error then
	}
	return s, err
}

// fileKind is what a file is that is no regular one.
func fileKind(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	default:
		return "a device"
	}
}

// openRegular opens or makes a regular file; wasEmpty then tells that there was nothing in it.
func openRegular(path string) (s *boltStore, err error) {
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
		return nil, storeError(path, openProblem(err), err)
	}
	s = &boltStore{db: db, path: path}
	if err := db.View(s.check); err != nil {
		_ = db.Close()
		return nil, err
	}
	if err := db.Update(makeBuckets); err != nil {
		_ = db.Close()
		return nil, storeError(path, StoreUnwritable, err)
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

// check accepts a file that is empty or holds a tenant whole, and notes which it is. The walk over all records comes
// before bbolt's own check because that runs in a goroutine of its own, where a fault could not be caught.
func (s *boltStore) check(tx *bbolt.Tx) error {
	info, err := os.Stat(s.path)
	if err != nil {
		return &StoreError{s.path, StoreUnreachable, err}
	}
	if info.Size() < tx.Size() {
		return &StoreError{s.path, StoreDamaged, fmt.Errorf("%d of its %d bytes are there", info.Size(), tx.Size())}
	}
	meta := tx.Bucket([]byte(bucketMeta))
	if meta == nil {
		if first, _ := tx.Cursor().First(); first != nil {
			return &StoreError{s.path, StoreForeign, nil}
		}
		s.wasEmpty = true
		return nil
	}
	if format := meta.Get([]byte("format")); string(format) != storeFormat {
		return &StoreError{s.path, StoreForeign, fmt.Errorf("its format is %s, not %s", format, storeFormat)}
	}
	if err := tx.ForEach(checkRecords); err != nil {
		return &StoreError{s.path, StoreDamaged, err}
	}
	var damage error
	for err := range tx.Check() { // to the end, or its goroutine would hang
		damage = cmp.Or(damage, err)
	}
	if damage != nil {
		return &StoreError{s.path, StoreDamaged, damage}
	}
	return nil
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
	done := false
	err := s.db.Update(func(tx *bbolt.Tx) error {
		err := fn(boltTxn{tx})
		done = err == nil
		return err
	})
	if done && err != nil { // the commit failed
		return storeError(s.path, StoreUnwritable, err)
	}
	return err
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
