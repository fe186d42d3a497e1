package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/exchange"
	"example.com/hankosim/hanko"
	"example.com/hankosim/internal/config"
	"example.com/hankosim/internal/input"
)

// The formats of export.
const (
	formatCXF       = "cxf"
	formatDevTools  = "devtools"
	formatWebDriver = "webdriver"
)

func exportCommand(load loadFunc) *cobra.Command {
	var format, out string
	command := &cobra.Command{
		Use:   "export [CREDENTIAL_ID...]",
		Short: "Write passkeys and their private keys to a file, for browsers and password managers",
		Long: `export writes the passkeys that you name, or all of them, with their private keys:

  cxf        FIDO's Credential Exchange Format, for password managers
  devtools   for Chromium's DevTools protocol (WebAuthn.addCredential)
  webdriver  for WebDriver (Add Credential)

The file must not exist yet. Only its owner can read it.`,
		Example: `  hankosim passkeys export --format devtools --out passkeys.json
  hankosim passkeys export q0KGzc8 --format cxf --out - | age -r … > passkeys.age`,
		Args: func(*cobra.Command, []string) error {
			if !slices.Contains([]string{formatCXF, formatDevTools, formatWebDriver}, format) {
				return &usageError{fmt.Errorf("there is no format %q. Use cxf, devtools or webdriver", format)}
			}
			if out == "" {
				return &usageError{errors.New("give the file to write with --out FILE, or --out - for standard output")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			return exportPasskeys(cmd, cfg, args, format, out)
		},
	}
	command.Flags().StringVar(&format, "format", formatCXF, "write `cxf|devtools|webdriver`")
	command.Flags().StringVar(&out, "out", "", "write to this new `FILE`; - is standard output")
	return command
}

func exportPasskeys(cmd *cobra.Command, cfg config.Config, names []string, format, out string) error {
	store, err := openKeystore(cmd.Context(), cfg, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	named, err := namedPasskeys(store, names)
	if err != nil {
		return fmt.Errorf("%w; nothing was exported", err)
	}
	ids := make([][]byte, 0, len(named))
	for _, passkey := range named {
		ids = append(ids, passkey.CredentialID)
	}
	passkeys, err := store.Export(ids...)
	if err != nil {
		return err
	}
	document, written, err := encodePasskeys(cmd, cfg, passkeys, format)
	if err != nil {
		return err
	}
	if written == 0 {
		return errors.New("there are no passkeys to export; nothing was written")
	}
	if out == "-" {
		_, err := cmd.OutOrStdout().Write(document)
		return err
	}
	if err := writeSecret(out, document); err != nil {
		return fmt.Errorf("the passkeys cannot be exported: %w", err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s in %s, with their private keys. Whoever has the file can sign in with them.\n", count(written, "passkey"), out)
	return nil
}

// encodePasskeys writes passkeys in a format, and tells the person what the format does not take.
func encodePasskeys(cmd *cobra.Command, cfg config.Config, passkeys []authenticator.PrivatePasskey, format string) (document []byte, written int, err error) {
	written = len(passkeys)
	stderr := cmd.ErrOrStderr()
	switch format {
	case formatCXF:
		var left []authenticator.Passkey
		document, left, err = exchange.CXF(passkeys, time.Now())
		for _, passkey := range left {
			fmt.Fprintf(stderr, "Left out %s of %s: this format has no passkeys with a signature counter, and none that are not discoverable.\n",
				credentialID(passkey), hanko.Printable(passkey.UserName))
		}
		written -= len(left)
	case formatDevTools:
		document, err = exchange.DevTools(profileOf(cfg), passkeys)
		for _, passkey := range passkeys {
			if passkey.Algorithm != authenticator.ES256 {
				fmt.Fprintf(stderr, "%s of %s is an %s key; Chromium accepts only ES256.\n",
					credentialID(passkey.Passkey), hanko.Printable(passkey.UserName), passkey.Algorithm)
			}
		}
	default:
		document, err = exchange.WebDriver(profileOf(cfg), passkeys)
	}
	return append(document, '\n'), written, err
}

// profileOf finds the phone that a passkey is on: a configured one by its keychain, else the profile that made it.
func profileOf(cfg config.Config) exchange.ProfileOf {
	return func(passkey authenticator.Passkey) authenticator.Profile {
		for _, phone := range cfg.Phones {
			if phone.Keychain == passkey.Keychain {
				return phone
			}
		}
		profile, err := authenticator.NamedProfile(passkey.Profile, cfg.Apps[0], "")
		if err != nil {
			return authenticator.IPhone() // made by another version; nearly all are synced
		}
		return profile
	}
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

func importCommand(load loadFunc) *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE|-",
		Short: "Add passkeys from a file to the phone",
		Long: `import reads what export writes, and what browsers and password managers do:

  FIDO's Credential Exchange Format 1.0
  Bitwarden's .json, not encrypted
  KeePassXC's .passkey
  credentials of DevTools, WebDriver and Playwright, alone or in the messages they come in

It sees by itself which of them a file is. - is standard input. The passkeys go onto the phone that --device names.
What cannot be taken is skipped, and told.`,
		Args: arguments(1, 1, "name one file to import"),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			return importPasskeys(cmd, cfg, args[0])
		},
	}
}

// maxImport is how long a file of passkeys can be, in bytes: a password manager's export may be large.
const maxImport = 64 << 20

// importPasskeys takes what it can, one by one, and tells what it could not. Only where it could take none is that an
// error.
func importPasskeys(cmd *cobra.Command, cfg config.Config, path string) error {
	content, err := input.Read(cmd.Context(), path, maxImport)
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", path, err)
	}
	found, err := exchange.Parse(content)
	if err != nil {
		return fmt.Errorf("%s cannot be imported: %w", path, err)
	}
	store, err := openKeystore(cmd.Context(), cfg, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	phone := authenticator.NewPhone(cfg.Phones[0], store, nil)
	skipped := found.Skipped
	var imported, there int
	for _, passkey := range found.Passkeys {
		err := phone.Import([]authenticator.PrivatePasskey{passkey})
		var unfit *authenticator.ImportError
		switch {
		case err == nil:
			imported++
		case errors.Is(err, authenticator.ErrPasskeyExists):
			there++
			fmt.Fprintf(cmd.ErrOrStderr(), "Skipped %s: it is in the keystore already.\n", skippedName(passkey.Passkey))
		case errors.As(err, &unfit):
			skipped = append(skipped, exchange.Skipped{Passkey: passkey.Passkey, Err: unfit.Err})
		default:
			return err
		}
	}
	for _, s := range skipped {
		fmt.Fprintf(cmd.ErrOrStderr(), "Skipped %s: %s.\n", skippedName(s.Passkey), hanko.Printable(s.Err.Error()))
	}
	if found.Others > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "Skipped %s: no passkeys.\n", count(found.Others, "other credential"))
	}
	fmt.Fprintf(cmd.OutOrStdout(), "Imported %d of %s. The phone keeps them in %s.\n",
		imported, count(len(found.Passkeys)+len(found.Skipped), "passkey"), phone.Profile().Keychain)
	if imported+there == 0 {
		return fmt.Errorf("%s could not be imported", count(len(skipped), "passkey"))
	}
	return nil
}

// skippedName names a passkey that may lack anything.
func skippedName(passkey authenticator.Passkey) string {
	name := credentialID(passkey)
	if name == "" {
		name = "a passkey without an id"
	}
	if whose := hanko.Printable(cmp.Or(passkey.UserName, passkey.RPID)); whose != "" {
		name += " of " + whose
	}
	return name
}
