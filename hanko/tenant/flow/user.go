package flow

import (
	"errors"
	"slices"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
)

// Flows read and write users with these.

// loadProfileUser loads the session's user, and records that the session was used.
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
	switch checked := r.settings().ChecksSessions(); {
	case r.who == nil || s == nil && checked:
		return sessionUnauthorized // revoked a moment ago
	case s == nil:
		return nil
	}
	return r.accounts.UseSession(r.tx, s)
}

// flowUserID returns the flow's user. In a profile flow it is the session's.
func (r *run) flowUserID() string {
	if r.who != nil {
		return r.who.ID
	}
	return r.stash().UserID
}

// errNoUser is the error for a flow whose user has been deleted.
const errNoUser = misuse("the flow's user is gone")

// user returns the flow's user, or errNoUser if it has been deleted.
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

// changeUser changes and stores the flow's user.
func (r *run) changeUser(change func(*account.User)) error {
	u, err := r.user()
	if err != nil {
		return err
	}
	change(u)
	return account.SaveUser(r.tx, u)
}

// belongings returns what the user has.
func (r *run) belongings(u *account.User) (belongings, error) {
	has := belongings{
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

// claimAddress gives the address to the flow's user, or marks it verified. It leaves another user's address alone: only
// somebody who guessed a code that no mail had can get here with it.
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

// setUsername sets the name of the flow's user.
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

// emailNamed returns the session user's address that a field names, or nil.
func (r *run) emailNamed(field hanko.InputName) (*account.Email, error) {
	id, err := uuid.Parse(r.form.text(field))
	if err != nil || !slices.Contains(r.who.Emails, id.String()) {
		return nil, nil
	}
	return account.FindEmail(r.tx, id.String())
}
