package tenant

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
)

// flowSession is a session that a flow has issued, to be delivered when its transaction is done.
type flowSession struct {
	claims    claims
	retention string
}

// claimsPayload is a token's claims as the state "success" shows them.
type claimsPayload struct {
	AMR        []string     `json:"amr,omitempty"`
	Audience   []string     `json:"audience"`
	Email      *hanko.Email `json:"email,omitempty"`
	Expiration time.Time    `json:"expiration"`
	IssuedAt   time.Time    `json:"issued_at"`
	SessionID  string       `json:"session_id"`
	Subject    string       `json:"subject"`
	Username   string       `json:"username,omitempty"`
}

// succeed is what entering "success" does: make the user that registered, and issue the session.
func (r *run) succeed() error {
	if r.is(hanko.RegistrationFlow) {
		if err := r.createUser(); err != nil {
			return err
		}
	}
	u, err := store.Load[user](r.tx, store.Users, r.stash().UserID)
	if err != nil {
		return err
	}
	if u == nil {
		return errNoUser
	}
	shown, _, err := r.t.profile(r.tx, u)
	if err != nil {
		return err
	}
	r.pay("user", shown)
	address, err := primaryEmail(r.tx, u)
	if err != nil {
		return err
	}
	s, err := addSession(r.tx, r.request, u.ID, r.t.now())
	if err != nil {
		return err
	}
	issued := r.t.claims(s, address)
	issued.AMR = r.methods()
	if u.Username != nil {
		issued.Username = u.Username.Name
	}
	r.session = &flowSession{claims: issued, retention: r.retention()}
	r.pay("claims", claimsPayload{
		AMR: issued.AMR, Audience: issued.Audience, Email: address, Expiration: s.Expires, IssuedAt: s.Created,
		SessionID: s.ID, Subject: u.ID, Username: issued.Username,
	})
	if !r.is(hanko.LoginFlow) {
		return nil
	}
	last := map[string]string{"login_method": r.stash().Method}
	if second := r.stash().SecondFactor; second != "" {
		last["mfa_method"] = second
	}
	r.pay("last_login", last)
	return r.issueTrust()
}

// methods are the token's amr: how the user signed in, or what the new user has shown.
func (r *run) methods() []string {
	s := r.stash()
	var amr []string
	if r.is(hanko.LoginFlow) {
		if name := map[string]string{"password": "pwd", "passkey": "passkey", "passcode": "otp"}[s.Method]; name != "" {
			amr = append(amr, name)
		}
		if s.SecondFactor != "" {
			amr = append(amr, s.SecondFactor)
		}
		return amr
	}
	var passkeys, keys bool
	for _, p := range s.Passkeys {
		keys, passkeys = keys || p.SecurityKey, passkeys || !p.SecurityKey
	}
	for _, method := range []struct {
		shown bool
		name  string
	}{
		{s.EmailVerified, "otp"},
		{s.Password != nil, "pwd"},
		{passkeys, "passkey"},
		{s.OTPSecret != "", "totp"},
		{keys, "security_key"},
	} {
		if method.shown {
			amr = append(amr, method.name)
		}
	}
	return amr
}

// retention is what X-Session-Retention says: a "session" ends with the browser.
func (r *run) retention() string {
	switch set := r.settings(); {
	case set.Retention == setting.RetentionSession, set.Retention == setting.RetentionPrompt && !r.stash().RememberMe:
		return setting.RetentionSession
	}
	return setting.RetentionPersistent
}

// deliver sends what was held back until the transaction was done.
func (r *run) deliver(w http.ResponseWriter) error {
	for _, mail := range r.mails {
		r.t.inbox.Deliver(mail)
		if mail.Code != "" {
			r.t.log.InfoContext(r.request.Context(), "passcode sent", "to", mail.To, "passcode", mail.Code)
		} else {
			r.t.log.InfoContext(r.request.Context(), "mail sent", "to", mail.To, "subject", mail.Subject)
		}
	}
	for name, values := range r.header {
		for _, value := range values {
			w.Header().Add(name, value)
		}
	}
	if r.session == nil {
		return nil
	}
	token, err := r.t.keys.sign(r.session.claims)
	if err != nil {
		return err
	}
	lifetime := int(sessionLifespan / time.Second)
	w.Header().Set("X-Session-Lifetime", strconv.Itoa(lifetime))
	w.Header().Set("X-Session-Retention", r.session.retention)
	if r.settings().TokenInHeader {
		w.Header().Set("X-Auth-Token", token)
		return nil
	}
	if r.session.retention == setting.RetentionSession {
		lifetime = 0
	}
	http.SetCookie(w, r.t.sessionCookie(token, lifetime))
	return nil
}

// remoteIP is where a request comes from.
func remoteIP(request *http.Request) string {
	host, _, err := net.SplitHostPort(request.RemoteAddr)
	if err != nil {
		return request.RemoteAddr
	}
	return host
}

// sessionData is a session as the profile lists it.
type sessionData struct {
	ID           string    `json:"id"`
	UserAgentRaw string    `json:"user_agent_raw"`
	UserAgent    string    `json:"user_agent"`
	IPAddress    string    `json:"ip_address"`
	Current      bool      `json:"current"`
	CreatedAt    time.Time `json:"created_at"`
	ExpiresAt    time.Time `json:"expires_at"`
	LastUsed     time.Time `json:"last_used"`
}

// listedAs is the session as the profile of the session with the id shows it. The user agent is that of an app:
// Hanko's " (name)", without the operating system that it reads out of a browser's.
func (s *session) listedAs(current string) sessionData {
	name, _, _ := strings.Cut(s.UserAgent, "/")
	return sessionData{
		ID: s.ID, UserAgentRaw: s.UserAgent, UserAgent: " (" + name + ")", IPAddress: s.IPAddress, Current: s.ID == current,
		CreatedAt: s.Created, ExpiresAt: s.Expires, LastUsed: s.LastUsed,
	}
}
