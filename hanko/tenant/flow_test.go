package tenant

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/hankosim/hanko/tenant/account"
)

func TestFlowRunsOut(t *testing.T) {
	now := newClock()
	options := Options{Now: now.time, Settings: settingsOf(t, PresetV3)}
	_, w := walkLines(t, options, "open registration", "register_login_identifier email=$EMAIL")
	now.pass(5*time.Minute + time.Second)
	if got := w.step("verify_passcode code=$CODE"); !strings.Contains(got, "!passcode_invalid") {
		t.Errorf("a passcode that is too old is answered with %s", got)
	}
	if got := w.step("resend_passcode"); !strings.HasPrefix(got, "200 passcode_confirmation") {
		t.Errorf("the next passcode is answered with %s", got)
	}
	now.pass(24*time.Hour - 5*time.Minute - 2*time.Second)
	if got := w.step("back"); !strings.HasPrefix(got, "200 registration_init") {
		t.Errorf("just before its end the flow answers %s", got)
	}
	now.pass(2 * time.Second)
	if got := w.step("register_login_identifier email=$EMAIL"); got != "410 error !flow_expired_error" {
		t.Errorf("after its end the flow answers %s", got)
	}
	now.pass(account.Leftover)
	w.send("POST", "/login", "", nil, object{}) // sweeps
	if got := w.step("register_login_identifier email=$EMAIL"); got != "403 error !operation_not_permitted_error" {
		t.Errorf("long after its end the flow answers %s", got)
	}
}

func TestCSRF(t *testing.T) {
	a := openTenant(t, Options{Settings: settingsOf(t, PresetV3)})
	w := newWalker(t, "ada@example.com", a.walk, a.code)
	w.step("open registration")
	w.step("register_login_identifier email=nope") // an error, and a new token all the same
	token, _ := w.last["csrf_token"].(string)
	href := at(w.last, "actions", "register_login_identifier", "href").(string)
	body := func(token string) object {
		return object{"csrf_token": token, "input_data": object{"email": "ada@example.com"}}
	}
	for name, wrong := range map[string]struct {
		path  string
		token string
	}{
		"no token":       {href, ""},
		"another token":  {href, strings.Repeat("A", 32)},
		"another flow":   {"/registration?action=register_login_identifier%4000000000-0000-4000-8000-000000000000", token},
		"another name":   {strings.Replace(href, "/registration", "/login", 1), token},
		"another action": {strings.Replace(href, "register_login_identifier", "verify_passcode", 1), token},
		"suspended":      {strings.Replace(href, "register_login_identifier", "remember_me", 1), token},
	} {
		answer := a.call("POST", wrong.path, body(wrong.token))
		if got := fmt.Sprint(answer.status, " ", summary(answer.body.(map[string]any))); got != "403 error !operation_not_permitted_error" {
			t.Errorf("%s: %s", name, got)
		}
		if answer.text(t, "csrf_token") != "" {
			t.Errorf("%s: a csrf token was given", name)
		}
	}
	a.post(href, body(token)) // the token has survived all that
	a.call("POST", href, body(token)).want(t, http.StatusForbidden, "")
	for _, bad := range []string{"/login?action=x", "/login?action=x@y", "/login?action=@" + MultitenantID} {
		if answer := a.call("POST", bad, object{}); answer.status != 500 || answer.text(t, "error", "code") != "technical_error" {
			t.Errorf("%s: %d %s", bad, answer.status, answer.raw)
		}
	}
	a.call("POST", "/login", "{").want(t, 200, "")         // without an action nobody reads the body
	a.call("GET", "/login", nil).want(t, 404, "Not Found") // a wrong method
}

// TestFlowMails reads the mails of flows, including those that must not say whether a user exists.
func TestFlowMails(t *testing.T) {
	a := openTenant(t, Options{RPName: "Shop", Settings: settingsOf(t, PresetV3)})
	w := newWalker(t, "ada@example.com", a.walk, a.code)
	newest := func() (subject, body, code string) {
		m := a.tenant.Inbox().Mails()[0]
		if m.To != w.email {
			t.Errorf("the mail %q went to %s", m.Subject, m.To)
		}
		return m.Subject, m.Body, m.Code
	}
	steps := func(lines ...string) {
		for _, line := range lines {
			w.step(line)
		}
	}
	want := func(when, subject, body string, hasCode bool) {
		t.Helper()
		gotSubject, gotBody, code := newest()
		if gotSubject != strings.ReplaceAll(subject, "CODE", code) || !strings.Contains(gotBody, strings.ReplaceAll(body, "CODE", code)) {
			t.Errorf("%s the mail is %q %q", when, gotSubject, gotBody)
		}
		if hasCode != (code != "") {
			t.Errorf("%s the mail's code is %q", when, code)
		}
	}
	steps("open login", "continue_with_login_identifier email=$EMAIL", "continue_to_passcode_confirmation")
	want("unknown", "Provided email address is not recognized", "tried to sign in to Shop", false)
	steps("open registration", "register_login_identifier email=$EMAIL")
	want("registering", "Use passcode CODE to verify your email address",
		"verify your email address:\n\nCODE\n\nThe passcode is valid for 5 minutes.\n", true)
	steps("verify_passcode code=$CODE", "register_password new_password=correct-horse", "skip", "skip")
	steps("logout", "open registration", "register_login_identifier email=$EMAIL")
	want("taken", "Provided email address already taken", "tried to register an email for Shop", false)
	for _, guess := range []string{"000000", "000001"} {
		if got := w.step("verify_passcode code=" + guess); !strings.Contains(got, "!passcode_invalid") {
			t.Errorf("a guess is answered with %s", got)
		}
	}
	if got := w.step("verify_passcode code=000002"); !strings.HasPrefix(got, "401 passcode_confirmation !passcode_max_attempts_reached") {
		t.Errorf("the third guess is answered with %s", got)
	}
}

func TestUsernameUpdate(t *testing.T) {
	got, w := walkLines(t, Options{Settings: settingsOf(t, PresetV3, "username=required", "mfa=off")},
		"open registration", "register_login_identifier email=$EMAIL username=$NAME", "verify_passcode code=$CODE",
		"register_password new_password=correct-horse", "skip", "open profile", "username_update username=$NAME2")
	if !strings.HasPrefix(got, "200 profile_init") {
		t.Fatalf("the new name is answered with %s", got)
	}
	if name := at(w.last, "payload", "user", "username", "username"); name != "ada2" {
		t.Errorf("the name is %v", name)
	}
	for line, want := range map[string]string{
		"continue_with_login_identifier identifier=ada":  "unknown_username_error",
		"continue_with_login_identifier identifier=ADA2": "login_method_chooser",
	} {
		w.step("open login")
		if got := w.step(line); !strings.Contains(got, want) {
			t.Errorf("%s: %s", line, got)
		}
	}
}

// TestSameAccount signs in over REST with a passkey from a flow, and the other way round.
func TestSameAccount(t *testing.T) {
	got, w := walkLines(t, Options{}, // the guide's tenant: both APIs
		"open registration", "register_login_identifier email=$EMAIL", "verify_passcode code=$CODE",
		"webauthn_generate_creation_options", "webauthn_verify_attestation_response public_key=$MAKE1")
	if !strings.Contains(got, "amr:[otp passkey]") {
		t.Fatalf("the registration ended with %s", got)
	}
	post := func(path string, body any) map[string]any {
		t.Helper()
		status, header, answer := w.send("POST", path, w.token, nil, body)
		if status != 200 {
			t.Fatalf("%s: %d %v", path, status, answer)
		}
		for _, c := range (&http.Response{Header: header}).Cookies() {
			w.token = c.Value
		}
		return answer
	}
	options := post("/webauthn/login/initialize", object{})
	post("/webauthn/login/finalize", w.keys["1"].assert(t, at(options, "publicKey", "challenge").(string), w.handle))
	created := post("/webauthn/registration/initialize", object{})
	w.keys["2"] = newPhoneKey(t)
	post("/webauthn/registration/finalize", w.keys["2"].register(t, at(created, "publicKey", "challenge").(string)))
	if got := w.step("open profile"); !strings.Contains(got, "sessions×2") || !strings.Contains(got, "passkeys×2") {
		t.Errorf("the profile is %s", got)
	}
	w.step("open login")
	w.step("webauthn_generate_request_options")
	if got := w.step("webauthn_verify_assertion_response assertion_response=$USE2"); !strings.Contains(got, "amr:[passkey]") {
		t.Errorf("the passkey made over REST is answered with %s", got)
	}
	_, _, user := w.send("POST", "/user", "", nil, object{"email": w.email})
	if user["has_webauthn_credential"] != true || user["verified"] != true {
		t.Errorf("over REST the user is %v", user)
	}
}

// TestSecurityKeyIsNoPasskey tries to sign in with a security key alone, which must fail.
func TestSecurityKeyIsNoPasskey(t *testing.T) {
	_, w := walkLines(t, Options{Settings: settingsOf(t, PresetV3, "rest=on")}, append(slices.Clone(signUpLines[:4]),
		"continue_to_security_key_creation", "webauthn_generate_creation_options",
		"webauthn_verify_attestation_response public_key=$MAKE1", "skip",
		"open login", "webauthn_generate_request_options")...)
	if got := w.step("webauthn_verify_assertion_response assertion_response=$USE1"); !strings.HasPrefix(got, "401 login_passkey !webauthn_credential_invalid_mfa_only") {
		t.Errorf("in the flow it is answered with %s", got)
	}
	_, _, options := w.send("POST", "/webauthn/login/initialize", "", nil, object{})
	assertion := w.keys["1"].assert(t, at(options, "publicKey", "challenge").(string), w.handle)
	if status, _, answer := w.send("POST", "/webauthn/login/finalize", "", nil, assertion); status != 401 {
		t.Errorf("over REST it is answered with %d %v", status, answer)
	}
}

func TestTrustRunsOut(t *testing.T) {
	now := newClock()
	_, w := walkLines(t, Options{Now: now.time, Settings: settingsOf(t, PresetV3)}, append(slices.Clone(signUpLines[:4]),
		"continue_to_otp_secret_creation", "otp_code_verify otp_code=$TOTP", "skip")...)
	login := func() (got string) {
		w.step("logout")
		for _, line := range []string{
			"open login", "continue_with_login_identifier email=$EMAIL", "continue_to_password_login", "password_login password=correct-horse",
		} {
			got = w.step(line)
		}
		return got
	}
	if got := login(); !strings.HasPrefix(got, "200 login_otp") {
		t.Fatalf("the login is answered with %s", got)
	}
	now.pass(time.Minute)
	w.step("otp_code_validate otp_code=$TOTP")
	w.step("skip") // of the passkey
	if got := w.step("trust_device"); !strings.Contains(got, "sets hanko-device-token") {
		t.Fatalf("trusting is answered with %s", got)
	}
	if got := login(); !strings.HasPrefix(got, "200 onboarding_create_passkey") {
		t.Errorf("a trusted device's login is answered with %s", got)
	}
	now.pass(30 * 24 * time.Hour)
	if got := login(); !strings.HasPrefix(got, "200 login_otp") {
		t.Errorf("30 days later the login is answered with %s", got)
	}
}

// TestFlowSurvives closes and opens the tenant in the middle of a flow, and again when a flow has created everything.
func TestFlowSurvives(t *testing.T) {
	options := Options{Path: filepath.Join(t.TempDir(), "tenant.db"), Settings: settingsOf(t, PresetV3, "username=required")}
	var a *app
	reopen := func() {
		t.Helper()
		if a != nil {
			if err := a.tenant.Close(); err != nil {
				t.Fatal(err)
			}
			options.Inbox = a.tenant.Inbox()
		}
		opened, err := Open(options)
		if err != nil {
			t.Fatal(err)
		}
		a = &app{t: t, tenant: opened}
	}
	reopen()
	w := newWalker(t, "ada@example.com", func(method, path, token string, cookies []*http.Cookie, body any) (int, http.Header, map[string]any) {
		return a.walk(method, path, token, cookies, body)
	}, func(to string) string { return a.code(to) })
	for i, test := range []struct{ line, want string }{
		{"open registration", "200 registration_init"},
		{"register_login_identifier email=$EMAIL username=$NAME", "200 passcode_confirmation"},
		{"verify_passcode code=$CODE", "200 password_creation"},
		{"register_password new_password=correct-horse", "200 mfa_method_chooser"},
		{"continue_to_otp_secret_creation", "200 mfa_otp_secret_creation"},
		{"otp_code_verify otp_code=$TOTP", "200 onboarding_create_passkey"},
		{"webauthn_generate_creation_options", "200 onboarding_verify_passkey_attestation"},
		{"webauthn_verify_attestation_response public_key=$MAKE1", "200 success"},
		{"open profile", "200 profile_init"},
		{`patch_metadata patch_metadata=json:{"a":{"b":1}}`, "200 profile_init"},
		{"open login", "200 login_init"},
		{"continue_with_login_identifier identifier=$NAME", "200 login_method_chooser"},
		{"continue_to_password_login", "200 login_password"},
		{"password_login password=correct-horse", "200 login_otp"},
		{"otp_code_validate otp_code=$TOTP", "200 device_trust"},
		{"trust_device", "200 success"},
		{"open login", "200 login_init"},
		{"continue_with_login_identifier identifier=$NAME", "200 login_method_chooser"},
		{"continue_to_password_login", "200 login_password"},
		{"password_login password=correct-horse", "200 success"},
	} {
		if got := w.step(test.line); !strings.HasPrefix(got, test.want) {
			t.Fatalf("%d %s: %s", i, test.line, got)
		}
		reopen()
	}
	if name := at(w.last, "payload", "user", "metadata", "unsafe_metadata", "a", "b"); name != 1.0 {
		t.Errorf("the metadata is %v", at(w.last, "payload", "user", "metadata"))
	}
	if err := a.tenant.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestManyFlowsAtOnce(t *testing.T) {
	stores(t, func(t *testing.T, options Options) {
		options.Settings = settingsOf(t, PresetV3)
		a := openTenant(t, options)
		for n := range 12 {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				b := &app{t: t, tenant: a.tenant}
				w := newWalker(t, fmt.Sprintf("user%d@example.com", n), b.walk, b.code)
				for _, line := range append(slices.Clone(signUpLines[:4]), "continue_to_otp_secret_creation", "otp_code_verify otp_code=$TOTP",
					"webauthn_generate_creation_options", "webauthn_verify_attestation_response public_key=$MAKE1",
					"open login", "webauthn_generate_request_options") {
					w.step(line)
				}
				if got := w.step("webauthn_verify_assertion_response assertion_response=$USE1"); !strings.HasPrefix(got, "200 success") {
					t.Errorf("the login ended with %s", got)
				}
				if address := at(w.last, "payload", "claims", "email", "address"); address != w.email {
					t.Errorf("%s is signed in as %v", w.email, address)
				}
			})
		}
	})
}

// TestOneTokenOneStep takes the same step many times at once: only one succeeds.
func TestOneTokenOneStep(t *testing.T) {
	stores(t, func(t *testing.T, options Options) {
		options.Settings = settingsOf(t, PresetV3)
		a := openTenant(t, options)
		w := newWalker(t, "ada@example.com", a.walk, a.code)
		w.step("open registration")
		w.step("register_login_identifier email=$EMAIL")
		href := at(w.last, "actions", "verify_passcode", "href").(string)
		body := object{"csrf_token": w.last["csrf_token"], "input_data": object{"code": w.code(w.email)}}
		var all sync.WaitGroup
		var done, refused atomic.Int32
		for range 12 {
			all.Go(func() {
				switch (&app{t: t, tenant: a.tenant}).call("POST", href, body).status {
				case http.StatusOK:
					done.Add(1)
				case http.StatusForbidden:
					refused.Add(1)
				}
			})
		}
		all.Wait()
		if done.Load() != 1 || refused.Load() != 11 {
			t.Errorf("%d steps were taken and %d refused, want 1 and 11", done.Load(), refused.Load())
		}
	})
}

// BenchmarkFlow signs up with a passkey and signs in with it, over flows.
func BenchmarkFlow(b *testing.B) {
	for name, options := range map[string]Options{"memory": {}, "file": {Path: filepath.Join(b.TempDir(), "tenant.db")}} {
		b.Run(name, func(b *testing.B) {
			options.Settings = settingsOf(b, PresetV3Passwordless)
			a := openTenant(b, options)
			a.call("GET", "/.well-known/jwks.json", nil) // makes the keys
			n := 0
			for b.Loop() {
				n++
				w := newWalker(b, fmt.Sprintf("user%d@example.com", n), a.walk, a.code)
				for _, line := range []string{
					"open registration", "register_login_identifier email=$EMAIL", "verify_passcode code=$CODE",
					"webauthn_generate_creation_options", "webauthn_verify_attestation_response public_key=$MAKE1",
					"open login", "webauthn_generate_request_options",
				} {
					w.step(line)
				}
				if got := w.step("webauthn_verify_assertion_response assertion_response=$USE1"); !strings.HasPrefix(got, "200 success") {
					b.Fatal(got)
				}
			}
		})
	}
}
