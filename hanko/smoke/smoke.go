// Package smoke checks a tenant's configuration without a person: it signs in as an app would, tries what must be refused,
// and says which setting to change. A check passes only on what was observed.
package smoke

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/hankoconfig"
	"example.com/hankosim/hanko/mailbox"
)

// Suite is a group of checks with one purpose.
type Suite string

// The suites, in the order in which they are run.
const (
	Reach      Suite = "reach"      // the URL, TLS, health, which API
	Guide      Suite = "guide"      // signing up, and signing in again
	Session    Suite = "session"    // the token, how it is delivered, and that logging out revokes it
	Passkey    Suite = "passkey"    // register and sign in as iPhone and as Android phone
	Native     Suite = "native"     // what a real phone checks before it shows a passkey sheet
	ThirdParty Suite = "thirdparty" // signing in with a third party
	Refuse     Suite = "refuse"     // what the tenant must refuse
	Limits     Suite = "limits"     // rate limits and lock-outs; only on request, because it uses them up
	Expect     Suite = "expect"     // what is expected of the tenant's facts; it runs last, and is no part of the catalogue
)

// Suites returns all suites in order.
func Suites() []Suite {
	return []Suite{Reach, Guide, Session, Passkey, Native, ThirdParty, Refuse, Limits, Expect}
}

// Severity is how much a failed check matters.
type Severity string

// The severities.
const (
	Critical Severity = "critical" // the app cannot sign in, or somebody else can
	Warning  Severity = "warning"  // it affects some phones or some people
	Info     Severity = "info"     // it only reports something; it cannot fail
)

// Verdict is how a check ended.
type Verdict string

// The verdicts.
const (
	Passed       Verdict = "passed"
	Failed       Verdict = "failed"
	Skipped      Verdict = "skipped"      // not run, because a check that it needs has not passed, or because it does not apply
	Inconclusive Verdict = "inconclusive" // run without a result: no mail arrived, the tenant asked to wait
)

// Check is something to check.
type Check struct {
	ID       string // stable: "passkey.register.android"
	Suite    Suite
	Title    string
	Proves   string // what a pass proves
	Severity Severity
	Docs     string   // Hanko's documentation; may be ""
	Needs    []string // the IDs of the checks that must pass first
	run      func(ctx context.Context, r *run) Outcome
}

// Outcome is the result of a check.
type Outcome struct {
	Verdict Verdict
	Note    string // for a person: what was observed, or why nothing was
	Cause   string // of a failure: the likely cause
	Key     string // of a failure: what to change, a key of Hanko's configuration or one of the Keys below; may be ""
	Remedy  string // of a failure: what to do

	OtherKeys []string // of a failure: what else it may be, as Key, the likelier first

	Settings []hankoconfig.Setting // of a failure: what to write into Hanko's configuration; nil if that is not known
	Places   []hankoconfig.Place   // where Key and OtherKeys are in the file of Options.HankoConfig

	err error // what the outcome was made of, until the whole run has been looked at; nil where it was no error
}

// Values of an Outcome's Key for things that are not in the tenant's configuration.
const (
	KeyURL         = "url"                        // hankosim's own: the tenant is at another URL
	KeyAPI         = "api"                        // hankosim's own: the tenant does not speak it
	KeyCertificate = "certificate"                // of the server, or its chain
	KeyClock       = "clock"                      // the tenant's, or this machine's
	KeyAssetLinks  = "assetlinks.json"            // on the RP ID's domain
	KeyAppleFile   = "apple-app-site-association" // on the RP ID's domain
)

// Result is a check's outcome with its evidence.
type Result struct {
	Check
	Outcome
	Evidence []hanko.Exchange // masked, in order
	Duration time.Duration
}

// Options configures a run.
type Options struct {
	Client   *hanko.Client
	API      hanko.API                  // "" finds out
	Box      mailbox.Box                // where passcodes arrive; without it, checks that need a session are inconclusive
	Address  func(n int) string         // returns the nth address to sign up with, as PlusAddresses does
	Email    string                     // of a user that may exist, to sign in as if sign-up is off; "" for none
	Apps     []authenticator.AndroidApp // by each of its signing certificates, whose origins the tenant should take; none skips what needs it
	Device   authenticator.Profile      // a device to check besides an iPhone and an Android phone; the zero value is none
	AppleID  string                     // TEAMID.bundle.id of the iOS app; "" skips what needs it
	Only     []string                   // IDs or suites to run, with what they need; nil means all except Limits
	Skip     []string                   // IDs or suites not to run; checks that need them are skipped
	Embedded bool                       // the tenant is the embedded one, and ends with the run; nobody needs to be deleted
	Patience time.Duration              // how long to wait for a mail; 0 means 30 s
	HTTP     *http.Client               // for the association files on the RP ID's domain; nil means a default one
	Admin    *Admin                     // deletes the users of the run; nil uses the tenant's public API
	Expect   []fact.Expectation         // what the facts must be; each is a result of the suite Expect

	ReturnAddress string            // where hankosim listens for browsers that come back from a third party; "" is any free port of this machine
	RedirectTo    []string          // the app's own addresses, which the tenant should let browsers come back to; nil means ReturnAddress
	Browser       http.RoundTripper // what browsers go through; nil means a usual one

	HankoConfig *hankoconfig.File // Hanko's configuration, to say where a key is; may be nil
}

// Event reports the progress of a run: a check starts or ends, or there is something to say (Talk).
type Event struct {
	Begins *Check
	Ended  *Result
	Talk   string
}

// Report is the result of a run.
type Report struct {
	Tenant      string // its base URL
	Embedded    bool   // the tenant has ended with the run
	Recognised  hanko.Recognition
	Started     time.Time
	Duration    time.Duration
	Results     []Result
	Facts       []fact.Fact // all of the catalogue, in order, observed or not
	LeftBehind  []string    // the addresses of users that could not be deleted
	Interrupted bool
}

// Title returns the tenant's URL, with a word about the embedded tenant, whose URL is a new one each time.
func (r Report) Title() string {
	if r.Embedded {
		return r.Tenant + " (embedded tenant)"
	}
	return r.Tenant
}

// Count returns how many checks ended with a verdict.
func (r Report) Count(verdict Verdict) int {
	n := 0
	for _, result := range r.Results {
		if result.Verdict == verdict {
			n++
		}
	}
	return n
}

// First returns the result that a person should look at first: the first critical failure, or else the first failure, or else
// the first inconclusive check. What is reported for information alone is never that: it changes no exit code.
func (r Report) First() (Result, bool) {
	for _, wanted := range []func(Result) bool{
		func(r Result) bool { return r.Verdict == Failed && r.Severity == Critical },
		func(r Result) bool { return r.Verdict == Failed },
		func(r Result) bool { return r.Verdict == Inconclusive && r.Severity != Info },
	} {
		if at := slices.IndexFunc(r.Results, wanted); at >= 0 {
			return r.Results[at], true
		}
	}
	return Result{}, false
}

// Catalogue returns all checks in the order in which they run.
func Catalogue() []Check {
	return slices.Concat(reachChecks(), guideChecks(), sessionChecks(), passkeyChecks(), nativeChecks(), thirdPartyChecks(), refuseChecks(), limitsChecks())
}

// SelectionError is the error of a word in Only or Skip that names neither a check nor a suite.
type SelectionError struct{ Word string }

// Error names the word, and says where to find the right ones.
func (e *SelectionError) Error() string {
	return fmt.Sprintf("%q is neither a check nor a suite. `hankosim smoke --list` lists them", e.Word)
}

// Select returns the checks in only (nil means all except Limits) and those that they need, without those in skip. It fails
// with a *SelectionError.
func Select(only, skip []string) ([]Check, error) {
	all := Catalogue()
	for _, word := range slices.Concat(only, skip) {
		if !slices.ContainsFunc(all, func(c Check) bool { return c.named(word) }) {
			return nil, &SelectionError{word}
		}
	}
	wanted := map[string]bool{}
	var want func(id string)
	want = func(id string) {
		for _, check := range all {
			if check.ID == id && !wanted[id] {
				wanted[id] = true
				for _, need := range check.Needs {
					want(need)
				}
			}
		}
	}
	for _, check := range all {
		chosen := only == nil && check.Suite != Limits || slices.ContainsFunc(only, check.named)
		if chosen && !slices.ContainsFunc(skip, check.named) {
			want(check.ID)
		}
	}
	return slices.DeleteFunc(all, func(c Check) bool { return !wanted[c.ID] || slices.ContainsFunc(skip, c.named) }), nil
}

// named reports whether a word names the check: its ID, its suite, or the start of its ID up to a dot.
func (c Check) named(word string) bool {
	return c.ID == word || string(c.Suite) == word || len(word) < len(c.ID) && c.ID[:len(word)] == word && c.ID[len(word)] == '.'
}

// Run checks a tenant. It calls tell on the calling goroutine. If ctx is cancelled, Run reports the results so far; if its
// deadline passes, the remaining checks are inconclusive. It fails only with a *SelectionError.
func Run(ctx context.Context, options Options, tell func(Event)) (Report, error) {
	checks, err := Select(options.Only, options.Skip)
	if err != nil {
		return Report{}, err
	}
	r := newRun(options, tell)
	report := Report{Tenant: options.Client.BaseURL(), Embedded: options.Embedded, Started: time.Now()}
	verdicts := map[string]Verdict{}
	for _, check := range checks {
		if errors.Is(ctx.Err(), context.Canceled) {
			break
		}
		tell(Event{Begins: &check})
		result := r.judge(ctx, check, verdicts)
		verdicts[check.ID] = result.Verdict
		report.Results = append(report.Results, result)
		tell(Event{Ended: &result})
	}
	report.Interrupted = errors.Is(ctx.Err(), context.Canceled)
	report.Recognised = r.recognised
	report.Facts = r.allFacts(report.Results)
	if !report.Interrupted {
		for _, result := range expectations(options.Expect, report.Facts, report.Results) {
			result.Outcome = r.located(result.Outcome)
			tell(Event{Begins: &result.Check})
			report.Results = append(report.Results, result)
			tell(Event{Ended: &result})
		}
	}
	if !options.Embedded {
		report.LeftBehind = r.cleanUp(context.WithoutCancel(ctx))
	}
	report.Duration = time.Since(report.Started)
	return report, nil
}

// judge runs a check, unless one that it needs has not passed, or time is up.
func (r *run) judge(ctx context.Context, check Check, verdicts map[string]Verdict) Result {
	result := Result{Check: check}
	for _, need := range check.Needs {
		switch verdict, run := verdicts[need]; {
		case !run:
			result.Outcome = skip("%s was not run", need)
			return result
		case verdict != Passed:
			result.Outcome = skip("%s has not passed", need)
			return result
		}
	}
	if ctx.Err() != nil {
		result.Outcome = outOfTime(ctx)
		return result
	}
	r.renew(ctx)
	before, start := r.client.Log().Len(), time.Now()
	result.Outcome = r.located(r.reconsider(ctx, check.run(ctx, r)))
	result.Duration = time.Since(start)
	switch {
	case ctx.Err() != nil && result.Verdict != Passed:
		result.Outcome = outOfTime(ctx)
	case check.Severity == Info && result.Verdict == Failed:
		result.Verdict = Inconclusive // it cannot fail
	}
	exchanges := r.client.Log().From(before)
	for _, exchange := range exchanges {
		r.secrets.Learn(exchange)
	}
	for _, exchange := range exchanges {
		result.Evidence = append(result.Evidence, r.secrets.Exchange(exchange))
	}
	for _, text := range []*string{&result.Note, &result.Cause, &result.Remedy} {
		*text = r.secrets.Text(*text)
	}
	return result
}

func outOfTime(ctx context.Context) Outcome {
	if errors.Is(ctx.Err(), context.Canceled) {
		return Outcome{Verdict: Inconclusive, Note: "interrupted"}
	}
	return Outcome{
		Verdict: Inconclusive, Note: "the time for the whole run was up",
		Remedy: "Give the run more time with --timeout, or run fewer checks with --only.",
	}
}

// The outcomes.

func pass(note string, args ...any) Outcome {
	return Outcome{Verdict: Passed, Note: fmt.Sprintf(note, args...)}
}

func skip(why string, args ...any) Outcome {
	return Outcome{Verdict: Skipped, Note: fmt.Sprintf(why, args...)}
}

func fail(note, cause, key, remedy string) Outcome {
	return Outcome{Verdict: Failed, Note: note, Cause: cause, Key: key, Remedy: remedy}
}

// unknown returns the outcome of a check without a result.
func unknown(why string, args ...any) Outcome {
	return Outcome{Verdict: Inconclusive, Note: fmt.Sprintf(why, args...)}
}
