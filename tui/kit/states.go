package kit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
)

// StateText is what the screen of a flow's state says, if the state is drawn as a form.
type StateText struct {
	Title, Text string
	Short       string // the state's name in a line of steps
}

// stateTexts has the states of Hanko's flows (backend v3.0.4) that have no screen of their own. Unknown states are drawn
// under their own name.
var stateTexts = map[hanko.State]StateText{
	hanko.StateLoginInit:                   {"Sign in", "This tenant asks for something other than an email address.", "Sign-in"},
	hanko.StateRegistrationInit:            {"Create an account", "This tenant wants to know a little more than an email address.", "Sign-up"},
	hanko.StateLoginMethodChooser:          {"How do you want to sign in?", "The tenant offers these ways for this account.", "Method"},
	hanko.StateLoginPassword:               {"Your password", "This account has a password.", "Password"},
	hanko.StateLoginPasswordRecovery:       {"A new password", "The passcode was right. Choose a new password.", "New password"},
	hanko.StatePasswordCreation:            {"Choose a password", "The tenant wants accounts to have a password.", "Password"},
	hanko.StateLoginOTP:                    {"Your second factor", "Enter the code that the authenticator app shows now.", "Second factor"},
	hanko.StateLoginSecurityKey:            {"Your security key", "The second step of this sign-in is a security key.", "Security key"},
	hanko.StateMFAMethodChooser:            {"Add a second factor", "The tenant asks for a second step besides the password or passcode.", "Second factor"},
	hanko.StateMFAOTPSecretCreation:        {"Set up an authenticator app", "Give this secret to an authenticator app. This phone has one of its own.", "Authenticator app"},
	hanko.StateMFASecurityKeyCreation:      {"Register a security key", "A key that you plug in or touch, as the second step of your sign-ins.", "Security key"},
	hanko.StateDeviceTrust:                 {"Trust this phone?", "On a trusted phone the tenant does not ask for the second step again for a while.", "Device trust"},
	hanko.StateCredentialOnboardingChooser: {"Choose how to sign in next time", "The tenant wants the account to have one of these.", "Credential"},
	hanko.StateOnboardingUsername:          {"Choose a username", "The tenant wants accounts to have a name.", "Username"},
	hanko.StateOnboardingEmail:             {"Add an email address", "The tenant wants accounts to have an address.", "Email address"},
	hanko.StateThirdParty:                  {"Continue in a browser", "The sign-in continues at a third party. A terminal cannot follow it there: open the link in a browser to see it.", "Third party"},
	hanko.StateProfileInit:                 {"Your account", "What the tenant lets you change.", "Account"},
	hanko.StateAccountDeleted:              {"Account deleted", "The tenant has deleted the account.", "Account deleted"},
}

// actionTexts has the texts for buttons of actions whose descriptions are written for programmers.
var actionTexts = map[hanko.ActionName]string{
	hanko.ActionContinueToPasscodeConfirmation:         "Send me a passcode by mail",
	hanko.ActionContinueToPasscodeConfirmationRecovery: "I forgot it: send me a passcode",
	hanko.ActionContinueToPasswordLogin:                "Use my password",
	hanko.ActionContinueToPasswordRegistration:         "A password",
	hanko.ActionContinueToPasskeyRegistration:          "A passkey",
	hanko.ActionContinueToOTPSecretCreation:            "An authenticator app",
	hanko.ActionContinueToSecurityKeyCreation:          "A security key",
	hanko.ActionContinueToLoginSecurityKey:             "Use my security key instead",
	hanko.ActionContinueToLoginOTP:                     "Use my authenticator app instead",
	hanko.ActionWebAuthnGenerateRequestOptions:         "Use a passkey",
	hanko.ActionWebAuthnGenerateCreationOptions:        "Create it",
	hanko.ActionPasswordLogin:                          "Sign in",
	hanko.ActionPasswordRecovery:                       "Set the new password",
	hanko.ActionRegisterPassword:                       "Set the password",
	hanko.ActionOTPCodeVerify:                          "Check the code",
	hanko.ActionOTPCodeValidate:                        "Check the code",
	hanko.ActionTrustDevice:                            "Trust this phone",
	hanko.ActionUsernameCreate:                         "Use this name",
	hanko.ActionEmailAddressSet:                        "Use this address",
	hanko.ActionEmailCreate:                            "Use this address",
	hanko.ActionRegisterLoginIdentifier:                "Create the account",
	hanko.ActionContinueWithLoginIdentifier:            "Continue",
	hanko.ActionRememberMe:                             "Remember me",
	hanko.ActionThirdPartyOAuth:                        "Sign in with a third party",
	hanko.ActionSkip:                                   "Not now",
}

// TextOfState returns what the screen of a flow's state says.
func TextOfState(state hanko.State) StateText {
	if text, ok := stateTexts[state]; ok {
		return text
	}
	return StateText{
		Title: Humanised(state),
		Short: ansi.Truncate(Humanised(state), 20, "…"),
		Text:  "hankosim has no screen of its own for this state of the tenant's flow. This is what the tenant offers in it.",
	}
}

// TextOfAction returns the text of an action's button.
func TextOfAction(state hanko.State, action hanko.ActionName, description string) string {
	if state == hanko.StateLoginSecurityKey && action == hanko.ActionWebAuthnGenerateRequestOptions {
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

// Humanised returns a name of the tenant's as printable words: "MFA otp secret creation" for "mfa_otp_secret_creation".
func Humanised[S ~string](name S) string {
	words := strings.Join(strings.FieldsFunc(hanko.Printable(string(name)), func(r rune) bool { return r == '_' || r == '-' }), " ")
	if words == "" {
		return "(no name)"
	}
	first, size := utf8.DecodeRuneInString(words)
	words = string(unicode.ToUpper(first)) + words[size:]
	for _, short := range []string{"Otp", "Mfa", "Id"} {
		if first, rest, _ := strings.Cut(words, " "); first == short {
			words = strings.TrimSpace(strings.ToUpper(short) + " " + rest)
		}
	}
	return words
}
