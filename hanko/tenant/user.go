package tenant

import (
	"errors"
	"net/http"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/store"
)

// checkAddress returns an address in lower case, or a refusal.
func checkAddress(address string) (string, error) {
	var wrong problems
	wrong.add("email", address, validAddress(address), "email address")
	return strings.ToLower(address), wrong.refusal()
}

var domainPattern = regexp.MustCompile(`^([\pL\d]([\pL\d-]*[\pL\d])?\.)+\pL([\pL\d-]*\pL)?$`)

// foreign matches the characters beyond ASCII that Hanko's validator accepts. U+FFFD, which replaces bytes that are not
// UTF-8, is not one of them.
var foreign = &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0xa0, Hi: 0xd7ff, Stride: 1}, {Lo: 0xf900, Hi: 0xfdcf, Stride: 1}, {Lo: 0xfdf0, Hi: 0xffef, Stride: 1}}}

// validAddress reports whether Hanko's validator would accept an address: a mailbox without a name, whose domain has a dot
// and a top level that begins and ends with letters.
func validAddress(address string) bool {
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Name != "" || strings.HasPrefix(address, "<") ||
		strings.ContainsFunc(address, func(c rune) bool { return c > unicode.MaxASCII && !unicode.Is(foreign, c) }) {
		return false
	}
	return domainPattern.MatchString(address[strings.LastIndexByte(address, '@')+1:])
}

// maxStored is how many characters Hanko's database allows for an address. REST has no other limit.
const maxStored = 255

// errTooLong leads to 500, Hanko's response to a longer one.
var errTooLong = errors.New("the address is longer than what the database holds")

// lookUp answers POST /user.
func (t *Tenant) lookUp(w http.ResponseWriter, r *http.Request) error {
	var request lookUpRequest
	if err := bind(r, &request); err != nil {
		return err
	}
	address, err := checkAddress(request.Email)
	if err != nil {
		return err
	}
	var answer hanko.UserLookup
	err = t.accounts.Store.View(func(tx store.Tx) error {
		e, err := account.EmailByAddress(tx, address)
		if err != nil {
			return err
		}
		if e == nil || e.UserID == "" {
			return refuse(http.StatusNotFound)
		}
		u, err := account.FindUser(tx, e.UserID)
		if err != nil {
			return err
		}
		answer = hanko.UserLookup{
			EmailID: e.ID, HasWebauthnCredential: len(u.Passkeys) > 0, ID: u.ID, Verified: e.Verified,
		}
		return nil
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, answer)
	return nil
}

// createUser answers POST /users. The new user owns no address until a passcode has been used. Before that, a second
// request makes another user for the same address, as in Hanko.
func (t *Tenant) createUser(w http.ResponseWriter, r *http.Request) error {
	if t.accounts.Settings.DisableSignup {
		return refuse(http.StatusForbidden)
	}
	var request signUpRequest
	if err := bind(r, &request); err != nil {
		return err
	}
	address, err := checkAddress(request.Email)
	if err != nil {
		return err
	}
	if utf8.RuneCountInString(address) > maxStored {
		return errTooLong
	}
	u := &account.User{ID: uuid.NewString(), Created: t.accounts.Now()}
	var e *account.Email
	err = t.accounts.Store.Update(func(tx store.Tx) error {
		e, err = account.EmailByAddress(tx, address)
		switch {
		case err != nil:
			return err
		case e == nil:
			if e, err = t.accounts.AddEmail(tx, address); err != nil {
				return err
			}
		case e.UserID != "":
			return refuse(http.StatusConflict)
		}
		return account.SaveUser(tx, u)
	})
	if err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{
		Name: emailCookie, Value: e.ID, HttpOnly: true, SameSite: http.SameSiteNoneMode, Secure: t.accounts.Settings.CookieSecure,
	})
	writeJSON(w, http.StatusOK, hanko.CreatedUser{EmailID: e.ID, ID: u.ID, UserID: u.ID})
	return nil
}

// me answers GET /me.
func (t *Tenant) me(w http.ResponseWriter, _ *http.Request, c *account.Claims) error {
	var answer account.Profile
	err := t.accounts.Store.View(func(tx store.Tx) error {
		u, err := account.FindUser(tx, c.Subject)
		if err != nil {
			return err
		}
		if u == nil {
			return refuse(http.StatusNotFound)
		}
		answer, err = t.accounts.Profile(tx, u)
		return err
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, answer)
	return nil
}

// fullUser is the response of GET /users/{id}: that of /me, the primary address, and the passkeys as in Hanko's database.
type fullUser struct {
	account.Profile
	Email       string             `json:"email,omitempty"`
	Credentials []storedCredential `json:"webauthn_credentials"`
}

type storedCredential struct {
	ID              string            `json:"id"`
	Name            *string           `json:"name"`
	UserID          string            `json:"user_id"`
	PublicKey       string            `json:"public_key"`
	AttestationType string            `json:"attestation_type"`
	AAGUID          string            `json:"aaguid"`
	SignCount       uint32            `json:"sign_count"`
	LastUsedAt      *time.Time        `json:"last_used_at"`
	CreatedAt       time.Time         `json:"created_at"`
	UpdatedAt       time.Time         `json:"updated_at"`
	Transports      []storedTransport `json:"transports"`
	BackupEligible  bool              `json:"backup_eligible"`
	BackupState     bool              `json:"backup_state"`
	MFAOnly         bool              `json:"mfa_only"`
}

// storedTransport has the names of Hanko's database columns as keys.
type storedTransport struct {
	ID                   string
	Name                 string
	WebauthnCredentialID string
	WebauthnCredential   *struct{}
}

// storedAs returns a passkey as GET /users/{id} shows it.
func storedAs(p *account.Passkey) storedCredential {
	l := p.Listed()
	transports := make([]storedTransport, len(l.Transports))
	for i, name := range l.Transports {
		transports[i] = storedTransport{ID: uuid.NewString(), Name: name, WebauthnCredentialID: l.ID}
	}
	return storedCredential{
		ID: l.ID, Name: l.Name, UserID: p.UserID, PublicKey: l.PublicKey, AttestationType: l.AttestationType,
		AAGUID: l.AAGUID, SignCount: p.Credential.Authenticator.SignCount, LastUsedAt: l.LastUsedAt,
		CreatedAt: p.Created, UpdatedAt: p.Updated, Transports: transports,
		BackupEligible: l.BackupEligible, BackupState: l.BackupState, MFAOnly: l.MFAOnly,
	}
}

// getUser answers GET /users/{id}. The ID must be the session user's own.
func (t *Tenant) getUser(w http.ResponseWriter, r *http.Request, c *account.Claims) error {
	if r.PathValue("id") != c.Subject {
		return refuse(http.StatusForbidden)
	}
	var answer fullUser
	err := t.accounts.Store.View(func(tx store.Tx) error {
		u, err := account.FindUser(tx, c.Subject)
		if err != nil {
			return err
		}
		if u == nil {
			return refuse(http.StatusNotFound)
		}
		me, err := t.accounts.Profile(tx, u)
		if err != nil {
			return err
		}
		passkeys, err := account.PasskeysOf(tx, u)
		if err != nil {
			return err
		}
		answer.Profile = me
		for _, e := range me.Emails {
			if e.IsPrimary {
				answer.Email = e.Address
			}
		}
		for _, p := range passkeys {
			answer.Credentials = append(answer.Credentials, storedAs(p))
		}
		return nil
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, answer)
	return nil
}

// deleteUser answers DELETE /user.
func (t *Tenant) deleteUser(w http.ResponseWriter, _ *http.Request, c *account.Claims) error {
	err := t.accounts.Store.Update(func(tx store.Tx) error {
		u, err := account.FindUser(tx, c.Subject)
		if err != nil {
			return err
		}
		if u == nil {
			return refuse(http.StatusInternalServerError) // Hanko's response to a session whose user has been deleted
		}
		return account.RemoveUser(tx, u)
	})
	if err != nil {
		return err
	}
	t.accounts.DropCookie(w.Header())
	w.WriteHeader(http.StatusNoContent)
	return nil
}
