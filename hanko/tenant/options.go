package tenant

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"example.com/hankosim/hanko/mailbox"
)

// Options says what Open opens. The zero value is a tenant for localhost that lives in memory.
type Options struct {
	// Path is the file that keeps users, passkeys, sessions and keys. It is made, with its directory, when it is
	// missing. "" keeps everything in memory.
	Path string
	// RPID is the relying party id, a domain. "" is "localhost".
	RPID string
	// RPName is the relying party's display name and the service name in mails. "" is "Hanko Authentication Service".
	RPName string
	// Origins are accepted in a passkey's client data beside the default ones, which are "https://"+RPID and, for
	// localhost, "http://localhost:8888". An Android app's is "android:apk-key-hash:" and the base64url SHA-256 of its
	// signing certificate.
	Origins []string
	// Inbox gets the mails. nil makes one.
	Inbox *mailbox.Inbox
	// Log gets one record for every request and one for every passcode, the latter with the attributes "passcode" and
	// "to". nil logs nothing.
	Log *slog.Logger
	// Now is the tenant's clock. nil is time.Now.
	Now func() time.Time
	// Settings are what real tenants differ in.
	Settings Settings
}

// Settings are the switches of a tenant's configuration that change what an app meets. The zero value is the tenant of
// Hanko's mobile guide, with the session in a cookie.
type Settings struct {
	// TokenInHeader delivers the session token in X-Auth-Token instead of a cookie (session.enable_auth_token_header).
	TokenInHeader bool
	// CookieName names the session cookie; "" is "hanko" (session.cookie.name).
	CookieName string
	// CookieSecure marks cookies Secure, which makes them useless over plain http (session.cookie.secure; Hanko's
	// default is true).
	CookieSecure bool
	// RequireUserVerification refuses passkeys without user verification (passkey.user_verification: required; else it
	// is preferred).
	RequireUserVerification bool
	// DisableSignup answers POST /users with 403 (account.allow_signup: false).
	DisableSignup bool
	// DisableDeletion takes away DELETE /user (account.allow_deletion: false, Hanko's default).
	DisableDeletion bool
	// DisablePasskeys takes away /webauthn (passkey.enabled: false).
	DisablePasskeys bool
	// MFA takes away /passcode, as Hanko does from v1.2 on (mfa.enabled; Hanko's default is true).
	MFA bool
	// PasscodeCharset is "numeric", "alphanumeric", or "" for numeric (email.passcode_charset; Hanko v2.7.0 itself heeds
	// it in flows only).
	PasscodeCharset string
	// PasscodeTTL is how long a passcode is valid, in whole seconds; 0 is 300 s (email.passcode_ttl).
	PasscodeTTL time.Duration
	// PasscodesPerMinute is how many passcodes a user may ask for in a minute from one address; 0 is 3
	// (rate_limiter.passcode_limits.tokens), below 0 is no limit (rate_limiter.enabled: false).
	PasscodesPerMinute int
}

// Hanko's defaults that are not switches here.
const (
	sessionLifespan   = 12 * time.Hour   // session.lifespan
	sessionLimit      = 5                // session.limit
	ceremonyTimeout   = 10 * time.Minute // webauthn.timeouts
	passcodeTries     = 3
	passcodeLength    = 6
	defaultTTL        = 5 * time.Minute
	defaultPerMinute  = 3
	maxEmails         = 5 // email.limit, published in the configuration
	minPasswordLength = 8 // password.min_length, likewise

	charsetNumeric      = "numeric"
	charsetAlphanumeric = "alphanumeric"
)

// filled returns the options with every default in place, or an error for a setting that cannot be meant.
func (o Options) filled() (Options, error) {
	o.RPID = cmp.Or(o.RPID, "localhost")
	o.RPName = cmp.Or(o.RPName, "Hanko Authentication Service")
	origins := []string{"https://" + o.RPID}
	if o.RPID == "localhost" {
		origins = append(origins, "http://localhost:8888")
	}
	for _, origin := range o.Origins {
		if !slices.Contains(origins, origin) {
			origins = append(origins, origin)
		}
	}
	o.Origins = origins
	if o.Inbox == nil {
		o.Inbox = mailbox.NewInbox()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &o.Settings
	s.CookieName = cmp.Or(s.CookieName, "hanko")
	s.PasscodeCharset = cmp.Or(s.PasscodeCharset, charsetNumeric)
	s.PasscodeTTL = cmp.Or(s.PasscodeTTL, defaultTTL)
	s.PasscodesPerMinute = cmp.Or(s.PasscodesPerMinute, defaultPerMinute)
	if s.PasscodeCharset != charsetNumeric && s.PasscodeCharset != charsetAlphanumeric {
		return o, fmt.Errorf("the passcode charset %q is unknown: use %q or %q",
			s.PasscodeCharset, charsetNumeric, charsetAlphanumeric)
	}
	if s.PasscodeTTL < time.Second {
		return o, fmt.Errorf("a passcode cannot be valid for %s: use one second or more", s.PasscodeTTL)
	}
	return o, nil
}
