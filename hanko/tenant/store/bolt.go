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
	// Locked means that another process has the file open.
	Locked Problem = "locked"
	// Damaged means that the file was a tenant's, or at least a bbolt file, and can no longer be read.
	Damaged Problem = "damaged"
	// Foreign means that the file belongs to another program, or to another version of this one.
	Foreign Problem = "foreign"
	// Unreachable means that the file cannot be opened or created, or is not a regular file.
	Unreachable Problem = "unreachable"
	// Full means that the disk is full, or the user's quota is used up.
	Full Problem = "full"
	// Unwritable means that the file is open, but writing to it fails.
	Unwritable Problem = "unwritable"
)

// Error reports why Open could not use its file, or why a request could not be stored. The file is unchanged.
type Error struct {
	Path    string
	Problem Problem
	Err     error // from the system or bbolt; may be nil
}

// keepNothing is the hint that works without a file.
const keepNothing = "--ephemeral, which keeps nothing on disk."

// Error returns what happened, the cause, and what to do.
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

// Unwrap returns the error of the system or of bbolt.
func (e *Error) Unwrap() error { return e.Err }

// NewError returns an *Error for a problem, or for a full disk if that is the cause.
func NewError(path string, problem Problem, err error) *Error {
	if isFull(err) {
		problem = Full
	}
	return &Error{path, problem, err}
}

// isFull reports whether the cause is a full disk or quota. bbolt keeps only the text of some system errors.
func isFull(err error) bool {
	causes := []error{syscall.ENOSPC, syscall.EDQUOT}
	if runtime.GOOS == "windows" {
		causes = []error{syscall.Errno(112)} // ERROR_DISK_FULL
	}
	return slices.ContainsFunc(causes, func(cause error) bool {
		return errors.Is(err, cause) || strings.Contains(err.Error(), cause.Error())
	})
}

// File is a Store in one bbolt file.
type File struct {
	db   *bbolt.DB
	path string
	// WasEmpty reports that the file existed and had no bytes, not even those that bbolt writes to a new file.
	WasEmpty bool
}

// Open opens or creates the file. It fails with an *Error. It reads an existing file once before anything is written to
// it, so that damage shows here and not in the middle of a login. It removes a new file for which there is no room.
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
	case !before.Mode().IsRegular(): // opening some of them has an effect, and reading may never return
		return nil, &Error{path, Unreachable, fmt.Errorf("it is %s, not a regular file", fileKind(before.Mode()))}
	}
	s, err := openRegular(path)
	var failed *Error
	switch {
	case err == nil:
		s.WasEmpty = s.WasEmpty && !isNew && before.Size() == 0
	case errors.As(err, &failed) && failed.Problem == Full && isNew:
		_ = os.Remove(path) // half a file would count as damaged; the first error matters more than this one
	}
	return s, err
}

// fileKind names the kind of a file that is not regular.
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

// openRegular opens or creates a regular file, and sets WasEmpty.
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

// check accepts a file that is empty or holds a complete tenant, and records which. It walks over all records before it
// calls bbolt's own check, because that runs in its own goroutine, where a fault cannot be caught.
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

// makeBuckets creates missing buckets: files of earlier versions have fewer.
func makeBuckets(tx *bbolt.Tx) error {
	for _, b := range Buckets() {
		if _, err := tx.CreateBucketIfNotExists([]byte(b)); err != nil {
			return err
		}
	}
	return boltTxn{tx}.Put(Meta, "format", []byte(fileFormat))
}

// View runs fn on a read-only snapshot.
func (s *File) View(fn func(Tx) error) error {
	return s.db.View(func(tx *bbolt.Tx) error { return fn(boltTxn{tx}) })
}

// Update runs fn and commits its changes. A failed commit returns an *Error.
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

// Close closes the file.
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
