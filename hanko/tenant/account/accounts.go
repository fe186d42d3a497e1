// Package account keeps an embedded tenant's users, with their addresses, passcodes, passkeys and sessions, and the rate
// limits. It has what the REST API and the Flow API share; each of them writes its own responses.
package account

import (
	"context"
	"crypto/rsa"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-webauthn/webauthn/webauthn"

	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
)

// Config is what New needs. Every field is required.
type Config struct {
	RPName       string
	RelyingParty *webauthn.WebAuthn // see NewRelyingParty
	Settings     setting.Settings
	Store        store.Store
	Inbox        *mailbox.Inbox
	Log          *slog.Logger
	Clock        func() time.Time
	Keys         func() ([]*rsa.PrivateKey, error) // makes the keys that sign session tokens; the last one signs
	PasswordCost int                               // of bcrypt
	ThirdParties []setting.ThirdParty
}

// Accounts are a tenant's users, with their addresses, passcodes, passkeys and sessions. Its methods that take a
// transaction are safe for concurrent use as far as the store is.
type Accounts struct {
	Config
	keys *keyring

	// FixedPasscode, if it is not "", is the code of every new passcode.
	FixedPasscode atomic.Pointer[string]

	// The limits on asking for passcodes, and on trying passwords, codes of an authenticator app and third parties' tokens.
	PasscodeLimit, PasswordLimit, OTPLimit, TokenLimit *Limiter
}

// New returns the accounts of a tenant. The caller must close them.
func New(c Config) *Accounts {
	return &Accounts{
		Config:        c,
		keys:          newKeyring(c.Store, c.Keys),
		PasscodeLimit: newLimiter(c.Settings.PasscodesPerMinute, c.Settings.LimiterDown),
		PasswordLimit: newLimiter(c.Settings.PasswordsPerMinute, c.Settings.LimiterDown),
		OTPLimit:      newLimiter(c.Settings.OTPsPerMinute, c.Settings.LimiterDown),
		TokenLimit:    newLimiter(c.Settings.TokensPerMinute, c.Settings.LimiterDown),
	}
}

// Close waits for work in the background and for running transactions, and closes the store.
func (a *Accounts) Close() error {
	a.keys.background.Wait()
	return a.Store.Close()
}

// Reset deletes all records except the keys that sign session tokens, and all mails. All limits start anew. It fails with a
// *store.Error.
func (a *Accounts) Reset() error {
	err := a.Store.Update(func(tx store.Tx) error {
		for _, bucket := range store.Buckets() {
			if bucket == store.Meta || bucket == store.Signing {
				continue
			}
			for _, key := range tx.Keys(bucket, "") {
				if err := tx.Delete(bucket, key); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, limiter := range []*Limiter{a.PasscodeLimit, a.PasswordLimit, a.OTPLimit, a.TokenLimit} {
		limiter.Reset()
	}
	a.Inbox.Clear()
	return nil
}

// Now returns the tenant's time, in UTC and whole microseconds like Hanko's database.
func (a *Accounts) Now() time.Time { return a.Clock().UTC().Truncate(time.Microsecond) }

// mailFrom is email_delivery.from_address and from_name.
const mailFrom = `"Hanko" <noreply@hanko.io>`

// ErrMailDown is the error of Send if Settings.MailDown is set.
var ErrMailDown = errors.New("the mail server does not answer (mail-down)")

// Send delivers a mail to the inbox and logs it. If Settings.DisableMail is set, it does nothing.
func (a *Accounts) Send(ctx context.Context, mail mailbox.Mail) {
	if a.Settings.DisableMail {
		return
	}
	mail.From = mailFrom
	a.Inbox.Deliver(mail)
	if mail.Code != "" {
		a.Log.InfoContext(ctx, "passcode sent", "to", mail.To, "passcode", mail.Code)
	} else {
		a.Log.InfoContext(ctx, "mail sent", "to", mail.To, "subject", mail.Subject)
	}
}

// PublishedKeys returns the public keys of session tokens, oldest first.
func (a *Accounts) PublishedKeys() (jose.JSONWebKeySet, error) { return a.keys.public() }
