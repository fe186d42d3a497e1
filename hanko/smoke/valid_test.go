package smoke_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/tenant"
)

// lengths are how short and how long the values of an input may be.
type lengths struct{ min, max int }

// limits announces limits for the inputs of flows, and keeps to them as Hanko does: with 400, the state as it was, and
// the field's error.
func limits(of map[hanko.InputName]lengths) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		var (
			mu   sync.Mutex
			last []byte
		)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			var sent hanko.FlowInputs
			_ = json.Unmarshal([]byte(readBody(r)), &sent)
			for name, limit := range of {
				if value, given := sent.InputData[name].(string); given && (len(value) < limit.min || len(value) > limit.max) {
					code := hanko.CodeValueTooShortError
					if len(value) > limit.max {
						code = hanko.CodeValueTooLongError
					}
					refused := edited(last, func(flow map[string]any) {
						flow["error"] = map[string]any{"code": hanko.CodeFormDataInvalidError, "message": ""}
						for _, input := range inputsNamed(flow, name) {
							input["error"] = map[string]any{"code": code, "message": ""}
						}
					})
					answers(http.StatusBadRequest, asJSON, string(refused)).ServeHTTP(w, r)
					return
				}
			}
			answer := httptest.NewRecorder()
			next.ServeHTTP(answer, r)
			maps.Copy(w.Header(), answer.Header())
			w.Header().Del("Content-Length")
			w.WriteHeader(answer.Code)
			body := edited(answer.Body.Bytes(), func(flow map[string]any) {
				for name, limit := range of {
					for _, input := range inputsNamed(flow, name) {
						input["min_length"], input["max_length"] = limit.min, limit.max
					}
				}
			})
			last = body
			_, _ = w.Write(body)
		})
	}
}

// edited changes a flow's answer; what is none stays as it is.
func edited(body []byte, change func(flow map[string]any)) []byte {
	var flow map[string]any
	if json.Unmarshal(body, &flow) != nil || flow["actions"] == nil {
		return body
	}
	change(flow)
	var changed bytes.Buffer
	if err := json.NewEncoder(&changed).Encode(flow); err != nil {
		panic(err)
	}
	return changed.Bytes()
}

// inputsNamed are the inputs with a name in all actions of a flow's answer.
func inputsNamed(flow map[string]any, name hanko.InputName) []map[string]any {
	var found []map[string]any
	actions, _ := flow["actions"].(map[string]any)
	for _, action := range actions {
		fields, _ := action.(map[string]any)
		inputs, _ := fields["inputs"].(map[string]any)
		if input, there := inputs[string(name)].(map[string]any); there {
			found = append(found, input)
		}
	}
	return found
}

// TestLimitsOfValues shows that what the robot makes up keeps within the limits that a tenant announces, and that where
// there is no room nothing has failed.
func TestLimitsOfValues(t *testing.T) {
	for _, test := range []struct {
		name    string
		preset  tenant.Preset
		setting string
		limits  map[hanko.InputName]lengths
		key     string // of an inconclusive sign-up; "" where it passes
	}{
		{"long passwords", tenant.PresetV3, "", map[hanko.InputName]lengths{hanko.InputNewPassword: {20, 72}}, ""},
		{"short passwords", tenant.PresetV3, "", map[hanko.InputName]lengths{hanko.InputNewPassword: {8, 12}}, ""},
		{"short usernames", tenant.PresetV3, "username=required", map[hanko.InputName]lengths{hanko.InputUsername: {3, 5}}, ""},
		{"long usernames", tenant.PresetV3, "username=required", map[hanko.InputName]lengths{hanko.InputUsername: {20, 32}}, ""},
		{"short addresses", tenant.PresetV3, "", map[hanko.InputName]lengths{hanko.InputEmail: {3, 30}}, ""},
		{"no room for a tag", tenant.PresetV3, "", map[hanko.InputName]lengths{hanko.InputEmail: {3, 18}}, "email.max_length"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			settings := presetOf(t, test.preset)
			if name, value, given := strings.Cut(test.setting, "="); given {
				if err := settings.Set(name, value); err != nil {
					t.Fatal(err)
				}
			}
			b := newBench(t, known(settings), limits(test.limits))
			b.options.Only = []string{"guide"}
			judged := judge(t.Context(), t, b.options)
			signUp := result(t, judged, "guide.signup")
			if test.key == "" && judged.ExitCode() != smoke.ExitPassed {
				t.Errorf("exit code %d:\n%s", judged.ExitCode(), text(t, judged))
			}
			if test.key != "" && (signUp.Verdict != smoke.Inconclusive || signUp.Key != test.key || judged.ExitCode() != smoke.ExitInconclusive) {
				t.Errorf("guide.signup is %+v, exit code %d", signUp.Outcome, judged.ExitCode())
			}
			if slices.ContainsFunc(judged.Results, func(r smoke.Result) bool { return r.Verdict == smoke.Failed }) {
				t.Errorf("something has failed:\n%s", text(t, judged))
			}
		})
	}
}

// withoutActions takes actions away from a state, as the tenant's configuration does that they need.
func withoutActions(state hanko.State, names ...hanko.ActionName) func(http.Handler) http.Handler {
	return rewrites(func(_ *http.Request, a *httptest.ResponseRecorder) {
		setBody(a, edited(a.Body.Bytes(), func(flow map[string]any) {
			if flow["name"] != string(state) {
				return
			}
			for _, name := range names {
				delete(flow["actions"].(map[string]any), string(name))
			}
		}))
	})
}

// usernamesAlone has people sign in by their username: the address is no identifier (email.use_as_login_identifier).
func usernamesAlone(next http.Handler) http.Handler {
	renamed := func(text, from, to string) string { return strings.ReplaceAll(text, `"`+from+`"`, `"`+to+`"`) }
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		isLogin := strings.HasPrefix(r.URL.RequestURI(), "/login")
		if body := readBody(r); isLogin && strings.Contains(body, `"username"`) {
			if body = renamed(body, "username", "identifier"); strings.Contains(body, "@") {
				body = renamed(body, "identifier", "no_identifier")
			}
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		}
		rewrites(func(_ *http.Request, a *httptest.ResponseRecorder) {
			if isLogin {
				setBody(a, []byte(renamed(a.Body.String(), "identifier", "username")))
			}
		})(next).ServeHTTP(w, r)
	})
}

// onePasskey takes no second passkey of anybody (passkey.limit: 1).
func onePasskey(next http.Handler) http.Handler { return passkeyLimit(1)(next) }

// passkeyLimit offers no way to add a passkey to those who have so many.
func passkeyLimit(n int) func(http.Handler) http.Handler {
	return rewrites(func(_ *http.Request, a *httptest.ResponseRecorder) {
		setBody(a, edited(a.Body.Bytes(), func(flow map[string]any) {
			payload, _ := flow["payload"].(map[string]any)
			user, _ := payload["user"].(map[string]any)
			passkeys, _ := user["passkeys"].([]any)
			if flow["name"] == string(hanko.StateProfileInit) && len(passkeys) >= n {
				delete(flow["actions"].(map[string]any), string(hanko.ActionWebAuthnCredentialCreate))
			}
		}))
	})
}

// TestUnusualTenants shows that no check fails on a tenant that people can sign in to, and that what the robot cannot do
// there is inconclusive.
func TestUnusualTenants(t *testing.T) {
	for _, test := range []struct {
		name  string
		build []string
		proxy func(http.Handler) http.Handler // nil for none
		code  int
		key   string // of the first line where the exit code is not 0
	}{
		{name: "security keys are the only second factor", build: []string{"preset=v3-mfa", "totp=off"}},
		{name: "a username is required, and an address is not", build: []string{"preset=v3", "username=required", "email=optional"}},
		{name: "people sign in by their username alone", build: []string{"preset=v3", "username=required"}, proxy: usernamesAlone},
		{
			name: "nobody signs in by a passcode", build: []string{"preset=v3"},
			proxy: withoutActions(hanko.StateLoginMethodChooser, hanko.ActionContinueToPasscodeConfirmation),
		},
		{
			name: "people sign in by a passkey alone, which all must have", build: []string{"preset=v3-passwordless", "passkey=required"},
			proxy: withoutActions(hanko.StateLoginInit, hanko.ActionContinueWithLoginIdentifier),
		},
		{
			name: "people sign in by a passkey alone, and this one has none", build: []string{"preset=v3-passwordless", "passkey-on-registration=never"},
			proxy: withoutActions(hanko.StateLoginInit, hanko.ActionContinueWithLoginIdentifier),
			code:  smoke.ExitInconclusive, key: "email.use_for_authentication",
		},
		{
			name: "people can have one passkey", build: []string{"preset=v3"}, proxy: onePasskey,
			code: smoke.ExitInconclusive, key: "passkey.limit",
		},
		{
			name: "a second factor that nobody knows yet", build: []string{"preset=v3-mfa"},
			proxy: withoutActions(hanko.StateMFAMethodChooser, hanko.ActionContinueToOTPSecretCreation, hanko.ActionContinueToSecurityKeyCreation),
			code:  smoke.ExitInconclusive, key: "guide.signup",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newScene()
			for _, word := range test.build {
				s.say(t, word)
			}
			if test.proxy != nil {
				s.proxies = append(s.proxies, test.proxy)
			}
			judged := judge(t.Context(), t, s.options(t))
			told := text(t, judged)
			if judged.Count(smoke.Failed) > 0 || judged.ExitCode() != test.code {
				t.Errorf("exit code %d:\n%s", judged.ExitCode(), told)
			}
			contradictions(t, judged)
			if first, _, _ := strings.Cut(told, "\n"); test.key != "" && !strings.HasPrefix(first, "? "+test.key+": ") {
				t.Errorf("the first line is not about %s: %s", test.key, first)
			}
		})
	}
}

// TestOneSession shows that a tenant that keeps one session for each user gets a warning, and that the checks after it
// are run with a session that stands.
func TestOneSession(t *testing.T) {
	for _, preset := range []tenant.Preset{tenant.PresetGuide, tenant.PresetV3} {
		settings := presetOf(t, preset)
		settings.PasscodesPerMinute = -1
		b := newBench(t, known(settings), oneSession)
		b.options.Skip = []string{"refuse.strictness", "refuse.crashes", "guide.alone"}
		judged := judge(t.Context(), t, b.options)
		for _, r := range judged.Results {
			if wrong := r.Verdict == smoke.Failed || r.Verdict == smoke.Inconclusive; wrong != (r.ID == "session.limit") {
				t.Errorf("%s: %s is %s: %s", preset, r.ID, r.Verdict, r.Note)
			}
		}
	}
}
