package tenant

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// signUpLines create a user with a password, and without a second factor unless one is required.
var signUpLines = []string{
	"open registration", "register_login_identifier email=$EMAIL", "verify_passcode code=$CODE",
	"register_password new_password=correct-horse", "skip", "skip",
}

// walkLines opens a tenant and walks. It returns the summary of the last answer.
func walkLines(t *testing.T, options Options, lines ...string) (string, *walker) {
	t.Helper()
	a := openTenant(t, options)
	w := newWalker(t, "ada@example.com", a.walk, a.code)
	if options.Now != nil {
		w.now = options.Now
	}
	got := ""
	for _, line := range lines {
		got = w.step(line)
	}
	return got, w
}

// TestEverySwitch sets each switch, and checks the answer that it changes.
func TestEverySwitch(t *testing.T) {
	login := []string{"logout", "open login", "continue_with_login_identifier email=$EMAIL", "continue_to_password_login"}
	passcode := []string{"open registration", "register_login_identifier email=$EMAIL"}
	thrice := func(line string) []string { return []string{line, line, line} }
	tests := []struct {
		set    string
		preset Preset
		lines  []string
		want   string // in the last answer's summary
	}{
		{"rest=off", PresetGuide, []string{"GET /.well-known/config"}, "404 Not Found"},
		{"tenant-id=" + MultitenantID, PresetV3, []string{"open login"}, "400 invalid tenant ID format"},
		{"password=required", PresetGuide, append(passcode, "verify_passcode code=$CODE"), "200 password_creation"},
		{"password-on-registration=never", PresetV3, append(passcode, "verify_passcode code=$CODE"), "200 mfa_method_chooser"},
		{"password-on-login=always", PresetV3, []string{
			"open registration nowebauthn", "register_login_identifier email=$EMAIL", "verify_passcode code=$CODE", "skip",
			"logout", "open login nowebauthn", "continue_with_login_identifier email=$EMAIL", "continue_to_passcode_confirmation",
			"verify_passcode code=$CODE",
		}, "200 password_creation"},
		{"passkey=off", PresetGuide, append(passcode, "verify_passcode code=$CODE"), "200 success"},
		{"passkey-on-registration=never", PresetGuide, append(passcode, "verify_passcode code=$CODE"), "200 success"},
		{"passkey-on-login=never", PresetV3, slices.Concat(signUpLines, login, []string{"password_login password=correct-horse"}), "200 success"},
		{"user-verification=required", PresetGuide, []string{"open login", "webauthn_generate_request_options"}, "request_options"},
		{"attestation=none", PresetGuide, append(passcode, "verify_passcode code=$CODE", "webauthn_generate_creation_options"), "creation_options"},
		{"rp-id=login.example", PresetGuide, append(passcode, "verify_passcode code=$CODE", "webauthn_generate_creation_options"), "creation_options"},
		{"default-origins=off", PresetGuide, append(passcode, "verify_passcode code=$CODE", "webauthn_generate_creation_options"), "creation_options"},
		{"cors=http://localhost:5173", PresetGuide, []string{"open login"}, "200 login_init"},
		{"origins=https://other.example", PresetGuide, append(passcode, "verify_passcode code=$CODE", "webauthn_generate_creation_options"), "creation_options"},
		{"signup=off", PresetGuide, []string{"open registration"}, "200 registration_init"},
		{"deletion=off", PresetGuide, append(passcode, "verify_passcode code=$CODE", "skip", "open profile"), "200 profile_init continue_to_otp"},
		{"existence-hints=on", PresetV3, []string{"open login", "continue_with_login_identifier email=$EMAIL"}, "unknown_email_error"},
		{"verification=off", PresetV3, passcode, "200 password_creation"},
		{"email=optional", PresetV3, []string{"open registration"}, "email:email,required=false"},
		{"username=required", PresetV3, []string{"open login"}, "identifier:string,required=true,max_length=255"},
		{"mfa=off", PresetV3, signUpLines[:5], "200 success"},
		{"mfa-on-login=on", PresetV3, append(slices.Concat(signUpLines, login), "password_login password=correct-horse"), "200 mfa_method_chooser"},
		{"totp=off", PresetV3, signUpLines[:4], "200 mfa_method_chooser continue_to_security_key_creation() skip()"},
		{"security-keys=off", PresetV3, signUpLines[:4], "200 mfa_method_chooser continue_to_otp_secret_creation() skip()"},
		{"device-trust=always", PresetV3, append(slices.Concat(signUpLines, login), "password_login password=correct-horse", "skip"), "sets hanko-device-token"},
		{"third-party-redirects=com.example.app://callback", PresetV3, []string{
			"open login", "thirdparty_oauth provider=google redirect_to=com.example.app://callback",
		}, "200 thirdparty"},
		{"third-party-verifier=off", PresetV3, []string{"open login"}, "thirdparty_oauth(provider:string"},
		{"tokens-per-minute=1", PresetV3, []string{
			"open login", "thirdparty_oauth provider=google redirect_to=http://127.0.0.1:8899/callback", "exchange_token token=x", "exchange_token token=x",
		}, "429 thirdparty"},
		{"third-parties=apple", PresetV3, []string{"open login"}, "provider:string,required=true,hidden=true,1 allowed"},
		{"passcode-charset=alphanumeric", PresetV3, append(passcode, "verify_passcode code=$CODE"), "200 password_creation"},
		{"passcode-ttl=1m30s", PresetV3, passcode, "200 passcode_confirmation"},
		{"passcodes-per-minute=1", PresetV3, append(passcode, "resend_passcode"), "429 passcode_confirmation !rate_limit_exceeded"},
		{"passwords-per-minute=2", PresetV3, slices.Concat(signUpLines, login, thrice("password_login password=wrong-horse")), "429 login_password !rate_limit_exceeded"},
		{"otps-per-minute=2", PresetV3, slices.Concat(signUpLines[:4], []string{"continue_to_otp_secret_creation", "otp_code_verify otp_code=$TOTP", "skip"}, login, []string{"password_login password=correct-horse"}, thrice("otp_code_validate otp_code=1")), "429 login_otp !rate_limit_exceeded"},
		{"mail-down=on", PresetV3, passcode, "500 error !technical_error"},
		{"token=header", PresetGuide, append(passcode, "verify_passcode code=$CODE", "skip"), "200 success"},
		{"email=off", PresetV3, []string{"open registration"}, "200 registration_init"},
		{"email-login=off", PresetV3, []string{"open login"}, "username:string,required=true,min_length=3,max_length=32"},
		{"email-max-length=10", PresetV3, passcode, "value_too_long_error"},
		{"passcodes=off", PresetV3, []string{"open login", "continue_with_login_identifier email=$EMAIL"}, "200 login_password"},
		{"username-login=off", PresetV3, []string{"open login"}, "email:email,required=true,min_length=3,max_length=120"},
		{"username-min-length=7", PresetV3, []string{"open registration"}, "username:string,required=true,min_length=7"},
		{"username-max-length=9", PresetV3, []string{"open registration"}, "max_length=9"},
		{"password-min-length=20", PresetV3, append(passcode, "verify_passcode code=$CODE", "register_password new_password=correct-horse"), "value_too_short_error"},
		{"passkey-limit=0", PresetV3, append(signUpLines[:6:6], "open profile"), "200 profile_init"},
		{"limiter-down=on", PresetV3, passcode, "500 error !technical_error"},
		{"mail=off", PresetV3, passcode, "200 passcode_confirmation"},
		{"session-limit=1", PresetV3, slices.Concat(signUpLines, login[1:], []string{"password_login password=correct-horse", "skip", "open profile"}), "200 profile_init"},
		{"session-lifespan=1m30s", PresetV3, signUpLines, "session 90 s"},
		{"sessions=none", PresetV3, append(signUpLines[:6:6], "GET /sessions/validate"), "404 Not Found"},
		{"cookie-name=sid", PresetGuide, append(passcode, "verify_passcode code=$CODE", "skip"), "sets sid"},
		{"cookie-secure=on", PresetGuide, append(passcode, "verify_passcode code=$CODE", "skip"), "session 43200 s persistent"},
		{"retention=session", PresetGuide, append(passcode, "verify_passcode code=$CODE", "skip"), "session 0 s session"},
	}
	tested := []string{ // by TestThirdPartySwitches
		"third-party-linking", "third-party-error-page", "third-party-errors", "third-party-issuer", "third-party-secret", "third-party-callback",
	}
	for _, test := range tests {
		name, value, _ := strings.Cut(test.set, "=")
		tested = append(tested, name)
		t.Run(test.set, func(t *testing.T) {
			t.Parallel()
			with := map[string][]string{
				"password-on-login": {"password-on-registration=never"}, "third-party-redirects": {"third-parties=google"},
				"third-party-verifier": {"third-parties=google"}, "tokens-per-minute": {"third-parties=google"}, "email-login": {"username=required"},
				"username-login": {"username=required"}, "username-min-length": {"username=required"}, "username-max-length": {"username=required"},
				"default-origins": {"origins=https://other.example"},
			}[name]
			now := newClock()
			got, w := walkLines(t, Options{Now: now.time, Settings: settingsOf(t, test.preset, append(with, test.set)...)}, test.lines...)
			if !strings.Contains(got, test.want) {
				t.Errorf("answered %s, want %s", got, test.want)
			}
			unset, _ := walkLines(t, Options{Settings: settingsOf(t, test.preset, with...)}, test.lines...)
			if same := got == unset; same != slices.Contains([]string{
				"user-verification", "attestation", "rp-id", "origins", "default-origins", "cors", "passcode-charset", "passcode-ttl", "cookie-secure", "mail",
			}, name) {
				t.Errorf("with and without the switch the answer is\n%s\n%s", got, unset)
			}
			// What a summary does not show.
			switch name {
			case "user-verification":
				if got := at(w.last, "payload", "request_options", "publicKey", "userVerification"); got != value {
					t.Errorf("the options want user verification %v", got)
				}
			case "attestation":
				if got := at(w.last, "payload", "creation_options", "publicKey", "attestation"); got != value {
					t.Errorf("the options want the attestation %v", got)
				}
			case "origins":
				key := newTestKey(t)
				key.origin = value
				made, _ := json.Marshal(key.register(t, at(w.last, "payload", "creation_options", "publicKey", "challenge").(string)))
				if got := w.step("webauthn_verify_attestation_response public_key=json:" + string(made)); !strings.HasPrefix(got, "200 success") {
					t.Errorf("a passkey of that origin is answered with %s", got)
				}
			case "rp-id":
				if got := at(w.last, "payload", "creation_options", "publicKey", "rp", "id"); got != value {
					t.Errorf("the options are for %v", got)
				}
			case "default-origins":
				key := newTestKey(t)
				made, _ := json.Marshal(key.register(t, at(w.last, "payload", "creation_options", "publicKey", "challenge").(string)))
				if got := w.step("webauthn_verify_attestation_response public_key=json:" + string(made)); strings.HasPrefix(got, "200 success") {
					t.Errorf("a passkey of a default origin is answered with %s", got)
				}
			case "cors":
				if got := w.header.Get("Vary"); got != "Origin" {
					t.Errorf("the answer varies by %q", got)
				}
			case "passcode-charset":
				if code := w.code(w.email); len(code) != 6 || strings.Trim(code, "0123456789") == "" {
					t.Errorf("the code is %q", code)
				}
			case "passcode-ttl":
				now.pass(91 * time.Second)
				if got := w.step("verify_passcode code=$CODE"); !strings.Contains(got, "!passcode_invalid") {
					t.Errorf("after 91 s the passcode is answered with %s", got)
				}
			case "cookie-secure":
				if cookie := w.header.Get("Set-Cookie"); !strings.Contains(cookie, "; Secure") {
					t.Errorf("the cookie is %s", cookie)
				}
			case "mail":
				if code := w.code(w.email); code != "" {
					t.Errorf("the code %s was mailed", code)
				}
			case "token":
				if token := w.header.Get("X-Auth-Token"); token == "" || w.header.Get("Set-Cookie") != "" {
					t.Errorf("the headers are %v", w.header)
				}
			}
		})
	}
	for _, s := range Switches() {
		if !slices.Contains(tested, s.Name) {
			t.Errorf("the switch %s is not tested", s.Name)
		}
	}
}

// at returns the value at a path of keys in an object, or nil.
func at(value any, keys ...string) any {
	for _, key := range keys {
		object, _ := value.(map[string]any)
		value = object[key]
	}
	return value
}

// TestPresets sends each preset the requests by which a client recognises a tenant.
func TestPresets(t *testing.T) {
	want := map[Preset][4]int{ // config, passcode request, login flow, password in the registration
		PresetGuide:          {200, 400, 200, 0},
		PresetV2MFA:          {200, 404, 200, 1},
		PresetV3:             {404, 404, 200, 1},
		PresetV3Passwordless: {404, 404, 200, 0},
		PresetV3MFA:          {404, 404, 200, 1},
		PresetV3Multitenant:  {404, 404, 200, 1},
	}
	for _, preset := range Presets() {
		t.Run(string(preset), func(t *testing.T) {
			a := openTenant(t, Options{Settings: settingsOf(t, preset)})
			base := a.tenant.BasePath()
			got := [4]int{
				a.call("GET", base+"/.well-known/config", nil).status,
				a.call("POST", base+"/passcode/login/initialize", object{}).status,
				a.call("POST", base+"/login", object{}).status,
			}
			w := newWalker(t, "ada@example.com", func(method, path, token string, c []*http.Cookie, body any) (int, http.Header, map[string]any) {
				return a.walk(method, base+path, token, c, body)
			}, a.code)
			w.step("open registration")
			w.step("register_login_identifier email=$EMAIL")
			if strings.Contains(w.step("verify_passcode code=$CODE"), "password_creation") {
				got[3] = 1
			}
			if got != want[preset] {
				t.Errorf("answered %v, want %v", got, want[preset])
			}
		})
	}
	if len(want) != len(Presets()) {
		t.Error("not all presets are tested")
	}
	if _, err := Preset("v4").Settings(); err == nil || !strings.Contains(err.Error(), "guide, v2-mfa, v3, v3-passwordless, v3-mfa, v3-multitenant") {
		t.Errorf("the preset v4: %v", err)
	}
}

func TestMultitenant(t *testing.T) {
	a := openTenant(t, Options{Settings: settingsOf(t, PresetV3Multitenant)})
	if base := a.tenant.BasePath(); base != "/"+MultitenantID {
		t.Errorf("the base path is %q", base)
	}
	const other = "00000000-0000-4000-8000-000000000000"
	for _, test := range []struct {
		method, path, message string
		status                int
	}{
		{"POST", "/login", "invalid tenant ID format", 400},
		{"GET", "/", "invalid tenant ID format", 400},
		{"GET", "/.well-known/jwks.json", "invalid tenant ID format", 400},
		{"POST", "/" + other + "/login", "tenant not found", 404},
		{"GET", "/" + other, "tenant not found", 404},
		{"GET", "/" + MultitenantID, "Not Found", 404},
		{"GET", "/" + MultitenantID + "/nothing", "Not Found", 404},
		{"OPTIONS", "/" + MultitenantID + "/login", "", 204},
		{"OPTIONS", "/login", "invalid tenant ID format", 400},
		{"GET", "/" + MultitenantID + "/health/alive", "", 200},
		{"GET", "/" + strings.ToUpper(MultitenantID) + "/health/alive", "", 200},
		{"GET", "/" + MultitenantID + "/.well-known/jwks.json", "", 200},
		{"GET", "/" + MultitenantID + "/inbox", "", 200},
		{"GET", "/inbox", "", 200},
		{"GET", "/inbox.json", "", 200},
	} {
		a.call(test.method, test.path, nil).want(t, test.status, test.message)
	}
	opened := a.post("/"+MultitenantID+"/login", object{})
	href := opened.text(t, "actions", "register_client_capabilities", "href")
	if !regexp.MustCompile(`^/login\?action=register_client_capabilities%40[0-9a-f-]{36}$`).MatchString(href) {
		t.Errorf("the href is %s, want one without the tenant's id", href)
	}
}

// TestSecondFactorWithoutACredential checks that creating a second factor follows the address if there is no credential to
// create.
func TestSecondFactorWithoutACredential(t *testing.T) {
	settings := settingsOf(t, PresetV3Passwordless, "verification=off", "passkey-on-registration=never", "mfa=optional")
	got, _ := walkLines(t, Options{Settings: settings}, "open registration", "register_login_identifier email=$EMAIL")
	if !strings.HasPrefix(got, "200 mfa_method_chooser") {
		t.Errorf("an address is answered with %s", got)
	}
}
