package login

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
)

// The walk of Hanko's mobile guide, over the REST API of backends v1.0 to v2.7. Here, the app decides the next step.

// maxTries is how many codes the tenant checks for one passcode. The third wrong one is answered 410.
const maxTries = 3

// restState is what the app keeps between the guide's calls.
type restState struct {
	userID   string
	emailID  string
	passcode string // the ID of the newest passcode
	lost     bool   // a code may have reached the tenant, but there was no answer
	kept     bool   // the tenant has accepted a session of its REST API
	seen     bool   // the tenant has the REST API, so a 404 for a user means that there is none
}

// restTable says what each action does at each step over REST.
var restTable = tableOf(
	on[EnterEmail, SubmitEmail]((*Walk).submitEmail),
	on[EnterEmail, SignInWithPasskey]((*Walk).signInWithPasskey),
	on[EnterEmail, SignInWithThirdParty]((*Walk).signInWithThirdParty),

	on[ConfirmAccount, CreateAccount]((*Walk).createAccount),
	backToEmail[ConfirmAccount](),

	on[EnterPasscode, SubmitPasscode]((*Walk).submitPasscode),
	on[EnterPasscode, ResendPasscode]((*Walk).resendPasscode),
	backToEmail[EnterPasscode](),

	on[OfferPasskey, RegisterPasskey]((*Walk).registerOffered),
	passOffer[Skip](),
	passOffer[Back](),
	on[OfferPasskey, LogOut]((*Walk).logOutAtOffer),

	on[SignedIn, RegisterPasskey]((*Walk).registerPasskey),
	on[SignedIn, OpenProfile]((*Walk).openProfile),
	on[SignedIn, LogOut]((*Walk).logOutSignedIn),

	restChange(func(ctx context.Context, c *hanko.Client, token string, a AddEmail) error {
		return c.AddEmail(ctx, token, a.Address)
	}),
	restChange(func(ctx context.Context, c *hanko.Client, token string, a DeleteEmail) error {
		return c.DeleteEmail(ctx, token, a.ID)
	}),
	restChange(func(ctx context.Context, c *hanko.Client, token string, a SetPrimaryEmail) error {
		return c.SetPrimaryEmail(ctx, token, a.ID)
	}),
	restChange(func(ctx context.Context, c *hanko.Client, token string, a RenamePasskey) error {
		return c.RenameCredential(ctx, token, a.ID, a.Name)
	}),
	restChange(func(ctx context.Context, c *hanko.Client, token string, a DeletePasskey) error {
		return c.DeleteCredential(ctx, token, a.ID)
	}),
	on[Profile, DeleteAccount]((*Walk).deleteAccount),
	closeProfile(),
)

// signedIn returns the step after an offer over REST, where the person is already signed in.
func (s OfferPasskey) signedIn() SignedIn {
	return SignedIn{Session: *s.Session, Token: s.Token, Email: s.Email, Method: ByPasscode}
}

// passOffer returns the row for an action that continues without a passkey.
func passOffer[A Action]() rule {
	return on(func(_ *Walk, _ context.Context, at OfferPasskey, _ A) Step { return at.signedIn() })
}

func (w *Walk) registerOffered(ctx context.Context, at OfferPasskey, action RegisterPasskey) Step {
	return w.registerPasskey(ctx, at.signedIn(), action)
}

// submitEmail is step 1 of the guide: ask whether the address has a user.
func (w *Walk) submitEmail(ctx context.Context, _ EnterEmail, action SubmitEmail) Step {
	user, err := w.client.FindUser(ctx, w.email)
	switch status(err) {
	case 0:
		if err != nil {
			return w.failed(action, action, err)
		}
		w.rest.seen = true
		w.rest.userID, w.rest.emailID = user.ID, user.EmailID
		return w.sendPasscode(ctx, action)
	case http.StatusNotFound:
		if err := w.expectREST(ctx); err != nil {
			return w.failed(action, action, err)
		}
		return ConfirmAccount{Email: w.email}
	case http.StatusBadRequest:
		why := ProblemOf(action.describe(), err)
		return EnterEmail{Email: w.email, Problem: &why}
	default:
		return w.failed(action, action, err)
	}
}

// expectREST tells "no such user" from "no such route", which have the same answer: a v3 tenant has no /.well-known/config,
// either. A tenant that was recognised has the routes, but the API may have been chosen by hand.
func (w *Walk) expectREST(ctx context.Context) error {
	if w.rest.seen || w.recognised.Config != nil {
		return nil
	}
	if _, err := w.client.PublicConfig(ctx); err != nil {
		return err
	}
	w.rest.seen = true
	return nil
}

// createAccount is step 2: create the user, and request the first passcode. If only the latter failed, a retry does not
// create the user again, because the address would get a second user.
func (w *Walk) createAccount(ctx context.Context, _ ConfirmAccount, action CreateAccount) Step {
	if w.newUser {
		return w.sendPasscode(ctx, action)
	}
	created, err := w.client.CreateUser(ctx, w.email)
	switch status(err) {
	case 0:
		if err != nil {
			return w.failed(action, action, err)
		}
		w.rest.userID, w.rest.emailID, w.newUser = created.ID, created.EmailID, true
	case http.StatusConflict:
		// Somebody else has created the user in the meantime. As the guide says, use the ID from step 1's call.
		user, err := w.client.FindUser(ctx, w.email)
		if err != nil {
			return w.failed(action, action, err)
		}
		w.rest.userID, w.rest.emailID = user.ID, user.EmailID
	case http.StatusBadRequest:
		why := ProblemOf(action.describe(), err)
		return EnterEmail{Email: w.email, Problem: &why}
	case http.StatusForbidden, http.StatusNotFound:
		return w.failed(action, nil, err)
	default:
		return w.failed(action, action, err)
	}
	return w.sendPasscode(ctx, action)
}

// sendPasscode is the first half of step 3: request the passcode. On a failure, Retry repeats again.
func (w *Walk) sendPasscode(ctx context.Context, again Action) Step {
	passcode, limit, err := w.client.InitializePasscode(ctx, w.rest.userID, w.rest.emailID)
	if err != nil {
		switch status(err) {
		case http.StatusNotFound:
			again = nil
		case http.StatusBadRequest, http.StatusForbidden:
			w.newUser = false // the new user is gone, or the address now belongs to another one
		}
		return w.failed(ResendPasscode{}, again, err)
	}
	w.rest.passcode, w.rest.lost = passcode.ID, false
	return EnterPasscode{
		Email:     w.email,
		NewUser:   w.newUser,
		SentAt:    time.Now(),
		TTL:       time.Duration(min(max(passcode.TTL, 0), 86400)) * time.Second,
		TriesLeft: maxTries,
		ResendAt:  resendAt(limit),
	}
}

func resendAt(limit hanko.RateLimit) time.Time {
	if limit.Limit == 0 || limit.Remaining > 0 {
		return time.Time{}
	}
	return after(limit.Reset)
}

func (w *Walk) resendPasscode(ctx context.Context, at EnterPasscode, action ResendPasscode) Step {
	next := w.sendPasscode(ctx, action)
	failed, ok := next.(Failed)
	if ok && status(failed.Problem.Err) == http.StatusTooManyRequests {
		// The previous code is still valid: stay.
		at.Problem = &failed.Problem
		if !at.Dead {
			at.Problem.Remedy += " The last code that you received is still valid."
		}
		at.ResendAt = failed.Problem.RetryAt
		return at
	}
	return next
}

// submitPasscode is the second half of step 3: send the code.
func (w *Walk) submitPasscode(ctx context.Context, at EnterPasscode, action SubmitPasscode) Step {
	session, err := w.client.FinalizePasscode(ctx, w.rest.passcode, action.Code)
	if err == nil {
		if refused := w.refusedSession(ctx, session); refused != nil {
			return w.overFlows(refused, func() Step { return w.openLogin(ctx, SubmitEmail{Email: w.email}) })
		}
		next := w.signedIn(session, ByPasscode)
		if in, ok := next.(SignedIn); ok && !w.hasPasskey(w.rest.userID) {
			return OfferPasskey{Session: &in.Session, Token: in.Token, Email: in.Email, MaySkip: true}
		}
		return next
	}
	why := ProblemOf(action.describe(), err)
	at.Problem = &why
	switch status(err) {
	case http.StatusUnauthorized:
		at.TriesLeft--
		why.Sentence = "That code is wrong."
		if at.TriesLeft <= 0 || saysPasscodeGone(err) {
			at.Dead = true
			why.Sentence = "The tenant no longer has this passcode."
			why.Remedy = "Ask for a new code."
		}
	case http.StatusBadRequest:
		why.Sentence = "The tenant could not read that code."
	case http.StatusRequestTimeout:
		at.Dead = true
		why.Sentence = "That code has expired."
	case http.StatusGone:
		at.Dead, at.TriesLeft = true, 0
		why.Sentence = "That was one wrong code too many."
	default:
		again := Action(action)
		if status(err) == http.StatusForbidden || status(err) == http.StatusNotFound {
			again = nil
		}
		failed := w.failed(action, again, err)
		if answerLost(err) {
			w.rest.lost = true
			failed.Problem.Remedy += " The tenant may have used the code anyway. If it is refused now, ask for a new one."
		}
		return failed
	}
	if w.rest.lost {
		why.Cause += mayBeUsed
	}
	return at
}

// mayBeUsed is added to the cause of a refusal if the previous try may have succeeded.
const mayBeUsed = " The previous try, whose answer was lost, may have used the code."

// answerLost reports whether the tenant may have carried out a call whose answer did not arrive.
func answerLost(err error) bool {
	var api *hanko.Error
	switch {
	case !errors.As(err, &api) || !api.Sent:
		return false
	case api.Kind == hanko.Refused:
		return api.Status == http.StatusBadGateway || api.Status == http.StatusGatewayTimeout // from a proxy
	case api.Kind == hanko.NotHanko:
		return api.Status < http.StatusMultipleChoices // any other status comes from a proxy
	default:
		return api.Kind != hanko.Insecure && api.Kind != hanko.Redirected
	}
}

// saysPasscodeGone reports whether a passcode is used or unknown, and not just wrong. Both are 401, with different messages.
func saysPasscodeGone(err error) bool {
	var api *hanko.Error
	return errors.As(err, &api) && strings.Contains(strings.ToLower(api.Message), "not found")
}

// registerPasskey is step 4: register a passkey, with the session that the passcode gave.
func (w *Walk) registerPasskey(ctx context.Context, in SignedIn, action RegisterPasskey) Step {
	options, err := w.client.InitializeRegistration(ctx, in.Session.Token)
	if err != nil {
		return w.failed(action, unlessHopeless(action, err), err)
	}
	creation, err := authenticator.ParseCreationOptions(options)
	if err != nil {
		return w.failed(action, action, err)
	}
	attestation, err := w.phone.Create(ctx, creation)
	if err != nil {
		return w.failed(action, action, err)
	}
	_, err = w.client.FinalizeRegistration(ctx, in.Session.Token, attestation)
	if err != nil {
		// The phone would offer the refused passkey, but it would never work. An app tells the platform so
		// (signalUnknownCredential); here, it is deleted. After any other failure, such as a proxy's 504, the tenant may
		// have stored the passkey, so it stays.
		if refused := status(err); refused >= 400 && refused < 500 {
			if forget := w.phone.Delete(attestation.RawID); forget != nil {
				err = errors.Join(err, forget)
			}
		}
		return w.failed(action, unlessHopeless(action, err), err)
	}
	in.Registered = attestation.ID
	return in
}

// signInWithPasskey is step 5: sign in with a passkey. It names no user, so the phone offers all passkeys that it has for the
// tenant.
func (w *Walk) signInWithPasskey(ctx context.Context, _ EnterEmail, action SignInWithPasskey) Step {
	options, err := w.client.InitializeLogin(ctx, "")
	if err != nil {
		return w.failed(action, unlessHopeless(action, err), err)
	}
	request, err := authenticator.ParseRequestOptions(options)
	if err != nil {
		return w.failed(action, action, err)
	}
	assertion, err := w.phone.Get(ctx, request)
	if err != nil {
		return w.failed(action, action, err)
	}
	session, err := w.client.FinalizeLogin(ctx, assertion)
	if err != nil {
		return w.failed(action, unlessHopeless(action, err), err)
	}
	if refused := w.refusedSession(ctx, session); refused != nil {
		return w.overFlows(refused, func() Step { return w.openPasskeyLogin(ctx, EnterEmail{}, action) })
	}
	return w.signedIn(session, ByPasskey)
}

// refusedSession returns the tenant's error if the tenant refuses the session that its REST API has just started. v1.4.0
// does, because it stores only the sessions of flows. refusedSession asks once in a walk, and only if the API was not chosen
// by hand.
func (w *Walk) refusedSession(ctx context.Context, session hanko.Session) error {
	if w.recognised.Config == nil || w.rest.kept {
		return nil
	}
	_, err := w.client.Me(ctx, session.Token)
	w.rest.kept = err == nil
	if status(err) != http.StatusUnauthorized {
		return nil
	}
	return err
}

// overFlows continues over the Flow API, and says why the person has to sign in again.
func (w *Walk) overFlows(refused error, again func() Step) Step {
	w.recognised = w.client.OverFlows(w.recognised)
	why := &Problem{
		Sentence: "The tenant refuses the session that its REST API has just started.",
		Cause:    "Hanko v1.4.0 does so, because it stores only the sessions of its Flow API (v1.4.1 and later store both).",
		Remedy:   "The login starts again, over the Flow API.",
		Err:      refused,
	}
	step := again()
	switch next := step.(type) {
	case EnterPasscode:
		if next.Problem == nil {
			why.Remedy += " Enter the code from the newest mail."
			next.Problem = why
		}
		return next
	case FillForm:
		if next.Problem == nil {
			next.Problem = why
		}
		return next
	case EnterEmail, ConfirmAccount, OfferPasskey, SignedIn, Profile, Failed:
		// No explanation is needed: a passkey was used, or there is another problem.
	}
	return step
}

// unlessHopeless returns the action, or nil if repeating it would be refused again: passkeys are switched off, or the session
// that it needs has ended.
func unlessHopeless(action Action, err error) Action {
	_, needsSession := action.(RegisterPasskey)
	if refused := status(err); refused == http.StatusNotFound || needsSession && refused == http.StatusUnauthorized {
		return nil
	}
	return action
}
