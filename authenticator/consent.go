package authenticator

import (
	"context"
	"time"
)

// Ceremony says whether a passkey is created or used.
type Ceremony string

// The two WebAuthn ceremonies.
const (
	Create Ceremony = "create" // registration: navigator.credentials.create()
	Get    Ceremony = "get"    // authentication: navigator.credentials.get()
)

// Consent asks the person in front of the phone. It may take as long as it needs, but should return when ctx ends. An error
// means that the sheet was closed without an answer. The ceremony then ends with NotAllowedError.
type Consent func(ctx context.Context, request ConsentRequest) (Decision, error)

// ConsentRequest is what the sheet shows.
type ConsentRequest struct {
	Ceremony Ceremony
	RP       RelyingParty
	// Accounts has, for Create, the account that gets the passkey, and for Get, the accounts to choose from, the most recently
	// used first.
	Accounts []Account
	// UserVerification is what the relying party asks for: "required", "preferred" or "discouraged".
	UserVerification string
}

// Account is the account of a passkey.
type Account struct {
	CredentialID []byte // raw; nil for Create, because the passkey does not exist yet
	UserHandle   []byte // raw, as the relying party chose it
	Name         string // user.name, by which people tell accounts apart; often an email address
	DisplayName  string
	CreatedAt    time.Time // zero for Create
	LastUsedAt   time.Time // zero if never used
}

// Decision is the person's answer.
type Decision struct {
	Approved     bool
	CredentialID []byte // for Get, the chosen passkey; empty means the first
	UserVerified bool   // the biometric or the screen lock matched
}

// AlwaysApprove is a Consent that approves at once, for the first account, and with the user verified.
func AlwaysApprove(context.Context, ConsentRequest) (Decision, error) {
	return Decision{Approved: true, UserVerified: true}, nil
}
