package smoke

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
)

// symptom is what a tenant answers when one of its settings is in the way.
type symptom struct {
	call   string // how the call begins: "POST /users"
	status int
	code   hanko.ErrorCode // of a flow's error; "" is any
	key    string
}

// symptoms lead from an answer to the setting behind it. The first that fits counts.
var symptoms = []symptom{
	{"POST /users", http.StatusForbidden, "", "account.allow_signup"},
	{"POST /passcode/login/initialize", http.StatusNotFound, "", "mfa.enabled"},
	{"POST /passcode/login/finalize", http.StatusNotFound, "", "mfa.enabled"},
	{"POST /passcode/login/initialize", http.StatusInternalServerError, "", "email_delivery.smtp"},
	{"POST /passcode/login/finalize", http.StatusRequestTimeout, "", "email.passcode_ttl"},
	{"The flow", http.StatusBadRequest, hanko.CodePasscodeInvalid, "email.passcode_ttl"}, // the robot types no wrong ones where they are not meant
	{"POST /webauthn", http.StatusNotFound, "", "passkey.enabled"},
	{"POST /webauthn/registration/finalize", http.StatusBadRequest, "", "webauthn.relying_party.origins"},
	{"POST /webauthn/registration/finalize", http.StatusUnprocessableEntity, "", "passkey.user_verification"},
	{"POST /webauthn/login/finalize", http.StatusUnauthorized, "", "webauthn.relying_party.origins"},
	// The first action of a flow, which mails nothing and counts nothing.
	{"POST /registration?action=" + string(hanko.ActionRegisterClientCapabilities), http.StatusInternalServerError, hanko.CodeTechnicalError, "flow_locker.store"},
	{"POST /login?action=" + string(hanko.ActionRegisterClientCapabilities), http.StatusInternalServerError, hanko.CodeTechnicalError, "flow_locker.store"},
	// The actions of flows after which a passcode is mailed.
	{"POST /registration?action=" + string(hanko.ActionRegisterLoginIdentifier), http.StatusInternalServerError, hanko.CodeTechnicalError, "email_delivery.smtp"},
	{"POST /login?action=" + string(hanko.ActionContinueWithLoginIdentifier), http.StatusInternalServerError, hanko.CodeTechnicalError, "email_delivery.smtp"},
	{"POST /login?action=" + string(hanko.ActionContinueToPasscodeConfirmation), http.StatusInternalServerError, hanko.CodeTechnicalError, "email_delivery.smtp"},
	{"The flow", http.StatusUnauthorized, hanko.CodePasskeyInvalid, "webauthn.relying_party.origins"},
	{"The flow", http.StatusBadRequest, hanko.CodePasskeyInvalid, "webauthn.relying_party.origins"},
}

// limitRefused is the key of the limit that a made-up value has not kept to; "" when it is nothing of the kind.
func limitRefused(fields []hanko.FieldError) string {
	for _, refused := range fields {
		short := refused.Code == hanko.CodeValueTooShortError
		if !short && refused.Code != hanko.CodeValueTooLongError {
			continue
		}
		switch refused.Field {
		case hanko.InputNewPassword, hanko.InputPassword:
			return "password.min_length"
		case hanko.InputUsername:
			if short {
				return "username.min_length"
			}
			return "username.max_length"
		case hanko.InputEmail:
			return "email.max_length"
		}
	}
	return ""
}

func asAPI(err error) (*hanko.Error, bool) {
	var api *hanko.Error
	return api, errors.As(err, &api)
}

// rateLimited reports whether the tenant asks to come back later, over either API.
func rateLimited(err error) bool {
	api, ok := asAPI(err)
	return ok && api.Kind == hanko.Refused && (api.Status == http.StatusTooManyRequests || api.Message == string(hanko.CodeRateLimitExceeded))
}

// limitedByHanko reports whether a request that was refused for now is one that Hanko limits: flows, and over REST passcodes.
func limitedByHanko(err error) bool {
	api, ok := asAPI(err)
	for _, call := range []string{"The flow", "POST /login", "POST /registration", "POST /profile", "POST /passcode/", "POST /token"} {
		if ok && strings.HasPrefix(api.Call, call) {
			return true
		}
	}
	return false
}

// diagnose makes an outcome of an error: a failure with its cause and the setting to change, or an inconclusive one
// where nothing was learned of the tenant.
func diagnose(err error) Outcome {
	outcome := diagnosed(err)
	outcome.err = err
	return outcome
}

func diagnosed(err error) Outcome {
	var (
		api    *hanko.Error
		phone  *authenticator.Error
		box    *mailbox.Error
		noMail *mailbox.NoMailError
		stuck  *stuckError
		unable *unableError
		absent *hanko.NotOfferedError
	)
	switch {
	case errors.Is(err, errNoMailbox):
		return Outcome{
			Verdict: Inconclusive, Note: err.Error(), Cause: "Signing in to this tenant needs a passcode from a mail.",
			Remedy: "Give the mailbox with --mailbox, and its address with --email.",
		}
	case errors.As(err, &noMail) && noMail.Err != nil && noMail.Err.Kind == mailbox.NoCode:
		return Outcome{
			Verdict: Inconclusive, Note: noMail.Error(),
			Cause:  "The tenant's mail has no passcode: the address unexpectedly has an account or has none, or the mail's template leaves the code out.",
			Remedy: "Look at the mail. Then run smoke again, with new addresses.",
		}
	case errors.As(err, &noMail) && noMail.Err != nil && noMail.Err.Kind == mailbox.TiedCodes:
		return Outcome{
			Verdict: Inconclusive, Note: noMail.Error(),
			Cause:  "The tenant's mail has several numbers that may be the passcode.",
			Remedy: "Set the code apart in the mail's template; then run it again.",
		}
	case errors.As(err, &noMail):
		return Outcome{
			Verdict: Inconclusive, Note: noMail.Error(), Key: "email_delivery.smtp",
			Cause:  "No mail with a passcode arrived: the tenant sends it elsewhere, its mail server is slow, or the mailbox is a different one.",
			Remedy: "Check `email_delivery.smtp` on the tenant, and --mailbox. Wait longer with --patience.",
		}
	case errors.As(err, &box):
		return unknown("%v", box)
	case errors.Is(err, errNoPasscodeHere):
		return skip("%v", err)
	case errors.As(err, &unable):
		return Outcome{
			Verdict: Inconclusive, Note: unable.where, Key: unable.key,
			Cause:  "The robot knows no way on from here. People may: nothing says that the tenant is wrong.",
			Remedy: "Sign in by hand with `hankosim`, which shows what the tenant asks for.",
		}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &api):
		return unknown("there was no time left")
	case rateLimited(err) && !limitedByHanko(err):
		return Outcome{
			Verdict: Inconclusive, Note: said(err), Cause: "Hanko does not limit such requests: a proxy or a firewall in front of the tenant does.",
			Remedy: "Let hankosim's requests through what is in front of the tenant, or give the run more time with --timeout.",
		}
	case rateLimited(err):
		return Outcome{
			Verdict: Inconclusive, Note: "the tenant's rate limit was reached: " + said(err), Key: "rate_limiter.passcode_limits",
			Cause:  "The run asks for up to three passcodes a minute for each address. The tenant allows fewer, or others used them up.",
			Remedy: "Give the run more time to wait with --timeout, or raise `rate_limiter.passcode_limits` on the tenant.",
		}
	case errors.Is(err, hanko.ErrNoToken) && errors.As(err, &api):
		return fail(api.Summary(), api.Means, "session.enable_auth_token_header",
			"Set `session.enable_auth_token_header: true`, and let X-Auth-Token and Set-Cookie pass through everything in front of the tenant.")
	case errors.As(err, &stuck) && stuck.problem != nil && limitRefused(stuck.problem.Fields) != "":
		key := limitRefused(stuck.problem.Fields)
		return Outcome{
			Verdict: Inconclusive, Note: stuck.where + ": " + stuck.problem.Said, Key: key,
			Cause:  "The run makes up values of its own, and the tenant's limits leave no room for this one. People can still sign up with theirs.",
			Remedy: "Give a shorter --email where it is the address; else look at `" + key + "` on the tenant.",
		}
	case errors.As(err, &absent) && absent.Action == hanko.ActionWebAuthnCredentialCreate:
		return fail("The tenant's profile flow does not offer to add a passkey.", "Passkeys are switched off, or the user already has the maximum number.",
			"passkey.enabled", "Set `passkey.enabled: true` in the tenant's configuration.")
	case errors.Is(err, login.ErrSAML) && errors.As(err, &stuck) && stuck.problem != nil:
		return Outcome{
			Verdict: Inconclusive, Note: "the sign-in goes on with SAML", Cause: stuck.problem.Cause,
			Remedy: "Give an --email of another domain.",
		}
	case errors.As(err, &api):
		outcome := diagnoseAnswer(api)
		if code := ExitCode(err); code == ExitInconclusive || code == ExitUnreachable {
			outcome.Verdict = Inconclusive // what would have been answered is not known
		}
		return outcome
	case errors.Is(err, authenticator.ErrNotVerified):
		return fail("The phone refused: "+said(err), "The tenant demands user verification, and this phone has no screen lock.", "passkey.user_verification",
			"Set `passkey.user_verification: preferred` if people with such phones are to have passkeys. Else nothing is to be changed.")
	case errors.As(err, &phone):
		if phone.Name == authenticator.SecurityError {
			return fail("The phone refused: "+phone.Error(), phone.Sentence, "webauthn.relying_party.id",
				"Set `webauthn.relying_party.id` to the domain that your app is associated with, such as example.com, without scheme or port. IP addresses and public suffixes do not work.")
		}
		return fail("The phone refused: "+phone.Error(), phone.Sentence, "", phone.Hint)
	case errors.As(err, &stuck) && errors.Is(err, login.ErrNoSignUp):
		return fail("Nobody can sign up: the registration flow has no action "+string(hanko.ActionRegisterLoginIdentifier)+".", stuck.problem.Cause,
			"account.allow_signup", stuck.problem.Remedy)
	case errors.As(err, &stuck) && stuck.problem != nil:
		outcome := fail(stuck.where+": "+stuck.problem.Sentence, stuck.problem.Cause, "", stuck.problem.Remedy)
		if errors.Is(err, login.ErrNoPasskeySignIn) {
			outcome.Key = "passkey.enabled"
		}
		return outcome
	default:
		return fail(err.Error(), "", "", "Look at the exchanges.")
	}
}

// diagnoseAnswer is diagnose for what a tenant has answered, or something in its place.
func diagnoseAnswer(api *hanko.Error) Outcome {
	outcome := fail(api.Summary(), api.Means, "", api.Do)
	for _, symptom := range symptoms {
		if strings.HasPrefix(api.Call, symptom.call) && api.Status == symptom.status &&
			(symptom.code == "" || api.Message == string(symptom.code)) {
			outcome.Key = symptom.key
			break
		}
	}
	return outcome
}

// said is what was tried and what came back, without its explanation.
func said(err error) string {
	if api, ok := asAPI(err); ok {
		return api.Summary()
	}
	return err.Error()
}

// answer is how a tenant took something that it must refuse.
type answer int

const (
	accepted answer = iota
	refused         // by a status of the 400s
	crashed         // by a status of the 500s: not let in, but not by a decision either
	unheard         // no answer that says anything
)

// answerIn reads an answer off the error of what was tried.
func answerIn(err error) answer {
	if err == nil {
		return accepted
	}
	api, ok := asAPI(err)
	switch {
	case !ok || api.Kind != hanko.Refused || rateLimited(err):
		return unheard
	case api.Status >= 500:
		return crashed
	default:
		return refused
	}
}
