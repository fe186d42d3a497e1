package authenticator

import (
	"errors"
	"fmt"
	"time"

	"example.com/hankosim/internal/exactjson"
)

// RelyingParty is the service of a passkey (PublicKeyCredentialRpEntity).
type RelyingParty struct {
	ID   string // the RP ID, a domain
	Name string
}

// User is the account of a new passkey (PublicKeyCredentialUserEntity).
type User struct {
	ID          []byte // the user handle, raw, 1 to 64 bytes
	Name        string
	DisplayName string
}

// Parameter is a kind of credential that the relying party accepts (PublicKeyCredentialParameters).
type Parameter struct {
	Type      string // "public-key"
	Algorithm Algorithm
}

// Descriptor identifies an existing credential (PublicKeyCredentialDescriptor).
type Descriptor struct {
	Type       string // "public-key"
	ID         []byte // raw
	Transports []string
}

// Selection is what the relying party requires of the authenticator (AuthenticatorSelectionCriteria). Empty strings mean the
// specification's defaults.
type Selection struct {
	Attachment         string // "platform", "cross-platform" or any
	ResidentKey        string // "required", "preferred" or "discouraged"
	RequireResidentKey bool
	UserVerification   string // "required", "preferred" (also if empty or unknown) or "discouraged"
}

// CreationOptions asks for a new passkey (PublicKeyCredentialCreationOptions, WebAuthn Level 3 section 5.4).
type CreationOptions struct {
	RP                 RelyingParty
	User               User
	Challenge          []byte // raw
	Parameters         []Parameter
	Timeout            time.Duration // the relying party's wish; a native app's phone does not apply it
	ExcludeCredentials []Descriptor
	Selection          Selection
	Hints              []string
	Attestation        string // "none" (also if empty), "indirect", "direct" or "enterprise"
	AttestationFormats []string
	Extensions         CreationExtensions

	lacks    []string // names that are missing in the JSON; they may be empty, but not missing
	miscased []exactjson.Miscased
}

// RequestOptions asks for a proof of an existing passkey (PublicKeyCredentialRequestOptions, section 5.5).
type RequestOptions struct {
	RPID             string
	Challenge        []byte        // raw
	Timeout          time.Duration // the relying party's wish; a native app's phone does not apply it
	AllowCredentials []Descriptor  // empty: any passkey of the RP ID on this phone
	UserVerification string        // "required", "preferred" (also when empty or unknown) or "discouraged"
	Hints            []string
	Extensions       RequestExtensions

	miscased []exactjson.Miscased
}

const publicKeyType = "public-key"

// verificationWish returns the meaning of a userVerification member. A missing or unknown value means "preferred" (section
// 5.8.6 with section 2.1.1).
func verificationWish(s string) string {
	if s == "required" || s == "discouraged" {
		return s
	}
	return "preferred"
}

// Check fails with an *Error named TypeError, as a platform does, if the options lack something that is required. Names may
// be empty (sections 5.4.1 and 5.4.3).
func (o *CreationOptions) Check() error {
	var missing error
	switch {
	case len(o.Challenge) == 0:
		missing = errors.New("challenge is missing or empty")
	case o.RP.ID == "":
		missing = errors.New("rp.id is missing or empty")
	case len(o.User.ID) == 0:
		missing = errors.New("user.id is missing or empty")
	case len(o.User.ID) > 64:
		return malformed(Create, fmt.Errorf("user.id has %d bytes; the limit is 64", len(o.User.ID)))
	case len(o.lacks) > 0:
		missing = fmt.Errorf("%s is missing", o.lacks[0])
	}
	if missing != nil {
		return malformed(Create, miscasing(o.miscased, missing))
	}
	return checkDescriptors(Create, "excludeCredentials", o.ExcludeCredentials)
}

// Check is like CreationOptions.Check.
func (o *RequestOptions) Check() error {
	var missing error
	switch {
	case len(o.Challenge) == 0:
		missing = errors.New("challenge is missing or empty")
	case o.RPID == "":
		missing = errors.New("rpId is missing or empty")
	}
	if missing != nil {
		return malformed(Get, miscasing(o.miscased, missing))
	}
	return checkDescriptors(Get, "allowCredentials", o.AllowCredentials)
}

func checkDescriptors(ceremony Ceremony, member string, list []Descriptor) error {
	for i, d := range list {
		if len(d.ID) == 0 {
			return malformed(ceremony, fmt.Errorf("%s[%d].id is missing or empty", member, i))
		}
	}
	return nil
}
