package account

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
)

// Deliver signs a session's token and puts it into a response, as a cookie or in X-Auth-Token as the settings say. Flows
// also pass the retention, for X-Session-Retention; with "session" the cookie ends with the browser.
func (a *Accounts) Deliver(header http.Header, c *Claims, retention string) error {
	token, err := a.keys.sign(c)
	if err != nil {
		return err
	}
	lifetime := int(a.Settings.SessionLifespan / time.Second)
	header.Set("X-Session-Lifetime", strconv.Itoa(lifetime))
	if retention != "" {
		header.Set("X-Session-Retention", retention)
	}
	if a.Settings.TokenInHeader {
		header.Set("X-Auth-Token", token)
		return nil
	}
	if retention == setting.RetentionSession {
		lifetime = 0
	}
	header.Add("Set-Cookie", a.sessionCookie(token, lifetime).String())
	return nil
}

// DropCookie deletes the session cookie, as Hanko does even if tokens are in a header.
func (a *Accounts) DropCookie(header http.Header) {
	header.Add("Set-Cookie", a.sessionCookie("", -1).String())
}

// sessionCookie returns the session cookie. maxAge is in seconds; below 0 it deletes the cookie.
func (a *Accounts) sessionCookie(token string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: a.Settings.CookieName, Value: token, Path: "/", MaxAge: maxAge,
		Secure: a.Settings.CookieSecure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}

// tokens returns the session tokens of a request, in the order in which they are tried.
func (a *Accounts) tokens(r *http.Request) []string {
	const scheme = "Bearer"
	var tokens []string
	for _, value := range r.Header.Values("Authorization") {
		if len(value) > len(scheme) && strings.EqualFold(value[:len(scheme)], scheme) {
			tokens = append(tokens, strings.TrimSpace(value[len(scheme):]))
		}
	}
	for _, cookie := range r.CookiesNamed(a.Settings.CookieName) {
		tokens = append(tokens, cookie.Value)
	}
	return tokens
}

var errBadTime = errors.New("the token has expired or is not valid yet")

// verify checks a token's signature and times, but not whether its session was revoked.
func (a *Accounts) verify(token string) (*Claims, error) {
	payload, err := a.keys.verify(token)
	if err != nil {
		return nil, err
	}
	c := new(Claims)
	if err := json.Unmarshal(payload, c); err != nil {
		return nil, err
	}
	now := a.Now().Unix()
	if now < c.IssuedAt || now >= c.Expires {
		return nil, errBadTime
	}
	return c, nil
}

// VerifyLive checks a token, and that its session was not revoked. It returns nil claims for an invalid token.
func (a *Accounts) VerifyLive(token string) (*Claims, error) {
	c, err := a.verify(token)
	if err != nil {
		return nil, nil
	}
	if !a.Settings.ChecksSessions() {
		return c, nil
	}
	live := false
	err = a.Store.View(func(tx store.Tx) error {
		s, err := FindSession(tx, c.Subject, c.SessionID)
		live = s != nil
		return err
	})
	if err != nil || !live {
		return nil, err
	}
	return c, nil
}

// Bearer returns the claims of the request's first valid token, even if its session was revoked, or nil. Hanko's passcode
// endpoints use this.
func (a *Accounts) Bearer(r *http.Request) *Claims {
	for _, token := range a.tokens(r) {
		if c, err := a.verify(token); err == nil {
			return c
		}
	}
	return nil
}

// LiveSession returns the claims of the request's first token whose session is live, or nil.
func (a *Accounts) LiveSession(r *http.Request) (*Claims, error) {
	for _, token := range a.tokens(r) {
		if c, err := a.VerifyLive(token); c != nil || err != nil {
			return c, err
		}
	}
	return nil, nil
}
