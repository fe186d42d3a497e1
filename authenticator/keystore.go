package authenticator

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// Keystore keeps passkeys with their private keys, in a file or in memory. It may be used by several
// goroutines, and a file by several processes, at once: every operation takes the file's lock, and every
// change is made to what the file holds at that moment.
type Keystore struct {
	mu          sync.Mutex
	path        string // "" keeps everything in memory
	lock        *flock.Flock
	lockTimeout time.Duration
	raw         []byte // the file as it was last read or written
	credentials []*credential
}

// lockTimeout is how long an operation waits for another process. A save takes milliseconds: whoever holds
// the lock for seconds hangs.
const lockTimeout = 5 * time.Second

// NewMemoryKeystore returns an empty keystore that is gone when the program ends.
func NewMemoryKeystore() *Keystore { return &Keystore{} }

// OpenKeystore returns the keystore in the file at path. The folder is made (0700) if it is missing; the file
// (0600) on the first save, with a lock file beside it. The file is read now, so that what is wrong with it is
// known at once; every error is a *KeystoreError.
func OpenKeystore(path string) (*Keystore, error) {
	k, err := newFileKeystore(path)
	if err != nil {
		return nil, err
	}
	if _, err := k.Passkeys(); err != nil {
		return nil, err
	}
	return k, nil
}

// newFileKeystore prepares the folder and the lock, and does not look at the file.
func newFileKeystore(path string) (*Keystore, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, &KeystoreError{Path: path, Reason: KeystoreUnreadable, Err: err}
	}
	// A link to the file is followed now, or saving would put a file in the link's place.
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, &KeystoreError{Path: path, Reason: KeystoreUnreadable, Err: err}
	}
	return &Keystore{
		path:        path,
		lock:        flock.New(path+".lock", flock.SetPermissions(0o600)),
		lockTimeout: lockTimeout,
	}, nil
}

// Path is the keystore's file; empty for one in memory.
func (k *Keystore) Path() string { return k.path }

// Passkeys lists all passkeys, the most recently used first. Errors are *KeystoreError.
func (k *Keystore) Passkeys() ([]Passkey, error) {
	list, err := k.list(context.Background())
	if err != nil {
		return nil, err
	}
	list = slices.Clone(list)
	newestFirst(list)
	out := make([]Passkey, len(list))
	for i, c := range list {
		out[i] = c.public()
	}
	return out, nil
}

// Delete removes a passkey by its raw credential id. It returns ErrUnknownPasskey or a *KeystoreError.
func (k *Keystore) Delete(credentialID []byte) error {
	return k.change(context.Background(), func(list []*credential) ([]*credential, error) {
		i := indexOf(list, credentialID)
		if i < 0 {
			return nil, ErrUnknownPasskey
		}
		return slices.Delete(slices.Clone(list), i, i+1), nil
	})
}

// put adds a passkey. As on real phones it replaces the one of the same account at the same relying party in
// the same keychain (WebAuthn Level 3 section 6.3.2: the credentials map has one entry for RP id and handle).
func (k *Keystore) put(ctx context.Context, fresh *credential) error {
	return k.change(ctx, func(list []*credential) ([]*credential, error) {
		kept := make([]*credential, 0, len(list)+1)
		for _, c := range list {
			same := c.RPID == fresh.RPID && c.Keychain == fresh.Keychain && bytes.Equal(c.UserHandle, fresh.UserHandle)
			if !same {
				kept = append(kept, c)
			}
		}
		return append(kept, fresh), nil
	})
}

// used records an assertion and returns the passkey as it is afterwards.
func (k *Keystore) used(ctx context.Context, credentialID []byte, at time.Time) (*credential, error) {
	var after credential
	err := k.change(ctx, func(list []*credential) ([]*credential, error) {
		i := indexOf(list, credentialID)
		if i < 0 {
			return nil, ErrUnknownPasskey
		}
		after = *list[i]
		after.LastUsedAt = at
		changed := slices.Clone(list)
		changed[i] = &after
		return changed, nil
	})
	return &after, err
}

func indexOf(list []*credential, credentialID []byte) int {
	return slices.IndexFunc(list, func(c *credential) bool { return bytes.Equal(c.CredentialID, credentialID) })
}

// list returns what the keystore holds now. The slice and what it points to must not be changed.
func (k *Keystore) list(ctx context.Context) ([]*credential, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.path == "" {
		return k.credentials, nil
	}
	unlock, err := k.acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := k.read(); err != nil {
		return nil, err
	}
	return k.credentials, nil
}

// change replaces the list by what edit makes of it, and saves. edit must not change the slice it gets.
func (k *Keystore) change(ctx context.Context, edit func([]*credential) ([]*credential, error)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.path != "" {
		unlock, err := k.acquire(ctx)
		if err != nil {
			return err
		}
		defer unlock()
		if err := k.read(); err != nil {
			return err
		}
	}
	changed, err := edit(k.credentials)
	if err != nil {
		return err
	}
	if k.path != "" {
		if err := k.write(changed); err != nil {
			return err
		}
	}
	k.credentials = changed
	return nil
}

// acquire takes the file lock, which keeps other processes (and other Keystores on this file) out.
func (k *Keystore) acquire(ctx context.Context) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, k.lockTimeout)
	defer cancel()
	if _, err := k.lock.TryLockContext(ctx, 2*time.Millisecond); err != nil {
		reason := KeystoreUnreadable
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			reason = KeystoreLocked
		}
		return nil, &KeystoreError{Path: k.path, Reason: reason, Err: err}
	}
	return func() { _ = k.lock.Unlock() }, nil
}

// read loads the file, if it is not what was last seen. A missing file is an empty keystore.
func (k *Keystore) read() error {
	raw, err := os.ReadFile(k.path)
	if errors.Is(err, fs.ErrNotExist) {
		k.raw, k.credentials = nil, nil
		return nil
	}
	if err != nil {
		return &KeystoreError{Path: k.path, Reason: KeystoreUnreadable, Err: err}
	}
	if k.raw != nil && bytes.Equal(raw, k.raw) {
		return nil
	}
	list, err := decodeKeystore(raw, k.credentials)
	if err != nil {
		return k.refuse(raw, err)
	}
	k.raw, k.credentials = raw, list
	return tighten(k.path)
}

func (k *Keystore) write(list []*credential) error {
	raw, err := encodeKeystore(list)
	if err == nil {
		err = replaceFile(k.path, raw)
	}
	if err != nil {
		return &KeystoreError{Path: k.path, Reason: KeystoreUnwritable, Err: err}
	}
	k.raw = raw
	return nil
}
