package smoke_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"example.com/hankosim/hanko/smoke"
)

const docsPage = "../../docs/smoke.md"

// TestDocumentation holds the table of checks in docs/smoke.md to the catalogue.
func TestDocumentation(t *testing.T) {
	file, err := os.ReadFile(docsPage)
	if err != nil {
		t.Fatal(err)
	}
	const begins, ends = "<!-- checks: written by `go test ./hanko/smoke -update` -->\n", "<!-- /checks -->"
	before, rest, found := strings.Cut(string(file), begins)
	table, after, closed := strings.Cut(rest, ends)
	if !found || !closed {
		t.Fatalf("%s has no place for the table of checks", docsPage)
	}
	var want strings.Builder
	want.WriteString("| Check | | What passes | What that proves | Needs |\n|---|---|---|---|---|\n")
	for _, check := range smoke.Catalogue() {
		fmt.Fprintf(&want, "| `%s` | %s | %s | %s | %s |\n", check.ID, check.Severity, check.Title, check.Proves, strings.Join(check.Needs, ", "))
	}
	if *update {
		if err := os.WriteFile(docsPage, []byte(before+begins+want.String()+ends+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if table != want.String() {
		t.Errorf("%s lists other checks (go test -update writes them):\n%s", docsPage, lineDiff(table, want.String()))
	}
}

// TestCatalogue holds what the documentation and every report rely on.
func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, check := range smoke.Catalogue() {
		if seen[check.ID] || !strings.HasPrefix(check.ID, string(check.Suite)+".") {
			t.Errorf("%s is there twice, or not of the suite %s", check.ID, check.Suite)
		}
		for _, need := range check.Needs {
			if !seen[need] {
				t.Errorf("%s needs %s, which does not run before it", check.ID, need)
			}
		}
		seen[check.ID] = true
		if check.Title == "" || check.Proves == "" || strings.ContainsAny(check.Title+check.Proves, "|\n") {
			t.Errorf("%s: title %q, proves %q", check.ID, check.Title, check.Proves)
		}
		switch check.Severity {
		case smoke.Critical, smoke.Warning, smoke.Info:
		default:
			t.Errorf("%s has the severity %q", check.ID, check.Severity)
		}
	}
}
