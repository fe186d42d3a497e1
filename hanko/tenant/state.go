package tenant

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/store"
)

// user owns addresses once they are verified, and passkeys.
type user struct {
	ID           string    `json:"id"`
	Emails       []string  `json:"emails"` // email ids, oldest first
	PrimaryEmail string    `json:"primary_email"`
	Passkeys     []string  `json:"passkeys"` // credential ids, oldest first
	Created      time.Time `json:"created"`

	// What only flows know.
	Username  *username       `json:"username,omitempty"`
	Password  []byte          `json:"password,omitempty"` // bcrypt hash
	OTPSecret string          `json:"otp_secret,omitempty"`
	Metadata  json.RawMessage `json:"metadata,omitempty"` // an object
}

// pending reports whether the user was made by POST /users and nobody has answered a passcode yet: it has nothing to sign
// in with.
func (u *user) pending() bool {
	return len(u.Emails) == 0 && len(u.Passkeys) == 0 && u.Username == nil && u.Password == nil
}

// username is a user's, with an id of its own as in Hanko's database.
type username struct {
	ID      string    `json:"id"`
	Name    string    `json:"username"` // lower case
	Created time.Time `json:"created_at"`
	Updated time.Time `json:"updated_at"`
}

// email is an address; UserID is "" until a passcode sent to it was answered.
type email struct {
	ID       string `json:"id"`
	Address  string `json:"address"` // lower case
	UserID   string `json:"user_id"`
	Verified bool   `json:"verified"`

	Created time.Time `json:"created,omitzero"` // files of earlier versions do not say
}

// passcode is one that was sent and not used up. Code is a digest, so that a look into the file does not sign anyone
// in; it is a fast one, since six digits fall to any digest within the passcode's life anyway.
type passcode struct {
	ID      string    `json:"id"`
	UserID  string    `json:"user_id"`
	EmailID string    `json:"email_id"`
	Code    []byte    `json:"code"` // SHA-256 of the id and the code
	TTL     int       `json:"ttl"`  // seconds
	Tries   int       `json:"tries"`
	Created time.Time `json:"created"`
}

func passcodeDigest(id, code string) []byte {
	sum := sha256.Sum256([]byte(id + " " + code))
	return sum[:]
}

func (p *passcode) matches(code string) bool {
	return subtle.ConstantTimeCompare(p.Code, passcodeDigest(p.ID, code)) == 1
}

func (p *passcode) expires() time.Time { return p.Created.Add(time.Duration(p.TTL) * time.Second) }

// challenge is a passkey ceremony that was begun. Session.Expires stays zero: Expires is judged by the tenant's clock.
type challenge struct {
	Registration bool                 `json:"registration"`
	Session      webauthn.SessionData `json:"session"`
	Expires      time.Time            `json:"expires"`
}

// passkey is a registered credential.
type passkey struct {
	UserID     string              `json:"user_id"`
	Name       *string             `json:"name"`
	Credential webauthn.Credential `json:"credential"`
	Created    time.Time           `json:"created"`
	Updated    time.Time           `json:"updated"`
	LastUsed   time.Time           `json:"last_used"`
	// SecurityKey makes it a second factor only, which cannot sign in by itself.
	SecurityKey bool `json:"security_key,omitempty"`
}

// session is a session token that was issued and not revoked.
type session struct {
	ID      string    `json:"id"`
	UserID  string    `json:"user_id"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`

	// What a profile shows of it.
	LastUsed  time.Time `json:"last_used"`
	IPAddress string    `json:"ip_address"`
	UserAgent string    `json:"user_agent"`
}

func sessionKey(userID, id string) string { return userID + "/" + id }

// emailsOf lists the user's addresses as the API shows them.
func emailsOf(tx store.Tx, u *user) ([]hanko.Email, error) {
	emails := make([]hanko.Email, 0, len(u.Emails))
	for _, id := range u.Emails {
		e, err := store.Load[email](tx, store.Emails, id)
		if err != nil {
			return nil, err
		}
		if e != nil {
			emails = append(emails, hanko.Email{
				Address: e.Address, ID: e.ID, IsPrimary: e.ID == u.PrimaryEmail, IsVerified: e.Verified,
			})
		}
	}
	return emails, nil
}

// passkeysOf lists the user's passkeys, oldest first.
func passkeysOf(tx store.Tx, u *user) ([]*passkey, error) {
	passkeys := make([]*passkey, 0, len(u.Passkeys))
	for _, id := range u.Passkeys {
		p, err := store.Load[passkey](tx, store.Passkeys, id)
		if err != nil {
			return nil, err
		}
		if p != nil {
			passkeys = append(passkeys, p)
		}
	}
	return passkeys, nil
}

// addSession stores a new session and, as Hanko does, ends the user's oldest ones beyond five.
func addSession(tx store.Tx, request *http.Request, userID string, now time.Time) (*session, error) {
	var active []*session
	for _, key := range tx.Keys(store.Sessions, userID+"/") {
		s, err := store.Load[session](tx, store.Sessions, key)
		if err != nil {
			return nil, err
		}
		if s.Expires.After(now) {
			active = append(active, s)
		}
	}
	slices.SortStableFunc(active, func(a, b *session) int { return b.Created.Compare(a.Created) })
	for _, s := range active[min(len(active), sessionLimit-1):] {
		if err := tx.Delete(store.Sessions, sessionKey(userID, s.ID)); err != nil {
			return nil, err
		}
	}
	issued := now.Truncate(time.Second) // as the token will say it
	s := &session{
		ID: uuid.NewString(), UserID: userID, Created: now, Expires: issued.Add(sessionLifespan),
		LastUsed: now, IPAddress: remoteIP(request), UserAgent: clientAgent(request.UserAgent()),
	}
	return s, store.Save(tx, store.Sessions, sessionKey(userID, s.ID), s)
}

// removeUser deletes the user with everything that belongs to it.
func removeUser(tx store.Tx, u *user) error {
	for _, id := range u.Emails {
		e, err := store.Load[email](tx, store.Emails, id)
		if err != nil {
			return err
		}
		if e != nil {
			if err := tx.Delete(store.Addresses, e.Address); err != nil {
				return err
			}
		}
		if err := tx.Delete(store.Emails, id); err != nil {
			return err
		}
	}
	for _, id := range u.Passkeys {
		if err := tx.Delete(store.Passkeys, id); err != nil {
			return err
		}
	}
	for _, key := range tx.Keys(store.Sessions, u.ID+"/") {
		if err := tx.Delete(store.Sessions, key); err != nil {
			return err
		}
	}
	for _, id := range tx.Keys(store.Passcodes, "") {
		p, err := store.Load[passcode](tx, store.Passcodes, id)
		if err != nil {
			return err
		}
		if p.UserID == u.ID {
			if err := tx.Delete(store.Passcodes, id); err != nil {
				return err
			}
		}
	}
	if u.Username != nil {
		if err := tx.Delete(store.Usernames, u.Username.Name); err != nil {
			return err
		}
	}
	return tx.Delete(store.Users, u.ID)
}
