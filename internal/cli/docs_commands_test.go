package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kballard/go-shellquote"
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
	running = regexp.MustCompile(`(?m)(?:^|[\s(])(?:hankosim|go run \.) ([^\n]*)`)
	// ending is where a shell's command ends: at a comment, a pipe, a redirection or another command.
	ending = regexp.MustCompile(`(^|\s)#|\s[|>]|;|\)|&&|\|\||$`)
)

// pages are those that people read: the README and all of docs/.
func pages(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d pages: %v", len(paths), err)
	}
	found := map[string]string{}
	for _, path := range append(paths, filepath.Join("..", "..", "README.md"), filepath.Join("..", "..", "CONTRIBUTING.md")) {
		page, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found[filepath.ToSlash(path)] = strings.ReplaceAll(string(page), "\r\n", "\n") // of a checkout on Windows
	}
	return found
}

// TestDocumentedCommands shows that everything that calls itself YAML in the pages is YAML, that every workflow has jobs, and
// that hankosim knows the commands, flags and arguments of every command line there. The workflow that works as it stands
// is run.
func TestDocumentedCommands(t *testing.T) {
	commands := map[string]int{}
	for name, page := range pages(t) {
		for _, block := range fence.FindAllStringSubmatch(page, -1) {
			if block[1] == "yaml" {
				var document map[string]any
				var jobs workflow
				if yaml.Unmarshal([]byte(block[2]), &document) != nil || len(document) == 0 {
					t.Errorf("%s: this is no YAML:\n%s", name, block[2])
				}
				if strings.Contains(block[2], "jobs:") && (yaml.Unmarshal([]byte(block[2]), &jobs) != nil || len(jobs.Jobs) == 0) {
					t.Errorf("%s: this is no workflow:\n%s", name, block[2])
				}
				for job, steps := range jobs.Jobs {
					if len(steps.Steps) < 2 {
						t.Errorf("%s: the job %s has %d steps", name, job, len(steps.Steps))
					}
				}
			}
			for _, line := range running.FindAllStringSubmatch(strings.ReplaceAll(block[2], "\\\n", ""), -1) {
				path, err := understood(line[1])
				commands[path]++
				if err != nil {
					t.Errorf("%s: %s: %v", name, strings.TrimSpace(line[0]), err)
				}
			}
		}
	}
	for command, atLeast := range map[string]int{"hankosim": 10, "hankosim smoke": 10, "hankosim token": 2, "hankosim tenant": 2, "hankosim passkeys export": 1} {
		if commands[command] < atLeast {
			t.Errorf("%s is there %d times", command, commands[command])
		}
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

// understood returns the command that a shell's line begins with, and an error if hankosim does not understand it.
func understood(line string) (path string, err error) {
	arguments, err := shellquote.Split(line[:ending.FindStringIndex(line)[0]])
	if err != nil {
		return "", err
	}
	arguments = slices.DeleteFunc(arguments, func(word string) bool { return word == "…" })
	command, rest, err := rootCommand(exampleConfig()).Find(dashedArguments(arguments))
	if err != nil {
		return "", err
	}
	if err := command.ParseFlags(rest); err != nil {
		return command.CommandPath(), err
	}
	return command.CommandPath(), command.ValidateArgs(command.Flags().Args())
}
