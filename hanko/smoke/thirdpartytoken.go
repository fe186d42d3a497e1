package smoke

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/provider"
	"example.com/hankosim/hanko/secret"
)

// What the tenant does with one-time tokens, and with people who have signed in.

// tokensLimited returns the outcome if the tenant takes no more one-time tokens for now.
func tokensLimited() Outcome {
	return Outcome{
		Verdict: Inconclusive, Note: "the tenant's limit of one-time tokens was reached", Key: "rate_limiter.token_limits",
		Cause:  "The run exchanges four one-time tokens. By default, Hanko takes three a minute from one address.",
		Remedy: "Give the run more time to wait with --timeout, or raise `rate_limiter.token_limits` on the tenant.",
	}
}

// exchangeToken exchanges a one-time token as the app of an attempt does, and waits if the tenant asks for it. Over flows,
// Hanko refuses a token with status 500; that counts as a refusal. how says what happened.
func (r *run) exchangeToken(ctx context.Context, e attempt, token, verifier string) (taken answer, how string, err error) {
	r.secrets.LearnText(secret.Token, token)
	for {
		if e.flow.Name == "" {
			session, err := r.client.ExchangeToken(ctx, token)
			api, ok := asAPI(err)
			if rateLimited(err) && ok && r.waitUntil(ctx, time.Now().Add(api.RetryAfter+time.Second), "before the next one-time token") {
				continue
			}
			if err == nil {
				_ = r.client.LogOut(ctx, session.Token)
				return accepted, "it has started a session", nil
			}
			return answerIn(err), said(err), err
		}
		with := map[hanko.InputName]any{hanko.InputToken: token}
		if verifier != "" {
			with[hanko.InputCodeVerifier] = verifier
		}
		flow, err := r.client.Act(ctx, e.flow, hanko.ActionExchangeToken, with, "")
		api, ok := asAPI(err)
		switch {
		case ok && api.Kind == hanko.Refused && api.Message == string(hanko.CodeTechnicalError):
			return refused, "the tenant answers 500, technical_error, as Hanko does over flows", nil
		case err != nil:
			return answerIn(err), said(err), err
		case flow.Error != nil && flow.Error.Code == hanko.CodeRateLimitExceeded:
			var payload struct {
				RetryAfter float64 `json:"retry_after"` // seconds
			}
			_ = json.Unmarshal(flow.Payload, &payload) // 0 where it does not say
			if !r.waitUntil(ctx, time.Now().Add(time.Duration(payload.RetryAfter+1)*time.Second), "before the next one-time token") {
				return unheard, "", errTokensLimited
			}
			e.flow = flow
		case flow.Error != nil && flow.Name == hanko.StateThirdParty:
			return refused, "the tenant answers " + hanko.Printable(string(flow.Error.Code)), nil
		default:
			if flow.Session != nil {
				_ = r.client.LogOut(ctx, flow.Session.Token)
			}
			return accepted, "the flow has gone on to " + hanko.Printable(string(flow.Name)), nil
		}
	}
}

var errTokensLimited = errors.New("the tenant's limit of one-time tokens was reached")

// notExchanged returns the outcome if the tenant has not decided on a token.
func notExchanged(err error) Outcome {
	if errors.Is(err, errTokensLimited) || rateLimited(err) {
		return tokensLimited()
	}
	return diagnose(err)
}

// lastVerifier returns the code verifier of the last token exchange, or "" if there was none.
func (r *run) lastVerifier() string {
	for _, exchange := range slices.Backward(r.client.Log().From(0)) {
		var sent hanko.FlowInputs
		if bytes.Contains(exchange.RequestBody, []byte(hanko.InputCodeVerifier)) && json.Unmarshal(exchange.RequestBody, &sent) == nil {
			verifier, _ := sent.InputData[hanko.InputCodeVerifier].(string)
			return verifier
		}
	}
	return ""
}

func thirdPartyToken(ctx context.Context, r *run) Outcome {
	verifier := r.lastVerifier()
	e, err := r.begin(ctx, *r.parties.own, r.returnAddress())
	if err != nil {
		return r.notSent(ctx, *r.parties.own, r.returnAddress(), err)
	}
	if !r.byFlow() && r.recognised.API == hanko.FlowAPI { // the browser began at the tenant, and the token went to a flow
		if e.flow, err = r.waitingFlow(ctx, *r.parties.own); err != nil {
			return diagnose(err)
		}
	}
	taken, how, err := r.exchangeToken(ctx, e, r.parties.token, verifier)
	switch taken {
	case accepted:
		return fail("The tenant takes a one-time token a second time: "+how+".", "Somebody who finds the app's address in a history or a log can sign in with it, for a minute.", "", "Update the tenant's backend, and report this to Hanko.")
	case refused:
		return pass("the token of the sign-in was refused the second time: %s", how)
	default:
		return notExchanged(err)
	}
}

// waitingFlow starts a flow that waits for a one-time token.
func (r *run) waitingFlow(ctx context.Context, party hanko.ThirdParty) (hanko.Flow, error) {
	flow, err := r.client.StartFlow(ctx, hanko.LoginFlow, "")
	if err != nil {
		return flow, err
	}
	return r.client.Act(ctx, flow, hanko.ActionThirdPartyOAuth, map[hanko.InputName]any{
		hanko.InputProvider: party.ID, hanko.InputRedirectTo: r.returnAddress(),
	}, "")
}

func thirdPartyVerifier(ctx context.Context, r *run) Outcome {
	switch {
	case r.recognised.API == hanko.REST:
		return skip("the REST API has no code verifier")
	case !r.parties.verifier:
		return skip("this release has no code verifier (v2.2.0 and later do)")
	}
	e, err := r.begin(ctx, *r.parties.own, r.returnAddress())
	if err != nil {
		return r.notSent(ctx, *r.parties.own, r.returnAddress(), err)
	}
	address, err := r.visit(ctx, e.browser, e.at, e.back, provider.Answer{Person: r.parties.person.ID})
	if err != nil {
		return r.notBegun(err)
	}
	back, err := url.Parse(address)
	if err != nil {
		return diagnose(err)
	}
	token, err := hanko.ReturnedToken(back.Query())
	if err != nil {
		return unknown("%v", err)
	}
	taken, how, err := r.exchangeToken(ctx, e, token, hanko.NewCodeVerifier())
	switch taken {
	case accepted:
		return fail("The tenant takes a one-time token with a code verifier that is not the app's: "+how+".", "Another app that catches the browser on its way back can sign in as the person.", "", "Update the tenant's backend, and report this to Hanko.")
	case refused:
		return pass("with another verifier, a fresh token is refused: %s", how)
	default:
		return notExchanged(err)
	}
}

func thirdPartyDenied(ctx context.Context, r *run) Outcome {
	e, err := r.begin(ctx, *r.parties.own, r.returnAddress())
	if err != nil {
		return r.notSent(ctx, *r.parties.own, r.returnAddress(), err)
	}
	address, err := r.visit(ctx, e.browser, e.at, e.back, provider.Answer{Deny: true})
	if err != nil {
		return r.notBegun(err)
	}
	if isReturn(address, e.back) {
		return pass("the error comes back to the app")
	}
	page, _, _ := strings.Cut(address, "?")
	outcome := fail(fmt.Sprintf("When somebody does not agree, the browser ends at %s, and the app learns nothing.", page),
		"Before v2.3.0, Hanko sends all errors to the address of `"+keyErrorPage+"`. An app waits until the person comes back by themselves.", keyErrorPage,
		fmt.Sprintf("Update the backend to v2.3.0 or later; or set `%s` to the app's own address, if only apps sign in with third parties.", keyErrorPage))
	outcome.Verdict = Inconclusive // releases before v2.3.0 do this
	return outcome
}

func thirdPartySecondFactor(ctx context.Context, r *run) Outcome {
	if r.recognised.API == hanko.REST {
		return skip("the REST API has no second factor")
	}
	party, user := *r.parties.own, r.parties.user
	token := user.in.Session.Token
	flow, err := r.client.StartFlow(ctx, hanko.ProfileFlow, token)
	if err != nil {
		return diagnose(err)
	}
	if _, offered := flow.Actions[hanko.ActionContinueToOTPSecretCreation]; !offered {
		return skip("nobody can set up an authenticator app here")
	}
	if flow, err = r.client.Act(ctx, flow, hanko.ActionContinueToOTPSecretCreation, nil, token); err != nil {
		return diagnose(err)
	}
	code, err := r.setUpOTP(user.email, flow.Payload)
	if err != nil {
		return diagnose(err)
	}
	flow, err = r.client.Act(ctx, flow, hanko.ActionOTPCodeVerify, map[hanko.InputName]any{hanko.InputOTPCode: code}, token)
	if err != nil || flow.Error != nil {
		return unknown("the authenticator app could not be set up")
	}
	walk, before := r.walk(iphone()), r.client.Log().Len()
	step, ended := r.signInAt(ctx, walk, party, provider.Answer{Person: r.parties.person.ID})
	if outcome := r.notSignedIn(party, step, ended); outcome != nil {
		return *outcome
	}
	asks := fact.Asks(r.client.Log().From(before))
	if slices.ContainsFunc(asks, func(ask fact.Ask) bool { return ask.For == fact.AskAuthenticatorApp }) {
		return pass("it asks for the authenticator app's code")
	}
	switch in := step.(type) {
	case login.SignedIn:
		r.endSession(ctx, in)
	case login.EnterEmail, login.ConfirmAccount, login.EnterPasscode, login.OfferPasskey, login.FillForm, login.Profile, login.Failed:
		return unknown("what comes after the third party says neither")
	}
	return fail("It does not: somebody with an authenticator app signs in by "+hanko.Printable(party.Name)+" without its code.",
		"Hanko leaves the second factor to the third party. No setting changes that.", "", "If your app promises a second factor, demand it at the third party, or offer none.")
}

func thirdPartyDisconnect(ctx context.Context, r *run) Outcome {
	if r.recognised.API == hanko.REST {
		return skip("the REST API takes no third party off an account")
	}
	walk, profile, shown := r.profileOf(ctx, r.parties.user.in)
	switch {
	case !shown:
		return unknown("the tenant shows no profile")
	case !profile.Offers.DisconnectThirdParty || len(profile.Identities) != 1:
		return skip("the profile does not offer to take a third party off (v2.3.0 and later do)")
	}
	switch next := walk.Take(ctx, login.DisconnectThirdParty{IdentityID: profile.Identities[0].IdentityID}).(type) {
	case login.Profile:
		if next.Problem != nil {
			return pass("it cannot: %s", next.Problem.Said)
		}
		if profile = next; len(profile.Identities) > 0 {
			return unknown("the tenant still lists the third party")
		}
	case login.EnterEmail, login.ConfirmAccount, login.EnterPasscode, login.OfferPasskey, login.FillForm, login.SignedIn, login.Failed:
		return unknown("what the tenant answers says neither")
	}
	var left []string
	for what, is := range map[string]bool{"an address": len(profile.Emails) > 0, "a passkey": len(profile.Passkeys) > 0, "a password": profile.Password} {
		if is {
			left = append(left, what)
		}
	}
	slices.Sort(left)
	return fail(fmt.Sprintf("It can: the only third party was taken off the account, which has left: %s.", cmp.Or(strings.Join(left, ", "), "nothing")),
		"Hanko does not look whether another way to sign in is left. No setting changes that.", "", "Have the app warn people who have no other way to sign in.")
}
