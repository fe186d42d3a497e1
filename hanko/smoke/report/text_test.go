package report_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clipperhouse/displaywidth"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/smoke/report"
)

// unaware is a report on a tenant that does not know the Android app: two checks have failed for one reason, three depend on
// them, and another fails for its own.
func unaware() smoke.Report {
	origins := smoke.Outcome{
		Verdict: smoke.Failed, Cause: "The tenant does not know the app's origin.", Key: "webauthn.relying_party.origins",
		Remedy: "Add `android:apk-key-hash:gSnqIn4sSJUNXfgEIPwr-LUXfJwIGEnN-Rdh4gPHGdg` to `webauthn.relying_party.origins`.",
	}
	checked := func(id, title string, outcome smoke.Outcome, needs ...string) smoke.Result {
		suite, _, _ := strings.Cut(id, ".")
		return smoke.Result{Check: smoke.Check{ID: id, Suite: smoke.Suite(suite), Title: title, Severity: smoke.Critical, Needs: needs}, Outcome: outcome}
	}
	skipped := func(because string) smoke.Outcome { return smoke.Outcome{Verdict: smoke.Skipped, Note: because} }
	failed := hanko.Exchange{
		Method: "POST", Path: "/webauthn/registration/finalize", Status: http.StatusBadRequest,
		ResponseBody: []byte(`{"code":400,"message":"Error validating origin"}`),
		Err: &hanko.Error{
			Kind: hanko.Refused, Call: "POST /webauthn/registration/finalize", Status: http.StatusBadRequest, Message: "Error validating origin",
			Means: "The tenant refused the passkey.",
		},
	}
	judged := smoke.Report{
		Tenant: "https://hanko.example.com", Duration: 1234 * time.Millisecond,
		Results: []smoke.Result{
			checked("reach.tenant", "A Hanko tenant answers at the URL", smoke.Outcome{Verdict: smoke.Passed, Note: "Hanko v1 or v2"}),
			checked("reach.tls", "The connection is secure", skipped("it is plain http, which is fine on your own machine")),
			checked("passkey.register.android", "An Android app can register a passkey", origins),
			checked("passkey.signin.android", "An Android app can sign in with it", skipped("passkey.register.android has not passed"), "passkey.register.android"),
			checked("passkey.register.device", "The chosen device can register a passkey", origins),
			checked("passkey.signin.device", "The chosen device can sign in with it", skipped("passkey.register.device has not passed"), "passkey.register.device"),
			checked("passkey.listed", "The tenant lists the passkey", skipped("passkey.signin.android has not passed"), "passkey.signin.android"),
			checked("refuse.session.none", "Nobody gets in without a token", smoke.Outcome{
				Verdict: smoke.Failed, Note: "GET /me answers without a token.", Cause: "A cache answers.", Remedy: "Switch the cache off.",
			}),
		},
	}
	judged.Results[2].Note, judged.Results[2].Evidence = failed.Err.Summary(), []hanko.Exchange{failed}
	judged.Results[4].Note, judged.Results[4].Evidence = "No passkey was accepted.", []hanko.Exchange{failed}
	return judged
}

// TestTextTellsOnce shows that a cause of several failures is told once, with what each check has found, and that nothing is
// told again by the exchange.
func TestTextTellsOnce(t *testing.T) {
	want := `✗ webauthn.relying_party.origins: Add ` + "`android:apk-key-hash:gSnqIn4sSJUNXfgEIPwr-LUXfJwIGEnN-Rdh4gPHGdg` to `webauthn.relying_party.origins`" + `.
    check   passkey.register.android (critical): An Android app can register a passkey
    found   POST /webauthn/registration/finalize answered 400, "Error validating origin".
    check   passkey.register.device (critical): The chosen device can register a passkey
    found   No passkey was accepted.
    wire    POST /webauthn/registration/finalize → 400 Bad Request: The tenant did not accept the passkey: the tenant refused the passkey.
    cause   The tenant does not know the app's origin.
    blocks  3 other checks, which were skipped

✗ refuse.session.none: GET /me answers without a token.
    check   refuse.session.none (critical): Nobody gets in without a token
    cause   A cache answers.
    do      Switch the cache off.

✓ reach      1 passed, 1 skipped
    reach.tls: it is plain http, which is fine on your own machine
✗ passkey    2 failed, 3 skipped
✗ refuse     1 failed

https://hanko.example.com in 1.2s: 1 passed, 3 failed, 4 skipped
`
	if got := write(t, report.Terminal{}.Text, unaware()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestTextFitsTheWindow shows that lines are broken where the window ends, in colour too, and that no word is lost.
func TestTextFitsTheWindow(t *testing.T) {
	words := func(text string) string { return strings.Join(strings.Fields(text), "") }
	judged := unaware()
	judged.Results[2].Note += " https://docs.hanko.io/a/page/whose/address/is/longer/than/the/window 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字"
	wide := write(t, report.Terminal{}.Text, judged)
	for _, width := range []int{40, 60, 80, 200} {
		plain := write(t, report.Terminal{Width: width}.Text, judged)
		for line := range strings.Lines(plain) {
			line = strings.TrimSuffix(line, "\n")
			if n := displaywidth.String(line); n > width && !strings.Contains(line, "https://docs") {
				t.Errorf("%d columns: a line has %d: %s", width, n, line)
			}
		}
		if words(plain) != words(wide) {
			t.Errorf("%d columns: something is lost:\n%s", width, plain)
		}
		painted := write(t, report.Terminal{Width: width, Paint: func(role report.Role, text string) string { return fmt.Sprintf("\x1b[%dm%s\x1b[m", role, text) }}.Text, judged)
		if bare := ansiPattern.ReplaceAllString(painted, ""); bare != plain || painted == plain {
			t.Errorf("%d columns: in colour the text is another:\n%s", width, bare)
		}
	}
}

func TestText(t *testing.T) {
	r := sample("what was found")
	got := write(t, report.Terminal{}.Text, r)
	first, _, _ := strings.Cut(got, "\n")
	if first != "✗ account.allow_signup, or email.enabled: what was found" {
		t.Errorf("the first line is %q", first)
	}
	for _, line := range []string{
		"    check   guide.signup (critical): The title of guide.signup\n", "    cause   what was found\n",
		"    wire    POST /users → 403 Forbidden: ", "? passkey.listed: what was found\n", "Users that could not be deleted: ada+",
		"\nhttp://localhost:8000 in 2s: 2 passed, 2 failed, 1 skipped, 1 inconclusive\n",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("the report lacks %q:\n%s", line, got)
		}
	}
	r.Results = r.Results[4:]
	if first, _, _ = strings.Cut(write(t, report.Terminal{}.Text, r), "\n"); first != "? passkey.listed: what was found" {
		t.Errorf("without failures the first line is %q", first)
	}
	r.Results, r.Interrupted = r.Results[1:], true
	if got := write(t, report.Terminal{}.Text, r); !strings.HasPrefix(got, "Interrupted: these are the results so far.\nhttp://localhost:8000 in 2s: 1 passed\n") {
		t.Errorf("where nothing is wrong the report begins so:\n%s", got)
	}
}

// written is what the line's own goroutine and the test's write.
type written struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.Write(p)
}

// take returns what was written since the last call.
func (w *written) take() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.all.Reset()
	return w.all.String()
}

// TestLive shows the line of a terminal: it is drawn again for each check and each second, fits the window, and gives way to
// what others write.
func TestLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b written
		live := report.NewLive(&b, report.Terminal{Width: 40}, 2)
		results := sample("found").Results
		expect := func(what, want string) {
			t.Helper()
			synctest.Wait()
			if got := b.take(); got != want {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
		}
		expect("before the first check", "")
		live.Tell(smoke.Event{Begins: &results[0].Check})
		expect("a check begins", "\r\x1b[K0/2  reach.tenant: The title of reach.…")
		live.Tell(smoke.Event{Ended: &results[0]})
		results[1].Title = "TLS"
		live.Tell(smoke.Event{Begins: &results[1].Check})
		expect("the next check begins", "\r\x1b[K1/2  reach.tls: TLS")
		time.Sleep(1500 * time.Millisecond)
		expect("a second later", "\r\x1b[K1/2  reach.tls: TLS  1s")
		live.Tell(smoke.Event{Talk: "it waits\x1b[2J"})
		expect("there is something to say", "\r\x1b[K… it waits␛[2J\n\r\x1b[K1/2  reach.tls: TLS  1s")
		fmt.Fprint(live, "Passcode: ")
		expect("somebody is asked", "\r\x1b[KPasscode: ")
		time.Sleep(5 * time.Second)
		expect("while they type", "")
		live.Tell(smoke.Event{Begins: &results[1].Check})
		expect("it goes on", "\r\x1b[K1/2  reach.tls: TLS")
		live.End()
		expect("at the end", "\r\x1b[K")
	})
}

// TestLog shows the lines of a log, with the time where it is long.
func TestLog(t *testing.T) {
	r := sample("found")
	r.Results = r.Results[:1]
	r.Results[0].Duration = 2340 * time.Millisecond
	want := "    … found\nreach\n  ✓ reach.tenant                The title of reach.tenant: found (2.3s)\n"
	if got := write(t, log, r); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
