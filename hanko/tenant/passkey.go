package tenant

import (
	"errors"
	"net/http"

	"github.com/go-webauthn/webauthn/protocol"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/store"
)

const challengeMismatch = "Stored challenge and received challenge do not match"

// initializeRegistration answers POST /webauthn/registration/initialize. As in Hanko, excludeCredentials is absent.
func (t *Tenant) initializeRegistration(w http.ResponseWriter, _ *http.Request, c *account.Claims) error {
	options, err := t.registrationOptions(c.Subject)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, options)
	return nil
}

// registrationOptions begins the registration of a passkey for a user.
func (t *Tenant) registrationOptions(userID string) (options *protocol.CredentialCreation, err error) {
	err = t.accounts.Store.Update(func(tx store.Tx) error {
		o, err := account.FindOwner(tx, userID)
		if err != nil {
			return err
		}
		if o == nil {
			return refuseWith(http.StatusBadRequest, "user not found")
		}
		options, err = t.accounts.BeginRegistration(tx, o)
		return err
	})
	return options, err
}

// finalizeRegistration answers POST /webauthn/registration/finalize.
func (t *Tenant) finalizeRegistration(w http.ResponseWriter, r *http.Request, c *account.Claims) error {
	body, err := readBody(r)
	if err != nil {
		return err
	}
	response, err := protocol.ParseCredentialCreationResponseBytes(body)
	if err != nil {
		return refuseWith(http.StatusBadRequest, err.Error())
	}
	added, err := t.register(c.Subject, response)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, hanko.PasskeyResult{CredentialID: added.ID(), UserID: added.UserID})
	return nil
}

// register checks what a phone made of a user's registrationOptions, and stores the passkey.
func (t *Tenant) register(userID string, response *protocol.ParsedCredentialCreationData) (added *account.Passkey, err error) {
	err = t.accounts.Store.Update(func(tx store.Tx) error {
		begun, err := account.FindRegistration(tx, response.Response.CollectedClientData.Challenge)
		if err != nil {
			return err
		}
		if begun == nil || begun.UserID() != userID {
			return refuseWith(http.StatusBadRequest, challengeMismatch)
		}
		o, err := account.FindOwner(tx, userID)
		if err != nil {
			return err
		}
		if o == nil {
			return refuse(http.StatusBadRequest)
		}
		if added, err = t.accounts.FinishRegistration(tx, o, begun, response); err != nil {
			return attestationRefusal(err)
		}
		return account.AddPasskey(tx, o.User, added)
	})
	return added, err
}

// attestationRefusal returns the refusal of an attestation: 422 for missing user verification, else 400.
func attestationRefusal(err error) error {
	const message = "failed to validate attestation"
	var refused *account.RefusedAttestation
	switch {
	case !errors.As(err, &refused):
		return err
	case refused.LacksUserVerification():
		return refuseWith(http.StatusUnprocessableEntity,
			message+": Error validating the authenticator response: "+account.NoUserVerification+"\n")
	}
	return refuseWith(http.StatusBadRequest, message)
}

// initializeLogin answers POST /webauthn/login/initialize. For a user with passkeys it allows only those, without their
// transports; otherwise it allows any passkey.
func (t *Tenant) initializeLogin(w http.ResponseWriter, r *http.Request) error {
	var request loginRequest
	if err := bind(r, &request); err != nil {
		return err
	}
	var options *protocol.CredentialAssertion
	err := t.accounts.Store.Update(func(tx store.Tx) error {
		var known *account.Owner
		var err error
		if request.UserID != nil {
			id, ok := parseUUID(*request.UserID)
			if !ok {
				return refuseWith(http.StatusBadRequest, "failed to parse UserID as uuid")
			}
			if known, err = account.FindOwner(tx, id); err != nil {
				return err
			}
			if known == nil {
				return refuseWith(http.StatusBadRequest, "user not found")
			}
			if len(known.Passkeys) == 0 {
				known = nil
			}
		}
		options, err = t.accounts.BeginLogin(tx, known, "")
		return err
	})
	if err != nil {
		return err
	}
	for i := range options.Response.AllowedCredentials {
		options.Response.AllowedCredentials[i].Transport = nil
	}
	writeJSON(w, http.StatusOK, options)
	return nil
}

// finalizeLogin answers POST /webauthn/login/finalize.
func (t *Tenant) finalizeLogin(w http.ResponseWriter, r *http.Request) error {
	body, err := readBody(r)
	if err != nil {
		return err
	}
	response, err := protocol.ParseCredentialRequestResponseBytes(body)
	if err != nil {
		return refuseWith(http.StatusBadRequest, err.Error())
	}
	id := account.CredentialID(response.RawID)
	var issued *account.Claims
	err = t.accounts.Store.Update(func(tx store.Tx) error {
		begun, err := account.FindLogin(tx, response.Response.CollectedClientData.Challenge)
		if err != nil {
			return err
		}
		if begun == nil {
			return refuseWith(http.StatusUnauthorized, challengeMismatch)
		}
		if p, err := account.FindPasskey(tx, id); err != nil {
			return err
		} else if p != nil && p.SecurityKey {
			return assertionRefusal(account.NotSigned)
		}
		u, err := t.accounts.FinishLogin(tx, begun, response)
		if err != nil {
			return assertionRefusal(err)
		}
		_, issued, err = t.accounts.OpenSession(tx, r, u, hanko.REST)
		return err
	})
	if err != nil {
		return err
	}
	return t.answerSignedIn(w, issued, hanko.PasskeyResult{CredentialID: id, UserID: issued.Subject})
}

// assertionRefusal returns Hanko's refusal of an assertion.
func assertionRefusal(err error) error {
	const message = "failed to validate assertion"
	var refused account.RefusedAssertion
	if !errors.As(err, &refused) {
		return err
	}
	switch refused {
	case account.NoUserHandle:
		return refuseWith(http.StatusBadRequest, "failed to parse userHandle as uuid")
	case account.HandleUnknown:
		return refuse(http.StatusUnauthorized)
	case account.CountedBack:
		return refuseWith(http.StatusBadRequest, message)
	default:
		return refuseWith(http.StatusUnauthorized, message)
	}
}
