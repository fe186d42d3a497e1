package decode

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.com/hankosim/hanko"
)

// Explain returns a line that says what happened and why, for somebody who does not know the API. It also works for masked
// exchanges, and for recorded ones, which have no Err.
func Explain(e hanko.Exchange) string {
	if e.Browser {
		return clean(explainBrowser(e))
	}
	call := CallOf(e)
	row, known := rowOf(call)
	if !known {
		name := cmp.Or(string(call.Action), call.Endpoint)
		row = Row{did: "The tenant answered " + name, failed: name + " was refused"}
	}
	var text string
	switch {
	case e.Status == 0 || e.Err != nil && e.Err.Kind != hanko.Refused:
		text = noAnswer(row, e)
	case call.Flow != "":
		text = explainFlow(call, row, e)
	default:
		text = explainREST(call, row, e)
	}
	text = strings.TrimSpace(clean(text))
	if text != "" && !strings.ContainsRune(".!?)", rune(text[len(text)-1])) {
		text += "."
	}
	return text
}

// noAnswer explains an exchange without an answer from the tenant. The tenant may have done what was asked anyway, unless
// the call was never sent.
func noAnswer(row Row, e hanko.Exchange) string {
	why := "there was no answer"
	if e.Err != nil {
		why = clause(e.Err.Summary()) + " " + e.Err.Means
	}
	switch {
	case e.Method == http.MethodGet, e.Err != nil && e.Err.Kind == hanko.Refused:
		return row.failed + ": " + why
	case e.Err != nil && e.Status == 0 && !e.Err.Sent:
		return why
	default:
		return "It is unknown whether the tenant has done this: " + why
	}
}

func explainREST(call Call, row Row, e hanko.Exchange) string {
	switch call.Endpoint {
	case "POST /passcode/login/initialize":
		probe := string(e.RequestBody) == "{}"
		if probe && e.Status == http.StatusBadRequest {
			return "The app asked, without a user and so without sending a mail, whether the tenant has passcodes over REST: it does."
		}
		if probe && e.Status == http.StatusNotFound {
			return "The app asked whether the tenant has passcodes over REST: it does not, so the Flow API is used."
		}
	case "GET /sessions/validate", "POST /sessions/validate":
		var answer hanko.Validation
		if e.Status == http.StatusOK && json.Unmarshal(e.ResponseBody, &answer) == nil {
			if answer.IsValid {
				return "The tenant says that the session is valid."
			}
			return "The tenant says that the session is no longer valid: it has expired, was logged out or was revoked."
		}
	}
	if text := row.status[e.Status]; text != "" {
		return text
	}
	if e.Status < http.StatusBadRequest {
		if carriesSession(e) {
			return row.did + "; the person is signed in, and this answer has the session token."
		}
		return row.did
	}
	return row.failed + ": " + refusal(e)
}

// carriesSession reports whether an answer has a session token, masked or not.
func carriesSession(e hanko.Exchange) bool {
	return slices.ContainsFunc(headers(Response, e.ResponseHeader), func(p Part) bool { return p.Kind == KindJWT })
}

// refusal returns what a REST error means, or else what the tenant said.
func refusal(e hanko.Exchange) string {
	if e.Err != nil && e.Err.Means != "" {
		return clause(e.Err.Means)
	}
	var said hanko.ErrorBody
	if json.Unmarshal(e.ResponseBody, &said) == nil && said.Message != "" {
		return fmt.Sprintf("the tenant answered %d, %q", e.Status, said.Message)
	}
	return fmt.Sprintf("the tenant answered %d", e.Status)
}

func explainFlow(call Call, row Row, e hanko.Exchange) string {
	var flow hanko.Flow
	if json.Unmarshal(e.ResponseBody, &flow) != nil || flow.Name == "" {
		if e.Status == http.StatusNotFound {
			return "The tenant has no Flow API at this URL."
		}
		if e.Status < http.StatusBadRequest {
			return row.failed + ": the answer is not a flow, because it has no state"
		}
		return row.failed + ": " + refusal(e)
	}
	state := states[flow.Name]
	if state == "" {
		state = fmt.Sprintf("the next state is %q", flow.Name)
	}
	if flow.Error != nil {
		why := flowError(flow)
		if flow.Name == hanko.StateSuccess {
			return row.failed + ": " + why + " The person is signed in anyway."
		}
		return row.failed + ": " + why
	}
	if call.Action == "" {
		opened := map[hanko.FlowName]string{
			hanko.LoginFlow: "The app started a login", hanko.RegistrationFlow: "The app started a registration",
			hanko.ProfileFlow: "The app opened the person's profile",
		}[call.Flow]
		return opened + "; " + state
	}
	return row.did + "; " + state
}

// flowError returns what all errors of a state mean. The text follows a colon and ends with a full stop.
func flowError(flow hanko.Flow) string {
	var meanings []string
	for _, failed := range flow.Errors() {
		means, _ := failed.Explain()
		if means == "" {
			means = fmt.Sprintf("The tenant says %q.", cmp.Or(failed.Message, string(failed.Code)))
		}
		if !slices.Contains(meanings, means) {
			meanings = append(meanings, means)
		}
	}
	return clause(strings.Join(meanings, " "))
}

// states has what the tenant does or waits for in each state of a flow.
var states = map[hanko.State]string{
	hanko.StatePreflight:                          "the tenant asks what the phone can do",
	hanko.StateLoginInit:                          "the tenant asks who is signing in",
	hanko.StateRegistrationInit:                   "the tenant asks for an address to register",
	hanko.StateLoginMethodChooser:                 "the tenant lets the person choose how to sign in",
	hanko.StateLoginPasskey:                       "the tenant waits for the phone to sign",
	hanko.StateLoginPassword:                      "the tenant asks for the password",
	hanko.StateLoginPasswordRecovery:              "the tenant asks for a new password",
	hanko.StateLoginOTP:                           "the tenant asks for the authenticator app's code",
	hanko.StateLoginSecurityKey:                   "the tenant waits for the security key",
	hanko.StatePasscodeConfirmation:               "the tenant has sent a passcode and waits for it",
	hanko.StateDeviceTrust:                        "the tenant asks whether to trust this device",
	hanko.StatePasswordCreation:                   "the tenant asks for a new password",
	hanko.StateOnboardingCreatePasskey:            "the tenant offers to create a passkey",
	hanko.StateOnboardingVerifyPasskeyAttestation: "the tenant waits for the new passkey",
	hanko.StateOnboardingUsername:                 "the tenant asks for a username",
	hanko.StateOnboardingEmail:                    "the tenant asks for an address",
	hanko.StateCredentialOnboardingChooser:        "the tenant offers a passkey or a password",
	hanko.StateMFAMethodChooser:                   "the tenant offers a second factor",
	hanko.StateMFAOTPSecretCreation:               "the tenant waits for the authenticator app's first code",
	hanko.StateMFASecurityKeyCreation:             "the tenant offers to register a security key",
	hanko.StateWebAuthnCredentialVerification:     "the tenant waits for the new passkey",
	hanko.StateProfileInit:                        "the tenant shows the person's account",
	hanko.StateThirdParty:                         "the tenant waits for the person to return from the third party",
	hanko.StateAccountDeleted:                     "the account is deleted",
	hanko.StateSuccess:                            "the person is signed in, and this answer has the session token",
}

// clause returns a sentence as it follows a colon: it starts in lower case, unless its first word is a name.
func clause(sentence string) string {
	first, size := utf8.DecodeRuneInString(sentence)
	second, _ := utf8.DecodeRuneInString(sentence[size:])
	word, _, _ := strings.Cut(sentence, " ")
	if !unicode.IsUpper(first) || unicode.IsUpper(second) || slices.Contains([]string{"Hanko", "GET", "POST"}, word) {
		return sentence
	}
	return string(unicode.ToLower(first)) + sentence[size:]
}
