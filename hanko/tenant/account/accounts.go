// Package account keeps an embedded tenant's users, with their addresses, passcodes, passkeys and sessions, and says how
// often somebody may try. What the REST API and flows both do is done here, once; what they answer is theirs.
package account

import (
	"context"
	"crypto/rsa"
	"errors"
	"log/slog"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-webauthn/webauthn/webauthn"

	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
)

// Config is what accounts need. All of it has to be there.
type Config struct {
	RPID, RPName string
	RelyingParty *webauthn.WebAuthn // see NewRelyingParty
	Settings     setting.Settings
	Store        store.Store
	Inbox        *mailbox.Inbox
	Log          *slog.Logger
	Clock        func() time.Time
	Keys         func() ([]*rsa.PrivateKey, error) // makes the keys that sign session tokens; the last one signs
	PasswordCost int                               // of bcrypt
}

// Accounts are a tenant's users, with their addresses, passcodes, passkeys and sessions. Its methods that take a
// transaction are safe for concurrent use as far as the store is.
type Accounts struct {
	Config
	keys *keyring

	// How often somebody may ask for a passcode, and try a password or a code of an authenticator app.
	PasscodeLimit, PasswordLimit, OTPLimit *Limiter
}

// New makes the accounts of a tenant. They have to be closed.
func New(c Config) *Accounts {
	return &Accounts{
		Config:        c,
		keys:          newKeyring(c.Store, c.Keys),
		PasscodeLimit: newLimiter(c.Settings.PasscodesPerMinute),
		PasswordLimit: newLimiter(c.Settings.PasswordsPerMinute),
		OTPLimit:      newLimiter(c.Settings.OTPsPerMinute),
	}
}

// Close waits for what goes on in the background, and closes the store once running transactions are done.
func (a *Accounts) Close() error {
	a.keys.background.Wait()
	return a.Store.Close()
}

// Now is the time as the tenant writes it: in UTC, to the microsecond like Hanko's database.
func (a *Accounts) Now() time.Time { return a.Clock().UTC().Truncate(time.Microsecond) }

// mailFrom is email_delivery.from_address and from_name.
const mailFrom = `"Hanko" <noreply@hanko.io>`

// ErrMailDown is what every mail meets where Settings.MailDown is set.
var ErrMailDown = errors.New("the mail server does not answer (mail-down)")

// Send delivers a mail to the inbox, and tells the log of it.
func (a *Accounts) Send(ctx context.Context, mail mailbox.Mail) {
	mail.From = mailFrom
	a.Inbox.Deliver(mail)
	if mail.Code != "" {
		a.Log.InfoContext(ctx, "passcode sent", "to", mail.To, "passcode", mail.Code)
	} else {
		a.Log.InfoContext(ctx, "mail sent", "to", mail.To, "subject", mail.Subject)
	}
}

// PublishedKeys is the key set that session tokens are checked with, oldest first.
func (a *Accounts) PublishedKeys() (jose.JSONWebKeySet, error) { return a.keys.public() }
