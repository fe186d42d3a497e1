// Package report writes what a smoke run has found, for people and for machines.
package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
	"example.com/hankosim/hanko/hankoconfig"
	"example.com/hankosim/hanko/smoke"
)

// marks tell a verdict by its sign and its word, not by colour.
var marks = map[smoke.Verdict]string{
	smoke.Passed:       "✓",
	smoke.Failed:       "✗",
	smoke.Skipped:      "–",
	smoke.Inconclusive: "?",
}

var roles = map[smoke.Verdict]Role{
	smoke.Passed:       Good,
	smoke.Failed:       Bad,
	smoke.Skipped:      Muted,
	smoke.Inconclusive: Unclear,
}

// plain makes a tenant's text fit for a line of a log: printable, and no workflow command of a CI server, which may
// stand anywhere in a line, or where a line is broken.
func plain(text string) string {
	return strings.NewReplacer("##[", "# #[", " ::", " : :").Replace(hanko.Printable(text))
}

// Text writes a report for a person: what did not pass, with its cause and what to change, then each suite in a line, what
// the tenant asks of an app, and the count. If nothing is wrong, it begins with the count.
func (t Terminal) Text(w io.Writer, report smoke.Report) error {
	var b strings.Builder
	found := findings(report)
	inform := slices.IndexFunc(found, func(f finding) bool { return informs(f.Result) })
	if inform < 0 {
		inform = len(found)
	}
	for _, f := range found[:inform] {
		t.finding(&b, f)
		b.WriteString("\n")
	}
	if inform == 0 {
		t.summary(&b, report)
		b.WriteString("\n")
	}
	for _, suite := range smoke.Suites() {
		t.suite(&b, report, suite)
	}
	t.facts(&b, report.Facts)
	for _, f := range found[inform:] {
		b.WriteString("\n")
		t.finding(&b, f)
	}
	if len(report.LeftBehind) > 0 {
		b.WriteString("\n")
		t.hang(&b, Normal, "Users that could not be deleted: ", Normal, plain(strings.Join(report.LeftBehind, ", ")))
	}
	if inform > 0 {
		b.WriteString("\n")
		t.summary(&b, report)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t Terminal) summary(b *strings.Builder, report smoke.Report) {
	if report.Interrupted {
		b.WriteString("Interrupted: these are the results so far.\n")
	}
	t.hang(b, Normal, "", Strong, Summary(report))
}

// Headline is a result in one line: what to change and how, or, where there is nothing of the kind, what was found.
func Headline(result smoke.Result) string { return marks[result.Verdict] + " " + headline(result) }

func headline(result smoke.Result) string {
	if result.Key == "" {
		return result.ID + ": " + plain(result.Note)
	}
	return result.Change() + ": " + plain(result.Remedy)
}

// finding writes what to change in the first line, and below it what that is known from.
func (t Terminal) finding(b *strings.Builder, f finding) {
	t.hang(b, roles[f.Verdict], marks[f.Verdict]+" ", Strong, headline(f.Result))
	row := func(label, text string) {
		if text != "" {
			t.hang(b, Muted, fmt.Sprintf("    %-7s ", label), Normal, plain(text))
		}
	}
	last := ""
	for _, result := range f.Checks() {
		row("check", fmt.Sprintf("%s (%s): %s", result.ID, result.Severity, result.Title))
		if f.Key != "" && result.Note != last {
			row("found", result.Note)
		}
		if at, told := decisive(result); at >= 0 && !told {
			exchange := result.Evidence[at]
			row("wire", fmt.Sprintf("%s → %s: %s", callOf(exchange), exchange.Outcome(), decode.Explain(exchange)))
		}
		last = result.Note
	}
	row("cause", f.Cause)
	if f.Key == "" {
		row("do", f.Remedy)
	}
	label := "write"
	for line := range strings.Lines(hankoconfig.YAML(f.Settings)) {
		fmt.Fprintf(b, "    %s%s\n", t.paint(Muted, fmt.Sprintf("%-8s", label)), plain(strings.TrimSuffix(line, "\n")))
		label = ""
	}
	label = "at"
	for _, place := range f.Places {
		row(label, place.String())
		label = ""
	}
	row("read", f.Docs)
	switch f.Blocks {
	case 0:
	case 1:
		row("blocks", "one other check, which was skipped")
	default:
		row("blocks", fmt.Sprintf("%d other checks, which were skipped", f.Blocks))
	}
}

// suite writes how the checks of a suite ended, in one line, and below it why some do not apply. The checks that were
// skipped because of another one are told there.
func (t Terminal) suite(b *strings.Builder, report smoke.Report, suite smoke.Suite) {
	of := ofSuite(report, suite)
	if len(of.Results) == 0 {
		return
	}
	worst := smoke.Skipped
	for _, verdict := range []smoke.Verdict{smoke.Passed, smoke.Inconclusive, smoke.Failed} {
		if slices.ContainsFunc(of.Results, func(r smoke.Result) bool { return r.Verdict == verdict && !informs(r) }) {
			worst = verdict
		}
	}
	t.hang(b, roles[worst], fmt.Sprintf("%s %-10s ", marks[worst], suite), Normal, counts(of))
	for _, result := range of.Results {
		if result.Verdict == smoke.Skipped && len(causes(report, result)) == 0 {
			t.hang(b, Muted, "    "+result.ID+": ", Muted, plain(result.Note))
		}
	}
}

// ofSuite is a report with the results of one suite.
func ofSuite(report smoke.Report, suite smoke.Suite) smoke.Report {
	report.Results = slices.DeleteFunc(slices.Clone(report.Results), func(r smoke.Result) bool { return r.Suite != suite })
	return report
}

// storyText is a failed or inconclusive result on its own.
func storyText(result smoke.Result) string {
	var b strings.Builder
	Terminal{}.finding(&b, finding{Result: result})
	return hanko.PrintableLines(b.String())
}

// Summary counts the verdicts in one line.
func Summary(report smoke.Report) string {
	return fmt.Sprintf("%s in %s: %s", plain(report.Title()), report.Duration.Round(100*time.Millisecond), counts(report))
}

func counts(report smoke.Report) string {
	var parts []string
	for _, t := range tallies(report, smoke.Passed, smoke.Failed, smoke.Skipped, smoke.Inconclusive) {
		parts = append(parts, fmt.Sprintf("%d %s", t.Count, t.Word))
	}
	return strings.Join(parts, ", ")
}

// tally is how many results ended in one way, and the word for it.
type tally struct {
	Verdict smoke.Verdict
	Word    string
	Count   int
}

// tallies counts the results by verdict. What is only reported for information is counted on its own, at the end: it is
// inconclusive by its verdict, but nothing was left unchecked.
func tallies(report smoke.Report, order ...smoke.Verdict) []tally {
	informing := 0
	for _, result := range report.Results {
		if informs(result) {
			informing++
		}
	}
	var all []tally
	for _, verdict := range order {
		n := report.Count(verdict)
		if verdict == smoke.Inconclusive {
			n -= informing
		}
		if n > 0 {
			all = append(all, tally{verdict, string(verdict), n})
		}
	}
	if informing > 0 {
		all = append(all, tally{smoke.Inconclusive, "for information", informing})
	}
	return all
}
