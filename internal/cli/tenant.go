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
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/config"
)

func tenantCommand(load loadFunc) *cobra.Command {
	var switches bool
	command := &cobra.Command{
		Use:   "tenant",
		Short: "Serve the embedded tenant, for an app that has no tenant yet",
		Long: `tenant serves the embedded tenant's API until you interrupt it. Passcodes appear in its log, at /inbox (a page) and at
/inbox.json. It listens only on this machine unless you change --listen.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if switches {
				return listSwitches(cmd.OutOrStdout())
			}
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			return serveTenant(cmd.Context(), cfg, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	command.Flags().BoolVar(&switches, "switches", false, "list what --set can change, and exit")
	config.AddFlag(command.Flags(), "embedded.listen")
	return command
}

func serveTenant(ctx context.Context, cfg config.Config, stdout, stderr io.Writer) error {
	opened, err := openTenant(cfg, cfg.Listen, slog.New(slog.NewTextHandler(stderr, nil)))
	if err != nil {
		return err
	}
	defer opened.Close()
	if opened.StartedEmpty() {
		fmt.Fprintln(stderr, startedEmpty(cfg.Data))
	}
	listener, err := net.Listen("tcp", cmp.Or(cfg.Listen, "127.0.0.1:8000"))
	if err != nil {
		return listenError(err)
	}
	base := localURL(listener.Addr())
	fmt.Fprintf(stdout, "The embedded tenant is at %s\nIts mail is at %s/inbox\n", base+opened.BasePath(), base)
	if host, _, _ := net.SplitHostPort(listener.Addr().String()); !net.ParseIP(host).IsLoopback() {
		fmt.Fprintln(stderr, "Anybody who can reach this machine can read the passcodes at /inbox. To prevent that, listen on 127.0.0.1.")
	}
	serving := opened.Server()
	serving.ErrorLog = errorLog(ctx, stderr)
	stop := context.AfterFunc(ctx, func() { _ = serving.Close() })
	defer stop()
	if err := serving.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
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
