package account

import (
	"encoding/json"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
)

// User owns addresses once they are verified, and passkeys.
type User struct {
	ID           string    `json:"id"`
	Emails       []string  `json:"emails"` // email ids, oldest first
	PrimaryEmail string    `json:"primary_email"`
	Passkeys     []string  `json:"passkeys"` // credential ids, oldest first
	Created      time.Time `json:"created"`

	// What only flows know.
	Username  *Username       `json:"username,omitempty"`
	Password  []byte          `json:"password,omitempty"` // bcrypt hash
	OTPSecret string          `json:"otp_secret,omitempty"`
	Metadata  json.RawMessage `json:"metadata,omitempty"` // an object
}

// Username is a user's, with an id of its own as in Hanko's database.
type Username struct {
	ID      string    `json:"id"`
	Name    string    `json:"username"` // lower case
	Created time.Time `json:"created_at"`
	Updated time.Time `json:"updated_at"`
}

// Email is an address; UserID is "" until a passcode sent to it was answered.
type Email struct {
	ID       string `json:"id"`
	Address  string `json:"address"` // lower case
	UserID   string `json:"user_id"`
	Verified bool   `json:"verified"`

	Created time.Time `json:"created,omitzero"` // files of earlier versions do not say
}

// Passcode is one that was sent and not used up. Code is a digest, so that a look into the file does not sign anyone
// in; it is a fast one, since six digits fall to any digest within the passcode's life anyway.
type Passcode struct {
	ID      string    `json:"id"`
	UserID  string    `json:"user_id"`
	EmailID string    `json:"email_id"`
	Code    []byte    `json:"code"` // SHA-256 of the id and the code
	TTL     int       `json:"ttl"`  // seconds
	Tries   int       `json:"tries"`
	Created time.Time `json:"created"`
}

// Challenge is a passkey ceremony that was begun. Session.Expires stays zero: Expires is judged by the tenant's clock.
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
	// SecurityKey makes it a second factor only, which cannot sign in by itself.
	SecurityKey bool `json:"security_key,omitempty"`
}

// Session is a session token that was issued and not revoked.
type Session struct {
	ID      string    `json:"id"`
	UserID  string    `json:"user_id"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`

	// What a profile shows of it.
	LastUsed  time.Time `json:"last_used"`
	IPAddress string    `json:"ip_address"`
	UserAgent string    `json:"user_agent"`
}
