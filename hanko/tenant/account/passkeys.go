package account

import (
	"encoding/base64"
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/store"
)

// CredentialID returns a credential ID in base64url.
func CredentialID(id []byte) string { return base64.RawURLEncoding.EncodeToString(id) }

// ID returns the credential ID in base64url.
func (p *Passkey) ID() string { return CredentialID(p.Credential.ID) }

// authenticatorName returns Hanko's name for a passkey of a well-known authenticator, or nil.
func authenticatorName(aaguid []byte) *string {
	id, err := uuid.FromBytes(aaguid)
	if err != nil {
		return nil
	}
	name, known := map[string]string{
		"fbfc3007-154e-4ecc-8c0b-6e020557d7bd": "iCloud Keychain",
		"dd4ec289-e01d-41c9-bb89-70fa845d4bf2": "iCloud Keychain (Managed)",
		"ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4": "Google Password Manager",
		"53414d53-554e-4700-0000-000000000000": "Samsung Pass",
		"bada5566-a7aa-401f-bd96-45619a55120d": "1Password",
		"d548826e-79b4-db40-a3d8-11116f7e8349": "Bitwarden",
		"531126d6-e717-415c-9320-3d9aa6981239": "Dashlane",
		"50726f74-6f6e-5061-7373-50726f746f6e": "Proton Pass",
	}[id.String()]
	if !known {
		return nil
	}
	return &name
}

func (p *Passkey) aaguid() string {
	id, err := uuid.FromBytes(p.Credential.Authenticator.AAGUID)
	if err != nil {
		return uuid.Nil.String()
	}
	return id.String()
}

// Listed returns the passkey as the API lists it.
func (p *Passkey) Listed() hanko.Credential {
	transports := make([]string, len(p.Credential.Transport))
	for i, transport := range p.Credential.Transport {
		transports[i] = string(transport)
	}
	used := p.LastUsed
	return hanko.Credential{
		AAGUID:          p.aaguid(),
		AttestationType: p.Credential.AttestationFormat,
		BackupEligible:  p.Credential.Flags.BackupEligible,
		BackupState:     p.Credential.Flags.BackupState,
		CreatedAt:       p.Created,
		ID:              p.ID(),
		LastUsedAt:      &used,
		MFAOnly:         p.SecurityKey,
		Name:            p.Name,
		PublicKey:       base64.RawURLEncoding.EncodeToString(p.Credential.PublicKey),
		Transports:      transports,
	}
}

// FindPasskey returns the passkey with a credential ID, or nil.
func FindPasskey(tx store.Tx, id string) (*Passkey, error) {
	return store.Load[Passkey](tx, store.Passkeys, id)
}

// PasskeysOf returns the user's passkeys and security keys, oldest first.
func PasskeysOf(tx store.Tx, u *User) ([]*Passkey, error) {
	passkeys := make([]*Passkey, 0, len(u.Passkeys))
	for _, id := range u.Passkeys {
		p, err := FindPasskey(tx, id)
		if err != nil {
			return nil, err
		}
		if p != nil {
			passkeys = append(passkeys, p)
		}
	}
	return passkeys, nil
}

// ErrKnownCredential is the error for a new credential whose ID exists already.
var ErrKnownCredential = errors.New("a passkey with this credential id is registered already")

// AddPasskey gives the user a new passkey or security key.
func AddPasskey(tx store.Tx, u *User, p *Passkey) error {
	if tx.Get(store.Passkeys, p.ID()) != nil {
		return ErrKnownCredential
	}
	u.Passkeys = append(u.Passkeys, p.ID())
	return errors.Join(SaveUser(tx, u), store.Save(tx, store.Passkeys, p.ID(), p))
}

// maxName is how many characters Hanko's database allows for a passkey's name.
const maxName = 255

// ErrLongName is the error for a name that is longer than the database allows.
var ErrLongName = errors.New("the passkey's name is longer than what the database holds")

// RenamePasskey renames a passkey. A nil name changes only the time of the last update.
func (a *Accounts) RenamePasskey(tx store.Tx, p *Passkey, name *string) error {
	if name != nil {
		if utf8.RuneCountInString(*name) > maxName {
			return ErrLongName
		}
		p.Name = name
	}
	p.Updated = a.Now()
	return store.Save(tx, store.Passkeys, p.ID(), p)
}

// RemovePasskey deletes one of the user's passkeys or security keys.
func RemovePasskey(tx store.Tx, u *User, id string) error {
	u.Passkeys = slices.DeleteFunc(u.Passkeys, func(other string) bool { return other == id })
	return errors.Join(tx.Delete(store.Passkeys, id), SaveUser(tx, u))
}
