package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/hankoconfig"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/smoke/report"
	"example.com/hankosim/internal/config"
)

// smokeFlags are the flags of `hankosim smoke`.
type smokeFlags struct {
	mailbox, tenants  string
	only, skip        []string
	redirectTo        []string
	list, json, tap   bool
	junit, html       string
	adminURL          string
	expect            string
	writeExpect       string
	hankoConfig       string
	patience, timeout time.Duration
}

// adminKeyVariable holds the key of the Admin API; a flag would show it to everybody who lists processes.
const adminKeyVariable = "HANKOSIM_ADMIN_KEY"

func smokeCommand(load loadFunc) *cobra.Command {
	var flags smokeFlags
	command := &cobra.Command{
		Use:   "smoke",
		Short: "Check a tenant's configuration, and say what to change",
		Long: `smoke signs in as an app would, tries what the tenant must refuse, and says which setting to change. It reads passcodes
from a mailbox (--mailbox), or from the embedded tenant's own inbox.

The users that it creates are deleted at the end if the tenant lets users delete themselves, or through the Admin API
(--admin-url, with its key in HANKOSIM_ADMIN_KEY). It lists those that are left.

Results go to standard output, progress to standard error. The exit code is 0 if every check that counts passed, 1 if a check failed,
2 for a mistake on the command line or in the configuration, 3 if no tenant was found, 4 if something could not be checked
(no mail arrived, the tenant asked to wait), and 130 if interrupted.`,
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
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			configs := []config.Config{cfg}
			if names := flags.names(); names != nil {
				configs = nil
				for _, name := range names {
					if err := cmd.Flags().Set("tenant", name); err != nil {
						return err
					}
					if cfg, err = load(cmd); err != nil {
						return err
					}
					configs = append(configs, cfg)
				}
			}
			return runSmoke(cmd.Context(), configs, flags, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	set := command.Flags()
	set.StringVar(&flags.mailbox, "mailbox", "", "read passcodes from `BOX`, such as mailpit:http://localhost:8025, imaps://user@host, smtp:127.0.0.1:1025, ask")
	set.StringSliceVar(&flags.only, "only", nil, "run only these `CHECKS` or suites, and what they need")
	set.StringSliceVar(&flags.skip, "skip", nil, "do not run these `CHECKS` or suites")
	set.StringSliceVar(&flags.redirectTo, "redirect-to", nil, "the app's own `ADDRESSES`, to which the tenant should let browsers come back from a third party")
	config.AddFlag(set, "return_address")
	set.BoolVar(&flags.list, "list", false, "list the checks instead of running them")
	set.BoolVar(&flags.json, "json", false, "write the report as JSON to standard output")
	set.BoolVar(&flags.tap, "tap", false, "write the report as TAP to standard output")
	set.StringVar(&flags.junit, "junit", "", "write the report as JUnit XML to `FILE`")
	set.StringVar(&flags.html, "html", "", "write the report as one HTML page to `FILE`")
	set.DurationVar(&flags.patience, "patience", 30*time.Second, "wait this long for a mail")
	set.DurationVar(&flags.timeout, "timeout", 10*time.Minute, "end the whole run after this time")
	set.StringVar(&flags.adminURL, "admin-url", "", "delete the created users through the Admin API at `URL`")
	set.StringVar(&flags.expect, "expect", "", "fail if the tenant's facts are not as `FILE` expects (see --write-expect)")
	set.StringVar(&flags.writeExpect, "write-expect", "", "write the facts of this run to `FILE`, for --expect")
	set.StringVar(&flags.hankoConfig, "hanko-config", "", "say where a key is in Hanko's own configuration, `FILE`; nothing in it is changed")
	set.StringVar(&flags.tenants, "tenants", "", "check several configured tenants, `A,B`, and show where they differ")
	return command
}

// check finds what is wrong with the flags, before anything is sent.
func (f smokeFlags) check() error {
	_, err := smoke.Select(f.only, f.skip)
	switch {
	case err != nil:
		return &usageError{err}
	case slices.Contains(f.names(), ""):
		return &usageError{errors.New("--tenants has a name that is empty. Write the names with a comma between them")}
	case f.json && f.tap:
		return &usageError{errors.New("--json and --tap both write to standard output. Give one of them")}
	case f.tap && len(f.names()) > 1:
		return &usageError{errors.New("--tap works with one tenant. For several, use --junit")}
	case f.timeout <= 0:
		return &usageError{fmt.Errorf("--timeout is %s; it must be more than 0", f.timeout)}
	case f.patience <= 0:
		return &usageError{fmt.Errorf("--patience is %s; it must be more than 0", f.patience)}
	}
	for _, address := range f.redirectTo {
		if parsed, err := url.Parse(address); err != nil || parsed.Scheme == "" {
			return &usageError{fmt.Errorf("--redirect-to is %q, which is no address: it looks like com.example.app://callback or https://app.example.com/callback", hanko.Printable(address))}
		}
	}
	if f.adminURL != "" {
		if _, _, err := hanko.CompleteURL(f.adminURL); err != nil {
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
func runSmoke(ctx context.Context, configs []config.Config, flags smokeFlags, stdout, stderr io.Writer) error {
	expected, err := readExpectations(ctx, flags.expect)
	if err != nil {
		return err
	}
	hankoConfig, err := readHankoConfig(ctx, flags.hankoConfig)
	if err != nil {
		return err
	}
	if flags.expect != "" && sameFile(flags.expect, flags.writeExpect) {
		return &usageError{errors.New("--expect and --write-expect are the same file. Write to another one, and compare them")}
	}
	for i, cfg := range configs {
		for flag, value := range map[string]string{"--mailbox": flags.mailbox, "--admin-url": flags.adminURL} {
			if cfg.URL == "" && value != "" {
				return &usageError{fmt.Errorf("%s is for a tenant of your own: name it with --url or --tenant. The embedded tenant needs none", flag)}
			}
		}
		if flags.expect != "" {
			configs[i].Expect = expected
		}
		for _, path := range []string{flags.junit, flags.html, flags.writeExpect} {
			if err := checkWritable(reportPath(path, cfg.Tenant, len(configs) > 1)); err != nil {
				return &usageError{err}
			}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, flags.timeout)
	defer cancel()
	var (
		names   []string
		reports []smoke.Report
		codes   []int
	)
	for _, cfg := range configs {
		judged, err := smokeTenant(ctx, cfg, flags, hankoConfig, stderr)
		if err != nil {
			return err
		}
		names, reports, codes = append(names, cfg.Tenant), append(reports, judged), append(codes, judged.ExitCode())
		if err := writeReports(judged, flags, cfg, len(configs) > 1, stdout, stderr); err != nil {
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

// smokeTenant judges one tenant; without a URL, an embedded one that keeps nothing.
func smokeTenant(ctx context.Context, cfg config.Config, flags smokeFlags, hankoConfig *hankoconfig.File, stderr io.Writer) (smoke.Report, error) {
	embedded := cfg.URL == ""
	if embedded {
		cfg = cfg.InMemory()
	}
	s, err := openSession(ctx, cfg, configured(cfg))
	if err != nil {
		return smoke.Report{}, err
	}
	defer s.Close()
	checks, err := smoke.Select(flags.only, flags.skip)
	if err != nil {
		return smoke.Report{}, &usageError{err}
	}
	tell := report.Log(stderr)
	if terminal, drawn := terminalOf(stderr, cfg.Theme); drawn {
		live := report.NewLive(stderr, terminal, len(checks))
		defer live.End()
		stderr, tell = live, live.Tell
	}
	box, err := s.mailbox(ctx, flags.mailbox, stderr)
	if err != nil {
		return smoke.Report{}, err
	}
	apps := cfg.Apps
	if !cfg.AppNamed && !embedded {
		apps = nil // of no real app, and nobody named it: no tenant should be told to take its passkeys
	}
	phones, err := s.phones()
	if err != nil {
		return smoke.Report{}, err
	}
	var device authenticator.Profile
	if cfg.Device != "" && cfg.Device != authenticator.IPhone().Name && cfg.Device != authenticator.Android(authenticator.AndroidApp{}).Name {
		device = phones[0]
	}
	var admin *smoke.Admin
	if flags.adminURL != "" {
		adminURL, _, err := hanko.CompleteURL(flags.adminURL)
		if err != nil {
			return smoke.Report{}, &usageError{fmt.Errorf("--admin-url: %w", err)}
		}
		admin = &smoke.Admin{URL: adminURL, Key: os.Getenv(adminKeyVariable)}
	}
	fmt.Fprintf(stderr, "Judging %s\n", s.client.BaseURL())
	return smoke.Run(ctx, smoke.Options{
		Client: s.client, API: cfg.API, Box: box, Address: smoke.PlusAddresses(cmp.Or(cfg.Email, "smoke@example.com")), Email: cfg.Email,
		Apps: apps, AppleID: cfg.AppleID, Device: device, Only: flags.only, Skip: flags.skip, Patience: flags.patience, Admin: admin, Expect: cfg.Expect, Embedded: embedded,
		HankoConfig: hankoConfig, ReturnAddress: cfg.ReturnAddress, RedirectTo: flags.redirectTo,
	}, tell)
}

// writeReports writes a report in every form that was asked for. With several tenants each file's name gets the
// tenant's.
func writeReports(judged smoke.Report, flags smokeFlags, cfg config.Config, several bool, stdout, stderr io.Writer) error {
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
		terminal, _ := terminalOf(stdout, cfg.Theme)
		if err := terminal.Text(stdout, judged); err != nil {
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
		path := reportPath(file.path, cfg.Tenant, several)
		if err := writeFile(path, os.O_CREATE|os.O_TRUNC, judged, file.write); err != nil {
			return err
		}
	}
	if err := writeExpectations(judged, reportPath(flags.writeExpect, cfg.Tenant, several), stderr); err != nil {
		return err
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

// reportPath is where a tenant's report goes; "" stays "".
func reportPath(path, tenant string, several bool) string {
	if several && path != "" {
		return filepath.Join(filepath.Dir(path), tenant+"-"+filepath.Base(path))
	}
	return path
}

// checkWritable finds out whether a report can be written, before there is one: what the file holds stays, and no empty one
// is left.
func checkWritable(path string) error {
	if path == "" {
		return nil
	}
	_, missing := os.Stat(path)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	if err := file.Close(); err != nil || missing == nil {
		return err
	}
	return os.Remove(path)
}

func writeFile(path string, mode int, judged smoke.Report, write func(io.Writer, smoke.Report) error) error {
	file, err := os.OpenFile(path, mode|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	return errors.Join(write(file, judged), file.Close())
}
