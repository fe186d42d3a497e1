package tenant

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
)

// listEmails answers GET /emails.
func (t *Tenant) listEmails(w http.ResponseWriter, _ *http.Request, c *account.Claims) error {
	emails := []hanko.Email{}
	err := t.accounts.Store.View(func(tx store.Tx) error {
		u, err := account.FindUser(tx, c.Subject)
		if err != nil || u == nil {
			return err
		}
		shown, err := t.accounts.Profile(tx, u)
		emails = shown.Emails
		return err
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, emails)
	return nil
}

// addedEmail answers POST /emails.
type addedEmail struct {
	ID       string `json:"id"`
	UserID   string `json:"user_id,omitempty"` // absent until the address is verified
	Address  string `json:"address"`
	Verified bool   `json:"verified"`
}

// addEmail answers POST /emails. As in Hanko, an address that must be verified belongs to nobody, and is not listed, until
// a passcode that was sent to it has been used.
func (t *Tenant) addEmail(w http.ResponseWriter, r *http.Request, c *account.Claims) error {
	var request addEmailRequest
	if err := bind(r, &request); err != nil {
		return err
	}
	address := strings.ToLower(request.Address)
	if utf8.RuneCountInString(address) > maxStored {
		return errTooLong
	}
	if !validAddress(address) {
		return refuse(http.StatusInternalServerError) // Hanko's response to text that is not an address
	}
	var added addedEmail
	err := t.accounts.Store.Update(func(tx store.Tx) error {
		u, err := account.FindUser(tx, c.Subject)
		switch {
		case err != nil:
			return err
		case u == nil:
			return refuse(http.StatusUnauthorized)
		case len(u.Emails) >= setting.MaxEmails:
			return refuse(http.StatusConflict)
		}
		e, err := account.EmailByAddress(tx, address)
		if err != nil {
			return err
		}
		if e != nil && e.UserID != "" {
			return refuse(http.StatusBadRequest)
		}
		if e == nil {
			if e, err = t.accounts.AddEmail(tx, address); err != nil {
				return err
			}
		}
		if t.accounts.Settings.SkipVerification {
			e.UserID = u.ID // and nobody's primary address, not even if it is the first
			u.Emails = append(u.Emails, e.ID)
			if err := errors.Join(account.SaveEmail(tx, e), account.SaveUser(tx, u)); err != nil {
				return err
			}
		}
		added = addedEmail{ID: e.ID, UserID: e.UserID, Address: e.Address, Verified: e.Verified}
		return nil
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, added)
	return nil
}

// setPrimaryEmail answers POST /emails/{id}/set_primary.
func (t *Tenant) setPrimaryEmail(w http.ResponseWriter, r *http.Request, c *account.Claims) error {
	id := r.PathValue("id")
	if uuid.Validate(id) != nil {
		return refuse(http.StatusBadRequest)
	}
	return t.changeEmails(w, c, func(tx store.Tx, u *account.User) error {
		if !slices.Contains(u.Emails, id) {
			return refuse(http.StatusNotFound)
		}
		u.PrimaryEmail = id
		return account.SaveUser(tx, u)
	})
}

// deleteEmail answers DELETE /emails/{id}. As in Hanko, an address of another user gets 500.
func (t *Tenant) deleteEmail(w http.ResponseWriter, r *http.Request, c *account.Claims) error {
	id := r.PathValue("id")
	return t.changeEmails(w, c, func(tx store.Tx, u *account.User) error {
		e, err := account.FindEmail(tx, id)
		switch {
		case err != nil:
			return err
		case e == nil || e.UserID != u.ID:
			return refuse(http.StatusInternalServerError)
		case u.PrimaryEmail == id:
			return refuse(http.StatusConflict)
		}
		return account.RemoveEmail(tx, u, e)
	})
}

// changeEmails changes the addresses of the session's user and answers 204.
func (t *Tenant) changeEmails(w http.ResponseWriter, c *account.Claims, change func(store.Tx, *account.User) error) error {
	err := t.accounts.Store.Update(func(tx store.Tx) error {
		u, err := account.FindUser(tx, c.Subject)
		if err != nil {
			return err
		}
		if u == nil {
			return refuse(http.StatusUnauthorized)
		}
		return change(tx, u)
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
