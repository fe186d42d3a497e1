// Package setting holds what real tenants differ in: as fields, as switches with a name, and as presets, which are sets of
// switches that are met in the field.
package setting

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

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
	// DisableREST takes away all that v3.0 has taken away: the endpoints of the mobile guide, and /.well-known/config.
	DisableREST bool
	// TenantID makes the server a multi-tenant one, with this tenant below /<TenantID> (multi_tenancy.enabled). It is a
	// UUID in lower case; "" is a server with one tenant.
	TenantID string
	// RPID is the relying party id, a domain; "" is "localhost" (webauthn.relying_party.id).
	RPID string
	// Origins are those whose passkeys are accepted, beside the default ones (webauthn.relying_party.origins).
	Origins []string
	// DisableDefaultOrigins leaves Origins alone: without the relying party's own origins, and without those of Options.
	DisableDefaultOrigins bool
	// CORS are the origins whose web pages may use the API, as browsers send them (server.public.cors.allow_origins).
	CORS []string
	// RequireUserVerification refuses passkeys without user verification (passkey.user_verification: required; else it
	// is preferred).
	RequireUserVerification bool
	// DisableSignup answers POST /users with 403 (account.allow_signup: false).
	DisableSignup bool
	// DisableDeletion takes away DELETE /user (account.allow_deletion: false, Hanko's default).
	DisableDeletion bool
	// DisablePasskeys takes away /webauthn (passkey.enabled: false).
	DisablePasskeys bool
	// RequirePasskey leaves no way to skip the making of a passkey in a flow (passkey.optional: false).
	RequirePasskey bool
	// PasskeyOnRegistration and PasskeyOnLogin say when flows have a passkey made; "" is AcquireAlways
	// (passkey.acquire_on_registration, passkey.acquire_on_login).
	PasskeyOnRegistration, PasskeyOnLogin Acquire
	// Attestation is what new passkeys are asked for; "" is "direct" (passkey.attestation_preference).
	Attestation string
	// Password says whether flows know passwords. REST never does (password.enabled, password.optional).
	Password PasswordUse
	// PasswordOnRegistration and PasswordOnLogin say when flows have a password made; "" is AcquireAlways for the first
	// and AcquireNever for the second (password.acquire_on_registration, password.acquire_on_login).
	PasswordOnRegistration, PasswordOnLogin Acquire
	// Username says whether flows know usernames (username.enabled, username.optional).
	Username UsernameUse
	// OptionalEmail lets users with a username be without an address (email.optional).
	OptionalEmail bool
	// DisableEmail leaves users without addresses, and so without passcodes (email.enabled: false).
	DisableEmail bool
	// DisablePasscodes has nobody sign in by a passcode (email.use_for_authentication: false).
	DisablePasscodes bool
	// DisableEmailLogin and DisableUsernameLogin have flows find nobody by an address, or by a username
	// (email.use_as_login_identifier, username.use_as_login_identifier).
	DisableEmailLogin, DisableUsernameLogin bool
	// EmailMaxLength, UsernameMinLength, UsernameMaxLength and PasswordMinLength are in bytes; 0 is Hanko's 120, 3, 32
	// and 8 (email.max_length, username.min_length, username.max_length, password.min_length).
	EmailMaxLength, UsernameMinLength, UsernameMaxLength, PasswordMinLength int
	// SkipVerification takes addresses without a passcode in flows (email.require_verification: false).
	SkipVerification bool
	// ExistenceHints lets flows say whether an address has a user (privacy.show_account_existence_hints).
	ExistenceHints bool
	// ThirdParties are the ids of the providers that people can sign in with (third_party.providers, custom_providers). Each
	// of them is the embedded provider, under the name that the id has.
	ThirdParties []string
	// LinkThirdParties connects a third party with an account that has the same address (allow_linking of the provider).
	LinkThirdParties bool
	// RedirectURLs are the patterns of the addresses that a browser may come back from a third party to; none is
	// DefaultRedirectURL (third_party.allowed_redirect_urls).
	RedirectURLs []string
	// ErrorRedirectURL is where a browser goes that cannot be sent back; "" is a page of the tenant's
	// (third_party.error_redirect_url).
	ErrorRedirectURL string
	// NoVerifier is a tenant before v2.2, whose flows take no code verifier: no app can finish what they begin.
	NoVerifier bool
	// ErrorsToPage is a tenant before v2.3, which sends every error to ErrorRedirectURL and none to the app.
	ErrorsToPage bool
	// RequireMFA leaves no way to skip the making of a second factor, where MFA is set (mfa.optional: false).
	RequireMFA bool
	// MFAOnLogin has a second factor made at the next login too (mfa.acquire_on_login).
	MFAOnLogin bool
	// DisableTOTP and DisableSecurityKeys take away the kinds of second factor (mfa.totp.enabled,
	// mfa.security_keys.enabled).
	DisableTOTP, DisableSecurityKeys bool
	// DeviceTrust is "prompt", "never" or "always"; "" is "prompt" (mfa.device_trust_policy).
	DeviceTrust string
	// Retention is "persistent", "session" or "prompt"; "" is "persistent" (session.cookie.retention).
	Retention string
	// MailDown makes every mail fail.
	MailDown bool
	// DisableMail sends no mails, and says nothing of it (email_delivery.enabled: false).
	DisableMail bool
	// LimiterDown makes everything fail that is counted (rate_limiter.store: redis, and none answers).
	LimiterDown bool
	// SessionLimit is how many sessions a user has; a new one ends the oldest. 0 is 5 (session.limit).
	SessionLimit int
	// SessionLifespan is how long a session lasts, in whole seconds; 0 is 12 h (session.lifespan).
	SessionLifespan time.Duration
	// Sessions says which sessions are stored; "" is all of them.
	Sessions Sessions
	// PasskeyLimit is how many passkeys and security keys a user has; 0 is 10, below 0 is none. REST does not heed it
	// (passkey.limit).
	PasskeyLimit int
	// PasswordsPerMinute and OTPsPerMinute are how often a user may try a password and a code of an authenticator app in
	// a minute from one address; 0 is 5 and 3, below 0 is no limit (rate_limiter.password_limits, otp_limits).
	PasswordsPerMinute, OTPsPerMinute int
	// TokensPerMinute is how many one-time tokens of third parties can be handed in in a minute from one address; 0 is 3,
	// below 0 is no limit (rate_limiter.token_limits).
	TokensPerMinute int
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

// PasswordUse reports whether users have a password.
type PasswordUse string

// The uses of passwords.
const (
	PasswordOff      PasswordUse = ""
	PasswordOptional PasswordUse = "optional"
	PasswordRequired PasswordUse = "required"
)

// UsernameUse reports whether users have a username.
type UsernameUse string

// The uses of usernames.
const (
	UsernameOff      UsernameUse = ""
	UsernameOptional UsernameUse = "optional"
	UsernameRequired UsernameUse = "required"
)

// Acquire says when a flow has a credential made.
type Acquire string

// The times at which a credential is made.
const (
	AcquireAlways      Acquire = "always"      // whenever it is missing
	AcquireConditional Acquire = "conditional" // when there is no other either
	AcquireNever       Acquire = "never"
)

// Sessions says which sessions a tenant stores. Releases differ in that.
type Sessions string

// What releases store.
const (
	SessionsStored    Sessions = "stored"    // all, from v1.4.1
	SessionsOfFlows   Sessions = "flows"     // those of flows alone: tokens of REST are refused (v1.4.0)
	SessionsUnchecked Sessions = "unchecked" // any, but tokens are accepted until they expire (v1.1 to v1.3 as shipped)
	SessionsNone      Sessions = "none"      // none: tokens have no session_id, and there is no /sessions/validate (v1.0)
)

// ChecksSessions reports whether a token is accepted only as long as its session is stored.
func (s Settings) ChecksSessions() bool {
	return s.Sessions != SessionsUnchecked && s.Sessions != SessionsNone
}

// Passcodes reports whether people sign in by passcodes.
func (s Settings) Passcodes() bool { return !s.DisableEmail && !s.DisablePasscodes }

// EmailLogin reports whether flows find people by their addresses.
func (s Settings) EmailLogin() bool { return !s.DisableEmail && !s.DisableEmailLogin }

// UsernameLogin reports whether flows find people by their usernames.
func (s Settings) UsernameLogin() bool { return s.Username != UsernameOff && !s.DisableUsernameLogin }

// Passwords reports whether flows know passwords.
func (s Settings) Passwords() bool { return s.Password != PasswordOff }

// Hanko's defaults that are not switches here, and that its configuration publishes.
const (
	MaxEmails = 5 // email.limit
)

// What the settings that are texts can be.
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

// Filled returns the settings with every default in place, or an error for one that cannot be meant.
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
		return s, fmt.Errorf("a passcode cannot be valid for %s: use one second or more", s.PasscodeTTL)
	}
	if s.DisableDefaultOrigins && len(s.Origins) == 0 {
		return s, errors.New("the tenant has no origin: without the default ones, name one with origins")
	}
	return s, nil
}
