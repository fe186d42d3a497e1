package login

import (
	"context"
	"net/http"

	"example.com/hankosim/hanko"
)

// The walk over the Flow API: the tenant decides the next state, and the walk translates it into a Step. If a state waits
// for a passkey, the phone answers without an Action.

// flowState is what the walk remembers of a flow.
type flowState struct {
	name       hanko.FlowName
	token      string     // the session's, in the profile flow; "" in the others
	at         hanko.Flow // the current state
	over       bool       // the flow cannot continue
	reveals    bool       // the tenant has said that an address has no user, so it does not hide accounts
	tries      int        // how many wrong passcodes are left
	lost       bool       // a passcode may have reached the tenant, but there was no answer
	party      string     // the name of the third party with which the person signs in; "" for none
	passkey    bool       // the person has used only a passkey in this flow
	credential string     // the credential ID (base64url) of the passkey created in this flow
}

// flowTable says what each action does at each step over the Flow API.
var flowTable = tableOf(
	on[EnterEmail, SubmitEmail]((*Walk).openEntryFor),
	on[EnterEmail, SignInWithPasskey]((*Walk).openPasskeyLogin),
	on[EnterEmail, SignInWithThirdParty]((*Walk).flowThirdParty),

	register[ConfirmAccount](),
	backToEmail[ConfirmAccount](),

	on[EnterPasscode, SubmitPasscode]((*Walk).flowPasscode),
	on[EnterPasscode, ResendPasscode]((*Walk).flowResend),
	register[EnterPasscode](),
	backInFlow[EnterPasscode](),

	acts[OfferPasskey, RegisterPasskey](hanko.ActionWebAuthnGenerateCreationOptions),
	acts[OfferPasskey, Skip](hanko.ActionSkip),
	acts[OfferPasskey, Back](hanko.ActionSkip),
	on[OfferPasskey, LogOut]((*Walk).logOutAtOffer),

	on[FillForm, SubmitForm]((*Walk).submitForm),
	register[FillForm](),
	backInFlow[FillForm](),

	on[SignedIn, RegisterPasskey]((*Walk).addPasskey),
	on[SignedIn, OpenProfile]((*Walk).openProfileFlow),
	on[SignedIn, LogOut]((*Walk).logOutSignedIn),

	flowChange(hanko.ActionEmailCreate, func(a AddEmail) inputs { return inputs{hanko.InputEmail: a.Address} }),
	flowChange(hanko.ActionEmailDelete, func(a DeleteEmail) inputs { return inputs{hanko.InputEmailID: a.ID} }),
	flowChange(hanko.ActionEmailSetPrimary, func(a SetPrimaryEmail) inputs { return inputs{hanko.InputEmailID: a.ID} }),
	flowChange(hanko.ActionWebAuthnCredentialRename, func(a RenamePasskey) inputs {
		return inputs{hanko.InputPasskeyID: a.ID, hanko.InputPasskeyName: a.Name}
	}),
	flowChange(hanko.ActionWebAuthnCredentialDelete, func(a DeletePasskey) inputs { return inputs{hanko.InputPasskeyID: a.ID} }),
	flowChange(hanko.ActionSessionDelete, func(a RevokeSession) inputs { return inputs{hanko.InputSessionID: a.ID} }),
	flowChange(hanko.ActionAccountDelete, func(DeleteAccount) inputs { return nil }),
	on[Profile, ConnectThirdParty]((*Walk).flowConnect),
	flowChange(hanko.ActionDisconnectThirdPartyOAuthProvider, func(a DisconnectThirdParty) inputs {
		return inputs{hanko.InputIdentityID: a.IdentityID}
	}),
	on[Profile, OpenForms]((*Walk).openForms),
	closeProfile(),
)

// inputs are the inputs of a flow's action.
type inputs = map[hanko.InputName]any

// acts returns the row for an action that takes one of the flow's actions, without inputs.
func acts[S Step, A Action](name hanko.ActionName) rule {
	return on(func(w *Walk, ctx context.Context, _ S, action A) Step { return w.act(ctx, action, name, nil) })
}

// register returns the row for CreateAccount at a step.
func register[S Step]() rule {
	return on(func(w *Walk, ctx context.Context, _ S, action CreateAccount) Step {
		return w.openRegistration(ctx, action)
	})
}

// backInFlow returns the row for Back at a step, which takes the flow's action back.
func backInFlow[S Step]() rule {
	return on(func(w *Walk, ctx context.Context, _ S, _ Back) Step { return w.flowBack(ctx) })
}

// open starts a new flow, and forgets the previous one.
func (w *Walk) open(ctx context.Context, name hanko.FlowName, token string) (hanko.Flow, error) {
	w.flow = flowState{name: name, token: token, reveals: w.flow.reveals, tries: maxTries}
	flow, err := w.client.StartFlow(ctx, name, token)
	w.flow.at = flow
	return flow, err
}

// openEntry opens a login or a registration. If the person wants to stay signed in, it says so, if the tenant asks.
func (w *Walk) openEntry(ctx context.Context, name hanko.FlowName) (hanko.Flow, error) {
	flow, err := w.open(ctx, name, "")
	if _, asks := flow.Actions[hanko.ActionRememberMe]; err == nil && asks && w.remember {
		flow, err = w.client.Act(ctx, flow, hanko.ActionRememberMe, inputs{hanko.InputRememberMe: true}, "")
		w.flow.at = flow
	}
	return flow, err
}

func (w *Walk) openEntryFor(ctx context.Context, _ EnterEmail, action SubmitEmail) Step {
	if action.Create {
		return w.openRegistration(ctx, action)
	}
	return w.openLogin(ctx, action)
}

func (w *Walk) openLogin(ctx context.Context, action SubmitEmail) Step {
	flow, err := w.openEntry(ctx, hanko.LoginFlow)
	if err != nil {
		return w.flowFailed(action, action, err)
	}
	offered, ok := flow.Actions[hanko.ActionContinueWithLoginIdentifier]
	if !ok {
		return w.show(flow) // a tenant without emails and usernames: show what it offers
	}
	name, value := identifier(offered), w.email
	if name == hanko.InputUsername && action.Username != "" {
		value = action.Username
	}
	return w.act(ctx, action, offered.Action, inputs{name: value})
}

// identifier returns the name of the input for the address, which differs on tenants with usernames.
func identifier(action hanko.FlowAction) hanko.InputName {
	for _, name := range []hanko.InputName{hanko.InputEmail, hanko.InputIdentifier, hanko.InputUsername} {
		if _, ok := action.Inputs[name]; ok {
			return name
		}
	}
	return hanko.InputEmail
}

func (w *Walk) openRegistration(ctx context.Context, action Action) Step {
	flow, err := w.openEntry(ctx, hanko.RegistrationFlow)
	if err != nil {
		return w.flowFailed(action, action, err)
	}
	offered, ok := flow.Actions[hanko.ActionRegisterLoginIdentifier]
	if !ok {
		failed := w.failed(action, nil, nil)
		failed.Problem.Err = ErrNoSignUp
		failed.Problem.Sentence = "The tenant lets no new people sign up."
		failed.Problem.Cause = "Its registration flow takes no email address: sign-up is switched off, or possible only through a third party."
		failed.Problem.Remedy = "Sign in with an address that has a user, or set `account.allow_signup: true` in the tenant's configuration."
		w.flow.over = true
		return failed
	}
	w.newUser = true
	if asksForMore(offered) {
		return w.form(flow)
	}
	return w.act(ctx, action, offered.Action, inputs{hanko.InputEmail: w.email})
}

// asksForMore reports whether a registration requires something other than an address, such as a username.
func asksForMore(registration hanko.FlowAction) bool {
	required := requiredInputs(registration)
	email, takesEmail := registration.Inputs[hanko.InputEmail]
	return !takesEmail || len(required) > 1 || len(required) == 1 && !email.Required
}

func requiredInputs(action hanko.FlowAction) []hanko.InputName {
	var names []hanko.InputName
	for name, input := range action.Inputs {
		if input.Required {
			names = append(names, name)
		}
	}
	return names
}

func (w *Walk) openPasskeyLogin(ctx context.Context, _ EnterEmail, action SignInWithPasskey) Step {
	flow, err := w.openEntry(ctx, hanko.LoginFlow)
	if err != nil {
		return w.flowFailed(action, action, err)
	}
	if _, ok := flow.Actions[hanko.ActionWebAuthnGenerateRequestOptions]; !ok {
		failed := w.failed(action, nil, nil)
		failed.Problem.Err = ErrNoPasskeySignIn
		failed.Problem.Cause = "The tenant does not offer signing in with a passkey."
		failed.Problem.Remedy = "Sign in with your email address, or set `passkey.enabled: true` in the tenant's configuration."
		w.flow.over = true
		return failed
	}
	w.flow.passkey = true
	return w.act(ctx, action, hanko.ActionWebAuthnGenerateRequestOptions, nil)
}

// act takes an action of the flow, lets the phone answer if the next state waits for it, and returns the next step. A retry
// of the attempt starts from the same state.
func (w *Walk) act(ctx context.Context, attempt Action, name hanko.ActionName, with inputs) Step {
	flow, err := w.client.Act(ctx, w.flow.at, name, with, w.flow.token)
	if err != nil {
		return w.flowFailed(attempt, attempt, err)
	}
	flow, failure := w.answerWithPhone(ctx, flow)
	w.flow.at = flow
	if failure != nil {
		return w.flowFailed(attempt, attempt, failure)
	}
	if flow.Error != nil && flow.Error.Code == hanko.CodePasskeyInvalid && flow.Session == nil && waitsForPhone(flow) {
		// The state waits for the phone again, but its challenge is used up. Go back to the state that sends a new one.
		return w.passkeyRefused(ctx, attempt, flow)
	}
	return w.show(flow)
}

func (w *Walk) flowPasscode(ctx context.Context, at EnterPasscode, action SubmitPasscode) Step {
	flow, err := w.client.Act(ctx, w.flow.at, hanko.ActionVerifyPasscode, inputs{hanko.InputCode: action.Code}, w.flow.token)
	if err != nil {
		failed := w.flowFailed(action, action, err)
		switch {
		case answerLost(err):
			w.flow.lost = true
			failed.Problem.Remedy += " The tenant may have used the code anyway. If it is refused now, start again with the email address."
		case w.flow.lost:
			failed.Problem.Cause += mayBeUsed
		}
		return failed
	}
	w.flow.at, w.flow.passkey, w.flow.lost = flow, false, false
	if flow.Name != hanko.StatePasscodeConfirmation || flow.Error == nil {
		return w.show(flow)
	}
	why := formProblem(action, flow)
	at.Problem = &why
	w.flow.tries--
	at.TriesLeft = max(w.flow.tries, 0)
	why.Sentence = "That code is wrong."
	if flow.Error.Code == hanko.CodePasscodeMaxAttemptsReached {
		why.Sentence = "That was one wrong code too many."
		at.Dead, at.TriesLeft = true, 0
	}
	return at
}

func (w *Walk) flowResend(ctx context.Context, at EnterPasscode, action ResendPasscode) Step {
	flow, err := w.client.Act(ctx, w.flow.at, hanko.ActionResendPasscode, nil, w.flow.token)
	if err != nil {
		return w.flowFailed(action, action, err)
	}
	w.flow.at = flow
	if flow.Error == nil || flow.Name != hanko.StatePasscodeConfirmation {
		w.flow.tries = maxTries
		return w.show(flow)
	}
	// The previous code is still valid.
	why := formProblem(action, flow)
	at.Problem, at.ResendAt = &why, why.RetryAt
	return at
}

// flowBack takes the flow's action back. If the state has none, the login starts over, or the open profile is shown.
func (w *Walk) flowBack(ctx context.Context) Step {
	_, offered := w.flow.at.Actions[hanko.ActionBack]
	switch {
	case w.flow.name == hanko.ProfileFlow && (!offered || w.flow.over):
		return w.profileOf
	case !offered || w.flow.over:
		return EnterEmail{Email: w.email}
	}
	return w.act(ctx, Back{}, hanko.ActionBack, nil)
}

// submitForm takes one of a form's actions, with the person's values and those of hidden fields.
func (w *Walk) submitForm(ctx context.Context, at FillForm, action SubmitForm) Step {
	offered, ok := w.flow.at.Actions[action.Action]
	if !ok {
		return w.notOffered(action)
	}
	values, problem := formValues(offered, action.Values)
	if problem != nil {
		at.Problem = problem
		return at
	}
	if offered.Action != hanko.ActionWebAuthnGenerateRequestOptions {
		w.flow.passkey = false
	}
	return w.act(ctx, action, offered.Action, values)
}

// addPasskey adds a passkey to the account of somebody who is signed in: the guide's step 4, over the profile flow.
func (w *Walk) addPasskey(ctx context.Context, in SignedIn, action RegisterPasskey) Step {
	token := in.Session.Token
	flow, err := w.open(ctx, hanko.ProfileFlow, token)
	if err == nil {
		flow, err = w.client.Act(ctx, flow, hanko.ActionWebAuthnCredentialCreate, nil, token)
	}
	if err == nil {
		flow, err = w.answerWithPhone(ctx, flow)
	}
	if err == nil && flow.Error != nil {
		err = flowProblem(flow)
	}
	if err != nil {
		return w.flowFailed(action, action, err)
	}
	in.Registered, in.Problem = w.flow.credential, nil
	return in
}

// flowFailed is failed for a flow. If the tenant refused the call, the flow cannot continue.
func (w *Walk) flowFailed(attempt, again Action, err error) Failed {
	failed := w.failed(attempt, again, err)
	if status(err) != 0 {
		w.flow.over = true
		if !isSignedIn(w.step) {
			failed.Again = nil
		}
		if _, atEmail := w.step.(EnterEmail); atEmail && status(err) >= http.StatusInternalServerError {
			failed.Again = again
		}
	}
	return failed
}
