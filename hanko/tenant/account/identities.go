package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
)

// Identity is a person's account at a third party. It belongs to a user after the app has exchanged a token for it.
type Identity struct {
	ID       string `json:"id"`
	Provider string `json:"provider"` // the third party's id
	Subject  string `json:"subject"`  // the person's ID there
	UserID   string `json:"user_id"`
	EmailID  string `json:"email_id"` // of the address from the third party; "" if it sent none

	Created time.Time `json:"created"`
}

func identityKey(provider, subject string) string { return provider + "/" + subject }

// FindIdentity returns an account at a third party, or nil if nobody has signed in with it yet.
func FindIdentity(tx store.Tx, provider, subject string) (*Identity, error) {
	return store.Load[Identity](tx, store.Identities, identityKey(provider, subject))
}

func saveIdentity(tx store.Tx, i *Identity) error {
	return store.Save(tx, store.Identities, identityKey(i.Provider, i.Subject), i)
}

// IdentitiesOf returns the user's accounts at third parties, oldest first.
func IdentitiesOf(tx store.Tx, u *User) ([]*Identity, error) {
	var all []*Identity
	for _, key := range u.Identities {
		i, err := store.Load[Identity](tx, store.Identities, key)
		if err != nil {
			return nil, err
		}
		if i != nil {
			all = append(all, i)
		}
	}
	return all, nil
}

// GiveIdentity connects an account at a third party with the user.
func GiveIdentity(tx store.Tx, u *User, i *Identity) error {
	i.UserID = u.ID
	if key := identityKey(i.Provider, i.Subject); !slices.Contains(u.Identities, key) {
		u.Identities = append(u.Identities, key)
	}
	return errors.Join(saveIdentity(tx, i), SaveUser(tx, u))
}

// RemoveIdentity disconnects an account at a third party from the user.
func RemoveIdentity(tx store.Tx, u *User, i *Identity) error {
	key := identityKey(i.Provider, i.Subject)
	u.Identities = slices.DeleteFunc(u.Identities, func(k string) bool { return k == key })
	return errors.Join(tx.Delete(store.Identities, key), SaveUser(tx, u))
}

// ThirdParty returns the provider with an ID, and whether there is one.
func (a *Accounts) ThirdParty(id string) (setting.ThirdParty, bool) {
	at := slices.IndexFunc(a.ThirdParties, func(p setting.ThirdParty) bool { return p.ID == id })
	if at < 0 {
		return setting.ThirdParty{}, false
	}
	return a.ThirdParties[at], true
}

// listed returns an account at a third party as the API lists it.
func (a *Accounts) listed(i *Identity) hanko.Identity {
	name := i.Provider
	if party, known := a.ThirdParty(i.Provider); known {
		name = party.Name
	}
	return hanko.Identity{ID: i.Subject, Provider: name, IdentityID: i.ID}
}

// Visitor is what a third party says about a person.
type Visitor struct {
	Subject                              string
	Email                                string // "" if it sends none
	EmailVerified                        bool
	Name, GivenName, FamilyName, Picture string
}

// syncWith updates the user with what a third party says. It keeps what the third party does not mention.
func (u *User) syncWith(v Visitor) {
	for _, field := range []struct {
		at   *string
		says string
	}{{&u.Name, v.Name}, {&u.GivenName, v.GivenName}, {&u.FamilyName, v.FamilyName}, {&u.Picture, v.Picture}} {
		if field.says != "" {
			*field.at = field.says
		}
	}
}

// refusedVisitor returns the error with which a browser returns to the app.
func refusedVisitor(code hanko.ThirdPartyCode, description string) error {
	return &hanko.ThirdPartyError{Code: code, Description: description}
}

// Welcome returns the user for a visitor from a third party, and creates a missing one (backend/thirdparty/linking.go).
// userID is the user to connect the account with, or "" to sign in. byFlow means that a flow continues, and not REST. It
// fails with a *hanko.ThirdPartyError.
func (a *Accounts) Welcome(tx store.Tx, party setting.ThirdParty, v Visitor, byFlow bool, userID string) (u *User, i *Identity, isNew bool, err error) {
	if !byFlow && !a.Settings.SkipVerification && !v.EmailVerified {
		return nil, nil, false, refusedVisitor(hanko.ThirdPartyUnverifiedEmail, "third party provider email must be verified")
	}
	v.Email = strings.ToLower(v.Email)
	if i, err = FindIdentity(tx, party.ID, v.Subject); err != nil {
		return nil, nil, false, err
	}
	if i != nil && i.UserID != "" {
		if userID != "" && i.UserID != userID {
			return nil, nil, false, refusedVisitor(hanko.ThirdPartyInvalidRequest, "identity already exists for a different user")
		}
		u, err = a.welcomeBack(tx, i, v)
		return u, i, false, err
	}
	if userID != "" {
		u, err = FindUser(tx, userID)
	} else {
		u, err = UserByAddress(tx, v.Email)
	}
	switch {
	case err != nil:
		return nil, nil, false, err
	case u == nil:
		u, i, err = a.signUp(tx, party, v)
		return u, i, true, err
	case !party.AllowLinking:
		return nil, nil, false, refusedVisitor(hanko.ThirdPartyUserConflict, "third party account linking for existing user with same email disallowed")
	}
	e, err := EmailByAddress(tx, v.Email)
	if err != nil {
		return nil, nil, false, err
	}
	i = &Identity{ID: uuid.NewString(), Provider: party.ID, Subject: v.Subject, Created: a.Now()}
	if e != nil && e.UserID == u.ID {
		i.EmailID = e.ID
	}
	u.syncWith(v)
	if userID != "" { // it becomes the user's when the app exchanges the token
		return u, i, false, errors.Join(saveIdentity(tx, i), SaveUser(tx, u))
	}
	return u, i, false, GiveIdentity(tx, u, i)
}

// welcomeBack returns the user of a known visitor, and adds the address if it has changed at the third party.
func (a *Accounts) welcomeBack(tx store.Tx, i *Identity, v Visitor) (*User, error) {
	u, err := FindUser(tx, i.UserID)
	if err != nil {
		return nil, err
	}
	if u == nil {
		return nil, fmt.Errorf("the user %s of the identity %s is gone", i.UserID, i.ID)
	}
	u.syncWith(v)
	key := identityKey(i.Provider, i.Subject) // as in Hanko's database, the last used one comes last
	u.Identities = append(slices.DeleteFunc(u.Identities, func(k string) bool { return k == key }), key)
	known, err := FindEmail(tx, i.EmailID)
	if err != nil {
		return nil, err
	}
	if v.Email == "" || known != nil && known.Address == v.Email {
		return u, SaveUser(tx, u)
	}
	e, err := EmailByAddress(tx, v.Email)
	switch {
	case err != nil:
		return nil, err
	case e != nil && e.UserID != "" && e.UserID != u.ID:
		return nil, refusedVisitor(hanko.ThirdPartyMultipleAccounts, fmt.Sprintf("cannot identify associated user: '%s' is used by multiple accounts", e.Address))
	case e == nil && len(u.Emails) >= setting.MaxEmails:
		return nil, refusedVisitor(hanko.ThirdPartyTooManyEmails, "max number of email addresses reached")
	case e == nil:
		if e, err = a.AddEmail(tx, v.Email); err != nil {
			return nil, err
		}
	}
	i.EmailID = e.ID
	return u, errors.Join(GiveEmail(tx, u, e, v.EmailVerified), saveIdentity(tx, i))
}

// signUp creates a user for a visitor from a third party.
func (a *Accounts) signUp(tx store.Tx, party setting.ThirdParty, v Visitor) (*User, *Identity, error) {
	if a.Settings.DisableSignup {
		return nil, nil, refusedVisitor(hanko.ThirdPartySignUpDisabled, "account signup is disabled")
	}
	u := &User{ID: uuid.NewString(), Created: a.Now()}
	i := &Identity{ID: uuid.NewString(), Provider: party.ID, Subject: v.Subject, Created: a.Now()}
	u.syncWith(v)
	if v.Email != "" {
		e, err := EmailByAddress(tx, v.Email)
		if err != nil {
			return nil, nil, err
		}
		if e == nil {
			if e, err = a.AddEmail(tx, v.Email); err != nil {
				return nil, nil, err
			}
		}
		i.EmailID = e.ID
		if err := GiveEmail(tx, u, e, v.EmailVerified); err != nil {
			return nil, nil, err
		}
	}
	return u, i, GiveIdentity(tx, u, i)
}

// Token is a token with which a browser returns from a third party.
type Token struct {
	UserID   string    `json:"user_id"`
	Identity string    `json:"identity"` // its key
	Verifier string    `json:"verifier"` // the flow's code verifier; "" if there is none
	IsNew    bool      `json:"is_new"`   // the user was created with it
	Expires  time.Time `json:"expires"`
}

// tokenKey returns the key under which a token is stored: a digest, so that nobody can sign in by reading the file.
func tokenKey(value string) string {
	sum := sha256.Sum256([]byte(value))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// NewToken creates a token for a visitor, which is valid for a minute, and returns its value.
func (a *Accounts) NewToken(tx store.Tx, u *User, i *Identity, verifier string, isNew bool) (string, error) {
	drawn := make([]byte, 32)
	_, _ = rand.Read(drawn) // never fails
	value := base64.URLEncoding.EncodeToString(drawn)
	return value, store.Save(tx, store.Tokens, tokenKey(value), &Token{
		UserID: u.ID, Identity: identityKey(i.Provider, i.Subject), Verifier: verifier, IsNew: isNew, Expires: a.Now().Add(hanko.TokenLife),
	})
}

// FindToken returns the token with a value, or nil.
func FindToken(tx store.Tx, value string) (*Token, error) {
	return store.Load[Token](tx, store.Tokens, tokenKey(value))
}

// UseToken uses up a token, and returns its user and identity. The identity is nil if it has been disconnected in between.
func UseToken(tx store.Tx, value string, t *Token) (*User, *Identity, error) {
	u, err := FindUser(tx, t.UserID)
	if err != nil {
		return nil, nil, err
	}
	i, err := store.Load[Identity](tx, store.Identities, t.Identity)
	return u, i, errors.Join(err, tx.Delete(store.Tokens, tokenKey(value)))
}
