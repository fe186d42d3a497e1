package smoke_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/tenant"
)

// v100 answers like v1.0.0 to v1.0.3: there is no /sessions/validate, a token is valid after logging out, and two sign-ins
// within one second return the same token, which has no session_id.
func v100(next http.Handler) http.Handler {
	var real, given sync.Map // tokens: the tenant's by those given, and those given by user ID
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/sessions/validate" {
			answers(404, asJSON, `{"code":404,"message":"Not Found"}`).ServeHTTP(w, r)
			return
		}
		if r.URL.Path == "/logout" {
			answers(204, "", "").ServeHTTP(w, r)
			return
		}
		if _, bearer, _ := strings.Cut(r.Header.Get("Authorization"), " "); bearer != "" {
			if raw, known := real.Load(bearer); known {
				r.Header.Set("Authorization", "Bearer "+raw.(string))
			}
		}
		rewrites(func(_ *http.Request, a *httptest.ResponseRecorder) {
			token, err := hanko.ParseToken(a.Header().Get("X-Auth-Token"))
			if err != nil {
				return
			}
			delete(token.Claims, "session_id")
			claims, _ := json.Marshal(token.Claims)
			parts := strings.Split(token.Raw, ".")
			first, _ := given.LoadOrStore(token.Subject, parts[0]+"."+base64.RawURLEncoding.EncodeToString(claims)+"."+parts[2])
			real.Store(first, token.Raw)
			a.Header().Set("X-Auth-Token", first.(string))
		})(next).ServeHTTP(w, r)
	})
}

// v140 answers like v1.4.0: it refuses every token of its own REST API.
func v140(next http.Handler) http.Handler {
	var worthless sync.Map
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, bearer, _ := strings.Cut(r.Header.Get("Authorization"), " "); bearer != "" {
			if _, given := worthless.Load(bearer); given {
				answers(401, asJSON, `{"code":401,"message":"Unauthorized"}`).ServeHTTP(w, r)
				return
			}
		}
		rewrites(func(_ *http.Request, a *httptest.ResponseRecorder) {
			if token := a.Header().Get("X-Auth-Token"); token != "" && strings.HasSuffix(r.URL.Path, "/finalize") {
				worthless.Store(token, true)
			}
		})(next).ServeHTTP(w, r)
	})
}

// TestReleases shows that old releases are recognised by what they do: the run uses the API that works, and says what is
// missing and which release added it.
func TestReleases(t *testing.T) {
	for _, test := range []struct {
		name    string
		release func(http.Handler) http.Handler
		api     hanko.API
		only    []string
		code    int
		told    map[string]string // by check
		not     string            // what the first remedy must not say
	}{
		{
			name: "v1.0", release: v100, only: []string{"guide", "session.me", "session.validate", "session.limit", "session.logout"}, code: smoke.ExitInconclusive,
			told: map[string]string{"guide.signin": "v1.1.0", "session.validate": "v1.1.0", "session.logout": "v1.1.0"}, not: "URL",
		},
		{name: "v1.4.0", release: v140, told: map[string]string{"guide.signup": "v1.4.1"}},
		{
			name: "v1.4.0 by REST", release: v140, api: hanko.REST, only: []string{"session"}, code: smoke.ExitFailed,
			told: map[string]string{"session.me": "v1.4.1"}, not: "Sign in again",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t, known(presetOf(t, tenant.PresetGuide)), test.release)
			b.options.API, b.options.Only = test.api, test.only
			judged := judge(t.Context(), t, b.options)
			if judged.ExitCode() != test.code {
				t.Errorf("exit code %d:\n%s", judged.ExitCode(), text(t, judged))
			}
			for id, told := range test.told {
				if r := result(t, judged, id); !strings.Contains(r.Note+r.Cause, told) {
					t.Errorf("%s does not name %s: %+v", id, told, r.Outcome)
				}
			}
			if first, found := judged.First(); found && test.not != "" && strings.Contains(first.Remedy, test.not) {
				t.Errorf("the remedy is: %s", first.Remedy)
			}
		})
	}
}

// TestServerSideSessionsOverREST shows that over REST, nobody is told to switch on server-side sessions: v1.1 to v1.3 do
// not store those of REST.
func TestServerSideSessionsOverREST(t *testing.T) {
	b := newBench(t, known(presetOf(t, tenant.PresetGuide)), proxies["keeps-sessions"])
	b.options.Only = []string{"session.logout"}
	if r := result(t, judge(t.Context(), t, b.options), "session.logout"); r.Verdict != smoke.Failed || !strings.Contains(r.Remedy, "Do not set `session.server_side.enabled: true`") {
		t.Errorf("session.logout is %+v", r.Outcome)
	}
}
