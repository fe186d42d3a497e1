package fact

import (
	"slices"
	"strings"
)

// Keys returns the configuration keys that can explain an unmet expectation, the likeliest first. They are the fact's own
// key, or the keys of what is asked for but not expected, of what is expected but not asked for, and of what can be skipped
// but was expected to be required, or the other way round.
func (e Expectation) Keys(observed Fact) []string {
	var keys []string
	add := func(more ...string) {
		for _, key := range more {
			if key != "" && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	add(observed.Key, e.Key)
	if e.Name != SignUpAsks && e.Name != SignInAsks || !observed.Known() {
		return keys
	}
	for _, ask := range observed.Asks {
		switch {
		case slices.Contains(e.Values, ask.String()):
		case slices.Contains(e.Values, ask.For), slices.Contains(e.Values, ask.For+skippable):
			add(ask.Key)
		default:
			add(ask.Key)
			add(acquireKeys(e.Name, ask.For)...)
		}
	}
	for _, value := range e.Values {
		word := strings.TrimSuffix(value, skippable)
		if !slices.ContainsFunc(observed.Asks, func(ask Ask) bool { return ask.For == word }) {
			add(acquireKeys(e.Name, word)...)
		}
	}
	if len(keys) == 0 && len(observed.Asks) > 0 { // the same in another order
		for i, ask := range observed.Asks {
			if i >= len(e.Values) || e.Values[i] != ask.String() {
				add(ask.Key)
			}
		}
	}
	return keys
}

// acquireKeys returns the keys that decide whether people are asked for something at all.
func acquireKeys(name Name, word string) []string {
	acquire := "acquire_on_registration"
	if name == SignInAsks {
		acquire = "acquire_on_login"
	}
	switch word {
	case AskEmail, AskUsername, AskPassword, AskPasskey:
		return []string{word + "." + acquire, word + ".enabled"}
	case AskEmailOrUsername:
		return []string{"username.use_as_login_identifier", "username.enabled"}
	case AskPasskeyOrPassword:
		return []string{"passkey." + acquire, "password." + acquire}
	case AskPasscode:
		if name == SignUpAsks {
			return []string{"email.require_verification"}
		}
		return []string{"email.use_for_authentication"}
	case AskAuthenticatorApp:
		return []string{"mfa.optional", "mfa." + acquire, "mfa.totp.enabled", "mfa.enabled"}
	case AskSecurityKey:
		return []string{"mfa.optional", "mfa." + acquire, "mfa.security_keys.enabled", "mfa.enabled"}
	case AskSecondFactor:
		return []string{"mfa.optional", "mfa." + acquire, "mfa.enabled"}
	case AskDeviceTrust:
		return []string{"mfa.device_trust_policy"}
	default:
		return nil
	}
}
