// Command hankosim plays a native mobile app that logs in against a Hanko tenant.
package main

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
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/association"
	"example.com/hankosim/authenticator/fault"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/tui"
)

// version is set by the linker for a release; see Makefile.
var version = ""

// Exit codes.
const (
	exitFailed      = 1
	exitUsage       = 2 // the command line or the configuration
	exitInterrupted = 130
)

// grace is how long a new screen takes no enter and no letters: about as long as it takes to see that it is new.
const grace = 250 * time.Millisecond

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	root := rootCommand()
	err := root.ExecuteContext(ctx)
	interrupted := ctx.Err() != nil
	stop()
	os.Exit(exitCode(err, interrupted, os.Stderr))
}

// exitCode tells an error to the person and gives the code to end with.
func exitCode(err error, interrupted bool, stderr io.Writer) int {
	var (
		configError *ConfigError
		usage       *usageError
	)
	var exit *exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.code
	case interrupted && errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	fmt.Fprintf(stderr, "hankosim: %v\n", err)
	if errors.As(err, &configError) || errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

// usageError is a command line that cannot be meant.
type usageError struct{ error }

// onlyEmbedded are the commands that go by no other tenant, whatever others there are.
var onlyEmbedded = map[string]bool{"tenant": true, "demo": true}

func rootCommand() *cobra.Command {
	var configFile, faultID, recordFile string
	load := func(cmd *cobra.Command) (Config, error) {
		config, err := LoadConfig(configFile, cmd.Flags())
		if err == nil && !onlyEmbedded[cmd.Name()] {
			err = config.checkEmbedded(cmd.Flags())
		}
		return config, err
	}
	root := &cobra.Command{
		Use:   "hankosim",
		Short: "Play a native mobile app that logs in against a Hanko tenant",
		Long: `hankosim walks Hanko's mobile guide in a terminal: email, passcode, session token, passkey. A software
authenticator takes the place of the iPhone's or Android phone's. Without a URL it starts a tenant of its own.`,
		Args:          noArguments,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := load(cmd)
			if err != nil {
				return err
			}
			misbehave, err := namedFault(faultID)
			if err != nil {
				return err
			}
			return runApp(cmd.Context(), config, misbehave, recordFile, cmd.Flags())
		},
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{fmt.Errorf("%w. `%s --help` lists the flags", err, cmd.CommandPath())}
	})
	flags := root.PersistentFlags()
	flags.StringVar(&configFile, "config", "", "read the configuration from `FILE` (default ./hankosim.yaml, then the XDG configuration directory)")
	flags.String("debug", "", "write every exchange, without its secrets, to `FILE` as JSON lines")
	flags.String("url", "", "the tenant's API `URL`; without one an embedded tenant is started")
	flags.String("tenant", "", "the `NAME` of a tenant in the configuration file, or embedded")
	flags.String("api", "auto", "the API to use: `auto|rest|flow`; auto finds out what the tenant is")
	flags.String("device", "iphone", "play this `PHONE`: "+orList(authenticator.ProfileNames())+", or one of the configuration's by name")
	flags.String("page-origin", "", "the `ORIGIN` of the web page that uses a browser or a security key")
	flags.String("email", "", "fill in the email screen with `ADDRESS`")
	flags.String("preset", string(tenant.PresetGuide), "the kind of embedded tenant: `"+presetNames()+"`")
	flags.StringArray("set", nil, "change one `NAME=VALUE` of the embedded tenant; may be given again (see hankosim tenant --switches)")
	flags.Bool("plain", false, "walk in plain lines, for screen readers and terminals that cannot be drawn on")
	flags.String("theme", string(tui.AutoTheme), "draw in these colours: `"+strings.Join(themeNames(), "|")+"`")
	flags.Bool("mouse", false, "take clicks and the mouse wheel")
	flags.Bool("ephemeral", false, "keep nothing on disk: no passkeys, no users of the embedded tenant")
	root.Flags().Bool("strict", false, "refuse what only real platforms refuse: an app its domain does not know, attestation on iOS")
	root.Flags().StringVar(&faultID, "fault", "", "misbehave on purpose, as `ID` of hankosim faults says")
	recordFlag(root.Flags(), &recordFile)
	root.AddCommand(smokeCommand(load), tokenCommand(load), tenantCommand(load), passkeysCommand(load), demoCommand(load), replayCommand(), faultsCommand(), attestationCACommand(load), apkKeyHashCommand(), versionCommand())
	strictCommands(root)
	return root
}

// runApp opens the TUI: on the configured tenant, or on an embedded one in the same process, and then on every other that
// the person connects. misbehave may be nil, and recordFile "".
func runApp(ctx context.Context, config Config, misbehave *fault.Fault, recordFile string, flags *pflag.FlagSet) error {
	plain := wantsLines(config.Plain)
	if !plain && !onTerminal() {
		return &usageError{errors.New("the app needs a terminal that can be drawn on, as its input and its output. --plain walks in plain lines")}
	}
	recorder, endRecording, err := startRecording(recordFile)
	if err != nil {
		return err
	}
	show := tui.Run
	if plain {
		lines := tui.ReadLines(ctx, os.Stdin)
		show = func(ctx context.Context, options tui.Options, _ io.Reader, out io.Writer) (*tui.Reconnect, error) {
			return tui.RunPlain(ctx, options, lines, out)
		}
	}
	other := connector{config, flags}
	for notice := ""; ; {
		options, closeAll, err := openApp(ctx, config, misbehave)
		if err != nil {
			return endRecording(err)
		}
		options.Record = recorder
		options.Connect, options.SaveTenant = other.connect, other.save
		options.Notice = cmp.Or(options.Notice, notice)
		next, err := show(ctx, options, os.Stdin, os.Stdout)
		closeAll()
		if err != nil || next == nil {
			return endRecording(err)
		}
		config.URL, config.Tenant, notice = next.URL, next.Name, noticeOf(*next)
	}
}

// openApp opens what the app is given to work with: the phones, and the configured tenant, or an embedded one in the
// same process. closeAll gives that up. misbehave may be nil.
func openApp(ctx context.Context, config Config, misbehave *fault.Fault) (_ tui.Options, closeAll func(), err error) {
	var opened []func()
	closeOpened := func() {
		for _, closeIt := range slices.Backward(opened) {
			closeIt()
		}
	}
	defer func() {
		if err != nil {
			closeOpened()
		}
	}()
	options := tui.Options{
		Fault:           misbehave,
		Strict:          config.Strict,
		Association:     appAssociation(config),
		RelatedOrigins:  association.New(nil).RelatedOrigin,
		Tenant:          config.Tenant,
		API:             config.API,
		Version:         versionText(),
		Folder:          ".",
		Email:           config.Email,
		Renderer:        lipgloss.NewRenderer(os.Stdout),
		Theme:           config.Theme,
		Mouse:           config.Mouse,
		Terminal:        os.Stdout,
		NativeClipboard: true,
		Grace:           grace,
	}
	if options.Theme == tui.AutoTheme && termenv.EnvNoColor() {
		options.Theme = tui.NoColours
	}
	if config.URL == "" {
		embedded, err := startEmbedded(&config)
		if err != nil {
			return tui.Options{}, nil, err
		}
		opened = append(opened, embedded.close)
		options.Inbox, options.Notice = embedded.tenant.Inbox(), embedded.notice
	}
	phones, err := openPhones(config)
	if err != nil {
		return tui.Options{}, nil, err
	}
	options.Profile, options.Others = phones[0], phones[1:]
	if options.Store, err = openKeystore(ctx, config, os.Stderr); err != nil {
		return tui.Options{}, nil, err
	}
	if options.OTP, err = openTOTP(config); err != nil {
		return tui.Options{}, nil, err
	}
	client, closeLog, err := newClient(config)
	if err != nil {
		return tui.Options{}, nil, err
	}
	opened = append(opened, closeLog)
	options.Client = client
	return options, closeOpened, nil
}

// newClient is the client for the configured tenant; its exchanges go into the debug file, where one is wished for.
func newClient(config Config) (*hanko.Client, func(), error) {
	options := hanko.Options{Timeout: config.Timeout, UserAgent: "hankosim/" + versionText()}
	closeLog := func() {}
	if config.Debug != "" {
		file, err := os.OpenFile(config.Debug, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, nil, fmt.Errorf("the debug file cannot be written: %w", err)
		}
		closeLog = func() { _ = file.Close() }
		options.Observe = logExchanges(slog.New(slog.NewJSONHandler(file, nil)))
	}
	client, err := hanko.NewClient(config.URL, options)
	return client, closeLog, err
}

// logExchanges writes exchanges to a log, masked.
func logExchanges(log *slog.Logger) func(hanko.Exchange) {
	return func(exchange hanko.Exchange) {
		masked := exchange.Masked()
		attributes := []any{
			"method", masked.Method, "url", masked.URL, "status", masked.Status, "ms", masked.Duration.Milliseconds(),
			"request_header", masked.RequestHeader, "request_body", string(masked.RequestBody),
			"response_header", masked.ResponseHeader, "response_body", string(masked.ResponseBody),
		}
		if exchange.Err != nil {
			attributes = append(attributes, "error", exchange.Err.Error())
		}
		log.Info("exchange", attributes...)
	}
}

// embedded is the tenant in this process, being served.
type embedded struct {
	tenant *tenant.Tenant
	server *http.Server
	notice string
}

// startEmbedded opens the embedded tenant and serves it; config then has its URL. Where another hankosim has its file
// open, this one's tenant and phone live in memory.
func startEmbedded(config *Config) (*embedded, error) {
	started := &embedded{notice: "No tenant is configured, so this one runs inside hankosim, with a mailbox of its own."}
	opened, err := openTenant(*config, slog.New(slog.DiscardHandler))
	var store *tenant.StoreError
	if errors.As(err, &store) && store.Problem == tenant.StoreLocked {
		config.Ephemeral = true
		started.notice = "Another hankosim has the embedded tenant's data open, so this one begins empty and keeps nothing, passkeys neither."
		opened, err = openTenant(*config, slog.New(slog.DiscardHandler))
	}
	if err != nil {
		return nil, err
	}
	started.tenant = opened
	listener, err := net.Listen("tcp", cmp.Or(config.Listen, "127.0.0.1:0"))
	if err != nil {
		return nil, errors.Join(listenError(err), opened.Close())
	}
	config.URL = localURL(listener.Addr()) + opened.BasePath()
	started.server = server(opened)
	go func() { _ = started.server.Serve(listener) }() // ends with close
	return started, nil
}

func (e *embedded) close() {
	_ = e.server.Close()
	_ = e.tenant.Close()
}

func openTenant(config Config, log *slog.Logger) (*tenant.Tenant, error) {
	options := tenant.Options{
		Path:     config.Data,
		Origins:  origins(config),
		Inbox:    mailbox.NewInbox(),
		Log:      log,
		Settings: config.Settings,
	}
	if config.Ephemeral {
		options.Path = ""
	}
	return tenant.Open(options)
}

func server(opened *tenant.Tenant) *http.Server {
	return &http.Server{Handler: opened.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
}

// localURL is how a listener is reached from this machine. It says localhost where it can, as that is the relying
// party's id.
func localURL(addr net.Addr) string {
	host, port, _ := net.SplitHostPort(addr.String()) // an address of our own listener
	if ip := net.ParseIP(host); ip == nil || ip.Equal(net.IPv4(127, 0, 0, 1)) || ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

func listenError(err error) error {
	return fmt.Errorf("the embedded tenant cannot listen: %w. Choose another address with --listen; port 0 is any free one", err)
}

func presetNames() string {
	var names []string
	for _, preset := range tenant.Presets() {
		names = append(names, string(preset))
	}
	return strings.Join(names, "|")
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

func tenantCommand(load func(*cobra.Command) (Config, error)) *cobra.Command {
	var switches bool
	command := &cobra.Command{
		Use:   "tenant",
		Short: "Serve the embedded tenant alone, for an app that has none yet",
		Long: `tenant serves the embedded tenant's API until it is interrupted. Passcodes appear in its log and at /inbox
(a page) and /inbox.json. It listens on this machine only, unless --listen says otherwise.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if switches {
				return listSwitches(cmd.OutOrStdout())
			}
			config, err := load(cmd)
			if err != nil {
				return err
			}
			return serveTenant(cmd.Context(), config, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	command.Flags().BoolVar(&switches, "switches", false, "list what --set can change, and serve nothing")
	command.Flags().String("listen", "127.0.0.1:8000", "listen on `ADDR`, host:port; port 0 is any free one")
	return command
}

func serveTenant(ctx context.Context, config Config, stdout, stderr io.Writer) error {
	opened, err := openTenant(config, slog.New(slog.NewTextHandler(stderr, nil)))
	if err != nil {
		return err
	}
	defer opened.Close()
	listener, err := net.Listen("tcp", cmp.Or(config.Listen, "127.0.0.1:8000"))
	if err != nil {
		return listenError(err)
	}
	base := localURL(listener.Addr())
	fmt.Fprintf(stdout, "The embedded tenant is at %s\nIts mail is at %s/inbox\n", base+opened.BasePath(), base)
	if host, _, _ := net.SplitHostPort(listener.Addr().String()); !net.ParseIP(host).IsLoopback() {
		fmt.Fprintln(stderr, "Anybody who reaches this machine can read its passcodes at /inbox: listen on 127.0.0.1 if that is not meant.")
	}
	serving := server(opened)
	stop := context.AfterFunc(ctx, func() { _ = serving.Close() })
	defer stop()
	if err := serving.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "hankosim %s (%s, %s/%s)\n", versionText(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// versionText is the version that the linker was given, or what the Go tool knows of the build.
func versionText() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "development"
}
