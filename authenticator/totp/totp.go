// Package totp plays the authenticator app on the phone: it keeps the secrets of time-based one-time passwords
// (RFC 6238) and shows their codes.
package totp

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/natefinch/atomic"
	otp "github.com/pquerna/otp/totp"
)

// App is an authenticator app with its secrets. It is safe for concurrent use in one process; of two processes that
// add a secret at the same moment, the last one's stands.
type App struct {
	mu      sync.Mutex
	path    string            // "" keeps the secrets in memory
	secrets map[string]string // base32, by "issuer\x00account"
}

// ErrNoSecret says that the app has no secret for an account.
var ErrNoSecret = errors.New("the authenticator app has no secret for this account")

// FileError is a file of secrets that cannot be used. It is never overwritten then.
type FileError struct {
	Path string
	Err  error
}

// Error names the file, the cause and what to do.
func (e *FileError) Error() string {
	return fmt.Sprintf("the authenticator app's file %s cannot be used: %v. Repair it, or move it away to begin anew; it was not changed", e.Path, e.Err)
}

// Unwrap gives the cause.
func (e *FileError) Unwrap() error { return e.Err }

// Open returns the app whose secrets are in a file, which need not exist yet. "" keeps them in memory. It fails with a
// *FileError.
func Open(path string) (*App, error) {
	app := &App{path: path, secrets: map[string]string{}}
	if path == "" {
		return app, nil
	}
	content, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return app, nil
	case err != nil:
		return nil, &FileError{path, err}
	}
	if err := json.Unmarshal(content, &app.secrets); err != nil {
		return nil, &FileError{path, err}
	}
	return app, nil
}

// Add keeps the secret (base32, as the tenant gives it) of an account at an issuer, in place of an older one. It fails
// with a *FileError, or with an error of the secret's own when no code can be made of it.
func (a *App) Add(issuer, account, secret string) error {
	if _, err := otp.GenerateCode(secret, time.Unix(0, 0)); err != nil {
		return fmt.Errorf("that is no secret of an authenticator app: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.secrets[key(issuer, account)] = secret
	return a.save()
}

// save writes the secrets to the file at once or not at all, readable by their owner alone.
func (a *App) save() error {
	if a.path == "" {
		return nil
	}
	content, err := json.MarshalIndent(a.secrets, "", "  ")
	if err != nil {
		return &FileError{a.path, err}
	}
	if err := os.MkdirAll(filepath.Dir(a.path), 0o700); err != nil {
		return &FileError{a.path, err}
	}
	// The new file is made with mode 0600, and takes the mode of one that is there.
	if err := atomic.WriteFile(a.path, strings.NewReader(string(content))); err != nil {
		return &FileError{a.path, err}
	}
	return nil
}

// Code is an account's code of six digits at a time. It fails with ErrNoSecret.
func (a *App) Code(issuer, account string, at time.Time) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
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
