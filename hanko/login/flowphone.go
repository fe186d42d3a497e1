package login

import (
	"context"
	"encoding/json"
	"strings"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
)

// The phone in a flow: if a state waits for a passkey, the phone answers without an Action.

// waitsForPhone reports whether only the phone can answer in a state.
func waitsForPhone(flow hanko.Flow) bool {
	return flow.Name != hanko.StateLoginInit && (phoneAction(flow, hanko.InputAssertionResponse) != "" || phoneAction(flow, hanko.InputPublicKey) != "")
}

// phoneAction returns the name of the state's action that takes the phone's answer in the given input, or "".
func phoneAction(flow hanko.Flow, input hanko.InputName) hanko.ActionName {
	for name, action := range flow.Actions {
		if _, ok := action.Inputs[input]; ok {
			return name
		}
	}
	return ""
}

// answerWithPhone lets the phone answer a state that waits for it, and returns the next state. Other states it returns as
// they are. If the phone refuses, it takes the flow back to the previous state, so that the flow and the screen agree, and
// returns that state with the phone's error.
func (w *Walk) answerWithPhone(ctx context.Context, flow hanko.Flow) (hanko.Flow, error) {
	if !waitsForPhone(flow) || flow.Error != nil {
		return flow, nil
	}
	creation, err := flow.CreationOptions()
	if err != nil {
		return flow, err
	}
	request, err := flow.RequestOptions()
	if err != nil {
		return flow, err
	}
	var (
		answer any
		input  hanko.InputName
		made   authenticator.Bytes
		maker  *authenticator.Phone
	)
	switch {
	case creation != nil && phoneAction(flow, hanko.InputPublicKey) != "":
		var attestation *authenticator.RegistrationResponse
		input = hanko.InputPublicKey
		if maker, attestation, err = w.create(ctx, creation); err == nil {
			answer, made = attestation, attestation.RawID
			if maker == w.phone {
				w.flow.credential = attestation.ID
			}
		}
	case request != nil && phoneAction(flow, hanko.InputAssertionResponse) != "":
		input = hanko.InputAssertionResponse
		answer, err = w.get(ctx, request)
	default:
		return flow, nil
	}
	if err != nil {
		return w.stepBack(ctx, flow), err
	}
	next, err := w.client.Act(ctx, flow, phoneAction(flow, input), map[hanko.InputName]any{input: answer}, w.flow.token)
	if err != nil {
		return flow, err
	}
	if next.Error != nil && made != nil {
		// The phone would offer the refused passkey, but it would never work. An app tells the platform so
		// (signalUnknownCredential); here, it is deleted.
		w.flow.credential = ""
		_ = maker.Delete(made) // if this fails, the leftover does no harm
	}
	return next, nil
}

// create creates a credential on the phone, or on the security key if the tenant asks for one.
func (w *Walk) create(ctx context.Context, options json.RawMessage) (*authenticator.Phone, *authenticator.RegistrationResponse, error) {
	creation, err := authenticator.ParseCreationOptions(options)
	if err != nil {
		return nil, nil, err
	}
	maker := w.phone
	if w.key != nil && creation.Selection.Attachment == "cross-platform" {
		maker = w.key
	}
	attestation, err := maker.Create(ctx, creation)
	return maker, attestation, err
}

func (w *Walk) get(ctx context.Context, options json.RawMessage) (*authenticator.AuthenticationResponse, error) {
	request, err := authenticator.ParseRequestOptions(options)
	if err != nil {
		return nil, err
	}
	return w.phoneFor(w.flow.at).Get(ctx, request)
}

// phoneFor returns the authenticator for a state: the security key if the state's name says so, else the phone.
func (w *Walk) phoneFor(flow hanko.Flow) *authenticator.Phone {
	if w.key != nil && strings.Contains(string(flow.Name), "security_key") {
		return w.key
	}
	return w.phone
}

// stepBack takes a flow back from a state that waits for the phone. If that is not possible, it returns the same state.
func (w *Walk) stepBack(ctx context.Context, flow hanko.Flow) hanko.Flow {
	if _, ok := flow.Actions[hanko.ActionBack]; !ok {
		return flow
	}
	// The person may have cancelled, and this is part of cancelling.
	back, err := w.client.Act(context.WithoutCancel(ctx), flow, hanko.ActionBack, nil, w.flow.token)
	if err != nil {
		w.flow.over = true
		return flow
	}
	return back
}

func (w *Walk) passkeyRefused(ctx context.Context, attempt Action, flow hanko.Flow) Step {
	failed := w.failed(attempt, attempt, flowProblem(flow))
	w.flow.at = w.stepBack(ctx, flow)
	return failed
}
