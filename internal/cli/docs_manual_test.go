package cli

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

var manual = flag.String("manual", "", "write the man pages, and the completions for shells, into this folder")

// The man pages and completions of a release are made from the commands: make manual. A test makes them, so that the program
// need not contain what writes man pages.
func TestManual(t *testing.T) {
	folder := *manual
	if folder == "" {
		folder = t.TempDir()
	}
	man, completions := filepath.Join(folder, "man"), filepath.Join(folder, "completions")
	for _, path := range []string{man, completions} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	root := rootCommand(exampleConfig())
	root.DisableAutoGenTag = true // it has today's date
	if err := doc.GenManTree(root, &doc.GenManHeader{Source: "hankosim", Manual: "hankosim"}, man); err != nil {
		t.Fatal(err)
	}
	for shell, write := range map[string]func(path string) error{
		"hankosim.bash": func(path string) error { return root.GenBashCompletionFileV2(path, true) },
		"_hankosim":     root.GenZshCompletionFile,
		"hankosim.fish": func(path string) error { return root.GenFishCompletionFile(path, true) },
		"hankosim.ps1":  root.GenPowerShellCompletionFileWithDesc,
	} {
		path := filepath.Join(completions, shell)
		if err := write(path); err != nil {
			t.Fatal(err)
		}
		if script, err := os.ReadFile(path); err != nil || !strings.Contains(string(script), "__complete") {
			t.Errorf("%s does not ask hankosim what fits: %v", shell, err)
		}
	}
	everyCommand(root, func(command *cobra.Command) {
		name := strings.ReplaceAll(command.CommandPath(), " ", "-")
		page, err := os.ReadFile(filepath.Join(man, name+".1"))
		if err != nil {
			t.Error(err)
		} else if !strings.Contains(string(page), `.SH NAME`) || !strings.Contains(string(page), command.Short) {
			t.Errorf("the page of %s does not say what it is:\n%s", name, page)
		}
	})
}

func everyCommand(command *cobra.Command, look func(*cobra.Command)) {
	look(command)
	for _, sub := range command.Commands() {
		if sub.IsAvailableCommand() {
			everyCommand(sub, look)
		}
	}
}
