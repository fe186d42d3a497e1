package authenticator

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
)

// KeystoreReason is why a keystore cannot be used.
type KeystoreReason string

// The reasons.
const (
	KeystoreDamaged    KeystoreReason = "damaged"         // the content makes no sense
	KeystoreNewer      KeystoreReason = "unknown version" // written by another, likely newer, program
	KeystoreUnreadable KeystoreReason = "unreadable"      // the operating system refuses
	KeystoreUnwritable KeystoreReason = "unwritable"      // reading works, saving does not
	KeystoreLocked     KeystoreReason = "locked"          // another process kept the lock too long
)

// KeystoreError is a keystore that cannot be used. Nothing was overwritten, and nothing will be: later
// operations give the same error until the file is repaired, or moved away (SetKeystoreAside does it).
type KeystoreError struct {
	Path   string         // the keystore's file
	KeptAs string         // the copy made of a damaged file; empty when none was made
	Reason KeystoreReason // what a caller can switch on
	Err    error          // the cause
}

// Error gives a sentence, the cause and what to do.
func (e *KeystoreError) Error() string {
	var sentence, hint string
	switch e.Reason {
	case KeystoreDamaged:
		sentence = "is damaged"
		hint = "repair it or move it away; it was not changed"
		if e.KeptAs != "" {
			hint += ", and a copy is kept as " + e.KeptAs
		}
	case KeystoreNewer:
		sentence = "was written by another version of this program"
		hint = "use that version, or another file; it was not changed"
	case KeystoreUnreadable:
		sentence = "cannot be read"
		hint = "check that the file and its folder belong to you"
	case KeystoreUnwritable:
		sentence = "cannot be saved"
		hint = "check the space and the permissions of its folder; the old content is still there"
	case KeystoreLocked:
		sentence = "is in use by another process"
		hint = "wait for it or end it; " + e.Path + ".lock is its lock"
	}
	return fmt.Sprintf("the keystore %s %s: %v (%s)", e.Path, sentence, e.Err, hint)
}

// Unwrap returns the cause.
func (e *KeystoreError) Unwrap() error { return e.Err }

// refuse makes the error for content that cannot be decoded, and keeps a copy of it aside when it is damaged:
// the person's next idea may be to delete or edit the file. The caller holds the lock.
func (k *Keystore) refuse(raw []byte, cause error) error {
	var version unknownVersionError
	if errors.As(cause, &version) {
		return &KeystoreError{Path: k.path, Reason: KeystoreNewer, Err: cause}
	}
	kept, err := keepAside(k.path, raw)
	if err != nil {
		cause = fmt.Errorf("%w; and no copy could be made: %w", cause, err)
	}
	return &KeystoreError{Path: k.path, KeptAs: kept, Reason: KeystoreDamaged, Err: cause}
}

// keepAside writes raw beside the keystore, unless an earlier refusal already did, and returns its name.
func keepAside(path string, raw []byte) (string, error) {
	folder, base := filepath.Split(path)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), base+".damaged-") {
			if old, err := os.ReadFile(filepath.Join(folder, e.Name())); err == nil && bytes.Equal(old, raw) {
				return filepath.Join(folder, e.Name()), nil
			}
		}
	}
	kept, err := unusedName(path + ".damaged-" + time.Now().UTC().Format(stampFormat))
	if err != nil {
		return "", err
	}
	return kept, replaceFile(kept, raw)
}

const stampFormat = "20060102T150405Z"

// unusedName adds a number to a file's name until nothing has it.
func unusedName(path string) (string, error) {
	name := path
	for n := 2; ; n++ {
		_, err := os.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return name, nil
		}
		if err != nil {
			return "", err
		}
		name = fmt.Sprintf("%s-%d", path, n)
	}
}

// SetKeystoreAside gives a keystore up, damaged or not: its file is moved to a new name beside it, which is
// returned, and the next OpenKeystore of path finds nothing. Errors are *KeystoreError; a file that is not
// there is one.
func SetKeystoreAside(path string) (movedTo string, err error) {
	k, err := newFileKeystore(path)
	if err != nil {
		return "", err
	}
	unlock, err := k.acquire(context.Background())
	if err != nil {
		return "", err
	}
	defer unlock()
	movedTo, err = unusedName(k.path + ".aside-" + time.Now().UTC().Format(stampFormat))
	if err == nil {
		err = os.Rename(k.path, movedTo)
	}
	if err != nil {
		return "", &KeystoreError{Path: k.path, Reason: KeystoreUnwritable, Err: err}
	}
	return movedTo, nil
}
