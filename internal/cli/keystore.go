package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/term"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/totp"
	"example.com/hankosim/internal/config"
)

// passphraseVariable opens an encrypted keystore where there is nobody to ask. It has no key in the configuration file:
// beside the keystore it would protect nothing.
const passphraseVariable = "HANKOSIM_KEYSTORE_PASSPHRASE"

// openKeystore opens the phone's passkeys. The passphrase of an encrypted keystore comes from the environment, or is
// asked on the terminal; a plain one is not encrypted by this.
func openKeystore(ctx context.Context, cfg config.Config, stderr io.Writer) (*authenticator.Keystore, error) {
	if cfg.Ephemeral {
		return authenticator.NewMemoryKeystore(), nil
	}
	store, err := authenticator.OpenKeystore(cfg.Keystore)
	if !isSealed(err) {
		return store, err
	}
	return unseal(cfg.Keystore, func() (string, error) {
		return askSecret(ctx, "Passphrase of "+cfg.Keystore, stderr)
	}, stderr)
}

// openTOTP opens the phone's authenticator app, whose file lies beside the keystore.
func openTOTP(cfg config.Config) (*totp.App, error) {
	if cfg.Ephemeral {
		return totp.Open("")
	}
	return totp.Open(filepath.Join(filepath.Dir(cfg.Keystore), "totp.json"))
}

// unseal opens an encrypted keystore. Who is asked may mistype twice.
func unseal(path string, ask func() (string, error), stderr io.Writer) (*authenticator.Keystore, error) {
	if passphrase := os.Getenv(passphraseVariable); passphrase != "" {
		store, err := authenticator.OpenKeystore(path, authenticator.WithPassphrase(passphrase))
		if isSealed(err) {
			err = fmt.Errorf("%w. The passphrase was that of %s", err, passphraseVariable)
		}
		return store, err
	}
	for try := 1; ; try++ {
		passphrase, err := ask()
		if err != nil {
			return nil, fmt.Errorf("the keystore %s is encrypted: %w", path, err)
		}
		store, err := authenticator.OpenKeystore(path, authenticator.WithPassphrase(passphrase))
		if !isSealed(err) || try == 3 {
			return store, err
		}
		fmt.Fprintln(stderr, "That passphrase does not open it.")
	}
}

// isSealed tells that a keystore needs a passphrase, or another one.
func isSealed(err error) bool {
	var keystore *authenticator.KeystoreError
	return errors.As(err, &keystore) && keystore.Reason == authenticator.KeystoreSealed
}

// newPassphrase asks twice for the passphrase that a keystore is to have.
func newPassphrase(ask func(prompt string) (string, error)) (string, error) {
	first, err := ask("New passphrase")
	if err != nil {
		return "", err
	}
	if first == "" {
		return "", errors.New("an empty passphrase protects nothing; the keystore was not changed")
	}
	again, err := ask("The same once more")
	if err != nil {
		return "", err
	}
	if again != first {
		return "", errors.New("the two passphrases differ; the keystore was not changed")
	}
	return first, nil
}

// askSecret asks the person on the terminal for something that is not shown, until ctx ends.
func askSecret(ctx context.Context, prompt string, stderr io.Writer) (string, error) {
	terminal := int(os.Stdin.Fd())
	before, err := term.GetState(terminal)
	if err != nil {
		return "", fmt.Errorf("there is no terminal to ask for its passphrase on. Set %s", passphraseVariable)
	}
	fmt.Fprint(stderr, prompt+": ")
	type answer struct {
		text []byte
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(terminal)
		answered <- answer{text, err}
	}()
	select {
	case answer := <-answered:
		fmt.Fprintln(stderr)
		return string(answer.text), answer.err
	case <-ctx.Done():
		fmt.Fprintln(stderr)
		return "", errors.Join(ctx.Err(), term.Restore(terminal, before))
	}
}
