// Package vault keeps a document in a file. Processes that change it at once lose nothing: a change is made, under a
// lock, to what the file holds at that moment. A crash leaves the old or the new content. The file can be sealed with a
// passphrase, and damaged content is kept aside.
package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// File is a file with one document. It is not safe for concurrent use; other Files on the same path are kept out by the
// lock.
type File struct {
	// LockTimeout is how long an operation waits for another process. A save takes milliseconds: whoever holds the lock
	// for seconds hangs.
	LockTimeout time.Duration

	what       string
	path       string
	lock       *flock.Flock
	seal       *seal // nil: the file is not encrypted
	scryptWork int
	raw        []byte // the file as it was last read or written
}

// Open prepares the file at path, whose folder is made (0700) if it is missing. The file itself (0600) is made by the
// first Write, with a lock file beside it. what is what errors call it, as in "keystore". It fails with an *Error.
func Open(what, path string) (*File, error) {
	fail := func(reason Reason, err error) (*File, error) {
		return nil, &Error{What: what, Path: path, Reason: reason, Err: err}
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return fail(Unreadable, err)
	}
	path = absolute
	// A link to the file is followed now, or saving would put a file in the link's place.
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	// Opening a pipe would wait for its other end.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fail(Irregular, fmt.Errorf("it is %s, not a file", kindOf(info.Mode())))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fail(Unreadable, err)
	}
	return &File{
		LockTimeout: 5 * time.Second, what: what, path: path, scryptWork: scryptWork,
		lock: flock.New(path+".lock", flock.SetPermissions(0o600)),
	}, nil
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	default:
		return "a device"
	}
}

// Path returns the file's path.
func (f *File) Path() string { return f.path }

// SetPassphrase has a sealed file opened with a passphrase, and the next Write seal it. An empty one has the next Write
// not seal it.
func (f *File) SetPassphrase(passphrase string) {
	f.seal = nil
	if passphrase != "" {
		f.seal = &seal{passphrase: passphrase}
	}
}

// SetScryptWork changes the work factor of new seals, a power of two, for tests: the usual one takes long on purpose.
func (f *File) SetScryptWork(logN int) { f.scryptWork = logN }

// Exposed reports whether a passphrase is set and the file, as it was last read, is not sealed.
func (f *File) Exposed() bool { return f.seal != nil && f.raw != nil && f.seal.identity == nil }

// Sealed reports whether the file, as it was last read or written, is sealed.
func (f *File) Sealed() bool { return f.seal != nil && f.raw != nil && f.seal.identity != nil }

// Lock keeps other processes, and other Files on this path, out until unlock is called. It fails with an *Error.
func (f *File) Lock(ctx context.Context) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, f.LockTimeout)
	defer cancel()
	if _, err := f.lock.TryLockContext(ctx, 2*time.Millisecond); err != nil {
		reason := Unreadable
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			reason = Locked
		}
		return nil, f.error(reason, err)
	}
	return func() { _ = f.lock.Unlock() }, nil
}

// Read hands the document to decode, unless the file is what was last read or written: then it does nothing. A missing
// file is an empty document, nil. Content that decode refuses is kept aside; a decode that fails with ErrNewer refuses
// the version alone. The caller holds the lock. It fails with an *Error.
func (f *File) Read(decode func(document []byte) error) error {
	raw, err := os.ReadFile(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.raw = nil
		return decode(nil)
	case err != nil:
		return f.error(Unreadable, err)
	case f.raw != nil && bytes.Equal(raw, f.raw):
		return nil
	}
	document, err := f.open(raw)
	if err == nil {
		err = decode(document)
	}
	switch {
	case err == nil:
	case errors.Is(err, ErrNewer):
		return f.error(Newer, err)
	case errors.Is(err, errNeedsPassphrase), errors.Is(err, errWrongPassphrase):
		return f.error(Sealed, err)
	default:
		kept, failed := keepAside(f.path, raw)
		if failed != nil {
			err = fmt.Errorf("%w; and no copy could be made: %w", err, failed)
		}
		return &Error{What: f.what, Path: f.path, KeptAs: kept, Reason: Damaged, Err: err}
	}
	f.raw = raw
	if err := tighten(f.path); err != nil {
		return f.error(Unreadable, err)
	}
	return nil
}

// ErrNewer is the error of a decode that knows the document to be of another version.
var ErrNewer = errors.New("its format has another version")

// Write replaces the document. The caller holds the lock. It fails with an *Error, and the old document stays.
func (f *File) Write(document []byte) error {
	raw, err := f.close(document)
	if err == nil {
		err = replaceFile(f.path, raw)
	}
	if err != nil {
		return f.error(Unwritable, err)
	}
	f.raw = raw
	return nil
}

// Reseal replaces the document and seals it with another passphrase, or not at all for an empty one. Where that fails
// the old passphrase holds. The caller holds the lock. It fails with an *Error.
func (f *File) Reseal(document []byte, passphrase string) error {
	old := f.seal
	f.SetPassphrase(passphrase)
	if err := f.Write(document); err != nil {
		f.seal = old
		return err
	}
	return nil
}

// SetAside gives the file up, damaged or not: it is moved to a new name beside it, which is returned. The caller holds
// the lock. It fails with an *Error; a file that is not there is one.
func (f *File) SetAside() (movedTo string, err error) {
	movedTo, err = unusedName(f.path + ".aside-" + time.Now().UTC().Format(stampFormat))
	if err == nil {
		err = os.Rename(f.path, movedTo)
	}
	if err != nil {
		return "", f.error(Unwritable, err)
	}
	return movedTo, nil
}

// Copies returns the copies of damaged content beside the file, the oldest first.
func (f *File) Copies() []string {
	folder, base := filepath.Split(f.path)
	entries, _ := os.ReadDir(folder) // a folder that cannot be read has no copies that anybody could name
	var copies []string
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), base+".damaged-") || strings.HasPrefix(entry.Name(), base+".aside-") {
			copies = append(copies, filepath.Join(folder, entry.Name()))
		}
	}
	return copies
}

func (f *File) error(reason Reason, err error) error {
	return &Error{What: f.what, Path: f.path, Reason: reason, Err: err}
}
