package tenant

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
)

// emailCookie is set by POST /users and read when a passcode is asked for without an email_id.
const emailCookie = "hanko_email_id"

// errNoEmailCookie makes the 500 with which Hanko answers a new user's first passcode request without an email_id.
var errNoEmailCookie = errors.New("the user has no primary address, and the request neither an email_id nor the " +
	emailCookie + " cookie")

// passcodeRequest is hanko.PasscodeRequest, told apart whether email_id is absent or empty.
type passcodeRequest struct {
	EmailID *string `json:"email_id"`
	UserID  string  `json:"user_id"`
}

// initializePasscode answers POST /passcode/login/initialize.
func (t *Tenant) initializePasscode(w http.ResponseWriter, r *http.Request) error {
	var request passcodeRequest
	if err := bind(r, &request); err != nil {
		return err
	}
	var wrong problems
	wrong.add("user_id", request.UserID, uuidPattern.MatchString(request.UserID), "uuid")
	if err := wrong.refusal(); err != nil {
		return err
	}
	code, err := newCode(t.settings.PasscodeCharset)
	if err != nil {
		return err
	}
	asks := t.bearer(r)
	var p *passcode
	var to string
	err = t.store.Update(func(tx store.Tx) error {
		u, err := store.Load[user](tx, store.Users, request.UserID)
		if err != nil {
			return err
		}
		if u == nil {
			return refuse(http.StatusBadRequest)
		}
		// The limiter is no part of the store: a request that is refused further down has cost its token all the same.
		if err := t.limiter.limit(w, r, u.ID, t.now()); err != nil {
			return err
		}
		e, err := passcodeAddress(tx, r, request.EmailID, u)
		if err != nil {
			return err
		}
		if asks != nil && asks.Subject != u.ID {
			return refuse(http.StatusForbidden)
		}
		p = &passcode{
			ID: uuid.NewString(), UserID: u.ID, EmailID: e.ID,
			TTL: int(t.settings.PasscodeTTL / time.Second), Created: t.now(),
		}
		p.Code = passcodeDigest(p.ID, code)
		to = e.Address
		return store.Save(tx, store.Passcodes, p.ID, p)
	})
	if err != nil {
		return err
	}
	if t.settings.MailDown {
		return errMailDown // the passcode stays, as with Hanko
	}
	t.mail(r, to, code, p)
	writeJSON(w, http.StatusOK, hanko.Passcode{CreatedAt: p.Created, ID: p.ID, TTL: p.TTL})
	return nil
}

// passcodeAddress finds the address to send to: the one asked for, else the user's main one, else the one in the cookie
// of POST /users. The one asked for may belong to somebody else: Hanko notices that at the end only.
func passcodeAddress(tx store.Tx, r *http.Request, asked *string, u *user) (*email, error) {
	id := uuid.Nil.String() // counts as not asked for
	if asked != nil {
		var ok bool
		if id, ok = parseUUID(*asked); !ok {
			return nil, refuseWith(http.StatusBadRequest, "failed to parse emailId as uuid")
		}
	}
	if id == uuid.Nil.String() {
		if u.PrimaryEmail != "" {
			id = u.PrimaryEmail
		} else {
			cookie, err := r.Cookie(emailCookie)
			if err != nil {
				return nil, errNoEmailCookie
			}
			if cookie.Value == "" {
				return nil, refuseWith(http.StatusBadRequest, "an emailId needs to be specified")
			}
			var ok bool
			if id, ok = parseUUID(cookie.Value); !ok {
				return nil, refuseWith(http.StatusBadRequest, "failed to parse emailId as uuid")
			}
		}
	}
	e, err := store.Load[email](tx, store.Emails, id)
	if err != nil {
		return nil, err
	}
	if e == nil {
		return nil, refuseWith(http.StatusBadRequest, "the specified emailId is not available")
	}
	return e, nil
}

// alphanumerics are the letters and digits that cannot be mistaken for one another.
const alphanumerics = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

func newCode(charset string) (string, error) {
	characters := "0123456789"
	if charset == setting.CharsetAlphanumeric {
		characters = alphanumerics
	}
	code := make([]byte, passcodeLength)
	for i := range code {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(characters))))
		if err != nil {
			return "", fmt.Errorf("no passcode can be drawn: %w", err)
		}
		code[i] = characters[n.Int64()]
	}
	return string(code), nil
}

// mailFrom is email_delivery.from_address and from_name.
const mailFrom = `"Hanko" <noreply@hanko.io>`

// mail sends the passcode to the inbox and to the log. The subject begins with the code, as Hanko's does.
func (t *Tenant) mail(r *http.Request, to, code string, p *passcode) {
	t.inbox.Deliver(mailbox.Mail{
		To:      to,
		From:    mailFrom,
		Subject: code + " is your passcode for " + t.rpName,
		Body: fmt.Sprintf("Enter the following passcode to verify your identity:\n\n%s\n\nThe passcode is valid for %.0f minutes.\n",
			code, (time.Duration(p.TTL) * time.Second).Minutes()),
		At:   p.Created,
		Code: code,
	})
	t.log.InfoContext(r.Context(), "passcode sent", "to", to, "passcode", code)
}

// finalizePasscode answers POST /passcode/login/finalize.
func (t *Tenant) finalizePasscode(w http.ResponseWriter, r *http.Request) error {
	var request hanko.PasscodeAnswer
	if err := bind(r, &request); err != nil {
		return err
	}
	var wrong problems
	wrong.add("id", request.ID, uuidV4Pattern.MatchString(request.ID), "uuid4")
	wrong.add("code", request.Code, true, "")
	if err := wrong.refusal(); err != nil {
		return err
	}
	asks := t.bearer(r)
	var p *passcode
	var s *session
	var address *hanko.Email
	var spent error // a refusal that uses up a try: what was written stays
	err := t.store.Update(func(tx store.Tx) error {
		var err error
		if p, err = store.Load[passcode](tx, store.Passcodes, request.ID); err != nil {
			return err
		}
		if spent, err = tryCode(tx, p, request.Code, t.now()); spent != nil || err != nil {
			return err
		}
		u, err := claimAddress(tx, p, asks)
		if err != nil {
			return err
		}
		if address, err = primaryEmail(tx, u); err != nil {
			return err
		}
		s, err = addSession(tx, r, u.ID, t.now())
		return err
	})
	if err = errors.Join(err, spent); err != nil {
		return err
	}
	if err := t.deliver(w, s, address); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, hanko.Passcode{CreatedAt: p.Created, ID: p.ID, TTL: p.TTL})
	return nil
}

// tryCode uses up the passcode, or one of its tries; then it returns the refusal to answer with.
func tryCode(tx store.Tx, p *passcode, code string, now time.Time) (spent, err error) {
	switch {
	case p == nil:
		return refuseWith(http.StatusUnauthorized, "passcode not found"), nil
	case p.expires().Before(now):
		return refuseWith(http.StatusRequestTimeout, "passcode request timed out"), nil
	case p.matches(code):
		return nil, tx.Delete(store.Passcodes, p.ID)
	}
	p.Tries++
	if p.Tries >= passcodeTries {
		return refuseWith(http.StatusGone, "max attempts reached"), tx.Delete(store.Passcodes, p.ID)
	}
	return refuse(http.StatusUnauthorized), store.Save(tx, store.Passcodes, p.ID, p)
}

// claimAddress returns the passcode's user and makes the address it was sent to that user's, verified. It refuses an
// address that is somebody else's, and an asker who may not have it.
func claimAddress(tx store.Tx, p *passcode, asks *claims) (*user, error) {
	u, err := store.Load[user](tx, store.Users, p.UserID)
	if err != nil {
		return nil, err
	}
	e, err := store.Load[email](tx, store.Emails, p.EmailID)
	if err != nil {
		return nil, err
	}
	if u == nil || e == nil {
		return nil, refuse(http.StatusForbidden) // deleted since; where Hanko would have deleted the passcode too
	}
	if e.UserID != "" && e.UserID != u.ID {
		return nil, refuseWith(http.StatusForbidden, "email address has been claimed by another user")
	}
	allowed := asks == nil && (len(u.Emails) == 0 || slices.Contains(u.Emails, e.ID)) ||
		asks != nil && asks.Subject == u.ID
	if !allowed {
		return nil, refuse(http.StatusForbidden)
	}
	if e.Verified {
		return u, nil
	}
	e.Verified, e.UserID = true, u.ID
	u.Emails = append(u.Emails, e.ID)
	if u.PrimaryEmail == "" {
		u.PrimaryEmail = e.ID
	}
	if err := store.Save(tx, store.Emails, e.ID, e); err != nil {
		return nil, err
	}
	return u, store.Save(tx, store.Users, u.ID, u)
}
