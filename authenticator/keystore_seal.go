package authenticator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// A sealed keystore is encrypted with age in two steps. The passphrase, made slow to guess by scrypt, opens an
// identity that belongs to the file; the passkeys are encrypted to that identity. So opening the file costs one
// scrypt, and every save after that costs next to nothing.
type sealedJSON struct {
	Version int        `json:"version"`
	Sealed  *sealedBox `json:"sealed"`
}

type sealedBox struct {
	Identity Bytes `json:"identity"` // age, by passphrase: an X25519 identity
	Passkeys Bytes `json:"passkeys"` // age, to that identity: the document of an unsealed keystore
}

// scryptWork is the logarithm of scrypt's work factor: 64 MiB and a fifth of a second for each guess. Files that
// ask for more than the maximum, age's own default, are not from here and would only exhaust the memory.
const (
	scryptWork    = 16
	maxScryptWork = 18
)

// seal is how a keystore is encrypted.
type seal struct {
	passphrase string
	identity   *age.X25519Identity // nil until the file was opened or first sealed
	wrapped    []byte              // the identity as it is in the file
}

var (
	errNeedsPassphrase = errors.New("it is encrypted, and no passphrase was given")
	errWrongPassphrase = errors.New("the passphrase does not open it")
)

// KeystoreOption changes how OpenKeystore opens a file.
type KeystoreOption func(*Keystore)

// WithPassphrase opens a file that is encrypted with a passphrase. One that is not yet encrypted, or not there,
// is encrypted by the next save. An empty passphrase is none.
func WithPassphrase(passphrase string) KeystoreOption {
	return func(k *Keystore) {
		if passphrase != "" {
			k.seal = &seal{passphrase: passphrase}
		}
	}
}

// SetPassphrase encrypts the file anew with another passphrase, or not at all if it is empty. A keystore in
// memory ignores it. Errors are *KeystoreError; the old passphrase then still holds.
func (k *Keystore) SetPassphrase(passphrase string) error {
	if k.path == "" {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	unlock, err := k.acquire(context.Background())
	if err != nil {
		return err
	}
	defer unlock()
	if err := k.read(); err != nil {
		return err
	}
	old := k.seal
	k.seal = nil
	WithPassphrase(passphrase)(k)
	if err := k.write(k.credentials); err != nil {
		k.seal = old
		return err
	}
	return nil
}

// open returns the document of an unsealed keystore, whether the file is sealed or not.
func (k *Keystore) open(raw []byte) ([]byte, error) {
	var file sealedJSON
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, err
	}
	if file.Sealed == nil || file.Version != keystoreVersion {
		return raw, nil // decodeKeystore has the word
	}
	if k.seal == nil {
		return nil, errNeedsPassphrase
	}
	identity, err := k.seal.unwrap(file.Sealed.Identity)
	if err != nil {
		return nil, err
	}
	document, err := decrypt(file.Sealed.Passkeys, identity)
	if err != nil {
		return nil, err
	}
	k.seal.identity, k.seal.wrapped = identity, file.Sealed.Identity
	return document, nil
}

// unwrap opens the file's identity, which another process may have replaced along with the passphrase.
func (s *seal) unwrap(wrapped []byte) (*age.X25519Identity, error) {
	if s.identity != nil && bytes.Equal(wrapped, s.wrapped) {
		return s.identity, nil
	}
	byPassphrase, err := age.NewScryptIdentity(s.passphrase)
	if err != nil {
		return nil, err
	}
	byPassphrase.SetMaxWorkFactor(maxScryptWork)
	text, err := decrypt(wrapped, byPassphrase)
	if none := (*age.NoIdentityMatchError)(nil); errors.As(err, &none) {
		return nil, errWrongPassphrase
	}
	if err != nil {
		return nil, err
	}
	return age.ParseX25519Identity(string(text))
}

// close seals a document, if the keystore is to be sealed.
func (k *Keystore) close(document []byte) ([]byte, error) {
	s := k.seal
	if s == nil {
		return document, nil
	}
	if s.identity == nil {
		identity, err := age.GenerateX25519Identity()
		if err != nil {
			return nil, err
		}
		recipient, err := age.NewScryptRecipient(s.passphrase)
		if err != nil {
			return nil, err
		}
		recipient.SetWorkFactor(scryptWork)
		wrapped, err := encrypt([]byte(identity.String()), recipient)
		if err != nil {
			return nil, err
		}
		s.identity, s.wrapped = identity, wrapped
	}
	passkeys, err := encrypt(document, s.identity.Recipient())
	if err != nil {
		return nil, err
	}
	raw, err := json.MarshalIndent(sealedJSON{keystoreVersion, &sealedBox{s.wrapped, passkeys}}, "", "  ")
	return append(raw, '\n'), err
}

func encrypt(plain []byte, to age.Recipient) ([]byte, error) {
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func decrypt(sealed []byte, by age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), by)
	if err != nil {
		return nil, fmt.Errorf("it cannot be decrypted: %w", err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("it cannot be decrypted: %w", err)
	}
	return plain, nil
}
