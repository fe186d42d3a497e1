package smoke

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

func sessionChecks() []Check {
	needs := []string{"guide.signup"}
	return []Check{
		{
			ID: "session.signature", Suite: Session, Severity: Critical, Title: "The token's signature holds",
			Proves: "your backend can verify it with /.well-known/jwks.json", run: sessionSignature, Needs: needs,
			Docs: "https://docs.hanko.io/guides/backend-integration",
		},
		{
			ID: "session.claims", Suite: Session, Severity: Critical, Title: "The token says what a backend needs",
			Proves: "sub, aud, iat and exp are there and make sense, session_id too", run: sessionClaims, Needs: needs,
		},
		{
			ID: "session.delivery", Suite: Session, Severity: Warning, Title: "An app can get at the token",
			Proves: "it comes in X-Auth-Token, or in a cookie that a phone keeps", run: sessionDelivery, Needs: needs, Docs: guideDocs,
		},
		{
			ID: "session.me", Suite: Session, Severity: Critical, Title: "GET /me knows the user",
			Proves: "the token is accepted as Bearer", run: sessionMe, Needs: needs,
		},
		{
			ID: "session.validate", Suite: Session, Severity: Critical, Title: "/sessions/validate knows the session",
			Proves: "by header and by body alike", run: sessionValidate, Needs: needs,
		},
		{
			ID: "session.logout", Suite: Session, Severity: Critical, Title: "Logging out ends the session",
			Proves: "the tenant refuses the token from then on", run: sessionLogout, Needs: []string{"guide.signin"},
		},
	}
}

func sessionSignature(ctx context.Context, r *run) Outcome {
	keys, err := r.client.Keys(ctx)
	if err != nil {
		return diagnose(err)
	}
	if err := keys.Verify(r.ada.in.Token); err != nil {
		return fail(err.Error(), "The keys at /.well-known/jwks.json are not those that the tenant signs with: a stale cache or another tenant's.",
			"secrets.keys", "Give all instances of the backend the same `secrets.keys`, and no cache in front of the key set.")
	}
	return pass("RS256, with the key %s of %d", r.ada.in.Token.KeyID, len(keys.IDs()))
}

func sessionClaims(_ context.Context, r *run) Outcome {
	token := r.ada.in.Token
	now := r.now()
	var wrong []string
	if token.Subject == "" {
		wrong = append(wrong, "sub is missing")
	}
	if len(token.Audience) == 0 {
		wrong = append(wrong, "aud is missing")
	}
	switch {
	case token.ExpiresAt.IsZero():
		wrong = append(wrong, "exp is missing")
	case !token.ExpiresAt.After(now):
		wrong = append(wrong, "exp is in the past")
	case !token.IssuedAt.IsZero() && token.IssuedAt.After(now.Add(2*time.Minute)):
		wrong = append(wrong, fmt.Sprintf("iat is %s in the future: one of the clocks is wrong", token.IssuedAt.Sub(now).Round(time.Second)))
	}
	if len(wrong) > 0 {
		return fail(strings.Join(wrong, "; ")+".", "A backend that checks its tokens would refuse this one.", "session.lifespan",
			"Check `session.*` on the tenant, and its clock.")
	}
	note := fmt.Sprintf("sub %s, aud %s, valid for %s", token.Subject, strings.Join(token.Audience, ", "), token.ExpiresAt.Sub(now).Round(time.Minute))
	if token.SessionID == "" {
		note += "; no session_id, so the tenant cannot revoke it (before v1.1)"
	}
	return pass("%s", note)
}

func sessionDelivery(_ context.Context, r *run) Outcome {
	session := r.ada.in.Session
	if session.Cookie == nil {
		return pass("in X-Auth-Token")
	}
	cookie := session.Cookie
	base, err := url.Parse(r.client.BaseURL())
	if err != nil {
		return diagnose(err)
	}
	if cookie.Secure && base.Scheme == "http" {
		return fail(fmt.Sprintf("The token is in the cookie %q, which is Secure, over plain http.", cookie.Name),
			"A phone's cookie store drops a Secure cookie that came over http.", "session.cookie.secure",
			"Set `session.cookie.secure: false` for local work, or `session.enable_auth_token_header: true`.")
	}
	if domain := strings.TrimPrefix(cookie.Domain, "."); domain != "" && domain != base.Hostname() && !strings.HasSuffix(base.Hostname(), "."+domain) {
		return fail(fmt.Sprintf("The cookie %q is for %s, and the tenant is at %s.", cookie.Name, domain, base.Hostname()),
			"A phone's cookie store drops a cookie of another domain.", "session.cookie.domain",
			"Set `session.cookie.domain` to the tenant's own domain, or leave it out.")
	}
	return pass("in the cookie %q; an app has it easier with session.enable_auth_token_header", cookie.Name)
}

func sessionMe(ctx context.Context, r *run) Outcome {
	me, err := r.client.Me(ctx, r.ada.in.Session.Token)
	if err != nil {
		return diagnose(err)
	}
	if me.ID != r.ada.in.Token.Subject {
		return fail("GET /me names "+me.ID+", and the token "+r.ada.in.Token.Subject+".", "The two are of different tenants.", "", "Check the URL.")
	}
	if len(me.Emails) > 0 && !slices.ContainsFunc(me.Emails, func(e hanko.Email) bool { return strings.EqualFold(e.Address, r.ada.email) }) {
		return fail("GET /me does not list the address that signed up.", "", "", "Look at the tenant's users.")
	}
	return pass("it is the token's user")
}

func sessionValidate(ctx context.Context, r *run) Outcome {
	token := r.ada.in.Session.Token
	byHeader, err := r.client.ValidateSession(ctx, token)
	if err != nil {
		return diagnose(err)
	}
	byBody, err := r.client.ValidateToken(ctx, token)
	if err != nil {
		return diagnose(err)
	}
	if !byHeader.IsValid || !byBody.IsValid {
		return fail(fmt.Sprintf("is_valid is %t by header and %t by body.", byHeader.IsValid, byBody.IsValid),
			"The session was not stored, or ended at once.", "session.limit", "Check `session.*` on the tenant.")
	}
	return pass("is_valid by header and by body")
}

func sessionLogout(ctx context.Context, r *run) Outcome {
	in, ok := r.signedInAgain()
	if !ok {
		return skip("there is no second session to end")
	}
	walk := login.Continue(r.client, iphone(), in)
	walk.UseAPI(r.recognised.API)
	if failed, is := walk.Take(ctx, login.LogOut{}).(login.Failed); is {
		return diagnose(&failed.Problem)
	}
	return r.mustBeDead(ctx, in.Session.Token, "after the log-out")
}

// mustBeDead passes when the tenant does not accept a token any more, by any of its ways.
func (r *run) mustBeDead(ctx context.Context, token, when string) Outcome {
	validation, err := r.client.ValidateSession(ctx, token)
	if err != nil {
		return diagnose(err)
	}
	me, meErr := r.client.Me(ctx, token)
	if validation.IsValid || meErr == nil {
		return fail(fmt.Sprintf("The token is still accepted %s (is_valid %t, GET /me names %q).", when, validation.IsValid, me.ID),
			"The tenant does not look at its session store.", "session", "Update the tenant: backends before v1.1 cannot revoke sessions.")
	}
	return pass("the tenant refuses the token %s", when)
}

// forged are tokens that nobody but a forger has, made from a good one.
func forged(token string) map[string]string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	flipped := []byte(parts[2])
	if flipped[10] == 'A' {
		flipped[10] = 'B'
	} else {
		flipped[10] = 'A'
	}
	return map[string]string{
		"without a signature (alg none)": none + "." + parts[1] + ".",
		"with a changed signature":       parts[0] + "." + parts[1] + "." + string(flipped),
	}
}
