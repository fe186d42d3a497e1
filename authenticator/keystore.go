package authenticator

import (
	"bytes"
	"context"
	"slices"
	"sync"

	"example.com/hankosim/authenticator/internal/vault"
)

// Keystore keeps passkeys with their private keys, in a file or in memory. It may be used by several
// goroutines, and a file by several processes, at once: every operation takes the file's lock, and every
// change is made to what the file holds at that moment.
type Keystore struct {
	mu          sync.Mutex
	file        *vault.File // nil keeps everything in memory
	credentials []*credential
}

// KeystoreError is a keystore that cannot be used. Nothing was overwritten, and nothing will be: later
// operations give the same error until the file is repaired, or moved away (SetKeystoreAside does it).
type KeystoreError = vault.Error

// KeystoreReason is why a keystore cannot be used.
type KeystoreReason = vault.Reason

// The reasons.
const (
	KeystoreDamaged    = vault.Damaged    // the content makes no sense
	KeystoreNewer      = vault.Newer      // written by another, likely newer, program
	KeystoreUnreadable = vault.Unreadable // the operating system refuses
	KeystoreUnwritable = vault.Unwritable // reading works, saving does not
	KeystoreLocked     = vault.Locked     // another process kept the lock too long
	KeystoreSealed     = vault.Sealed     // it needs a passphrase, or another one
	KeystoreIrregular  = vault.Irregular  // it is no file but a pipe, a device or a folder
)

// KeystoreOption changes how OpenKeystore opens a file.
type KeystoreOption func(*vault.File)

// WithPassphrase opens a file that is encrypted with a passphrase. One that is not yet encrypted, or not there,
// is encrypted by the next save. An empty passphrase is none.
func WithPassphrase(passphrase string) KeystoreOption {
	return func(file *vault.File) { file.SetPassphrase(passphrase) }
}

// WithScryptWork sets the work factor for a passphrase, as a power of two. It is for tests: a low one is quick, and
// quick to guess.
func WithScryptWork(logN int) KeystoreOption {
	return func(file *vault.File) { file.SetScryptWork(logN) }
}

// NewMemoryKeystore returns an empty keystore that is gone when the program ends.
func NewMemoryKeystore() *Keystore { return &Keystore{} }

// OpenKeystore returns the keystore in the file at path. The folder is made (0700) if it is missing; the file
// (0600) on the first save, with a lock file beside it. The file is read now, so that what is wrong with it is
// known at once; every error is a *KeystoreError.
func OpenKeystore(path string, options ...KeystoreOption) (*Keystore, error) {
	file, err := vault.Open("keystore", path)
	if err != nil {
		return nil, err
	}
	for _, option := range options {
		option(file)
	}
	k := &Keystore{file: file}
	if _, err := k.Passkeys(); err != nil {
		return nil, err
	}
	return k, nil
}

// SetKeystoreAside gives a keystore up, damaged or not: its file is moved to a new name beside it, which is
// returned, and the next OpenKeystore of path finds nothing. Errors are *KeystoreError; a file that is not
// there is one.
func SetKeystoreAside(path string) (movedTo string, err error) {
	file, err := vault.Open("keystore", path)
	if err != nil {
		return "", err
	}
	unlock, err := file.Lock(context.Background())
	if err != nil {
		return "", err
	}
	defer unlock()
	return file.SetAside()
}

// Exposed reports whether a passphrase was given and the file is not encrypted yet: the next save encrypts it.
func (k *Keystore) Exposed() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.file != nil && k.file.Exposed()
}

// Sealed reports whether the file is encrypted.
func (k *Keystore) Sealed() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.file != nil && k.file.Sealed()
}

// Copies returns the copies that were made of a damaged keystore, or moved aside. They are as readable as the keystore
// was then.
func (k *Keystore) Copies() []string {
	if k.file == nil {
		return nil
	}
	return k.file.Copies()
}

// SetPassphrase encrypts the file anew with another passphrase, or not at all if it is empty. A keystore in
// memory ignores it. Errors are *KeystoreError; the old passphrase then still holds.
func (k *Keystore) SetPassphrase(passphrase string) error {
	if k.file == nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	unlock, err := k.acquire(context.Background())
	if err != nil {
		return err
	}
	defer unlock()
	document, err := encodeKeystore(k.credentials)
	if err != nil {
		return err
	}
	return k.file.Reseal(document, passphrase)
}

// Path is the keystore's file; empty for one in memory.
func (k *Keystore) Path() string {
	if k.file == nil {
		return ""
	}
	return k.file.Path()
}

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

// Delete removes a passkey by its raw credential ID. It returns ErrUnknownPasskey or a *KeystoreError.
func (k *Keystore) Delete(credentialID []byte) error {
	return k.change(context.Background(), func(list []*credential) ([]*credential, error) {
		i := indexOf(list, credentialID)
		if i < 0 {
			return nil, ErrUnknownPasskey
		}
		return slices.Delete(slices.Clone(list), i, i+1), nil
	})
}

// Rename changes what the passkey is called: the user name that a person tells accounts apart by. The relying
// party does not learn of it. It returns ErrUnknownPasskey or a *KeystoreError.
func (k *Keystore) Rename(credentialID []byte, name string) error {
	_, err := k.update(context.Background(), credentialID, func(c *credential) { c.UserName = name })
	return err
}

// put adds a passkey. As on real phones it replaces the one of the same account at the same relying party in
// the same keychain (WebAuthn Level 3 section 6.3.2: the credentials map has one entry for RP ID and handle).
func (k *Keystore) put(ctx context.Context, fresh *credential) error {
	return k.change(ctx, func(list []*credential) ([]*credential, error) {
		kept := make([]*credential, 0, len(list)+1)
		for _, c := range list {
			same := c.RPID == fresh.RPID && c.Keychain == fresh.Keychain && bytes.Equal(c.UserHandle, fresh.UserHandle)
			if !same || c.ServerSide || fresh.ServerSide {
				kept = append(kept, c)
			}
		}
		return append(kept, fresh), nil
	})
}

// update changes one passkey with edit, which gets a copy, and returns it as it is afterwards.
func (k *Keystore) update(ctx context.Context, credentialID []byte, edit func(*credential)) (*credential, error) {
	var after credential
	err := k.change(ctx, func(list []*credential) ([]*credential, error) {
		i := indexOf(list, credentialID)
		if i < 0 {
			return nil, ErrUnknownPasskey
		}
		after = *list[i]
		edit(&after)
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
	unlock, err := k.acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return k.credentials, nil
}

// change replaces the list by what edit makes of it, and saves. edit must not change the slice it gets.
func (k *Keystore) change(ctx context.Context, edit func([]*credential) ([]*credential, error)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	unlock, err := k.acquire(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	changed, err := edit(k.credentials)
	if err != nil {
		return err
	}
	if k.file != nil {
		document, err := encodeKeystore(changed)
		if err != nil {
			return err
		}
		if err := k.file.Write(document); err != nil {
			return err
		}
	}
	k.credentials = changed
	return nil
}

// acquire takes the file's lock and reads what the file holds now. In memory there is nothing to do.
func (k *Keystore) acquire(ctx context.Context) (unlock func(), err error) {
	if k.file == nil {
		return func() {}, nil
	}
	unlock, err = k.file.Lock(ctx)
	if err != nil {
		return nil, err
	}
	err = k.file.Read(func(document []byte) error {
		list, err := decodeKeystore(document, k.credentials)
		if err == nil {
			k.credentials = list
		}
		return err
	})
	if err != nil {
		unlock()
		return nil, err
	}
	return unlock, nil
}
