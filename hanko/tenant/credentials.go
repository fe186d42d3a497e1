package tenant

import (
	"encoding/base64"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/store"
)

// authenticatorName is what Hanko calls a passkey of a well-known authenticator, nil for the others.
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

func (p *passkey) aaguid() string {
	id, err := uuid.FromBytes(p.Credential.Authenticator.AAGUID)
	if err != nil {
		return uuid.Nil.String()
	}
	return id.String()
}

// listed is the passkey as GET /webauthn/credentials shows it.
func (p *passkey) listed() hanko.Credential {
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
		ID:              credentialID(p.Credential.ID),
		LastUsedAt:      &used,
		MFAOnly:         p.SecurityKey,
		Name:            p.Name,
		PublicKey:       base64.RawURLEncoding.EncodeToString(p.Credential.PublicKey),
		Transports:      transports,
	}
}

// stored is the passkey as GET /users/{id} shows it.
func (p *passkey) stored() storedCredential {
	l := p.listed()
	transports := make([]storedTransport, len(l.Transports))
	for i, name := range l.Transports {
		transports[i] = storedTransport{ID: uuid.NewString(), Name: name, WebauthnCredentialID: l.ID}
	}
	return storedCredential{
		ID: l.ID, Name: l.Name, UserID: p.UserID, PublicKey: l.PublicKey, AttestationType: l.AttestationType,
		AAGUID: l.AAGUID, SignCount: p.Credential.Authenticator.SignCount, LastUsedAt: l.LastUsedAt,
		CreatedAt: p.Created, UpdatedAt: p.Updated, Transports: transports,
		BackupEligible: l.BackupEligible, BackupState: l.BackupState, MFAOnly: l.MFAOnly,
	}
}

// listCredentials answers GET /webauthn/credentials.
func (t *Tenant) listCredentials(w http.ResponseWriter, _ *http.Request, c *claims) error {
	listed := []hanko.Credential{}
	err := t.store.View(func(tx store.Tx) error {
		u, err := store.Load[user](tx, store.Users, c.Subject)
		if err != nil || u == nil {
			return err
		}
		passkeys, err := passkeysOf(tx, u)
		for _, p := range passkeys {
			listed = append(listed, p.listed())
		}
		return err
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, listed)
	return nil
}

// ownPasskey finds a passkey of the session's user, or refuses.
func ownPasskey(tx store.Tx, id string, c *claims) (*passkey, error) {
	p, err := store.Load[passkey](tx, store.Passkeys, id)
	if err != nil {
		return nil, err
	}
	if p == nil || p.UserID != c.Subject {
		return nil, refuse(http.StatusNotFound)
	}
	return p, nil
}

// renameCredential answers PATCH /webauthn/credentials/{id}, with no body at all.
func (t *Tenant) renameCredential(_ http.ResponseWriter, r *http.Request, c *claims) error {
	var request struct {
		Name *string `json:"name"`
	}
	if err := bind(r, &request); err != nil {
		return err
	}
	return t.store.Update(func(tx store.Tx) error {
		p, err := ownPasskey(tx, r.PathValue("id"), c)
		if err != nil {
			return err
		}
		if request.Name != nil {
			p.Name = request.Name
		}
		p.Updated = t.now()
		return store.Save(tx, store.Passkeys, r.PathValue("id"), p)
	})
}

// deleteCredential answers DELETE /webauthn/credentials/{id}.
func (t *Tenant) deleteCredential(w http.ResponseWriter, r *http.Request, c *claims) error {
	id := r.PathValue("id")
	err := t.store.Update(func(tx store.Tx) error {
		p, err := ownPasskey(tx, id, c)
		if err != nil {
			return err
		}
		u, err := store.Load[user](tx, store.Users, p.UserID)
		if err != nil {
			return err
		}
		u.Passkeys = slices.DeleteFunc(u.Passkeys, func(other string) bool { return other == id })
		if err := store.Save(tx, store.Users, u.ID, u); err != nil {
			return err
		}
		return tx.Delete(store.Passkeys, id)
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
