package architecture

import (
	"os/exec"
	"strings"
	"testing"
)

// Imports run downwards: tui and smoke → login → hanko and authenticator; nothing imports tui but main, and nothing
// below it imports a Charm package. The phone knows nothing of Hanko.
func TestImportsRunDownwards(t *testing.T) {
	const module = "example.com/hankosim/"
	forbidden := map[string][]string{
		"./authenticator/...": {"github.com/charmbracelet/", module + "hanko", module + "tui"},
		"./hanko":             {"github.com/charmbracelet/", module + "hanko/", module + "authenticator", module + "tui"},
		"./hanko/...":         {"github.com/charmbracelet/", module + "tui"},
		"./hanko/login":       {module + "hanko/smoke", module + "hanko/tenant", module + "hanko/mailbox"},
		"./hanko/tenant":      {module + "hanko/login", module + "hanko/smoke"},
		"./tui/...":           {module + "hanko/smoke", module + "hanko/tenant"},
	}
	for packages, prefixes := range forbidden {
		for _, dependency := range dependencies(t, packages) {
			for _, prefix := range prefixes {
				if strings.HasPrefix(dependency, prefix) {
					t.Errorf("%s imports %s", packages, dependency)
				}
			}
		}
	}
}

// The package that keeps Bubble Tea from asking the terminal is initialised before it: Go initialises packages that
// are ready in the order of their paths, and it needs nothing that Bubble Tea does not need too.
func TestBackgroundComesFirst(t *testing.T) {
	const background, bubbletea = "example.com/hankosim/tui/background", "github.com/charmbracelet/bubbletea"
	if background > bubbletea {
		t.Errorf("%s is initialised after %s", background, bubbletea)
	}
	needed := map[string]bool{background: true}
	for _, dependency := range dependencies(t, bubbletea) {
		needed[dependency] = true
	}
	for _, dependency := range dependencies(t, "./tui/background") {
		if !needed[dependency] {
			t.Errorf("it imports %s, which may be ready later than Bubble Tea", dependency)
		}
	}
}

func dependencies(t *testing.T, packages string) []string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", packages)
	list.Dir = "../.." // the root of the repository
	output, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(output))
}
