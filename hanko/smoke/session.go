package smoke

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

const sessionDocs = "https://docs.hanko.io/guides/session-management"

func sessionChecks() []Check {
	needs := []string{"guide.signup"}
	return []Check{
		{
			ID: "session.limit", Suite: Session, Severity: Warning, Title: "People can be signed in twice",
			Proves: "a sign-in on one phone does not sign the other one out", run: sessionLimit, Needs: []string{"guide.signin"}, Docs: sessionDocs,
		},
		{
			ID: "session.signature", Suite: Session, Severity: Critical, Title: "The token's signature is valid",
			Proves: "your backend can verify it with /.well-known/jwks.json", run: sessionSignature, Needs: needs,
			Docs: sessionDocs,
		},
		{
			ID: "session.claims", Suite: Session, Severity: Critical, Title: "The token has what a backend needs",
			Proves: "sub, aud, iat and exp are present and make sense, and so do session_id, iss and amr if present", run: sessionClaims, Needs: needs,
			Docs: sessionDocs,
		},
		{
			ID: "session.lifespan", Suite: Session, Severity: Warning, Title: "The session lasts more than a minute",
			Proves: "people are not asked to sign in again at once", run: sessionLifespan, Needs: needs, Docs: sessionDocs,
		},
		{
			ID: "session.delivery", Suite: Session, Severity: Warning, Title: "An app can read the token",
			Proves: "it is sent in X-Auth-Token, or in a cookie that a phone keeps", run: sessionDelivery, Needs: needs, Docs: guideDocs,
		},
		{
			ID: "session.me", Suite: Session, Severity: Critical, Title: "GET /me knows the user",
			Proves: "the token is accepted as Bearer", run: sessionMe, Needs: needs, Docs: sessionDocs,
		},
		{
			ID: "session.validate", Suite: Session, Severity: Critical, Title: "/sessions/validate knows the session",
			Proves: "with the token in the header, and in the body", run: sessionValidate, Needs: needs, Docs: sessionDocs,
		},
		{
			ID: "session.logout", Suite: Session, Severity: Critical, Title: "Logging out ends the session",
			Proves: "the tenant refuses the token afterwards", run: sessionLogout, Needs: []string{"guide.signin"}, Docs: sessionDocs,
		},
	}
}

func sessionLimit(ctx context.Context, r *run) Outcome {
	if r.returned.Session.Token == r.user.in.Session.Token {
		return skip("both sign-ins returned the same token")
	}
	if _, err := r.client.Me(ctx, r.returned.Session.Token); sessionRefused(err) {
		return skip("GET /me refuses the newest token, too")
	} else if err != nil {
		return diagnose(err)
	}
	_, err := r.client.Me(ctx, r.user.in.Session.Token)
	switch {
	case err == nil:
		return pass("the session of the sign-up is still valid after the sign-in")
	case !sessionRefused(err):
		return diagnose(err)
	}
	r.oneSession, r.user.in = true, r.returned
	return fail("The sign-in has ended the session of the sign-up.",
		"The tenant keeps one session per user: signing in on a second phone signs people out on the first.", "session.limit",
		"Set `session.limit` to 5 or more, unless this is intended.")
}

// sessionRefused reports whether the tenant refuses a token.
func sessionRefused(err error) bool {
	api, ok := asAPI(err)
	return ok && api.Kind == hanko.Refused && api.Status == http.StatusUnauthorized
}

// renew signs the guide's user in again if the session has expired, or if the tenant keeps one session per user and an earlier
// check has replaced it. If that fails, the check that needs the session says so.
func (r *run) renew(ctx context.Context) {
	if !r.oneSession && (r.user == nil || time.Now().Before(r.user.in.Token.ExpiresAt)) {
		return
	}
	if _, err := r.client.Me(ctx, r.user.in.Session.Token); !sessionRefused(err) {
		return
	}
	var (
		in  login.SignedIn
		err error
	)
	if r.iphone != nil {
		in, err = r.passkeyLogin(ctx, r.walk(r.iphone.phone))
	} else {
		in, err = r.signIn(ctx, r.walk(r.phoneOf(r.user.email)), r.user.email)
	}
	if err == nil {
		r.user.in, r.returned, r.signedUp = in, in, time.Now()
	}
}

func sessionSignature(ctx context.Context, r *run) Outcome {
	keys, err := r.client.Keys(ctx)
	if err != nil {
		return diagnose(err)
	}
	if err := keys.Verify(r.user.in.Token); err != nil {
		return fail(err.Error(), "The keys at /.well-known/jwks.json are not those that the tenant signs with: they come from an outdated cache, or from another tenant.",
			"secrets.keys", "Give all instances of the backend the same `secrets.keys`, and do not cache the key set.")
	}
	return pass("RS256, with the key %s of %d", r.user.in.Token.KeyID, len(keys.IDs()))
}

// skew is how far two clocks may differ before a backend refuses tokens.
const skew = 2 * time.Minute

func sessionClaims(_ context.Context, r *run) Outcome {
	token, now := r.user.in.Token, time.Now()
	if !token.IssuedAt.IsZero() && now.Sub(token.IssuedAt).Abs() > skew+now.Sub(r.signedUp) {
		return fail(fmt.Sprintf("The token was just issued, but its iat is %s off (exp %s).",
			now.Sub(token.IssuedAt).Abs().Round(time.Second), token.ExpiresAt.UTC().Format(time.RFC3339)),
			"The clock of the tenant or of this machine is wrong. A backend would refuse the token as issued in the future, or end sessions at the wrong time.",
			KeyClock, "Set the clocks of the tenant's machine and of this machine by NTP.")
	}
	var wrong []string
	key := "session"
	if token.Subject == "" {
		wrong = append(wrong, "sub is missing")
	}
	if len(token.Audience) == 0 {
		wrong, key = append(wrong, "aud is missing"), "session.audience"
	}
	if token.ExpiresAt.IsZero() {
		wrong, key = append(wrong, "exp is missing"), "session.lifespan"
	}
	if len(wrong) > 0 {
		return fail(strings.Join(wrong, "; ")+".", "A backend that checks its tokens would refuse this one.", key,
			"Check `"+key+"` on the tenant.")
	}
	note := fmt.Sprintf("sub %s, aud %s, valid for %s", token.Subject, strings.Join(token.Audience, ", "), lasting(token.ExpiresAt.Sub(now)))
	if token.Issuer != "" {
		note += ", iss " + token.Issuer
	}
	if len(token.Methods) > 0 {
		note += ", amr " + strings.Join(token.Methods, " ")
	}
	if token.SessionID == "" {
		note += "; no session_id, so the tenant cannot revoke it (before v1.4)"
	}
	return pass("%s", note)
}

// lasting rounds a time that is long to minutes.
func lasting(d time.Duration) time.Duration {
	if d < 2*time.Minute {
		return d.Round(time.Second)
	}
	return d.Round(time.Minute)
}

func sessionLifespan(_ context.Context, r *run) Outcome {
	token := r.user.in.Token
	if token.ExpiresAt.IsZero() || token.IssuedAt.IsZero() {
		return skip("the token has no iat or no exp")
	}
	lifespan := token.ExpiresAt.Sub(token.IssuedAt)
	if lifespan > time.Minute {
		return pass("%s", lasting(lifespan))
	}
	return fail(fmt.Sprintf("A session lasts %s.", lasting(lifespan)),
		"People can sign in, but must do so again almost at once, because their token expires.", "session.lifespan",
		"Set `session.lifespan` to 12h, Hanko's default, or to what your app needs.")
}

func sessionDelivery(_ context.Context, r *run) Outcome {
	session := r.user.in.Session
	if session.Cookie == nil {
		return pass("in X-Auth-Token")
	}
	cookie := session.Cookie
	base, err := url.Parse(r.client.BaseURL())
	if err != nil {
		return diagnose(err)
	}
	if cookie.Secure && base.Scheme == "http" {
		return fail(fmt.Sprintf("The token is sent over plain http in the cookie %q, which is Secure.", cookie.Name),
			"A phone drops a Secure cookie that it receives over http.", "session.cookie.secure",
			"Set `session.cookie.secure: false` for local work, or `session.enable_auth_token_header: true`.")
	}
	if domain := strings.TrimPrefix(cookie.Domain, "."); domain != "" && domain != base.Hostname() && !strings.HasSuffix(base.Hostname(), "."+domain) {
		return fail(fmt.Sprintf("The cookie %q is for %s, but the tenant is at %s.", cookie.Name, domain, base.Hostname()),
			"A phone drops a cookie of another domain.", "session.cookie.domain",
			"Set `session.cookie.domain` to the tenant's own domain, or leave it out.")
	}
	return pass("in the cookie %q; session.enable_auth_token_header would make it easier for an app", cookie.Name)
}

func sessionMe(ctx context.Context, r *run) Outcome {
	me, err := r.client.Me(ctx, r.user.in.Session.Token)
	if err != nil {
		return r.notKnown(err)
	}
	if me.ID != r.user.in.Token.Subject {
		return fail("GET /me names "+me.ID+", but the token has "+r.user.in.Token.Subject+".",
			"The two belong to different tenants, or a cache answers with another user.", KeyURL, "Check the URL, and make sure that nothing in front of the tenant caches its answers.")
	}
	if len(me.Emails) > 0 && !slices.ContainsFunc(me.Emails, func(e hanko.Email) bool { return strings.EqualFold(e.Address, r.user.email) }) {
		return fail("GET /me does not list the email address that signed up.", "The tenant's data does not match its API.", "", "Look at the tenant's users.")
	}
	return pass("it is the token's user")
}

// notKnown is the outcome of a token that GET /me does not accept right after it was issued.
func (r *run) notKnown(err error) Outcome {
	if sessionRefused(err) && r.recognised.API == hanko.REST {
		return fail("The tenant refuses the token that its REST API has just issued: "+said(err),
			"This release stores no sessions for its REST API (v1.4.1 and later do): it is v1.4.0, or v1.1 to v1.3 with `session.server_side.enabled`.", KeyAPI,
			"Update the backend to v1.4.1 or later, or use its Flow API (leave --api out, or use --api flow).")
	}
	return diagnose(err)
}

func sessionValidate(ctx context.Context, r *run) Outcome {
	token := r.user.in.Session.Token
	byHeader, err := r.client.ValidateSession(ctx, token)
	if noValidation(err) {
		return skip("this release has no /sessions/validate (v1.1.0 and later do), so your backend must check the token's signature and expiry itself")
	}
	if err != nil {
		return diagnose(err)
	}
	byBody, err := r.client.ValidateToken(ctx, token)
	if err != nil {
		return diagnose(err)
	}
	if !byHeader.IsValid || !byBody.IsValid {
		return fail(fmt.Sprintf("For a session that has just started, is_valid is %t with the token in the header, and %t in the body.", byHeader.IsValid, byBody.IsValid),
			"A newer session replaced it, or it was never stored: users may have only one session, or several backends have a database each.", "session.limit",
			"Set `session.limit` to 5 or more, and give all instances of the backend the same database.")
	}
	return pass("is_valid, with the token in the header and in the body")
}

// noValidation reports whether the tenant has no /sessions/validate.
func noValidation(err error) bool {
	api, ok := asAPI(err)
	return ok && api.Kind == hanko.Refused && api.Status == http.StatusNotFound
}

func sessionLogout(ctx context.Context, r *run) Outcome {
	in := r.returned
	validation, err := r.client.ValidateSession(ctx, in.Session.Token)
	switch {
	case noValidation(err):
		return Outcome{
			Verdict: Inconclusive, Note: "this release stores no sessions (v1.1.0 and later do), so a token is valid until it expires, even after logging out",
			Cause:  "Before v1.1.0, only the token counts. No setting changes that.",
			Remedy: "Update the backend to v1.4.1 or later, or let tokens expire sooner (`session.lifespan`).",
		}
	case err != nil || !validation.IsValid:
		return unknown("the session to end is no longer valid")
	}
	walk := login.Continue(r.client, iphone(), in)
	walk.UseAPI(r.recognised.API)
	switch step := walk.Take(ctx, login.LogOut{}).(type) {
	case login.Failed:
		return diagnose(&step.Problem)
	case login.EnterEmail, login.ConfirmAccount, login.EnterPasscode, login.OfferPasskey, login.FillForm, login.SignedIn, login.Profile:
		// Whether the session has ended is looked at below.
	}
	outcome := r.mustBeDead(ctx, in.Session.Token, "after logging out")
	if outcome.Verdict == Failed && validation.Claims == nil { // from v1.4.0, /sessions/validate has the claims of a valid token
		return r.sessionsUnchecked(outcome)
	}
	return outcome
}

// sessionsUnchecked returns the outcome of a token that outlives logging out on a release that does so as shipped, which is a
// weakness of the release: people can sign in.
func (r *run) sessionsUnchecked(outcome Outcome) Outcome {
	outcome.Verdict = Inconclusive
	outcome.Note += " This release stores no sessions unless it is told to (v1.4.1 and later always do)."
	outcome.Cause = "The release is v1.1 to v1.3, because its /sessions/validate has no claims. As shipped, only the token counts there, until it expires."
	if r.recognised.API == hanko.REST {
		outcome.Remedy = "Update the backend to v1.4.1 or later, or let tokens expire sooner (`session.lifespan`). Do not set `session.server_side.enabled: true` on this release while apps use REST: there, only flows store their sessions, so every token of the REST API would be invalid."
		return outcome
	}
	outcome.Key = "session.server_side.enabled"
	outcome.Remedy = "Update the backend to v1.4.1 or later. Until then, `session.server_side.enabled: true` stores the sessions of the Flow API, but not those of REST."
	return outcome
}

// mustBeDead passes when the tenant does not accept a token, by any of its ways.
func (r *run) mustBeDead(ctx context.Context, token, when string) Outcome {
	byHeader, err := r.client.ValidateSession(ctx, token)
	if err != nil && answerIn(err) != refused {
		return diagnose(err)
	}
	byBody, err := r.client.ValidateToken(ctx, token)
	if err != nil && answerIn(err) != refused {
		return diagnose(err)
	}
	_, err = r.client.Me(ctx, token)
	switch {
	case byHeader.IsValid || byBody.IsValid || err == nil:
		return fail(fmt.Sprintf("The tenant still accepts the token %s (is_valid: %t in the header, %t in the body; GET /me: %t).", when, byHeader.IsValid, byBody.IsValid, err == nil),
			"The tenant does not check the token, or a proxy or cache answers instead.", "",
			"Make sure that nothing in front of the tenant answers instead, and update the backend.")
	case answerIn(err) != refused:
		return diagnose(err)
	}
	return pass("the tenant refuses the token %s", when)
}

// forgery is a token that nobody but a forger has.
type forgery struct{ how, token string }

// forged are tokens made from a good one: without a signature, with another, and with another user's ID in it.
func forged(good hanko.Token) []forgery {
	parts := strings.Split(good.Raw, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	flipped := "A" + parts[2]
	if len(parts[2]) > 10 { // whatever the tenant signs with
		letter := "A"
		if parts[2][10] == 'A' {
			letter = "B"
		}
		flipped = parts[2][:10] + letter + parts[2][11:]
	}
	claims := maps.Clone(good.Claims)
	claims["sub"] = "00000000-0000-4000-8000-000000000000"
	other, _ := json.Marshal(claims) // it came from JSON
	return []forgery{
		{"without a signature (alg none)", none + "." + parts[1] + "."},
		{"with a changed signature", parts[0] + "." + parts[1] + "." + flipped},
		{"with another user's ID", parts[0] + "." + base64.RawURLEncoding.EncodeToString(other) + "." + parts[2]},
	}
}
