package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const referencePath = "../../docs/reference.md"

// docs/reference.md is what the commands say about themselves. After a change on purpose: go test ./internal/cli -run Docs -update.
// After a merge conflict in it, too.
func TestDocsReference(t *testing.T) {
	want := referencePage(rootCommand(exampleConfig()))
	if *update {
		if err := os.WriteFile(referencePath, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(referencePath)
	if err != nil {
		t.Fatal(err)
	}
	page := strings.ReplaceAll(string(got), "\r\n", "\n") // a checkout on Windows may have other line ends
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(page, "\n")); diff != "" {
		t.Errorf("%s is not what the program says (-program +page):\n%s", referencePath, diff)
	}
}

// referencePage is every command with its flags, in Markdown.
func referencePage(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString(`# Commands and flags

<!-- Written by "go test ./internal/cli -run Docs -update" from the commands themselves. Change the command, not this page. -->

What ` + "`hankosim COMMAND --help`" + ` prints, on one page. ` + "`-h`, `--help`" + ` is a flag of every command. Many flags are also keys of the
configuration file and environment variables: see [configuration.md](configuration.md).

## Flags of every command

`)
	writeFlags(&b, root.PersistentFlags())
	writeCommand(&b, root)
	return b.String()
}

// writeCommand writes a command's section and those of its subcommands, which cobra sorts by name.
func writeCommand(b *strings.Builder, command *cobra.Command) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n", command.CommandPath(), markdown(about(command)))
	if command.Runnable() {
		fmt.Fprintf(b, "\n```text\n%s\n```\n", command.UseLine())
	}
	if command.HasExample() {
		fmt.Fprintf(b, "\nExamples:\n\n```sh\n%s\n```\n", dedent(command.Example))
	}
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	command.NonInheritedFlags().VisitAll(func(flag *pflag.Flag) {
		if command.Root().PersistentFlags().Lookup(flag.Name) == nil && flag.Name != "help" {
			flags.AddFlag(flag)
		}
	})
	if flags.HasAvailableFlags() {
		b.WriteString("\n")
		writeFlags(b, flags)
	}
	for _, sub := range command.Commands() {
		if !sub.Hidden {
			writeCommand(b, sub)
		}
	}
}

// about is what a command says of itself, which is one line or many.
func about(command *cobra.Command) string {
	if command.Long != "" {
		return command.Long
	}
	return command.Short + "."
}

// writeFlags writes a line for each flag, sorted by name.
func writeFlags(b *strings.Builder, flags *pflag.FlagSet) {
	flags.VisitAll(func(flag *pflag.Flag) {
		if flag.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(flag)
		name := strings.TrimSpace("--" + flag.Name + " " + value)
		if flag.Shorthand != "" {
			name = "-" + flag.Shorthand + ", " + name
		}
		fmt.Fprintf(b, "- `%s`: %s", name, escape(usage))
		if !slices.Contains([]string{"", "false", "0", "[]"}, flag.DefValue) {
			fmt.Fprintf(b, " (default `%s`)", flag.DefValue)
		}
		b.WriteString("\n")
	})
}

// markdown turns a help text into Markdown: what is indented becomes a list if it has dashes, and else stays as it is.
func markdown(text string) string {
	var blocks []string
	for block := range strings.SplitSeq(strings.Trim(text, "\n"), "\n\n") {
		switch trimmed := strings.TrimSpace(block); {
		case strings.HasPrefix(trimmed, "- "):
			blocks = append(blocks, escape(dedent(block)))
		case strings.HasPrefix(block, " "), strings.HasPrefix(block, "\t"):
			blocks = append(blocks, "```text\n"+dedent(block)+"\n```")
		default:
			blocks = append(blocks, escape(trimmed))
		}
	}
	return strings.Join(blocks, "\n\n")
}

// escape keeps Markdown from taking a placeholder for an element.
func escape(text string) string { return strings.NewReplacer("<", `\<`, "*", `\*`).Replace(text) }

// dedent takes away the indentation that the first line has.
func dedent(text string) string {
	text = strings.Trim(text, "\n")
	indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(strings.TrimPrefix(line, indent), " \t")
	}
	return strings.Join(lines, "\n")
}
