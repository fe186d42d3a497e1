// Package report writes what a smoke run has found, for people and for machines.
package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/smoke"
)

// marks tell a verdict by its sign and its word, not by colour.
var marks = map[smoke.Verdict]string{
	smoke.Passed:       "✓",
	smoke.Failed:       "✗",
	smoke.Skipped:      "–",
	smoke.Inconclusive: "?",
}

// plain makes a tenant's text fit for a line of a log: printable, and no workflow command of a CI server, which may
// stand anywhere in a line.
func plain(text string) string { return strings.ReplaceAll(hanko.Printable(text), "##[", "# #[") }

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
			fmt.Fprintf(w, "%s    … %s\n", clear, plain(event.Talk))
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
	text := fmt.Sprintf("%s %-27s %s", marks[result.Verdict], result.ID, result.Title)
	if result.Verdict != smoke.Failed && result.Note != "" {
		text += ": " + plain(result.Note)
	}
	return text
}

// Text writes a report for a person: what to look at first, every failure and all that was inconclusive with its cause,
// its setting and its evidence, and the count. Inconclusive info checks come after it.
func Text(w io.Writer, report smoke.Report) error {
	var b strings.Builder
	if first, found := report.First(); found {
		fmt.Fprintf(&b, "%s\n\n", Headline(first))
	}
	for _, verdict := range []smoke.Verdict{smoke.Failed, smoke.Inconclusive} {
		for _, result := range report.Results {
			if result.Verdict == verdict && !informs(result) {
				story(&b, result)
			}
		}
	}
	if report.Interrupted {
		fmt.Fprintln(&b, "Interrupted: these are the results so far.")
	}
	if len(report.LeftBehind) > 0 {
		fmt.Fprintf(&b, "Users that could not be deleted: %s\n", plain(strings.Join(report.LeftBehind, ", ")))
	}
	fmt.Fprintf(&b, "%s\n\n", Summary(report))
	facts(&b, report.Facts)
	for _, result := range report.Results {
		if informs(result) {
			story(&b, result)
		}
	}
	_, err := io.WriteString(w, strings.TrimRight(b.String(), "\n")+"\n")
	return err
}

// Headline is a result in one line: what to change and how, or, where there is nothing of the kind, what was found.
func Headline(result smoke.Result) string {
	mark := marks[result.Verdict] + " "
	if result.Key == "" {
		return mark + result.ID + ": " + plain(result.Note)
	}
	return mark + result.Change() + ": " + plain(result.Remedy)
}

// story is a result in a few lines.
func story(b *strings.Builder, result smoke.Result) {
	fmt.Fprintf(b, "%s %s (%s): %s\n", marks[result.Verdict], result.ID, result.Severity, result.Title)
	for _, part := range []struct{ label, text string }{
		{"found", result.Note}, {"cause", result.Cause}, {"change", result.Change()}, {"do", result.Remedy}, {"read", result.Docs},
	} {
		if part.text != "" {
			fmt.Fprintf(b, "    %-7s %s\n", part.label, plain(part.text))
		}
	}
	if n := len(result.Evidence); n > 0 {
		last := result.Evidence[n-1]
		fmt.Fprintf(b, "    %-7s %s %s → %s\n", "wire", last.Method, plain(last.Path), answered(last))
	}
	b.WriteString("\n")
}

// facts is what a tenant asks of an app, with the keys behind it.
func facts(b *strings.Builder, observed []fact.Fact) {
	if len(observed) == 0 {
		return
	}
	b.WriteString("What the tenant asks of an app:\n")
	for _, f := range observed {
		if len(f.Asks) == 0 {
			fmt.Fprintf(b, "    %-25s %s\n", f.Name, strings.Join(factParts(f), "; "))
			continue
		}
		label := string(f.Name)
		for _, ask := range f.Asks {
			fmt.Fprintf(b, "    %-25s %s", label, plain(ask.String()))
			if ask.Key != "" {
				fmt.Fprintf(b, " (%s)", ask.Key)
			}
			b.WriteString("\n")
			label = ""
		}
	}
	b.WriteString("\n")
}

// factParts are the value of a fact with its key, and what else there is to know.
func factParts(f fact.Fact) []string {
	value := plain(f.String())
	if f.Key != "" && f.Known() {
		value += " (" + f.Key + ")"
	}
	if f.Note == "" {
		return []string{value}
	}
	return []string{value, plain(f.Note)}
}

// answered is what came back, in a line.
func answered(exchange hanko.Exchange) string {
	if exchange.Status == 0 {
		return "no answer"
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", exchange.Status, plain(short(exchange.ResponseBody))))
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
	return fmt.Sprintf("%s in %s: %s", plain(report.Tenant), report.Duration.Round(100*time.Millisecond), strings.Join(parts, ", "))
}

// Compare says where the reports of several tenants differ, check by check: in the verdict, or in what is to be changed.
func Compare(w io.Writer, names []string, reports []smoke.Report) error {
	var b strings.Builder
	differ := 0
	for _, check := range smoke.Catalogue() {
		var found []string
		same := true
		for _, report := range reports {
			is := "not run"
			for _, result := range report.Results {
				if result.ID == check.ID {
					is = string(result.Verdict)
					if result.Key != "" {
						is += " (" + result.Change() + ")"
					}
				}
			}
			same = same && (len(found) == 0 || found[0] == is)
			found = append(found, is)
		}
		if same {
			continue
		}
		if differ++; differ == 1 {
			b.WriteString("The tenants differ:\n")
		}
		fmt.Fprintf(&b, "  %-27s", check.ID)
		for i, is := range found {
			fmt.Fprintf(&b, "  %s: %s", plain(names[i]), is)
		}
		b.WriteString("\n")
	}
	if differ == 0 {
		b.WriteString("The tenants have the same results.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
