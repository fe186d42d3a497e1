package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/smoke/report"
)

// smokeFlags are the flags of `hankosim smoke`.
type smokeFlags struct {
	mailbox, tenants  string
	only, skip        []string
	list, json, tap   bool
	junit, html       string
	adminURL          string
	patience, timeout time.Duration
}

// adminKeyVariable holds the key of the Admin API; a flag would show it to everybody who lists processes.
const adminKeyVariable = "HANKOSIM_ADMIN_KEY"

// exitError ends the program with a code, and says nothing more: it has been said.
type exitError struct{ code int }

func (e *exitError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

func smokeCommand(load func(*cobra.Command) (Config, error)) *cobra.Command {
	var flags smokeFlags
	command := &cobra.Command{
		Use:   "smoke",
		Short: "Judge a tenant's configuration without a person, and say what to change",
		Long: `smoke walks a tenant as an app would, tries what must be refused, and says which setting to change. Passcodes
are read from a mailbox (--mailbox); with the embedded tenant, from its own inbox.

The users that are made are deleted again where the tenant lets users delete themselves, or by its Admin API
(--admin-url, with its key in HANKOSIM_ADMIN_KEY); the rest is listed.

Results go to standard output, talk to standard error. The exit code is 0 when all is well, 1 when a check failed, 2 for
a command line or configuration that cannot be used, 3 when no tenant was found, 4 when something could not be judged
(no mail came, the tenant asked to wait), 130 when interrupted.`,
		Example: `  hankosim smoke
  hankosim smoke --url http://localhost:8000 --mailbox mailpit:http://localhost:8025 --email ada@example.com
  hankosim smoke --tenant staging --only passkey,native --junit smoke.xml`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := flags.check(); err != nil {
				return err
			}
			if flags.list {
				return listChecks(cmd.OutOrStdout(), flags)
			}
			config, err := load(cmd)
			if err != nil {
				return err
			}
			configs := []Config{config}
			if names := flags.names(); names != nil {
				configs = nil
				for _, name := range names {
					if err := cmd.Flags().Set("tenant", name); err != nil {
						return err
					}
					if config, err = load(cmd); err != nil {
						return err
					}
					configs = append(configs, config)
				}
			}
			return runSmoke(cmd.Context(), configs, flags, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	set := command.Flags()
	set.StringVar(&flags.mailbox, "mailbox", "", "read the passcodes from `BOX`, as in mailpit:http://localhost:8025, imaps://user@host, smtp:127.0.0.1:1025, ask")
	set.StringSliceVar(&flags.only, "only", nil, "run only these `CHECKS` or suites, and what they need")
	set.StringSliceVar(&flags.skip, "skip", nil, "do not run these `CHECKS` or suites")
	set.BoolVar(&flags.list, "list", false, "list the checks, and run none")
	set.BoolVar(&flags.json, "json", false, "write the report as JSON to standard output")
	set.BoolVar(&flags.tap, "tap", false, "write the report as TAP to standard output")
	set.StringVar(&flags.junit, "junit", "", "write the report as JUnit XML to `FILE`")
	set.StringVar(&flags.html, "html", "", "write the report as one HTML page to `FILE`")
	set.DurationVar(&flags.patience, "patience", 30*time.Second, "wait so long for a mail, or as the tenant asks")
	set.DurationVar(&flags.timeout, "timeout", 10*time.Minute, "give up the whole run after this")
	set.StringVar(&flags.adminURL, "admin-url", "", "delete the users that were made by the tenant's Admin API at `URL`")
	set.StringVar(&flags.tenants, "tenants", "", "judge several tenants of the configuration, `A,B`, and tell where they differ")
	return command
}

// check finds what is wrong with the flags, before anything is sent.
func (f smokeFlags) check() error {
	_, err := smoke.Select(f.only, f.skip)
	switch {
	case err != nil:
		return &usageError{err}
	case f.json && f.tap:
		return &usageError{errors.New("--json and --tap both want standard output. Give one of them")}
	case f.tap && len(f.names()) > 1:
		return &usageError{errors.New("TAP has room for one tenant. Give --tap with one, or use --junit for several")}
	case f.timeout <= 0:
		return &usageError{fmt.Errorf("--timeout is %s, which leaves no time at all", f.timeout)}
	case f.patience <= 0:
		return &usageError{fmt.Errorf("--patience is %s, and no mail comes so quickly", f.patience)}
	}
	if f.adminURL != "" {
		if _, err := hanko.ParseURL(f.adminURL); err != nil {
			return &usageError{fmt.Errorf("--admin-url: %w", err)}
		}
	}
	return nil
}

// names are the tenants that were named by --tenants, nil when it was not given.
func (f smokeFlags) names() []string {
	if f.tenants == "" {
		return nil
	}
	names := strings.Split(f.tenants, ",")
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
	}
	return names
}

// listChecks prints the checks that the flags choose, and those of the limits suite too where they choose none.
func listChecks(stdout io.Writer, flags smokeFlags) error {
	checks := smoke.Catalogue()
	if flags.only != nil || flags.skip != nil {
		var err error
		if checks, err = smoke.Select(flags.only, flags.skip); err != nil {
			return &usageError{err}
		}
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CHECK\tSEVERITY\tTITLE\tPROVES")
	for _, check := range checks {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", check.ID, check.Severity, check.Title, check.Proves)
	}
	return table.Flush()
}

// runSmoke judges tenants, one after the other, and writes the reports.
func runSmoke(ctx context.Context, configs []Config, flags smokeFlags, stdout, stderr io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, flags.timeout)
	defer cancel()
	var (
		names   []string
		reports []smoke.Report
		codes   []int
	)
	for _, config := range configs {
		judged, err := smokeTenant(ctx, config, flags, stderr)
		if err != nil {
			return err
		}
		names, reports, codes = append(names, config.Tenant), append(reports, judged), append(codes, judged.ExitCode())
		if err := writeReports(judged, flags, config.Tenant, len(configs) > 1, stdout, stderr); err != nil {
			return err
		}
	}
	if len(reports) > 1 && !flags.json {
		if err := report.Compare(stdout, names, reports); err != nil {
			return err
		}
	}
	for _, worst := range []int{smoke.ExitInterrupted, smoke.ExitUnreachable, smoke.ExitFailed, smoke.ExitInconclusive} {
		if slices.Contains(codes, worst) {
			return &exitError{worst}
		}
	}
	return nil
}

// smokeTenant judges one tenant; without a URL, the embedded one.
func smokeTenant(ctx context.Context, config Config, flags smokeFlags, stderr io.Writer) (smoke.Report, error) {
	embedded := config.URL == ""
	box, closeAll, err := openSmoke(ctx, &config, flags, stderr)
	if err != nil {
		return smoke.Report{}, err
	}
	defer closeAll()
	client, closeLog, err := newClient(config)
	if err != nil {
		return smoke.Report{}, err
	}
	defer closeLog()
	app := config.App
	if app.APKKeyHash == demoKeyHash && !embedded {
		app = authenticator.AndroidApp{} // of no real app: no tenant should be told to take its passkeys
	}
	var admin *smoke.Admin
	if flags.adminURL != "" {
		admin = &smoke.Admin{URL: flags.adminURL, Key: os.Getenv(adminKeyVariable)}
	}
	fmt.Fprintf(stderr, "Judging %s\n", client.BaseURL())
	return smoke.Run(ctx, smoke.Options{
		Client: client, API: config.API, Box: box, Address: smoke.PlusAddresses(cmp.Or(config.Email, "smoke@example.com")),
		App: app, AppleID: config.AppleID, Only: flags.only, Skip: flags.skip, Patience: flags.patience, Admin: admin,
	}, report.Live(stderr, isTerminal(stderr)))
}

// openSmoke opens the mailbox, and the embedded tenant where no other is configured. A run on the embedded tenant keeps
// nothing.
func openSmoke(ctx context.Context, config *Config, flags smokeFlags, stderr io.Writer) (mailbox.Box, func(), error) {
	if config.URL == "" {
		config.Ephemeral = true
		started, err := startEmbedded(config)
		if err != nil {
			return nil, nil, err
		}
		return mailbox.FromInbox(started.tenant.Inbox()), started.close, nil
	}
	if flags.mailbox == "" {
		return nil, func() {}, nil
	}
	if config.Email == "" {
		return nil, nil, &usageError{errors.New("the mailbox belongs to an address: give it with --email. The users of a run get plus-addresses of it (ada+…@example.com)")}
	}
	box, err := mailbox.Open(ctx, flags.mailbox, mailbox.Options{
		Password: func(ctx context.Context, account string) (string, error) {
			return readPassword(ctx, account, "", stderr)
		},
		Ask: func(_ context.Context, question string) (string, error) { return askLine(question, stderr) },
	})
	var unusable *mailbox.Error
	switch {
	case errors.As(err, &unusable) && unusable.Kind != mailbox.BadSpec:
		fmt.Fprintf(stderr, "hankosim: %v\n", err)
		return nil, nil, &exitError{smoke.ExitInconclusive}
	case err != nil:
		return nil, nil, &usageError{err}
	}
	return box, func() { _ = box.Close() }, nil
}

// askLine asks the person a question on the terminal.
func askLine(question string, stderr io.Writer) (string, error) {
	fmt.Fprint(stderr, question+" ")
	var line string
	if _, err := fmt.Fscanln(os.Stdin, &line); err != nil {
		return "", fmt.Errorf("nothing was answered: %w", err)
	}
	return line, nil
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// writeReports writes a report in every form that was asked for. With several tenants each file's name gets the
// tenant's.
func writeReports(judged smoke.Report, flags smokeFlags, name string, several bool, stdout, stderr io.Writer) error {
	switch {
	case flags.json:
		if err := report.JSON(stdout, judged); err != nil {
			return err
		}
	case flags.tap:
		if err := report.TAP(stdout, judged); err != nil {
			return err
		}
	default:
		if err := report.Text(stdout, judged); err != nil {
			return err
		}
	}
	for _, file := range []struct {
		path  string
		write func(io.Writer, smoke.Report) error
	}{{flags.junit, report.JUnit}, {flags.html, report.HTML}} {
		if file.path == "" {
			continue
		}
		path := file.path
		if several {
			path = filepath.Join(filepath.Dir(path), name+"-"+filepath.Base(path))
		}
		if err := writeFile(path, os.O_CREATE|os.O_TRUNC, judged, file.write); err != nil {
			return err
		}
	}
	if os.Getenv("GITHUB_ACTIONS") != "true" {
		return nil
	}
	// The runner reads both streams, and standard output may be JSON.
	if err := report.Annotations(stderr, judged); err != nil {
		return err
	}
	if path := os.Getenv("GITHUB_STEP_SUMMARY"); path != "" {
		return writeFile(path, os.O_CREATE|os.O_APPEND, judged, report.StepSummary)
	}
	return nil
}

func writeFile(path string, mode int, judged smoke.Report, write func(io.Writer, smoke.Report) error) error {
	file, err := os.OpenFile(path, mode|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	return errors.Join(write(file, judged), file.Close())
}

// tokenCommand signs in as the robot does and prints the session token alone.
func tokenCommand(load func(*cobra.Command) (Config, error)) *cobra.Command {
	var (
		flags  smokeFlags
		asJSON bool
	)
	command := &cobra.Command{
		Use:   "token",
		Short: "Sign in and print the session token alone, for scripts that test a backend",
		Long: `token signs in with a passkey of the phone's keystore, or, where the tenant knows none of them, with a passcode
from the mailbox (--mailbox, --email), and prints the session token alone. It makes no users. The exit code is 0 when
there is a token, 1 when nobody could be signed in, 2 for a command line or configuration that cannot be used, 3 when no
tenant was found, 4 when it could not be tried (no mail came, the tenant asked to wait), 130 when interrupted.`,
		Example: `  curl -H "Authorization: Bearer $(hankosim token --tenant staging)" https://api.example.com/me`,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := load(cmd)
			if err != nil {
				return err
			}
			return printToken(cmd.Context(), config, flags, asJSON, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	command.Flags().StringVar(&flags.mailbox, "mailbox", "", "read the passcode from `BOX`, see hankosim smoke")
	command.Flags().DurationVar(&flags.patience, "patience", 30*time.Second, "wait so long for the mail")
	command.Flags().DurationVar(&flags.timeout, "timeout", 2*time.Minute, "give up after this")
	command.Flags().BoolVar(&asJSON, "json", false, "print the token with its claims and its expiry, as JSON")
	return command
}

func printToken(ctx context.Context, config Config, flags smokeFlags, asJSON bool, stdout, stderr io.Writer) error {
	if config.URL == "" {
		return &usageError{errors.New("token needs a tenant that goes on running: give its --url, or start one with `hankosim tenant`")}
	}
	phones, err := openPhones(config)
	if err != nil {
		return err
	}
	store, err := openKeystore(ctx, config, stderr)
	if err != nil {
		return err
	}
	box, closeAll, err := openSmoke(ctx, &config, flags, stderr)
	if err != nil {
		return err
	}
	defer closeAll()
	client, closeLog, err := newClient(config)
	if err != nil {
		return err
	}
	defer closeLog()
	ctx, cancel := context.WithTimeout(ctx, flags.timeout)
	defer cancel()
	token, err := smoke.SignIn(ctx, smoke.SignInOptions{
		Client: client, API: config.API, Profile: phones[0], Store: store, Box: box, Email: config.Email, Patience: flags.patience,
	})
	if err != nil {
		if code := smoke.SignInCode(err); code != smoke.ExitFailed && ctx.Err() == nil {
			fmt.Fprintf(stderr, "hankosim: %v\n", err)
			return &exitError{code}
		}
		return err
	}
	if !asJSON {
		_, err = fmt.Fprintln(stdout, token.Raw)
		return err
	}
	encoder := json.NewEncoder(stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(map[string]any{"token": token.Raw, "claims": token.Claims, "expires_at": token.ExpiresAt.UTC()})
}
