package account

import (
	"encoding/json"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
)

// User is a user, with verified addresses and passkeys.
type User struct {
	ID           string    `json:"id"`
	Emails       []string  `json:"emails"` // email ids, oldest first
	PrimaryEmail string    `json:"primary_email"`
	Passkeys     []string  `json:"passkeys"` // credential ids, oldest first
	Created      time.Time `json:"created"`

	// What third parties say of the person, and the accounts there: keys of identities, oldest first.
	Name       string   `json:"name,omitempty"`
	GivenName  string   `json:"given_name,omitempty"`
	FamilyName string   `json:"family_name,omitempty"`
	Picture    string   `json:"picture,omitempty"`
	Identities []string `json:"identities,omitempty"`

	// Used by flows only.
	Username  *Username       `json:"username,omitempty"`
	Password  []byte          `json:"password,omitempty"` // bcrypt hash
	OTPSecret string          `json:"otp_secret,omitempty"`
	Metadata  json.RawMessage `json:"metadata,omitempty"` // an object
}

// Username is a user's name, with an ID of its own as in Hanko's database.
type Username struct {
	ID      string    `json:"id"`
	Name    string    `json:"username"` // lower case
	Created time.Time `json:"created_at"`
	Updated time.Time `json:"updated_at"`
}

// Email is an address. UserID is "" until a passcode that was sent to it has been used.
type Email struct {
	ID       string `json:"id"`
	Address  string `json:"address"` // lower case
	UserID   string `json:"user_id"`
	Verified bool   `json:"verified"`

	Created time.Time `json:"created,omitzero"` // absent in files of earlier versions
}

// Passcode is a passcode that has been sent and not used up. Code is a digest, so that nobody can sign in by reading the
// file. A fast digest will do: six digits can be found within the passcode's lifetime with any digest.
type Passcode struct {
	ID      string    `json:"id"`
	UserID  string    `json:"user_id"`
	EmailID string    `json:"email_id"`
	Code    []byte    `json:"code"` // SHA-256 of the id and the code
	TTL     int       `json:"ttl"`  // seconds
	Tries   int       `json:"tries"`
	Created time.Time `json:"created"`
}

// Challenge is a passkey ceremony that has begun. Session.Expires stays zero, since Expires goes by the tenant's clock.
type Challenge struct {
	Registration bool                 `json:"registration"`
	Session      webauthn.SessionData `json:"session"`
	Expires      time.Time            `json:"expires"`
}

// Passkey is a registered credential.
type Passkey struct {
	UserID     string              `json:"user_id"`
	Name       *string             `json:"name"`
	Credential webauthn.Credential `json:"credential"`
	Created    time.Time           `json:"created"`
	Updated    time.Time           `json:"updated"`
	LastUsed   time.Time           `json:"last_used"`
	// SecurityKey means that it is only a second factor, which cannot sign in alone.
	SecurityKey bool `json:"security_key,omitempty"`
}

// Session is a session token that has been issued and not revoked.
type Session struct {
	ID      string    `json:"id"`
	UserID  string    `json:"user_id"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`

	// Shown in a profile.
	LastUsed  time.Time `json:"last_used"`
	IPAddress string    `json:"ip_address"`
	UserAgent string    `json:"user_agent"`
}
