package smoke

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/hankoconfig"
)

// settingValues are what to write for keys that have one right value, or for which Hanko's default is right.
var settingValues = map[string]any{
	"account.allow_signup":             true,
	"email.enabled":                    true,
	"email.max_length":                 100,
	"email.passcode_ttl":               300,
	"email.use_as_login_identifier":    true,
	"email.use_for_authentication":     true,
	"email_delivery.enabled":           true,
	"flow_locker.store":                "in_memory",
	"mfa.enabled":                      false,
	"mfa.optional":                     true,
	"passkey.attestation_preference":   "none",
	"passkey.enabled":                  true,
	"passkey.limit":                    10,
	"passkey.optional":                 true,
	"passkey.user_verification":        "preferred",
	"password.min_length":              8,
	"password.optional":                true,
	"rate_limiter.enabled":             true,
	"rate_limiter.store":               "in_memory",
	"session.cookie.secure":            false,
	"session.enable_auth_token_header": true,
	"session.lifespan":                 "12h",
	"session.limit":                    5,
	"username.enabled":                 true,
	"username.max_length":              32,
	"username.min_length":              3,
	"username.optional":                true,
}

// ownFiles are the keys of outcomes that are not in Hanko's configuration.
var ownFiles = []string{KeyURL, KeyAPI, KeyCertificate, KeyClock, KeyAssetLinks, KeyAppleFile}

// located adds to a failure what to write into Hanko's configuration, and, if there is a file, where.
func (r *run) located(outcome Outcome) Outcome {
	if outcome.Verdict != Failed && outcome.Verdict != Inconclusive || outcome.Key == "" || slices.Contains(ownFiles, outcome.Key) {
		return outcome
	}
	if outcome.Settings == nil && outcome.Verdict == Failed {
		outcome.Settings = r.settingsFor(outcome.Key)
	}
	if r.HankoConfig == nil {
		return outcome
	}
	keys := append([]string{outcome.Key}, outcome.OtherKeys...)
	for _, setting := range outcome.Settings {
		if !slices.ContainsFunc(keys, func(key string) bool { return key == setting.Key || strings.HasPrefix(setting.Key, key+".") }) {
			keys = append(keys, setting.Key)
		}
	}
	for _, key := range keys {
		outcome.Places = append(outcome.Places, r.HankoConfig.Find(key))
	}
	return outcome
}

// settingsFor returns what to write for a key; nil if nobody but the operator can know.
func (r *run) settingsFor(key string) []hankoconfig.Setting {
	one := func(value any, comment string) []hankoconfig.Setting {
		return []hankoconfig.Setting{{Key: key, Value: value, Comment: comment}}
	}
	if value, known := settingValues[key]; known {
		return one(value, "")
	}
	if strings.HasPrefix(key, "third_party.providers.") || strings.HasPrefix(key, "third_party.custom_providers.") {
		return thirdPartySettings(key)
	}
	switch key {
	case "webauthn.relying_party.id":
		return one("example.com", "the domain that your app is associated with")
	case "webauthn.relying_party.origins":
		return one(r.appOrigins(), "besides those that are there")
	case "email_delivery.smtp":
		return []hankoconfig.Setting{
			{Key: key + ".host", Value: "smtp.example.com", Comment: "your mail server"}, {Key: key + ".port", Value: "587"},
		}
	case "email_delivery.from_address":
		return one("noreply@example.com", "an address that your mail server sends for")
	case "rate_limiter.passcode_limits":
		return []hankoconfig.Setting{{Key: key + ".tokens", Value: 3}, {Key: key + ".interval", Value: "1m"}}
	case "rate_limiter.token_limits":
		return []hankoconfig.Setting{{Key: key + ".tokens", Value: 3}, {Key: key + ".interval", Value: "1m"}}
	case keyRedirects:
		return one(r.redirects(), "besides those that are there")
	case keyCallback:
		return one(r.client.BaseURL()+"/thirdparty/callback", "the tenant's own URL, as browsers reach it")
	case keyErrorPage:
		return one("https://example.com/sign-in-failed", "a page that tells people to go back to the app")
	case "secrets.keys":
		return one([]string{"a secret of 16 characters or more"}, "the same for all instances")
	case "session.audience":
		return one([]string{"example.com"}, "what your backend expects in aud")
	case "session.cookie.domain":
		if base, err := url.Parse(r.client.BaseURL()); err == nil {
			return one(base.Hostname(), "the tenant's own domain")
		}
	}
	return nil
}

// thirdPartySettings are what to write for a setting of one third party.
func thirdPartySettings(key string) []hankoconfig.Setting {
	party, member := key[:strings.LastIndex(key, ".")], key[strings.LastIndex(key, ".")+1:]
	switch member {
	case "enabled":
		return []hankoconfig.Setting{{Key: key, Value: true}}
	case "issuer":
		return []hankoconfig.Setting{{Key: key, Value: "https://login.example.com", Comment: "the third party's own URL"}}
	case "scopes":
		return []hankoconfig.Setting{{Key: key, Value: []string{"openid", "email", "profile"}}}
	case "secret":
		return []hankoconfig.Setting{
			{Key: party + ".client_id", Value: "hanko", Comment: "as the third party has it for this tenant"}, {Key: key, Value: "a secret", Comment: "the same"},
		}
	}
	return nil
}

// redirects are the patterns that allow the app's addresses.
func (r *run) redirects() []string {
	addresses := r.RedirectTo
	if len(addresses) == 0 {
		addresses = []string{r.returnAddress()}
	}
	patterns := make([]string, len(addresses))
	for i, address := range addresses {
		patterns[i] = redirectPattern(address)
	}
	return patterns
}

// redirectPattern allows an address; on this machine, with each port.
func redirectPattern(address string) string {
	if parsed, err := url.Parse(address); err == nil && parsed.Hostname() == "127.0.0.1" {
		return "http://127.0.0.1:*" + parsed.Path
	}
	return address
}

// appOrigins are the origins of the apps that the run plays.
func (r *run) appOrigins() []string {
	id := r.rpID
	for _, shown := range fact.Passkeys(r.client.Log().From(0)) {
		if shown.Name == fact.RPID && id == "" {
			id = shown.Values[0]
		}
	}
	id = cmp.Or(id, "example.com")
	origins := []string{authenticator.IPhone().Origin(id)}
	for _, app := range r.Apps {
		origins = append(origins, authenticator.Android(app).Origin(id))
	}
	return origins
}
