package tenant

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// refusalCase is a request to a tenant with the user ada@example.com, whose session token is token.
type refusalCase struct {
	name         string
	method, path string
	body         any // nil: none; a string: as it is
	signedIn     bool
	status       int
	message      string
}

func runRefusals(t *testing.T, a *app, cases []refusalCase) {
	t.Helper()
	token := a.token
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			b := &app{t: t, tenant: a.tenant}
			if test.signedIn {
				b.token = token
			}
			answer := b.call(test.method, test.path, test.body).want(t, test.status, test.message)
			if code := answer.at(t, "code"); code != float64(test.status) {
				t.Errorf("the body says code %v, want %d", code, test.status)
			}
		})
	}
}

type object = map[string]any

func TestRefusals(t *testing.T) {
	const unknown = "7dd96165-30bb-4fee-927e-da0c8520bb63"
	a := openTenant(t, Options{Settings: Settings{TokenInHeader: true}})
	adaID, _ := a.signUp("ada@example.com")
	newID, _ := (&app{t: t, tenant: a.tenant}).create("new@example.com")
	initialize, finalize := "/passcode/login/initialize", "/passcode/login/finalize"
	registration, login := "/webauthn/registration/finalize", "/webauthn/login/finalize"
	runRefusals(t, a, []refusalCase{
		{"user without a body", "POST", "/user", nil, false, 400, "email is a required field"},
		{"user with an empty object", "POST", "/user", "{}", false, 400, "email is a required field"},
		{"user with null", "POST", "/user", "null", false, 400, "email is a required field"},
		{"user with half an object", "POST", "/user", "{", false, 400, "unexpected EOF"},
		{
			"user with broken JSON", "POST", "/user", `{"email" "a"}`, false, 400,
			`Syntax error: offset=10, error=invalid character '"' after object key`,
		},
		{
			"user with a number", "POST", "/user", `{"email":5}`, false, 400,
			"Unmarshal type error: expected=string, got=number, field=email, offset=10",
		},
		{"user with a bad address", "POST", "/user", object{"email": "nope"}, false, 400, "email must be a valid email address"},
		{"unknown user", "POST", "/user", object{"email": "bob@example.com"}, false, 404, "Not Found"},
		{"user not verified yet", "POST", "/user", object{"email": "new@example.com"}, false, 404, "Not Found"},
		{"create with a bad address", "POST", "/users", object{"email": "a@b"}, false, 400, "email must be a valid email address"},
		{"create a user that exists", "POST", "/users", object{"email": "ADA@example.com"}, false, 409, "Conflict"},
		{"me without a session", "GET", "/me", nil, false, 401, "Unauthorized"},
		{"a user without a session", "GET", "/users/" + adaID, nil, false, 401, "Unauthorized"},
		{"somebody else", "GET", "/users/" + newID, nil, true, 403, "Forbidden"},
		{"somebody who is no UUID", "GET", "/users/x", nil, true, 403, "Forbidden"},
		{"delete without a session", "DELETE", "/user", nil, false, 401, "Unauthorized"},
		{"logout without a session", "POST", "/logout", nil, false, 401, "Unauthorized"},
		{"emails without a session", "GET", "/emails", nil, false, 401, "Unauthorized"},

		{"passcode without a user", "POST", initialize, "{}", false, 400, "user_id is a required field"},
		{"passcode for no UUID", "POST", initialize, object{"user_id": "x"}, false, 400, "user_id must be a valid uuid"},
		{
			"passcode for a UUID in capitals", "POST", initialize,
			object{"user_id": strings.ToUpper(unknown)},
			false, 400,
			"user_id must be a valid uuid",
		},
		{"passcode for nobody", "POST", initialize, object{"user_id": unknown}, false, 400, "Bad Request"},
		{"passcode for a new user without email_id", "POST", initialize, object{"user_id": newID}, false, 500, "Internal Server Error"},
		{
			"passcode to an empty email_id", "POST", initialize,
			object{"user_id": adaID, "email_id": ""},
			false, 400,
			"failed to parse emailId as uuid",
		},
		{
			"passcode to an unknown email_id", "POST", initialize,
			object{"user_id": adaID, "email_id": unknown},
			false, 400,
			"the specified emailId is not available",
		},
		{"finalize nothing", "POST", finalize, "{}", false, 400, "id is a required field and code is a required field"},
		{
			"finalize no UUID", "POST", finalize,
			object{"id": "x", "code": "1"},
			false, 400,
			"id must be a valid uuid4",
		},
		{
			"finalize a UUID of version 1", "POST", finalize,
			object{"id": "7dd96165-30bb-1fee-927e-da0c8520bb63"},
			false, 400,
			"id must be a valid uuid4 and code is a required field",
		},
		{"finalize an unknown one", "POST", finalize, object{"id": unknown, "code": "1"}, false, 401, "passcode not found"},

		{"registration without a session", "POST", "/webauthn/registration/initialize", nil, false, 401, "Unauthorized"},
		{"registration finalized without a session", "POST", registration, "{}", false, 401, "Unauthorized"},
		{"registration of nothing", "POST", registration, nil, true, 400, "Parse error for Registration"},
		{"registration of an empty object", "POST", registration, "{}", true, 400, "Parse error for Registration"},
		{
			"registration without a response", "POST", registration,
			object{"id": "aaaa", "rawId": "aaaa", "type": "public-key"},
			true, 400, "Error parsing attestation response",
		},
		{
			"registration with a challenge of nobody's", "POST", registration, newTestKey(t).register(t, b64(make([]byte, 32))), true, 400,
			"Stored challenge and received challenge do not match",
		},
		{"sign in as no UUID", "POST", "/webauthn/login/initialize", object{"user_id": "x"}, false, 400, "failed to parse UserID as uuid"},
		{"sign in as nobody", "POST", "/webauthn/login/initialize", object{"user_id": unknown}, false, 400, "user not found"},
		{
			"sign in as one without an address", "POST", "/webauthn/login/initialize",
			object{"user_id": newID},
			false, 500,
			"Internal Server Error",
		},
		{"sign in with nothing", "POST", login, "x", false, 400, "Parse error for Assertion"},
		{"sign in with an empty object", "POST", login, "{}", false, 400, "CredentialAssertionResponse with ID missing"},
		{
			"sign in with a bad id", "POST", login,
			object{"id": "a!", "type": "public-key"},
			false, 400,
			"CredentialAssertionResponse with ID not base64url encoded",
		},
		{
			"sign in with a bad type", "POST", login,
			object{"id": "aaaa", "type": "x"},
			false, 400,
			"CredentialAssertionResponse with bad type",
		},
		{
			"sign in with a challenge of nobody's", "POST", login, newTestKey(t).assert(t, b64(make([]byte, 32)), ""), false, 401,
			"Stored challenge and received challenge do not match",
		},
		{"passkeys without a session", "GET", "/webauthn/credentials", nil, false, 401, "Unauthorized"},
		{"rename without a session", "PATCH", "/webauthn/credentials/x", "{}", false, 401, "Unauthorized"},
		{"rename an unknown passkey", "PATCH", "/webauthn/credentials/x", "{}", true, 404, "Not Found"},
		{"delete without a session", "DELETE", "/webauthn/credentials/x", nil, false, 401, "Unauthorized"},
		{"delete an unknown passkey", "DELETE", "/webauthn/credentials/x", nil, true, 404, "Not Found"},

		{
			"validate nothing", "POST", "/sessions/validate", nil, true, 400,
			"code=400, message=session_token is a required field",
		},
		{"an unknown path", "POST", "/nope", nil, false, 404, "Not Found"},
		{"a wrong method", "GET", "/user", nil, false, 405, "Method Not Allowed"},
		{"a slash too many", "POST", "/user/", nil, false, 404, "Not Found"},
		{"two slashes", "POST", "//user", nil, false, 404, "Not Found"},
		{"a password", "POST", "/password/login", "{}", false, 404, "Not Found"},
		{"a list of sessions", "GET", "/sessions", nil, true, 404, "Not Found"},
	})

	t.Run("another content type", func(t *testing.T) {
		for contentType, want := range map[string]int{"": 415, "text/plain": 415, "application/x-www-form-urlencoded": 400} {
			r := httptest.NewRequestWithContext(t.Context(), "POST", "/user", strings.NewReader(`{"email":"ada@example.com"}`))
			r.Header.Set("Content-Type", contentType)
			if answer := a.send(r); answer.status != want {
				t.Errorf("with the content type %q: %d %s, want %d", contentType, answer.status, answer.raw, want)
			}
		}
	})
}

func TestTooLargeABody(t *testing.T) {
	a := openTenant(t, Options{})
	a.signUp("ada@example.com")
	large := `{"email":"` + strings.Repeat("a", maxBody) + `"}`
	for _, path := range []string{"/user", "/webauthn/login/finalize", "/webauthn/registration/finalize"} {
		a.call("POST", path, large).want(t, 413, "Request Entity Too Large")
	}
}

func TestSettingsTakeRoutesAway(t *testing.T) {
	for _, test := range []struct {
		name     string
		settings Settings
		cases    []refusalCase
	}{
		{"no sign-up", Settings{DisableSignup: true}, []refusalCase{
			{"create", "POST", "/users", object{"email": "bob@example.com"}, false, 403, "Forbidden"},
			{"create with a bad address", "POST", "/users", "{", false, 403, "Forbidden"},
		}},
		{"no deletion", Settings{DisableDeletion: true}, []refusalCase{
			{"delete", "DELETE", "/user", nil, false, 405, "Method Not Allowed"},
		}},
		{"no passkeys", Settings{DisablePasskeys: true}, []refusalCase{
			{"registration", "POST", "/webauthn/registration/initialize", nil, false, 404, "Not Found"},
			{"login", "POST", "/webauthn/login/initialize", "{}", false, 404, "Not Found"},
			{"list", "GET", "/webauthn/credentials", nil, false, 404, "Not Found"},
		}},
		{"MFA", Settings{MFA: true}, []refusalCase{
			{"initialize", "POST", "/passcode/login/initialize", "{}", false, 404, "Not Found"},
			{"finalize", "POST", "/passcode/login/finalize", "{}", false, 404, "Not Found"},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := openTenant(t, Options{Settings: test.settings})
			runRefusals(t, a, test.cases)
			config := a.call("GET", "/.well-known/config", nil)
			if signup := config.at(t, "account", "allow_signup"); signup != !test.settings.DisableSignup {
				t.Errorf("the configuration says allow_signup %v", signup)
			}
			if deletion := config.at(t, "account", "allow_deletion"); deletion != !test.settings.DisableDeletion {
				t.Errorf("the configuration says allow_deletion %v", deletion)
			}
		})
	}
}

func TestPasscodeRunsOut(t *testing.T) {
	for _, test := range []struct {
		name    string
		ttl     time.Duration
		waits   time.Duration
		status  int
		message string
	}{
		{"at the last moment", 0, 5 * time.Minute, 200, ""},
		{"too late", 0, 5*time.Minute + time.Millisecond, 408, "passcode request timed out"},
		{"much too late", 0, 23 * time.Hour, 408, "passcode request timed out"},
		{"a short life", 10 * time.Second, 11 * time.Second, 408, "passcode request timed out"},
		{"swept away", 0, 26 * time.Hour, 401, "passcode not found"},
	} {
		t.Run(test.name, func(t *testing.T) {
			now := newClock()
			a := openTenant(t, Options{Now: now.time, Settings: Settings{PasscodeTTL: test.ttl}})
			userID, emailID := a.create("ada@example.com")
			ask := object{"user_id": userID, "email_id": emailID}
			sent := a.post("/passcode/login/initialize", ask)
			if ttl, want := sent.at(t, "ttl"), (5 * time.Minute).Seconds(); test.ttl == 0 && ttl != want {
				t.Errorf("ttl is %v, want %v", ttl, want)
			}
			code := a.codeFor("ada@example.com")
			now.pass(test.waits)
			a.post("/passcode/login/initialize", ask) // gives the sweep its chance
			for range 2 {
				answer := a.call("POST", "/passcode/login/finalize", object{"id": sent.text(t, "id"), "code": code})
				answer.want(t, test.status, test.message)
				if test.status == 200 {
					break
				}
			}
		})
	}
}

func TestPasscodeTries(t *testing.T) {
	stores(t, func(t *testing.T, options Options) {
		a := openTenant(t, options)
		userID, emailID := a.create("ada@example.com")
		sent := a.post("/passcode/login/initialize", object{"user_id": userID, "email_id": emailID}).text(t, "id")
		code := a.codeFor("ada@example.com")
		for _, want := range []struct {
			status  int
			message string
		}{{401, "Unauthorized"}, {401, "Unauthorized"}, {410, "max attempts reached"}, {401, "passcode not found"}} {
			a.call("POST", "/passcode/login/finalize", object{"id": sent, "code": "x" + code}).want(t, want.status, want.message)
		}
		a.call("POST", "/passcode/login/finalize", object{"id": sent, "code": code}).want(t, 401, "passcode not found")
	})
}

func TestPasscodeRateLimit(t *testing.T) {
	now := newClock()
	a := openTenant(t, Options{Now: now.time})
	userID, emailID := a.create("ada@example.com")
	otherID, otherEmail := a.create("bob@example.com")
	ask := func(userID, emailID string) reply {
		return a.call("POST", "/passcode/login/initialize", object{"user_id": userID, "email_id": emailID})
	}
	for _, left := range []string{"2", "1", "0"} {
		answer := ask(userID, emailID).want(t, 200, "")
		if got := answer.header.Get("X-RateLimit-Remaining"); got != left {
			t.Errorf("%s left, want %s", got, left)
		}
	}
	now.pass(2500 * time.Millisecond)
	refused := ask(userID, emailID).want(t, 429, "Too Many Requests")
	for name, want := range map[string]string{
		"X-RateLimit-Limit": "3", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "57", "Retry-After": "57",
	} {
		if got := refused.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	ask(otherID, otherEmail).want(t, 200, "")
	now.pass(57500 * time.Millisecond)
	ask(userID, emailID).want(t, 200, "")

	a = openTenant(t, Options{Settings: Settings{PasscodesPerMinute: -1}})
	userID, emailID = a.create("ada@example.com")
	for range 5 {
		if answer := ask(userID, emailID).want(t, 200, ""); answer.header.Get("X-RateLimit-Limit") != "" {
			t.Errorf("a tenant without a limit sends one: %v", answer.header)
		}
	}
}

func TestPasscodeOfOthers(t *testing.T) {
	a := openTenant(t, Options{})
	adaID, adaEmail := a.signUp("ada@example.com")
	ada := a.token
	a.token = ""
	bobID, bobEmail := a.signUp("bob@example.com")
	bob := a.token
	a.token = ""
	initialize := func(userID, emailID string) reply {
		return a.call("POST", "/passcode/login/initialize", object{"user_id": userID, "email_id": emailID})
	}
	finalize := func(id, code string) reply {
		return a.call("POST", "/passcode/login/finalize", object{"id": id, "code": code})
	}

	a.token = bob
	initialize(adaID, adaEmail).want(t, 403, "Forbidden")
	a.token = ""
	// Hanko sends ada's passcode to bob's address if asked to, but then refuses the passcode without using it up.
	sent := initialize(adaID, bobEmail).want(t, 200, "").text(t, "id")
	for range 2 {
		finalize(sent, a.codeFor("bob@example.com")).want(t, 403, "email address has been claimed by another user")
	}
	sent = initialize(bobID, bobEmail).want(t, 200, "").text(t, "id")
	a.token = ada
	finalize(sent, a.codeFor("bob@example.com")).want(t, 403, "Forbidden")
	a.token = ""
	finalize(sent, a.codeFor("bob@example.com")).want(t, 200, "")

	// Two people claim one address: the first who enters the passcode gets it.
	firstID, email := a.create("new@example.com")
	secondID, again := a.create("new@example.com")
	if email != again || firstID == secondID {
		t.Errorf("claiming an address twice gives users %s, %s with emails %s, %s; want one email, two users", firstID, secondID, email, again)
	}
	late := initialize(firstID, email).want(t, 200, "").text(t, "id")
	lateCode := a.codeFor("new@example.com")
	early := initialize(secondID, email).want(t, 200, "").text(t, "id")
	finalize(early, a.codeFor("new@example.com")).want(t, 200, "")
	finalize(late, lateCode).want(t, 403, "email address has been claimed by another user")
}

func TestPasscodeByCookie(t *testing.T) {
	a := openTenant(t, Options{})
	created := a.post("/users", object{"email": "ada@example.com"})
	ask := object{"user_id": created.text(t, "id")}
	a.cookies = (&http.Response{Header: created.header}).Cookies()
	a.call("POST", "/passcode/login/initialize", ask).want(t, 200, "")
	for value, message := range map[string]string{
		"":               "an emailId needs to be specified",
		"x":              "failed to parse emailId as uuid",
		uuid.NewString(): "the specified emailId is not available",
	} {
		a = openTenant(t, Options{})
		ask["user_id"], _ = a.create("ada@example.com")
		a.cookies = []*http.Cookie{{Name: emailCookie, Value: value}}
		a.call("POST", "/passcode/login/initialize", ask).want(t, 400, message)
	}
}
