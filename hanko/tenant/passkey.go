package tenant

import (
	"cmp"
	"encoding/base64"
	"errors"
	"net/http"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/store"
)

// newWebAuthn configures the library as Hanko does. The library's own clock is not used: see challenge.
func newWebAuthn(o Options) (*webauthn.WebAuthn, error) {
	verification := protocol.VerificationPreferred
	if o.Settings.RequireUserVerification {
		verification = protocol.VerificationRequired
	}
	return webauthn.New(&webauthn.Config{
		RPID:                  o.RPID,
		RPDisplayName:         o.RPName,
		RPOrigins:             o.Origins,
		AttestationPreference: protocol.ConveyancePreference(o.Settings.Attestation),
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: protocol.ResidentKeyRequired(),
			ResidentKey:        protocol.ResidentKeyRequirementRequired,
			UserVerification:   verification,
		},
		Timeouts: webauthn.TimeoutsConfig{
			Login:        webauthn.TimeoutConfig{Timeout: ceremonyTimeout},
			Registration: webauthn.TimeoutConfig{Timeout: ceremonyTimeout},
		},
		// Android returns credProps unasked, and Hanko takes it.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
}

// passkeyUser is a user as the library sees it. Hanko knows its users by their main address alone.
type passkeyUser struct {
	user     *user
	address  string
	username string
	passkeys []*passkey
}

func (u *passkeyUser) WebAuthnID() []byte {
	id := uuid.MustParse(u.user.ID)
	return id[:]
}
func (u *passkeyUser) WebAuthnName() string        { return cmp.Or(u.address, u.username) }
func (u *passkeyUser) WebAuthnDisplayName() string { return cmp.Or(u.username, u.address) }

func (u *passkeyUser) WebAuthnCredentials() []webauthn.Credential {
	credentials := make([]webauthn.Credential, len(u.passkeys))
	for i, p := range u.passkeys {
		credentials[i] = p.Credential
	}
	return credentials
}

// errNoAddress makes the 500 with which Hanko answers passkey requests of a user who has not verified any address.
var errNoAddress = errors.New("the user has no primary address")

// loadPasskeyUser finds a user with passkeys and address, nil when there is no such user.
func loadPasskeyUser(tx store.Tx, id string) (*passkeyUser, error) {
	u, err := store.Load[user](tx, store.Users, id)
	if err != nil || u == nil {
		return nil, err
	}
	passkeys, err := passkeysOf(tx, u)
	if err != nil {
		return nil, err
	}
	address, err := primaryEmail(tx, u)
	if err != nil {
		return nil, err
	}
	known := &passkeyUser{user: u, passkeys: passkeys}
	if u.Username != nil {
		known.username = u.Username.Name
	}
	if address != nil {
		known.address = address.Address
	}
	if known.WebAuthnName() == "" {
		return nil, errNoAddress
	}
	return known, nil
}

func credentialID(id []byte) string { return base64.RawURLEncoding.EncodeToString(id) }

// openChallenge keeps a ceremony until it is finished.
func (t *Tenant) openChallenge(tx store.Tx, registration bool, begun *webauthn.SessionData) error {
	return store.Save(tx, store.Challenges, begun.Challenge, challenge{
		Registration: registration, Session: *begun, Expires: t.now().Add(ceremonyTimeout),
	})
}

// findChallenge finds the ceremony that was begun with the challenge, nil when there is none of that kind.
func findChallenge(tx store.Tx, registration bool, name string) (*challenge, error) {
	c, err := store.Load[challenge](tx, store.Challenges, name)
	if err != nil || c == nil || c.Registration != registration {
		return nil, err
	}
	return c, nil
}

const challengeMismatch = "Stored challenge and received challenge do not match"

// initializeRegistration answers POST /webauthn/registration/initialize. Passkeys that the user has are not excluded.
func (t *Tenant) initializeRegistration(w http.ResponseWriter, _ *http.Request, c *claims) error {
	var options *protocol.CredentialCreation
	err := t.store.Update(func(tx store.Tx) error {
		u, err := loadPasskeyUser(tx, c.Subject)
		if err != nil {
			return err
		}
		if u == nil {
			return refuseWith(http.StatusBadRequest, "user not found")
		}
		var begun *webauthn.SessionData
		if options, begun, err = t.webauthn.BeginRegistration(u); err != nil {
			return err
		}
		return t.openChallenge(tx, true, begun)
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, options)
	return nil
}

// finalizeRegistration answers POST /webauthn/registration/finalize. A challenge is used up by success alone.
func (t *Tenant) finalizeRegistration(w http.ResponseWriter, r *http.Request, c *claims) error {
	body, err := readBody(r)
	if err != nil {
		return err
	}
	response, err := protocol.ParseCredentialCreationResponseBytes(body)
	if err != nil {
		return refuseWith(http.StatusBadRequest, err.Error())
	}
	var added *passkey
	err = t.store.Update(func(tx store.Tx) error {
		begun, err := findChallenge(tx, true, response.Response.CollectedClientData.Challenge)
		if err != nil {
			return err
		}
		if begun == nil || userOf(begun) != c.Subject {
			return refuseWith(http.StatusBadRequest, challengeMismatch)
		}
		u, err := loadPasskeyUser(tx, c.Subject)
		if err != nil {
			return err
		}
		if u == nil {
			return refuse(http.StatusBadRequest)
		}
		credential, err := t.webauthn.CreateCredential(u, begun.Session, response)
		if err != nil {
			return attestationRefusal(err)
		}
		now := t.now()
		if begun.Expires.Before(now) {
			return attestationRefusal(nil)
		}
		added = &passkey{
			UserID: u.user.ID, Name: authenticatorName(credential.Authenticator.AAGUID), Credential: *credential,
			Created: now, Updated: now, LastUsed: now,
		}
		if err := addPasskey(tx, u.user, added); err != nil {
			return err
		}
		return tx.Delete(store.Challenges, begun.Session.Challenge)
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, hanko.PasskeyResult{CredentialID: credentialID(added.Credential.ID), UserID: added.UserID})
	return nil
}

// userOf is whom a ceremony was begun for, "" when anybody.
func userOf(c *challenge) string {
	id, err := uuid.FromBytes(c.Session.UserID)
	if err != nil {
		return ""
	}
	return id.String()
}

// errKnownCredential makes the 500 with which Hanko answers a credential id that it has already.
var errKnownCredential = errors.New("a passkey with this credential id is registered already")

func addPasskey(tx store.Tx, u *user, p *passkey) error {
	id := credentialID(p.Credential.ID)
	if tx.Get(store.Passkeys, id) != nil {
		return errKnownCredential
	}
	u.Passkeys = append(u.Passkeys, id)
	if err := store.Save(tx, store.Users, u.ID, u); err != nil {
		return err
	}
	return store.Save(tx, store.Passkeys, id, p)
}

// attestationRefusal tells missing user verification apart from everything else that is wrong with an attestation.
func attestationRefusal(cause error) error {
	const message = "failed to validate attestation"
	var refused *protocol.Error
	if errors.As(cause, &refused) && refused.DevInfo == noUserVerification {
		return refuseWith(http.StatusUnprocessableEntity,
			message+": Error validating the authenticator response: "+noUserVerification+"\n")
	}
	return refuseWith(http.StatusBadRequest, message)
}

const noUserVerification = "User verification required but flag not set by authenticator"
