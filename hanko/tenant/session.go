package tenant

import (
	"net/http"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
)

// withSession protects an endpoint: without a live session the response is 401.
func (t *Tenant) withSession(e func(w http.ResponseWriter, r *http.Request, c *account.Claims) error) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		c, err := t.accounts.LiveSession(r)
		if err != nil {
			return err
		}
		if c == nil {
			return refuse(http.StatusUnauthorized)
		}
		return e(w, r, c)
	}
}

// answerSignedIn answers a sign-in, and delivers the token of the session that it opened.
func (t *Tenant) answerSignedIn(w http.ResponseWriter, issued *account.Claims, answer any) error {
	if err := t.accounts.Deliver(w.Header(), issued, ""); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, answer)
	return nil
}

// validateRequest answers GET /sessions/validate.
func (t *Tenant) validateRequest(w http.ResponseWriter, r *http.Request) error {
	c, err := t.accounts.LiveSession(r)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, t.validation(c))
	return nil
}

// validateBody answers POST /sessions/validate, which looks only at its body.
func (t *Tenant) validateBody(w http.ResponseWriter, r *http.Request) error {
	var request sessionRequest
	if err := bind(r, &request); err != nil {
		return err
	}
	if request.SessionToken == "" {
		// Hanko wraps one error in another here, and sends the text of both.
		return refuseWith(http.StatusBadRequest, "code=400, message=session_token is a required field")
	}
	c, err := t.accounts.VerifyLive(request.SessionToken)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, t.validation(c))
	return nil
}

// validationAnswer is hanko.Validation, and the claims that only the tokens of flows have. Releases before v1.4.0 show none.
type validationAnswer struct {
	hanko.Validation
	Claims *account.ShownClaims `json:"claims,omitempty"`
}

func (t *Tenant) validation(c *account.Claims) validationAnswer {
	if c == nil {
		return validationAnswer{}
	}
	shown := c.Shown()
	answer := validationAnswer{Validation: hanko.Validation{ExpirationTime: &shown.Expiration, IsValid: true, UserID: c.Subject}}
	if t.accounts.Settings.Sessions != setting.SessionsUnchecked {
		answer.Claims = &shown
	}
	return answer
}

// logout answers POST /logout.
func (t *Tenant) logout(w http.ResponseWriter, _ *http.Request, c *account.Claims) error {
	err := t.accounts.Store.Update(func(tx store.Tx) error { return account.EndSession(tx, c.Subject, c.SessionID) })
	if err != nil {
		return err
	}
	t.accounts.DropCookie(w.Header())
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// parseUUID parses a UUID in any spelling, as Hanko does for IDs that no validator has checked.
func parseUUID(s string) (string, bool) {
	id, err := uuid.Parse(s)
	return id.String(), err == nil
}
