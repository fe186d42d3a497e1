package smoke_test

import (
	"strings"
	"testing"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
)

// TestReleases shows that old releases are recognised by what they do: the run uses the API that works, and says what is
// missing and which release added it.
func TestReleases(t *testing.T) {
	for _, test := range []struct {
		name     string
		sessions string // which ones are stored
		api      hanko.API
		only     []string
		code     int
		told     map[string]string // by check
		not      string            // what the first remedy must not say
	}{
		{
			name: "v1.0", sessions: "none", only: []string{"guide", "session.me", "session.validate", "session.limit", "session.logout"}, code: smoke.ExitInconclusive,
			told: map[string]string{"guide.signin": "v1.1.0", "session.validate": "v1.1.0", "session.logout": "v1.1.0"}, not: "URL",
		},
		{name: "v1.4.0", sessions: "flows", told: map[string]string{"guide.signup": "v1.4.1"}},
		{
			name: "v1.4.0 by REST", sessions: "flows", api: hanko.REST, only: []string{"session"}, code: smoke.ExitFailed,
			told: map[string]string{"session.me": "v1.4.1"}, not: "Sign in again",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			options := known(tenanttest.Settings(t, tenant.PresetGuide, "token=header", "sessions="+test.sessions))
			now := time.Now()
			options.Now = func() time.Time { return now } // two sign-ins are within one second
			b := newBench(t, options)
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

// TestTokensOutliveLoggingOut shows that on v1.1 to v1.3, where a token is valid until it expires, nothing fails, and that only
// apps that use flows are told to switch on server-side sessions: these releases do not store those of REST.
func TestTokensOutliveLoggingOut(t *testing.T) {
	for api, want := range map[hanko.API]struct{ key, remedy string }{
		hanko.REST:    {"", "Do not set `session.server_side.enabled: true`"},
		hanko.FlowAPI: {"session.server_side.enabled", "`session.server_side.enabled: true` stores"},
	} {
		b := newBench(t, known(tenanttest.Settings(t, tenant.PresetGuide, "token=header", "sessions=unchecked")))
		b.options.API, b.options.Only = api, []string{"session.logout"}
		r := result(t, judge(t.Context(), t, b.options), "session.logout")
		if r.Verdict != smoke.Inconclusive || r.Key != want.key || !strings.Contains(r.Remedy, want.remedy) ||
			!strings.Contains(r.Note, "still accepts the token after logging out") || !strings.Contains(r.Note, "v1.4.1") {
			t.Errorf("%s: session.logout is %+v", api, r.Outcome)
		}
	}
}

// TestForgedTokenOnOldRelease shows that forged tokens are judged where there is no /sessions/validate.
func TestForgedTokenOnOldRelease(t *testing.T) {
	b := newBench(t, known(tenanttest.Settings(t, tenant.PresetGuide, "token=header", "sessions=none")))
	b.options.Only = []string{"refuse.session.forged"}
	if r := result(t, judge(t.Context(), t, b.options), "refuse.session.forged"); r.Verdict != smoke.Passed {
		t.Errorf("refuse.session.forged is %+v", r.Outcome)
	}
}

// TestShortSessions shows that a session of half a minute is a warning that names the key: people can sign in.
func TestShortSessions(t *testing.T) {
	for _, preset := range []tenant.Preset{tenant.PresetGuide, tenant.PresetV3} {
		b := newBench(t, known(tenanttest.Settings(t, preset, "token=header", "session-lifespan=30s")))
		b.options.Only = []string{"guide", "session"}
		judged := judge(t.Context(), t, b.options)
		for _, r := range judged.Results {
			if (r.Verdict == smoke.Failed) != (r.ID == "session.lifespan") {
				t.Errorf("%s: %s is %s: %s", preset, r.ID, r.Verdict, r.Note)
			}
		}
		if r := result(t, judged, "session.lifespan"); r.Severity != smoke.Warning || r.Key != "session.lifespan" || !strings.Contains(r.Note, "30s") {
			t.Errorf("%s: session.lifespan is %s %+v", preset, r.Severity, r.Outcome)
		}
	}
}
