package flow

import (
	"errors"
	"slices"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
)

// What flows read and write of users.

// loadProfileUser finds the session's user, and notes that the session was used.
func (r *run) loadProfileUser() error {
	if r.claims == nil {
		return nil
	}
	var err error
	if r.who, err = account.FindUser(r.tx, r.claims.Subject); err != nil {
		return err
	}
	s, err := account.FindSession(r.tx, r.claims.Subject, r.claims.SessionID)
	if err != nil {
		return err
	}
	if r.who == nil || s == nil {
		return sessionUnauthorized // revoked a moment ago
	}
	return r.accounts.UseSession(r.tx, s)
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

// user is the flow's user, or errNoUser when it was deleted meanwhile.
func (r *run) user() (*account.User, error) {
	if r.who != nil {
		return r.who, nil
	}
	u, err := account.FindUser(r.tx, r.stash().UserID)
	if err == nil && u == nil {
		err = errNoUser
	}
	return u, err
}

// changeUser changes the flow's user in the store.
func (r *run) changeUser(change func(*account.User)) error {
	u, err := r.user()
	if err != nil {
		return err
	}
	change(u)
	return account.SaveUser(r.tx, u)
}

// belongings is what the user has.
func (r *run) belongings(u *account.User) (belongs, error) {
	has := belongs{
		Password: u.Password != nil, OTP: u.OTPSecret != "", Username: u.Username != nil, Email: len(u.Emails) > 0,
		Credential: len(u.Passkeys) > 0,
	}
	passkeys, err := account.PasskeysOf(r.tx, u)
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
	u, err := r.user()
	if err != nil {
		return err
	}
	e, err := account.EmailByAddress(r.tx, address)
	switch {
	case err != nil:
		return err
	case e == nil:
		if e, err = r.accounts.AddEmail(r.tx, address); err != nil {
			return err
		}
	case e.UserID != u.ID:
		return misuse("the address is another user's")
	}
	return account.GiveEmail(r.tx, u, e, verified)
}

// setUsername gives the flow's user a name in place of the one before.
func (r *run) setUsername(name string) error {
	u, err := r.user()
	if err != nil {
		return err
	}
	if err = r.accounts.SetUsername(r.tx, u, name); errors.Is(err, account.ErrUsernameTaken) {
		return misuse(err.Error())
	}
	return err
}

// storePasskey adds a passkey or a security key to the flow's user.
func (r *run) storePasskey(p *account.Passkey) error {
	u, err := r.user()
	if err != nil {
		return err
	}
	if err = account.AddPasskey(r.tx, u, p); errors.Is(err, account.ErrKnownCredential) {
		return misuse(err.Error())
	}
	return err
}

// emailNamed is the one of the session user's addresses that a field names, nil when there is no such.
func (r *run) emailNamed(field hanko.InputName) (*account.Email, error) {
	id, err := uuid.Parse(r.form.text(field))
	if err != nil || !slices.Contains(r.who.Emails, id.String()) {
		return nil, nil
	}
	return account.FindEmail(r.tx, id.String())
}
