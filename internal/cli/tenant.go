package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/config"
)

// tenantFlags are what one run of the tenant command is asked for, beside the configuration.
type tenantFlags struct {
	switches  bool
	data      string
	readyFile string
	control   controlFlags
}

func tenantCommand(load loadFunc) *cobra.Command {
	var flags tenantFlags
	command := &cobra.Command{
		Use:   "tenant",
		Short: "Serve the embedded tenant, for an app that has no tenant yet",
		Long: `tenant serves the embedded tenant's API until you interrupt it. Passcodes appear in its log, at /inbox (a page) and at
/inbox.json. It listens only on this machine unless you change --listen. On another port than 8000 it has a data file of
its own, and on port 0 none, unless you give it a name with --data.

For an app's own UI tests, --control serves a control API, and --ready-file tells a script when the tenant is there.`,
		Example: `  hankosim tenant --preset v3 --set rp-id=app.example.com
  hankosim tenant --listen 127.0.0.1:0 --ready-file ready.json --control 127.0.0.1:0 --passcode 123456 --seed ada@example.com`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if flags.switches {
				return listSwitches(cmd.OutOrStdout())
			}
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			return serveTenant(cmd.Context(), cfg, flags, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	command.Flags().BoolVar(&flags.switches, "switches", false, "list what --set can change, and exit")
	command.Flags().StringVar(&flags.data, "data", "", "keep users and passkeys under this `NAME`, beside the default file")
	command.Flags().StringVar(&flags.readyFile, "ready-file", "", "write the URLs and the control token to `FILE` as JSON, once the tenant listens")
	flags.control.add(command.Flags())
	config.AddFlag(command.Flags(), "embedded.listen")
	return command
}

// defaultListen is where the tenant command listens if nobody says otherwise.
const defaultListen = "127.0.0.1:8000"

func serveTenant(ctx context.Context, cfg config.Config, flags tenantFlags, stdout, stderr io.Writer) error {
	start, err := flags.control.check()
	if err != nil {
		return err
	}
	file, err := dataFile(cfg, flags.data)
	if err != nil {
		return err
	}
	// Before the file is opened: one for a port that is taken would be left behind.
	listener, err := net.Listen("tcp", cmp.Or(cfg.Listen, defaultListen))
	if err != nil {
		return listenError("the embedded tenant", err)
	}
	defer listener.Close()
	log := slog.New(slog.NewTextHandler(stderr, nil))
	served := cfg
	served.Data, served.Ephemeral = file, file == ""
	opened, err := openTenant(served, cfg.Listen, log)
	if err != nil {
		return err
	}
	defer opened.Close()
	if opened.StartedEmpty() {
		fmt.Fprintln(stderr, startedEmpty(file))
	}
	controlled, err := flags.control.open(ctx, cfg, opened, start, stderr)
	if err != nil {
		return err
	}
	if file == "" {
		defer func() { _ = controlled.Forget() }() // the tenant is gone, and its users with it
	}
	if err := controlled.Begin(ctx); err != nil {
		return beginError(err)
	}
	base := localURL(listener.Addr())
	now := ready{URL: base + opened.BasePath(), Inbox: base + "/inbox.json"}
	fmt.Fprintf(stdout, "The embedded tenant is at %s\nIts mail is at %s/inbox\n%s\n", now.URL, base, dataLine(file))
	if host, _, _ := net.SplitHostPort(listener.Addr().String()); !net.ParseIP(host).IsLoopback() {
		fmt.Fprintln(stderr, "Anybody who can reach this machine can read the passcodes at /inbox. To prevent that, listen on 127.0.0.1.")
	}
	serving := opened.Server()
	serving.ErrorLog = errorLog(ctx, stderr)
	defer context.AfterFunc(ctx, func() { _ = serving.Close() })()
	if flags.control.address != "" {
		url, closeControl, err := serveControl(ctx, flags.control.address, controlled, log, stderr)
		if err != nil {
			return err
		}
		defer closeControl()
		now.Control = &readyControl{URL: url, Token: controlled.Token()}
		fmt.Fprintf(stdout, "The control API is at %s\nIts token is %s\n", url, controlled.Token())
	}
	if flags.readyFile != "" {
		if err := now.write(flags.readyFile); err != nil {
			return err
		}
		defer os.Remove(flags.readyFile)
	}
	if err := serving.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

var dataName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// dataFile returns the file of a tenant, "" for one in memory. Tenants that run beside each other have different ports, and
// so different files. The default port has the default file, in which the app's embedded tenant keeps its users, too.
func dataFile(cfg config.Config, name string) (string, error) {
	_, port, _ := net.SplitHostPort(cmp.Or(cfg.Listen, defaultListen)) // checked already
	beside := func(name string) string { return filepath.Join(filepath.Dir(cfg.Data), "tenant-"+name+".db") }
	switch {
	case name != "" && cfg.Ephemeral:
		return "", &usageError{errors.New("--data names a file, and --ephemeral keeps none. Give one of the two")}
	case name != "" && !dataName.MatchString(name):
		return "", &usageError{fmt.Errorf("--data is %q; use a name of letters, digits, dots and dashes, and no path", name)}
	case name != "":
		return beside(name), nil
	case cfg.Ephemeral:
		return "", nil
	case cfg.DataNamed || port == "8000":
		return cfg.Data, nil
	case port == "0":
		return "", nil
	default:
		return beside(port), nil
	}
}

// dataLine says where a tenant keeps its users and passkeys.
func dataLine(file string) string {
	if file == "" {
		return "It keeps nothing on disk"
	}
	return "Its data is in " + config.ShownPath(file)
}

// listSwitches prints what --set takes.
func listSwitches(stdout io.Writer) error {
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tVALUES\tDEFAULT\tHANKO'S KEY\tMEANING")
	for _, s := range tenant.Switches() {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", s.Name, cmp.Or(strings.Join(s.Values, "|"), "text"), s.Default, s.Key, s.Meaning)
	}
	return table.Flush()
}
