package authenticator

import (
	"bytes"
	"context"
	"slices"
	"sync"

	"example.com/hankosim/authenticator/internal/vault"
)

// Keystore keeps passkeys with their private keys, in a file or in memory. It is safe for concurrent use, also by several
// processes with one file: each operation locks the file, and each change reads it first.
type Keystore struct {
	mu          sync.Mutex
	file        *vault.File // nil keeps everything in memory
	credentials []*credential
}

// KeystoreError is the error for a keystore that cannot be used. The file is not overwritten. Later operations fail in the
// same way until the file is repaired or moved away (see SetKeystoreAside).
type KeystoreError = vault.Error

// KeystoreReason says why a keystore cannot be used.
type KeystoreReason = vault.Reason

// The reasons.
const (
	KeystoreDamaged    = vault.Damaged    // the content makes no sense
	KeystoreNewer      = vault.Newer      // written by another, probably newer, program
	KeystoreUnreadable = vault.Unreadable // the operating system refuses to read it
	KeystoreUnwritable = vault.Unwritable // it can be read, but not saved
	KeystoreLocked     = vault.Locked     // another process has locked it for too long
	KeystoreSealed     = vault.Sealed     // it needs a passphrase, or a different one
	KeystoreIrregular  = vault.Irregular  // it is a pipe, a device or a folder, not a file
)

// KeystoreOption changes how OpenKeystore opens a file.
type KeystoreOption func(*vault.File)

// WithPassphrase opens a file that is encrypted with a passphrase. If the file is not encrypted or does not exist, the next
// save encrypts it. An empty passphrase means none.
func WithPassphrase(passphrase string) KeystoreOption {
	return func(file *vault.File) { file.SetPassphrase(passphrase) }
}

// WithScryptWork sets the work factor for a passphrase, as a power of two. It is for tests: with a low one, the passphrase
// is easy to guess.
func WithScryptWork(logN int) KeystoreOption {
	return func(file *vault.File) { file.SetScryptWork(logN) }
}

// NewMemoryKeystore returns an empty keystore that is gone when the program ends.
func NewMemoryKeystore() *Keystore { return &Keystore{} }

// OpenKeystore returns the keystore in the file at path. It creates a missing folder (0700). The first save creates the file
// (0600), with a lock file next to it. OpenKeystore reads the file, so that mistakes show at once. It fails with a
// *KeystoreError.
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

// SetKeystoreAside renames a keystore's file, damaged or not, and returns the new path in the same folder. The next
// OpenKeystore of path finds no file. It fails with a *KeystoreError, also if there is no file.
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

// Exposed reports whether a passphrase is set, but the file is not encrypted yet. The next save encrypts it.
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

// Copies returns the copies of a damaged keystore, and those that were set aside. If the keystore was not encrypted then,
// they are not, either.
func (k *Keystore) Copies() []string {
	if k.file == nil {
		return nil
	}
	return k.file.Copies()
}

// SetPassphrase encrypts the file with another passphrase, or decrypts it if the passphrase is empty. In memory, it does
// nothing. It fails with a *KeystoreError, and the old passphrase is still valid then.
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

// Path returns the path of the keystore's file, or "" in memory.
func (k *Keystore) Path() string {
	if k.file == nil {
		return ""
	}
	return k.file.Path()
}

// Passkeys returns all passkeys, the most recently used first. It fails with a *KeystoreError.
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

// Delete removes a passkey by its raw credential ID. It fails with ErrUnknownPasskey or a *KeystoreError.
func (k *Keystore) Delete(credentialID []byte) error {
	return k.change(context.Background(), func(list []*credential) ([]*credential, error) {
		i := indexOf(list, credentialID)
		if i < 0 {
			return nil, ErrUnknownPasskey
		}
		return slices.Delete(slices.Clone(list), i, i+1), nil
	})
}

// Rename changes a passkey's user name, by which people tell accounts apart. The relying party does not learn of it. It
// fails with ErrUnknownPasskey or a *KeystoreError.
func (k *Keystore) Rename(credentialID []byte, name string) error {
	_, err := k.update(context.Background(), credentialID, func(c *credential) { c.UserName = name })
	return err
}

// put adds a passkey. As on real phones, it replaces the one with the same RP ID and user handle in the same keychain
// (WebAuthn Level 3 section 6.3.2).
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

// update changes a passkey with edit, which gets a copy, and returns the changed one.
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

// list returns the current credentials. Callers must not change the slice, or what it points to.
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

// change replaces the list by what edit returns, and saves it. edit must not change the slice that it gets.
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

// acquire locks the file and reads it. In memory, it does nothing.
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
