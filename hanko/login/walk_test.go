package login_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/tenant"
)

// TestWalk walks the whole guide, up to the sign-in with a passkey, with each way to deliver the token.
func TestWalk(t *testing.T) {
	for _, test := range []struct {
		name     string
		settings tenant.Settings
		cookie   string // the name of the cookie with the token; "" is the header
		secure   bool
	}{
		{"cookie", tenant.Settings{}, "hanko", false},
		{"cookie of another name", tenant.Settings{CookieName: "sid"}, "sid", false},
		{"secure cookie over http", tenant.Settings{CookieSecure: true}, "hanko", true},
		{"header", tenant.Settings{TokenInHeader: true}, "", false},
		{"alphanumeric passcode", tenant.Settings{PasscodeCharset: "alphanumeric"}, "hanko", false},
		{"user verification required", tenant.Settings{RequireUserVerification: true}, "hanko", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newStage(t, tenant.Options{Settings: test.settings}).newPerson(t)
			delivered := func(session hanko.Session) {
				t.Helper()
				switch {
				case session.Lifetime != 12*time.Hour:
					t.Errorf("the session lasts %v", session.Lifetime)
				case (session.Cookie != nil) != (test.cookie != ""):
					t.Errorf("the token came in the cookie %v, want %q", session.Cookie, test.cookie)
				case session.Cookie != nil && (session.Cookie.Name != test.cookie || session.Cookie.Secure != test.secure):
					t.Errorf("the token came in the cookie %v, want %q, secure %v", session.Cookie, test.cookie, test.secure)
				}
			}

			// The phone has no passkey yet.
			if failed := to[login.Failed](p, login.SignInWithPasskey{}); !strings.Contains(failed.Problem.Cause, "no passkey for localhost") {
				t.Errorf("without a passkey: %s", described(failed))
			}
			to[login.EnterEmail](p, login.Back{})

			confirm := to[login.ConfirmAccount](p, login.SubmitEmail{Email: " " + p.email + "\n"})
			if confirm.Email != p.email {
				t.Errorf("the account is for %q", confirm.Email)
			}
			wantCalls(t, confirm, "POST /user 404", "GET /.well-known/config 200")

			code := to[login.EnterPasscode](p, login.CreateAccount{})
			wantCalls(t, code, "POST /users 200", "POST /passcode/login/initialize 200")
			if !code.NewUser || code.Email != p.email || code.TriesLeft != 3 || code.Dead || !near(code.ExpiresAt(), 5*time.Minute) || !code.ResendAt.IsZero() {
				t.Errorf("the passcode is %+v", code)
			}
			emailID := member(t, code.Exchanges()[0].ResponseBody, "email_id")
			if sent := member(t, code.Exchanges()[1].RequestBody, "email_id"); emailID == "" || sent != emailID {
				t.Errorf("the new user's email_id is %q, sent was %q", emailID, sent)
			}

			offer := to[login.OfferPasskey](p, login.SubmitPasscode{Code: p.code()})
			delivered(*offer.Session)
			if offer.Email != p.email || offer.Token.Raw != offer.Session.Token {
				t.Errorf("offered to %q with the token %q of %q", offer.Email, offer.Token.Raw, offer.Session.Token)
			}
			wantInspection(t, p, offer.Token)

			in := to[login.SignedIn](p, login.RegisterPasskey{})
			wantCalls(t, in, "POST /webauthn/registration/initialize 200", "POST /webauthn/registration/finalize 200")
			passkeys, err := p.phone.Passkeys()
			if err != nil || len(passkeys) != 1 || base64.RawURLEncoding.EncodeToString(passkeys[0].CredentialID) != in.Registered || in.Method != login.ByPasscode {
				t.Errorf("registered is %q by %s, on the phone are %+v (%v)", in.Registered, in.Method, passkeys, err)
			}

			out := to[login.EnterEmail](p, login.LogOut{})
			wantCalls(t, out, "POST /logout 204")
			if out.Email != p.email {
				t.Errorf("after the logout the email is %q", out.Email)
			}
			if validation, err := p.client.ValidateSession(t.Context(), offer.Session.Token); err != nil || validation.IsValid {
				t.Errorf("after the logout the session is %+v, %v", validation, err)
			}

			in = to[login.SignedIn](p, login.SignInWithPasskey{})
			wantCalls(t, in, "POST /webauthn/login/initialize 200", "POST /webauthn/login/finalize 200")
			delivered(in.Session)
			if in.Method != login.ByPasskey || in.Email != p.email || in.Registered != "" {
				t.Errorf("signed in as %q by %s, with the passkey %q new", in.Email, in.Method, in.Registered)
			}
			wantInspection(t, p, in.Token)
			to[login.EnterEmail](p, login.LogOut{})

			// A returning user, and the phone has a passkey: no offer.
			again := to[login.EnterPasscode](p, login.SubmitEmail{Email: p.email})
			wantCalls(t, again, "POST /user 200", "POST /passcode/login/initialize 200")
			if again.NewUser {
				t.Error("a returning user counts as new")
			}
			to[login.SignedIn](p, login.SubmitPasscode{Code: p.code()})
		})
	}
}

func member(t *testing.T, data []byte, name string) string {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal(data, &object); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	text, _ := object[name].(string)
	return text
}

func wantInspection(t *testing.T, p *person, token hanko.Token) {
	t.Helper()
	found := login.Inspect(t.Context(), p.client, token)
	if err := errors.Join(found.SignatureErr, found.MeErr, found.ValidationErr); err != nil {
		t.Errorf("the session is not valid: %v", err)
	}
	if len(found.KeyIDs) != 2 || found.Me.ID != token.Subject || !found.Validation.IsValid || found.Validation.UserID != token.Subject {
		t.Errorf("the session of %s is %+v", token.Subject, found)
	}
}

// TestTokenTwice delivers the token in both ways at once.
func TestTokenTwice(t *testing.T) {
	stage := newStage(t, unlimited)
	p := stage.newPerson(t)
	atPasscode.before(p)
	stage.wire.once(finalize, roundTrip(func(r *http.Request) (*http.Response, error) {
		response, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			response.Header.Set("X-Auth-Token", response.Cookies()[0].Value)
		}
		return response, err
	}))
	offer := to[login.OfferPasskey](p, login.SubmitPasscode{Code: p.code()})
	if offer.Session.Cookie != nil || offer.Session.Token == "" {
		t.Errorf("the session is %+v, want the header's token", offer.Session)
	}
}

// TestTokenClaims delivers tokens with unexpected claims.
func TestTokenClaims(t *testing.T) {
	encode := base64.RawURLEncoding.EncodeToString
	token := encode([]byte(`{"alg":"RS256","kid":"`+jsonSting+`"}`)) + "." +
		encode([]byte(`{"sub":"`+jsonSting+`","email":{"address":"`+jsonSting+`ada@example.com"}}`)) + ".c2ln"
	stage := newStage(t, unlimited)
	p := stage.newPerson(t)
	atPasscode.before(p)
	stage.wire.once(finalize, served(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Auth-Token", token)
		body(200, `{"id":"p","ttl":300}`)(w, r)
	}))
	offer := to[login.OfferPasskey](p, login.SubmitPasscode{Code: p.code()})
	drawable(t, offer)
	if !strings.Contains(offer.Email, "ada@example.com") {
		t.Errorf("signed in as %q", offer.Email)
	}
	if found := login.Inspect(t.Context(), p.client, offer.Token); found.SignatureErr == nil || found.MeErr == nil || found.Validation.IsValid {
		t.Errorf("a token that nobody signed is found to be %+v", found)
	}
	to[login.EnterEmail](p, login.LogOut{}) // 401: nothing was to be ended
	p.finish()
}

// TestNoToken lets a login succeed without a usable token. It can be repeated with a new code.
func TestNoToken(t *testing.T) {
	stage := newStage(t, unlimited)
	for _, value := range []string{"", "undefined"} {
		p := stage.newPerson(t)
		atPasscode.before(p)
		stage.wire.once(finalize, roundTrip(func(r *http.Request) (*http.Response, error) {
			response, err := http.DefaultTransport.RoundTrip(r)
			if err == nil {
				response.Header.Del("Set-Cookie")
				response.Header.Set("X-Auth-Token", value)
			}
			return response, err
		}))
		failed := to[login.Failed](p, login.SubmitPasscode{Code: p.code()})
		if !strings.Contains(failed.Problem.Sentence, "submit the passcode") || !strings.Contains(failed.Problem.Cause, "token") || !strings.Contains(failed.Problem.Remedy, "X-Auth-Token") {
			t.Errorf("X-Auth-Token %q: %s", value, described(failed))
		}
		if at := to[login.EnterPasscode](p, login.Retry{}); !at.Dead {
			t.Errorf("the code was used, and the walk stands at %+v", at)
		}
		p.finish()
	}
}

// TestUserAfterAll answers 404 for the address, and then 409, because somebody else created the user in between. The walk
// gets the ID from the guide's first call.
func TestUserAfterAll(t *testing.T) {
	stage := newStage(t, unlimited)
	p := stage.newPerson(t)
	p.finish()
	p.take(login.LogOut{})
	stage.wire.once(user, served(t, says(404, "Not Found")))
	to[login.ConfirmAccount](p, login.SubmitEmail{Email: p.email})
	code := to[login.EnterPasscode](p, login.CreateAccount{})
	wantCalls(t, code, "POST /users 409", "POST /user 200", "POST /passcode/login/initialize 200")
	if code.NewUser {
		t.Error("an existing user counts as new")
	}
	to[login.SignedIn](p, login.SubmitPasscode{Code: p.code()})
}

// TestOneUserForOneAddress creates an account whose first passcode fails. Continuing does not create another user.
func TestOneUserForOneAddress(t *testing.T) {
	stage := newStage(t, unlimited)
	for _, way := range [][]login.Action{{login.Retry{}}, {login.Back{}, login.CreateAccount{}}} {
		p := stage.newPerson(t)
		atCreate.before(p)
		stage.wire.once(initialize, served(t, says(500, "Internal Server Error")))
		to[login.Failed](p, login.CreateAccount{})
		for _, action := range way {
			p.take(action)
		}
		if at, ok := p.walk.Step().(login.EnterPasscode); !ok || !at.NewUser {
			t.Fatalf("%v leads to %s", way, described(p.walk.Step()))
		}
		made := 0
		for _, e := range p.client.Log().From(0) {
			if e.Path == "/users" {
				made++
			}
		}
		if made != 1 {
			t.Errorf("%v: %d users were created", way, made)
		}
		p.finish()
	}

	// A user that has been deleted in between is created again.
	p := stage.newPerson(t)
	atCreate.before(p)
	stage.wire.once(initialize, served(t, says(400, "Bad Request")))
	to[login.Failed](p, login.CreateAccount{})
	wantCalls(t, to[login.EnterPasscode](p, login.Retry{}), "POST /users 200", "POST /passcode/login/initialize 200")
}

// TestV3 uses a tenant without the REST API, whose 404 looks like that for an unknown user. The walk offers no account.
func TestV3(t *testing.T) {
	stage := newStage(t, tenant.Options{})
	for _, test := range []struct {
		name   string
		config http.HandlerFunc
		want   string
	}{
		{"404", says(404, "Not Found"), "Hanko v3"},
		{"a page", page(404, "Not Found"), "web page"},
		{"500", says(500, "Internal Server Error"), "failed with an internal error"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := stage.newPerson(t)
			config := "GET /.well-known/config"
			stage.wire.once(user, served(t, says(404, "Not Found")))
			stage.wire.once(config, served(t, test.config))
			failed := to[login.Failed](p, login.SubmitEmail{Email: p.email})
			drawable(t, failed)
			if !strings.Contains(failed.Problem.Cause, test.want) || !strings.Contains(failed.Problem.Said, config) {
				t.Errorf("it leads to %s, want %q", described(failed), test.want)
			}
			to[login.EnterEmail](p, login.Back{})
			p.finish()
		})
	}
}

// TestSwitchedOff walks on tenants that have a part of the guide switched off.
func TestSwitchedOff(t *testing.T) {
	for _, test := range []struct {
		name     string
		settings tenant.Settings
		place    place
		want     string
	}{
		{"sign-up", tenant.Settings{DisableSignup: true}, atCreate, "account.allow_signup: true"},
		{"MFA on", tenant.Settings{MFA: true}, atCreate, "mfa.enabled: false"},
		{"passkeys, registration", tenant.Settings{DisablePasskeys: true}, atOffer, "passkey.enabled: true"},
		{"passkeys, sign-in", tenant.Settings{DisablePasskeys: true}, place{func(*person) {}, atPasskey.action}, "passkey.enabled: true"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newStage(t, tenant.Options{Settings: test.settings}).newPerson(t)
			test.place.before(p)
			before := kind(p.walk.Step())
			failed := to[login.Failed](p, test.place.action(p))
			if failed.Again != nil || !strings.Contains(failed.Problem.Remedy, test.want) {
				t.Errorf("it leads to %s, with Again %v", described(failed), failed.Again)
			}
			if step := p.take(login.Back{}); kind(step) != before {
				t.Errorf("Back leads to %s, want %s", described(step), before)
			}
		})
	}
}

// TestTries counts the wrong codes until the tenant gives up.
func TestTries(t *testing.T) {
	p := newStage(t, unlimited).newPerson(t)
	atPasscode.before(p)
	for try, want := range []struct {
		status, left int
		dead         bool
	}{{401, 2, false}, {401, 1, false}, {410, 0, true}, {401, 0, true}} {
		at := to[login.EnterPasscode](p, login.SubmitPasscode{Code: p.wrongCode()})
		if at.TriesLeft > want.left || at.Dead != want.dead || at.Problem == nil {
			t.Errorf("after %d wrong codes the step is %+v, want %+v", try+1, at, want)
		}
		wantCalls(t, at, fmt.Sprintf("POST /passcode/login/finalize %d", want.status))
	}
	fresh := to[login.EnterPasscode](p, login.ResendPasscode{})
	if fresh.TriesLeft != 3 || fresh.Dead || fresh.Problem != nil {
		t.Errorf("the new passcode is %+v", fresh)
	}
	to[login.OfferPasskey](p, login.SubmitPasscode{Code: p.code()})
}

// clock is a tenant's clock that a test moves.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

func TestTooLate(t *testing.T) {
	var clock clock
	p := newStage(t, tenant.Options{Now: clock.now}).newPerson(t)
	atPasscode.before(p)
	clock.pass(6 * time.Minute)
	at := to[login.EnterPasscode](p, login.SubmitPasscode{Code: p.code()})
	if !at.Dead || at.Problem == nil || !strings.Contains(at.Problem.Said, "passcode request timed out") {
		t.Errorf("after six minutes the step is %+v", at)
	}
	p.finish()
}

// TestTooManyPasscodes requests more than three passcodes in a minute. The last code stays valid, and the step says how long
// to wait.
func TestTooManyPasscodes(t *testing.T) {
	var clock clock
	p := newStage(t, tenant.Options{Now: clock.now}).newPerson(t)
	atPasscode.before(p)
	to[login.EnterPasscode](p, login.ResendPasscode{})
	if third := to[login.EnterPasscode](p, login.ResendPasscode{}); !near(third.ResendAt, time.Minute) || third.Problem != nil {
		t.Errorf("after the last passcode of the minute the step is %+v, want ResendAt in a minute", third)
	}
	sent := p.code()
	fourth := to[login.EnterPasscode](p, login.ResendPasscode{})
	if fourth.Problem == nil || !near(fourth.ResendAt, time.Minute) || fourth.TriesLeft != 3 || fourth.Dead || p.code() != sent {
		t.Errorf("after one passcode too many the step is %+v", fourth)
	}
	to[login.OfferPasskey](p, login.SubmitPasscode{Code: sent})
	to[login.EnterEmail](p, login.LogOut{})

	failed := to[login.Failed](p, login.SubmitEmail{Email: p.email})
	if !near(failed.Problem.RetryAt, time.Minute) || failed.Again == nil {
		t.Errorf("the first passcode of a walk: %s, again at %v", described(failed), failed.Problem.RetryAt)
	}
	clock.pass(time.Minute)
	to[login.EnterPasscode](p, login.Retry{})
	to[login.OfferPasskey](p, login.SubmitPasscode{Code: p.code()})
}

// TestWrongAction takes actions that do not belong to the step. They change nothing.
func TestWrongAction(t *testing.T) {
	p := newStage(t, tenant.Options{}).newPerson(t)
	for _, action := range []login.Action{login.Back{}, login.Skip{}, login.LogOut{}, login.RegisterPasskey{}, login.SubmitPasscode{Code: "1"}, login.CreateAccount{}} {
		failed := to[login.Failed](p, action)
		var wrong *login.WrongActionError
		if failed.Again != nil || !errors.As(failed.Problem.Err, &wrong) || kind(wrong.Step) != "EnterEmail" || wrong.Action != action {
			t.Errorf("%T: %s", action, described(failed))
		}
		if step := p.take(login.Retry{}); kind(step) != "Failed" {
			t.Errorf("%T: Retry leads to %s", action, described(step))
		}
		to[login.Failed](p, login.SubmitEmail{Email: p.email}) // at Failed there is Retry and Back
		to[login.EnterEmail](p, login.Back{})
	}
	if step := p.take(login.Retry{}); kind(step) != "EnterEmail" {
		t.Errorf("with nothing to retry, Retry leads to %s", described(step))
	}
	if made := p.client.Log().Len(); made != 0 {
		t.Errorf("%d calls were made", made)
	}
}

// withExcluded adds a credential to excludeCredentials in the registration options, as WebAuthn recommends.
func withExcluded(id []byte) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(response.Body)
		if err != nil {
			return nil, err
		}
		_ = response.Body.Close()
		excluded := fmt.Sprintf(`{"publicKey":{"excludeCredentials":[{"type":"public-key","id":%q}],`, base64.RawURLEncoding.EncodeToString(id))
		data = bytes.Replace(data, []byte(`{"publicKey":{`), []byte(excluded), 1)
		response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
		response.Header.Del("Content-Length")
		return response, nil
	})
}
