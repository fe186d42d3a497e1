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

// A diagnosis is made of one error, and many a setting shows as the same error. What the run has seen besides tells some
// of them apart; where it does not, all that fit are named, the likeliest first.

// reconsider corrects the outcome of a check by what the whole run has seen.
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
	case outcome.Key == "email_delivery.smtp":
		return r.noMail(outcome)
	case outcome.Key == "email.passcode_ttl":
		return r.codeTooLate(outcome)
	case outcome.Key == "mfa.enabled":
		return r.noPasscodeRoute(ctx, outcome)
	}
	return outcome
}

// noMorePasskeys is the outcome where a profile offers no way to add a passkey: there are enough, or they are off.
func (r *run) noMorePasskeys(outcome Outcome) Outcome {
	switch {
	case r.iphone != nil || len(r.androids) > 0 || r.device != nil:
		outcome.Verdict, outcome.Key = Inconclusive, "passkey.limit"
		outcome.Note = "The user has a passkey, and the tenant takes no further one."
		outcome.Cause = "The tenant allows fewer passkeys for each user than this run needs. Nothing is wrong with that."
		outcome.Remedy = "Raise `passkey.limit` to 5 or more where people have several phones, or to judge the rest."
	case r.answered(strconv.AppendQuote(nil, string(hanko.ActionWebAuthnGenerateRequestOptions))):
		outcome.Key = "passkey.limit"
		outcome.Cause = "Passkeys are on, as the tenant offers to sign in with one, and nobody can have any."
		outcome.Remedy = "Set `passkey.limit` to 5 or more."
	}
	return outcome
}

// answered reports whether one of the tenant's answers in this run had a text in it.
func (r *run) answered(text []byte) bool {
	for _, exchange := range r.client.Log().From(0) {
		if bytes.Contains(exchange.ResponseBody, text) {
			return true
		}
	}
	return false
}

// noSignUp is the outcome where a registration asks for nothing: it is switched off, or there is nothing to ask for.
func (r *run) noSignUp(ctx context.Context, outcome Outcome) Outcome {
	flow, err := r.client.StartFlow(ctx, hanko.LoginFlow, "")
	if _, known := flow.Actions[hanko.ActionContinueWithLoginIdentifier]; err != nil || known {
		return outcome
	}
	outcome.Key, outcome.OtherKeys = "email.enabled", []string{"username.enabled", "account.allow_signup"}
	outcome.Cause = "The tenant asks for neither an address nor a username, to sign up or to sign in: both are switched off."
	outcome.Remedy = "Set `email.enabled: true`, or `username.enabled: true`; with neither, people come by a third party or a passkey alone."
	return outcome
}

// noMail is the outcome where a passcode was not sent, or has not arrived.
func (r *run) noMail(outcome Outcome) Outcome {
	switch {
	case len(r.spent) > 0 && outcome.Verdict == Inconclusive:
		outcome.Key = ""
		outcome.Cause = "Other mails of this run have come: this one is late, or was lost."
		outcome.Remedy = "Give it longer with --patience, or run it again."
	case len(r.spent) > 0:
		outcome.Key, outcome.OtherKeys = "rate_limiter.store", []string{"email_delivery.smtp"}
		outcome.Cause = "Other mails of this run have come, and now the tenant fails: what counts the passcodes, or the mail server, is gone."
	case outcome.Verdict == Inconclusive:
		outcome.OtherKeys = []string{"email_delivery.enabled"}
		outcome.Remedy = "Check `email_delivery.smtp` and that `email_delivery.enabled` is true on the tenant, and --mailbox; give it longer with --patience."
	default:
		outcome.OtherKeys = []string{"email_delivery.from_address", "rate_limiter.store"}
		outcome.Cause = "The tenant fails where it counts passcodes and mails one: it does not reach its mail server, the server takes no mail from its address, or the store of its rate limiter is gone."
		outcome.Remedy = "Look at the tenant's log, then at `email_delivery.smtp`, `email_delivery.from_address` and, where `rate_limiter.store` is redis, at that."
	}
	return outcome
}

// codeTooLate is the outcome where the code of a moment ago, read from the mail that was asked for, is refused.
func (r *run) codeTooLate(outcome Outcome) Outcome {
	lives := "a short time"
	for _, exchange := range r.client.Log().From(0) {
		var answer hanko.Passcode
		if exchange.Path == "/passcode/login/initialize" && json.Unmarshal(exchange.ResponseBody, &answer) == nil && answer.TTL > 0 {
			lives = fmt.Sprintf("%d s, as the tenant says", answer.TTL)
		}
	}
	outcome.Cause = fmt.Sprintf("The code came too late: it is good for %s, and a mail takes longer. Over flows the tenant calls that a wrong code.", lives)
	outcome.Remedy = "Set `email.passcode_ttl` to 300 (seconds), Hanko's default."
	return outcome
}

// noPasscodeRoute is the outcome where REST has no passcodes. A flow of the same tenant tells whether that is due to MFA:
// there it makes no difference.
func (r *run) noPasscodeRoute(ctx context.Context, outcome Outcome) Outcome {
	mfa := outcome
	mfa.Remedy = "Set `mfa.enabled: false` on the tenant, or use its Flow API (--api flow)."
	outcome.OtherKeys = []string{"email.use_for_authentication", "email.enabled"}
	outcome.Remedy = "Set `mfa.enabled: false`, `email.use_for_authentication: true` and `email.enabled: true` on the tenant, or use its Flow API (--api flow)."
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
			outcome.Cause = "The tenant's flow signs people in by other things than passcodes, so its REST API has none."
		case step.State == hanko.StateLoginInit:
			outcome.Key, outcome.OtherKeys = "email.enabled", []string{"email.use_for_authentication", "mfa.enabled"}
			outcome.Cause = "The tenant's flow does not know people by their address, so its REST API has no passcodes."
		}
	case login.EnterEmail, login.ConfirmAccount, login.OfferPasskey, login.SignedIn, login.Profile, login.Failed:
		// That tells nothing of passcodes.
	}
	return outcome
}

// Change is what there is to change: the key, and those that fit as well.
func (o Outcome) Change() string {
	return strings.Join(append([]string{o.Key}, o.OtherKeys...), ", or ")
}
