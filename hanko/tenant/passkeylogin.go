package tenant

import (
	"net/http"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/store"
)

// initializeLogin answers POST /webauthn/login/initialize. Asked for a user with passkeys it allows only those, without
// their transports; else any passkey may answer.
func (t *Tenant) initializeLogin(w http.ResponseWriter, r *http.Request) error {
	var request struct {
		UserID *string `json:"user_id"`
	}
	if err := bind(r, &request); err != nil {
		return err
	}
	var options *protocol.CredentialAssertion
	err := t.store.Update(func(tx store.Tx) error {
		var known *passkeyUser
		if request.UserID != nil {
			id, ok := parseUUID(*request.UserID)
			if !ok {
				return refuseWith(http.StatusBadRequest, "failed to parse UserID as uuid")
			}
			var err error
			if known, err = loadPasskeyUser(tx, id); err != nil {
				return err
			}
			if known == nil {
				return refuseWith(http.StatusBadRequest, "user not found")
			}
		}
		var begun *webauthn.SessionData
		var err error
		verification := webauthn.WithUserVerification(t.webauthn.Config.AuthenticatorSelection.UserVerification)
		if known != nil && len(known.passkeys) > 0 {
			options, begun, err = t.webauthn.BeginLogin(known, verification)
		} else {
			options, begun, err = t.webauthn.BeginDiscoverableLogin(verification)
		}
		if err != nil {
			return err
		}
		for i := range options.Response.AllowedCredentials {
			options.Response.AllowedCredentials[i].Transport = nil
		}
		return t.openChallenge(tx, false, begun)
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, options)
	return nil
}

// finalizeLogin answers POST /webauthn/login/finalize. A challenge is used up by success alone.
func (t *Tenant) finalizeLogin(w http.ResponseWriter, r *http.Request) error {
	body, err := readBody(r)
	if err != nil {
		return err
	}
	response, err := protocol.ParseCredentialRequestResponseBytes(body)
	if err != nil {
		return refuseWith(http.StatusBadRequest, err.Error())
	}
	var s *session
	var address *hanko.Email
	err = t.store.Update(func(tx store.Tx) error {
		begun, err := findChallenge(tx, false, response.Response.CollectedClientData.Challenge)
		if err != nil {
			return err
		}
		if begun == nil {
			return refuseWith(http.StatusUnauthorized, challengeMismatch)
		}
		if p, err := store.Load[passkey](tx, store.Passkeys, credentialID(response.RawID)); err != nil {
			return err
		} else if p != nil && p.SecurityKey {
			return refuseWith(http.StatusUnauthorized, "failed to validate assertion")
		}
		u, err := t.verifyAssertion(tx, begun, response)
		if err != nil {
			return err
		}
		if err := tx.Delete(store.Challenges, begun.Session.Challenge); err != nil {
			return err
		}
		if address, err = primaryEmail(tx, u); err != nil {
			return err
		}
		s, err = addSession(tx, r, u.ID, t.now())
		return err
	})
	if err != nil {
		return err
	}
	if err := t.deliver(w, s, address); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, hanko.PasskeyResult{CredentialID: credentialID(response.RawID), UserID: s.UserID})
	return nil
}

// verifyAssertion returns whom the assertion signs in, and notes on the passkey that it was used.
func (t *Tenant) verifyAssertion(tx store.Tx, begun *challenge, response *protocol.ParsedCredentialAssertionData) (*user, error) {
	const message = "failed to validate assertion"
	id := userOf(begun)
	discoverable := id == ""
	if discoverable {
		handle, err := uuid.FromBytes(response.Response.UserHandle)
		if err != nil {
			return nil, refuseWith(http.StatusBadRequest, "failed to parse userHandle as uuid")
		}
		id = handle.String()
	}
	u, err := loadPasskeyUser(tx, id)
	if err != nil {
		return nil, err
	}
	if u == nil {
		return nil, refuse(http.StatusUnauthorized)
	}
	var credential *webauthn.Credential
	if discoverable {
		credential, err = t.webauthn.ValidateDiscoverableLogin(
			func([]byte, []byte) (webauthn.User, error) { return u, nil }, begun.Session, response)
	} else {
		credential, err = t.webauthn.ValidateLogin(u, begun.Session, response)
	}
	if err != nil || begun.Expires.Before(t.now()) {
		return nil, refuseWith(http.StatusUnauthorized, message)
	}
	for _, p := range u.passkeys {
		if credentialID(p.Credential.ID) != credentialID(credential.ID) {
			continue
		}
		before, now := p.Credential.Authenticator.SignCount, response.Response.AuthenticatorData.Counter
		if before > 0 && now > 0 && now <= before { // 0 is a passkey that does not count, on phones all of them
			return nil, refuseWith(http.StatusBadRequest, message)
		}
		p.Credential = *credential
		p.Credential.Authenticator.SignCount = now
		p.LastUsed, p.Updated = t.now(), t.now()
		if err := store.Save(tx, store.Passkeys, credentialID(credential.ID), p); err != nil {
			return nil, err
		}
	}
	return u.user, nil
}
