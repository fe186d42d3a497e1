package smoke_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/smoke/report"
	"example.com/hankosim/hanko/tenant"
)

// spy stands between the run and the tenant, and notes every secret that comes by.
type spy struct {
	mu      sync.Mutex
	secrets map[string]string // what it is, by the secret
}

func (s *spy) note(what, secret string) {
	if secret != "" {
		s.secrets[secret] = what
	}
}

// all are the secrets in one text.
func (s *spy) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for secret := range s.secrets {
		b.WriteString(secret + " ")
	}
	return b.String()
}

func (s *spy) proxy(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		s.mu.Lock()
		_, bearer, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		s.note("a token that was sent", bearer)
		s.note("the token of X-Auth-Token", answer.Header().Get("X-Auth-Token"))
		for _, cookie := range append(answer.Result().Cookies(), r.Cookies()...) {
			// One is only an ID, and those of the person's browser never reach hankosim.
			if cookie.Name != "hanko_email_id" && !strings.HasPrefix(r.URL.Path, "/thirdparty/") {
				s.note("the cookie "+cookie.Name, cookie.Value)
			}
		}
		if back, err := url.Parse(answer.Header().Get("Location")); err == nil {
			s.note("a third party's one-time token", back.Query().Get("hanko_token"))
			s.note("a third party's code", back.Query().Get("code"))
		}
		for _, document := range [][]byte{body, answer.Body.Bytes()} {
			var value any
			if json.Unmarshal(document, &value) == nil {
				s.look(value)
			}
		}
		s.mu.Unlock()
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// look finds the secrets in a JSON value.
func (s *spy) look(value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			text, _ := inner.(string)
			switch name {
			case "password", "new_password", "otp_secret", "otp_code", "session_token", "csrf_token":
				s.note("the "+name, text)
			case "code":
				if strings.Trim(text, "0123456789") == "" && text != "000000" { // else it is an error's, or the robot's wrong one
					s.note("a passcode", text)
				}
			}
			s.look(inner)
		}
	case []any:
		for _, inner := range value {
			s.look(inner)
		}
	}
}

// parrot answers with all secrets that it has ever seen, in the body and in a header, once the run has come to a place.
func parrot(s *spy, from string, status int) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.RequestURI(), from) {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("X-Parrot", s.all())
			body := fmt.Sprintf(`{"code":%d,"message":%q,"id":%q}`, status, s.all(), s.all())
			answers(status, asJSON, body).ServeHTTP(w, r)
		})
	}
}

// TestNoSecrets shows that no report holds a secret of its run, whatever the tenant repeats and wherever.
func TestNoSecrets(t *testing.T) {
	tests := []struct {
		name    string
		preset  tenant.Preset
		changes string
		from    string // where the parrot is
		status  int
	}{
		{name: "a good tenant", preset: tenant.PresetGuide, from: "/none"},
		{name: "a good tenant with cookies", preset: tenant.PresetGuide, changes: "token=cookie", from: "/none"},
		{name: "an error over REST", preset: tenant.PresetGuide, from: "/webauthn/registration/finalize", status: 400},
		{name: "another status", preset: tenant.PresetGuide, from: "/webauthn", status: 418},
		{name: "a success that is none", preset: tenant.PresetGuide, from: "/me", status: 200},
		{name: "with cookies", preset: tenant.PresetGuide, changes: "token=cookie", from: "/me", status: 403},
		{name: "at the sessions", preset: tenant.PresetGuide, from: "/sessions/validate", status: 500},
		{name: "at the log-out", preset: tenant.PresetV3MFA, from: "/logout", status: 409},
		{name: "an error in a flow", preset: tenant.PresetV3MFA, from: "/profile", status: 400},
		{name: "in a login with a password", preset: tenant.PresetV3, from: "/login?action=webauthn", status: 500},
		{name: "at a third party's token", preset: tenant.PresetGuide, changes: "third-parties=custom_example", from: "/token", status: 400},
		{name: "after a third party's sign-in", preset: tenant.PresetGuide, changes: "third-parties=custom_example", from: "/thirdparty/callback", status: 418},
		{name: "with device cookies", preset: tenant.PresetV3MFA, changes: "mfa-on-login=on", from: "/me", status: 401},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			settings := presetOf(t, test.preset)
			if name, value, found := strings.Cut(test.changes, "="); found {
				if err := settings.Set(name, value); err != nil {
					t.Fatal(err)
				}
			}
			s := &spy{secrets: map[string]string{}}
			b := newBench(t, known(settings), s.proxy, parrot(s, test.from, test.status))
			b.options.Skip = []string{"refuse.strictness"}
			judged := judge(t.Context(), t, b.options)
			if failed := judged.ExitCode() != smoke.ExitPassed; failed != (test.status != 0) {
				t.Errorf("exit code %d", judged.ExitCode())
			}
			if len(s.secrets) < 5 {
				t.Fatalf("the spy has seen %d secrets only", len(s.secrets))
			}
			for name, format := range map[string]func(io.Writer, smoke.Report) error{
				"text": report.Terminal{}.Text, "json": report.JSON, "junit": report.JUnit, "tap": report.TAP, "html": report.HTML,
				"annotations": report.Annotations, "step summary": report.StepSummary, "live": liveReport,
			} {
				var written bytes.Buffer
				if err := format(&written, judged); err != nil {
					t.Fatal(err)
				}
				for secret, what := range s.secrets {
					if strings.Contains(written.String(), secret) {
						at := strings.Index(written.String(), secret)
						t.Errorf("%s holds %s: %s", name, what, written.String()[max(0, at-80):at+len(secret)])
					}
				}
			}
		})
	}
}

func liveReport(w io.Writer, judged smoke.Report) error {
	tell := report.Log(w)
	for _, r := range judged.Results {
		tell(smoke.Event{Begins: &r.Check})
		tell(smoke.Event{Ended: &r})
	}
	return nil
}
