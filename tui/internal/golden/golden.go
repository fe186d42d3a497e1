// Package golden compares views with those that are recorded under testdata, and looks at what a view may not do.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden views")

// Attributes are what a terminal is told of how text looks.
var Attributes = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// Trimmed is a view without the blanks at the ends of its lines, which are neither seen nor kept by editors.
func Trimmed(view string) string {
	lines := strings.Split(view, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// Check compares a view with the one that is recorded under a name, which may have folders, in testdata/views. With -update
// it records the view instead.
func Check(t testing.TB, name, view string) {
	t.Helper()
	got := view + "\n"
	path := filepath.Join("testdata", "views", filepath.FromSlash(name)+".golden")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the view has changed (-golden +now), %s:\n%s", path, diff)
	}
}

// CheckBox fails the test when a view is larger than its window, or would do something to a terminal but draw.
func CheckBox(t testing.TB, view string, width, height int, what string) {
	t.Helper()
	lines := strings.Split(view, "\n")
	if width < 1 || height < 1 {
		if view != "" {
			t.Fatalf("%s: there is a view of a window without cells: %.200q", what, view)
		}
		return
	}
	if len(lines) > height {
		t.Fatalf("%s: %d lines in a window of %d×%d", what, len(lines), width, height)
	}
	for i, line := range lines {
		if cells := ansi.StringWidth(line); cells > width {
			t.Fatalf("%s: line %d has %d cells in a window of %d×%d: %.300q", what, i+1, cells, width, height, line)
		}
		for _, r := range line {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%s: line %d has the control character %q: %.300q", what, i+1, r, line)
			}
		}
	}
}
