package architecture

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Each package that draws with Bubble Tea imports tui/background. Without that, Bubble Tea would ask the terminal for its
// background when the program, or a test of the package, starts, and could wait five seconds for the answer.
func TestWhatDrawsNeedsTheBackground(t *testing.T) {
	const (
		bubbleTea  = "github.com/charmbracelet/bubbletea"
		background = module + "/tui/background"
	)
	seen := 0
	for _, one := range list(t, "./...") {
		if !slices.Contains(one.Imports, bubbleTea) || one.ImportPath == background {
			continue
		}
		seen++
		if !slices.Contains(one.Imports, background) {
			t.Errorf("%s imports Bubble Tea, but not tui/background", one.ImportPath)
		}
	}
	if seen < 5 {
		t.Errorf("only %d packages import Bubble Tea", seen)
	}
}

// No package of tui has more than 3,000 lines, so that a change of a screen needs only that screen's package.
func TestPackagesOfTheScreensAreSmall(t *testing.T) {
	const most = 3000
	files, err := filepath.Glob(filepath.Join(root, "tui", "*", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	window, err := filepath.Glob(filepath.Join(root, "tui", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]int{}
	for _, file := range append(files, window...) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines[filepath.Dir(file)] += bytes.Count(content, []byte("\n"))
	}
	for folder, n := range lines {
		if n > most {
			t.Errorf("%s has %d lines, which is more than %d: split it", folder, n, most)
		}
	}
	if len(lines) < 8 {
		t.Errorf("there are only %d packages", len(lines))
	}
}
