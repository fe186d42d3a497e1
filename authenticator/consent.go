package authenticator

import (
	"context"
	"time"
)

// Ceremony says what is being done: a passkey made, or one used.
type Ceremony string

// The two WebAuthn ceremonies.
const (
	Create Ceremony = "create" // registration: navigator.credentials.create()
	Get    Ceremony = "get"    // authentication: navigator.credentials.get()
)

// Consent asks the person in front of the phone. It may take as long as it likes and should return when ctx
// ends. Any error means that the sheet was left without an answer: the ceremony ends with NotAllowedError.
type Consent func(ctx context.Context, request ConsentRequest) (Decision, error)

// ConsentRequest is what the sheet shows.
type ConsentRequest struct {
	Ceremony Ceremony
	RP       RelyingParty
	// Accounts is, for Create, the one account the passkey will be made for; for Get, those to choose from,
	// the most recently used first.
	Accounts []Account
	// UserVerification is what the relying party asks: "required", "preferred" or "discouraged".
	UserVerification string
}

// Account is one account a passkey belongs to (or will).
type Account struct {
	CredentialID []byte // raw; nil for Create, as the passkey does not exist yet
	UserHandle   []byte // raw, as the relying party chose it
	Name         string // user.name: what tells accounts apart, often an email
	DisplayName  string
	CreatedAt    time.Time // zero for Create
	LastUsedAt   time.Time // zero when never used
}

// Decision is the person's answer.
type Decision struct {
	Approved     bool
	CredentialID []byte // for Get: which account; empty means the first
	UserVerified bool   // the biometric or the screen lock matched
}

// AlwaysApprove is a Consent that says yes at once, with the user verified, to the first account.
func AlwaysApprove(context.Context, ConsentRequest) (Decision, error) {
	return Decision{Approved: true, UserVerified: true}, nil
}
