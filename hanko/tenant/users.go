package tenant

import (
	"encoding/json"
	"errors"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/store"
)

// pending reports whether the user was made by POST /users and nobody has answered a passcode yet: it has nothing to sign
// in with.
func (u *user) pending() bool {
	return len(u.Emails) == 0 && len(u.Passkeys) == 0 && u.Username == nil && u.Password == nil
}

// findUser finds a user by its id, nil when there is none.
func findUser(tx store.Tx, id string) (*user, error) { return store.Load[user](tx, store.Users, id) }

// saveUser stores a user that is new or has changed.
func saveUser(tx store.Tx, u *user) error { return store.Save(tx, store.Users, u.ID, u) }

// userByUsername finds a user by its name in lower case, nil when there is none.
func userByUsername(tx store.Tx, name string) (*user, error) {
	id, err := store.Load[string](tx, store.Usernames, name)
	if err != nil || id == nil {
		return nil, err
	}
	return findUser(tx, *id)
}

// errUsernameTaken is a name that is some user's already.
var errUsernameTaken = errors.New("the username is taken")

// setUsername gives the user a name in place of the one before.
func (a *accounts) setUsername(tx store.Tx, u *user, name string) error {
	taken, err := userByUsername(tx, name)
	switch {
	case err != nil:
		return err
	case taken != nil:
		return errUsernameTaken
	}
	now := a.now()
	if u.Username == nil {
		u.Username = &username{ID: uuid.NewString(), Created: now}
	} else if err := tx.Delete(store.Usernames, u.Username.Name); err != nil {
		return err
	}
	u.Username.Name, u.Username.Updated = name, now
	return errors.Join(store.Save(tx, store.Usernames, name, u.ID), saveUser(tx, u))
}

// removeUsername takes away the user's name.
func removeUsername(tx store.Tx, u *user) error {
	name := u.Username.Name
	u.Username = nil
	return errors.Join(tx.Delete(store.Usernames, name), saveUser(tx, u))
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

// profileData is hanko.Me with what only flows make.
type profileData struct {
	hanko.Me
	SecurityKeys []hanko.Credential         `json:"security_keys,omitempty"`
	Username     *username                  `json:"username,omitempty"`
	Metadata     map[string]json.RawMessage `json:"metadata,omitempty"`
}

// profile is what GET /me and the profile flow show of a user.
func (a *accounts) profile(tx store.Tx, u *user) (profileData, error) {
	emails, err := emailsOf(tx, u)
	if err != nil {
		return profileData{}, err
	}
	passkeys, err := passkeysOf(tx, u)
	if err != nil {
		return profileData{}, err
	}
	set := a.Settings
	me := profileData{
		Me: hanko.Me{
			// Neither a verified address nor a passkey counts as an update of the user with Hanko.
			CreatedAt: u.Created, Emails: emails, ID: u.ID, UpdatedAt: u.Created, UserID: u.ID,
			MFAConfig: &hanko.MFAConfig{
				AuthAppSetUp:        u.OTPSecret != "",
				SecurityKeysEnabled: set.MFA && !set.DisableSecurityKeys,
				TOTPEnabled:         set.MFA && !set.DisableTOTP,
			},
		},
		Username: u.Username,
	}
	if u.Metadata != nil {
		me.Metadata = map[string]json.RawMessage{"unsafe_metadata": u.Metadata}
	}
	for _, p := range passkeys {
		switch {
		case p.SecurityKey && !set.DisableSecurityKeys:
			me.SecurityKeys = append(me.SecurityKeys, p.listed())
		case !p.SecurityKey && !set.DisablePasskeys:
			me.Passkeys = append(me.Passkeys, p.listed())
		}
	}
	return me, nil
}
