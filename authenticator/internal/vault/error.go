package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Reason says why a file cannot be used.
type Reason string

// The reasons.
const (
	Damaged    Reason = "damaged"         // the content is invalid
	Newer      Reason = "unknown version" // written by another, probably newer, program
	Unreadable Reason = "unreadable"      // the operating system refuses to read it
	Unwritable Reason = "unwritable"      // it can be read but not saved
	Locked     Reason = "locked"          // another process kept the lock too long
	Sealed     Reason = "sealed"          // it needs a passphrase, or a different one
	Irregular  Reason = "irregular"       // it is a pipe, a device or a folder
)

// Error is the error for a file that cannot be used. Nothing is overwritten: later operations return the same error until
// the file is repaired, or moved away as SetAside does.
type Error struct {
	What   string // what the file is, as in "keystore"
	Path   string // the file
	KeptAs string // the copy of a damaged file; "" if there is none
	Reason Reason // for callers that switch on it
	Err    error  // the cause
}

// Error returns a sentence, the cause and what to do.
func (e *Error) Error() string {
	var sentence, hint string
	switch e.Reason {
	case Damaged:
		sentence = "is damaged"
		hint = "repair it or move it away; it was not changed"
		if e.KeptAs != "" {
			hint += ", and a copy is kept as " + e.KeptAs
		}
	case Newer:
		sentence = "was written by another version of this program"
		hint = "use that version, or another file; it was not changed"
	case Unreadable:
		sentence = "cannot be read"
		hint = "check that you own the file and its folder"
	case Unwritable:
		sentence = "cannot be saved"
		hint = "check the disk space and the folder's permissions; the old content is still there"
	case Sealed:
		sentence = "cannot be opened"
		hint = "enter the passphrase that it was encrypted with"
	case Locked:
		sentence = "is in use by another process"
		hint = "wait for that process or end it; the lock is " + e.Path + ".lock"
	case Irregular:
		sentence = "cannot be used"
		hint = "use a file that can be read and replaced"
	}
	return fmt.Sprintf("the %s %s %s: %v (%s)", e.What, e.Path, sentence, e.Err, hint)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// keepAside saves raw beside the file, unless there is such a copy already, and returns the copy's name.
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

// unusedName adds a number to a file's name so that no file has that name.
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
