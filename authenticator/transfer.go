package authenticator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// PrivatePasskey is a passkey with all its secrets, for moving it between keystores. Package exchange writes and reads it in
// other programs' formats.
type PrivatePasskey struct {
	Passkey
	PrivateKey   []byte // PKCS#8, DER
	PRFSecret    []byte // 32 bytes; nil for a passkey without prf
	HasLargeBlob bool   // it can hold a large blob
	LargeBlob    []byte // nil for none
}

// Export returns the passkeys with the given raw credential IDs, in that order. Without IDs, it returns all, the most
// recently used first. It fails with ErrUnknownPasskey or a *KeystoreError.
func (k *Keystore) Export(credentialIDs ...[]byte) ([]PrivatePasskey, error) {
	list, err := k.list(context.Background())
	if err != nil {
		return nil, err
	}
	wanted := slices.Clone(list)
	newestFirst(wanted)
	if len(credentialIDs) > 0 {
		wanted = nil
		for _, id := range credentialIDs {
			i := indexOf(list, id)
			if i < 0 {
				return nil, fmt.Errorf("%w: %x", ErrUnknownPasskey, id)
			}
			wanted = append(wanted, list[i])
		}
	}
	out := make([]PrivatePasskey, 0, len(wanted))
	for _, c := range wanted {
		pkcs8, err := c.key.pkcs8()
		if err != nil {
			return nil, err
		}
		out = append(out, PrivatePasskey{
			Passkey:      c.public(),
			PrivateKey:   pkcs8,
			PRFSecret:    bytes.Clone(c.prfSecret),
			HasLargeBlob: c.hasLargeBlob,
			LargeBlob:    bytes.Clone(c.largeBlob),
		})
	}
	return out, nil
}

// ImportError is the error for a passkey that cannot be imported.
type ImportError struct {
	Index int // in the list
	Of    int // how many there are
	RPID  string
	Err   error // the cause; ErrPasskeyExists if it is already in the keystore
}

// Error returns which passkey it is, and the cause.
func (e *ImportError) Error() string {
	return fmt.Sprintf("passkey %d of %d, for %q: %v", e.Index+1, e.Of, e.RPID, e.Err)
}

// Unwrap returns the cause.
func (e *ImportError) Unwrap() error { return e.Err }

// Import adds passkeys, all or none. It sets Algorithm from the key, and a zero CreatedAt to now. It fails with an
// *ImportError if a passkey cannot be used or is already there, and with a *KeystoreError if something is wrong with the
// file.
func (k *Keystore) Import(list []PrivatePasskey) error {
	var fresh []*credential
	for i, p := range list {
		c, err := p.credential()
		if err != nil {
			return &ImportError{i, len(list), p.RPID, err}
		}
		if indexOf(fresh, c.CredentialID) >= 0 {
			return &ImportError{i, len(list), p.RPID, ErrPasskeyExists}
		}
		fresh = append(fresh, c)
	}
	return k.change(context.Background(), func(have []*credential) ([]*credential, error) {
		for i, c := range fresh {
			if indexOf(have, c.CredentialID) >= 0 {
				return nil, &ImportError{i, len(list), c.RPID, ErrPasskeyExists}
			}
		}
		return slices.Concat(have, fresh), nil
	})
}

// Import adds passkeys to this phone's keychain, as Keystore.Import does.
func (p *Phone) Import(list []PrivatePasskey) error {
	list = slices.Clone(list)
	for i := range list {
		list[i].Keychain, list[i].Profile = p.profile.Keychain, p.profile.Name
		if eligible := list[i].Eligibility; eligible == BackupYes && p.profile.Synced || eligible == BackupNo && !p.profile.Synced {
			list[i].Eligibility = EligibleAsPhone
		}
	}
	return p.store.Import(list)
}

func (p PrivatePasskey) credential() (*credential, error) {
	switch {
	case len(p.CredentialID) == 0:
		return nil, errors.New("it has no credential id")
	case len(p.CredentialID) > 1023:
		return nil, fmt.Errorf("its credential id has %d bytes, more than 1023", len(p.CredentialID))
	case len(p.UserHandle) == 0 && !p.ServerSide:
		return nil, errors.New("it has no user handle")
	case len(p.UserHandle) > 64:
		return nil, fmt.Errorf("its user handle has %d bytes, more than 64", len(p.UserHandle))
	case p.Keychain == "":
		return nil, errors.New("it does not name its keychain")
	case p.PRFSecret != nil && len(p.PRFSecret) != 32:
		return nil, fmt.Errorf("its prf secret has %d bytes, not 32", len(p.PRFSecret))
	case len(p.LargeBlob) > maxLargeBlob:
		return nil, fmt.Errorf("its large blob has %d bytes; the limit is %d", len(p.LargeBlob), maxLargeBlob)
	}
	if err := CheckRPID(p.RPID); err != nil {
		return nil, err
	}
	k, err := parseKey(p.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("its private key: %w", err)
	}
	c := &credential{
		Passkey:      p.public(),
		key:          k,
		prfSecret:    bytes.Clone(p.PRFSecret),
		hasLargeBlob: p.HasLargeBlob || p.LargeBlob != nil,
		largeBlob:    bytes.Clone(p.LargeBlob),
	}
	c.Algorithm = k.algorithm
	c.CreatedAt, c.LastUsedAt = c.CreatedAt.UTC(), c.LastUsedAt.UTC()
	if year := c.CreatedAt.Year(); c.CreatedAt.IsZero() || year < 1 || year > 9999 { // the keystore's JSON has no others
		c.CreatedAt = time.Now().UTC()
	}
	return c, nil
}
