package tenant

import (
	"errors"
	"slices"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/store"
)

// What flows read and write of users.

func (r *run) userByAddress(address string) (*user, error) {
	e, err := emailByAddress(r.tx, address)
	if err != nil || e == nil || e.UserID == "" {
		return nil, err
	}
	return store.Load[user](r.tx, store.Users, e.UserID)
}

func (r *run) userByUsername(name string) (*user, error) {
	id, err := store.Load[string](r.tx, store.Usernames, name)
	if err != nil || id == nil {
		return nil, err
	}
	return store.Load[user](r.tx, store.Users, *id)
}

// loadProfileUser finds the session's user, and notes that the session was used.
func (r *run) loadProfileUser() error {
	if r.claims == nil {
		return nil
	}
	var err error
	if r.who, err = store.Load[user](r.tx, store.Users, r.claims.Subject); err != nil {
		return err
	}
	key := sessionKey(r.claims.Subject, r.claims.SessionID)
	s, err := store.Load[session](r.tx, store.Sessions, key)
	if err != nil {
		return err
	}
	if r.who == nil || s == nil {
		return sessionUnauthorized // revoked a moment ago
	}
	s.LastUsed = r.t.now()
	return store.Save(r.tx, store.Sessions, key, s)
}

// flowUserID is the user that the flow is about: the session's in the profile flow.
func (r *run) flowUserID() string {
	if r.who != nil {
		return r.who.ID
	}
	return r.stash().UserID
}

// errNoUser is a flow whose user was deleted meanwhile.
const errNoUser = misuse("the flow's user is gone")

// changeUser changes the flow's user in the store.
func (r *run) changeUser(change func(*user)) error {
	u, err := store.Load[user](r.tx, store.Users, r.flowUserID())
	if err != nil {
		return err
	}
	if u == nil {
		return errNoUser
	}
	change(u)
	if r.who != nil {
		r.who = u
	}
	return store.Save(r.tx, store.Users, u.ID, u)
}

func (r *run) primaryAddress(u *user) (string, error) {
	e, err := primaryEmail(r.tx, u)
	if err != nil || e == nil {
		return "", err
	}
	return e.Address, nil
}

// belongings is what the user has.
func (r *run) belongings(u *user) (belongs, error) {
	has := belongs{
		Password: u.Password != nil, OTP: u.OTPSecret != "", Username: u.Username != nil, Email: len(u.Emails) > 0,
		Credential: len(u.Passkeys) > 0,
	}
	passkeys, err := passkeysOf(r.tx, u)
	for _, p := range passkeys {
		if p.SecurityKey {
			has.SecurityKey = true
		} else {
			has.Passkey = true
		}
	}
	return has, err
}

// claimAddress gives the flow's user the address, or marks it verified. One that is another user's is left alone: only
// somebody who guessed a code that was not mailed gets here with it.
func (r *run) claimAddress(address string, verified bool) error {
	e, err := emailByAddress(r.tx, address)
	if err != nil {
		return err
	}
	id := r.flowUserID()
	if e == nil {
		e = &email{ID: uuid.NewString(), Address: address, UserID: id, Created: r.t.now()}
		if err := store.Save(r.tx, store.Addresses, address, e.ID); err != nil {
			return err
		}
	} else if e.UserID != id {
		return misuse("the address is another user's")
	}
	e.Verified = e.Verified || verified
	if err := store.Save(r.tx, store.Emails, e.ID, e); err != nil {
		return err
	}
	return r.changeUser(func(u *user) {
		if slices.Contains(u.Emails, e.ID) {
			return
		}
		u.Emails = append(u.Emails, e.ID)
		if u.PrimaryEmail == "" {
			u.PrimaryEmail = e.ID
		}
	})
}

// setUsername gives the flow's user a name in place of the one before.
func (r *run) setUsername(name string) error {
	taken, err := r.userByUsername(name)
	switch {
	case err != nil:
		return err
	case taken != nil:
		return misuse("the username was taken meanwhile")
	}
	var before string
	now := r.t.now()
	err = r.changeUser(func(u *user) {
		if u.Username == nil {
			u.Username = &username{ID: uuid.NewString(), Created: now}
		}
		before = u.Username.Name
		u.Username.Name, u.Username.Updated = name, now
	})
	if err != nil {
		return err
	}
	if before != "" {
		if err := r.tx.Delete(store.Usernames, before); err != nil {
			return err
		}
	}
	return store.Save(r.tx, store.Usernames, name, r.flowUserID())
}

// storePasskey adds a passkey or a security key to the flow's user.
func (r *run) storePasskey(p *passkey) error {
	u, err := store.Load[user](r.tx, store.Users, r.flowUserID())
	if err != nil {
		return err
	}
	if u == nil {
		return errNoUser
	}
	if r.who != nil {
		r.who = u
	}
	if err := addPasskey(r.tx, u, p); errors.Is(err, errKnownCredential) {
		return misuse(err.Error())
	} else if err != nil {
		return err
	}
	return nil
}

// emailNamed is one of the session user's addresses, nil when it is not.
func (r *run) emailNamed(field hanko.InputName) (*hanko.Email, error) {
	emails, err := emailsOf(r.tx, r.who)
	if err != nil {
		return nil, err
	}
	id, _ := parseUUID(r.form.text(field))
	for _, e := range emails {
		if e.ID == id {
			return &e, nil
		}
	}
	return nil, nil
}
