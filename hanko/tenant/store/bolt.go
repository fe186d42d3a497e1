package store

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
	fileFormat  = `"hankosim tenant 1"`
	lockTimeout = 500 * time.Millisecond
)

// Problem is the kind of an Error.
type Problem string

const (
	// StoreLocked: another process has the file open.
	Locked Problem = "locked"
	// StoreDamaged: the file was a tenant's, or a bbolt file at least, and cannot be read any more.
	Damaged Problem = "damaged"
	// StoreForeign: the file belongs to something else, or to another version of this program.
	Foreign Problem = "foreign"
	// StoreUnreachable: the file cannot be opened or made at all, or it is no regular file.
	Unreachable Problem = "unreachable"
	// StoreFull: the disk has no room for what is to be written, or the user's quota is used up.
	Full Problem = "full"
	// StoreUnwritable: the file is open, and writing to it fails.
	Unwritable Problem = "unwritable"
)

// Error says why Open could not use its file, or why a request could not be stored. The file is as it was.
type Error struct {
	Path    string
	Problem Problem
	Err     error // what the system or the store said, nil when there is nothing to add
}

// keepNothing is the way out that needs no file.
const keepNothing = "--ephemeral, which keeps nothing on disk."

// Error is a sentence, the cause, and what to do.
func (e *Error) Error() string {
	var sentence, hint string
	switch e.Problem {
	case Locked:
		sentence = "The tenant's file %s is in use by another process"
		hint = "Close the other hankosim, or give this one a file of its own (embedded.data), or start it with " + keepNothing
	case Damaged:
		sentence = "The tenant's file %s is damaged"
		hint = "It was left as it is. Move it aside to start afresh, or restore a copy."
	case Foreign:
		sentence = "The file %s is not a tenant's file that this version can read"
		hint = "It was left as it is. Give the tenant another file."
	case Full:
		sentence = "The tenant's file %s cannot be written, because the disk is full"
		hint = "Free some space, or start hankosim with " + keepNothing
	case Unwritable:
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
func (e *Error) Unwrap() error { return e.Err }

// NewError is the error for a problem, or for a full disk where that is behind it.
func NewError(path string, problem Problem, err error) *Error {
	if isFull(err) {
		problem = Full
	}
	return &Error{path, problem, err}
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

// File keeps everything in one bbolt file.
type File struct {
	db   *bbolt.DB
	path string
	// WasEmpty tells that the file was there and had nothing in it, not even what bbolt puts into a new one.
	WasEmpty bool
}

// Open opens or makes the file. Every error is a *Error. A file that existed is read through once before
// anything is written to it, so that damage is met here and not in the middle of a login. A new file for which there is
// no room is removed again.
func Open(path string) (*File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, NewError(path, Unreachable, err)
	}
	before, err := os.Stat(path)
	isNew := errors.Is(err, fs.ErrNotExist)
	switch {
	case isNew:
	case err != nil:
		return nil, NewError(path, Unreachable, err)
	case !before.Mode().IsRegular(): // opening some of them has an effect, and reading may wait for ever
		return nil, &Error{path, Unreachable, fmt.Errorf("it is %s, not a regular file", fileKind(before.Mode()))}
	}
	s, err := openRegular(path)
	var failed *Error
	switch {
	case err == nil:
		s.WasEmpty = s.WasEmpty && !isNew && before.Size() == 0
	case errors.As(err, &failed) && failed.Problem == Full && isNew:
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

// openRegular opens or makes a regular file; WasEmpty then tells that there was nothing in it.
func openRegular(path string) (s *File, err error) {
	// A truncated file faults when its missing pages are touched, and bbolt panics on pages that make no sense.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	var file *os.File
	defer func() {
		if cause := recover(); cause != nil {
			if file != nil { // bbolt had no chance to free it
				unlock(file)
				_ = file.Close()
			}
			s, err = nil, &Error{path, Damaged, fmt.Errorf("%v", cause)}
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
		return nil, NewError(path, openProblem(err), err)
	}
	s = &File{db: db, path: path}
	if err := db.View(s.check); err != nil {
		_ = db.Close()
		return nil, err
	}
	if err := db.Update(makeBuckets); err != nil {
		_ = db.Close()
		return nil, NewError(path, Unwritable, err)
	}
	return s, nil
}

func openProblem(err error) Problem {
	var pathError *fs.PathError
	switch {
	case errors.Is(err, bbolterrors.ErrTimeout):
		return Locked
	case errors.Is(err, bbolterrors.ErrInvalid):
		return Foreign
	case errors.As(err, &pathError):
		return Unreachable
	default:
		return Damaged
	}
}

// check accepts a file that is empty or holds a tenant whole, and notes which it is. The walk over all records comes
// before bbolt's own check because that runs in a goroutine of its own, where a fault could not be caught.
func (s *File) check(tx *bbolt.Tx) error {
	info, err := os.Stat(s.path)
	if err != nil {
		return &Error{s.path, Unreachable, err}
	}
	if info.Size() < tx.Size() {
		return &Error{s.path, Damaged, fmt.Errorf("%d of its %d bytes are there", info.Size(), tx.Size())}
	}
	meta := tx.Bucket([]byte(Meta))
	if meta == nil {
		if first, _ := tx.Cursor().First(); first != nil {
			return &Error{s.path, Foreign, nil}
		}
		s.WasEmpty = true
		return nil
	}
	if format := meta.Get([]byte("format")); string(format) != fileFormat {
		return &Error{s.path, Foreign, fmt.Errorf("its format is %s, not %s", format, fileFormat)}
	}
	if err := tx.ForEach(checkRecords); err != nil {
		return &Error{s.path, Damaged, err}
	}
	var damage error
	for err := range tx.Check() { // to the end, or its goroutine would hang
		damage = cmp.Or(damage, err)
	}
	if damage != nil {
		return &Error{s.path, Damaged, damage}
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
	for _, b := range Buckets() {
		if _, err := tx.CreateBucketIfNotExists([]byte(b)); err != nil {
			return err
		}
	}
	return boltTxn{tx}.Put(Meta, "format", []byte(fileFormat))
}

// View implements Store.
func (s *File) View(fn func(Tx) error) error {
	return s.db.View(func(tx *bbolt.Tx) error { return fn(boltTxn{tx}) })
}

// Update implements Store. A commit that fails gives an *Error.
func (s *File) Update(fn func(Tx) error) error {
	done := false
	err := s.db.Update(func(tx *bbolt.Tx) error {
		err := fn(boltTxn{tx})
		done = err == nil
		return err
	})
	if done && err != nil { // the commit failed
		return NewError(s.path, Unwritable, err)
	}
	return err
}

// Close implements Store.
func (s *File) Close() error { return s.db.Close() }

type boltTxn struct{ tx *bbolt.Tx }

func (t boltTxn) Get(b Bucket, key string) []byte { return t.tx.Bucket([]byte(b)).Get([]byte(key)) }

func (t boltTxn) Put(b Bucket, key string, value []byte) error {
	return t.tx.Bucket([]byte(b)).Put([]byte(key), value)
}

func (t boltTxn) Delete(b Bucket, key string) error {
	return t.tx.Bucket([]byte(b)).Delete([]byte(key))
}

func (t boltTxn) Keys(b Bucket, prefix string) []string {
	var keys []string
	cursor := t.tx.Bucket([]byte(b)).Cursor()
	for key, _ := cursor.Seek([]byte(prefix)); key != nil && bytes.HasPrefix(key, []byte(prefix)); key, _ = cursor.Next() {
		keys = append(keys, string(key))
	}
	return keys
}
