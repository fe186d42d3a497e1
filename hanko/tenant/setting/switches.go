package setting

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.com/hankosim/internal/spelling"
)

// Switch is one thing in which tenants differ. Flags, the configuration and the documentation call it by its name.
type Switch struct {
	Name    string   // as Set takes it
	Values  []string // the values it can have; nil: free text, which Meaning describes
	Default string   // its value in the zero Settings
	Key     string   // in Hanko's configuration; "" if it has none
	Meaning string   // a sentence for the documentation

	get func(*Settings) string
	set func(*Settings, string) error // gets only values that Values allows
}

// Value returns the switch's value in the settings, as Set takes it.
func (s Switch) Value(settings Settings) string { return s.get(&settings) }

// Switches returns all switches, in the order in which they are documented.
func Switches() []Switch {
	switches := []Switch{
		inverse("rest", "", "The tenant has the REST API of the mobile guide, which v3.0 removed.",
			func(s *Settings) *bool { return &s.DisableREST }),
		{
			Name: "tenant-id", Key: "multi_tenancy.enabled",
			Meaning: "A UUID makes the server a multi-tenant one: every path begins with it.",
			get:     func(s *Settings) string { return s.TenantID },
			set:     setTenantID,
		},
		choice("password", "password.enabled, password.optional", "Users have a password.",
			func(s *Settings) *PasswordUse { return &s.Password }, PasswordOff, PasswordOptional, PasswordRequired),
		length("password-min-length", "password.min_length", "The shortest password", func(s *Settings) *int { return &s.PasswordMinLength }, defaultPasswordMinLength),
		acquire("password-on-registration", "password.acquire_on_registration", "When a new user creates a password.",
			func(s *Settings) *Acquire { return &s.PasswordOnRegistration }, AcquireAlways),
		acquire("password-on-login", "password.acquire_on_login", "When a user without a password creates one at login.",
			func(s *Settings) *Acquire { return &s.PasswordOnLogin }, AcquireNever),
		{
			Name: "passkey", Values: []string{"off", "on", "required"}, Key: "passkey.enabled, passkey.optional",
			Meaning: "Users have passkeys; if they are required, nobody can skip creating one.",
			get: func(s *Settings) string {
				return pick(s.DisablePasskeys, "off", pick(s.RequirePasskey, "required", "on"))
			},
			set: func(s *Settings, value string) error {
				s.DisablePasskeys, s.RequirePasskey = value == "off", value == "required"
				return nil
			},
		},
		acquire("passkey-on-registration", "passkey.acquire_on_registration", "When a new user creates a passkey.",
			func(s *Settings) *Acquire { return &s.PasskeyOnRegistration }, AcquireAlways),
		acquire("passkey-on-login", "passkey.acquire_on_login", "When a user without a passkey creates one at login.",
			func(s *Settings) *Acquire { return &s.PasskeyOnLogin }, AcquireAlways),
		number("passkey-limit", "passkey.limit", "How many passkeys and security keys a user can have; 0 for none. REST ignores it.", 0,
			func(s *Settings) *int { return &s.PasskeyLimit }, defaultPasskeyLimit),
		{
			Name: "user-verification", Values: []string{"preferred", "required"}, Key: "passkey.user_verification",
			Meaning: "Whether passkeys must be used with biometrics or a screen lock.",
			get:     func(s *Settings) string { return pick(s.RequireUserVerification, "required", "preferred") },
			set:     func(s *Settings, value string) error { s.RequireUserVerification = value == "required"; return nil },
		},
		choice("attestation", "passkey.attestation_preference", "Which attestation new passkeys are asked for.",
			func(s *Settings) *string { return &s.Attestation }, "direct", "none", "indirect", "enterprise"),
		{
			Name: "rp-id", Key: "webauthn.relying_party.id", Meaning: "The domain that passkeys are for.",
			get: func(s *Settings) string { return cmp.Or(s.RPID, defaultRPID) },
			set: setRPID,
		},
		list("origins", "webauthn.relying_party.origins", "More origins whose passkeys are accepted, separated by commas.",
			func(s *Settings) *[]string { return &s.Origins }),
		inverse("default-origins", "", "Passkeys are accepted from the origins of the RP ID, the configured apps and the phones; off: only from those of origins.",
			func(s *Settings) *bool { return &s.DisableDefaultOrigins }),
		corsSwitch(),
		inverse("signup", "account.allow_signup", "Anybody can create an account.",
			func(s *Settings) *bool { return &s.DisableSignup }),
		inverse("deletion", "account.allow_deletion", "Users can delete their account.",
			func(s *Settings) *bool { return &s.DisableDeletion }),
		flag("existence-hints", "privacy.show_account_existence_hints", "Flows say whether an address belongs to a user.",
			func(s *Settings) *bool { return &s.ExistenceHints }),
		inverse("verification", "email.require_verification", "An address must be verified with a passcode.",
			func(s *Settings) *bool { return &s.SkipVerification }),
		{
			Name: "email", Values: []string{"required", "optional", "off"}, Key: "email.enabled, email.optional",
			Meaning: "Whether users have an address; if it is optional, a user with a username can do without one.",
			get: func(s *Settings) string {
				return pick(s.DisableEmail, "off", pick(s.OptionalEmail, "optional", "required"))
			},
			set: func(s *Settings, value string) error {
				s.DisableEmail, s.OptionalEmail = value == "off", value == "optional"
				return nil
			},
		},
		inverse("email-login", "email.use_as_login_identifier", "People can sign in with their address as identifier.",
			func(s *Settings) *bool { return &s.DisableEmailLogin }),
		length("email-max-length", "email.max_length", "The longest address", func(s *Settings) *int { return &s.EmailMaxLength }, defaultEmailMaxLength),
		inverse("passcodes", "email.use_for_authentication", "People can sign in with a passcode.",
			func(s *Settings) *bool { return &s.DisablePasscodes }),
		choice("username", "username.enabled, username.optional", "Users have a username to sign in with.",
			func(s *Settings) *UsernameUse { return &s.Username }, UsernameOff, UsernameOptional, UsernameRequired),
		inverse("username-login", "username.use_as_login_identifier", "People can sign in with their username as identifier.",
			func(s *Settings) *bool { return &s.DisableUsernameLogin }),
		length("username-min-length", "username.min_length", "The shortest username", func(s *Settings) *int { return &s.UsernameMinLength }, defaultUsernameMinLength),
		length("username-max-length", "username.max_length", "The longest username", func(s *Settings) *int { return &s.UsernameMaxLength }, defaultUsernameMaxLength),
		{
			Name: "mfa", Values: []string{"off", "optional", "required"}, Key: "mfa.enabled, mfa.optional",
			Meaning: "Users can or must have a second factor; REST has passcodes only if it is off.",
			get:     func(s *Settings) string { return pick(!s.MFA, "off", pick(s.RequireMFA, "required", "optional")) },
			set: func(s *Settings, value string) error {
				s.MFA, s.RequireMFA = value != "off", value == "required"
				return nil
			},
		},
		flag("mfa-on-login", "mfa.acquire_on_login", "A user without a second factor creates one at login.",
			func(s *Settings) *bool { return &s.MFAOnLogin }),
		inverse("totp", "mfa.totp.enabled", "The second factor can be an authenticator app.",
			func(s *Settings) *bool { return &s.DisableTOTP }),
		inverse("security-keys", "mfa.security_keys.enabled", "The second factor can be a security key.",
			func(s *Settings) *bool { return &s.DisableSecurityKeys }),
		choice("device-trust", "mfa.device_trust_policy", "Whether users can sign in without the second factor on a device that they trust.",
			func(s *Settings) *string { return &s.DeviceTrust }, TrustPrompt, TrustNever, TrustAlways),
		choice("passcode-charset", "email.passcode_charset", "The characters of a passcode.",
			func(s *Settings) *string { return &s.PasscodeCharset }, CharsetNumeric, CharsetAlphanumeric),
		{
			Name: "passcode-ttl", Key: "email.passcode_ttl", Meaning: "How long a passcode is valid, such as 5m or 90s.",
			get: func(s *Settings) string { return duration(cmp.Or(s.PasscodeTTL, defaultTTL)) },
			set: func(s *Settings, value string) error { return setDuration(&s.PasscodeTTL, value, "5m or 90s") },
		},
		limit("passcodes-per-minute", "rate_limiter.passcode_limits.tokens", "How many passcodes can be requested for an address in a minute",
			func(s *Settings) *int { return &s.PasscodesPerMinute }, defaultPerMinute),
		limit("passwords-per-minute", "rate_limiter.password_limits.tokens", "How many passwords a user can try in a minute",
			func(s *Settings) *int { return &s.PasswordsPerMinute }, defaultPasswordsPerMinute),
		limit("otps-per-minute", "rate_limiter.otp_limits.tokens", "How many codes of an authenticator app a user can try in a minute",
			func(s *Settings) *int { return &s.OTPsPerMinute }, defaultPerMinute),
		flag("limiter-down", "rate_limiter.store", "Every rate-limited request fails, as if the limiter's Redis did not answer.",
			func(s *Settings) *bool { return &s.LimiterDown }),
		limit("tokens-per-minute", "rate_limiter.token_limits.tokens", "How many one-time tokens of third parties can be exchanged in a minute",
			func(s *Settings) *int { return &s.TokensPerMinute }, defaultPerMinute),
		flag("mail-down", "email_delivery.smtp", "No mail can be sent.",
			func(s *Settings) *bool { return &s.MailDown }),
		inverse("mail", "email_delivery.enabled", "The tenant sends mails; off: it sends none, as if a webhook did.",
			func(s *Settings) *bool { return &s.DisableMail }),
		{
			Name: "token", Values: []string{"cookie", "header"}, Key: "session.enable_auth_token_header",
			Meaning: "Where the session token is sent.",
			get:     func(s *Settings) string { return pick(s.TokenInHeader, "header", "cookie") },
			set:     func(s *Settings, value string) error { s.TokenInHeader = value == "header"; return nil },
		},
		{
			Name: "cookie-name", Key: "session.cookie.name", Meaning: "The name of the session cookie.",
			get: func(s *Settings) string { return cmp.Or(s.CookieName, defaultCookie) },
			set: setCookieName,
		},
		flag("cookie-secure", "session.cookie.secure", "Cookies are Secure, and useless over plain http.",
			func(s *Settings) *bool { return &s.CookieSecure }),
		number("session-limit", "session.limit", "How many sessions a user can have; a new one ends the oldest.", 1,
			func(s *Settings) *int { return &s.SessionLimit }, defaultSessionLimit),
		{
			Name: "session-lifespan", Key: "session.lifespan", Meaning: "How long a session lasts, such as 12h or 30s.",
			get: func(s *Settings) string { return duration(cmp.Or(s.SessionLifespan, defaultSessionLifespan)) },
			set: func(s *Settings, value string) error { return setDuration(&s.SessionLifespan, value, "12h or 30s") },
		},
		choice("sessions", "session.server_side.enabled", "Which sessions are stored: `flows` is v1.4.0, `unchecked` v1.1 to v1.3, `none` v1.0.",
			func(s *Settings) *Sessions { return &s.Sessions }, SessionsStored, SessionsOfFlows, SessionsUnchecked, SessionsNone),
		choice("retention", "session.cookie.retention", "How long the session cookie is kept; with prompt, the user decides (remember_me).",
			func(s *Settings) *string { return &s.Retention }, RetentionPersistent, RetentionSession, RetentionPrompt),
	}
	at := slices.IndexFunc(switches, func(w Switch) bool { return w.Name == "passcode-charset" })
	switches = slices.Insert(switches, at, thirdPartySwitches()...)
	for i := range switches {
		switches[i].Default = switches[i].get(new(Settings))
	}
	return switches
}

// Set sets a switch by its name. An error says which names or values are possible, and leaves the settings unchanged.
func (s *Settings) Set(name, value string) error {
	switches := Switches()
	at := slices.IndexFunc(switches, func(w Switch) bool { return w.Name == name })
	if at < 0 {
		names := make([]string, len(switches))
		for i, w := range switches {
			names[i] = w.Name
		}
		return unknownName("switch", name, names)
	}
	w := switches[at]
	if w.Values != nil && !slices.Contains(w.Values, value) {
		return fmt.Errorf("the tenant's switch %s cannot be %q: use one of %s", name, value, strings.Join(w.Values, ", "))
	}
	if err := w.set(s, value); err != nil {
		return fmt.Errorf("the tenant's switch %s cannot be %q: %w", name, value, err)
	}
	return nil
}

// unknownName returns the error for a name of nothing: it names what is probably meant, or else everything that there is.
func unknownName(of, name string, known []string) error {
	if meant := spelling.Nearest(strings.ToLower(name), known); meant != "" {
		return fmt.Errorf("the embedded tenant has no %s %q: did you mean %s?", of, name, meant)
	}
	return fmt.Errorf("the embedded tenant has no %s %q: use one of %s", of, name, strings.Join(known, ", "))
}
