package account

import (
	"errors"
	"slices"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/store"
)

// FindEmail returns the address with an ID, or nil.
func FindEmail(tx store.Tx, id string) (*Email, error) {
	return store.Load[Email](tx, store.Emails, id)
}

// EmailByAddress returns an address, or nil if nobody has entered it yet.
func EmailByAddress(tx store.Tx, address string) (*Email, error) {
	id, err := store.Load[string](tx, store.Addresses, address)
	if err != nil || id == nil {
		return nil, err
	}
	return FindEmail(tx, *id)
}

// UserByAddress returns the user that an address belongs to, or nil.
func UserByAddress(tx store.Tx, address string) (*User, error) {
	e, err := EmailByAddress(tx, address)
	if err != nil || e == nil || e.UserID == "" {
		return nil, err
	}
	return FindUser(tx, e.UserID)
}

// AddEmail stores a new address that belongs to nobody yet.
func (a *Accounts) AddEmail(tx store.Tx, address string) (*Email, error) {
	e := &Email{ID: uuid.NewString(), Address: address, Created: a.Now()}
	return e, errors.Join(store.Save(tx, store.Addresses, address, e.ID), SaveEmail(tx, e))
}

// SaveEmail stores a changed address.
func SaveEmail(tx store.Tx, e *Email) error { return store.Save(tx, store.Emails, e.ID, e) }

// GiveEmail makes an address the user's. If the user has no primary address, it becomes that. It stays verified if it was.
func GiveEmail(tx store.Tx, u *User, e *Email, verified bool) error {
	e.UserID, e.Verified = u.ID, e.Verified || verified
	if !slices.Contains(u.Emails, e.ID) {
		u.Emails = append(u.Emails, e.ID)
		if u.PrimaryEmail == "" {
			u.PrimaryEmail = e.ID
		}
	}
	return errors.Join(SaveEmail(tx, e), SaveUser(tx, u))
}

// RemoveEmail deletes one of the user's addresses.
func RemoveEmail(tx store.Tx, u *User, e *Email) error {
	u.Emails = slices.DeleteFunc(u.Emails, func(id string) bool { return id == e.ID })
	if u.PrimaryEmail == e.ID {
		u.PrimaryEmail = ""
	}
	return errors.Join(tx.Delete(store.Addresses, e.Address), tx.Delete(store.Emails, e.ID), SaveUser(tx, u))
}

// EmailsOf returns the user's addresses as the API shows them.
func EmailsOf(tx store.Tx, u *User) ([]hanko.Email, error) {
	emails := make([]hanko.Email, 0, len(u.Emails))
	for _, id := range u.Emails {
		e, err := FindEmail(tx, id)
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

// primaryEmail returns the user's primary address as a token contains it, or nil.
func primaryEmail(tx store.Tx, u *User) (*hanko.Email, error) {
	emails, err := EmailsOf(tx, u)
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

// PrimaryAddress returns the user's primary address, or "".
func PrimaryAddress(tx store.Tx, u *User) (string, error) {
	e, err := primaryEmail(tx, u)
	if err != nil || e == nil {
		return "", err
	}
	return e.Address, nil
}
