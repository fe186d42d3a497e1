package report

import (
	"fmt"
	"io"
	"strings"

	"example.com/hankosim/hanko/smoke"
)

// Annotations writes GitHub's workflow commands: an error for each critical failure, a warning for each other one and
// for what could not be judged.
func Annotations(w io.Writer, report smoke.Report) error {
	var b strings.Builder
	for _, result := range report.Results {
		switch {
		case result.Verdict == smoke.Failed && result.Severity == smoke.Critical:
			fmt.Fprintf(&b, "::error title=%s::%s\n", commandProperty(result.ID), commandText(Headline(result)))
		case result.Verdict == smoke.Failed:
			fmt.Fprintf(&b, "::warning title=%s::%s\n", commandProperty(result.ID), commandText(Headline(result)))
		case result.Verdict == smoke.Inconclusive:
			fmt.Fprintf(&b, "::warning title=%s::%s\n", commandProperty(result.ID), commandText(Headline(result)))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func commandText(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(plain(text))
}

func commandProperty(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(commandText(text))
}

// StepSummary writes a report as the Markdown of a GitHub step summary.
func StepSummary(w io.Writer, report smoke.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### hankosim smoke\n\n%s\n\n| | check | what was found |\n|---|---|---|\n", markdown(Summary(report)))
	for _, result := range report.Results {
		found := result.Note
		if result.Verdict == smoke.Failed || result.Verdict == smoke.Inconclusive {
			found = Headline(result)
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", marks[result.Verdict], result.ID, markdown(found))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdown keeps a tenant's text from being read as markup.
func markdown(text string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "&", "&amp;", "<", "&lt;", ">", "&gt;", "[", `\[`, "]", `\]`, "`", "'", "*", `\*`, "_", `\_`).Replace(plain(text))
}
