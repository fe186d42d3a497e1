package smoke_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/tenant"
)

// takesTime lets a moment pass with every request, by the clock that the test has.
type takesTime struct{ inMemory }

func (m takesTime) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(3 * time.Millisecond)
	return m.inMemory.RoundTrip(r)
}

// TestWaitsAsLongAsAsked shows, by a clock that jumps, that a run comes back when the tenant takes it again, not a moment
// before, and gives up none of its checks while there is time: for passcodes, passwords and codes of an authenticator app.
func TestWaitsAsLongAsAsked(t *testing.T) {
	for _, test := range []struct {
		name   string
		preset tenant.Preset
		limit  func(*tenant.Settings)
	}{
		{"passcodes over REST", tenant.PresetGuide, func(s *tenant.Settings) { s.PasscodesPerMinute = 1 }},
		{"passcodes over flows", tenant.PresetV3Passwordless, func(s *tenant.Settings) { s.PasscodesPerMinute = 2 }},
		{"passwords", tenant.PresetV3, func(s *tenant.Settings) { s.PasswordsPerMinute = 1 }},
		{"codes of an authenticator app", tenant.PresetV3MFA, func(s *tenant.Settings) { s.OTPsPerMinute = 1 }},
	} {
		t.Run(test.name, func(t *testing.T) {
			settings := presetOf(t, test.preset)
			test.limit(&settings)
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, known(settings))
				handler := b.tenant.Handler()
				if test.name == "passwords" {
					handler = withoutActions(hanko.StateLoginMethodChooser, hanko.ActionContinueToPasscodeConfirmation)(handler)
				}
				b.options.Client = newClient(t, "http://localhost:8000", takesTime{inMemory{handler}})
				b.options.Skip = []string{"refuse.strictness"}
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				judged := judge(ctx, t, b.options)
				if judged.ExitCode() != smoke.ExitPassed {
					t.Errorf("exit code %d after %s:\n%s", judged.ExitCode(), judged.Duration, text(t, judged))
				}
			})
		})
	}
}
