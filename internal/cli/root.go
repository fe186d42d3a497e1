// Package cli is the command line of hankosim: its commands, and the opening of what they work with.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"example.com/hankosim/hanko"
	"example.com/hankosim/internal/config"
)

// Exit codes.
const (
	exitFailed      = 1
	exitUsage       = 2 // the command line or the configuration
	exitInterrupted = 130
)

// Main runs the program with the arguments of the process and returns its exit code. The version is the build's, or "";
// exampleConfig is the content of config.example.yaml, of which new configuration files are made.
func Main(buildVersion, exampleConfig string) int {
	version = buildVersion
	ctx := withSecrets(untilInterrupted())
	root := rootCommand(exampleConfig)
	root.SetArgs(dashedArguments(os.Args[1:]))
	err := withoutPanic(ctx, root.ExecuteContext)
	return exitCode(ctx, err, os.Stderr)
}

// exitCode tells an error to the person, without secrets, and gives the code to end with.
func exitCode(ctx context.Context, err error, stderr io.Writer) int {
	var (
		configError *config.Error
		usage       *usageError
	)
	var exit *exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.code
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	tell(ctx, stderr, err)
	if errors.As(err, &configError) || errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

// usageError is a mistake on the command line.
type usageError struct{ error }

// exitError ends the program with a code, after the error has been printed.
type exitError struct{ code int }

func (e *exitError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// says prints an error, and returns one that ends the program with a code.
func says(ctx context.Context, stderr io.Writer, err error, code int) error {
	tell(ctx, stderr, err)
	return &exitError{code}
}

// tell tells an error, in which a tenant may have repeated a secret.
func tell(ctx context.Context, stderr io.Writer, err error) {
	fmt.Fprintf(stderr, "hankosim: %s\n", secretsOf(ctx).Text(err.Error()))
}

// loadFunc loads the configuration for a command, with its flags.
type loadFunc func(*cobra.Command) (config.Config, error)

// onlyEmbedded are the commands that use only the embedded tenant.
var onlyEmbedded = map[string]bool{"tenant": true, "demo": true}

func rootCommand(exampleConfig string) *cobra.Command {
	var configFile string
	load := func(cmd *cobra.Command) (config.Config, error) {
		cfg, err := config.Load(cmd.Context(), configFile, cmd.Flags())
		if err == nil && !onlyEmbedded[cmd.Name()] {
			err = cfg.CheckEmbedded(cmd.Flags())
			if err == nil && cfg.URLNote != "" && cmd.HasParent() { // the app has a place of its own for it
				fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", cfg.URLFrom, cfg.URLNote)
			}
		}
		return cfg, err
	}
	root := appCommand(load, exampleConfig)
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetFlagErrorFunc(flagError)
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return noEmptyFlags(cmd.Flags()) }
	root.Flags().Bool("version", false, "print the version, as hankosim version does")
	root.Version = versionLine()
	root.SetVersionTemplate("{{.Version}}")
	flags := root.PersistentFlags()
	flags.StringVar(&configFile, "config", "", "read the configuration from `FILE`, a pipe, or - for standard input (default ./hankosim.yaml, then the XDG configuration directory)")
	config.AddFlags(flags)
	root.AddCommand(smokeCommand(load), tokenCommand(load), tenantCommand(load), providerCommand(load), passkeysCommand(load), phoneCommand(load), demoCommand(load), replayCommand(),
		faultsCommand(), attestationCACommand(load), apkKeyHashCommand(), versionCommand())
	strictCommands(root)
	return root
}

// Mistakes on the command line are reported with exit code 2. Cobra would ignore some of them.

// flagKinds says what a flag's value must be, by pflag's name for its type. Other types accept all values.
var flagKinds = map[string]string{
	"bool":        "true or false",
	"duration":    "a duration with a unit, such as 30s or 2m",
	"float64":     "a number",
	"stringSlice": "a list separated by commas, without quotes",
}

// flagError says what is wrong with a flag. pflag's own text about values comes from the Go library.
func flagError(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		flag := invalid.GetFlag()
		err = fmt.Errorf("--%s is %q; it must be %s", flag.Name, hanko.MaskUserinfo(invalid.GetValue()), flagKinds[flag.Value.Type()])
	}
	return &usageError{fmt.Errorf("%w. `%s --help` lists the flags", err, cmd.CommandPath())}
}

// noEmptyFlags refuses a flag without a value, as from a script's variable that is not set: without the flag, the command might
// do something else, such as checking the embedded tenant.
func noEmptyFlags(flags *pflag.FlagSet) error {
	var err error
	flags.Visit(func(flag *pflag.Flag) {
		value := flag.Value.String()
		if list, ok := flag.Value.(pflag.SliceValue); ok {
			value = strings.Join(list.GetSlice(), "")
		}
		if strings.TrimSpace(value) == "" && err == nil {
			err = &usageError{fmt.Errorf("--%s is empty. Give it a value, or leave it out", flag.Name)}
		}
	})
	return err
}

// strictCommands adds cobra's own commands, and makes them refuse unknown arguments.
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

// noArguments refuses arguments and unknown commands.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !cmd.HasSubCommands() {
		return &usageError{fmt.Errorf("%s takes no arguments, but got %q", cmd.CommandPath(), hanko.MaskUserinfo(args[0]))}
	}
	hint := ""
	cmd.SuggestionsMinimumDistance = 2 // letters
	if meant := cmd.SuggestionsFor(args[0]); len(meant) > 0 {
		hint = fmt.Sprintf(" Did you mean %s?", strings.Join(meant, " or "))
	}
	return &usageError{fmt.Errorf("%s has no command %q.%s `%s --help` lists the commands", cmd.CommandPath(), hanko.MaskUserinfo(args[0]), hint, cmd.CommandPath())}
}

// wantsLines reports whether to write plain lines: they were asked for, or the terminal has no cursor control.
func wantsLines(plain bool) bool { return plain || os.Getenv("TERM") == "dumb" }

// onTerminal reports whether both input and output are a terminal.
func onTerminal() bool {
	return term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd()))
}
