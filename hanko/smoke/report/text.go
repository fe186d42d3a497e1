// Package report writes what a smoke run has found, for people and for machines.
package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/smoke"
)

// marks tell a verdict by its sign and its word, not by colour.
var marks = map[smoke.Verdict]string{
	smoke.Passed:       "✓",
	smoke.Failed:       "✗",
	smoke.Skipped:      "–",
	smoke.Inconclusive: "?",
}

// Live returns a listener that tells a run on a terminal or into a log as it goes on. On a terminal the check that is
// under way is shown on a line that its result replaces.
func Live(w io.Writer, terminal bool) func(smoke.Event) {
	suite := smoke.Suite("")
	return func(event smoke.Event) {
		clear := ""
		if terminal {
			clear = "\r\x1b[K"
		}
		switch {
		case event.Talk != "":
			fmt.Fprintf(w, "%s    … %s\n", clear, hanko.Printable(event.Talk))
		case event.Begins != nil:
			if event.Begins.Suite != suite {
				suite = event.Begins.Suite
				fmt.Fprintf(w, "%s%s\n", clear, suite)
			}
			if terminal {
				fmt.Fprintf(w, "  … %s", event.Begins.Title)
			}
		case event.Ended != nil:
			fmt.Fprintf(w, "%s  %s\n", clear, line(*event.Ended))
		}
	}
}

// line is a result in one line.
func line(result smoke.Result) string {
	text := fmt.Sprintf("%s %-26s %s", marks[result.Verdict], result.ID, result.Title)
	if result.Verdict != smoke.Failed && result.Note != "" {
		text += ": " + hanko.Printable(result.Note)
	}
	return text
}

// Text writes a report for a person: the failure to look at first, every failure with its cause, its setting and its
// evidence, and the count.
func Text(w io.Writer, report smoke.Report) error {
	var b strings.Builder
	if first, failed := report.First(); failed {
		fmt.Fprintf(&b, "%s\n\n", Headline(first))
	}
	for _, result := range report.Results {
		if result.Verdict == smoke.Failed {
			failure(&b, result)
		}
	}
	for _, result := range report.Results {
		if result.Verdict == smoke.Inconclusive {
			fmt.Fprintf(&b, "? %s: %s\n", result.ID, hanko.Printable(result.Note))
			if result.Remedy != "" {
				fmt.Fprintf(&b, "    %s\n", hanko.Printable(result.Remedy))
			}
		}
	}
	if report.Interrupted {
		fmt.Fprintln(&b, "Interrupted: this is what was known until then.")
	}
	if len(report.LeftBehind) > 0 {
		fmt.Fprintf(&b, "The tenant does not let users be deleted; left behind: %s\n", strings.Join(report.LeftBehind, ", "))
	}
	fmt.Fprintln(&b, Summary(report))
	_, err := io.WriteString(w, b.String())
	return err
}

// Headline is a failure in one line, the setting to change first.
func Headline(result smoke.Result) string {
	if result.Key == "" {
		return "✗ " + result.ID + ": " + hanko.Printable(result.Note)
	}
	return "✗ " + result.Key + ": " + hanko.Printable(result.Remedy)
}

func failure(b *strings.Builder, result smoke.Result) {
	fmt.Fprintf(b, "✗ %s (%s): %s\n", result.ID, result.Severity, result.Title)
	for _, part := range []struct{ label, text string }{
		{"found", result.Note}, {"cause", result.Cause}, {"change", result.Key}, {"do", result.Remedy}, {"read", result.Docs},
	} {
		if part.text != "" {
			fmt.Fprintf(b, "    %-7s %s\n", part.label, hanko.Printable(part.text))
		}
	}
	if n := len(result.Evidence); n > 0 {
		last := result.Evidence[n-1]
		fmt.Fprintf(b, "    %-7s %s %s → %d %s\n", "wire", last.Method, hanko.Printable(last.Path), last.Status, hanko.Printable(short(last.ResponseBody)))
	}
	b.WriteString("\n")
}

func short(body []byte) string {
	const most = 200
	if len(body) > most {
		return string(body[:most]) + "…"
	}
	return string(body)
}

// Summary counts the verdicts in one line.
func Summary(report smoke.Report) string {
	parts := []string{fmt.Sprintf("%d passed", report.Count(smoke.Passed)), fmt.Sprintf("%d failed", report.Count(smoke.Failed))}
	for _, verdict := range []smoke.Verdict{smoke.Skipped, smoke.Inconclusive} {
		if n := report.Count(verdict); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, verdict))
		}
	}
	return fmt.Sprintf("%s in %s: %s", hanko.Printable(report.Tenant), report.Duration.Round(100*time.Millisecond), strings.Join(parts, ", "))
}

// Compare says where the reports of several tenants differ, check by check.
func Compare(w io.Writer, names []string, reports []smoke.Report) error {
	var b strings.Builder
	differ := 0
	for _, check := range smoke.Catalogue() {
		var verdicts []string
		same := true
		for _, report := range reports {
			verdict := "not run"
			for _, result := range report.Results {
				if result.ID == check.ID {
					verdict = string(result.Verdict)
				}
			}
			same = same && (len(verdicts) == 0 || verdicts[0] == verdict)
			verdicts = append(verdicts, verdict)
		}
		if same {
			continue
		}
		differ++
		fmt.Fprintf(&b, "%-26s", check.ID)
		for i, verdict := range verdicts {
			fmt.Fprintf(&b, "  %s: %s", hanko.Printable(names[i]), verdict)
		}
		b.WriteString("\n")
	}
	if differ == 0 {
		b.WriteString("The tenants do not differ in any check.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
