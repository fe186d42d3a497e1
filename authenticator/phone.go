package authenticator

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"
)

// Phone is an authenticator together with the client (operating system or browser) that drives it. It may be
// used by several goroutines at once.
type Phone struct {
	profile Profile
	store   *Keystore
	consent Consent
	now     func() time.Time
}

// NewPhone returns a phone of the given kind that keeps its passkeys in store and asks consent before each
// ceremony. A nil consent refuses everything.
func NewPhone(profile Profile, store *Keystore, consent Consent) *Phone {
	if consent == nil {
		consent = func(context.Context, ConsentRequest) (Decision, error) { return Decision{}, nil }
	}
	return &Phone{profile: profile, store: store, consent: consent, now: time.Now}
}

// Profile returns what kind of phone this is.
func (p *Phone) Profile() Profile { return p.profile }

// Passkeys lists the passkeys on this phone, the most recently used first. Errors are *KeystoreError.
func (p *Phone) Passkeys() ([]Passkey, error) {
	list, err := p.store.Passkeys()
	return slices.DeleteFunc(list, func(k Passkey) bool { return k.Keychain != p.profile.Keychain }), err
}

// Delete removes a passkey from this phone by its raw credential id. It returns ErrUnknownPasskey or a
// *KeystoreError.
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

// ask shows the sheet and turns every way out of it but a yes into the error a real phone gives.
func (p *Phone) ask(ctx context.Context, request ConsentRequest) (Decision, error) {
	decision, err := p.consent(ctx, request)
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
		refused.Sentence = "the sheet was left without an answer"
		refused.Err = err
		return Decision{}, refused
	case !decision.Approved:
		refused.Sentence = "the person refused"
		return Decision{}, refused
	case !decision.UserVerified && request.UserVerification == "required":
		refused.Sentence = "the relying party requires user verification, and the person was not verified"
		refused.Hint = "try the biometric again, or ask for userVerification \"preferred\""
		return Decision{}, refused
	}
	return decision, nil
}

// broken is an error of the phone itself, not of the ceremony.
func broken(ceremony Ceremony, sentence string, err error) error {
	return &Error{Ceremony: ceremony, Name: UnknownError, Sentence: sentence, Err: err}
}

// checkRPID refuses RP ids no client accepts.
func (p *Phone) checkRPID(ceremony Ceremony, rpID string) error {
	if err := CheckRPID(rpID); err != nil {
		return &Error{
			Ceremony: ceremony,
			Name:     SecurityError,
			Platform: p.profile.Platform.words(refusedRPID, ceremony),
			Sentence: "the RP id is not acceptable",
			Hint:     "the relying party must be configured with its domain, such as example.com, as the RP id",
			Err:      err,
		}
	}
	return nil
}

// begin makes sure that there is still somebody waiting for the answer.
func (p *Phone) begin(ctx context.Context, ceremony Ceremony) error {
	if err := ctx.Err(); err != nil {
		return &Error{
			Ceremony: ceremony,
			Name:     NotAllowedError,
			Platform: p.profile.Platform.words(refusedCanceled, ceremony),
			Sentence: "the ceremony was given up before it began",
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

var errNotOffered = errors.New("the account chosen is not one of those offered")
