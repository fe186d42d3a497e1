package tenant

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/store"
)

// emailCookie is set by POST /users, and read if a passcode is requested without an email_id.
const emailCookie = "hanko_email_id"

// errNoEmailCookie leads to 500, Hanko's response to a new user's first passcode request without an email_id.
var errNoEmailCookie = errors.New("the user has no primary address, and the request neither an email_id nor the " +
	emailCookie + " cookie")

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
	asks := t.accounts.Bearer(r)
	var p *account.Passcode
	var to, code string
	err := t.accounts.Store.Update(func(tx store.Tx) error {
		u, err := account.FindUser(tx, request.UserID)
		if err != nil {
			return err
		}
		if u == nil {
			return refuse(http.StatusBadRequest)
		}
		// The limiter is not part of the store: a request that is refused later has still used up its token.
		if err := t.limit(w, r, t.accounts.PasscodeLimit, u.ID); err != nil {
			return err
		}
		e, err := passcodeAddress(tx, r, request.EmailID, u)
		if err != nil {
			return err
		}
		if asks != nil && asks.Subject != u.ID {
			return refuse(http.StatusForbidden)
		}
		to = e.Address
		p, code, err = t.accounts.NewPasscode(tx, u.ID, e.ID)
		return err
	})
	if err != nil {
		return err
	}
	if t.accounts.Settings.MailDown {
		return account.ErrMailDown // the passcode stays, as in Hanko
	}
	t.mailPasscode(r, to, code, p)
	writeJSON(w, http.StatusOK, hanko.Passcode{CreatedAt: p.Created, ID: p.ID, TTL: p.TTL})
	return nil
}

// limit uses up a token of somebody at the request's IP address, and writes the headers of the rate limit.
func (t *Tenant) limit(w http.ResponseWriter, r *http.Request, limiter *account.Limiter, who string) error {
	q, err := limiter.Take(r, who, t.accounts.Now())
	if err != nil {
		return err
	}
	if q.Limit < 0 {
		return nil
	}
	seconds := strconv.Itoa(q.Reset)
	w.Header().Set("X-RateLimit-Limit", strconv.Itoa(q.Limit))
	w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(q.Remaining))
	w.Header().Set("X-RateLimit-Reset", seconds)
	if !q.Allowed {
		w.Header().Set("Retry-After", seconds)
		return refuse(http.StatusTooManyRequests)
	}
	return nil
}

// passcodeAddress returns the address to send to: the one in the request, else the user's primary address, else the one in
// the cookie of POST /users. The one in the request may belong to somebody else; Hanko notices that only at the end.
func passcodeAddress(tx store.Tx, r *http.Request, asked *string, u *account.User) (*account.Email, error) {
	id := uuid.Nil.String() // counts as absent
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
	e, err := account.FindEmail(tx, id)
	if err != nil {
		return nil, err
	}
	if e == nil {
		return nil, refuseWith(http.StatusBadRequest, "the specified emailId is not available")
	}
	return e, nil
}

// mailPasscode sends the passcode. As in Hanko, the subject begins with the code.
func (t *Tenant) mailPasscode(r *http.Request, to, code string, p *account.Passcode) {
	t.accounts.Send(r.Context(), mailbox.Mail{
		To:      to,
		Subject: code + " is your passcode for " + t.accounts.RPName,
		Body: fmt.Sprintf("Enter the following passcode to verify your identity:\n\n%s\n\nThe passcode is valid for %.0f minutes.\n",
			code, p.Minutes()),
		At:   p.Created,
		Code: code,
	})
}

// finalizePasscode answers POST /passcode/login/finalize.
func (t *Tenant) finalizePasscode(w http.ResponseWriter, r *http.Request) error {
	var request passcodeAnswer
	if err := bind(r, &request); err != nil {
		return err
	}
	var wrong problems
	wrong.add("id", request.ID, uuidV4Pattern.MatchString(request.ID), "uuid4")
	wrong.add("code", request.Code, true, "")
	if err := wrong.refusal(); err != nil {
		return err
	}
	asks := t.accounts.Bearer(r)
	var p *account.Passcode
	var issued *account.Claims
	var spent error // a refusal that uses up a try, so the transaction is committed
	err := t.accounts.Store.Update(func(tx store.Tx) error {
		var err error
		if p, err = account.FindPasscode(tx, request.ID); err != nil {
			return err
		}
		if spent, err = t.tryCode(tx, p, request.Code); spent != nil || err != nil {
			return err
		}
		u, err := claimAddress(tx, p, asks)
		if err != nil {
			return err
		}
		_, issued, err = t.accounts.OpenSession(tx, r, u, hanko.REST)
		return err
	})
	if err = errors.Join(err, spent); err != nil {
		return err
	}
	return t.answerSignedIn(w, issued, hanko.Passcode{CreatedAt: p.Created, ID: p.ID, TTL: p.TTL})
}

// tryCode tries the code. It returns a refusal if the code is wrong, late, or out of tries.
func (t *Tenant) tryCode(tx store.Tx, p *account.Passcode, code string) (spent, err error) {
	if p == nil {
		return refuseWith(http.StatusUnauthorized, "passcode not found"), nil
	}
	end, err := t.accounts.Try(tx, p, code)
	if err != nil {
		return nil, err
	}
	switch end {
	case account.Late:
		return refuseWith(http.StatusRequestTimeout, "passcode request timed out"), nil
	case account.Spent:
		return refuseWith(http.StatusGone, "max attempts reached"), account.RemovePasscode(tx, p)
	case account.Wrong:
		return refuse(http.StatusUnauthorized), nil
	case account.Right:
	}
	return nil, nil
}

// claimAddress returns the passcode's user, and makes the address to which it was sent a verified address of that user. It
// refuses an address of somebody else, and a session that may not add it.
func claimAddress(tx store.Tx, p *account.Passcode, asks *account.Claims) (*account.User, error) {
	u, err := account.FindUser(tx, p.UserID)
	if err != nil {
		return nil, err
	}
	e, err := account.FindEmail(tx, p.EmailID)
	if err != nil {
		return nil, err
	}
	if u == nil || e == nil {
		return nil, refuse(http.StatusForbidden) // the user has been deleted; Hanko would have deleted the passcode, too
	}
	if e.UserID != "" && e.UserID != u.ID {
		return nil, refuseWith(http.StatusForbidden, "email address has been claimed by another user")
	}
	allowed := asks == nil && (len(u.Emails) == 0 || slices.Contains(u.Emails, e.ID)) ||
		asks != nil && asks.Subject == u.ID
	if !allowed {
		return nil, refuse(http.StatusForbidden)
	}
	return u, account.GiveEmail(tx, u, e, true)
}
