package tenant

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestSessionInCookie(t *testing.T) {
	for _, test := range []struct {
		name     string
		settings Settings
		cookie   string // with TOKEN for the token
		email    string // likewise, with ID
		gone     string
	}{
		{
			"default",
			Settings{},
			"hanko=TOKEN; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict",
			"hanko_email_id=ID; HttpOnly; SameSite=None",
			"hanko=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict",
		},
		{
			"secure, with a name",
			Settings{CookieName: "my-session", CookieSecure: true},
			"my-session=TOKEN; Path=/; Max-Age=43200; HttpOnly; Secure; SameSite=Strict",
			"hanko_email_id=ID; HttpOnly; Secure; SameSite=None",
			"my-session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := openTenant(t, Options{Settings: test.settings})
			created := a.post("/users", object{"email": "ada@example.com"})
			wantEmail := strings.Replace(test.email, "ID", created.text(t, "email_id"), 1)
			if got := created.header.Get("Set-Cookie"); got != wantEmail {
				t.Errorf("POST /users sets %q, want %q", got, wantEmail)
			}
			sent := a.post("/passcode/login/initialize", object{"user_id": created.text(t, "id"), "email_id": created.text(t, "email_id")})
			in := a.post("/passcode/login/finalize", object{"id": sent.text(t, "id"), "code": a.codeFor("ada@example.com")})
			if in.header.Get("X-Auth-Token") != "" || in.header.Get("X-Session-Lifetime") != "43200" {
				t.Errorf("the headers are %v, want no X-Auth-Token, and an X-Session-Lifetime of 43200", in.header)
			}
			cookies := (&http.Response{Header: in.header}).Cookies()
			if len(cookies) != 1 {
				t.Fatalf("%d cookies, want the session's", len(cookies))
			}
			if got, want := in.header.Get("Set-Cookie"), strings.Replace(test.cookie, "TOKEN", cookies[0].Value, 1); got != want {
				t.Errorf("the cookie is %q, want %q", got, want)
			}
			a.cookies = cookies
			a.call("GET", "/me", nil).want(t, 200, "")
			out := a.call("POST", "/logout", nil).want(t, 204, "")
			if got := out.header.Get("Set-Cookie"); got != test.gone {
				t.Errorf("logout sets %q, want %q", got, test.gone)
			}
			a.call("GET", "/me", nil).want(t, 401, "Unauthorized")
		})
	}
}

func TestWhereTheTokenIsLookedFor(t *testing.T) {
	a := openTenant(t, Options{})
	a.signUp("ada@example.com")
	good := a.token
	for _, test := range []struct {
		name, header, cookie string
		valid                bool
	}{
		{"header", "Bearer " + good, "", true},
		{"small letters", "bearer " + good, "", true},
		{"no space", "Bearer" + good, "", true},
		{"cookie", "", good, true},
		{"good cookie beside a bad header", "Bearer x", good, true},
		{"good header beside a bad cookie", "Bearer " + good, "x", true},
		{"no scheme", good, "", false},
		{"another scheme", "Basic " + good, "", false},
		{"scheme alone", "Bearer", "", false},
		{"nothing", "", "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			for path, valid := range map[string]func(reply) bool{
				"/me":                func(r reply) bool { return r.status == 200 },
				"/sessions/validate": func(r reply) bool { return r.want(t, 200, "").at(t, "is_valid") == true },
			} {
				r := httptest.NewRequestWithContext(t.Context(), "GET", path, nil)
				if test.header != "" {
					r.Header.Set("Authorization", test.header)
				}
				if test.cookie != "" {
					r.AddCookie(&http.Cookie{Name: "hanko", Value: test.cookie})
				}
				if got := a.send(r); valid(got) != test.valid {
					t.Errorf("GET %s answered %d %s, want it to be valid: %v", path, got.status, got.raw, test.valid)
				}
			}
		})
	}
}

func TestSessionEnds(t *testing.T) {
	now := newClock()
	a := openTenant(t, Options{Now: now.time})
	userID, _ := a.signUp("ada@example.com")
	first := a.token
	valid := func(token string) bool {
		t.Helper()
		return a.post("/sessions/validate", object{"session_token": token}).at(t, "is_valid") == true
	}
	if !valid(first) {
		t.Fatal("a new session is not valid")
	}
	// A sixth session ends the oldest of five.
	tokens := []string{first}
	for range 5 {
		now.pass(time.Minute)
		a.signIn(userID, "ada@example.com")
		tokens = append(tokens, a.token)
	}
	for n, token := range tokens {
		if valid(token) != (n > 0) {
			t.Errorf("session %d of 6 is valid: %v", n+1, valid(token))
		}
	}
	now.pass(12*time.Hour - time.Second)
	if !valid(a.token) {
		t.Error("a session ended before its time")
	}
	now.pass(time.Second)
	if valid(a.token) {
		t.Error("a session outlives its token")
	}
	a.call("GET", "/me", nil).want(t, 401, "Unauthorized")

	a.signIn(userID, "ada@example.com")
	before := a.token
	a.call("DELETE", "/user", nil).want(t, 204, "")
	a.token = before
	a.call("GET", "/me", nil).want(t, 401, "Unauthorized")
}

func TestForgedTokens(t *testing.T) {
	a := openTenant(t, Options{})
	a.signUp("ada@example.com")
	tenant, err := Open(Options{}) // with keys of its own
	if err != nil {
		t.Fatal(err)
	}
	other := &app{t: t, tenant: tenant}
	other.signUp("ada@example.com")
	parts := strings.Split(a.token, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	var claims map[string]any
	payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	claims["sub"] = "someone else"
	changed, _ := json.Marshal(claims)
	for name, token := range map[string]string{
		"another tenant's":  other.token,
		"unsigned":          none + "." + parts[1] + ".",
		"changed":           parts[0] + "." + base64.RawURLEncoding.EncodeToString(changed) + "." + parts[2],
		"cut off":           a.token[:len(a.token)-4],
		"one letter longer": a.token + "x",
		"no token":          "x",
	} {
		if answer := a.post("/sessions/validate", object{"session_token": token}); answer.at(t, "is_valid") != false {
			t.Errorf("a token that is %s is answered with %s", name, answer.raw)
		}
	}
}

func TestPasscodeCharset(t *testing.T) {
	for charset, allowed := range map[string]string{
		"": "0123456789", "numeric": "0123456789", "alphanumeric": "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
	} {
		a := openTenant(t, Options{Settings: Settings{PasscodeCharset: charset}})
		a.signUp("ada@example.com")
		code := a.codeFor("ada@example.com")
		if len(code) != 6 || strings.Trim(code, allowed) != "" {
			t.Errorf("with the charset %q the code is %q", charset, code)
		}
	}
	for _, bad := range []Settings{{PasscodeCharset: "emoji"}, {PasscodeTTL: time.Millisecond}} {
		if _, err := Open(Options{Settings: bad}); err == nil {
			t.Errorf("Open takes %+v", bad)
		}
	}
	if _, err := Open(Options{Settings: Settings{RPID: "not a domain"}}); err == nil {
		t.Error("Open accepts an RP ID that is not a domain")
	}
}

// TestValidAddress compares verdicts on addresses with those of a real Hanko v2.7.0.
func TestValidAddress(t *testing.T) {
	for address, want := range map[string]bool{
		"a@b.c": true, "Ada@Example.COM": true, "ä@exämple.de": true, `"a b"@c.de`: true, "a+x@b.de": true, "a@1.de": true,
		"a@b.de-x": true, "": false, "a@b": false, "a b@c.de": false, "a@b_c.de": false, "a@-b.de": false, "a@b-.de": false,
		"a@b.123": false, "a@b.c1": false, "a..b@c.de": false, ".a@c.de": false, "a@[1.2.3.4]": false, "<a@b.de>": false,
		"a@b.de.": false, "a@localhost": false, "a@b..de": false, "Ada <a@b.de>": false, "a@b.de\x1b[2J": false,
	} {
		if got := validAddress(address); got != want {
			t.Errorf("validAddress(%q) is %v, want %v", address, got, want)
		}
	}
}

// TestStoredSessions checks in what releases differ: which tokens are accepted after signing in, and after logging out.
func TestStoredSessions(t *testing.T) {
	for sessions, want := range map[string][4]int{ // GET /me of a REST session, of a flow's session, and each after logging out
		"stored":    {200, 200, 401, 401},
		"flows":     {401, 200, 401, 401},
		"unchecked": {200, 200, 200, 200},
		"none":      {200, 200, 200, 200},
	} {
		t.Run(sessions, func(t *testing.T) {
			t.Parallel()
			a := openTenant(t, Options{Settings: settingsOf(t, PresetGuide, "sessions="+sessions, "token=header", "passkey=off")})
			a.signUp("ada@example.com")
			tokens := []string{a.token}
			w := newWalker(t, "bob@example.com", a.walk, a.code)
			for _, line := range []string{"open registration", "register_login_identifier email=$EMAIL", "verify_passcode code=$CODE"} {
				w.step(line)
			}
			tokens = append(tokens, w.header.Get("X-Auth-Token"))
			var accepted [4]int
			for n := range accepted {
				a.token, a.cookies = tokens[n%2], nil
				if n >= 2 {
					a.call("POST", "/logout", nil)
				}
				accepted[n] = a.call("GET", "/me", nil).status
			}
			if accepted != want {
				t.Errorf("GET /me answers %v, want %v", accepted, want)
			}
		})
	}
}
