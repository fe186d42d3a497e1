package smoke_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/tenant"
)

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

// TestValidTenants runs every row of the documentation's table of unusual tenants that are right. No check fails on them, and
// what the robot cannot do there is inconclusive.
func TestValidTenants(t *testing.T) {
	rows := rowsOf(t, "valid-tenants.md")
	if len(rows) < 40 {
		t.Errorf("the table has %d rows", len(rows))
	}
	for _, row := range rows {
		t.Run(row.what, func(t *testing.T) {
			t.Parallel()
			s := newScene()
			for _, word := range row.build {
				s.say(t, word)
			}
			judged := judge(t.Context(), t, s.options(t))
			valid(t, judged, row.names)
		})
	}
}

// valid holds that no check of a report has failed, and that its first line names what was inconclusive; "passed" is nothing.
func valid(t *testing.T, judged smoke.Report, names string) {
	t.Helper()
	told := text(t, judged)
	code := smoke.ExitInconclusive
	if names == "passed" {
		code = smoke.ExitPassed
	}
	if judged.Count(smoke.Failed) > 0 || judged.ExitCode() != code {
		t.Errorf("exit code %d:\n%s", judged.ExitCode(), told)
	}
	contradictions(t, judged)
	first, _, _ := strings.Cut(told, "\n")
	if code != smoke.ExitPassed && !strings.HasPrefix(first, "? "+names+": ") && !strings.HasPrefix(first, "? "+names+", or ") {
		t.Errorf("the first line is not about %s: %s", names, first)
	}
}

// TestUnknownSecondFactor shows that a second factor that the robot does not know is inconclusive.
func TestUnknownSecondFactor(t *testing.T) {
	s := newScene()
	s.say(t, "preset=v3-mfa")
	s.proxies = append(s.proxies,
		withoutActions(hanko.StateMFAMethodChooser, hanko.ActionContinueToOTPSecretCreation, hanko.ActionContinueToSecurityKeyCreation))
	valid(t, judge(t.Context(), t, s.options(t)), "guide.signup")
}

// TestOneSession shows that a tenant that keeps one session for each user gets a warning, and that the checks after it
// are run with a session that stands.
func TestOneSession(t *testing.T) {
	for _, preset := range []tenant.Preset{tenant.PresetGuide, tenant.PresetV3} {
		settings := presetOf(t, preset)
		settings.PasscodesPerMinute, settings.SessionLimit = -1, 1
		b := newBench(t, known(settings))
		b.options.Skip = []string{"refuse.strictness", "refuse.crashes", "guide.alone"}
		judged := judge(t.Context(), t, b.options)
		for _, r := range judged.Results {
			if wrong := r.Verdict == smoke.Failed || r.Verdict == smoke.Inconclusive; wrong != (r.ID == "session.limit") {
				t.Errorf("%s: %s is %s: %s", preset, r.ID, r.Verdict, r.Note)
			}
		}
	}
}
