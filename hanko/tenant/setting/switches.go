package setting

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
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
		return fmt.Errorf("the embedded tenant has no switch %q: use one of %s", name, strings.Join(names, ", "))
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

func pick[T any](condition bool, yes, no T) T {
	if condition {
		return yes
	}
	return no
}

// choice returns a switch for a string. The first value is also what the zero value means.
func choice[T ~string](name, key, meaning string, at func(*Settings) *T, values ...T) Switch {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = cmp.Or(string(v), "off")
	}
	return Switch{
		Name: name, Values: texts, Key: key, Meaning: meaning,
		get: func(s *Settings) string { return cmp.Or(string(*at(s)), texts[0]) },
		set: func(s *Settings, value string) error {
			*at(s) = values[slices.Index(texts, value)]
			return nil
		},
	}
}

func acquire(name, key, meaning string, at func(*Settings) *Acquire, usual Acquire) Switch {
	w := choice(name, key, meaning, at, AcquireAlways, AcquireConditional, AcquireNever)
	w.get = func(s *Settings) string { return string(cmp.Or(*at(s), usual)) }
	return w
}

func flag(name, key, meaning string, at func(*Settings) *bool) Switch {
	return Switch{
		Name: name, Values: []string{"off", "on"}, Key: key, Meaning: meaning,
		get: func(s *Settings) string { return pick(*at(s), "on", "off") },
		set: func(s *Settings, value string) error { *at(s) = value == "on"; return nil },
	}
}

// inverse is flag for a field that turns something off.
func inverse(name, key, meaning string, at func(*Settings) *bool) Switch {
	return Switch{
		Name: name, Values: []string{"on", "off"}, Key: key, Meaning: meaning,
		get: func(s *Settings) string { return pick(*at(s), "off", "on") },
		set: func(s *Settings, value string) error { *at(s) = value == "off"; return nil },
	}
}

func list(name, key, meaning string, at func(*Settings) *[]string) Switch {
	return Switch{
		Name: name, Key: key, Meaning: meaning,
		get: func(s *Settings) string { return strings.Join(*at(s), ",") },
		set: func(s *Settings, value string) error {
			var values []string
			for v := range strings.SplitSeq(value, ",") {
				if v = strings.TrimSpace(v); v != "" {
					values = append(values, v)
				}
			}
			*at(s) = values
			return nil
		},
	}
}

func limit(name, key, meaning string, at func(*Settings) *int, usual int) Switch {
	return Switch{
		Name: name, Key: key, Meaning: meaning + "; off for no limit.",
		get: func(s *Settings) string {
			return pick(*at(s) < 0, "off", strconv.Itoa(cmp.Or(max(*at(s), 0), usual)))
		},
		set: func(s *Settings, value string) error {
			if value == "off" {
				*at(s) = -1
				return nil
			}
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				return fmt.Errorf("use a whole number above 0, or off")
			}
			*at(s) = n
			return nil
		},
	}
}

// number returns a switch for a whole number of least or more. In the field, 0 stands for the usual number, and -1 for 0.
func number(name, key, meaning string, least int, at func(*Settings) *int, usual int) Switch {
	return Switch{
		Name: name, Key: key, Meaning: meaning,
		get: func(s *Settings) string { return strconv.Itoa(max(cmp.Or(*at(s), usual), 0)) },
		set: func(s *Settings, value string) error {
			n, err := strconv.Atoi(value)
			if err != nil || n < least {
				return fmt.Errorf("use a whole number, %d or more", least)
			}
			*at(s) = cmp.Or(n, -1)
			return nil
		},
	}
}

// length is number for a length in bytes.
func length(name, key, meaning string, at func(*Settings) *int, usual int) Switch {
	return number(name, key, meaning+", in bytes.", 1, at, usual)
}

// corsSwitch returns the switch for the origins of web pages.
func corsSwitch() Switch {
	w := list("cors", "server.public.cors.allow_origins", "Origins whose web pages may call the API from the browser, separated by commas.",
		func(s *Settings) *[]string { return &s.CORS })
	set := w.set
	w.set = func(s *Settings, value string) error {
		var named Settings
		if err := set(&named, value); err != nil {
			return err
		}
		for i, text := range named.CORS {
			origin, ok := WebOrigin(text)
			if !ok || strings.Contains(text, "*") {
				return fmt.Errorf("use origins of web pages, such as http://localhost:5173; patterns are not possible")
			}
			named.CORS[i] = origin
		}
		s.CORS = named.CORS
		return nil
	}
	return w
}

// WebOrigin returns a web page's origin as browsers send it, or false for anything else.
func WebOrigin(origin string) (string, bool) {
	u, err := url.Parse(strings.ToLower(origin))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || strings.Trim(u.Path, "/") != "" {
		return "", false
	}
	if u.Scheme == "http" && u.Port() == "80" || u.Scheme == "https" && u.Port() == "443" {
		u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	return u.Scheme + "://" + u.Host, true
}

var domainPattern = regexp.MustCompile(`^[a-z0-9_-]+(\.[a-z0-9_-]+)*$`)

func setRPID(s *Settings, value string) error {
	if !domainPattern.MatchString(value) {
		return fmt.Errorf("use a domain in lower case, such as login.example.com, without scheme, port or path")
	}
	s.RPID = value
	return nil
}

func setTenantID(s *Settings, value string) error {
	if value == "" {
		s.TenantID = ""
		return nil
	}
	id, err := uuid.Parse(value)
	if err != nil {
		return fmt.Errorf("use a UUID, or leave it empty for a server with one tenant")
	}
	s.TenantID = id.String()
	return nil
}

// setDuration sets a duration of a second or more. The error for any other value names the examples.
func setDuration(d *time.Duration, value, examples string) error {
	parsed, err := time.ParseDuration(value)
	if err != nil || parsed < time.Second {
		return fmt.Errorf("use a duration of a second or more, such as %s", examples)
	}
	*d = parsed
	return nil
}

func setCookieName(s *Settings, value string) error {
	if value == "" || strings.ContainsFunc(value, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
	}) {
		return fmt.Errorf("use letters, digits and dashes")
	}
	s.CookieName = value
	return nil
}

// duration returns the shortest way to write d.
func duration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
