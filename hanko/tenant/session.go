package tenant

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/store"
)

// claims are a session token's, in the order in which Hanko writes them.
type claims struct {
	AMR       []string     `json:"amr,omitempty"` // of flows: how the user signed in
	Audience  []string     `json:"aud"`
	Email     *hanko.Email `json:"email,omitempty"`
	Expires   int64        `json:"exp"` // seconds since 1970
	IssuedAt  int64        `json:"iat"` // likewise
	SessionID string       `json:"session_id"`
	Subject   string       `json:"sub"`
	Username  string       `json:"username,omitempty"`
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

// claims are what the session's token says.
func (t *Tenant) claims(s *session, email *hanko.Email) claims {
	return claims{
		Audience:  []string{t.rpID},
		Email:     email,
		Expires:   s.Expires.Unix(),
		IssuedAt:  s.Created.Unix(),
		SessionID: s.ID,
		Subject:   s.UserID,
	}
}

// deliver signs the session's token and puts it where the settings say.
func (t *Tenant) deliver(w http.ResponseWriter, s *session, email *hanko.Email) error {
	token, err := t.keys.sign(t.claims(s, email))
	if err != nil {
		return err
	}
	lifetime := int(sessionLifespan / time.Second)
	w.Header().Set("X-Session-Lifetime", strconv.Itoa(lifetime))
	if t.settings.TokenInHeader {
		w.Header().Set("X-Auth-Token", token)
	} else {
		http.SetCookie(w, t.sessionCookie(token, lifetime))
	}
	return nil
}

// sessionCookie makes the session cookie; maxAge is in seconds, below 0 deletes it.
func (t *Tenant) sessionCookie(token string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: t.settings.CookieName, Value: token, Path: "/", MaxAge: maxAge,
		Secure: t.settings.CookieSecure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}

// tokens lists the session tokens a request carries, in the order in which they are tried.
func (t *Tenant) tokens(r *http.Request) []string {
	const scheme = "Bearer"
	var tokens []string
	for _, value := range r.Header.Values("Authorization") {
		if len(value) > len(scheme) && strings.EqualFold(value[:len(scheme)], scheme) {
			tokens = append(tokens, strings.TrimSpace(value[len(scheme):]))
		}
	}
	for _, cookie := range r.CookiesNamed(t.settings.CookieName) {
		tokens = append(tokens, cookie.Value)
	}
	return tokens
}

var errBadTime = errors.New("the token has expired or is not valid yet")

// verify checks a token's signature and times; not whether its session was revoked.
func (t *Tenant) verify(token string) (*claims, error) {
	payload, err := t.keys.verify(token)
	if err != nil {
		return nil, err
	}
	c := new(claims)
	if err := json.Unmarshal(payload, c); err != nil {
		return nil, err
	}
	now := t.now().Unix()
	if now < c.IssuedAt || now >= c.Expires {
		return nil, errBadTime
	}
	return c, nil
}

// verifyLive checks a token and that its session was not revoked. It returns nil claims for one that is not valid.
func (t *Tenant) verifyLive(token string) (*claims, error) {
	c, err := t.verify(token)
	if err != nil {
		return nil, nil
	}
	live := false
	err = t.store.View(func(tx store.Tx) error {
		live = tx.Get(store.Sessions, sessionKey(c.Subject, c.SessionID)) != nil
		return nil
	})
	if err != nil || !live {
		return nil, err
	}
	return c, nil
}

// bearer is who a request says it comes from, by a token that is valid but perhaps revoked; nil when nobody. Hanko's
// passcode endpoints go by this.
func (t *Tenant) bearer(r *http.Request) *claims {
	for _, token := range t.tokens(r) {
		if c, err := t.verify(token); err == nil {
			return c
		}
	}
	return nil
}

// withSession guards an endpoint: without a live session the answer is 401.
func (t *Tenant) withSession(e func(w http.ResponseWriter, r *http.Request, c *claims) error) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		c, err := t.liveSession(r)
		if err != nil {
			return err
		}
		if c == nil {
			return refuse(http.StatusUnauthorized)
		}
		return e(w, r, c)
	}
}

// liveSession finds the first live session among the request's tokens, nil when there is none.
func (t *Tenant) liveSession(r *http.Request) (*claims, error) {
	for _, token := range t.tokens(r) {
		if c, err := t.verifyLive(token); c != nil || err != nil {
			return c, err
		}
	}
	return nil, nil
}

// validateRequest answers GET /sessions/validate.
func (t *Tenant) validateRequest(w http.ResponseWriter, r *http.Request) error {
	c, err := t.liveSession(r)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, validation(c))
	return nil
}

// validateBody answers POST /sessions/validate, which heeds nothing but its body.
func (t *Tenant) validateBody(w http.ResponseWriter, r *http.Request) error {
	var request hanko.SessionRequest
	if err := bind(r, &request); err != nil {
		return err
	}
	if request.SessionToken == "" {
		// Hanko wraps one error in another here and sends the text of both.
		return refuseWith(http.StatusBadRequest, "code=400, message=session_token is a required field")
	}
	c, err := t.verifyLive(request.SessionToken)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, validation(c))
	return nil
}

// validationAnswer is hanko.Validation with the claims that only tokens of flows have.
type validationAnswer struct {
	hanko.Validation
	Claims *claimsPayload `json:"claims,omitempty"`
}

func validation(c *claims) validationAnswer {
	if c == nil {
		return validationAnswer{}
	}
	expires := time.Unix(c.Expires, 0).UTC()
	return validationAnswer{
		Validation: hanko.Validation{ExpirationTime: &expires, IsValid: true, UserID: c.Subject},
		Claims: &claimsPayload{
			AMR: c.AMR, Audience: c.Audience, Email: c.Email, Expiration: expires, IssuedAt: time.Unix(c.IssuedAt, 0).UTC(),
			SessionID: c.SessionID, Subject: c.Subject, Username: c.Username,
		},
	}
}

// logout answers POST /logout. The cookie is deleted even where tokens go by header, as Hanko does.
func (t *Tenant) logout(w http.ResponseWriter, _ *http.Request, c *claims) error {
	err := t.store.Update(func(tx store.Tx) error { return tx.Delete(store.Sessions, sessionKey(c.Subject, c.SessionID)) })
	if err != nil {
		return err
	}
	http.SetCookie(w, t.sessionCookie("", -1))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// parseUUID reads a UUID in any of its spellings, as Hanko does for ids that passed no validator.
func parseUUID(s string) (string, bool) {
	id, err := uuid.Parse(s)
	return id.String(), err == nil
}
