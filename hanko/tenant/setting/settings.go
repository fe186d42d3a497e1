// Package setting holds what real tenants differ in: as fields, as named switches, and as presets, which are common
// combinations of switches.
package setting

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// Settings is the part of a tenant's configuration that an app notices. The zero value is the tenant of Hanko's mobile
// guide, with the session in a cookie.
type Settings struct {
	// TokenInHeader delivers the session token in X-Auth-Token instead of a cookie (session.enable_auth_token_header).
	TokenInHeader bool
	// CookieName names the session cookie; "" is "hanko" (session.cookie.name).
	CookieName string
	// CookieSecure marks cookies Secure, which makes them useless over plain http (session.cookie.secure; Hanko's
	// default is true).
	CookieSecure bool
	// DisableREST removes what v3.0 removed: the endpoints of the mobile guide, and /.well-known/config.
	DisableREST bool
	// TenantID makes the server a multi-tenant one, with this tenant below /<TenantID> (multi_tenancy.enabled). It is a
	// UUID in lower case; "" is a server with one tenant.
	TenantID string
	// RPID is the RP ID, a domain; "" is "localhost" (webauthn.relying_party.id).
	RPID string
	// Origins are accepted for passkeys, in addition to the default ones (webauthn.relying_party.origins).
	Origins []string
	// DisableDefaultOrigins accepts only Origins, not the relying party's own origins and those of tenant.Options.
	DisableDefaultOrigins bool
	// CORS are the origins whose web pages may use the API, as browsers send them (server.public.cors.allow_origins).
	CORS []string
	// RequireUserVerification refuses passkeys without user verification (passkey.user_verification: required; else it
	// is preferred).
	RequireUserVerification bool
	// DisableSignup answers POST /users with 403 (account.allow_signup: false).
	DisableSignup bool
	// DisableDeletion removes DELETE /user (account.allow_deletion: false, Hanko's default).
	DisableDeletion bool
	// DisablePasskeys removes /webauthn (passkey.enabled: false).
	DisablePasskeys bool
	// RequirePasskey lets nobody skip creating a passkey in a flow (passkey.optional: false).
	RequirePasskey bool
	// PasskeyOnRegistration and PasskeyOnLogin say when a flow has the user create a passkey; "" is AcquireAlways
	// (passkey.acquire_on_registration, passkey.acquire_on_login).
	PasskeyOnRegistration, PasskeyOnLogin Acquire
	// Attestation is what the tenant requests for new passkeys; "" is "direct" (passkey.attestation_preference).
	Attestation string
	// Password says whether flows have passwords. REST never has (password.enabled, password.optional).
	Password PasswordUse
	// PasswordOnRegistration and PasswordOnLogin say when a flow has the user create a password; "" is AcquireAlways for
	// the first and AcquireNever for the second (password.acquire_on_registration, password.acquire_on_login).
	PasswordOnRegistration, PasswordOnLogin Acquire
	// Username says whether flows have usernames (username.enabled, username.optional).
	Username UsernameUse
	// OptionalEmail lets users with a username do without an address (email.optional).
	OptionalEmail bool
	// DisableEmail removes addresses, and with them passcodes (email.enabled: false).
	DisableEmail bool
	// DisablePasscodes lets nobody sign in with a passcode (email.use_for_authentication: false).
	DisablePasscodes bool
	// DisableEmailLogin and DisableUsernameLogin let nobody sign in with an address or a username as identifier
	// (email.use_as_login_identifier, username.use_as_login_identifier).
	DisableEmailLogin, DisableUsernameLogin bool
	// EmailMaxLength, UsernameMinLength, UsernameMaxLength and PasswordMinLength are in bytes; 0 is Hanko's default: 120,
	// 3, 32 and 8 (email.max_length, username.min_length, username.max_length, password.min_length).
	EmailMaxLength, UsernameMinLength, UsernameMaxLength, PasswordMinLength int
	// SkipVerification lets flows accept addresses without a passcode (email.require_verification: false).
	SkipVerification bool
	// ExistenceHints lets flows say whether an address belongs to a user (privacy.show_account_existence_hints).
	ExistenceHints bool
	// ThirdParties are the IDs of the providers to sign in with (third_party.providers, custom_providers). Each is the embedded
	// provider, with the name for that ID.
	ThirdParties []string
	// LinkThirdParties connects a third party with an account that has the same address, and lets people connect one in
	// their account (allow_linking of the provider).
	LinkThirdParties bool
	// ThirdPartyIssuer is the URL of the provider behind all third parties; "" is the embedded one (issuer of the provider).
	ThirdPartyIssuer string
	// ThirdPartySecret is the tenant's client secret at the provider; "" is the right one (secret of the provider).
	ThirdPartySecret string
	// CallbackURL is where providers send a browser back to the tenant; "" is the tenant's address in the request
	// (third_party.redirect_url).
	CallbackURL string
	// RedirectURLs are patterns for addresses to which a browser may return from a third party; none means DefaultRedirectURL
	// (third_party.allowed_redirect_urls).
	RedirectURLs []string
	// ErrorRedirectURL is where the tenant sends a browser that cannot return to the app; "" is a page of its own
	// (third_party.error_redirect_url).
	ErrorRedirectURL string
	// NoVerifier makes flows take no code verifier, as before v2.2: no app can finish their sign-ins with third parties.
	NoVerifier bool
	// ErrorsToPage sends every error to ErrorRedirectURL instead of the app, as before v2.3. Such a tenant also refuses people
	// without an address from the third party.
	ErrorsToPage bool
	// RequireMFA lets nobody skip creating a second factor, if MFA is set (mfa.optional: false).
	RequireMFA bool
	// MFAOnLogin has users without a second factor create one at their next login (mfa.acquire_on_login).
	MFAOnLogin bool
	// DisableTOTP and DisableSecurityKeys remove a kind of second factor (mfa.totp.enabled, mfa.security_keys.enabled).
	DisableTOTP, DisableSecurityKeys bool
	// DeviceTrust is "prompt", "never" or "always"; "" is "prompt" (mfa.device_trust_policy).
	DeviceTrust string
	// Retention is "persistent", "session" or "prompt"; "" is "persistent" (session.cookie.retention).
	Retention string
	// MailDown makes every mail fail.
	MailDown bool
	// DisableMail sends no mails, and reports no error (email_delivery.enabled: false).
	DisableMail bool
	// LimiterDown makes every rate-limited request fail (rate_limiter.store: redis, if Redis does not answer).
	LimiterDown bool
	// SessionLimit is how many sessions a user can have; a new one ends the oldest. 0 is 5 (session.limit).
	SessionLimit int
	// SessionLifespan is how long a session lasts, in whole seconds; 0 is 12 h (session.lifespan).
	SessionLifespan time.Duration
	// Sessions says which sessions are stored; "" is all of them.
	Sessions Sessions
	// PasskeyLimit is how many passkeys and security keys a user can have; 0 is 10, below 0 is none. REST ignores it
	// (passkey.limit).
	PasskeyLimit int
	// PasswordsPerMinute and OTPsPerMinute are how many passwords, and codes of an authenticator app, a user may try in a
	// minute from one network address; 0 is 5 and 3, below 0 is no limit (rate_limiter.password_limits, otp_limits).
	PasswordsPerMinute, OTPsPerMinute int
	// TokensPerMinute is how many one-time tokens of third parties can be exchanged in a minute from one network address;
	// 0 is 3, below 0 is no limit (rate_limiter.token_limits).
	TokensPerMinute int
	// MFA turns on the second factor, and removes /passcode, as Hanko does since v1.2 (mfa.enabled; Hanko's default is true).
	MFA bool
	// PasscodeCharset is "numeric", "alphanumeric", or "" for numeric (email.passcode_charset; Hanko v2.7.0 uses it in
	// flows only).
	PasscodeCharset string
	// PasscodeTTL is how long a passcode is valid, in whole seconds; 0 is 300 s (email.passcode_ttl).
	PasscodeTTL time.Duration
	// PasscodesPerMinute is how many passcodes a user may request in a minute from one network address; 0 is 3
	// (rate_limiter.passcode_limits.tokens), below 0 is no limit (rate_limiter.enabled: false).
	PasscodesPerMinute int
}

// PasswordUse says whether users have a password.
type PasswordUse string

// The uses of passwords.
const (
	PasswordOff      PasswordUse = ""
	PasswordOptional PasswordUse = "optional"
	PasswordRequired PasswordUse = "required"
)

// UsernameUse says whether users have a username.
type UsernameUse string

// The uses of usernames.
const (
	UsernameOff      UsernameUse = ""
	UsernameOptional UsernameUse = "optional"
	UsernameRequired UsernameUse = "required"
)

// Acquire says when a flow has the user create a credential.
type Acquire string

// The values of Acquire.
const (
	AcquireAlways      Acquire = "always"      // if the user has none of this kind
	AcquireConditional Acquire = "conditional" // if the user has none of the other kind, either
	AcquireNever       Acquire = "never"
)

// Sessions says which sessions a tenant stores. Releases differ in this.
type Sessions string

// The values of Sessions.
const (
	SessionsStored    Sessions = "stored"    // all, from v1.4.1
	SessionsOfFlows   Sessions = "flows"     // only those of flows: tokens of REST are refused (v1.4.0)
	SessionsUnchecked Sessions = "unchecked" // all, but tokens are accepted until they expire (v1.1 to v1.3 as shipped)
	SessionsNone      Sessions = "none"      // none: tokens have no session_id, and there is no /sessions/validate (v1.0)
)

// ChecksSessions reports whether a token is accepted only as long as its session is stored.
func (s Settings) ChecksSessions() bool {
	return s.Sessions != SessionsUnchecked && s.Sessions != SessionsNone
}

// Passcodes reports whether people can sign in with passcodes.
func (s Settings) Passcodes() bool { return !s.DisableEmail && !s.DisablePasscodes }

// EmailLogin reports whether flows find people by their addresses.
func (s Settings) EmailLogin() bool { return !s.DisableEmail && !s.DisableEmailLogin }

// UsernameLogin reports whether flows find people by their usernames.
func (s Settings) UsernameLogin() bool { return s.Username != UsernameOff && !s.DisableUsernameLogin }

// Passwords reports whether flows have passwords.
func (s Settings) Passwords() bool { return s.Password != PasswordOff }

// Hanko's defaults that are not switches here, but that /.well-known/config publishes.
const (
	MaxEmails = 5 // email.limit
)

// The values of settings that are strings.
const (
	RetentionPersistent = "persistent"
	RetentionSession    = "session"
	RetentionPrompt     = "prompt"

	TrustPrompt = "prompt"
	TrustNever  = "never"
	TrustAlways = "always"

	CharsetNumeric      = "numeric"
	CharsetAlphanumeric = "alphanumeric"
)

const (
	defaultTTL                = 5 * time.Minute
	defaultPerMinute          = 3
	defaultPasswordsPerMinute = 5
	defaultCookie             = "hanko"
	defaultRPID               = "localhost"
	defaultEmailMaxLength     = 120
	defaultUsernameMinLength  = 3
	defaultUsernameMaxLength  = 32
	defaultPasswordMinLength  = 8
	defaultSessionLimit       = 5
	defaultSessionLifespan    = 12 * time.Hour
	defaultPasskeyLimit       = 10
)

// Filled returns the settings with all defaults filled in, or an error for a value that is not possible.
func (s Settings) Filled() (Settings, error) {
	s.RPID = cmp.Or(s.RPID, defaultRPID)
	s.CookieName = cmp.Or(s.CookieName, defaultCookie)
	s.PasskeyOnRegistration = cmp.Or(s.PasskeyOnRegistration, AcquireAlways)
	s.PasskeyOnLogin = cmp.Or(s.PasskeyOnLogin, AcquireAlways)
	s.PasswordOnRegistration = cmp.Or(s.PasswordOnRegistration, AcquireAlways)
	s.PasswordOnLogin = cmp.Or(s.PasswordOnLogin, AcquireNever)
	s.Attestation = cmp.Or(s.Attestation, "direct")
	s.DeviceTrust = cmp.Or(s.DeviceTrust, TrustPrompt)
	s.Retention = cmp.Or(s.Retention, RetentionPersistent)
	s.PasswordsPerMinute = cmp.Or(s.PasswordsPerMinute, defaultPasswordsPerMinute)
	s.OTPsPerMinute = cmp.Or(s.OTPsPerMinute, defaultPerMinute)
	s.TokensPerMinute = cmp.Or(s.TokensPerMinute, defaultPerMinute)
	if len(s.RedirectURLs) == 0 {
		s.RedirectURLs = []string{DefaultRedirectURL}
	}
	s.PasscodeCharset = cmp.Or(s.PasscodeCharset, CharsetNumeric)
	s.PasscodeTTL = cmp.Or(s.PasscodeTTL, defaultTTL)
	s.PasscodesPerMinute = cmp.Or(s.PasscodesPerMinute, defaultPerMinute)
	s.EmailMaxLength = cmp.Or(s.EmailMaxLength, defaultEmailMaxLength)
	s.UsernameMinLength = cmp.Or(s.UsernameMinLength, defaultUsernameMinLength)
	s.UsernameMaxLength = cmp.Or(s.UsernameMaxLength, defaultUsernameMaxLength)
	s.PasswordMinLength = cmp.Or(s.PasswordMinLength, defaultPasswordMinLength)
	s.SessionLimit = cmp.Or(s.SessionLimit, defaultSessionLimit)
	s.SessionLifespan = cmp.Or(s.SessionLifespan, defaultSessionLifespan)
	s.Sessions = cmp.Or(s.Sessions, SessionsStored)
	s.PasskeyLimit = cmp.Or(s.PasskeyLimit, defaultPasskeyLimit)
	if s.PasscodeCharset != CharsetNumeric && s.PasscodeCharset != CharsetAlphanumeric {
		return s, fmt.Errorf("the passcode charset %q is unknown: use %q or %q",
			s.PasscodeCharset, CharsetNumeric, CharsetAlphanumeric)
	}
	if s.PasscodeTTL < time.Second {
		return s, fmt.Errorf("a passcode cannot be valid for %s: use a second or more", s.PasscodeTTL)
	}
	if s.DisableDefaultOrigins && len(s.Origins) == 0 {
		return s, errors.New("the tenant accepts no origin: turn on the default ones, or name one with origins")
	}
	return s, nil
}
