package tenant

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-webauthn/webauthn/webauthn"

	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
)

// accountConfig is what accounts need. All of it has to be there.
type accountConfig struct {
	RPID, RPName string
	Origins      []string // of passkeys
	Settings     setting.Settings
	Store        store.Store
	Inbox        *mailbox.Inbox
	Log          *slog.Logger
	Now          func() time.Time
}

// accounts are a tenant's users, with their addresses, passcodes, passkeys and sessions. Its methods that take a
// transaction are safe for concurrent use as far as the store is.
type accounts struct {
	accountConfig
	webauthn *webauthn.WebAuthn
	keys     *keyring

	// How often somebody may ask for a passcode, and try a password or a code of an authenticator app.
	passcodes, passwords, otps *limiter
}

func newAccounts(c accountConfig) (*accounts, error) {
	wa, err := newWebAuthn(c)
	if err != nil {
		return nil, fmt.Errorf("the embedded tenant cannot be a relying party: %w", err)
	}
	return &accounts{
		accountConfig: c,
		webauthn:      wa,
		keys:          &keyring{store: c.Store},
		passcodes:     newLimiter(c.Settings.PasscodesPerMinute),
		passwords:     newLimiter(c.Settings.PasswordsPerMinute),
		otps:          newLimiter(c.Settings.OTPsPerMinute),
	}, nil
}

// now is the time as the tenant writes it: in UTC, to the microsecond like Hanko's database.
func (a *accounts) now() time.Time { return a.Now().UTC().Truncate(time.Microsecond) }

// mailFrom is email_delivery.from_address and from_name.
const mailFrom = `"Hanko" <noreply@hanko.io>`

// errMailDown is what every mail meets where Settings.MailDown is set.
var errMailDown = errors.New("the mail server does not answer (mail-down)")

// send delivers a mail to the inbox, and tells the log of it.
func (a *accounts) send(ctx context.Context, mail mailbox.Mail) {
	mail.From = mailFrom
	a.Inbox.Deliver(mail)
	if mail.Code != "" {
		a.Log.InfoContext(ctx, "passcode sent", "to", mail.To, "passcode", mail.Code)
	} else {
		a.Log.InfoContext(ctx, "mail sent", "to", mail.To, "subject", mail.Subject)
	}
}

// publishedKeys is the key set that session tokens are checked with, oldest first.
func (a *accounts) publishedKeys() (jose.JSONWebKeySet, error) { return a.keys.public() }
