package account

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
)

func sessionKey(userID, id string) string { return userID + "/" + id }

// FindSession returns a session that has not been revoked, or nil.
func FindSession(tx store.Tx, userID, id string) (*Session, error) {
	return store.Load[Session](tx, store.Sessions, sessionKey(userID, id))
}

// EndSession revokes a session.
func EndSession(tx store.Tx, userID, id string) error {
	return tx.Delete(store.Sessions, sessionKey(userID, id))
}

// UseSession records that a session was used.
func (a *Accounts) UseSession(tx store.Tx, s *Session) error {
	s.LastUsed = a.Now()
	return store.Save(tx, store.Sessions, sessionKey(s.UserID, s.ID), s)
}

// SessionsOf returns the user's sessions that have not ended, newest first.
func (a *Accounts) SessionsOf(tx store.Tx, userID string) ([]*Session, error) {
	var live []*Session
	for _, key := range tx.Keys(store.Sessions, userID+"/") {
		s, err := store.Load[Session](tx, store.Sessions, key)
		if err != nil {
			return nil, err
		}
		if s.Expires.After(a.Now()) {
			live = append(live, s)
		}
	}
	slices.SortStableFunc(live, func(a, b *Session) int { return b.Created.Compare(a.Created) })
	return live, nil
}

// OpenSession stores a new session of the user and, as Hanko does, ends the oldest sessions above the limit. It returns the
// claims for the session's token. Sessions of the REST API are not stored if the settings say so.
func (a *Accounts) OpenSession(tx store.Tx, request *http.Request, u *User, over hanko.API) (*Session, *Claims, error) {
	live, err := a.SessionsOf(tx, u.ID)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range live[min(len(live), a.Settings.SessionLimit-1):] {
		if err := EndSession(tx, u.ID, s.ID); err != nil {
			return nil, nil, err
		}
	}
	address, err := primaryEmail(tx, u)
	if err != nil {
		return nil, nil, err
	}
	now := a.Now()
	issued := now.Truncate(time.Second) // as in the token
	s := &Session{
		ID: uuid.NewString(), UserID: u.ID, Created: now, Expires: issued.Add(a.Settings.SessionLifespan),
		LastUsed: now, IPAddress: remoteIP(request), UserAgent: clientAgent(request.UserAgent()),
	}
	c := &Claims{
		Audience: []string{a.Settings.RPID}, Email: address, Expires: s.Expires.Unix(), IssuedAt: s.Created.Unix(),
		SessionID: s.ID, Subject: u.ID,
	}
	if a.Settings.Sessions == setting.SessionsNone {
		c.SessionID = ""
	}
	if over == hanko.REST && a.Settings.Sessions == setting.SessionsOfFlows {
		return s, c, nil
	}
	return s, c, store.Save(tx, store.Sessions, sessionKey(u.ID, s.ID), s)
}

// remoteIP returns the IP address that a request comes from.
func remoteIP(request *http.Request) string {
	host, _, err := net.SplitHostPort(request.RemoteAddr)
	if err != nil {
		return request.RemoteAddr
	}
	return host
}

// clientAgent returns the user agent, cut to the length that a list of sessions shows.
func clientAgent(agent string) string {
	const most = 512
	return strings.ToValidUTF8(agent[:min(len(agent), most)], "")
}

// Claims are the claims of a session token, in Hanko's order.
type Claims struct {
	AMR       []string     `json:"amr,omitempty"` // in flows: how the user signed in
	Audience  []string     `json:"aud"`
	Email     *hanko.Email `json:"email,omitempty"`
	Expires   int64        `json:"exp"`                  // seconds since 1970
	IssuedAt  int64        `json:"iat"`                  // likewise
	SessionID string       `json:"session_id,omitempty"` // absent before v1.1
	Subject   string       `json:"sub"`
	Username  string       `json:"username,omitempty"`
}

// ShownClaims are a token's claims as the API shows them.
type ShownClaims struct {
	AMR        []string     `json:"amr,omitempty"`
	Audience   []string     `json:"audience"`
	Email      *hanko.Email `json:"email,omitempty"`
	Expiration time.Time    `json:"expiration"`
	IssuedAt   time.Time    `json:"issued_at"`
	SessionID  string       `json:"session_id"`
	Subject    string       `json:"subject"`
	Username   string       `json:"username,omitempty"`
}

// Shown returns the claims as the API shows them.
func (c *Claims) Shown() ShownClaims {
	return ShownClaims{
		AMR: c.AMR, Audience: c.Audience, Email: c.Email, Expiration: time.Unix(c.Expires, 0).UTC(),
		IssuedAt: time.Unix(c.IssuedAt, 0).UTC(), SessionID: c.SessionID, Subject: c.Subject, Username: c.Username,
	}
}
