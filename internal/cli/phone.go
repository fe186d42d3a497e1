package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/association"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
	"example.com/hankosim/internal/config"
	"example.com/hankosim/internal/input"
)

// phoneFlags are the person's answer on the sheet, and what else a ceremony can have.
type phoneFlags struct {
	approve, refuse bool
	explain         bool
	fault           string
}

func phoneCommand(load loadFunc) *cobra.Command {
	phone := &cobra.Command{
		Use:   "phone",
		Short: "Create a passkey or sign with one, for a script that speaks to a server itself",
		Long: `phone reads a server's options for a passkey (JSON) from standard input, and prints what the simulated phone answers. The
options are WebAuthn's, bare or below publicKey, from any server. --device chooses the phone, and --approve or --refuse
is what the person in front of it does.

If the phone refuses, it prints the error of its platform to standard error. The exit code is 0 for an answer, 1 if
something else failed, 2 for a mistake on the command line or in the configuration, and for a refusal:

  10 NotAllowedError     the person refused, or the phone has no passkey that fits
  11 InvalidStateError   the phone has a passkey that the options exclude
  12 SecurityError       the app or page may not use this RP ID
  13 NotSupportedError   the phone cannot do what the options ask for
  14 ConstraintError     the options require an ability that the phone lacks
  15 TypeError, SyntaxError   the options cannot be read, or lack something`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	phone.AddCommand(
		ceremonyCommand(load, authenticator.Create, "Create a passkey, and print the registration response",
			"  curl -s -X POST -H \"Authorization: Bearer $TOKEN\" $URL/webauthn/registration/initialize | hankosim phone create --approve"),
		ceremonyCommand(load, authenticator.Get, "Sign with a passkey, and print the authentication response",
			"  curl -s -X POST $URL/webauthn/login/initialize | hankosim phone get --approve"),
	)
	return phone
}

func ceremonyCommand(load loadFunc, ceremony authenticator.Ceremony, short, example string) *cobra.Command {
	var flags phoneFlags
	command := &cobra.Command{
		Use:     string(ceremony),
		Short:   short,
		Example: example,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if flags.approve == flags.refuse {
				return &usageError{errors.New("say what the person on the phone does: --approve or --refuse")}
			}
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			return flags.run(cmd.Context(), cfg, ceremony, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	command.Flags().BoolVar(&flags.approve, "approve", false, "the person approves, and is verified by biometrics or screen lock")
	command.Flags().BoolVar(&flags.refuse, "refuse", false, "the person refuses")
	command.Flags().BoolVar(&flags.explain, "explain", false, "take the response apart on standard error")
	command.Flags().StringVar(&flags.fault, "fault", "", "misbehave on purpose, as this `FAULT` (see hankosim faults)")
	config.AddFlag(command.Flags(), "strict")
	return command
}

// exampleOptions are short options that a phone takes.
var exampleOptions = map[authenticator.Ceremony]string{
	authenticator.Create: `{"challenge": "Y2hhbGxlbmdl", "rp": {"id": "localhost", "name": "Example"}, ` +
		`"user": {"id": "YWRh", "name": "ada@example.com", "displayName": "Ada"}, "pubKeyCredParams": [{"type": "public-key", "alg": -7}]}`,
	authenticator.Get: `{"challenge": "Y2hhbGxlbmdl", "rpId": "localhost"}`,
}

// maxOptions is how long options can be, in bytes.
const maxOptions = 1 << 20

func (f phoneFlags) run(ctx context.Context, cfg config.Config, ceremony authenticator.Ceremony, stdout, stderr io.Writer) error {
	phone, err := f.phone(ctx, cfg, stderr)
	if err != nil {
		return err
	}
	options, err := input.Read(ctx, "-", maxOptions)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("the options cannot be read from standard input: %w", err)
	}
	response, rpID, err := answer(ctx, phone, ceremony, options)
	var refused *authenticator.Error
	switch {
	case errors.As(err, &refused) && refused.Name == authenticator.TypeError:
		return says(ctx, stderr, fmt.Errorf("%s\nOptions are JSON such as %s", hanko.Printable(refused.Error()), exampleOptions[ceremony]), refusalCode(refused.Name))
	case errors.As(err, &refused):
		return says(ctx, stderr, errors.New(hanko.Printable(refused.Error())), refusalCode(refused.Name))
	case err != nil:
		return err
	}
	if f.explain {
		explainResponse(stderr, response, rpID)
	}
	_, err = fmt.Fprintf(stdout, "%s\n", response)
	return err
}

// phone opens the configured phone, whose person does what the flags say.
func (f phoneFlags) phone(ctx context.Context, cfg config.Config, stderr io.Writer) (*authenticator.Phone, error) {
	misbehaves, err := namedFault(f.fault)
	if err != nil {
		return nil, err
	}
	phones, err := openPhones(cfg)
	if err != nil {
		return nil, err
	}
	store, err := openKeystore(ctx, cfg, stderr)
	if err != nil {
		return nil, err
	}
	report := func(err error) {
		fmt.Fprintf(stderr, "A real phone would refuse: %s\n", hanko.Printable(err.Error()))
	}
	options := []authenticator.PhoneOption{
		authenticator.WithAppAssociation(appAssociation(cfg.Strict), report),
		authenticator.WithRelatedOrigins(association.New(nil).RelatedOrigin),
	}
	if cfg.Strict {
		options = append(options, authenticator.Strict())
	}
	consent := func(context.Context, authenticator.ConsentRequest) (authenticator.Decision, error) {
		return authenticator.Decision{Approved: f.approve, UserVerified: f.approve}, nil
	}
	phone := authenticator.NewPhone(phones[0], store, consent, options...)
	if misbehaves != nil {
		phone = misbehaves.On(phone)
	}
	return phone, nil
}

// answer returns the phone's response to options, as JSON, and the RP ID that they are for.
func answer(ctx context.Context, phone *authenticator.Phone, ceremony authenticator.Ceremony, options []byte) (response []byte, rpID string, err error) {
	var made any
	if ceremony == authenticator.Create {
		asked, err := authenticator.ParseCreationOptions(options)
		if err != nil {
			return nil, "", err
		}
		rpID = asked.RP.ID
		if made, err = phone.Create(ctx, asked); err != nil {
			return nil, "", err
		}
	} else {
		asked, err := authenticator.ParseRequestOptions(options)
		if err != nil {
			return nil, "", err
		}
		rpID = asked.RPID
		if made, err = phone.Get(ctx, asked); err != nil {
			return nil, "", err
		}
	}
	response, err = json.Marshal(made)
	return response, rpID, err
}

// refusalCode is the exit code for a phone's refusal.
func refusalCode(name authenticator.ErrorName) int {
	switch name {
	case authenticator.NotAllowedError:
		return 10
	case authenticator.InvalidStateError:
		return 11
	case authenticator.SecurityError:
		return 12
	case authenticator.NotSupportedError:
		return 13
	case authenticator.ConstraintError:
		return 14
	case authenticator.TypeError, authenticator.SyntaxError:
		return 15
	case authenticator.UnknownError:
	}
	return exitFailed
}

// explainResponse takes a response apart, part by part.
func explainResponse(stderr io.Writer, response []byte, rpID string) {
	for _, part := range decode.Body(response, rpID) {
		fmt.Fprintf(stderr, "%s (%s)\n", part.Title, part.Path)
		table := tabwriter.NewWriter(stderr, 0, 0, 2, ' ', 0)
		for _, line := range part.Lines {
			fmt.Fprintf(table, "  %s%s\t%s\t%s\n", strings.Repeat("  ", line.Depth), line.Name, line.Value, line.Note)
		}
		_ = table.Flush() // standard error is all there is to tell it on
	}
}
