// Package totp plays the authenticator app on the phone: it keeps the secrets of time-based one-time passwords
// (RFC 6238) and shows their codes.
package totp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	otp "github.com/pquerna/otp/totp"

	"example.com/hankosim/authenticator/internal/vault"
)

// App is an authenticator app with its secrets. It is safe for concurrent use, and so is its file for several processes:
// every change is made to what the file holds at that moment.
type App struct {
	mu      sync.Mutex
	file    *vault.File       // nil keeps the secrets in memory
	secrets map[string]string // base32, by "issuer\x00account"
}

// ErrNoSecret is the error if the app has no secret for an account.
var ErrNoSecret = errors.New("the authenticator app has no secret for this account")

// FileError is a file of secrets that cannot be used. It is never overwritten then.
type FileError = vault.Error

// NewMemoryApp returns an app without secrets, which is gone when the program ends.
func NewMemoryApp() *App { return &App{secrets: map[string]string{}} }

// Open returns the app whose secrets are in a file, which need not exist yet. A sealed file is opened with the
// passphrase, and one that is not sealed is sealed by the next save; "" is no passphrase. It fails with a *FileError.
func Open(path, passphrase string) (*App, error) {
	app := NewMemoryApp()
	file, err := vault.Open("authenticator app's file", path)
	if err != nil {
		return nil, err
	}
	file.SetPassphrase(passphrase)
	app.file = file
	unlock, err := app.acquire()
	if err != nil {
		return nil, err
	}
	unlock()
	return app, nil
}

// Add keeps the secret (base32, as the tenant gives it) of an account at an issuer, in place of an older one. It fails
// with a *FileError, or with an error of the secret's own when no code can be made of it.
func (a *App) Add(issuer, account, secret string) error {
	if _, err := otp.GenerateCode(secret, time.Unix(0, 0)); err != nil {
		return fmt.Errorf("this is not a secret for an authenticator app: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	unlock, err := a.acquire()
	if err != nil {
		return err
	}
	defer unlock()
	old, had := a.secrets[key(issuer, account)]
	a.secrets[key(issuer, account)] = secret
	if a.file == nil {
		return nil
	}
	if err := a.save(a.file.Write); err != nil {
		delete(a.secrets, key(issuer, account))
		if had {
			a.secrets[key(issuer, account)] = old
		}
		return err
	}
	return nil
}

// SetPassphrase seals the file anew with another passphrase, or not at all if it is empty. A file that is not there is
// not made. In memory it does nothing. It fails with a *FileError; the old passphrase then still holds.
func (a *App) SetPassphrase(passphrase string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.file == nil {
		return nil
	}
	unlock, err := a.acquire()
	if err != nil {
		return err
	}
	defer unlock()
	if len(a.secrets) == 0 {
		a.file.SetPassphrase(passphrase)
		return nil
	}
	return a.save(func(document []byte) error { return a.file.Reseal(document, passphrase) })
}

// Exposed reports whether a passphrase was given and the file is not sealed yet: the next save seals it.
func (a *App) Exposed() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.file != nil && a.file.Exposed()
}

// Sealed reports whether the file is sealed.
func (a *App) Sealed() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.file != nil && a.file.Sealed()
}

// Path returns the file's path; "" in memory.
func (a *App) Path() string {
	if a.file == nil {
		return ""
	}
	return a.file.Path()
}

// Copies returns the copies that were made of a damaged file. They are as readable as the file was then.
func (a *App) Copies() []string {
	if a.file == nil {
		return nil
	}
	return a.file.Copies()
}

// acquire takes the file's lock and reads what it holds now. In memory there is nothing to do.
func (a *App) acquire() (unlock func(), err error) {
	if a.file == nil {
		return func() {}, nil
	}
	unlock, err = a.file.Lock(context.Background())
	if err == nil {
		if err = a.file.Read(a.decode); err != nil {
			unlock()
		}
	}
	return unlock, err
}

// decode reads the file's document; nil is that of no file.
func (a *App) decode(document []byte) error {
	secrets := map[string]string{}
	if document != nil {
		if err := json.Unmarshal(document, &secrets); err != nil {
			return err
		}
		if secrets == nil {
			return errors.New("it has null instead of secrets")
		}
	}
	a.secrets = secrets
	return nil
}

func (a *App) save(write func(document []byte) error) error {
	document, err := json.MarshalIndent(a.secrets, "", "  ")
	if err != nil {
		return err
	}
	return write(append(document, '\n'))
}

// Code returns an account's code of six digits at a time. It fails with ErrNoSecret, or with a *FileError.
func (a *App) Code(issuer, account string, at time.Time) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	unlock, err := a.acquire()
	if err != nil {
		return "", err
	}
	defer unlock()
	secret, ok := a.secrets[key(issuer, account)]
	if !ok {
		return "", ErrNoSecret
	}
	return otp.GenerateCode(secret, at)
}

func key(issuer, account string) string { return issuer + "\x00" + strings.ToLower(account) }

// URL is what an authenticator app reads off the QR code (the Key URI Format).
func URL(issuer, account, secret string) string {
	query := url.Values{"secret": {secret}, "issuer": {issuer}}
	return "otpauth://totp/" + url.PathEscape(issuer+":"+account) + "?" + query.Encode()
}
