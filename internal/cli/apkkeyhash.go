package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"example.com/hankosim/authenticator/apk"
	"example.com/hankosim/internal/input"
)

func apkKeyHashCommand() *cobra.Command {
	var passwordFile string
	command := &cobra.Command{
		Use:   "apk-key-hash FINGERPRINT|FILE",
		Short: "Print the origin of an Android app, for webauthn.relying_party.origins",
		Long: `apk-key-hash prints the origin that an Android app has towards a tenant, android:apk-key-hash:…, from its
signing certificate: its SHA-256 fingerprint in any usual spelling, a certificate file (PEM or DER), or a keystore
(JKS or PKCS#12), whose password is asked on the terminal or read from a file.`,
		Example: `  hankosim apk-key-hash ~/.android/debug.keystore
  hankosim apk-key-hash release.jks --password-file password.txt
  hankosim apk-key-hash 14:6D:E9:83:C5:73:06:50:D8:EE:B9:95:2F:34:FC:64:16:A0:83:42:E6:1D:BE:A8:8A:04:96:B2:3F:CF:44:E5`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{errors.New("give one fingerprint (in quotes if it has spaces) or one file. `hankosim apk-key-hash --help` has examples")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return printKeyHash(cmd.Context(), args[0], passwordFile, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	command.Flags().StringVar(&passwordFile, "password-file", "", "read the keystore's password from the first line of `FILE`")
	return command
}

func printKeyHash(ctx context.Context, from, passwordFile string, stdout, stderr io.Writer) error {
	if _, err := os.Stat(from); err != nil {
		hash, notFingerprint := apk.ParseFingerprint(from)
		if notFingerprint != nil {
			return fmt.Errorf("%w Nor is it a file: %w", notFingerprint, err)
		}
		fmt.Fprintln(stdout, hash.Origin())
		return nil
	}
	signers, err := apk.ReadFile(ctx, from, func(ctx context.Context, path string) (string, error) {
		return readPassword(ctx, path, passwordFile, stderr)
	})
	if err != nil {
		return err
	}
	for _, signer := range signers {
		fmt.Fprintf(stderr, "%s, valid until %s, SHA-256 %s\n",
			cmp.Or(signer.Alias, signer.Subject, "certificate"), signer.NotAfter.Format(time.DateOnly), signer.Hash.Fingerprint())
		fmt.Fprintln(stdout, signer.Hash.Origin())
	}
	return nil
}

// maxPasswordFile is how long a file with a password can be, in bytes.
const maxPasswordFile = 64 << 10

func readPassword(ctx context.Context, path, passwordFile string, stderr io.Writer) (string, error) {
	if passwordFile != "" {
		content, err := input.Read(ctx, passwordFile, maxPasswordFile)
		if err != nil {
			return "", fmt.Errorf("the password file cannot be read: %w", err)
		}
		line, _, _ := strings.Cut(string(content), "\n")
		return strings.TrimSuffix(line, "\r"), nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return "", errors.New("the keystore needs its password, and there is no terminal to ask on. Use --password-file")
	}
	return askSecret(ctx, "Password of "+path, stderr)
}
