package smoke_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/smoke/report"
	"example.com/hankosim/hanko/tenant"
)

// verdicts are those of the suite thirdparty, in a line.
func verdicts(judged smoke.Report) string {
	var all []string
	for _, r := range judged.Results {
		if name, ours := strings.CutPrefix(r.ID, "thirdparty."); ours {
			all = append(all, name+" "+string(r.Verdict))
		}
	}
	return strings.Join(all, ", ")
}

// TestThirdParty holds what each kind of tenant shows, and that nobody is left who has come from the third party.
func TestThirdParty(t *testing.T) {
	for _, test := range []struct {
		preset         tenant.Preset
		switches, want string
	}{
		{tenant.PresetGuide, "third-parties=custom_example", "offered passed, redirect passed, foreign passed, wildcard inconclusive, callback passed, " +
			"errorpage passed, signin passed, token passed, verifier skipped, denied passed, secondfactor skipped, disconnect skipped"},
		{tenant.PresetV3, "third-parties=google deletion=on tokens-per-minute=off", "offered passed, redirect passed, foreign passed, wildcard inconclusive, callback passed, " +
			"errorpage passed, signin passed, token passed, verifier passed, denied passed, secondfactor inconclusive, disconnect inconclusive"},
		{tenant.PresetV2MFA, "third-parties=google deletion=on tokens-per-minute=off third-party-verifier=off third-party-errors=page", "offered passed, redirect passed, foreign passed, wildcard inconclusive, callback passed, " +
			"errorpage passed, signin passed, token passed, verifier skipped, denied inconclusive, secondfactor inconclusive, disconnect inconclusive"},
		{tenant.PresetV3, "", "offered skipped, redirect skipped, foreign skipped, wildcard skipped, callback skipped, errorpage skipped, " +
			"signin skipped, token skipped, verifier skipped, denied skipped, secondfactor skipped, disconnect skipped"},
	} {
		b := tenantWith(t, test.preset, test.switches)
		b.options.Only = []string{"thirdparty"}
		judged := judge(t.Context(), t, b.options)
		if got := verdicts(judged); got != test.want {
			t.Errorf("%s %s: %s", test.preset, test.switches, got)
		}
		const headline = "? third_party.allowed_redirect_urls: Keep lines with `*` for the port, such as `http://127.0.0.1:*/callback`, on tenants"
		if r := result(t, judged, "thirdparty.wildcard"); r.Verdict == smoke.Inconclusive && !strings.HasPrefix(report.Headline(r), headline) {
			t.Errorf("%s %s: %s", test.preset, test.switches, report.Headline(r))
		}
		if len(judged.LeftBehind) > 0 {
			t.Errorf("%s %s: %q are left", test.preset, test.switches, judged.LeftBehind)
		}
	}
}

// A suite without third parties says so in one line.
func TestNoThirdParties(t *testing.T) {
	b := tenantWith(t, tenant.PresetGuide, "")
	b.options.Only = []string{"thirdparty"}
	told := text(t, judge(t.Context(), t, b.options))
	if strings.Count(told, "thirdparty.") != 1 || !strings.Contains(told, "thirdparty.offered: the tenant offers no third parties to sign in with") {
		t.Errorf("the report is\n%s", told)
	}
}

// A tenant with SAML says so in its configuration, and the suite repeats it.
func TestSAMLIsTold(t *testing.T) {
	for switches, want := range map[string]smoke.Verdict{"": smoke.Skipped, "third-parties=google": smoke.Passed} {
		settings := presetOf(t, tenant.PresetGuide)
		if name, value, found := strings.Cut(switches, "="); found {
			if err := settings.Set(name, value); err != nil {
				t.Fatal(err)
			}
		}
		b := newBench(t, known(settings), replaces(`"use_enterprise":false`, `"use_enterprise":true`))
		b.options.Only = []string{"thirdparty.offered"}
		if r := result(t, judge(t.Context(), t, b.options), "thirdparty.offered"); r.Verdict != want || !strings.Contains(r.Note, "SAML") {
			t.Errorf("%s: the check is %s: %s", switches, r.Verdict, r.Note)
		}
	}
}

// What the tenant offers is a fact, in an order of its own.
func TestThirdPartiesFact(t *testing.T) {
	for switches, want := range map[string]string{
		"third-parties=google,custom_example,apple": "apple, custom_example, google third_party", "": "nothing third_party",
	} {
		b := tenantWith(t, tenant.PresetGuide, switches)
		b.options.Only = []string{"thirdparty.offered"}
		if got := factOf(judge(t.Context(), t, b.options), fact.ThirdParties); got != want {
			t.Errorf("%s: the fact is %q", switches, got)
		}
	}
}

// repeatsExchange answers each exchange of a one-time token as it did the first that browserEnd through.
func repeatsExchange(next http.Handler) http.Handler {
	var first *httptest.ResponseRecorder
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/token" && !strings.HasPrefix(r.URL.Query().Get("action"), string(hanko.ActionExchangeToken)) {
			next.ServeHTTP(w, r)
			return
		}
		answer := first
		if answer == nil {
			answer = httptest.NewRecorder()
			next.ServeHTTP(answer, r)
			if answer.Code == http.StatusOK {
				first = answer
			}
		}
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// A tenant that takes tokens twice, and with any verifier, fails critically.
func TestTokensTakenTwice(t *testing.T) {
	for preset, checks := range map[tenant.Preset][]string{
		tenant.PresetGuide: {"thirdparty.token"}, tenant.PresetV3: {"thirdparty.token", "thirdparty.verifier"},
	} {
		settings := presetOf(t, preset)
		settings.ThirdParties = []string{"custom_example"}
		b := newBench(t, known(settings), repeatsExchange)
		b.options.Only = checks
		judged := judge(t.Context(), t, b.options)
		for _, id := range checks {
			if r := result(t, judged, id); r.Verdict != smoke.Failed || r.Severity != smoke.Critical {
				t.Errorf("%s: %s is %s: %s", preset, id, r.Verdict, r.Note)
			}
		}
	}
}

// The tenant takes three tokens a minute. The run waits for the fourth if it has the time, and else says what was used up.
func TestTokensLimited(t *testing.T) {
	b := tenantWith(t, tenant.PresetV3, "third-parties=google")
	b.options.Only = []string{"thirdparty"}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	judged := judge(ctx, t, b.options)
	if r := result(t, judged, "thirdparty.secondfactor"); r.Verdict != smoke.Inconclusive || r.Key != "rate_limiter.token_limits" {
		t.Errorf("the check is %+v", r.Outcome)
	}
	if r := result(t, judged, "thirdparty.verifier"); r.Verdict != smoke.Passed || judged.ExitCode() != smoke.ExitPassed {
		t.Errorf("exit code %d:\n%s", judged.ExitCode(), text(t, judged))
	}
}
