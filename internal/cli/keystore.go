package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/term"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/totp"
	"example.com/hankosim/internal/config"
)

// passphraseVariable opens an encrypted keystore where there is nobody to ask. It has no key in the configuration file:
// beside the keystore it would protect nothing.
const passphraseVariable = "HANKOSIM_KEYSTORE_PASSPHRASE"

// unlocker opens the files of the phone, which may be encrypted. It asks for the passphrase once for all of them.
type unlocker struct {
	ask        func(ctx context.Context, prompt string) (string, error)
	stderr     io.Writer
	passphrase string // the one that was given; "" as long as there is none
	given      bool   // by the environment
	warned     bool   // that a file is not encrypted yet
}

// newUnlocker returns an unlocker that has the passphrase from the environment, or asks for it on the terminal.
func newUnlocker(stderr io.Writer) *unlocker {
	passphrase := os.Getenv(passphraseVariable)
	return &unlocker{
		ask:    func(ctx context.Context, prompt string) (string, error) { return askSecret(ctx, prompt, stderr) },
		stderr: stderr, passphrase: passphrase, given: passphrase != "",
	}
}

// open opens the file at path by try, which is given the passphrase. Who is asked may mistype twice.
func (u *unlocker) open(ctx context.Context, path string, try func(passphrase string) (exposed bool, err error)) error {
	exposed, err := try(u.passphrase)
	if isSealed(err) && u.given {
		return fmt.Errorf("%w. The passphrase was that of %s", err, passphraseVariable)
	}
	for tries := 0; isSealed(err) && tries < 3; tries++ {
		if tries > 0 {
			fmt.Fprintln(u.stderr, "Wrong passphrase.")
		}
		passphrase, asked := u.ask(ctx, "Passphrase of "+path)
		if asked != nil {
			return fmt.Errorf("%s is encrypted: %w", path, asked)
		}
		if exposed, err = try(passphrase); err == nil {
			u.passphrase = passphrase
		}
	}
	if err == nil && exposed && !u.warned {
		u.warned = true
		fmt.Fprintf(u.stderr, "%s is not encrypted yet, although %s is set. The next change will encrypt it. To encrypt it now, run `hankosim passkeys encrypt`.\n",
			path, passphraseVariable)
	}
	return err
}

// keystore opens the phone's passkeys.
func (u *unlocker) keystore(ctx context.Context, cfg config.Config) (*authenticator.Keystore, error) {
	if cfg.Ephemeral {
		return authenticator.NewMemoryKeystore(), nil
	}
	var store *authenticator.Keystore
	err := u.open(ctx, cfg.Keystore, func(passphrase string) (exposed bool, err error) {
		if store, err = authenticator.OpenKeystore(cfg.Keystore, authenticator.WithPassphrase(passphrase)); err != nil {
			return false, err
		}
		return store.Exposed(), nil
	})
	return store, withEphemeralHint(err)
}

// totp opens the phone's authenticator app, whose file lies beside the keystore.
func (u *unlocker) totp(ctx context.Context, cfg config.Config) (*totp.App, error) {
	if cfg.Ephemeral {
		return totp.NewMemoryApp(), nil
	}
	path := filepath.Join(filepath.Dir(cfg.Keystore), "totp.json")
	var app *totp.App
	err := u.open(ctx, path, func(passphrase string) (exposed bool, err error) {
		if app, err = totp.Open(path, passphrase); err != nil {
			return false, err
		}
		return app.Exposed(), nil
	})
	return app, withEphemeralHint(err)
}

// openKeystore opens the phone's passkeys for a command that needs nothing else of the phone.
func openKeystore(ctx context.Context, cfg config.Config, stderr io.Writer) (*authenticator.Keystore, error) {
	return newUnlocker(stderr).keystore(ctx, cfg)
}

// withEphemeralHint adds to an error of a folder or file that cannot be used how to do without it.
func withEphemeralHint(err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("%w. To keep everything in memory instead, use --ephemeral", err)
	}
	return err
}

// isSealed reports whether a file needs a passphrase, or another one.
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
		return "", errors.New("the passphrase is empty; the keystore was not changed")
	}
	again, err := ask("Repeat the passphrase")
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
		return "", fmt.Errorf("there is no terminal to ask for the passphrase. Set %s", passphraseVariable)
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
