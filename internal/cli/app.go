package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/hankosim/authenticator/association"
	"example.com/hankosim/authenticator/fault"
	"example.com/hankosim/internal/config"
	"example.com/hankosim/tui"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/plain"
)

// grace is how long a new screen takes no enter and no letters: about as long as it takes to see that it is new.
const grace = 250 * time.Millisecond

// appCommand is the program without a command: the app.
func appCommand(load loadFunc, exampleConfig string) *cobra.Command {
	var faultID, recordFile, box string
	command := &cobra.Command{
		Use:   "hankosim",
		Short: "Play a native mobile app that signs in to a Hanko tenant",
		Long: `hankosim follows Hanko's mobile guide in a terminal: email, passcode, session token, passkey. A software
authenticator stands in for the iPhone's or Android phone's. Without a URL it starts an embedded tenant.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			misbehave, err := namedFault(faultID)
			if err != nil {
				return err
			}
			other := connector{cfg: cfg, flags: cmd.Flags(), exampleConfig: exampleConfig}
			return runApp(cmd.Context(), cfg, misbehave, recordFile, box, other)
		},
	}
	config.AddFlag(command.Flags(), "strict")
	config.AddFlag(command.Flags(), "no_browser")
	config.AddFlag(command.Flags(), "return_address")
	command.Flags().StringVar(&faultID, "fault", "", "misbehave on purpose, in the way `ID` (see hankosim faults)")
	recordFlag(command.Flags(), &recordFile)
	mailboxFlag(command.Flags(), &box)
	return command
}

// runApp opens the TUI: on the configured tenant, or on an embedded one in the same process, and then on every other that
// the person connects. misbehave may be nil, and recordFile and box "".
func runApp(ctx context.Context, cfg config.Config, misbehave *fault.Fault, recordFile, box string, other connector) error {
	inLines := wantsLines(cfg.Plain)
	if !inLines && !onTerminal() {
		return &usageError{errors.New("the app needs a terminal for its input and output. Use --plain for plain lines of text")}
	}
	recorder, endRecording, err := startRecording(recordFile)
	if err != nil {
		return err
	}
	show := func(ctx context.Context, options kit.Options, in io.Reader, out io.Writer) (*kit.Reconnect, error) {
		defer drawing(ctx)()
		return tui.Run(ctx, options, in, out)
	}
	if inLines {
		lines := plain.ReadLines(ctx, os.Stdin)
		show = func(ctx context.Context, options kit.Options, _ io.Reader, out io.Writer) (*kit.Reconnect, error) {
			return plain.Run(ctx, options, lines, out)
		}
	}
	on, notice := configured(cfg), cfg.URLNote
	for {
		s, err := openSession(ctx, cfg, on)
		if err != nil {
			return endRecording(err)
		}
		options, err := appOptions(ctx, s)
		if err != nil {
			s.Close()
			return endRecording(err)
		}
		if options.Mailbox, err = s.appMailbox(ctx, box, os.Stderr); err != nil {
			s.Close()
			return errors.Join(err, endRecording(nil))
		}
		options.Fault, options.Record = misbehave, recorder
		if on == configured(cfg) {
			options.Expect = cfg.Expect
		}
		options.Connect, options.SaveTenant = other.connect, other.save
		options.Notice = cmp.Or(options.Notice, notice)
		next, err := show(ctx, options, os.Stdin, os.Stdout)
		s.Close()
		if err != nil || next == nil {
			return endRecording(err)
		}
		on, notice = other.targetOf(*next)
	}
}

// appOptions are what the app is given to work with in a session.
func appOptions(ctx context.Context, s *session) (kit.Options, error) {
	cfg := s.cfg
	options := kit.Options{
		Client:          s.client,
		Secrets:         secretsOf(ctx),
		Inbox:           s.inbox,
		Notice:          s.notice,
		Tenant:          s.tenant.name,
		Strict:          cfg.Strict,
		Association:     appAssociation(cfg.Strict),
		RelatedOrigins:  association.New(nil).RelatedOrigin,
		ReturnAddress:   cfg.ReturnAddress,
		API:             cfg.API,
		Version:         versionText(),
		Folder:          ".",
		Email:           cfg.Email,
		Renderer:        lipgloss.NewRenderer(os.Stdout),
		Theme:           kit.ThemeName(cfg.Theme),
		Motion:          cfg.Motion,
		Mouse:           cfg.Mouse,
		Terminal:        os.Stdout,
		NativeClipboard: true,
		Grace:           grace,
	}
	if !cfg.NoBrowser {
		options.OpenBrowser = openBrowser
	}
	if options.Theme == kit.AutoTheme && termenv.EnvNoColor() {
		options.Theme = kit.NoColours
	}
	phones, err := s.phones()
	if err != nil {
		return kit.Options{}, err
	}
	options.Profile, options.Others = phones[0], phones[1:]
	unlock := newUnlocker(os.Stderr)
	if options.Store, err = unlock.keystore(ctx, cfg); err != nil {
		return kit.Options{}, err
	}
	options.OTP, err = unlock.totp(ctx, cfg)
	return options, err
}

// mailboxFlag adds --mailbox to a set.
func mailboxFlag(flags *pflag.FlagSet, box *string) {
	flags.StringVar(box, "mailbox", "", "read the passcodes from `BOX`, as in mailpit:http://localhost:8025, imaps://user@host, smtp:127.0.0.1:1025")
}
