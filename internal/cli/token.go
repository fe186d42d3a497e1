package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/internal/config"
)

// tokenCommand signs in as the robot does and prints the session token alone.
func tokenCommand(load loadFunc) *cobra.Command {
	var (
		flags      smokeFlags
		thirdParty string
		asJSON     bool
	)
	command := &cobra.Command{
		Use:   "token",
		Short: "Sign in and print the session token, for scripts that test a backend",
		Long: `token signs in with a passkey from the phone's keystore. If the tenant knows none of them, it signs in with a passcode
from the mailbox (--mailbox, --email). It prints only the session token to standard output, and the user to standard
error. If the phone has passkeys of several users, choose one with --email. It creates no users.

With --third-party, you sign in in your browser: token shows the link on standard error, opens it, and waits. The tenant
creates a user for you if it does not know you. The address where hankosim waits (--return-address) must be in the tenant's
third_party.allowed_redirect_urls.

The exit code is 0 if there is a token, 1 if nobody could be signed in, 2 for a mistake on the command line or in the
configuration, 3 if no tenant was found, 4 if signing in could not be tried (no mail arrived, no browser came back, the
tenant asked to wait or did not answer), and 130 if interrupted.`,
		Example: `  curl -H "Authorization: Bearer $(hankosim token --tenant staging)" https://api.example.com/me
  hankosim token --tenant staging --third-party google`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := flags.check(); err != nil {
				return err
			}
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			if thirdParty != "" && !cmd.Flags().Changed("timeout") {
				flags.timeout = hanko.StateLife + 10*time.Second // no tenant waits longer
			}
			return printToken(cmd.Context(), cfg, flags, thirdParty, asJSON, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	command.Flags().StringVar(&flags.mailbox, "mailbox", "", "read the passcode from `BOX` (see hankosim smoke)")
	command.Flags().DurationVar(&flags.patience, "patience", 30*time.Second, "wait this long for the mail")
	command.Flags().DurationVar(&flags.timeout, "timeout", 2*time.Minute, "give up after this time; with --third-party, the default is 5m10s")
	command.Flags().StringVar(&thirdParty, "third-party", "", "sign in in your browser with the third party `ID`, such as google or custom_example")
	config.AddFlag(command.Flags(), "no_browser")
	config.AddFlag(command.Flags(), "return_address")
	command.Flags().BoolVar(&asJSON, "json", false, "print the token with its claims and expiry as JSON")
	return command
}

func printToken(ctx context.Context, cfg config.Config, flags smokeFlags, thirdParty string, asJSON bool, stdout, stderr io.Writer) error {
	if cfg.URL == "" {
		return &usageError{errors.New("token needs a tenant that keeps running. Give its --url, or start one with `hankosim tenant`")}
	}
	s, err := openSession(ctx, cfg, configured(cfg))
	if err != nil {
		return err
	}
	defer s.Close()
	phones, err := s.phones()
	if err != nil {
		return err
	}
	store, err := openKeystore(ctx, cfg, stderr)
	if err != nil {
		return err
	}
	box, err := s.mailbox(ctx, flags.mailbox, stderr)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, flags.timeout)
	defer cancel()
	in, err := smoke.SignIn(limited, smoke.SignInOptions{
		Client: s.client, API: cfg.API, Profile: phones[0], Store: store, Box: box, Email: cfg.Email, Patience: flags.patience,
		ThirdParty: thirdParty, ReturnAddress: cfg.ReturnAddress, Browse: func(visit login.Visit) { sendThere(visit, !cfg.NoBrowser, stderr) },
	})
	var (
		several *smoke.SeveralUsersError
		unknown *smoke.UnknownThirdPartyError
	)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return ctx.Err() // interrupted: what broke off is of no interest
	case errors.As(err, &several):
		return &usageError{fmt.Errorf("%w. Choose a user with --email", err)}
	case errors.As(err, &unknown):
		return &usageError{fmt.Errorf("--third-party: %w", err)}
	case limited.Err() != nil && errors.Is(err, login.ErrNothingCame):
		return says(ctx, stderr, fmt.Errorf("no browser came back within %s (--timeout)", flags.timeout), smoke.ExitInconclusive)
	case limited.Err() != nil:
		return says(ctx, stderr, fmt.Errorf("the --timeout of %s is over: %w", flags.timeout, err), smoke.ExitInconclusive)
	default:
		return says(ctx, stderr, err, smoke.ExitCode(err))
	}
	fmt.Fprintf(stderr, "Signed in as %s.\n", hanko.Printable(cmp.Or(in.Email, "the user "+in.Token.Subject)))
	if !asJSON {
		_, err = fmt.Fprintln(stdout, in.Token.Raw)
		return err
	}
	encoder := json.NewEncoder(stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(map[string]any{"token": in.Token.Raw, "claims": in.Token.Claims, "expires_at": in.Token.ExpiresAt.UTC()})
}

// sendThere tells a person where to sign in, and opens their browser.
func sendThere(visit login.Visit, open bool, stderr io.Writer) {
	fmt.Fprintf(stderr, "Continue with %s in your browser: %s\n", hanko.Printable(visit.Party.Name), hanko.Printable(visit.Link))
	if visit.OnlyHere() {
		fmt.Fprintln(stderr, "The browser has to run on this computer.")
	}
	if visit.ErrorsStray {
		fmt.Fprintln(stderr, "If the browser shows an error, the tenant may not tell it here: press Ctrl-C.")
	}
	if !open {
		return
	}
	go func() {
		if err := openBrowser(visit.URL); err != nil {
			fmt.Fprintf(stderr, "No browser was opened: %v.\n", err)
		}
	}()
}
