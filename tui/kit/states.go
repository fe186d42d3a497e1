package kit

import (
	"strings"

	"example.com/hankosim/hanko"
)

// StateText is what a person is told in a state of a flow that is drawn as a form.
type StateText struct{ Title, Text string }

// stateTexts are the states of Hanko's flows (backend v3.0.4) that have no screen of their own. A state that is not
// among them is drawn all the same, under its own name.
var stateTexts = map[hanko.State]StateText{
	"login_init":                    {"Sign in", "This tenant asks for something else than an email address."},
	"registration_init":             {"Create an account", "This tenant wants to know a little more than an email address."},
	"login_method_chooser":          {"How do you want to sign in?", "The tenant offers these ways to this account."},
	"login_password":                {"Your password", "This account has a password."},
	"login_password_recovery":       {"A new password", "The passcode was right. Choose a new password."},
	"password_creation":             {"Choose a password", "The tenant wants accounts to have a password."},
	"login_otp":                     {"Your second factor", "Enter the code that the authenticator app shows now."},
	"login_security_key":            {"Your security key", "The second step of this sign-in is a security key."},
	"mfa_method_chooser":            {"Add a second factor", "The tenant asks for a second step beside password or passcode."},
	"mfa_otp_secret_creation":       {"Set up an authenticator app", "Scan the QR code below (pgdown), or press ctrl+f: this phone's own app keeps the secret and fills in its code."},
	"mfa_security_key_creation":     {"Register a security key", "A key that you plug in or touch, as the second step of your sign-ins."},
	"device_trust":                  {"Trust this phone?", "On a trusted phone the tenant does not ask for the second step again for a while."},
	"credential_onboarding_chooser": {"Choose how to sign in next time", "The tenant wants the account to have one of these."},
	"onboarding_username":           {"Choose a username", "The tenant wants accounts to have a name."},
	"onboarding_email":              {"Add an email address", "The tenant wants accounts to have an address."},
	"thirdparty":                    {"Go on in a browser", "The sign-in continues at a third party. A terminal cannot follow it there: open the link in a browser to see it."},
	"profile_init":                  {"Your account", "What the tenant lets you change."},
	"account_deleted":               {"Account deleted", "The tenant has deleted the account."},
}

// actionTexts are the buttons of actions whose own description is for programmers.
var actionTexts = map[hanko.ActionName]string{
	"continue_to_passcode_confirmation":          "Send me a passcode by mail",
	"continue_to_passcode_confirmation_recovery": "I forgot it: send me a passcode",
	"continue_to_password_login":                 "Use my password",
	"continue_to_password_registration":          "A password",
	"continue_to_passkey_registration":           "A passkey",
	"continue_to_otp_secret_creation":            "An authenticator app",
	"continue_to_security_key_creation":          "A security key",
	"continue_to_login_security_key":             "Use my security key instead",
	"continue_to_login_otp":                      "Use my authenticator app instead",
	"webauthn_generate_request_options":          "Use a passkey",
	"webauthn_generate_creation_options":         "Create it",
	"password_login":                             "Sign in",
	"password_recovery":                          "Set the new password",
	"register_password":                          "Set the password",
	"otp_code_verify":                            "Check the code",
	"otp_code_validate":                          "Check the code",
	"trust_device":                               "Trust this phone",
	"username_create":                            "Use this name",
	"email_create":                               "Use this address",
	"register_login_identifier":                  "Create the account",
	"continue_with_login_identifier":             "Continue",
	"remember_me":                                "Remember me",
	"thirdparty_oauth":                           "Sign in with a third party",
	"skip":                                       "Not now",
}

// TextOfState is what a person is told in a state of a flow.
func TextOfState(state hanko.State) StateText {
	if text, ok := stateTexts[state]; ok {
		return text
	}
	return StateText{
		Title: Humanised(state),
		Text:  "hankosim has no screen of its own for this state of the tenant's flow. This is what the tenant offers in it.",
	}
}

// TextOfAction is what the button of an action says.
func TextOfAction(state hanko.State, action hanko.ActionName, description string) string {
	if state == "login_security_key" && action == "webauthn_generate_request_options" {
		return "Touch the security key"
	}
	if text, ok := actionTexts[action]; ok {
		return text
	}
	if description != "" {
		return strings.TrimSuffix(description, ".")
	}
	return Humanised(action)
}

// Humanised makes "mfa_otp_secret_creation" into "Mfa otp secret creation".
func Humanised[S ~string](name S) string {
	words := strings.Join(strings.FieldsFunc(string(name), func(r rune) bool { return r == '_' || r == '-' }), " ")
	if words == "" {
		return "(no name)"
	}
	words = strings.ToUpper(words[:1]) + words[1:]
	for _, short := range []string{"Otp", "Mfa", "Id"} {
		if first, rest, _ := strings.Cut(words, " "); first == short {
			words = strings.TrimSpace(strings.ToUpper(short) + " " + rest)
		}
	}
	return words
}
