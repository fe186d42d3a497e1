package tenant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/google/uuid"

	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/store"
)

// These methods let a test change a running tenant. Hanko has nothing like them.

// Now returns the time of the tenant's clock. See SetClock.
func (t *Tenant) Now() time.Time { return t.accounts.Now() }

// SetClock sets the tenant's clock to an offset from Options.Now, forwards or backwards. It moves everything that has a time:
// passcodes, flows, sessions, and the iat and exp of new tokens.
func (t *Tenant) SetClock(offset time.Duration) { t.offset.Store(int64(offset)) }

var passcodePattern = regexp.MustCompile(`^[0-9A-Za-z]{6}$`)

// CheckPasscode returns the error with which SetPasscode refuses a code, or nil.
func CheckPasscode(code string) error {
	if code != "" && !passcodePattern.MatchString(code) {
		return fmt.Errorf("the passcode cannot be %q: use six digits or letters", code)
	}
	return nil
}

// SetPasscode makes the given code the passcode of every mail from now on. It has six digits or letters; "" makes the codes
// random again.
func (t *Tenant) SetPasscode(code string) error {
	if err := CheckPasscode(code); err != nil {
		return err
	}
	t.accounts.FixedPasscode.Store(&code)
	return nil
}

// Reset deletes all users, with everything that belongs to them, all flows, all mails, and the planned answers. It resets
// the rate limits, and keeps the keys that sign session tokens. It fails with a *StoreError.
func (t *Tenant) Reset() error {
	if err := t.accounts.Reset(); err != nil {
		return err
	}
	t.planned.clear()
	return nil
}

// NewUser is a user to add with AddUser. It needs an address or a username.
type NewUser struct {
	Email    string
	Username string
	Password string
}

// UserError reports why AddUser added no user.
type UserError struct{ Reason string }

// Error returns a sentence with the reason.
func (e *UserError) Error() string { return "the user cannot be added: " + e.Reason }

// check returns the user as it is stored, or a *UserError.
func (u NewUser) check() (NewUser, error) {
	u.Email, u.Username = strings.ToLower(u.Email), strings.ToLower(u.Username)
	switch {
	case u.Email == "" && u.Username == "":
		return u, &UserError{"it needs an email or a username"}
	case u.Email != "" && (!validAddress(u.Email) || utf8.RuneCountInString(u.Email) > maxStored):
		return u, &UserError{fmt.Sprintf("%q is not an email address", u.Email)}
	case u.Username != "" && !account.ValidUsername(u.Username):
		return u, &UserError{fmt.Sprintf("%q is not a username: use letters, digits and underscores", u.Username)}
	case len(u.Password) > account.MaxPassword:
		return u, &UserError{fmt.Sprintf("its password is longer than %d bytes", account.MaxPassword)}
	}
	return u, nil
}

// AddUser adds a user, whose address counts as verified, and returns the user's ID. It fails with a *UserError or a
// *StoreError.
func (t *Tenant) AddUser(wanted NewUser) (id string, err error) {
	if wanted, err = wanted.check(); err != nil {
		return "", err
	}
	u := &account.User{ID: uuid.NewString(), Created: t.accounts.Now()}
	if wanted.Password != "" {
		if u.Password, err = t.accounts.HashPassword(wanted.Password); err != nil {
			return "", err
		}
	}
	err = t.accounts.Store.Update(func(tx store.Tx) error {
		if err := account.SaveUser(tx, u); err != nil {
			return err
		}
		if wanted.Email != "" {
			e, err := account.EmailByAddress(tx, wanted.Email)
			if err == nil && e == nil {
				e, err = t.accounts.AddEmail(tx, wanted.Email)
			}
			if err != nil {
				return err
			}
			if e.UserID != "" {
				return &UserError{wanted.Email + " already has a user"}
			}
			if err := account.GiveEmail(tx, u, e, true); err != nil {
				return err
			}
		}
		if wanted.Username == "" {
			return nil
		}
		err := t.accounts.SetUsername(tx, u, wanted.Username)
		if errors.Is(err, account.ErrUsernameTaken) {
			return &UserError{wanted.Username + " already has a user"}
		}
		return err
	})
	return u.ID, err
}

// AddPasskey registers a passkey for a user. The phone gets the options as JSON, and returns the response as JSON. The
// tenant checks the response as it checks those of apps.
func (t *Tenant) AddPasskey(ctx context.Context, userID string, phone func(ctx context.Context, options []byte) (response []byte, err error)) error {
	options, err := t.registrationOptions(userID)
	if err != nil {
		return err
	}
	asked, err := json.Marshal(options)
	if err != nil {
		return err
	}
	answered, err := phone(ctx, asked)
	if err != nil {
		return err
	}
	response, err := protocol.ParseCredentialCreationResponseBytes(answered)
	if err != nil {
		return err
	}
	_, err = t.register(userID, response)
	return err
}
