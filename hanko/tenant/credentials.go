package tenant

import (
	"net/http"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/store"
)

// listCredentials answers GET /webauthn/credentials.
func (t *Tenant) listCredentials(w http.ResponseWriter, _ *http.Request, c *account.Claims) error {
	listed := []hanko.Credential{}
	err := t.accounts.Store.View(func(tx store.Tx) error {
		u, err := account.FindUser(tx, c.Subject)
		if err != nil || u == nil {
			return err
		}
		passkeys, err := account.PasskeysOf(tx, u)
		for _, p := range passkeys {
			listed = append(listed, p.Listed())
		}
		return err
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, listed)
	return nil
}

// ownPasskey returns a passkey of the session's user, or a refusal.
func ownPasskey(tx store.Tx, id string, c *account.Claims) (*account.Passkey, error) {
	p, err := account.FindPasskey(tx, id)
	if err != nil {
		return nil, err
	}
	if p == nil || p.UserID != c.Subject {
		return nil, refuse(http.StatusNotFound)
	}
	return p, nil
}

// renameCredential answers PATCH /webauthn/credentials/{id}. The response has no body.
func (t *Tenant) renameCredential(_ http.ResponseWriter, r *http.Request, c *account.Claims) error {
	var request renameRequest
	if err := bind(r, &request); err != nil {
		return err
	}
	return t.accounts.Store.Update(func(tx store.Tx) error {
		p, err := ownPasskey(tx, r.PathValue("id"), c)
		if err != nil {
			return err
		}
		return t.accounts.RenamePasskey(tx, p, request.Name)
	})
}

// deleteCredential answers DELETE /webauthn/credentials/{id}.
func (t *Tenant) deleteCredential(w http.ResponseWriter, r *http.Request, c *account.Claims) error {
	id := r.PathValue("id")
	err := t.accounts.Store.Update(func(tx store.Tx) error {
		p, err := ownPasskey(tx, id, c)
		if err != nil {
			return err
		}
		u, err := account.FindUser(tx, p.UserID)
		if err != nil {
			return err
		}
		return account.RemovePasskey(tx, u, id)
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
