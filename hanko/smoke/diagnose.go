package smoke

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/mailbox"
)

// symptom is what a tenant answers when one of its settings is in the way.
type symptom struct {
	call    string // how the call begins: "POST /users"
	status  int
	message string // the code of a flow's error; "" is any
	key     string
}

// symptoms lead from an answer to the setting behind it. The first that fits counts.
var symptoms = []symptom{
	{"POST /users", http.StatusForbidden, "", "account.allow_signup"},
	{"POST /passcode/login/initialize", http.StatusNotFound, "", "mfa.enabled"},
	{"POST /passcode/login/initialize", http.StatusInternalServerError, "", "email_delivery.smtp"},
	{"POST /webauthn", http.StatusNotFound, "", "passkey.enabled"},
	{"POST /webauthn/registration/finalize", http.StatusBadRequest, "", "webauthn.relying_party.origins"},
	{"POST /webauthn/registration/finalize", http.StatusUnprocessableEntity, "", "passkey.user_verification"},
	{"POST /webauthn/login/finalize", http.StatusUnauthorized, "", "webauthn.relying_party.origins"},
	{"", http.StatusInternalServerError, "technical_error", "email_delivery.smtp"},
	{"", http.StatusUnauthorized, "passkey_invalid", "webauthn.relying_party.origins"},
	{"", http.StatusBadRequest, "passkey_invalid", "webauthn.relying_party.origins"},
}

func asAPI(err error) (*hanko.Error, bool) {
	var api *hanko.Error
	return api, errors.As(err, &api)
}

// diagnose makes an outcome of an error: a failure with its cause and the setting to change, or an inconclusive one
// where nothing was learned of the tenant.
func diagnose(err error) Outcome {
	var (
		api      *hanko.Error
		phone    *authenticator.Error
		box      *mailbox.Error
		noMail   *mailbox.NoMailError
		stuck    *stuckError
		refusals = strings.ToLower(err.Error())
	)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Outcome{Verdict: Inconclusive, Note: "there was no time left"}
	case errors.Is(err, errNoMailbox):
		return Outcome{Verdict: Inconclusive, Note: err.Error()}
	case errors.As(err, &noMail):
		return Outcome{
			Verdict: Inconclusive, Note: noMail.Error(), Key: "email_delivery.smtp",
			Cause:  "No mail with a passcode came: the tenant sends elsewhere, its mail server is slow, or the mailbox is another one.",
			Remedy: "Check `email_delivery.smtp` on the tenant and --mailbox; give it longer with --patience.",
		}
	case errors.As(err, &box):
		return Outcome{Verdict: Inconclusive, Note: box.Error()}
	case errors.As(err, &api) && api.Kind == hanko.Refused && api.Status == http.StatusTooManyRequests,
		strings.Contains(refusals, "rate_limit_exceeded"):
		return Outcome{Verdict: Inconclusive, Note: "the tenant's rate limit was met: " + err.Error()}
	case errors.As(err, &api):
		outcome := fail(api.Summary(), api.Means, "", api.Do)
		for _, symptom := range symptoms {
			if strings.HasPrefix(api.Call, symptom.call) && api.Status == symptom.status &&
				(symptom.message == "" || api.Message == symptom.message) {
				outcome.Key = symptom.key
				break
			}
		}
		return outcome
	case errors.As(err, &phone):
		key := ""
		if phone.Name == authenticator.SecurityError {
			key = "webauthn.relying_party.id"
		}
		return fail("The phone refused: "+phone.Error(), phone.Sentence, key, phone.Hint)
	case errors.As(err, &stuck) && stuck.problem != nil:
		outcome := fail(stuck.Error(), stuck.problem.Cause, "", stuck.problem.Remedy)
		if strings.Contains(stuck.problem.Cause, "sign-up is switched off") {
			outcome.Key = "account.allow_signup"
		}
		if strings.Contains(stuck.problem.Cause, "no sign-in with a passkey") {
			outcome.Key = "passkey.enabled"
		}
		return outcome
	default:
		return fail(err.Error(), "", "", "Look at the exchanges.")
	}
}
