package login

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"example.com/hankosim/hanko"
)

// The states of a flow as Steps.

// show translates a state into a Step.
func (w *Walk) show(flow hanko.Flow) Step {
	switch flow.Name {
	case hanko.StateSuccess:
		return w.flowSignedIn(flow)
	case hanko.StateLoginInit, hanko.StateRegistrationInit:
		return w.showInit(flow)
	case hanko.StatePasscodeConfirmation:
		return w.showPasscode(flow)
	case hanko.StateProfileInit:
		return w.showProfile(flow)
	case hanko.StateAccountDeleted:
		return EnterEmail{}
	case hanko.StateOnboardingCreatePasskey:
		_, maySkip := flow.Actions[hanko.ActionSkip]
		return OfferPasskey{Email: w.email, MaySkip: maySkip, Problem: optionalProblem(RegisterPasskey{}, flow)}
	case hanko.StateThirdParty:
		if strings.Contains(flow.RedirectURL(), "/saml/") {
			return w.samlStep(flow)
		}
		return w.form(flow)
	default:
		return w.form(flow)
	}
}

func (w *Walk) flowSignedIn(flow hanko.Flow) Step {
	w.flow.over = true
	if flow.Session == nil {
		failure := hanko.NoToken(nil)
		failure.Call, failure.Status = "The flow", flow.Status
		return w.failed(SubmitEmail{}, nil, failure)
	}
	method := ByFlow
	switch {
	case w.flow.party != "":
		method = ByThirdParty
	case w.flow.passkey:
		method = ByPasskey
	}
	next := w.signedIn(*flow.Session, method)
	if in, ok := next.(SignedIn); ok {
		in.Registered, in.Party = w.flow.credential, w.flow.party
		in.Problem = optionalProblem(RegisterPasskey{}, flow)
		return in
	}
	return next
}

// showInit returns the step for the first state of a flow: EnterEmail, unless the tenant requires something other than an
// address.
func (w *Walk) showInit(flow hanko.Flow) Step {
	for _, action := range flow.Actions {
		field, ok := action.Inputs[identifier(action)]
		if !ok || field.Error == nil {
			continue
		}
		if field.Error.Code == hanko.CodeUnknownEmailError || field.Error.Code == hanko.CodeUnknownUsernameError {
			w.flow.reveals = true
			return ConfirmAccount{Email: w.email}
		}
	}
	registration, registering := flow.Actions[hanko.ActionRegisterLoginIdentifier]
	_, signingIn := flow.Actions[hanko.ActionContinueWithLoginIdentifier]
	if registering && asksForMore(registration) || !registering && !signingIn {
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
		ResendAt:  waitOver(flow),
		Problem:   optionalProblem(ResendPasscode{}, flow),
	}
	if step.Problem != nil && step.ResendAt.IsZero() {
		step.ResendAt = step.Problem.RetryAt
	}
	return step
}

// unsure reports whether the tenant may hide that the address has no user or, on registration, that it has one. In both
// cases, the mail has no code. People who come from a third party or are in the profile have an account.
func (w *Walk) unsure() bool {
	return !w.flow.reveals && w.flow.party == "" && w.flow.name != hanko.ProfileFlow
}

// waitOver returns when a state's action can be repeated, or zero if the tenant asks for no wait. The payload has
// resend_after for passcodes, and retry_after for everything else that is limited.
func waitOver(flow hanko.Flow) time.Time {
	var payload struct {
		ResendAfter *float64 `json:"resend_after"` // seconds
		RetryAfter  *float64 `json:"retry_after"`
	}
	if json.Unmarshal(flow.Payload, &payload) != nil {
		return time.Time{}
	}
	limited := flow.Error != nil && flow.Error.Code == hanko.CodeRateLimitExceeded
	var over time.Time
	for _, seconds := range []*float64{payload.ResendAfter, payload.RetryAfter} {
		if seconds == nil || *seconds <= 0 && !limited {
			continue
		}
		wait := min(max(*seconds, 1), 86400)
		if at := after(time.Duration(wait * float64(time.Second))); at.After(over) {
			over = at
		}
	}
	return over
}

// The limits of a FillForm. Hanko's largest state, profile_init, has some twenty actions with a field or two each.
const (
	mostForms  = 100 // in addition to skip and back
	mostFields = 200 // of all forms together
	mostValues = 200 // of one field
	mostLinks  = 50
)

// form returns a state as a FillForm: the forms are its actions.
func (w *Walk) form(flow hanko.Flow) Step {
	step := FillForm{
		State: flow.Name, Email: w.email, Payload: flow.Payload, Links: flow.Links,
		Unsure: flow.Name == hanko.StateLoginMethodChooser && w.unsure(),
	}
	if over := len(step.Links) - mostLinks; over > 0 {
		step.Links, step.Omitted.Links = step.Links[:mostLinks], over
	}
	choices := choicesIn(flow.Payload)
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
			return cmp.Compare(a.Name, b.Name)
		})
		step.Forms = append(step.Forms, form)
	}
	slices.SortFunc(step.Forms, func(a, b Form) int {
		if rank := formRank(a) - formRank(b); rank != 0 {
			return rank
		}
		return cmp.Compare(a.Action, b.Action)
	})
	step.Forms, step.Omitted.Forms = bounded(step.Forms)
	for _, form := range step.Forms {
		for i := range form.Fields {
			field := withChoices(form.Fields[i], choices)
			if over := len(field.AllowedValues) - mostValues; over > 0 {
				field.AllowedValues = field.AllowedValues[:mostValues]
				step.Omitted.Values += over
			}
			form.Fields[i] = field
		}
	}
	// The problem names the state, because it is not known which form was sent.
	step.Problem = optionalProblem(SubmitForm{Action: hanko.ActionName(flow.Name)}, flow)
	return step
}

// bounded returns the forms to show, in the same order, and how many are left out. A form has all its fields or is left out.
// The forms for skip and back do not count towards mostForms.
func bounded(forms []Form) (kept []Form, omitted int) {
	fields := 0
	for _, form := range forms {
		skipOrBack := formRank(form) >= 2
		if len(kept) >= mostForms && !skipOrBack || fields+len(form.Fields) > mostFields {
			omitted++
			continue
		}
		fields += len(form.Fields)
		kept = append(kept, form)
	}
	return kept, omitted
}

// formRank returns the place of a form: forms with fields come first, then those without, then skip, then back.
func formRank(form Form) int {
	switch {
	case form.Action == hanko.ActionBack:
		return 3
	case form.Action == hanko.ActionSkip:
		return 2
	case len(form.Fields) == 0:
		return 1
	default:
		return 0
	}
}
