package smoke

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// wrongCode is a code of the same make as a right one.
func wrongCode(right string) string {
	if wrong := strings.Repeat("0", len(right)); wrong != right {
		return wrong
	}
	return strings.Repeat("1", len(right))
}

// refusedCode is the step after a code that had to be refused; the outcome is nil when it was.
func refusedCode(step login.Step) (login.EnterPasscode, *Outcome) {
	var outcome Outcome
	switch step := step.(type) {
	case login.EnterPasscode:
		switch {
		case step.Problem == nil:
			outcome = unknown("the tenant asks for a code again, and does not say why")
		case answerIn(step.Problem) != refused:
			outcome = diagnose(&stuckError{"submitting a code", step.Problem})
		default:
			return step, nil
		}
	case login.Failed:
		if answerIn(&step.Problem) == refused {
			return login.EnterPasscode{Dead: true, Problem: &step.Problem}, nil
		}
		outcome = diagnose(&stuckError{"submitting a code", &step.Problem})
	case login.EnterEmail, login.ConfirmAccount, login.OfferPasskey, login.FillForm, login.SignedIn, login.Profile:
		outcome = fail("The tenant accepted a code that it must refuse.", "The tenant does not compare codes, or something in front of it answers instead.", "",
			"Take the tenant offline, and report this to Hanko.")
	}
	return login.EnterPasscode{}, &outcome
}

// refuseWrongPasscode signs a second user up, with a wrong code first.
func refuseWrongPasscode(ctx context.Context, r *run) Outcome {
	if r.guest {
		return skip("it needs a second user, and nobody can sign up")
	}
	email := r.newAddress()
	begun := r.client.Log().Len()
	defer func() {
		if r.otherEmail == "" {
			r.mayBeMade(email, begun)
		}
	}()
	phone := iphone()
	walk, before, err := r.toFirstPasscode(ctx, phone, email)
	if err != nil {
		return diagnose(err)
	}
	code, err := r.passcode(ctx, email, before)
	if err != nil {
		return diagnose(err)
	}
	if _, outcome := refusedCode(walk.Take(ctx, login.SubmitPasscode{Code: wrongCode(code)})); outcome != nil {
		return *outcome
	}
	walk.Take(ctx, login.SubmitPasscode{Code: code})
	in, err := r.drive(ctx, walk, wish{email: email, newUser: true})
	if err != nil {
		outcome := diagnose(err)
		outcome.Note = "After one wrong code, the right one does not start a session: " + outcome.Note
		return outcome
	}
	r.signedUpBy(email, in, phone)
	r.other, r.otherEmail = in, email
	return pass("and the right code was accepted after it")
}

// toFirstPasscode signs a user up as far as the passcode, which has been mailed by then. It returns the moment before.
func (r *run) toFirstPasscode(ctx context.Context, phone *authenticator.Phone, email string) (*login.Walk, time.Time, error) {
	walk, before := r.walk(phone), time.Now()
	step := walk.Take(ctx, login.SubmitEmail{Email: email, Create: r.recognised.API == hanko.FlowAPI})
	for range 4 { // an account to confirm, or a form or two
		var action login.Action
		switch at := step.(type) {
		case login.ConfirmAccount:
			action = login.CreateAccount{}
		case login.EnterPasscode:
			if at.Problem != nil {
				return nil, before, &stuckError{"signing up", at.Problem}
			}
			return walk, before, nil
		case login.Failed:
			return nil, before, &stuckError{"signing up", &at.Problem}
		case login.FillForm:
			if at.State != hanko.StateRegistrationInit {
				return nil, before, errNoPasscodeHere // to fill this in would be to sign up without one
			}
			filled, err := r.fill(at, wish{email: email, newUser: true})
			if err != nil {
				return nil, before, err
			}
			action = filled
		case login.EnterEmail, login.OfferPasskey, login.SignedIn, login.Profile:
			return nil, before, errNoPasscodeHere
		}
		before, step = time.Now(), walk.Take(ctx, action)
	}
	return nil, before, errNoPasscodeHere
}

// refuseForeignPasscode hands in two codes of earlier sign-ins where a new one is asked for, one of the same user and
// one of another, and then the right one: else they might have been refused for quite another reason.
func refuseForeignPasscode(ctx context.Context, r *run) Outcome {
	if len(r.spent) < 2 {
		return skip("there are not enough passcodes to try old ones")
	}
	own, foreign := r.spent[0], r.spent[len(r.spent)-1]
	walk, _, before, err := r.toPasscode(ctx, r.user.email)
	if err != nil {
		return diagnose(err)
	}
	code, err := r.passcode(ctx, r.user.email, before)
	if err != nil {
		return diagnose(err)
	}
	if code == own || code == foreign {
		return unknown("by chance the tenant sent the same code twice; run smoke again")
	}
	for _, old := range []string{own, foreign} {
		if _, outcome := refusedCode(walk.Take(ctx, login.SubmitPasscode{Code: old})); outcome != nil {
			return *outcome
		}
	}
	walk.Take(ctx, login.SubmitPasscode{Code: code})
	in, err := r.drive(ctx, walk, wish{email: r.user.email})
	if err != nil {
		outcome := diagnose(err)
		outcome.Verdict, outcome.Note = Inconclusive, "both were refused, but so was the right code after them: "+said(err)
		return outcome
	}
	r.endSession(ctx, in)
	return pass("a used code of the same user and a code of another user were refused; then the right one was accepted")
}

// lastAccepted finds the last request with a mark in its body that was answered with success.
func (r *run) lastAccepted(mark string) (hanko.Exchange, bool) {
	var found hanko.Exchange
	for _, exchange := range r.client.Log().From(0) {
		if exchange.Err == nil && exchange.Status/100 == 2 && exchange.Method == http.MethodPost &&
			strings.Contains(string(exchange.RequestBody), mark) && !strings.Contains(exchange.Path, "/sessions/") {
			found = exchange
		}
	}
	return found, found.Method != ""
}

func refuseReusedPasscode(ctx context.Context, r *run) Outcome {
	return r.replay(ctx, "passcode", `"code"`)
}

func refuseReplayedAssertion(ctx context.Context, r *run) Outcome {
	return r.replayProof(ctx, "assertion", `"authenticatorData":"`, hanko.InputAssertionResponse, func() (hanko.Flow, string, error) {
		flow, err := r.client.StartFlow(ctx, hanko.LoginFlow, "")
		if err == nil {
			flow, err = r.client.Act(ctx, flow, hanko.ActionWebAuthnGenerateRequestOptions, nil, "")
		}
		return flow, "", err
	})
}

func refuseReplayedAttestation(ctx context.Context, r *run) Outcome {
	return r.replayProof(ctx, "attestation", `"attestationObject":"`, hanko.InputPublicKey, func() (hanko.Flow, string, error) {
		token := r.user.in.Session.Token
		flow, err := r.client.StartFlow(ctx, hanko.ProfileFlow, token)
		if err == nil {
			flow, err = r.client.Act(ctx, flow, hanko.ActionWebAuthnCredentialCreate, nil, token)
		}
		return flow, token, err
	})
}

// replayProof sends an accepted request with a phone's answer once more, and, where a flow would refuse the request by
// its csrf token alone, the answer in it to a new flow as well: in its input, in the state that begin leads to.
func (r *run) replayProof(ctx context.Context, what, mark string, input hanko.InputName, begin func() (hanko.Flow, string, error)) Outcome {
	recorded, found := r.lastAccepted(mark)
	outcome := r.replay(ctx, what, mark)
	if !found || outcome.Verdict != Passed || r.recognised.API == hanko.REST {
		return outcome
	}
	var sent struct {
		Inputs map[hanko.InputName]json.RawMessage `json:"input_data"`
	}
	if err := json.Unmarshal(recorded.RequestBody, &sent); err != nil || sent.Inputs[input] == nil {
		return unknown("the request was refused as a whole, and has no %s to try on its own", what)
	}
	flow, token, err := begin()
	if err != nil {
		return diagnose(err)
	}
	var action hanko.ActionName
	for name, offered := range flow.Actions {
		if _, takes := offered.Inputs[input]; takes {
			action = name
		}
	}
	flow, err = r.client.Act(ctx, flow, action, map[hanko.InputName]any{input: sent.Inputs[input]}, token)
	switch {
	case err != nil && answerIn(err) != refused:
		return diagnose(err)
	case err == nil && flow.Error == nil:
		return replayAccepted(what)
	}
	return pass("the tenant accepted neither the request nor, in a new flow, the %s a second time", what)
}

// replay sends the last accepted request whose body holds a mark once more, and expects a refusal.
func (r *run) replay(ctx context.Context, what, mark string) Outcome {
	recorded, found := r.lastAccepted(mark)
	if !found {
		return skip("no %s was accepted before that could be sent again", what)
	}
	session, err := r.client.Replay(ctx, recorded)
	switch {
	case session != nil || err == nil:
		return replayAccepted(what)
	case answerIn(err) != refused:
		return diagnose(err)
	case r.recognised.API == hanko.FlowAPI:
		return pass("the request is refused as a whole, because its csrf token is used up; refuse.passcode.foreign tries a used code on its own")
	}
	return pass("refused: %s", said(err))
}

func replayAccepted(what string) Outcome {
	return fail(fmt.Sprintf("The tenant accepted the %s a second time.", what), "The tenant does not remember what it has accepted, or a cache in front of it answers instead.", "",
		"Take the tenant offline, and report this to Hanko.")
}
