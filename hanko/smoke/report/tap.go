package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"example.com/hankosim/hanko/smoke"
)

// TAP writes a report in the Test Anything Protocol, version 13.
func TAP(w io.Writer, report smoke.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "TAP version 13\n1..%d\n", len(report.Results))
	for i, result := range report.Results {
		name := fmt.Sprintf("%d - %s %s", i+1, result.ID, result.Title)
		switch {
		case result.Verdict == smoke.Passed:
			fmt.Fprintf(&b, "ok %s\n", name)
		case result.Verdict == smoke.Skipped, informs(result):
			fmt.Fprintf(&b, "ok %s # SKIP %s\n", name, plain(result.Note))
		default:
			fmt.Fprintf(&b, "not ok %s\n  ---\n", name)
			for _, part := range [][2]string{
				{"verdict", string(result.Verdict)},
				{"severity", string(result.Severity)},
				{"message", result.Note},
				{"cause", result.Cause},
				{"key", result.Change()},
				{"remedy", result.Remedy},
				{"docs", result.Docs},
			} {
				if part[1] != "" {
					quoted, _ := json.Marshal(plain(part[1])) // a JSON string is a YAML one
					fmt.Fprintf(&b, "  %s: %s\n", part[0], quoted)
				}
			}
			b.WriteString("  ...\n")
		}
	}
	if report.Interrupted {
		b.WriteString("Bail out! Interrupted\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
