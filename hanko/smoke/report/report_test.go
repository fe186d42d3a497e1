package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/smoke/report"
)

// hostile is a tenant's text that wants to be something else, in one format or another.
const hostile = "<script>alert(1)</script> ]]> & \" ' \x1b[2J\x1b]0;owned\a \u009b31m \u202e\ufffe\r\n::error title=owned::here\n##[error]owned\n" +
	"not ok 9 - owned\n1..1\n# TODO nothing\n  ...\n  ---\n| a | b |\n[x](javascript:alert(1)) `code` {{.}} \xff\xfe <img src=http://evil.example/x>"

func exchange(body string) hanko.Exchange {
	return hanko.Exchange{
		Method: "POST", URL: "http://localhost:8000/users", Path: "/users", Status: 403,
		RequestHeader: http.Header{"Content-Type": {"application/json"}}, RequestBody: []byte(`{"email":"ada@example.com"}`),
		ResponseHeader: http.Header{"X-Hostile": {hostile}}, ResponseBody: []byte(body), Duration: 3 * time.Millisecond,
	}
}

// sample is a report with every verdict and severity in it, and a tenant's text wherever a tenant's text can be.
func sample(said string) smoke.Report {
	checked := func(id string, suite smoke.Suite, severity smoke.Severity, outcome smoke.Outcome, evidence ...hanko.Exchange) smoke.Result {
		return smoke.Result{
			Check:   smoke.Check{ID: id, Suite: suite, Severity: severity, Title: "The title of " + id, Docs: "https://docs.hanko.io/quickstarts/mobile"},
			Outcome: outcome, Evidence: evidence, Duration: 1500 * time.Microsecond,
		}
	}
	return smoke.Report{
		Tenant: "http://localhost:8000", Recognised: hanko.Recognition{API: hanko.REST, Found: said, Because: said},
		Started: time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC), Duration: 2 * time.Second, LeftBehind: []string{"ada+" + said + "@example.com"},
		Facts: []fact.Fact{
			fact.Of(fact.RPID, said), fact.OfAsks(fact.SignUpAsks, []fact.Ask{{For: said, Key: "email.optional"}, {For: fact.AskPasskey, Skippable: true}}),
			{Spec: fact.Spec{Name: fact.API}, Values: []string{said}, Note: said},
			fact.NotObserved(fact.TokenAudience, said),
		},
		Results: []smoke.Result{
			checked("reach.tenant", smoke.Reach, smoke.Critical, smoke.Outcome{Verdict: smoke.Passed, Note: said}),
			checked("reach.tls", smoke.Reach, smoke.Critical, smoke.Outcome{Verdict: smoke.Skipped, Note: said}),
			checked("guide.signup", smoke.Guide, smoke.Critical, smoke.Outcome{
				Verdict: smoke.Failed, Note: said, Cause: said, Key: "account.allow_signup", OtherKeys: []string{"email.enabled"}, Remedy: said,
			}, exchange(said), exchange(`{"message":"`+"\u202e"+`"}`)),
			checked("session.delivery", smoke.Session, smoke.Warning, smoke.Outcome{Verdict: smoke.Failed, Note: said}, exchange("")),
			checked("passkey.listed", smoke.Passkey, smoke.Warning, smoke.Outcome{Verdict: smoke.Inconclusive, Note: said, Remedy: said}, exchange(said)),
			checked("refuse.existence", smoke.Refuse, smoke.Info, smoke.Outcome{Verdict: smoke.Passed, Note: said}),
		},
	}
}

// ansiPattern matches what colours text.
var ansiPattern = regexp.MustCompile("\x1b\\[[0-9;]*m")

func write(t *testing.T, format func(io.Writer, smoke.Report) error, r smoke.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := format(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func log(w io.Writer, r smoke.Report) error {
	tell := report.Log(w)
	tell(smoke.Event{Talk: r.Recognised.Found})
	for _, result := range r.Results {
		tell(smoke.Event{Begins: &result.Check})
		tell(smoke.Event{Ended: &result})
	}
	return nil
}

func compare(w io.Writer, r smoke.Report) error {
	return report.Compare(w, []string{r.Recognised.Found, "other"}, []smoke.Report{r, {}})
}

var formats = map[string]func(io.Writer, smoke.Report) error{
	"text": report.Terminal{}.Text, "narrow text": report.Terminal{Width: 40}.Text, "json": report.JSON, "junit": report.JUnit, "tap": report.TAP, "html": report.HTML,
	"annotations": report.Annotations, "step summary": report.StepSummary, "log": log, "compare": compare,
}

// TestHostileText shows that no format lets a tenant's text reach a terminal, or a CI server, as anything but text.
func TestHostileText(t *testing.T) {
	for name, format := range formats {
		t.Run(name, func(t *testing.T) {
			got := write(t, format, sample(hostile))
			if name != "compare" && !strings.Contains(got, "owned") {
				t.Error("the hostile text is not in it, so nothing is shown")
			}
			for _, char := range got {
				if char != '\n' && hanko.PrintableLines(string(char)) != string(char) {
					t.Errorf("it has the character %U", char)
					break
				}
			}
			commands := 0
			for line := range strings.Lines(got) {
				if strings.HasPrefix(strings.TrimSpace(line), "::") {
					commands++
				}
				if strings.Contains(line, "##[error]") && name != "json" && name != "html" && name != "junit" {
					t.Errorf("it has a workflow command: %s", line)
				}
			}
			if want := map[string]int{"annotations": 3}[name]; commands != want && name != "html" && name != "junit" {
				t.Errorf("%d lines are workflow commands, want %d:\n%s", commands, want, got)
			}
		})
	}
}

func TestJUnit(t *testing.T) {
	s := readSchema(t)
	for name, said := range map[string]string{"plain": "what was found", "hostile": hostile, "empty": ""} {
		got := write(t, report.JUnit, sample(said))
		if err := s.validate([]byte(got), "testsuites"); err != nil {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
	if err := s.validate([]byte(write(t, report.JUnit, smoke.Report{})), "testsuites"); err != nil {
		t.Errorf("a report without results: %v", err)
	}
	var read struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Suites   []struct {
			Name  string `xml:"name,attr"`
			Tests int    `xml:"tests,attr"`
			Cases []struct {
				Name    string  `xml:"name,attr"`
				Failure *string `xml:"failure"`
				Error   *string `xml:"error"`
				Skipped *string `xml:"skipped"`
				Out     *string `xml:"system-out"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(write(t, report.JUnit, sample("why"))), &read); err != nil {
		t.Fatal(err)
	}
	if read.Tests != 6 || read.Failures != 2 || read.Errors != 1 || len(read.Suites) != 5 || read.Suites[0].Tests != 2 {
		t.Errorf("the counts are wrong: %+v", read)
	}
	reach := read.Suites[0]
	if reach.Cases[0].Out == nil || *reach.Cases[0].Out != "why" || reach.Cases[1].Out != nil {
		t.Errorf("what was observed in a check that has passed is not its output: %+v", reach)
	}
	if reach.Name != "reach" || reach.Cases[0].Failure != nil || reach.Cases[1].Skipped == nil || *reach.Cases[1].Skipped != "why" {
		t.Errorf("the suite reach is %+v", reach)
	}
	if failure := read.Suites[1].Cases[0].Failure; failure == nil || !strings.Contains(*failure, "account.allow_signup") {
		t.Errorf("guide.signup is %+v", read.Suites[1])
	}
}

func TestTAP(t *testing.T) {
	for name, said := range map[string]string{"plain": "what was found", "hostile": hostile, "empty": ""} {
		got := write(t, report.TAP, sample(said))
		stream, err := parseTAP(got)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, got)
		}
		if len(stream.tests) != 6 || stream.bail != "" {
			t.Errorf("%s: %d tests", name, len(stream.tests))
		}
		for i, want := range []struct {
			id        string
			ok        bool
			directive string
		}{
			{"reach.tenant", true, ""},
			{"reach.tls", true, "SKIP"},
			{"guide.signup", false, ""},
			{"session.delivery", false, ""},
			{"passkey.listed", false, ""},
			{"refuse.existence", true, ""},
		} {
			test := stream.tests[i]
			if !strings.HasPrefix(test.description, want.id+" ") || test.ok != want.ok || test.directive != want.directive {
				t.Errorf("%s: test %d is %+v, want %+v", name, i+1, test, want)
			}
			if (len(test.yaml) > 0) == want.ok {
				t.Errorf("%s: test %d has the YAML %q", name, i+1, test.yaml)
			}
			for _, line := range test.yaml { // each is a key and a JSON string, which is YAML too
				_, value, found := strings.Cut(line, ": ")
				var decoded string
				if !found || json.Unmarshal([]byte(value), &decoded) != nil {
					t.Errorf("%s: test %d has the YAML line %q", name, i+1, line)
				}
			}
		}
	}
	interrupted := sample("found")
	interrupted.Interrupted = true
	if stream, err := parseTAP(write(t, report.TAP, interrupted)); err != nil || stream.bail == "" {
		t.Errorf("an interrupted run does not bail out: %v", err)
	}
	for _, check := range smoke.Catalogue() {
		if strings.ContainsAny(check.ID+check.Title, "#\n") {
			t.Errorf("%s would be read as a directive", check.ID)
		}
	}
}

func TestCompare(t *testing.T) {
	a, b := sample("x"), sample("x")
	got := func(reports ...smoke.Report) string {
		return write(t, func(w io.Writer, _ smoke.Report) error {
			return report.Compare(w, []string{"staging", "production"}, reports)
		}, a)
	}
	if same := got(a, b); !strings.Contains(same, "have the same results") {
		t.Errorf("two equal tenants: %s", same)
	}
	b.Results = slices.Clone(b.Results)
	b.Results[0].Verdict = smoke.Failed
	b.Results[2].Key = "mfa.enabled"
	b.Results = b.Results[:5]
	want := "The tenants differ:\n" +
		"  reach.tenant                 staging: passed  production: failed\n" +
		"  guide.signup                 staging: failed (account.allow_signup, or email.enabled)  production: failed (mfa.enabled, or email.enabled)\n" +
		"  refuse.existence             staging: passed  production: not run\n"
	if differ := got(a, b); differ != want {
		t.Errorf("got\n%swant\n%s", differ, want)
	}
}

// An info check fails no build: the exit code is 0, and no format calls it an error.
func TestInformationFailsNoBuild(t *testing.T) {
	r := smoke.Report{Results: []smoke.Result{{
		Check:   smoke.Check{ID: "refuse.crashes", Suite: smoke.Refuse, Severity: smoke.Info},
		Outcome: smoke.Outcome{Verdict: smoke.Inconclusive, Note: "odd"},
	}}}
	if junit := write(t, report.JUnit, r); strings.Contains(junit, "<error") || !strings.Contains(junit, `errors="0"`) || !strings.Contains(junit, "odd") {
		t.Errorf("JUnit:\n%s", junit)
	}
	if first, _, _ := strings.Cut(write(t, report.Terminal{}.Text, r), "\n"); strings.HasPrefix(first, "?") {
		t.Errorf("the report is headed by %q", first)
	}
	if tap := write(t, report.TAP, r); strings.Contains(tap, "not ok") || !strings.Contains(tap, "# SKIP odd") {
		t.Errorf("TAP:\n%s", tap)
	}
}

// A request of the person's browser is no call that failed: each report with evidence says what the browser did, and the JSON
// that it was the browser.
func TestBrowserInReports(t *testing.T) {
	judged := sample("what was found")
	judged.Results[2].Evidence = []hanko.Exchange{{
		Browser: true, Method: "GET", URL: "http://provider.test/authorize?state=s", Path: "http://provider.test/authorize?state=s",
	}}
	judged.Results = judged.Results[2:3]
	for name, writer := range map[string]func(io.Writer, smoke.Report) error{"text": report.Terminal{}.Text, "HTML": report.HTML} {
		written := write(t, writer, judged)
		if strings.Contains(written, "no answer") || !strings.Contains(written, "sent to the browser") || !strings.Contains(written, "to the sign-in at provider.test") {
			t.Errorf("%s: %s", name, written)
		}
	}
	var read report.Document
	written := []byte(write(t, report.JSON, judged))
	if err := json.Unmarshal(written, &read); err != nil || !read.Checks[0].Evidence[0].Browser {
		t.Errorf("JSON: %v %s", err, written)
	}
	if err := validate(reportSchema(t, report.Version), written); err != nil {
		t.Error(err)
	}
}
