package smoke_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
)

// signUpOff is a proxy that lets people sign up until stopped is set.
type signUpOff struct{ stopped bool }

func (s *signUpOff) before(next http.Handler) http.Handler {
	flows := withoutActions("registration_init", "register_login_identifier")(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.stopped && r.URL.Path == "/users" && r.Method == http.MethodPost:
			answers(403, asJSON, `{"code":403,"message":"account signup is disabled"}`).ServeHTTP(w, r)
		case s.stopped:
			flows.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// TestGuest shows that if nobody can sign up, the run signs in as the user of --email, and leaves that user as it was.
func TestGuest(t *testing.T) {
	for _, preset := range []tenant.Preset{tenant.PresetGuide, tenant.PresetV3Passwordless} {
		var off signUpOff
		b := newBench(t, known(presetOf(t, preset)), off.before)
		store := authenticator.NewMemoryKeystore()
		signUp(t, b, store, "user@example.com")
		off.stopped = true
		b.options.Email, b.options.Client = "user@example.com", newClient(t, "http://localhost:8000", b.transport) // whose log is empty
		judged := judge(t.Context(), t, b.options)
		if judged.ExitCode() != smoke.ExitPassed || len(judged.LeftBehind) > 0 {
			t.Errorf("%s: exit code %d, left %q:\n%s", preset, judged.ExitCode(), judged.LeftBehind, text(t, judged))
		}
		if r := result(t, judged, "guide.signup"); r.Verdict != smoke.Passed || !strings.Contains(r.Note, "account.allow_signup") {
			t.Errorf("%s: guide.signup is %+v", preset, r.Outcome)
		}
		if r := result(t, judged, "passkey.signin.android"); r.Verdict != smoke.Passed {
			t.Errorf("%s: passkey.signin.android is %+v", preset, r.Outcome)
		}
		walk := login.New(b.options.Client, authenticator.NewPhone(authenticator.IPhone(), store, authenticator.AlwaysApprove), "")
		if _, err := walk.Recognise(t.Context()); err != nil {
			t.Fatal(err)
		}
		walk.Take(t.Context(), login.SignInWithPasskey{})
		profile, ok := walk.Take(t.Context(), login.OpenProfile{}).(login.Profile)
		if !ok || len(profile.Passkeys) != 1 {
			t.Errorf("%s: the user has %d passkeys, want the 1 from before (%T)", preset, len(profile.Passkeys), walk.Step())
		}
	}
}

// TestNoGuest shows that if nobody can sign up, nothing fails, whether or not --email names a user: people who have an account
// may sign in. What is known of sign-up is known all the same.
func TestNoGuest(t *testing.T) {
	for _, preset := range []tenant.Preset{tenant.PresetGuide, tenant.PresetV3Passwordless} {
		for _, email := range []string{"", "nobody@example.com"} {
			b := newBench(t, known(tenanttest.Settings(t, preset, "signup=off")))
			b.options.Email, b.options.Patience = email, 50*time.Millisecond
			judged := judge(t.Context(), t, b.options)
			r := result(t, judged, "guide.signup")
			if r.Verdict != smoke.Inconclusive || r.Key != "account.allow_signup" || !strings.Contains(r.Remedy, "--email") || strings.Contains(r.Note, "not possible") || judged.Count(smoke.Failed) > 0 {
				t.Errorf("%s, %q: guide.signup is %+v:\n%s", preset, email, r.Outcome, text(t, judged))
			}
			for _, observed := range judged.Facts {
				if observed.Name == fact.SignUpAllowed && (!observed.Known() || observed.String() != "no") {
					t.Errorf("%s, %q: %s is %s", preset, email, observed.Name, observed)
				}
			}
		}
	}
}
