package flow

import (
	"net/http"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/setting"
)

// succeed runs on entering "success": it creates the user who signed up, and issues the session.
func (r *run) succeed() error {
	if r.is(hanko.RegistrationFlow) && !r.stash().UserMade {
		if err := r.createUser(); err != nil {
			return err
		}
	}
	u, err := account.FindUser(r.tx, r.stash().UserID)
	if err != nil {
		return err
	}
	if u == nil {
		return errNoUser
	}
	shown, err := r.accounts.Profile(r.tx, u)
	if err != nil {
		return err
	}
	r.addPayload("user", shown)
	s, issued, err := r.accounts.OpenSession(r.tx, r.request, u, hanko.FlowAPI)
	if err != nil {
		return err
	}
	issued.AMR = r.methods()
	if u.Username != nil {
		issued.Username = u.Username.Name
	}
	r.issued = issued
	said := issued.Shown()
	said.IssuedAt = s.Created // in microseconds, unlike in the token
	r.addPayload("claims", said)
	if !r.is(hanko.LoginFlow) {
		return nil
	}
	last := map[string]string{"login_method": r.stash().Method}
	if party := r.stash().ThirdParty; party != "" {
		last["third_party_provider"] = party
	}
	if second := r.stash().SecondFactor; second != "" {
		last["mfa_method"] = second
	}
	r.addPayload("last_login", last)
	return r.issueTrust()
}

// methods returns the token's amr claim: how the user signed in, or what a new user has proved.
func (r *run) methods() []string {
	s := r.stash()
	var amr []string
	if s.ThirdParty != "" {
		amr = append(amr, "ext:"+s.ThirdParty)
	}
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

// retention returns the value of X-Session-Retention. "session" ends with the browser.
func (r *run) retention() string {
	switch set := r.settings(); {
	case set.Retention == setting.RetentionSession, set.Retention == setting.RetentionPrompt && !r.stash().RememberMe:
		return setting.RetentionSession
	}
	return setting.RetentionPersistent
}

// deliver sends what was held back until the commit.
func (r *run) deliver(header http.Header) error {
	for _, mail := range r.mails {
		r.accounts.Send(r.request.Context(), mail)
	}
	for name, values := range r.header {
		for _, value := range values {
			header.Add(name, value)
		}
	}
	if r.issued == nil {
		return nil
	}
	return r.accounts.Deliver(header, r.issued, r.retention())
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

// listedSession returns a session as a profile shows it to the session with the given ID. The user agent is that of an
// app: " (name)" as Hanko writes it, without the operating system that it finds for browsers.
func listedSession(s *account.Session, current string) sessionData {
	name, _, _ := strings.Cut(s.UserAgent, "/")
	return sessionData{
		ID: s.ID, UserAgentRaw: s.UserAgent, UserAgent: " (" + name + ")", IPAddress: s.IPAddress, Current: s.ID == current,
		CreatedAt: s.Created, ExpiresAt: s.Expires, LastUsed: s.LastUsed,
	}
}
