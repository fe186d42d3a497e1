package fact

import (
	"encoding/json"
	"strings"

	"example.com/hankosim/hanko"
)

// Ask is something that a tenant asks of a person who signs up or signs in.
type Ask struct {
	For       string // one of the Ask… words, or "state NAME" for an unknown state
	Skippable bool   // the person can go on without it
	Key       string // Hanko's configuration key that decides it; "" if not known
}

// What a tenant can ask for.
const (
	AskEmail             = "email"
	AskUsername          = "username"
	AskEmailOrUsername   = "email_or_username"
	AskPasscode          = "passcode" // the code from a mail
	AskPassword          = "password"
	AskPasskey           = "passkey"
	AskPasskeyOrPassword = "passkey_or_password" // as the person chooses
	AskAuthenticatorApp  = "authenticator_app"   // to set one up, or its code
	AskSecurityKey       = "security_key"        // to register one, or its assertion
	AskSecondFactor      = "second_factor"       // to set up an authenticator app or a security key, as the person chooses
	AskDeviceTrust       = "device_trust"
)

// askWords are the Ask… words.
var askWords = []string{
	AskEmail, AskUsername, AskEmailOrUsername, AskPasscode, AskPassword, AskPasskey, AskPasskeyOrPassword, AskAuthenticatorApp, AskSecurityKey,
	AskSecondFactor, AskDeviceTrust,
}

const (
	skippable    = " (skippable)"
	unknownState = "state "
)

// String returns what is asked for, and whether it is skippable.
func (a Ask) String() string {
	if a.Skippable {
		return a.For + skippable
	}
	return a.For
}

// State reports whether the ask is an unknown state, about which no more is known.
func (a Ask) State() bool { return strings.HasPrefix(a.For, unknownState) }

// Asks returns what the last login or registration among the exchanges asked for, in order. Over REST, it returns what the
// mobile guide's calls ask for, which is the same for everybody.
func Asks(exchanges []hanko.Exchange) []Ask {
	var (
		asks   []Ask
		before hanko.State
	)
	for _, exchange := range exchanges {
		path, action, acts := strings.Cut(strings.TrimPrefix(exchange.Path, "/"), "?action=")
		switch {
		case path == "user" && exchange.Method == "POST":
			asks = []Ask{{For: AskEmail, Key: "email.enabled"}}
			continue
		case path == "passcode/login/initialize":
			asks = appendAsk(asks, Ask{For: AskPasscode, Key: "email.use_for_authentication"})
			continue
		case path != string(hanko.LoginFlow) && path != string(hanko.RegistrationFlow):
			continue
		case !acts || action == "":
			asks, before = nil, ""
		}
		var flow hanko.Flow
		if json.Unmarshal(exchange.ResponseBody, &flow) != nil || flow.Name == "" || flow.Name == before {
			continue
		}
		for _, ask := range asksOf(hanko.FlowName(path), before, flow) {
			asks = appendAsk(asks, ask)
		}
		before = flow.Name
	}
	return asks
}

// appendAsk adds what is asked for next. The same ask twice in a row is a second try, and is not added.
func appendAsk(asks []Ask, next Ask) []Ask {
	if n := len(asks); n > 0 && asks[n-1].For == next.For {
		return asks
	}
	return append(asks, next)
}

// asksOf returns what a state of a login or registration asks for, after the state before.
func asksOf(name hanko.FlowName, before hanko.State, flow hanko.Flow) []Ask {
	ask := func(what, key string) []Ask {
		return []Ask{{For: what, Skippable: offers(flow, hanko.ActionSkip), Key: key}}
	}
	registering := name == hanko.RegistrationFlow
	switch flow.Name {
	case hanko.StateRegistrationInit:
		return registrationAsks(flow)
	case hanko.StateLoginInit:
		return loginAsks(flow)
	case hanko.StatePasscodeConfirmation:
		if registering {
			return ask(AskPasscode, "email.require_verification")
		}
		return ask(AskPasscode, "email.use_for_authentication")
	case hanko.StateLoginPassword:
		return ask(AskPassword, "email.use_for_authentication")
	case hanko.StateLoginPasswordRecovery:
		return ask(AskPassword, "password.recovery")
	case hanko.StatePasswordCreation:
		if before == hanko.StateCredentialOnboardingChooser {
			return nil // chosen there
		}
		return ask(AskPassword, "password.optional")
	case hanko.StateOnboardingCreatePasskey:
		if before == hanko.StateCredentialOnboardingChooser {
			return nil // chosen there
		}
		return ask(AskPasskey, "passkey.optional")
	case hanko.StateCredentialOnboardingChooser:
		return ask(AskPasskeyOrPassword, "password.optional")
	case hanko.StateLoginPasskey:
		if before == hanko.StateLoginSecurityKey {
			return nil // the security key is used here
		}
		return ask(AskPasskey, "email.use_for_authentication")
	case hanko.StateOnboardingUsername:
		return ask(AskUsername, "username.optional")
	case hanko.StateOnboardingEmail:
		return ask(AskEmail, "email.optional")
	case hanko.StateMFAMethodChooser:
		return ask(secondFactor(flow), "mfa.optional")
	case hanko.StateMFAOTPSecretCreation:
		if before == hanko.StateMFAMethodChooser {
			return nil // chosen there
		}
		return ask(AskAuthenticatorApp, "mfa.optional")
	case hanko.StateMFASecurityKeyCreation:
		if before == hanko.StateMFAMethodChooser {
			return nil // chosen there
		}
		return ask(AskSecurityKey, "mfa.optional")
	case hanko.StateLoginOTP:
		return ask(AskAuthenticatorApp, "mfa.enabled")
	case hanko.StateLoginSecurityKey:
		return ask(AskSecurityKey, "mfa.enabled")
	case hanko.StateDeviceTrust:
		return ask(AskDeviceTrust, "mfa.device_trust_policy")
	case hanko.StatePreflight, hanko.StateSuccess, hanko.StateError, hanko.StateLoginMethodChooser, hanko.StateOnboardingVerifyPasskeyAttestation,
		hanko.StateWebAuthnCredentialVerification, hanko.StateThirdParty:
		return nil // they ask for nothing by themselves
	default:
		return ask(unknownState+string(flow.Name), "")
	}
}

// registrationAsks returns what the first state of a registration asks for, an email address first.
func registrationAsks(flow hanko.Flow) []Ask {
	var asks []Ask
	inputs := flow.Actions[hanko.ActionRegisterLoginIdentifier].Inputs
	for _, field := range []struct {
		name     hanko.InputName
		ask, key string
	}{{hanko.InputEmail, AskEmail, "email.optional"}, {hanko.InputUsername, AskUsername, "username.optional"}} {
		if input, asked := inputs[field.name]; asked {
			asks = append(asks, Ask{For: field.ask, Skippable: !input.Required && len(inputs) > 1, Key: field.key})
		}
	}
	return asks
}

// loginAsks returns what the first state of a login asks for.
func loginAsks(flow hanko.Flow) []Ask {
	inputs := flow.Actions[hanko.ActionContinueWithLoginIdentifier].Inputs
	for _, field := range []struct {
		name     hanko.InputName
		ask, key string
	}{
		{hanko.InputEmail, AskEmail, "email.use_as_login_identifier"},
		{hanko.InputIdentifier, AskEmailOrUsername, "username.use_as_login_identifier"},
		{hanko.InputUsername, AskUsername, "email.use_as_login_identifier"},
	} {
		if _, asked := inputs[field.name]; asked {
			return []Ask{{For: field.ask, Key: field.key}}
		}
	}
	return nil
}

// secondFactor returns what a state that lets people choose a second factor asks for: the only one that it offers, or a
// choice.
func secondFactor(flow hanko.Flow) string {
	app, key := offers(flow, hanko.ActionContinueToOTPSecretCreation), offers(flow, hanko.ActionContinueToSecurityKeyCreation)
	switch {
	case app && !key:
		return AskAuthenticatorApp
	case key && !app:
		return AskSecurityKey
	default:
		return AskSecondFactor
	}
}

func offers(flow hanko.Flow, action hanko.ActionName) bool {
	_, offered := flow.Actions[action]
	return offered
}
