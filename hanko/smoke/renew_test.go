package smoke_test

import (
	"testing"
	"time"

	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/tenant"
)

// TestRenewal shows that a run whose session expires signs in again: with a passcode, or with the passkey once there is one.
// The tenant's clock is an hour late at first, as long as its sessions last, and is set right after one of the checks.
func TestRenewal(t *testing.T) {
	for _, test := range []struct {
		after, suite string
		passcode     bool
	}{
		{"session.signature", "session", true},
		{"passkey.signin.iphone", "passkey", false},
	} {
		for _, preset := range []tenant.Preset{tenant.PresetGuide, tenant.PresetV3Passwordless} {
			t.Run(test.suite+" "+string(preset), func(t *testing.T) {
				t.Parallel()
				b := tenantWith(t, preset, "token=header session-lifespan=1h passcodes-per-minute=off")
				b.tenant.SetClock(-time.Hour)
				b.options.Only = []string{test.suite}
				sent := func() (passcodes int) {
					for _, mail := range b.tenant.Inbox().Mails() {
						if mail.Code != "" {
							passcodes++
						}
					}
					return passcodes
				}
				before, expired := 0, false
				judged, err := smoke.Run(t.Context(), b.options, func(event smoke.Event) {
					if event.Ended != nil && event.Ended.ID == test.after {
						b.tenant.SetClock(0)
						before, expired = sent(), true
					}
				})
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range judged.Results {
					if r.Verdict == smoke.Failed {
						t.Errorf("%s is %+v", r.ID, r.Outcome)
					}
				}
				if passcode := sent() > before; !expired || passcode != test.passcode {
					t.Errorf("the session expired: %t, it was renewed with a passcode: %t\n%s", expired, passcode, text(t, judged))
				}
			})
		}
	}
}
