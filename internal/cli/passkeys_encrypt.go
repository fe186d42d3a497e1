package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func encryptCommand(load loadFunc) *cobra.Command {
	return &cobra.Command{
		Use:   "encrypt",
		Short: "Encrypt the passkeys and TOTP secrets with a passphrase, or change it",
		Long: `encrypt encrypts the keystore, and the secrets of the authenticator app beside it, with age and a passphrase. It asks
for the passphrase on the terminal. If one of the two is not encrypted yet, you can set ` + passphraseVariable + ` instead.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return reseal(cmd, load, func(unlock *unlocker, sealed, exposed bool) (string, error) {
				if unlock.given && (exposed || !sealed) {
					return unlock.passphrase, nil
				}
				return newPassphrase(func(prompt string) (string, error) { return unlock.ask(cmd.Context(), prompt) })
			}, "is encrypted. If you lose the passphrase, you lose its contents")
		},
	}
}

func decryptCommand(load loadFunc) *cobra.Command {
	return &cobra.Command{
		Use:   "decrypt",
		Short: "Remove the passphrase from the passkeys and TOTP secrets",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return reseal(cmd, load, func(_ *unlocker, sealed, _ bool) (string, error) {
				if !sealed {
					return "", errors.New("neither the keystore nor the TOTP secrets are encrypted")
				}
				return "", nil
			}, "is no longer encrypted. Only its file permissions protect it")
		},
	}
}

// reseal opens the keystore and the secrets of the authenticator app, and gives both another passphrase, "" for none. It is
// told whether one of them is sealed, and whether one lies there in plain text although a passphrase was given.
func reseal(cmd *cobra.Command, load loadFunc, passphrase func(unlock *unlocker, sealed, exposed bool) (string, error), done string) error {
	cfg, err := load(cmd)
	if err != nil {
		return err
	}
	if cfg.Ephemeral {
		return &usageError{errors.New("with --ephemeral, there is no keystore on disk")}
	}
	unlock := newUnlocker(cmd.ErrOrStderr())
	unlock.warned = true // this command is what the warning advises
	store, err := unlock.keystore(cmd.Context(), cfg)
	if err != nil {
		return err
	}
	app, err := unlock.totp(cmd.Context(), cfg)
	if err != nil {
		return err
	}
	wanted, err := passphrase(unlock, store.Sealed() || app.Sealed(), store.Exposed() || app.Exposed())
	if err != nil {
		return err
	}
	// Where the second one fails, each file still opens with its own passphrase, and the command can be run again.
	files := []struct {
		path   string
		set    func(passphrase string) error
		copies []string
	}{{app.Path(), app.SetPassphrase, app.Copies()}, {store.Path(), store.SetPassphrase, store.Copies()}}
	for _, file := range files {
		if err := file.set(wanted); err != nil {
			return err
		}
	}
	for _, file := range files {
		if _, err := os.Stat(file.path); err != nil {
			continue // the phone has never had a TOTP secret
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s %s.\n", file.path, done)
	}
	if wanted == "" {
		return nil
	}
	for _, file := range files {
		for _, kept := range file.copies {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s is a copy of an earlier file and may be unencrypted. Delete it if you do not need it.\n", kept)
		}
	}
	return nil
}
