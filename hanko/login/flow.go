package login

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
)

// The way over the Flow API: the tenant decides each next state, and the walk translates it into a Step. Where the
// tenant waits for a passkey the phone answers by itself, in whatever state that is.

// flowState is what the walk remembers of a flow.
type flowState struct {
	name       hanko.FlowName
	token      string     // the session's, in the profile flow; "" in the others
	at         hanko.Flow // the state that the flow stands in
	over       bool       // the flow cannot go on
	tells      bool       // the tenant has told of an address that it has no user: it does not hide accounts
	tries      int        // wrong passcodes that are still forgiven
	passkey    bool       // the phone has proved a passkey in this flow, and nothing else was asked
	credential string     // the credential id (base64url) of the passkey made in this flow
}

func (w *Walk) takeFlow(ctx context.Context, action Action) Step {
	switch at := w.step.(type) {
	case EnterEmail:
		switch action := action.(type) {
		case SubmitEmail:
			w.email, w.newUser = strings.TrimSpace(action.Email), false
			if action.Create {
				return w.openRegistration(ctx, action)
			}
			return w.openLogin(ctx, action)
		case SignInWithPasskey:
			return w.openPasskeyLogin(ctx)
		}
	case ConfirmAccount:
		switch action.(type) {
		case CreateAccount:
			return w.openRegistration(ctx, action)
		case Back:
			return EnterEmail{Email: w.email}
		}
	case EnterPasscode:
		switch action := action.(type) {
		case SubmitPasscode:
			return w.flowPasscode(ctx, at, action)
		case ResendPasscode:
			return w.flowResend(ctx, at)
		case CreateAccount:
			return w.openRegistration(ctx, action)
		case Back:
			return w.flowBack(ctx)
		}
	case OfferPasskey:
		switch action.(type) {
		case RegisterPasskey:
			return w.act(ctx, action, "webauthn_generate_creation_options", nil)
		case Skip, Back:
			return w.act(ctx, action, "skip", nil)
		}
	case FillForm:
		switch action := action.(type) {
		case SubmitForm:
			return w.submitForm(ctx, at, action)
		case CreateAccount:
			return w.openRegistration(ctx, action)
		case Back:
			return w.flowBack(ctx)
		}
	case SignedIn:
		switch action.(type) {
		case RegisterPasskey:
			return w.addPasskey(ctx, at)
		case OpenProfile:
			return w.openProfileFlow(ctx, at)
		}
	case Profile:
		return w.changeByFlow(ctx, action)
	}
	return w.notOffered(action)
}

// open starts a flow of its own, forgetting the one before.
func (w *Walk) open(ctx context.Context, name hanko.FlowName, token string) (hanko.Flow, error) {
	w.flow = flowState{name: name, token: token, tells: w.flow.tells, tries: maxTries}
	flow, err := w.client.StartFlow(ctx, name, token)
	w.flow.at = flow
	return flow, err
}

func (w *Walk) openLogin(ctx context.Context, action SubmitEmail) Step {
	flow, err := w.open(ctx, hanko.LoginFlow, "")
	if err != nil {
		return w.flowFailed(action, action, err)
	}
	offered, ok := flow.Actions["continue_with_login_identifier"]
	if !ok {
		return w.show(flow) // a tenant without emails and usernames: let the person see what it offers
	}
	return w.act(ctx, action, offered.Action, map[string]any{identifier(offered): w.email})
}

// identifier is the name of the field that takes the address: tenants that know usernames call it differently.
func identifier(action hanko.FlowAction) string {
	for _, name := range []string{"email", "identifier", "username"} {
		if _, ok := action.Inputs[name]; ok {
			return name
		}
	}
	return "email"
}

func (w *Walk) openRegistration(ctx context.Context, action Action) Step {
	flow, err := w.open(ctx, hanko.RegistrationFlow, "")
	if err != nil {
		return w.flowFailed(action, action, err)
	}
	offered, ok := flow.Actions["register_login_identifier"]
	if !ok {
		failed := w.failed(action, nil, nil)
		failed.Problem.Err = ErrNoSignUp
		failed.Problem.Cause = "The tenant takes no new users here: sign-up is switched off, or goes by a third party alone."
		failed.Problem.Remedy = "Sign in with an address that has a user, or set `account.allow_signup: true` in the tenant's configuration."
		w.flow.over = true
		return failed
	}
	w.newUser = true
	if email, ok := offered.Inputs["email"]; !ok || len(requiredInputs(offered)) > 1 || !email.Required && len(requiredInputs(offered)) > 0 {
		return w.show(flow) // it wants more than an address, a username say
	}
	return w.act(ctx, action, offered.Action, map[string]any{"email": w.email})
}

func requiredInputs(action hanko.FlowAction) []string {
	var names []string
	for name, input := range action.Inputs {
		if input.Required {
			names = append(names, name)
		}
	}
	return names
}

func (w *Walk) openPasskeyLogin(ctx context.Context) Step {
	action := SignInWithPasskey{}
	flow, err := w.open(ctx, hanko.LoginFlow, "")
	if err != nil {
		return w.flowFailed(action, action, err)
	}
	if _, ok := flow.Actions["webauthn_generate_request_options"]; !ok {
		failed := w.failed(action, nil, nil)
		failed.Problem.Err = ErrNoPasskeySignIn
		failed.Problem.Cause = "The tenant offers no sign-in with a passkey."
		failed.Problem.Remedy = "Sign in with your email, or set `passkey.enabled: true` in the tenant's configuration."
		w.flow.over = true
		return failed
	}
	w.flow.passkey = true
	return w.act(ctx, action, "webauthn_generate_request_options", nil)
}

// act takes an action of the flow, lets the phone answer if that is what the next state waits for, and shows where
// that leads. A retry of the attempt begins with the same state.
func (w *Walk) act(ctx context.Context, attempt Action, name string, inputs map[string]any) Step {
	flow, err := w.client.Act(ctx, w.flow.at, name, inputs, w.flow.token)
	if err != nil {
		return w.flowFailed(attempt, attempt, err)
	}
	flow, failure := w.answerWithPhone(ctx, flow)
	w.flow.at = flow
	if failure != nil {
		return w.flowFailed(attempt, attempt, failure)
	}
	if flow.Error != nil && flow.Error.Code == "passkey_invalid" && flow.Session == nil && waitsForPhone(flow) {
		// The state asks for the phone's answer once more, but its challenge is spent: go back to where it is given.
		return w.passkeyRefused(ctx, attempt, flow)
	}
	return w.show(flow)
}

// waitsForPhone tells that a state is one in which the phone answers and nobody else.
func waitsForPhone(flow hanko.Flow) bool {
	return flow.Name != "login_init" && (phoneAction(flow, "assertion_response") != "" || phoneAction(flow, "public_key") != "")
}

// phoneAction is the name of the state's action that takes the phone's answer in the input of this name.
func phoneAction(flow hanko.Flow, input string) string {
	for name, action := range flow.Actions {
		if _, ok := action.Inputs[input]; ok {
			return name
		}
	}
	return ""
}

// answerWithPhone goes through a state that waits for a passkey's creation or proof, and returns the state after it. A
// phone that refuses leads back to the state before, so that the flow and the screen stay together; its error is
// returned beside that state.
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
		input  string
		made   authenticator.Bytes
		maker  *authenticator.Phone
	)
	switch {
	case creation != nil && phoneAction(flow, "public_key") != "":
		var attestation *authenticator.RegistrationResponse
		input = "public_key"
		if maker, attestation, err = w.create(ctx, creation); err == nil {
			answer, made = attestation, attestation.RawID
			if maker == w.phone {
				w.flow.credential = attestation.ID
			}
		}
	case request != nil && phoneAction(flow, "assertion_response") != "":
		input = "assertion_response"
		answer, err = w.get(ctx, request)
	default:
		return flow, nil
	}
	if err != nil {
		return w.stepBack(ctx, flow), err
	}
	next, err := w.client.Act(ctx, flow, phoneAction(flow, input), map[string]any{input: answer}, w.flow.token)
	if err != nil {
		return flow, err
	}
	if next.Error != nil && made != nil {
		// What the tenant refused would be offered and never work: the app tells the platform so
		// (signalUnknownCredential), and so do we.
		w.flow.credential = ""
		_ = maker.Delete(made) // a leftover is only a nuisance
	}
	return next, nil
}

// create makes a credential on the phone, or on the security key where the tenant asks for one.
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

// phoneFor is the authenticator that a state is about: the security key where it says so, else the phone.
func (w *Walk) phoneFor(flow hanko.Flow) *authenticator.Phone {
	if w.key != nil && strings.Contains(flow.Name, "security_key") {
		return w.key
	}
	return w.phone
}

// stepBack leads a flow back from a state that waits for the phone; where it cannot, the flow stays.
func (w *Walk) stepBack(ctx context.Context, flow hanko.Flow) hanko.Flow {
	if _, ok := flow.Actions["back"]; !ok {
		return flow
	}
	// The person may have cancelled; the way back is part of it.
	back, err := w.client.Act(context.WithoutCancel(ctx), flow, "back", nil, w.flow.token)
	if err != nil {
		w.flow.over = true
		return flow
	}
	return back
}

func (w *Walk) passkeyRefused(ctx context.Context, attempt Action, flow hanko.Flow) Step {
	failed := w.failed(attempt, attempt, flowProblem(*flow.Error, flow.Status))
	w.flow.at = w.stepBack(ctx, flow)
	return failed
}

func (w *Walk) flowPasscode(ctx context.Context, at EnterPasscode, action SubmitPasscode) Step {
	flow, err := w.client.Act(ctx, w.flow.at, "verify_passcode", map[string]any{"code": action.Code}, w.flow.token)
	if err != nil {
		return w.flowFailed(action, action, err)
	}
	w.flow.at, w.flow.passkey = flow, false
	if flow.Name != "passcode_confirmation" || flow.Error == nil {
		return w.show(flow)
	}
	why := formProblem(action, flow)
	at.Problem = &why
	w.flow.tries--
	at.TriesLeft = max(w.flow.tries, 0)
	why.Sentence = "That code is not right."
	if flow.Error.Code == "passcode_max_attempts_reached" {
		why.Sentence = "That was one wrong code too many."
		at.Dead, at.TriesLeft = true, 0
	}
	return at
}

func (w *Walk) flowResend(ctx context.Context, at EnterPasscode) Step {
	action := ResendPasscode{}
	flow, err := w.client.Act(ctx, w.flow.at, "resend_passcode", nil, w.flow.token)
	if err != nil {
		return w.flowFailed(action, action, err)
	}
	w.flow.at = flow
	if flow.Error == nil || flow.Name != "passcode_confirmation" {
		w.flow.tries = maxTries
		return w.show(flow)
	}
	// The code that was sent before is as good as ever.
	why := formProblem(action, flow)
	at.Problem, at.ResendAt = &why, why.RetryAt
	return at
}

// flowBack takes the flow's own way back; where it has none, the login begins anew.
func (w *Walk) flowBack(ctx context.Context) Step {
	_, offered := w.flow.at.Actions["back"]
	switch {
	case w.flow.name == hanko.ProfileFlow && (!offered || w.flow.over):
		return w.profileOf
	case !offered || w.flow.over:
		return EnterEmail{Email: w.email}
	}
	return w.act(ctx, Back{}, "back", nil)
}

// submitForm does one of a form's actions with the person's values and those of its hidden fields.
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
	if offered.Action != "webauthn_generate_request_options" {
		w.flow.passkey = false
	}
	return w.act(ctx, action, offered.Action, values)
}

// addPasskey adds a passkey to the account of somebody who is signed in: the guide's step 4, by the profile flow.
func (w *Walk) addPasskey(ctx context.Context, in SignedIn) Step {
	action, token := RegisterPasskey{}, in.Session.Token
	flow, err := w.open(ctx, hanko.ProfileFlow, token)
	if err == nil {
		flow, err = w.client.Act(ctx, flow, "webauthn_credential_create", nil, token)
	}
	if err == nil {
		flow, err = w.answerWithPhone(ctx, flow)
	}
	if err == nil && flow.Error != nil {
		err = flowProblem(*flow.Error, flow.Status)
	}
	if err != nil {
		return w.flowFailed(action, action, err)
	}
	in.Registered, in.Problem = w.flow.credential, nil
	return in
}

// flowFailed is failed for a flow; a flow that was refused as a whole cannot go on.
func (w *Walk) flowFailed(attempt, again Action, err error) Step {
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

// show translates a state into a Step.
func (w *Walk) show(flow hanko.Flow) Step {
	switch flow.Name {
	case "success":
		return w.flowSignedIn(flow)
	case "login_init", "registration_init":
		return w.showInit(flow)
	case "passcode_confirmation":
		return w.showPasscode(flow)
	case "profile_init":
		return w.showProfile(flow)
	case "account_deleted":
		return EnterEmail{}
	case "onboarding_create_passkey":
		_, maySkip := flow.Actions["skip"]
		return OfferPasskey{Email: w.email, MaySkip: maySkip, Problem: optionalProblem(RegisterPasskey{}, flow)}
	default:
		return w.form(flow)
	}
}

func (w *Walk) flowSignedIn(flow hanko.Flow) Step {
	w.flow.over = true
	if flow.Session == nil {
		return w.failed(SubmitEmail{}, nil, &hanko.Error{
			Kind: hanko.NotHanko, Call: "The flow", Status: flow.Status, Err: hanko.ErrNoToken,
			Means: "The login succeeded, but its token is neither in the header X-Auth-Token nor in a cookie: a proxy or CORS layer strips it.",
			Do:    "Let X-Auth-Token and Set-Cookie pass through everything in front of the tenant; for apps, set `session.enable_auth_token_header: true`.",
		})
	}
	method := ByFlow
	if w.flow.passkey {
		method = ByPasskey
	}
	next := w.signedIn(*flow.Session, method)
	if in, ok := next.(SignedIn); ok {
		in.Registered = w.flow.credential
		in.Problem = optionalProblem(RegisterPasskey{}, flow)
		return in
	}
	return next
}

// showInit is where a flow begins: the email screen, unless the tenant wants other things than an address.
func (w *Walk) showInit(flow hanko.Flow) Step {
	for _, action := range flow.Actions {
		field, ok := action.Inputs[identifier(action)]
		if !ok || field.Error == nil {
			continue
		}
		if field.Error.Code == "unknown_email_error" || field.Error.Code == "unknown_username_error" {
			w.flow.tells = true
			return ConfirmAccount{Email: w.email}
		}
	}
	registering := flow.Name == "registration_init"
	_, byIdentifier := flow.Actions["continue_with_login_identifier"]
	if registering && len(requiredInputs(flow.Actions["register_login_identifier"])) > 1 || !registering && !byIdentifier {
		return w.form(flow)
	}
	return EnterEmail{Email: w.email, Problem: optionalProblem(SubmitEmail{}, flow)}
}

func (w *Walk) showPasscode(flow hanko.Flow) Step {
	step := EnterPasscode{
		Email:     w.email,
		NewUser:   w.newUser,
		Unsure:    w.unsure(),
		SentAt:    time.Now(),
		TriesLeft: w.flow.tries,
		ResendAt:  resendAfter(flow),
		Problem:   optionalProblem(ResendPasscode{}, flow),
	}
	if step.Problem != nil && step.ResendAt.IsZero() {
		step.ResendAt = step.Problem.RetryAt
	}
	return step
}

// unsure tells that the tenant may be hiding that the address has no user (or, on registration, that it has one): then
// its mail has no code.
func (w *Walk) unsure() bool { return !w.flow.tells }

func resendAfter(flow hanko.Flow) time.Time {
	var payload struct {
		ResendAfter float64 `json:"resend_after"` // seconds
	}
	if json.Unmarshal(flow.Payload, &payload) != nil || payload.ResendAfter <= 0 {
		return time.Time{}
	}
	return time.Now().Add(time.Duration(min(payload.ResendAfter, 86400) * float64(time.Second)))
}

// form is a state as what can be done in it.
func (w *Walk) form(flow hanko.Flow) Step {
	step := FillForm{
		State: flow.Name, Email: w.email, Payload: flow.Payload, Links: flow.Links,
		Unsure: flow.Name == "login_method_chooser" && w.unsure(),
	}
	for name, action := range flow.Actions {
		form := Form{Action: name, Description: action.Description}
		for _, field := range action.Inputs {
			if !field.Hidden || field.Required && field.Value == nil {
				form.Fields = append(form.Fields, field)
			}
		}
		slices.SortFunc(form.Fields, func(a, b hanko.FlowInput) int {
			if a.Required != b.Required {
				if a.Required {
					return -1
				}
				return 1
			}
			return strings.Compare(a.Name, b.Name)
		})
		step.Forms = append(step.Forms, form)
	}
	slices.SortFunc(step.Forms, func(a, b Form) int {
		if rank := formRank(a) - formRank(b); rank != 0 {
			return rank
		}
		return strings.Compare(a.Action, b.Action)
	})
	step.Problem = optionalProblem(SubmitForm{Action: flow.Name}, flow)
	return step
}

// formRank orders what can be done: what the state is for, other ways on, passing over it, going back.
func formRank(form Form) int {
	switch {
	case form.Action == "back":
		return 3
	case form.Action == "skip":
		return 2
	case len(form.Fields) == 0:
		return 1
	default:
		return 0
	}
}
