package vault

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// A sealed file is encrypted with age in two steps. The passphrase, which scrypt makes slow to guess, opens the file's own
// identity, and the document is encrypted to that identity. So opening the file takes one scrypt, and saving takes none.
type sealedJSON struct {
	Version int        `json:"version"`
	Sealed  *sealedBox `json:"sealed"`
}

type sealedBox struct {
	Identity string `json:"identity"` // base64url: age, by passphrase: an X25519 identity
	Document string `json:"passkeys"` // base64url: age, to that identity: the document; the name is that of the first files
}

// scryptWork is the logarithm of scrypt's work factor: 64 MiB and a fifth of a second for each guess. A file that asks for
// more than the maximum, age's default, is not ours, and could exhaust the memory.
const (
	sealVersion   = 1
	scryptWork    = 16
	maxScryptWork = 18
)

// seal is how a file is encrypted.
type seal struct {
	passphrase string
	identity   *age.X25519Identity // nil until the file is opened or first sealed
	wrapped    []byte              // the identity as it is in the file
}

var (
	errNeedsPassphrase = errors.New("it is encrypted, and there is no passphrase")
	errWrongPassphrase = errors.New("the passphrase is wrong")
)

// open returns the document, whether the file is sealed or not.
func (f *File) open(raw []byte) ([]byte, error) {
	var file sealedJSON
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, err
	}
	if file.Sealed == nil || file.Version != sealVersion {
		return raw, nil // the caller's decoder will report it
	}
	if f.seal == nil {
		return nil, errNeedsPassphrase
	}
	wrapped, badIdentity := base64.RawURLEncoding.DecodeString(file.Sealed.Identity)
	sealed, badDocument := base64.RawURLEncoding.DecodeString(file.Sealed.Document)
	if err := errors.Join(badIdentity, badDocument); err != nil {
		return nil, err
	}
	identity, err := f.seal.unwrap(wrapped)
	if err != nil {
		return nil, err
	}
	document, err := decrypt(sealed, identity)
	if err != nil {
		return nil, err
	}
	f.seal.identity, f.seal.wrapped = identity, wrapped
	return document, nil
}

// unwrap opens the file's identity, which another process may have replaced together with the passphrase.
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

// close seals a document if there is a passphrase.
func (f *File) close(document []byte) ([]byte, error) {
	s := f.seal
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
		recipient.SetWorkFactor(f.scryptWork)
		wrapped, err := encrypt([]byte(identity.String()), recipient)
		if err != nil {
			return nil, err
		}
		s.identity, s.wrapped = identity, wrapped
	}
	sealed, err := encrypt(document, s.identity.Recipient())
	if err != nil {
		return nil, err
	}
	raw, err := json.MarshalIndent(sealedJSON{sealVersion, &sealedBox{base64.RawURLEncoding.EncodeToString(s.wrapped), base64.RawURLEncoding.EncodeToString(sealed)}}, "", "  ")
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
