//go:build unix

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Bubble Tea asks the terminal nothing at the start, whatever the module's path is: Go initialises packages by their paths.
// Each program here imports Bubble Tea and what keeps it quiet, under another path.
func TestNoModulePathWaitsForTheTerminal(t *testing.T) {
	const root = "../.."
	read := func(name string) string {
		t.Helper()
		content, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	module := regexp.MustCompile(`(?m)^module (\S+)$`)
	goMod := read("go.mod")
	ours := module.FindStringSubmatch(goMod)[1]
	for _, path := range []string{"example.com/hankosim", "github.com/teamhanko/hankosim", "hanko.example/sim", "sr.ht/~ada/hankosim"} {
		t.Run(path, func(t *testing.T) {
			dir := t.TempDir()
			write := func(name, content string) {
				t.Helper()
				if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			write("go.mod", module.ReplaceAllLiteralString(goMod, "module "+path))
			write("go.sum", read("go.sum"))
			for _, name := range []string{"tui/background/background.go", "tui/background/quiet/quiet.go"} {
				write(name, strings.ReplaceAll(read(name), ours, path))
			}
			write("main.go", `package main

import (
	"fmt"
	"os"

	_ "`+path+`/tui/background"
)

func main() {
	ci, found := os.LookupEnv("CI")
	fmt.Printf("CI is %q, %v\n", ci, found)
}
`)
			build := exec.Command("go", "build", "-o", "program", ".")
			build.Dir = dir
			build.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
			if output, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, output)
			}
			for value, want := range map[string]string{"": `CI is "", false`, "CI=": `CI is "", true`, "CI=true": `CI is "true", true`} {
				command := exec.Command(filepath.Join(dir, "program"))
				command.Env = []string{"TERM=xterm-256color"}
				if value != "" {
					command.Env = append(command.Env, value)
				}
				output, err := runOnSilentTerminal(t, command)
				if err != nil || strings.TrimSpace(output) != want {
					t.Errorf("with %q it writes %q (%v), not %q alone", value, output, err, want)
				}
			}
		})
	}
}
