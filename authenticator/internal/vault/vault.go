// Package vault keeps a document in a file. Several processes can change it without losing anything, because each change
// locks and reads the file first. A crash leaves the old or the new content. The file can be sealed with a passphrase.
// Damaged content is copied before anything else happens.
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

// File is a file with one document. It is not safe for concurrent use. Its lock keeps out other Files on the same path.
type File struct {
	// LockTimeout is how long an operation waits for another process. A save takes milliseconds: a process that has the lock
	// for seconds hangs.
	LockTimeout time.Duration

	what       string
	path       string
	lock       *flock.Flock
	seal       *seal // nil: the file is not encrypted
	scryptWork int
	raw        []byte // the file's content when last read or written
}

// Open prepares the file at path, and creates its folder (0700) if it is missing. The first Write creates the file (0600),
// with a lock file beside it. what is the file's name in errors, such as "keystore". It fails with an *Error.
func Open(what, path string) (*File, error) {
	fail := func(reason Reason, err error) (*File, error) {
		return nil, &Error{What: what, Path: path, Reason: reason, Err: err}
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return fail(Unreadable, err)
	}
	path = absolute
	// Follow a symbolic link now. Otherwise saving would replace the link with a file.
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

// SetPassphrase sets the passphrase that opens a sealed file and with which the next Write seals it. With "", the next
// Write does not seal it.
func (f *File) SetPassphrase(passphrase string) {
	f.seal = nil
	if passphrase != "" {
		f.seal = &seal{passphrase: passphrase}
	}
}

// SetScryptWork sets the logarithm of the work factor for new seals. It is for tests, because the usual one is slow on
// purpose.
func (f *File) SetScryptWork(logN int) { f.scryptWork = logN }

// Exposed reports whether a passphrase is set but the file, when last read, was not sealed.
func (f *File) Exposed() bool { return f.seal != nil && f.raw != nil && f.seal.identity == nil }

// Sealed reports whether the file, when last read or written, was sealed.
func (f *File) Sealed() bool { return f.seal != nil && f.raw != nil && f.seal.identity != nil }

// Lock locks the file against other processes and other Files on this path, until unlock is called. It fails with an
// *Error.
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

// Read passes the document to decode, unless the file has not changed since it was last read or written. The document of a
// missing file is nil. Read copies content that decode refuses, unless decode fails with ErrNewer. The caller holds the
// lock. It fails with an *Error.
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

// ErrNewer is the error that decode returns for a document of another version.
var ErrNewer = errors.New("its format has another version")

// Write replaces the document. The caller holds the lock. It fails with an *Error, and keeps the old document then.
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

// Reseal replaces the document and seals it with another passphrase, or removes the seal for "". The caller holds the lock.
// It fails with an *Error, and the old passphrase is still valid then.
func (f *File) Reseal(document []byte, passphrase string) error {
	old := f.seal
	f.SetPassphrase(passphrase)
	if err := f.Write(document); err != nil {
		f.seal = old
		return err
	}
	return nil
}

// SetAside renames the file, damaged or not, and returns the new name. The caller holds the lock. It fails with an *Error,
// also if there is no file.
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

// Copies returns the paths of the copies of damaged content, oldest first.
func (f *File) Copies() []string {
	folder, base := filepath.Split(f.path)
	entries, _ := os.ReadDir(folder) // without reading the folder, no copies are known
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
