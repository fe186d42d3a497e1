package fact

import (
	"slices"
	"strings"

	"example.com/hankosim/hanko/hankoconfig"
)

// Settings returns what to write into Hanko's configuration to meet an unmet expectation, or nil if that is not known.
func (e Expectation) Settings(observed Fact) []hankoconfig.Setting {
	if !observed.Known() {
		return nil
	}
	one := func(value any) []hankoconfig.Setting { return []hankoconfig.Setting{{Key: e.Key, Value: value}} }
	switch e.Name {
	case SignUpAsks, SignInAsks:
		return e.askSettings(observed)
	case TokenLifetime:
		return one(durationText(e.duration()))
	case TokenDelivery:
		return one(e.Values[0] == InHeader)
	case Existence:
		return one(e.Values[0] == Shown)
	case SignUpAllowed, SignInPasskey:
		return one(e.Values[0] == "true")
	case TokenAudience:
		return one(e.Values)
	case RPID, UserVerification, Attestation:
		return one(e.Values[0])
	case API:
		if e.Values[0] == "rest" && observed.Key == "mfa.enabled" {
			return []hankoconfig.Setting{{Key: "mfa.enabled", Value: false}}
		}
	case ThirdParties: // each needs an ID and a secret of its own
	case GuideAlone: // smoke's check says what to change
	}
	return nil
}

// askSettings returns the settings with which a tenant asks for exactly what is expected.
func (e Expectation) askSettings(observed Fact) []hankoconfig.Setting {
	var settings []hankoconfig.Setting
	add := func(key string, value any) {
		if !slices.ContainsFunc(settings, func(s hankoconfig.Setting) bool { return s.Key == key }) {
			settings = append(settings, hankoconfig.Setting{Key: key, Value: value})
		}
	}
	for _, ask := range observed.Asks {
		switch {
		case slices.Contains(e.Values, ask.String()):
		case slices.Contains(e.Values, ask.For), slices.Contains(e.Values, ask.For+skippable):
			if strings.HasSuffix(ask.Key, ".optional") {
				add(ask.Key, !ask.Skippable)
			}
		case ask.Key == "mfa.enabled": // a second factor that was set up before
		default:
			acquire(add, e.Name, ask.For, false)
		}
	}
	for _, value := range e.Values {
		word := strings.TrimSuffix(value, skippable)
		if !slices.ContainsFunc(observed.Asks, func(ask Ask) bool { return ask.For == word }) {
			acquire(add, e.Name, word, true)
		}
	}
	return settings
}

// acquire adds the settings with which a tenant asks for something, or stops asking. For other asks it adds nothing.
func acquire(add func(string, any), name Name, word string, asked bool) {
	when := "acquire_on_registration"
	if name == SignInAsks {
		when = "acquire_on_login"
	}
	often := "never"
	if asked {
		often = "always"
	}
	switch word {
	case AskPassword, AskPasskey:
		if asked {
			add(word+".enabled", true)
		}
		add(word+"."+when, often)
	case AskEmail, AskUsername:
		if asked {
			add(word+".enabled", true)
		}
		add(word+"."+when, asked)
	case AskAuthenticatorApp, AskSecurityKey, AskSecondFactor:
		if asked {
			add("mfa.enabled", true)
		}
		add("mfa."+when, asked)
	case AskPasscode:
		if name == SignUpAsks {
			add("email.require_verification", asked)
		} else {
			add("email.use_for_authentication", asked)
		}
	}
}
