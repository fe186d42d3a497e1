package smoke_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/tenant"
)

// TestLeftBehindInFlows shows that the report lists a user who may have been created although the answer was lost, and
// nobody else.
func TestLeftBehindInFlows(t *testing.T) {
	for action, left := range map[hanko.ActionName]int{hanko.ActionVerifyPasscode: 1, hanko.ActionContinueWithLoginIdentifier: 0} {
		lose := func(next http.Handler) http.Handler {
			return rewrites(func(r *http.Request, a *httptest.ResponseRecorder) {
				if strings.HasPrefix(r.URL.Query().Get("action"), string(action)) {
					a.Code = http.StatusGatewayTimeout
					setBody(a, []byte("<title>504 Gateway Time-out</title>"))
				}
			})(next)
		}
		settings := presetOf(t, tenant.PresetV3Passwordless)
		settings.DisableDeletion = false
		b := newBench(t, known(settings), lose)
		b.options.Only = []string{"guide"}
		if judged := judge(t.Context(), t, b.options); len(judged.LeftBehind) != left || judged.ExitCode() != smoke.ExitInconclusive {
			t.Errorf("%s: exit code %d, %q are left behind", action, judged.ExitCode(), judged.LeftBehind)
		}
	}
}

// TestFirst shows that an inconclusive info check is not what to look at first.
func TestFirst(t *testing.T) {
	informed := smoke.Result{Check: smoke.Check{ID: "refuse.existence", Severity: smoke.Info}, Outcome: smoke.Outcome{Verdict: smoke.Inconclusive}}
	judged := smoke.Report{Results: []smoke.Result{informed}}
	if first, found := judged.First(); found || judged.ExitCode() != smoke.ExitPassed {
		t.Errorf("exit code %d, first %q", judged.ExitCode(), first.ID)
	}
	informed.ID, informed.Severity = "guide.signup", smoke.Warning
	judged.Results = append(judged.Results, informed)
	if first, _ := judged.First(); first.ID != "guide.signup" || judged.ExitCode() != smoke.ExitInconclusive {
		t.Errorf("exit code %d, first %q", judged.ExitCode(), first.ID)
	}
}

// TestCrashes shows that a tenant that fails instead of refusing is reported, but fails no run: real tenants do it, too.
func TestCrashes(t *testing.T) {
	crash := rewrites(func(r *http.Request, a *httptest.ResponseRecorder) {
		if strings.HasPrefix(r.URL.Path, "/webauthn/registration/finalize") && a.Code == http.StatusBadRequest {
			a.Code = http.StatusInternalServerError
			setBody(a, []byte(`{"code":500,"message":"Internal Server Error"}`))
		}
	})
	for _, only := range [][]string{{"refuse.crashes"}, {"refuse.crashes", "refuse.attestation.forged"}} {
		for name, proxies := range map[string][]func(http.Handler) http.Handler{"with": {crash}, "without": nil} {
			b := newBench(t, known(presetOf(t, tenant.PresetGuide)), proxies...)
			b.options.Only = only
			judged := judge(t.Context(), t, b.options)
			told := result(t, judged, "refuse.crashes")
			if failing := len(proxies) > 0; failing != (told.Verdict == smoke.Inconclusive) || failing != (strings.Count(told.Note, "create/wrong-origin") == 1) || judged.ExitCode() != smoke.ExitPassed {
				t.Errorf("%s, %q: exit code %d, %+v", name, only, judged.ExitCode(), told.Outcome)
			}
			if !strings.Contains(told.Note, "wrong-origin") && !strings.HasPrefix(told.Note, "it answered ") {
				t.Errorf("%s, %q: %s", name, only, told.Note)
			}
		}
	}
}

// TestVerification shows that the report says whether the tenant requires user verification.
func TestVerification(t *testing.T) {
	for _, preset := range []tenant.Preset{tenant.PresetGuide, tenant.PresetV3} {
		for required, told := range map[bool]string{false: `it can: the tenant asks for user verification "preferred"`, true: `it cannot: the tenant asks for user verification "required"`} {
			settings := presetOf(t, preset)
			settings.RequireUserVerification = required
			b := newBench(t, known(settings))
			b.options.Only = []string{"passkey.verification"}
			judged := judge(t.Context(), t, b.options)
			if r := result(t, judged, "passkey.verification"); r.Verdict != smoke.Passed || !strings.HasPrefix(r.Note, told) {
				t.Errorf("%s: %+v, want %s", preset, r.Outcome, told)
			}
		}
	}
}
