package account

import (
	"encoding/json"
	"errors"
	"regexp"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/store"
)

// pending reports whether the user was created by POST /users and cannot sign in yet, because no passcode was used.
func (u *User) pending() bool {
	return len(u.Emails) == 0 && len(u.Passkeys) == 0 && u.Username == nil && u.Password == nil &&
		len(u.Identities) == 0
}

// FindUser returns the user with an ID, or nil.
func FindUser(tx store.Tx, id string) (*User, error) { return store.Load[User](tx, store.Users, id) }

// SaveUser stores a new or changed user.
func SaveUser(tx store.Tx, u *User) error { return store.Save(tx, store.Users, u.ID, u) }

// UserByUsername returns the user with a username in lower case, or nil.
func UserByUsername(tx store.Tx, name string) (*User, error) {
	id, err := store.Load[string](tx, store.Usernames, name)
	if err != nil || id == nil {
		return nil, err
	}
	return FindUser(tx, *id)
}

// ErrUsernameTaken is the error for a username that another user has.
var ErrUsernameTaken = errors.New("the username is taken")

var usernamePattern = regexp.MustCompile(`^\w+$`)

// ValidUsername reports whether a username has only letters, digits and underscores, as Hanko demands.
func ValidUsername(name string) bool { return usernamePattern.MatchString(name) }

// SetUsername sets the user's name and frees the one before.
func (a *Accounts) SetUsername(tx store.Tx, u *User, name string) error {
	taken, err := UserByUsername(tx, name)
	switch {
	case err != nil:
		return err
	case taken != nil:
		return ErrUsernameTaken
	}
	now := a.Now()
	if u.Username == nil {
		u.Username = &Username{ID: uuid.NewString(), Created: now}
	} else if err := tx.Delete(store.Usernames, u.Username.Name); err != nil {
		return err
	}
	u.Username.Name, u.Username.Updated = name, now
	return errors.Join(store.Save(tx, store.Usernames, name, u.ID), SaveUser(tx, u))
}

// RemoveUsername removes the user's name.
func RemoveUsername(tx store.Tx, u *User) error {
	name := u.Username.Name
	u.Username = nil
	return errors.Join(tx.Delete(store.Usernames, name), SaveUser(tx, u))
}

// RemoveUser deletes a user and everything that belongs to it.
func RemoveUser(tx store.Tx, u *User) error {
	for _, id := range u.Emails {
		e, err := store.Load[Email](tx, store.Emails, id)
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
	for _, key := range u.Identities {
		if err := tx.Delete(store.Identities, key); err != nil {
			return err
		}
	}
	for _, key := range tx.Keys(store.Sessions, u.ID+"/") {
		if err := tx.Delete(store.Sessions, key); err != nil {
			return err
		}
	}
	for _, id := range tx.Keys(store.Passcodes, "") {
		p, err := store.Load[Passcode](tx, store.Passcodes, id)
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

// Profile is hanko.Me, and what only flows can add.
type Profile struct {
	hanko.Me
	SecurityKeys []hanko.Credential         `json:"security_keys,omitempty"`
	Username     *Username                  `json:"username,omitempty"`
	Metadata     map[string]json.RawMessage `json:"metadata,omitempty"`
}

// Profile returns what GET /me and the profile flow show of a user.
func (a *Accounts) Profile(tx store.Tx, u *User) (Profile, error) {
	emails, err := EmailsOf(tx, u)
	if err != nil {
		return Profile{}, err
	}
	identities, err := a.listIdentities(tx, u, emails)
	if err != nil {
		return Profile{}, err
	}
	passkeys, err := PasskeysOf(tx, u)
	if err != nil {
		return Profile{}, err
	}
	set := a.Settings
	me := Profile{
		Me: hanko.Me{
			// In Hanko, neither a verified address nor a passkey counts as an update of the user.
			CreatedAt: u.Created, Emails: emails, ID: u.ID, UpdatedAt: u.Created, UserID: u.ID,
			Identities: identities, Name: u.Name, GivenName: u.GivenName, FamilyName: u.FamilyName, Picture: u.Picture,
			MFAConfig: &hanko.MFAConfig{
				AuthAppSetUp:        u.OTPSecret != "",
				SecurityKeysEnabled: set.MFA && !set.DisableSecurityKeys,
				TOTPEnabled:         set.MFA && !set.DisableTOTP,
			},
		},
		Username: u.Username,
	}
	if u.Metadata != nil && string(u.Metadata) != "{}" {
		me.Metadata = map[string]json.RawMessage{"unsafe_metadata": u.Metadata}
	}
	for _, p := range passkeys {
		switch {
		case p.SecurityKey && !set.DisableSecurityKeys:
			me.SecurityKeys = append(me.SecurityKeys, p.Listed())
		case !p.SecurityKey && !set.DisablePasskeys:
			me.Passkeys = append(me.Passkeys, p.Listed())
		}
	}
	return me, nil
}

// listIdentities lists the user's accounts at third parties, and each with the address that it came with.
func (a *Accounts) listIdentities(tx store.Tx, u *User, emails []hanko.Email) ([]hanko.Identity, error) {
	identities, err := IdentitiesOf(tx, u)
	if err != nil {
		return nil, err
	}
	var all []hanko.Identity
	for _, i := range identities {
		shown := a.listed(i)
		all = append(all, shown)
		for at := range emails {
			if emails[at].ID != i.EmailID {
				continue
			}
			emails[at].Identities = append(emails[at].Identities, shown)
			if emails[at].Identity == nil {
				emails[at].Identity = &shown
			}
		}
	}
	return all, nil
}
