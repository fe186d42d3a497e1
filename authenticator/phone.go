package authenticator

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"
)

// Phone is an authenticator together with the client (operating system or browser) that uses it. It is safe for concurrent
// use.
type Phone struct {
	profile     Profile
	store       *Keystore
	consent     Consent
	now         func() time.Time
	strict      bool
	association AppAssociation
	report      func(error)
	related     RelatedOrigins
	tampering   Tampering
}

// NewPhone returns a phone with the given profile. It keeps its passkeys in store, and calls consent before each ceremony. A
// nil consent refuses everything.
func NewPhone(profile Profile, store *Keystore, consent Consent, options ...PhoneOption) *Phone {
	if consent == nil {
		consent = func(context.Context, ConsentRequest) (Decision, error) { return Decision{}, nil }
	}
	p := &Phone{profile: profile, store: store, consent: consent, now: time.Now}
	for _, option := range options {
		option(p)
	}
	return p
}

// PhoneOption changes how a Phone of any profile behaves.
type PhoneOption func(*Phone)

// Strict makes the phone refuse what real phones refuse, but a simulation could allow: an app that is not associated with the
// RP ID's domain (if WithAppAssociation says how to check it), and on iOS any attestation except none.
func Strict() PhoneOption { return func(p *Phone) { p.strict = true } }

// AppAssociation checks that the profile's native app is associated with an RP ID's domain, as the platform does before it
// shows a sheet. The error says what is wrong.
type AppAssociation func(ctx context.Context, profile Profile, rpID string) error

// WithAppAssociation adds a check of the association before each ceremony of a native app. On a Strict phone, an error
// refuses the ceremony. On others, it is passed to report, and the ceremony continues.
func WithAppAssociation(check AppAssociation, report func(error)) PhoneOption {
	return func(p *Phone) { p.association, p.report = check, report }
}

// RelatedOrigins checks that an RP ID's domain lists a page's origin in its /.well-known/webauthn. The error says what is
// wrong.
type RelatedOrigins func(ctx context.Context, rpID, origin string) error

// WithRelatedOrigins lets pages use the RP ID of another domain that lists them (WebAuthn Level 3 section 5.11). Without it,
// they cannot.
func WithRelatedOrigins(check RelatedOrigins) PhoneOption {
	return func(p *Phone) { p.related = check }
}

// Profile returns the phone's profile.
func (p *Phone) Profile() Profile { return p.profile }

// Passkeys returns the passkeys on this phone, the most recently used first. It fails with a *KeystoreError.
func (p *Phone) Passkeys() ([]Passkey, error) {
	list, err := p.store.Passkeys()
	return slices.DeleteFunc(list, func(k Passkey) bool { return k.Keychain != p.profile.Keychain }), err
}

// Delete removes a passkey from this phone by its raw credential ID. It fails with ErrUnknownPasskey or a *KeystoreError.
func (p *Phone) Delete(credentialID []byte) error {
	list, err := p.own(context.Background())
	if err != nil {
		return err
	}
	if indexOf(list, credentialID) < 0 {
		return ErrUnknownPasskey
	}
	return p.store.Delete(credentialID)
}

// Rename changes the name of a passkey on this phone. See Keystore.Rename.
func (p *Phone) Rename(credentialID []byte, name string) error {
	list, err := p.own(context.Background())
	if err != nil {
		return err
	}
	if indexOf(list, credentialID) < 0 {
		return ErrUnknownPasskey
	}
	return p.store.Rename(credentialID, name)
}

// own returns the credentials of this phone's keychain.
func (p *Phone) own(ctx context.Context) ([]*credential, error) {
	list, err := p.store.list(ctx)
	if err != nil {
		return nil, err
	}
	var own []*credential
	for _, c := range list {
		if c.Keychain == p.profile.Keychain {
			own = append(own, c)
		}
	}
	return own, nil
}

// ask shows the sheet. If the person does not approve, it returns the error that a real phone gives.
func (p *Phone) ask(ctx context.Context, request ConsentRequest) (Decision, error) {
	decision, err := p.consent(ctx, request)
	decision.UserVerified = decision.UserVerified && !p.profile.NoScreenLock
	if err == nil {
		err = ctx.Err()
	}
	refused := &Error{
		Ceremony: request.Ceremony,
		Name:     NotAllowedError,
		Platform: p.profile.Platform.words(refusedCanceled, request.Ceremony),
	}
	switch {
	case err != nil:
		refused.Sentence = "the sheet was closed without an answer"
		refused.Err = err
		return Decision{}, refused
	case !decision.Approved:
		refused.Sentence = "the person refused"
		return Decision{}, refused
	case !decision.UserVerified && request.UserVerification == "required":
		refused.Sentence = "the relying party requires user verification, but the person was not verified"
		refused.unverified = true
		refused.Hint = "try again, or have the relying party ask for userVerification \"preferred\""
		return Decision{}, refused
	}
	return decision, nil
}

// broken returns the error for a failure of the phone itself.
func broken(ceremony Ceremony, sentence string, err error) error {
	return &Error{Ceremony: ceremony, Name: UnknownError, Sentence: sentence, Err: err}
}

// begin returns an error if the context has ended already.
func (p *Phone) begin(ctx context.Context, ceremony Ceremony) error {
	if err := ctx.Err(); err != nil {
		return &Error{
			Ceremony: ceremony,
			Name:     NotAllowedError,
			Platform: p.profile.Platform.words(refusedCanceled, ceremony),
			Sentence: "the ceremony was cancelled before it started",
			Err:      err,
		}
	}
	return nil
}

// matching returns the credentials that a list of descriptors names.
func matching(list []*credential, descriptors []Descriptor) []*credential {
	var found []*credential
	for _, c := range list {
		named := slices.ContainsFunc(descriptors, func(d Descriptor) bool {
			return d.Type == publicKeyType && bytes.Equal(d.ID, c.CredentialID)
		})
		if named {
			found = append(found, c)
		}
	}
	return found
}

var errNotOffered = errors.New("the chosen account is not one of those offered")
