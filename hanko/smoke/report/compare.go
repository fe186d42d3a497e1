package report

import (
	"fmt"
	"io"
	"strings"

	"example.com/hankosim/hanko/smoke"
)

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
