package smoke_test

import (
	"context"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/tenant"
)

// row is one of docs/misconfigurations.md or docs/valid-tenants.md.
type row struct {
	what  string
	build []string // name=value
	names string
}

var (
	tableRow = regexp.MustCompile("^\\| ([^|`]+) \\| ((?:`[^`|]+` ?)+) \\| `([^`|]+)` \\|$")
	quoted   = regexp.MustCompile("`([^`]+)`")
)

// rowsOf reads a table of the documentation.
func rowsOf(t *testing.T, name string) []row {
	t.Helper()
	page, err := os.ReadFile("../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	_, table, found := strings.Cut(string(page), "|---|---|---|\n")
	if !found {
		t.Fatal("the page has no table")
	}
	for line := range strings.Lines(table) {
		cells := tableRow.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if cells == nil {
			t.Fatalf("this is no row of the table: %s", line)
		}
		found := row{what: cells[1], names: cells[3]}
		for _, word := range quoted.FindAllStringSubmatch(cells[2], -1) {
			found.build = append(found.build, word[1])
		}
		same := func(other row) bool { return slices.Equal(other.build, found.build) }
		if slices.ContainsFunc(rows, same) {
			t.Fatalf("two rows are built by %q", found.build)
		}
		rows = append(rows, found)
	}
	return rows
}

// scene is what a row's words build.
type scene struct {
	tenant      tenant.Options
	base        string // "": the tenant's own
	api         hanko.API
	only        []string
	mailbox     string
	device      authenticator.Profile
	time        time.Duration
	proxies     []func(http.Handler) http.Handler
	certificate string
	site        site
	redirectTo  []string
	page        string // what a browser finds at the third party; "" is the provider's page
	expect      []fact.Expectation
}

func (s *scene) say(t *testing.T, word string) {
	t.Helper()
	name, value, _ := strings.Cut(word, "=")
	var err error
	switch name {
	case "preset":
		s.tenant.Settings, err = tenant.Preset(value).Settings()
		s.tenant.Settings.TokenInHeader = true
	case "api":
		s.api = hanko.API(value)
	case "only":
		s.only = []string{value}
	case "android":
		s.tenant.Origins = nil
	case "clock":
		var off time.Duration
		off, err = time.ParseDuration(value)
		s.tenant.Now = func() time.Time { return time.Now().Add(off) }
	case "device":
		s.device, err = authenticator.NamedProfile(value, app, "")
	case "mails":
		var looks atomic.Int64 // the tenant's clock goes on by a second with each look at it
		s.tenant.Now = func() time.Time { return time.Now().Add(time.Duration(looks.Add(1)) * time.Second) }
	case "mailbox":
		s.mailbox = value
	case "redirect-to":
		s.redirectTo = []string{value}
	case "page":
		s.page = value
	case "expect":
		s.expect, err = fact.ParseExpectations([]byte("expect: {" + value + "}"))
	case "time":
		s.time, err = time.ParseDuration(value)
	case "url":
		s.base = value
	case "proxy":
		proxy, there := proxies[value]
		if !there {
			t.Fatalf("there is no proxy %q", value)
		}
		s.proxies = append(s.proxies, proxy)
	case "certificate":
		s.certificate = value
	case "assetlinks":
		s.site.assetLinks = value
	case "apple":
		s.site.apple = value
	default:
		err = s.tenant.Settings.Set(name, value)
	}
	if err != nil {
		t.Fatalf("%s: %v", word, err)
	}
}

// options are those of a run on the scene.
func (s *scene) options(t *testing.T) smoke.Options {
	t.Helper()
	// What is right where nothing is said, so that a row has one thing wrong.
	if s.tenant.Settings.Attestation == "" {
		s.tenant.Settings.Attestation = "none"
	}
	b := newBench(t, s.tenant, s.proxies...)
	// The forgeries take the most time, and are shown elsewhere.
	b.options.API, b.options.Only = s.api, s.only
	b.options.Skip = []string{"refuse.strictness", "refuse.assertion.forged", "refuse.attestation.forged"}
	b.options.HTTP = s.site.serve(t)
	if s.base != "" {
		b.options.Client = newClient(t, s.base, inMemory{b.tenant.Handler()})
	}
	if s.certificate != "" {
		b.options.Client = newClient(t, "https://"+tenantHost, tenantOverTLS(t, b.tenant.Handler(), s.certificate))
	}
	b.options.Device, b.options.RedirectTo, b.options.Expect = s.device, s.redirectTo, s.expect
	if s.page != "" {
		b.options.Browser = pageOf{b.options.Browser, s.page}
	}
	switch s.mailbox {
	case "broken":
		b.options.Box = brokenBox{b.options.Box, &mailbox.Error{Kind: mailbox.CredentialsRefused, Box: "the mailbox", Problem: "the mailbox refuses the password"}}
	case "no-code":
		b.options.Box = brokenBox{b.options.Box, &mailbox.NoMailError{Subject: "Welcome", Err: &mailbox.Error{Kind: mailbox.NoCode, Problem: "the mail has no code"}}}
	case "two-codes":
		b.options.Box = brokenBox{b.options.Box, &mailbox.NoMailError{Subject: "Welcome", Err: &mailbox.Error{Kind: mailbox.TiedCodes, Problem: "the mail has two codes"}}}
	case "none":
		b.options.Box = nil
	case "other":
		b.options.Box, b.options.Patience = mailbox.FromInbox(mailbox.NewInbox()), 50*time.Millisecond
	}
	return b.options
}

// pageOf is what a browser reaches, with another page at the third party.
type pageOf struct {
	http.RoundTripper
	kind string
}

func (p pageOf) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case !strings.HasSuffix(r.URL.Path, "/authorize"):
		return p.RoundTripper.RoundTrip(r)
	case p.kind == "another":
		return inMemory{answers(http.StatusOK, "text/html", "<title>Sign in - Google Accounts</title>")}.RoundTrip(r)
	default:
		return noNetwork{}.RoundTrip(r)
	}
}

// brokenBox is a mailbox that fails.
type brokenBox struct {
	mailbox.Box
	err error
}

func (b brokenBox) Passcode(context.Context, mailbox.Want) (string, error) { return "", b.err }

func newScene() scene {
	return scene{
		tenant: tenant.Options{
			Settings: tenant.Settings{TokenInHeader: true},
			Origins:  []string{authenticator.Android(app).Origin(""), "http://localhost:8888"},
			Hosts:    []string{tenantHost},
		},
	}
}

// TestMisconfigurations runs every row of the documentation's table, and reads the first line of its report.
func TestMisconfigurations(t *testing.T) {
	rows := rowsOf(t, "misconfigurations.md")
	if len(rows) < 90 {
		t.Errorf("the table has %d rows", len(rows))
	}
	for _, row := range rows {
		t.Run(row.what, func(t *testing.T) {
			t.Parallel()
			misconfigured(t, row)
		})
	}
}

// misconfigured runs a row, and reads the first line of its report.
func misconfigured(t *testing.T, row row) {
	t.Helper()
	s := newScene()
	for _, word := range row.build {
		s.say(t, word)
	}
	ctx := t.Context()
	if s.time > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.time)
		defer cancel()
	}
	judged := judge(ctx, t, s.options(t))
	told := text(t, judged)
	first, _, _ := strings.Cut(told, "\n")
	_, named, _ := strings.Cut(first, " ")
	if !strings.HasPrefix(named, row.names+": ") && !strings.HasPrefix(named, row.names+", or ") {
		t.Errorf("the first line is not about %s:\n%s", row.names, told)
	}
	contradictions(t, judged)
	if code := judged.ExitCode(); code == smoke.ExitPassed {
		t.Error("the exit code is 0")
	}
	for _, r := range judged.Results {
		if r.Verdict == smoke.Failed && (r.Note == "" || r.Cause == "" || r.Remedy == "") {
			t.Errorf("%s failed and does not say what was found, its cause, or what to do: %+v", r.ID, r.Outcome)
		}
	}
}

// contradictions holds that no advice of a report is at odds with what the same report has seen to work.
func contradictions(t *testing.T, judged smoke.Report) {
	t.Helper()
	// What has passed shows that these are not to be changed.
	proofs := map[string][]string{
		"guide.signup":            {"account.allow_signup", "email_delivery.smtp", "email_delivery.enabled", "email_delivery.from_address", "email.enabled", "mfa.enabled", "session.enable_auth_token_header"},
		"passkey.register.":       {"passkey.enabled"},
		"passkey.signin.":         {"passkey.enabled", "webauthn.relying_party.id"},
		"native.rpid":             {"webauthn.relying_party.id"},
		"native.attestation":      {"passkey.attestation_preference"},
		"native.assetlinks":       {smoke.KeyAssetLinks},
		"native.apple":            {smoke.KeyAppleFile},
		"session.signature":       {"secrets.keys"},
		"session.logout":          {"session.server_side.enabled"},
		"refuse.passcode.foreign": {"rate_limiter.store"},
	}
	for _, good := range judged.Results {
		if good.Verdict != smoke.Passed {
			continue
		}
		for id, keys := range proofs {
			if !strings.HasPrefix(good.ID, id) {
				continue
			}
			for _, bad := range judged.Results {
				if bad.Severity == smoke.Info {
					continue // it says how the tenant is, not what to change
				}
				for _, key := range append([]string{bad.Key}, bad.OtherKeys...) {
					if key == "email.enabled" && len(bad.OtherKeys) > 0 && bad.OtherKeys[0] == "email.acquire_on_registration" {
						continue // it is about users without an address, who have signed up
					}
					if slices.Contains(keys, key) {
						t.Errorf("%s advises to change %s (%s), and %s has passed: %s", bad.ID, key, bad.Remedy, good.ID, good.Note)
					}
				}
			}
		}
	}
}

// TestRightScene shows that the scene of the table has nothing wrong where a row says nothing, on a domain of its own
// with both of its files: else the rows would prove little.
func TestRightScene(t *testing.T) {
	for _, preset := range []string{"guide", "v3"} {
		s := newScene()
		s.say(t, "preset="+preset)
		s.say(t, "rp-id=app.example.test")
		judged := judge(t.Context(), t, s.options(t))
		if judged.ExitCode() != smoke.ExitPassed {
			t.Errorf("%s: exit code %d:\n%s", preset, judged.ExitCode(), text(t, judged))
		}
		for _, id := range []string{"native.rpid", "native.assetlinks", "native.apple", "native.attestation"} {
			if r := result(t, judged, id); r.Verdict != smoke.Passed {
				t.Errorf("%s: %s is %s: %s", preset, id, r.Verdict, r.Note)
			}
		}
	}
}
