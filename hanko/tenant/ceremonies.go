package tenant

import (
	"cmp"
	"errors"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"example.com/hankosim/hanko/tenant/store"
)

// ceremonyTimeout is webauthn.timeouts, which is no switch here.
const ceremonyTimeout = 10 * time.Minute

// newWebAuthn configures the library as Hanko does. The library's own clock is not used: see challenge.
func newWebAuthn(c accountConfig) (*webauthn.WebAuthn, error) {
	verification := protocol.VerificationPreferred
	if c.Settings.RequireUserVerification {
		verification = protocol.VerificationRequired
	}
	return webauthn.New(&webauthn.Config{
		RPID:                  c.RPID,
		RPDisplayName:         c.RPName,
		RPOrigins:             c.Origins,
		AttestationPreference: protocol.ConveyancePreference(c.Settings.Attestation),
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

// owner is a user as the library sees it: one that is stored, or one to be. Hanko knows its users by their main address
// alone.
type owner struct {
	User     *user
	Address  string
	Username string
	Passkeys []*passkey
}

// WebAuthnID returns the user handle.
func (o *owner) WebAuthnID() []byte {
	id := uuid.MustParse(o.User.ID)
	return id[:]
}

// WebAuthnName returns the address, or else the username.
func (o *owner) WebAuthnName() string { return cmp.Or(o.Address, o.Username) }

// WebAuthnDisplayName returns the username, or else the address.
func (o *owner) WebAuthnDisplayName() string { return cmp.Or(o.Username, o.Address) }

// WebAuthnCredentials returns the user's passkeys and security keys.
func (o *owner) WebAuthnCredentials() []webauthn.Credential {
	credentials := make([]webauthn.Credential, len(o.Passkeys))
	for i, p := range o.Passkeys {
		credentials[i] = p.Credential
	}
	return credentials
}

// errNoAddress is a passkey request of a user who has neither a verified address nor a name.
var errNoAddress = errors.New("the user has no primary address")

// findOwner finds a user with passkeys and address, nil when there is no such user.
func findOwner(tx store.Tx, id string) (*owner, error) {
	u, err := findUser(tx, id)
	if err != nil || u == nil {
		return nil, err
	}
	passkeys, err := passkeysOf(tx, u)
	if err != nil {
		return nil, err
	}
	address, err := primaryAddress(tx, u)
	if err != nil {
		return nil, err
	}
	known := &owner{User: u, Passkeys: passkeys, Address: address}
	if u.Username != nil {
		known.Username = u.Username.Name
	}
	if known.WebAuthnName() == "" {
		return nil, errNoAddress
	}
	return known, nil
}

// openChallenge keeps a ceremony until it is finished.
func (a *accounts) openChallenge(tx store.Tx, registration bool, begun *webauthn.SessionData) error {
	return store.Save(tx, store.Challenges, begun.Challenge, challenge{
		Registration: registration, Session: *begun, Expires: a.now().Add(ceremonyTimeout),
	})
}

// findRegistration finds the ceremony that was begun with the challenge to make a passkey, nil when there is none.
func findRegistration(tx store.Tx, name string) (*challenge, error) {
	return findChallenge(tx, true, name)
}

// findLogin finds the ceremony that was begun with the challenge to use a passkey, nil when there is none.
func findLogin(tx store.Tx, name string) (*challenge, error) { return findChallenge(tx, false, name) }

func findChallenge(tx store.Tx, registration bool, name string) (*challenge, error) {
	c, err := store.Load[challenge](tx, store.Challenges, name)
	if err != nil || c == nil || c.Registration != registration {
		return nil, err
	}
	return c, nil
}

// userID is whom a ceremony was begun for, "" when anybody.
func (c *challenge) userID() string {
	id, err := uuid.FromBytes(c.Session.UserID)
	if err != nil {
		return ""
	}
	return id.String()
}

// beginRegistration asks for a credential for its owner.
func (a *accounts) beginRegistration(tx store.Tx, o *owner, options ...webauthn.RegistrationOption) (*protocol.CredentialCreation, error) {
	creation, begun, err := a.webauthn.BeginRegistration(o, options...)
	if err != nil {
		return nil, err
	}
	return creation, a.openChallenge(tx, true, begun)
}

// refusedAttestation is an attestation that makes no passkey.
type refusedAttestation struct {
	err error // the library's; nil: it came too late
}

func (r *refusedAttestation) Error() string {
	if r.err == nil {
		return "the attestation came too late"
	}
	return r.err.Error()
}

// Unwrap returns what the library said.
func (r *refusedAttestation) Unwrap() error { return r.err }

// noUserVerification is what the library says of an attestation without the user verification that was asked for.
const noUserVerification = "User verification required but flag not set by authenticator"

// lacksUserVerification reports whether user verification was asked for, and is what is missing.
func (r *refusedAttestation) lacksUserVerification() bool {
	var refused *protocol.Error
	return errors.As(r.err, &refused) && refused.DevInfo == noUserVerification
}

// finishRegistration checks an attestation and returns the passkey that it makes, which is not stored yet, or a
// *refusedAttestation. A challenge is used up by success alone.
func (a *accounts) finishRegistration(tx store.Tx, o *owner, begun *challenge, response *protocol.ParsedCredentialCreationData) (*passkey, error) {
	credential, err := a.webauthn.CreateCredential(o, begun.Session, response)
	now := a.now()
	if err != nil || begun.Expires.Before(now) {
		return nil, &refusedAttestation{err}
	}
	return &passkey{
		UserID: o.User.ID, Name: authenticatorName(credential.Authenticator.AAGUID), Credential: *credential,
		Created: now, Updated: now, LastUsed: now,
	}, tx.Delete(store.Challenges, begun.Session.Challenge)
}

// beginLogin asks for a credential of its owner, or for any passkey when there is none. A verification of "" is the
// tenant's.
func (a *accounts) beginLogin(tx store.Tx, o *owner, verification protocol.UserVerificationRequirement) (*protocol.CredentialAssertion, error) {
	verify := webauthn.WithUserVerification(cmp.Or(verification, a.webauthn.Config.AuthenticatorSelection.UserVerification))
	var options *protocol.CredentialAssertion
	var begun *webauthn.SessionData
	var err error
	if o == nil {
		options, begun, err = a.webauthn.BeginDiscoverableLogin(verify)
	} else {
		options, begun, err = a.webauthn.BeginLogin(o, verify)
	}
	if err != nil {
		return nil, err
	}
	return options, a.openChallenge(tx, false, begun)
}

// refusedAssertion is why an assertion signs nobody in.
type refusedAssertion string

// The reasons.
const (
	noUserHandle  refusedAssertion = "the user handle is not a user's id"
	handleUnknown refusedAssertion = "the user handle is nobody's"
	notSigned     refusedAssertion = "the assertion is not signed as it should be, or came too late"
	countedBack   refusedAssertion = "the signature counter did not go up"
)

func (r refusedAssertion) Error() string { return string(r) }

// finishLogin returns whom the assertion signs in, and notes on the passkey that it was used; or a refusedAssertion. A
// challenge is used up by success alone.
func (a *accounts) finishLogin(tx store.Tx, begun *challenge, response *protocol.ParsedCredentialAssertionData) (*user, error) {
	id := begun.userID()
	discoverable := id == ""
	if discoverable {
		handle, err := uuid.FromBytes(response.Response.UserHandle)
		if err != nil {
			return nil, noUserHandle
		}
		id = handle.String()
	}
	o, err := findOwner(tx, id)
	if err != nil {
		return nil, err
	}
	if o == nil {
		return nil, handleUnknown
	}
	var credential *webauthn.Credential
	if discoverable {
		credential, err = a.webauthn.ValidateDiscoverableLogin(
			func([]byte, []byte) (webauthn.User, error) { return o, nil }, begun.Session, response)
	} else {
		credential, err = a.webauthn.ValidateLogin(o, begun.Session, response)
	}
	if err != nil || begun.Expires.Before(a.now()) {
		return nil, notSigned
	}
	for _, p := range o.Passkeys {
		if p.id() != credentialID(credential.ID) {
			continue
		}
		before, now := p.Credential.Authenticator.SignCount, response.Response.AuthenticatorData.Counter
		if before > 0 && now > 0 && now <= before { // 0 is a passkey that does not count, on phones all of them
			return nil, countedBack
		}
		p.Credential = *credential
		p.Credential.Authenticator.SignCount = now
		p.LastUsed, p.Updated = a.now(), a.now()
		if err := store.Save(tx, store.Passkeys, p.id(), p); err != nil {
			return nil, err
		}
	}
	return o.User, tx.Delete(store.Challenges, begun.Session.Challenge)
}
