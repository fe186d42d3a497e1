package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// What a command line says that cannot be meant is told, with exit code 2. Cobra would let some of it pass.

// strictCommands brings in cobra's own commands, and has them take what there is and nothing else.
func strictCommands(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	help, _, _ := root.Find([]string{"help"}) // it has just been made
	help.RunE = func(_ *cobra.Command, args []string) error {
		about, rest, err := root.Find(args)
		if err != nil {
			return &usageError{err}
		}
		if len(rest) > 0 {
			return noArguments(about, rest)
		}
		about.InitDefaultHelpFlag()
		return about.Help()
	}
	root.InitDefaultCompletionCmd()
	completion, _, _ := root.Find([]string{"completion"})
	completion.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	for _, command := range append(completion.Commands(), completion) {
		command.Args = noArguments
	}
}

// noArguments refuses arguments, and commands that there are not.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !cmd.HasSubCommands() {
		return &usageError{fmt.Errorf("%s takes no arguments, and got %q", cmd.CommandPath(), args[0])}
	}
	hint := ""
	cmd.SuggestionsMinimumDistance = 2 // letters
	if meant := cmd.SuggestionsFor(args[0]); len(meant) > 0 {
		hint = fmt.Sprintf(" Did you mean %s?", strings.Join(meant, " or "))
	}
	return &usageError{fmt.Errorf("%q is no command of %s.%s `%s --help` lists them", args[0], cmd.CommandPath(), hint, cmd.CommandPath())}
}

// wantsLines tells that plain lines are to be written: they were asked for, or the terminal cannot be drawn on.
func wantsLines(plain bool) bool { return plain || os.Getenv("TERM") == "dumb" }

// onTerminal tells that a person is at both ends, the input and the output.
func onTerminal() bool {
	return term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd()))
}
