package hanko

import (
	"encoding/json"
	"strings"
	"time"
)

// The JSON of the REST API, as Hanko v2.7.0 writes it. The embedded tenant answers with these same types.

// ErrorBody is the JSON of every REST answer that is not a success.
type ErrorBody struct {
	Code    int    `json:"code"` // the HTTP status again
	Message string `json:"message"`
}

// EmailRequest is what POST /user and POST /users take.
type EmailRequest struct {
	Email string `json:"email"`
}

// UserLookup answers POST /user for an address that has a user.
type UserLookup struct {
	EmailID               string `json:"email_id"`
	HasWebauthnCredential bool   `json:"has_webauthn_credential"`
	ID                    string `json:"id"` // the user's UUID
	Verified              bool   `json:"verified"`
}

// CreatedUser answers POST /users. EmailID is absent on the oldest tenants; where it is present it must be sent when
// the first passcode is asked for, because an unverified address does not belong to its user yet.
type CreatedUser struct {
	EmailID string `json:"email_id"`
	ID      string `json:"id"`
	UserID  string `json:"user_id"` // the same as ID
}

// PasscodeRequest is what POST /passcode/login/initialize takes.
type PasscodeRequest struct {
	EmailID string `json:"email_id,omitempty"`
	UserID  string `json:"user_id"`
}

// Passcode answers POST /passcode/login/initialize and, the same again, POST /passcode/login/finalize.
type Passcode struct {
	CreatedAt time.Time `json:"created_at"` // by the tenant's clock
	ID        string    `json:"id"`
	TTL       int       `json:"ttl"` // seconds from CreatedAt
}

// PasscodeAnswer is what POST /passcode/login/finalize takes.
type PasscodeAnswer struct {
	Code string `json:"code"`
	ID   string `json:"id"`
}

// PasskeyRequest is what POST /webauthn/login/initialize takes. Without a UserID any passkey of the relying party may
// answer.
type PasskeyRequest struct {
	UserID string `json:"user_id,omitempty"`
}

// PasskeyResult answers both POST /webauthn/registration/finalize and POST /webauthn/login/finalize.
type PasskeyResult struct {
	CredentialID string `json:"credential_id"` // base64url
	UserID       string `json:"user_id"`
}

// Credential is one passkey as GET /webauthn/credentials lists it.
type Credential struct {
	AAGUID          string     `json:"aaguid,omitempty"`
	AttestationType string     `json:"attestation_type"`
	BackupEligible  bool       `json:"backup_eligible"`
	BackupState     bool       `json:"backup_state"`
	CreatedAt       time.Time  `json:"created_at"`
	ID              string     `json:"id"` // base64url
	LastUsedAt      *time.Time `json:"last_used_at,omitempty"`
	MFAOnly         bool       `json:"mfa_only"`
	Name            *string    `json:"name,omitempty"`
	PublicKey       string     `json:"public_key"` // COSE, base64url
	Transports      []string   `json:"transports"`
}

// Email is one address of a user.
type Email struct {
	Address    string `json:"address"`
	ID         string `json:"id,omitempty"` // absent in a token's claims
	IsPrimary  bool   `json:"is_primary"`
	IsVerified bool   `json:"is_verified"`

	Identity   *Identity  `json:"identity,omitempty"` // the first of Identities
	Identities []Identity `json:"identities,omitempty"`
}

// Identity is a person's account at a third party that a user is connected with.
type Identity struct {
	ID         string `json:"id"`       // the third party's id of the person
	Provider   string `json:"provider"` // the third party's name, as people are shown it
	IdentityID string `json:"identity_id,omitempty"`
}

// MFAConfig says which second factors a user has.
type MFAConfig struct {
	AuthAppSetUp        bool `json:"auth_app_set_up"`
	SecurityKeysEnabled bool `json:"security_keys_enabled"`
	TOTPEnabled         bool `json:"totp_enabled"`
}

// Me answers GET /me. Tenants before v2.0 send nothing but the ID.
type Me struct {
	CreatedAt time.Time    `json:"created_at"`
	Emails    []Email      `json:"emails,omitempty"`
	ID        string       `json:"id"`
	MFAConfig *MFAConfig   `json:"mfa_config,omitempty"`
	Passkeys  []Credential `json:"passkeys,omitempty"`
	UpdatedAt time.Time    `json:"updated_at"`
	UserID    string       `json:"user_id"`

	Identities []Identity `json:"identities,omitempty"` // since v2.3.0
	// What the third party that the account was made with says of the person.
	Name       string `json:"name,omitempty"`
	GivenName  string `json:"given_name,omitempty"`
	FamilyName string `json:"family_name,omitempty"`
	Picture    string `json:"picture,omitempty"`
}

// SessionRequest is what POST /sessions/validate takes.
type SessionRequest struct {
	SessionToken string `json:"session_token"`
}

// Validation answers GET and POST /sessions/validate, always with status 200: IsValid is the verdict.
type Validation struct {
	Claims         *SessionClaims `json:"claims,omitempty"`
	ExpirationTime *time.Time     `json:"expiration_time,omitempty"`
	IsValid        bool           `json:"is_valid"`
	UserID         string         `json:"user_id,omitempty"`
}

// SessionClaims is a token's claims as /sessions/validate spells them.
type SessionClaims struct {
	AMR        []string  `json:"amr,omitempty"` // how the user signed in, on newer tenants
	Audience   []string  `json:"audience"`
	Email      *Email    `json:"email,omitempty"`
	Expiration time.Time `json:"expiration"`
	IssuedAt   time.Time `json:"issued_at"`
	SessionID  string    `json:"session_id"`
	Subject    string    `json:"subject"`
}

// PublicConfig answers GET /.well-known/config, which exists up to v2.7 and is gone on v3.
type PublicConfig struct {
	Account struct {
		AllowDeletion bool `json:"allow_deletion"`
		AllowSignup   bool `json:"allow_signup"`
	} `json:"account"`
	Emails struct {
		MaxNumOfAddresses   int  `json:"max_num_of_addresses"`
		RequireVerification bool `json:"require_verification"`
	} `json:"emails"`
	Password struct {
		Enabled           bool `json:"enabled"`
		MinPasswordLength int  `json:"min_password_length"`
	} `json:"password"`
	Providers     json.RawMessage `json:"providers"`
	UseEnterprise bool            `json:"use_enterprise"` // some addresses sign in by SAML
}

// ThirdParties lists the providers that people can sign in with over REST: Hanko's own. Those that a team makes are not
// listed, and can be used.
func (c PublicConfig) ThirdParties() []ThirdParty {
	var names []string
	_ = json.Unmarshal(c.Providers, &names) // null where there is none
	var all []ThirdParty
	for _, name := range names {
		all = append(all, ThirdParty{ID: strings.ToLower(name), Name: name})
	}
	return all
}
