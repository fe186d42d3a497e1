package smoke

import (
	"fmt"
	"slices"
	"strings"

	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/hankoconfig"
)

// expectations returns a result for each expectation, once all checks have run.
func expectations(expected []fact.Expectation, facts []fact.Fact, results []Result) []Result {
	var judged []Result
	for _, expectation := range expected {
		at := slices.IndexFunc(facts, func(f fact.Fact) bool { return f.Name == expectation.Name })
		if at < 0 {
			continue // no fact of the catalogue: ReadExpectations does not let it through
		}
		judged = append(judged, Result{
			Check: Check{
				ID: "expect." + string(expectation.Name), Suite: Expect, Severity: Critical,
				Title: string(expectation.Name) + " is as expected", Proves: "the tenant is the one that the app was built for",
			},
			Outcome: compare(expectation, facts[at], results),
		})
	}
	return judged
}

// keyOfPasskeys is the key of a tenant without passkeys. That may be intended, and is inconclusive for the passkey checks; but what
// is expected of passkeys is missing there.
const keyOfPasskeys = "passkey.enabled"

// compare judges one expectation. A fact that the run could not observe because something was inconclusive is no failure: nobody
// knows whether it is as expected.
func compare(expected fact.Expectation, observed fact.Fact, results []Result) Outcome {
	if expected.Met(observed) {
		return pass("it is %s", observed)
	}
	outcome := Outcome{
		Verdict: Failed, Note: fmt.Sprintf("%s is %s, not %s.", expected.Name, observed, expected),
		Cause:  "The tenant is not as it was when the expectation was written.",
		Remedy: "Change the tenant back; or, if this is intended, change the app and the expectation (--write-expect writes it).",
	}
	if keys := expected.Keys(observed); len(keys) > 0 {
		outcome.Key, outcome.OtherKeys = keys[0], keys[1:]
	}
	if expected.Name != fact.GuideAlone { // else the key says it all
		outcome.Settings = append([]hankoconfig.Setting{}, expected.Settings(observed)...)
	}
	if observed.Known() {
		return outcome
	}
	outcome.Note = fmt.Sprintf("%s must be %s, and was not observed: %s.", expected.Name, expected, strings.TrimSuffix(observed.Unknown, "."))
	outcome.Cause = ""
	switch cause, found := rootOf(observedBy[expected.Name], results); {
	case found && cause.Verdict == Inconclusive && cause.Key != keyOfPasskeys:
		outcome.Verdict = Inconclusive
		outcome.Remedy = "See " + cause.ID + "."
	case found && cause.ID == "reach.tenant":
		return skip("no tenant was found")
	case found && (cause.Verdict == Failed || cause.Key == keyOfPasskeys):
		outcome.Remedy = "See " + cause.ID + "."
		if cause.Key != "" {
			outcome.OtherKeys = slices.DeleteFunc(append([]string{outcome.Key}, outcome.OtherKeys...), func(key string) bool { return key == cause.Key })
			outcome.Key, outcome.Settings = cause.Key, nil // what to write for that key
		}
	}
	return outcome
}

// rootOf returns the check because of which another one has no result: the one itself, or the first of those it needs that has
// not passed.
func rootOf(id string, results []Result) (Result, bool) {
	at := slices.IndexFunc(results, func(r Result) bool { return r.ID == id })
	if at < 0 {
		return Result{}, false
	}
	for _, need := range results[at].Needs {
		root, found := rootOf(need, results)
		if found && root.Verdict != Passed {
			return root, true
		}
	}
	return results[at], true
}
