package account

import (
	"cmp"
	"encoding/json"
	"errors"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
)

// ceremonyTimeout is Hanko's default for webauthn.timeouts.
const ceremonyTimeout = 10 * time.Minute

// NewRelyingParty configures the WebAuthn library as Hanko does, with the origins that passkeys may come from. It does not
// use the library's own clock: see Challenge.
func NewRelyingParty(name string, origins []string, settings setting.Settings) (*webauthn.WebAuthn, error) {
	verification := protocol.VerificationPreferred
	if settings.RequireUserVerification {
		verification = protocol.VerificationRequired
	}
	return webauthn.New(&webauthn.Config{
		RPID:                  settings.RPID,
		RPDisplayName:         name,
		RPOrigins:             origins,
		AttestationPreference: protocol.ConveyancePreference(settings.Attestation),
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: protocol.ResidentKeyRequired(),
			ResidentKey:        protocol.ResidentKeyRequirementRequired,
			UserVerification:   verification,
		},
		Timeouts: webauthn.TimeoutsConfig{
			Login:        webauthn.TimeoutConfig{Timeout: ceremonyTimeout},
			Registration: webauthn.TimeoutConfig{Timeout: ceremonyTimeout},
		},
		// Android returns credProps without being asked, and Hanko accepts it.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
}

// Owner is a user for the WebAuthn library: one that is stored, or one that is signing up. Hanko names its users by their
// primary address only.
type Owner struct {
	User     *User
	Address  string
	Username string
	Passkeys []*Passkey
}

// WebAuthnID returns the user handle.
func (o *Owner) WebAuthnID() []byte {
	id := uuid.MustParse(o.User.ID)
	return id[:]
}

// WebAuthnName returns the address, or the username if there is no address.
func (o *Owner) WebAuthnName() string { return cmp.Or(o.Address, o.Username) }

// WebAuthnDisplayName returns the username, or the address if there is no username.
func (o *Owner) WebAuthnDisplayName() string { return cmp.Or(o.Username, o.Address) }

// WebAuthnCredentials returns the user's passkeys and security keys.
func (o *Owner) WebAuthnCredentials() []webauthn.Credential {
	credentials := make([]webauthn.Credential, len(o.Passkeys))
	for i, p := range o.Passkeys {
		credentials[i] = p.Credential
	}
	return credentials
}

// errNoAddress is the error for a user who has neither a verified address nor a username.
var errNoAddress = errors.New("the user has no primary address")

// FindOwner returns a user with passkeys and address, or nil.
func FindOwner(tx store.Tx, id string) (*Owner, error) {
	u, err := FindUser(tx, id)
	if err != nil || u == nil {
		return nil, err
	}
	passkeys, err := PasskeysOf(tx, u)
	if err != nil {
		return nil, err
	}
	address, err := PrimaryAddress(tx, u)
	if err != nil {
		return nil, err
	}
	known := &Owner{User: u, Passkeys: passkeys, Address: address}
	if u.Username != nil {
		known.Username = u.Username.Name
	}
	if known.WebAuthnName() == "" {
		return nil, errNoAddress
	}
	return known, nil
}

// openChallenge stores a ceremony until it is finished.
func (a *Accounts) openChallenge(tx store.Tx, registration bool, begun *webauthn.SessionData) error {
	return store.Save(tx, store.Challenges, begun.Challenge, Challenge{
		Registration: registration, Session: *begun, Expires: a.Now().Add(ceremonyTimeout),
	})
}

// FindRegistration returns the registration ceremony with a challenge, or nil.
func FindRegistration(tx store.Tx, name string) (*Challenge, error) {
	return findChallenge(tx, true, name)
}

// FindLogin returns the authentication ceremony with a challenge, or nil.
func FindLogin(tx store.Tx, name string) (*Challenge, error) { return findChallenge(tx, false, name) }

func findChallenge(tx store.Tx, registration bool, name string) (*Challenge, error) {
	c, err := store.Load[Challenge](tx, store.Challenges, name)
	if err != nil || c == nil || c.Registration != registration {
		return nil, err
	}
	return c, nil
}

// UserID returns the user of a ceremony, or "" if it is for any user.
func (c *Challenge) UserID() string {
	id, err := uuid.FromBytes(c.Session.UserID)
	if err != nil {
		return ""
	}
	return id.String()
}

// BeginRegistration returns options to create a credential for the owner.
func (a *Accounts) BeginRegistration(tx store.Tx, o *Owner, options ...webauthn.RegistrationOption) (*protocol.CredentialCreation, error) {
	creation, begun, err := a.RelyingParty.BeginRegistration(o, options...)
	if err != nil {
		return nil, err
	}
	return creation, a.openChallenge(tx, true, begun)
}

// maxCredential is the size limit of a stored passkey, in bytes. It has room for a chain of certificates, but is less than
// a request can hold, because flows keep the credential of anybody who sends one.
const maxCredential = 64 << 10

var errTooLarge = errors.New("the attestation is larger than what is stored")

// RefusedAttestation is the error for an attestation that was refused.
type RefusedAttestation struct {
	err error // the library's; nil if the attestation came too late
}

// Error returns the library's error, or that the attestation came too late.
func (r *RefusedAttestation) Error() string {
	if r.err == nil {
		return "the attestation came too late"
	}
	return r.err.Error()
}

// Unwrap returns the library's error.
func (r *RefusedAttestation) Unwrap() error { return r.err }

// NoUserVerification is the library's error text for an attestation without the required user verification.
const NoUserVerification = "User verification required but flag not set by authenticator"

// LacksUserVerification reports whether the attestation was refused because required user verification is missing.
func (r *RefusedAttestation) LacksUserVerification() bool {
	var refused *protocol.Error
	return errors.As(r.err, &refused) && refused.DevInfo == NoUserVerification
}

// FinishRegistration verifies an attestation and returns the new passkey, which is not stored yet. It fails with a
// *RefusedAttestation. Only success uses up the challenge.
func (a *Accounts) FinishRegistration(tx store.Tx, o *Owner, begun *Challenge, response *protocol.ParsedCredentialCreationData) (*Passkey, error) {
	credential, err := a.RelyingParty.CreateCredential(o, begun.Session, response)
	now := a.Now()
	if err != nil || begun.Expires.Before(now) {
		return nil, &RefusedAttestation{err}
	}
	if stored, err := json.Marshal(credential); err != nil || len(stored) > maxCredential {
		return nil, &RefusedAttestation{errTooLarge}
	}
	return &Passkey{
		UserID: o.User.ID, Name: authenticatorName(credential.Authenticator.AAGUID), Credential: *credential,
		Created: now, Updated: now, LastUsed: now,
	}, tx.Delete(store.Challenges, begun.Session.Challenge)
}

// BeginLogin returns options to sign in with a credential of the owner, or with any passkey if owner is nil. A
// verification of "" is the tenant's setting.
func (a *Accounts) BeginLogin(tx store.Tx, o *Owner, verification protocol.UserVerificationRequirement) (*protocol.CredentialAssertion, error) {
	verify := webauthn.WithUserVerification(cmp.Or(verification, a.RelyingParty.Config.AuthenticatorSelection.UserVerification))
	var options *protocol.CredentialAssertion
	var begun *webauthn.SessionData
	var err error
	if o == nil {
		options, begun, err = a.RelyingParty.BeginDiscoverableLogin(verify)
	} else {
		options, begun, err = a.RelyingParty.BeginLogin(o, verify)
	}
	if err != nil {
		return nil, err
	}
	return options, a.openChallenge(tx, false, begun)
}

// RefusedAssertion is the error for an assertion that was refused.
type RefusedAssertion string

// The reasons to refuse an assertion.
const (
	NoUserHandle  RefusedAssertion = "the user handle is not a user's id"
	HandleUnknown RefusedAssertion = "the user handle is nobody's"
	NotSigned     RefusedAssertion = "the assertion is not signed as it should be, or came too late"
	CountedBack   RefusedAssertion = "the signature counter did not go up"
)

// Error returns the reason.
func (r RefusedAssertion) Error() string { return string(r) }

// FinishLogin verifies an assertion, records the use of the passkey, and returns its owner. It fails with a
// RefusedAssertion. Only success uses up the challenge.
func (a *Accounts) FinishLogin(tx store.Tx, begun *Challenge, response *protocol.ParsedCredentialAssertionData) (*User, error) {
	id := begun.UserID()
	discoverable := id == ""
	if discoverable {
		handle, err := uuid.FromBytes(response.Response.UserHandle)
		if err != nil {
			return nil, NoUserHandle
		}
		id = handle.String()
	}
	o, err := FindOwner(tx, id)
	if err != nil {
		return nil, err
	}
	if o == nil {
		return nil, HandleUnknown
	}
	var credential *webauthn.Credential
	if discoverable {
		credential, err = a.RelyingParty.ValidateDiscoverableLogin(
			func([]byte, []byte) (webauthn.User, error) { return o, nil }, begun.Session, response)
	} else {
		credential, err = a.RelyingParty.ValidateLogin(o, begun.Session, response)
	}
	if err != nil || begun.Expires.Before(a.Now()) {
		return nil, NotSigned
	}
	for _, p := range o.Passkeys {
		if p.ID() != CredentialID(credential.ID) {
			continue
		}
		before, now := p.Credential.Authenticator.SignCount, response.Response.AuthenticatorData.Counter
		if before > 0 && now > 0 && now <= before { // 0 means that the passkey has no counter, as on every phone
			return nil, CountedBack
		}
		p.Credential = *credential
		p.Credential.Authenticator.SignCount = now
		p.LastUsed, p.Updated = a.Now(), a.Now()
		if err := store.Save(tx, store.Passkeys, p.ID(), p); err != nil {
			return nil, err
		}
	}
	return o.User, tx.Delete(store.Challenges, begun.Session.Challenge)
}
