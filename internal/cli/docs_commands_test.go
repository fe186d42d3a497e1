package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// workflow is what GitHub and GitLab have in common, as far as this test looks.
type workflow struct {
	Jobs map[string]struct {
		Steps []struct {
			Uses string            `yaml:"uses"`
			Run  string            `yaml:"run"`
			Env  map[string]string `yaml:"env"`
		} `yaml:"steps"`
	} `yaml:"jobs"`
}

var (
	fence   = regexp.MustCompile("(?s)```(yaml|sh)\n(.*?)```")
	running = regexp.MustCompile(`(?m)(?:hankosim|go run \.) ((?:smoke|token)\b[^\n#|;)]*)`)
)

// TestDocumentedCommands shows that every workflow in docs/ is YAML that has jobs, and that hankosim knows the flags of
// every command line there. The workflows that work as they stand are run.
func TestDocumentedCommands(t *testing.T) {
	commands := 0
	for _, name := range []string{"smoke.md", "ci.md"} {
		page, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range fence.FindAllStringSubmatch(string(page), -1) {
			if block[1] == "yaml" {
				var document map[string]any
				var jobs workflow
				if yaml.Unmarshal([]byte(block[2]), &document) != nil || yaml.Unmarshal([]byte(block[2]), &jobs) != nil || len(document) == 0 {
					t.Errorf("%s: this is no workflow:\n%s", name, block[2])
				}
				for job, steps := range jobs.Jobs {
					if len(steps.Steps) < 4 {
						t.Errorf("%s: the job %s has %d steps", name, job, len(steps.Steps))
					}
				}
			}
			for _, line := range running.FindAllStringSubmatch(block[2], -1) {
				commands++
				arguments := words(line[1])
				root := rootCommand(exampleConfig())
				command, rest, err := root.Find(arguments)
				if err != nil || command == root {
					t.Errorf("%s: %s: %v", name, line[0], err)
					continue
				}
				if err := command.ParseFlags(rest); err != nil || len(command.Flags().Args()) > 0 {
					t.Errorf("%s: %s: %v, arguments %q", name, line[0], err, command.Flags().Args())
				}
			}
		}
	}
	if commands < 12 {
		t.Errorf("%d command lines were found", commands)
	}
	dir := t.TempDir()
	got := runProgram(t, program{dir: dir}, strings.Fields("smoke --junit smoke.xml --html smoke.html")...)
	if got.code != 0 {
		t.Errorf("the workflow's command ends with %d:\n%s", got.code, got.stdout)
	}
	for _, file := range []string{"smoke.xml", "smoke.html"} {
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			t.Error(err)
		}
	}
}

// words splits a shell's command line as far as the documentation needs it.
func words(line string) []string {
	var found []string
	for _, word := range strings.Fields(strings.ReplaceAll(line, `"`, "")) {
		if !slices.Contains([]string{"…", "..."}, word) {
			found = append(found, word)
		}
	}
	return found
}
