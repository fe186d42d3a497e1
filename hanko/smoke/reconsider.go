package smoke

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// A diagnosis comes from one error, and several settings can cause the same error. What else the run has seen can tell some
// of them apart. If it cannot, the outcome names all that fit, the likeliest first.

// reconsider corrects the outcome of a check with what the whole run has seen.
func (r *run) reconsider(ctx context.Context, outcome Outcome) Outcome {
	err := outcome.err
	outcome.err = nil
	if outcome.Verdict != Failed && outcome.Verdict != Inconclusive {
		return outcome
	}
	var absent *hanko.NotOfferedError
	switch {
	case errors.As(err, &absent) && absent.Action == hanko.ActionWebAuthnCredentialCreate:
		return r.noMorePasskeys(outcome)
	case errors.Is(err, login.ErrNoSignUp):
		return r.noSignUp(ctx, outcome)
	case outcome.Key == "account.allow_signup":
		return noNewUsers(outcome)
	case brokenOffPasskey(err):
		return r.addressMissing(ctx, outcome)
	case outcome.Key == "email_delivery.smtp":
		return r.noMail(ctx, outcome)
	case outcome.Key == "passkey.enabled" && r.user != nil:
		return passkeysOff(outcome)
	case outcome.Key == "flow_locker.store":
		outcome.OtherKeys = []string{"database"}
		outcome.Cause = "The tenant fails at the first action of every flow: it does not reach the store of its flow locker, or its database."
		outcome.Remedy = "Look at the tenant's log, then at `flow_locker.store` if that is redis, and at `database`."
		return outcome
	case outcome.Key == "email.passcode_ttl":
		return r.codeTooLate(outcome)
	case outcome.Key == "mfa.enabled" && err != nil:
		return r.noPasscodeRoute(ctx, outcome)
	}
	return outcome
}

// noMorePasskeys returns the outcome of a profile without a way to add a passkey: the user has enough, or passkeys are off.
func (r *run) noMorePasskeys(outcome Outcome) Outcome {
	switch {
	case r.iphone != nil || len(r.androids) > 0 || r.device != nil:
		outcome.Verdict, outcome.Key = Inconclusive, "passkey.limit"
		outcome.Note = "The user has a passkey, and cannot add another."
		outcome.Cause = "The tenant allows fewer passkeys per user than this run needs. That is not a mistake."
		outcome.Remedy = "Set `passkey.limit` to 5 or more if people have several phones, or to run the other checks."
	case r.answered(strconv.AppendQuote(nil, string(hanko.ActionWebAuthnGenerateRequestOptions))):
		outcome.Key = "passkey.limit"
		outcome.Cause = "Passkeys are on, because the tenant offers to sign in with one, but nobody may have one."
		outcome.Remedy = "Set `passkey.limit` to 5 or more."
	default:
		return passkeysOff(outcome)
	}
	return outcome
}

// answered reports whether one of the tenant's answers in this run contains text.
func (r *run) answered(text []byte) bool {
	for _, exchange := range r.client.Log().From(0) {
		if bytes.Contains(exchange.ResponseBody, text) {
			return true
		}
	}
	return false
}

// noSignUp returns the outcome of a registration that asks for nothing: it is off, or there is nothing to ask for.
func (r *run) noSignUp(ctx context.Context, outcome Outcome) Outcome {
	flow, err := r.client.StartFlow(ctx, hanko.LoginFlow, "")
	if _, known := flow.Actions[hanko.ActionContinueWithLoginIdentifier]; err != nil || known {
		return noNewUsers(outcome)
	}
	outcome.Key, outcome.OtherKeys = "email.enabled", []string{"username.enabled", "account.allow_signup"}
	outcome.Cause = "The tenant asks for neither an email address nor a username to sign up or sign in: both are off."
	outcome.Remedy = "Set `email.enabled: true` or `username.enabled: true`. Without them, people can sign in only with a third party or a passkey."
	if len(flow.ThirdParties(hanko.ActionThirdPartyOAuth)) > 0 {
		outcome.Verdict = Inconclusive
		outcome.Cause = "The tenant asks for neither an email address nor a username: people sign in with third parties alone, which may be intended. The suite thirdparty is about them."
	}
	return outcome
}

// noNewUsers returns the outcome of a tenant that lets nobody sign up, to which people with an account may sign in.
func noNewUsers(outcome Outcome) Outcome {
	outcome.Verdict = Inconclusive
	outcome.Cause = "Sign-up is switched off, or possible only through a third party, which may be intended: people who have an account may be able to sign in."
	outcome.Remedy = "To check the rest, give the address of a user who exists with --email, and its mailbox with --mailbox; or set `account.allow_signup: true` if new people are to sign up."
	return outcome
}

// brokenOffPasskey reports whether there was no answer to a passkey that was handed in to a profile flow.
func brokenOffPasskey(err error) bool {
	api, ok := asAPI(err)
	return ok && api.Kind == hanko.Unreachable &&
		strings.HasPrefix(api.Call, "POST /profile?action="+string(hanko.ActionWebAuthnVerifyAttestationResponse))
}

// addressMissing returns the outcome of a tenant that has broken off the connection on the registration of a passkey: Hanko
// v2.7 and v3.0 do so for a user without an email address (flow_api/flow/shared/hook_persist_webauthn_credential.go).
func (r *run) addressMissing(ctx context.Context, outcome Outcome) Outcome {
	if _, profile, shown := r.profile(ctx); !shown || len(profile.Emails) > 0 {
		return outcome
	}
	outcome.Key, outcome.OtherKeys = "email.enabled", []string{"email.acquire_on_registration"}
	outcome.Note += " The user has no email address."
	outcome.Cause = "Hanko v2.7 and v3.0 fail when a user without an email address registers a passkey, and break off the connection."
	outcome.Remedy = "Have people give an address (`email.enabled: true` and `email.acquire_on_registration: true`), or switch passkeys off (`passkey.enabled: false`) until a release no longer fails there."
	return outcome
}

// passkeysOff returns the outcome of a tenant without passkeys, to which people sign in without them.
func passkeysOff(outcome Outcome) Outcome {
	outcome.Verdict = Inconclusive
	outcome.Cause = "Passkeys are switched off, which may be intended: people sign in without them."
	outcome.Remedy = "Set `passkey.enabled: true` if people are to have passkeys; else run smoke with --skip passkey."
	return outcome
}

// noMail returns the outcome of a passcode that was not sent, or has not arrived.
func (r *run) noMail(ctx context.Context, outcome Outcome) Outcome {
	limiter := unheard
	if outcome.Verdict == Failed {
		limiter = r.limiterFails(ctx)
	}
	switch {
	case limiter == crashed:
		outcome.Key = "rate_limiter.store"
		outcome.Cause = "The tenant fails on what its rate limiter counts, also where no mail is to be sent: the store of the limiter does not answer."
		outcome.Remedy = "Start the store that `rate_limiter.redis_config` names, or set `rate_limiter.store: in_memory`."
	case limiter == refused && len(r.spent) == 0:
		outcome.OtherKeys = []string{"email_delivery.from_address"}
		outcome.Cause = "The tenant's rate limiter works, and mailing the passcode fails: the tenant does not reach its mail server, or the server refuses mail from its address."
		outcome.Remedy = "Look at the tenant's log, then at `email_delivery.smtp` and `email_delivery.from_address`."
	case len(r.spent) > 0 && outcome.Verdict == Inconclusive:
		outcome.Key = ""
		outcome.Cause = "Other mails of this run have arrived. This one is late or lost."
		outcome.Remedy = "Wait longer with --patience, or run it again."
	case len(r.spent) > 0:
		outcome.Key, outcome.OtherKeys = "rate_limiter.store", []string{"email_delivery.smtp"}
		outcome.Cause = "Other mails of this run have arrived, but now the tenant fails: it no longer reaches the store of its rate limiter, or its mail server."
	case outcome.Verdict == Inconclusive:
		outcome.OtherKeys = []string{"email_delivery.enabled"}
		outcome.Remedy = "Check `email_delivery.smtp` and that `email_delivery.enabled` is true on the tenant, and check --mailbox. Or wait longer with --patience."
	default:
		outcome.OtherKeys = []string{"email_delivery.from_address", "rate_limiter.store"}
		outcome.Cause = "The tenant fails when it counts passcodes and mails one: it does not reach its mail server or the store of its rate limiter, or the server refuses mail from its address."
		outcome.Remedy = "Look at the tenant's log, then at `email_delivery.smtp` and `email_delivery.from_address`, and at `rate_limiter.store` if that is redis."
	}
	return outcome
}

// limiterFails reports how the tenant takes a request that its rate limiter counts and that sends no mail: over REST, a
// passcode for an address that is not there; over flows, a wrong password of nobody. It is crashed if the limiter's store
// does not answer, refused if it does, and unheard if there is no such request.
func (r *run) limiterFails(ctx context.Context) answer {
	if r.recognised.API == hanko.REST {
		if made := r.allMade(); len(made) > 0 && made[len(made)-1].id != "" {
			_, _, err := r.client.InitializePasscode(ctx, made[len(made)-1].id, nobody)
			return answerIn(err)
		}
		return unheard
	}
	flow, err := r.client.StartFlow(ctx, hanko.LoginFlow, "")
	for _, action := range []struct {
		name hanko.ActionName
		with map[hanko.InputName]any
	}{
		{hanko.ActionContinueWithLoginIdentifier, map[hanko.InputName]any{hanko.InputEmail: r.newAddress()}},
		{hanko.ActionContinueToPasswordLogin, nil},
	} {
		if err != nil {
			return unheard
		}
		flow, err = r.client.Act(ctx, flow, action.name, action.with, "")
	}
	if err != nil || flow.Name != hanko.StateLoginPassword {
		return unheard
	}
	wrong := map[hanko.InputName]any{hanko.InputPassword: fitting("wrong ", hanko.FlowInput{})}
	switch flow, err = r.client.Act(ctx, flow, hanko.ActionPasswordLogin, wrong, ""); {
	case err != nil:
		return answerIn(err)
	case flow.Error != nil:
		return refused
	}
	return unheard
}

// nobody is an ID that no address and no user has.
const nobody = "00000000-0000-4000-8000-000000000000"

// codeTooLate returns the outcome of a right code that the tenant refuses although it has only just arrived.
func (r *run) codeTooLate(outcome Outcome) Outcome {
	lives := "a short time"
	for _, exchange := range r.client.Log().From(0) {
		var answer hanko.Passcode
		if exchange.Path == "/passcode/login/initialize" && json.Unmarshal(exchange.ResponseBody, &answer) == nil && answer.TTL > 0 {
			lives = fmt.Sprintf("%d s (the tenant says so)", answer.TTL)
		}
	}
	outcome.Cause = fmt.Sprintf("The code arrived too late: it is valid for %s, and the mail took longer. Over the Flow API, the tenant calls that a wrong code.", lives)
	outcome.Remedy = "Set `email.passcode_ttl` to 300 (seconds), Hanko's default."
	return outcome
}

// noPasscodeRoute returns the outcome of a REST API without passcodes. A flow of the same tenant shows whether MFA is the
// cause, because flows have passcodes despite MFA.
func (r *run) noPasscodeRoute(ctx context.Context, outcome Outcome) Outcome {
	mfa := outcome
	mfa.Remedy = "Set `mfa.enabled: false` on the tenant, or use its Flow API (--api flow)."
	outcome.OtherKeys = []string{"email.use_for_authentication", "email.enabled"}
	outcome.Remedy = "Set `mfa.enabled: false`, `email.use_for_authentication: true` and `email.enabled: true` on the tenant, or use its Flow API (--api flow)."
	flow, err := r.client.StartFlow(ctx, hanko.RegistrationFlow, "")
	if register, offered := flow.Actions[hanko.ActionRegisterLoginIdentifier]; err == nil && offered {
		if _, asked := register.Inputs[hanko.InputEmail]; !asked {
			return noAddresses(outcome)
		}
	}
	walk := login.New(r.client, iphone(), "")
	walk.UseAPI(hanko.FlowAPI)
	switch step := walk.Take(ctx, login.SubmitEmail{Email: r.newAddress(), Username: fitting("smoke", hanko.FlowInput{})}).(type) {
	case login.EnterPasscode:
		return mfa
	case login.FillForm:
		offers := func(action hanko.ActionName) bool {
			for _, form := range step.Forms {
				if form.Action == action {
					return true
				}
			}
			return false
		}
		switch {
		case offers(hanko.ActionContinueToPasscodeConfirmation):
			return mfa
		case step.State == hanko.StateLoginPassword || step.State == hanko.StateLoginMethodChooser:
			outcome.Key, outcome.OtherKeys = "email.use_for_authentication", []string{"mfa.enabled"}
			outcome.Cause = "Over the Flow API, the tenant signs people in without passcodes, so its REST API has none."
		case step.State == hanko.StateLoginInit:
			return noAddresses(outcome)
		}
	case login.EnterEmail, login.ConfirmAccount, login.OfferPasskey, login.SignedIn, login.Profile, login.Failed:
		// None of these says anything about passcodes.
	}
	return outcome
}

func noAddresses(outcome Outcome) Outcome {
	outcome.Key, outcome.OtherKeys = "email.enabled", []string{"email.use_for_authentication", "mfa.enabled"}
	outcome.Cause = "Over the Flow API, the tenant does not ask for an email address, so its REST API has no passcodes."
	return outcome
}

// Change returns what to change: Key, and OtherKeys.
func (o Outcome) Change() string {
	return strings.Join(append([]string{o.Key}, o.OtherKeys...), ", or ")
}
