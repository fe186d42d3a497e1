package faultproxy_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/smoke/report"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/faultproxy"
	"example.com/hankosim/internal/tenanttest"
)

// TestSmoke runs smoke checks at a tenant with each fault, which occurs during sign-up: half of the faults over REST, the
// others over flows. Each run ends. None passes if answers did not arrive, and no report has a control character.
func TestSmoke(t *testing.T) {
	for which, at := range []endpoint{
		{tenant.PresetGuide, "POST /passcode/login/finalize", faultproxy.Tokens},
		{tenant.PresetV3Passwordless, "POST /registration?action=verify_passcode", faultproxy.Tokens},
	} {
		t.Run(string(at.preset), func(t *testing.T) {
			t.Parallel()
			for n, fault := range faultproxy.Faults() {
				if n%2 == which && at.meets(fault) {
					smokePast(t, at, fault, n)
				}
			}
		})
	}
}

func smokePast(t *testing.T, at endpoint, fault faultproxy.Fault, n int) {
	settings := tenanttest.Settings(t, at.preset, "passcodes-per-minute=off")
	settings.TokenInHeader = true
	var met atomic.Bool
	served := tenanttest.Serve(t, tenant.Options{Settings: settings}, fault.In(func(r *http.Request) bool {
		if at.matches(r) {
			met.Store(true)
		}
		return at.matches(r)
	}))
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxResponseHeaderBytes = 256 << 10 // as the client's own
	defer transport.CloseIdleConnections()
	calls := &limited{matches: at.matches, stalls: fault.Stalls, next: transport}
	judged, err := smoke.Run(t.Context(), smoke.Options{
		Client: served.Client(t, hanko.Options{Timeout: time.Minute, Transport: calls}), Box: mailbox.FromInbox(served.Inbox()),
		Address: smoke.PlusAddresses(fmt.Sprintf("ada%d@example.com", n)), Only: []string{"guide.signin", "session.me"}, Patience: time.Minute,
	}, func(smoke.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	for _, write := range []func(smoke.Report) error{
		func(r smoke.Report) error { return report.Terminal{Width: 80}.Text(&text, r) },
		func(r smoke.Report) error { return report.JSON(&text, r) },
		func(r smoke.Report) error { return report.HTML(&text, r) },
		func(r smoke.Report) error { return report.JUnit(&text, r) },
	} {
		if err := write(judged); err != nil {
			t.Errorf("%s: %v", fault.Name, err)
		}
	}
	if hanko.PrintableLines(text.String()) != text.String() {
		at := strings.IndexFunc(text.String(), func(r rune) bool { return r != '\n' && hanko.PrintableLines(string(r)) != string(r) })
		t.Errorf("%s: a report has a control character: %q", fault.Name, text.String()[max(0, at-40):min(at+40, text.Len())])
	}
	code := judged.ExitCode()
	switch {
	case !met.Load():
		t.Errorf("%s: it did not occur in the run", fault.Name)
	case (fault.Kind == hanko.TimedOut || fault.Kind == hanko.Broken) && code != smoke.ExitInconclusive:
		t.Errorf("%s: exit code %d, although nothing was observed", fault.Name, code)
	case fault.Kind != 0 && code == smoke.ExitPassed:
		t.Errorf("%s: the run has passed", fault.Name)
	}
}
