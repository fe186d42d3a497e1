package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
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
		Use:   "apk-key-hash FINGERPRINT|FILE|-",
		Short: "Print the origin of an Android app, for webauthn.relying_party.origins",
		Long: `apk-key-hash prints the origin that an Android app has towards a tenant, android:apk-key-hash:…, for each of its
signing certificates. It reads what there is of them, as an argument, a file or on standard input (-):

  - a SHA-256 fingerprint in any usual spelling;
  - what keytool, Gradle's signingReport, apksigner, OpenSSL or the Play Console print;
  - a certificate (PEM, DER, PKCS#7) or a keystore (JKS, PKCS#12), also in base64, as CI secrets hold it. A keystore's
    password is asked on the terminal or read from a file; its private keys are not looked at.`,
		Example: `  hankosim apk-key-hash ~/.android/debug.keystore
  hankosim apk-key-hash release.jks --password-file password.txt
  ./gradlew signingReport | hankosim apk-key-hash -
  hankosim apk-key-hash 14:6D:E9:83:C5:73:06:50:D8:EE:B9:95:2F:34:FC:64:16:A0:83:42:E6:1D:BE:A8:8A:04:96:B2:3F:CF:44:E5`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{errors.New("give one fingerprint, in quotes if it has spaces, or one file, or - for standard input." +
					" `hankosim apk-key-hash --help` has examples")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if args[0] == "-" && passwordFile == "-" {
				return &usageError{errors.New("the keystore and its password cannot both come from standard input")}
			}
			return printKeyHash(cmd.Context(), args[0], passwordFile, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	command.Flags().StringVar(&passwordFile, "password-file", "", "read the keystore's password from the first line of `FILE`")
	return command
}

func printKeyHash(ctx context.Context, from, passwordFile string, stdout, stderr io.Writer) error {
	signers, err := readSigners(ctx, from, func(ctx context.Context, path string) (string, error) {
		return readPassword(ctx, path, passwordFile, stderr)
	})
	if err != nil {
		return err
	}
	for _, signer := range signers {
		if about := described(signer); about != "" || len(signers) > 1 {
			fmt.Fprintf(stderr, "%s, SHA-256 %s\n", cmp.Or(about, "certificate"), signer.Hash.Fingerprint())
		}
		fmt.Fprintln(stdout, signer.Hash.Origin())
	}
	return nil
}

// described is what a person knows a certificate by, "" when nothing is known of it.
func described(signer apk.Signer) string {
	about := cmp.Or(signer.Name, signer.Subject)
	if signer.NotAfter.IsZero() {
		return about
	}
	return cmp.Or(about, "certificate") + ", valid until " + signer.NotAfter.Format(time.DateOnly)
}

// readSigners reads standard input, a file or, if it is none, the argument itself.
func readSigners(ctx context.Context, from string, password apk.Password) ([]apk.Signer, error) {
	if from == "-" {
		content, err := input.Read(ctx, "-", apk.MaxFileSize)
		if err != nil {
			return nil, fmt.Errorf("standard input cannot be read: %w", err)
		}
		return apk.Decode(ctx, "", content, password)
	}
	_, noFile := os.Stat(from)
	if noFile == nil {
		return apk.ReadFile(ctx, from, password)
	}
	signers, err := apk.Decode(ctx, "", []byte(from), password)
	if own, ok := errors.AsType[*apk.Error](err); ok && own.Kind == apk.NotFingerprint && !strings.Contains(from, "\n") {
		return nil, fmt.Errorf("%w Nor is it a file: %w", err, noFile)
	}
	return signers, err
}

// maxPasswordFile is how long a file with a password can be, in bytes.
const maxPasswordFile = 64 << 10

func readPassword(ctx context.Context, path, passwordFile string, stderr io.Writer) (string, error) {
	if passwordFile != "" {
		content, err := input.Read(ctx, passwordFile, maxPasswordFile)
		if err != nil {
			return "", fmt.Errorf("the password file cannot be read: %w", err)
		}
		line, _, _ := strings.Cut(apk.Text(content), "\n")
		return strings.TrimSuffix(line, "\r"), nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return "", errors.New("the keystore needs its password, and there is no terminal to ask on. Use --password-file")
	}
	return askSecret(ctx, "Password of "+cmp.Or(path, "the keystore"), stderr)
}

// dashedArguments moves the arguments of apk-key-hash that begin with a dash and are no flags behind "--", where they
// are not taken for flags: a PEM text, and one in 64 hashes.
func dashedArguments(args []string) []string {
	command := slices.Index(args, "apk-key-hash")
	if command < 0 || slices.Contains(args, "--") {
		return args
	}
	var flags, dashed []string
	for _, arg := range args[command:] {
		_, err := apk.ParseFingerprint(arg)
		if strings.HasPrefix(arg, "-----") || strings.HasPrefix(arg, "-") && err == nil {
			dashed = append(dashed, arg)
			continue
		}
		flags = append(flags, arg)
	}
	if dashed == nil {
		return args
	}
	return slices.Concat(args[:command], flags, []string{"--"}, dashed)
}
