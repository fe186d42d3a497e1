package report

import (
	"slices"
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/smoke"
)

// finding is something to look at: the checks that ended in the same way, for the same reason.
type finding struct {
	smoke.Result                // the first of them
	Others       []smoke.Result // the rest, in order
	Blocks       int            // how many checks were skipped because of these
}

// Checks are all checks of a finding.
func (f finding) Checks() []smoke.Result { return append([]smoke.Result{f.Result}, f.Others...) }

// findings are what did not pass, in the order in which to look at it: critical failures, other failures, what could not
// be judged, and last what only informs. The first is that of report.First.
func findings(report smoke.Report) []finding {
	var found []finding
	for _, wanted := range []func(smoke.Result) bool{
		func(r smoke.Result) bool { return r.Verdict == smoke.Failed && r.Severity == smoke.Critical },
		func(r smoke.Result) bool { return r.Verdict == smoke.Failed },
		func(r smoke.Result) bool { return r.Verdict == smoke.Inconclusive && !informs(r) },
		informs,
	} {
		for _, result := range report.Results {
			if wanted(result) {
				found = gather(found, result)
			}
		}
	}
	for _, result := range report.Results {
		for i := range found {
			causes := causes(report, result)
			if slices.ContainsFunc(found[i].Checks(), func(r smoke.Result) bool { return slices.Contains(causes, r.ID) }) {
				found[i].Blocks++
			}
		}
	}
	return found
}

// gather adds a result to the finding with the same reason, or as a new one, unless it is there already.
func gather(found []finding, result smoke.Result) []finding {
	for i, f := range found {
		if slices.ContainsFunc(f.Checks(), func(r smoke.Result) bool { return r.ID == result.ID }) {
			return found
		}
		alike := f.Verdict == result.Verdict && f.Change() == result.Change() && f.Cause == result.Cause && f.Remedy == result.Remedy &&
			informs(f.Result) == informs(result)
		if alike && (f.Key != "" || f.Note == result.Note) {
			found[i].Others = append(found[i].Others, result)
			return found
		}
	}
	return append(found, finding{Result: result})
}

// causes are the IDs of the checks because of which a check was skipped: those that it needs, and those that they need,
// that have not passed.
func causes(report smoke.Report, result smoke.Result) []string {
	if result.Verdict != smoke.Skipped {
		return nil
	}
	var ids []string
	for _, need := range result.Needs {
		for _, needed := range report.Results {
			if needed.ID == need && needed.Verdict != smoke.Passed {
				ids = append(append(ids, need), causes(report, needed)...)
			}
		}
	}
	return ids
}

// informs reports whether a result is an inconclusive info check, which must not fail a build.
func informs(result smoke.Result) bool {
	return result.Severity == smoke.Info && result.Verdict == smoke.Inconclusive
}

// decisive is the exchange that a person should see: the one that the note is about, else the last one. Told reports
// whether the note says already what came back.
func decisive(result smoke.Result) (at int, told bool) {
	for i, exchange := range slices.Backward(result.Evidence) {
		if exchange.Err != nil && strings.Contains(result.Note, exchange.Err.Summary()) {
			return i, true
		}
	}
	return len(result.Evidence) - 1, false
}

// callOf is what was sent in an exchange, without the ID of the flow that is behind an action's name.
func callOf(exchange hanko.Exchange) string {
	path := exchange.Path
	if exchange.Browser {
		path, _, _ = strings.Cut(path, "?") // what is in the query the explanation tells
	}
	call, _, _ := strings.Cut(exchange.Method+" "+path, "%40")
	return hanko.Printable(call)
}
