package tenant

import (
	"errors"
	"slices"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/store"
)

// findEmail finds an address by its id, nil when there is none.
func findEmail(tx store.Tx, id string) (*email, error) {
	return store.Load[email](tx, store.Emails, id)
}

// emailByAddress finds an address, nil when nobody ever gave it.
func emailByAddress(tx store.Tx, address string) (*email, error) {
	id, err := store.Load[string](tx, store.Addresses, address)
	if err != nil || id == nil {
		return nil, err
	}
	return findEmail(tx, *id)
}

// userByAddress finds the user that an address belongs to, nil when it is nobody's.
func userByAddress(tx store.Tx, address string) (*user, error) {
	e, err := emailByAddress(tx, address)
	if err != nil || e == nil || e.UserID == "" {
		return nil, err
	}
	return findUser(tx, e.UserID)
}

// addEmail stores an address that was not there before, and that is nobody's yet.
func (a *accounts) addEmail(tx store.Tx, address string) (*email, error) {
	e := &email{ID: uuid.NewString(), Address: address, Created: a.now()}
	return e, errors.Join(store.Save(tx, store.Addresses, address, e.ID), saveEmail(tx, e))
}

// saveEmail stores an address that has changed.
func saveEmail(tx store.Tx, e *email) error { return store.Save(tx, store.Emails, e.ID, e) }

// giveEmail makes an address the user's, and its main one when there is none. One that was verified stays so.
func giveEmail(tx store.Tx, u *user, e *email, verified bool) error {
	e.UserID, e.Verified = u.ID, e.Verified || verified
	if !slices.Contains(u.Emails, e.ID) {
		u.Emails = append(u.Emails, e.ID)
		if u.PrimaryEmail == "" {
			u.PrimaryEmail = e.ID
		}
	}
	return errors.Join(saveEmail(tx, e), saveUser(tx, u))
}

// removeEmail deletes an address of the user's.
func removeEmail(tx store.Tx, u *user, e *email) error {
	u.Emails = slices.DeleteFunc(u.Emails, func(id string) bool { return id == e.ID })
	if u.PrimaryEmail == e.ID {
		u.PrimaryEmail = ""
	}
	return errors.Join(tx.Delete(store.Addresses, e.Address), tx.Delete(store.Emails, e.ID), saveUser(tx, u))
}

// emailsOf lists the user's addresses as the API shows them.
func emailsOf(tx store.Tx, u *user) ([]hanko.Email, error) {
	emails := make([]hanko.Email, 0, len(u.Emails))
	for _, id := range u.Emails {
		e, err := findEmail(tx, id)
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

// primaryEmail is the user's main address as a token carries it, nil when there is none.
func primaryEmail(tx store.Tx, u *user) (*hanko.Email, error) {
	emails, err := emailsOf(tx, u)
	if err != nil {
		return nil, err
	}
	for _, e := range emails {
		if e.IsPrimary {
			e.ID = ""
			return &e, nil
		}
	}
	return nil, nil
}

// primaryAddress is the user's main address, "" when there is none.
func primaryAddress(tx store.Tx, u *user) (string, error) {
	e, err := primaryEmail(tx, u)
	if err != nil || e == nil {
		return "", err
	}
	return e.Address, nil
}
