// Package totp is the authenticator app on the phone. It keeps the secrets of time-based one-time passwords (RFC 6238) and
// shows their codes.
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

// App is an authenticator app with its secrets. It is safe for concurrent use. Several processes can share its file,
// because every change reads the file first.
type App struct {
	mu      sync.Mutex
	file    *vault.File       // nil for secrets in memory
	secrets map[string]string // base32, by "issuer\x00account"
}

// ErrNoSecret is the error if the app has no secret for an account.
var ErrNoSecret = errors.New("the authenticator app has no secret for this account")

// FileError is the error for a file of secrets that cannot be used. The file is never overwritten then.
type FileError = vault.Error

// NewMemoryApp returns an app that keeps its secrets in memory.
func NewMemoryApp() *App { return &App{secrets: map[string]string{}} }

// Open returns an app with its secrets in a file, which need not exist yet. The passphrase opens a sealed file, and seals
// any other file at the next save; "" means no passphrase. It fails with a *FileError.
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

// Add keeps the secret (base32, as the tenant returns it) of an account at an issuer, and replaces an older one. It fails
// with a *FileError, or with another error if the secret is invalid.
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

// SetPassphrase seals the file with another passphrase, or removes the seal for "". It does not create a missing file, and
// does nothing in memory. It fails with a *FileError, and the old passphrase is still valid then.
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

// Exposed reports whether a passphrase is set but the file is not sealed yet. The next save seals it.
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

// Copies returns the copies of a damaged file. They may contain readable secrets.
func (a *App) Copies() []string {
	if a.file == nil {
		return nil
	}
	return a.file.Copies()
}

// acquire locks the file and reads it. In memory it does nothing.
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

// decode decodes the file's document, which is nil if there is no file.
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
