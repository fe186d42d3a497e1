package login

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
)

// Walk is one person's login at one tenant, with one phone. It is safe for concurrent use; only one Take runs at a time.
type Walk struct {
	client *hanko.Client
	phone  *authenticator.Phone
	key    *authenticator.Phone // the security key; nil when there is none

	recognising sync.Mutex
	recognised  hanko.Recognition // its API is "" until the tenant is recognised
	init        *hanko.Flow       // the first state of a login; nil until it is needed

	mu   sync.Mutex
	step Step
	from Step // where Back from a Failed step returns to

	email     string
	newUser   bool
	browse    func(Visit)
	patience  time.Duration // for a browser; 0 is what the tenant has
	returnTo  string        // the address to which browsers return; "" is defaultReturn
	remember  bool          // the person wants to stay signed in
	profileOf SignedIn      // whose profile is open
	rest      restState
	flow      flowState
}

// New returns a walk at EnterEmail. It sends nothing yet.
func New(client *hanko.Client, phone *authenticator.Phone, email string) *Walk {
	return &Walk{client: client, phone: phone, step: EnterEmail{Email: email}, email: email}
}

// Continue returns a walk of somebody who is already signed in, possibly with another phone.
func Continue(client *hanko.Client, phone *authenticator.Phone, in SignedIn) *Walk {
	return &Walk{client: client, phone: phone, step: in, email: in.Email}
}

// UseAPI sets the API to use, instead of finding it out. Call it before the first action.
func (w *Walk) UseAPI(api hanko.API) {
	w.recognised = hanko.Recognition{API: api, Found: "The API was chosen", Because: "the tenant was not asked"}
}

// UseSecurityKey gives the person a security key, which answers if a tenant asks for a cross-platform authenticator. Call it
// before the first action.
func (w *Walk) UseSecurityKey(key *authenticator.Phone) { w.key = key }

// Recognise finds out what kind of tenant this is, and remembers it. Take calls it when needed; a screen may want to know
// earlier. It fails with a *hanko.Error.
func (w *Walk) Recognise(ctx context.Context) (hanko.Recognition, error) {
	w.recognising.Lock()
	defer w.recognising.Unlock()
	if w.recognised.API != "" {
		return w.recognised, nil
	}
	recognised, err := w.client.Recognise(ctx)
	if err == nil {
		w.recognised = recognised
	}
	return recognised, err
}

// AsksToRemember reports whether the tenant asks people if they want to stay signed in (`session.cookie.retention: prompt`).
// Over the Flow API it looks at the first state of a login, once, and remembers the answer. Over REST there is no such
// question. It fails with a *hanko.Error.
func (w *Walk) AsksToRemember(ctx context.Context) (bool, error) {
	recognised, err := w.Recognise(ctx)
	if err != nil || recognised.API != hanko.FlowAPI {
		return false, err
	}
	init, err := w.loginInit(ctx, recognised)
	_, asks := init.Actions[hanko.ActionRememberMe]
	return asks, err
}

// loginInit returns the first state of a login, which it requests only once.
func (w *Walk) loginInit(ctx context.Context, recognised hanko.Recognition) (hanko.Flow, error) {
	w.recognising.Lock()
	defer w.recognising.Unlock()
	if w.init == nil {
		init, err := w.client.LoginInit(ctx, recognised)
		if err != nil {
			return hanko.Flow{}, err
		}
		w.init = &init
	}
	return *w.init, nil
}

// Step returns the current step.
func (w *Walk) Step() Step {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.step
}

// Take takes an action and returns the next step, which has the exchanges that led to it. Failures are steps, too: the same
// step with a Problem if the person can correct it, and Failed otherwise. If ctx is cancelled, the walk stays where it was.
func (w *Walk) Take(ctx context.Context, action Action) Step {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.client.Log().Len()
	start := w.step
	if _, again := action.(Retry); again {
		failed, ok := w.step.(Failed)
		if !ok || failed.Again == nil {
			return w.step
		}
		action, w.step = failed.Again, w.from
	}
	at := w.step
	next := w.take(ctx, action)
	if ctx.Err() != nil && isCanceled(next) {
		next = start
	} else if _, failed := next.(Failed); failed {
		if _, already := at.(Failed); !already {
			w.from = at
		}
	}
	w.step = next.withExchanges(w.client.Log().From(before))
	return w.step
}

func isCanceled(step Step) bool {
	failed, ok := step.(Failed)
	if !ok {
		return false
	}
	var api *hanko.Error
	return errors.Is(failed.Problem.Err, context.Canceled) ||
		errors.As(failed.Problem.Err, &api) && api.Kind == hanko.Canceled
}

// take is Take without its bookkeeping. The tables say what an action does, except for Back from a failure.
func (w *Walk) take(ctx context.Context, action Action) Step {
	if at, failed := w.step.(Failed); failed {
		if _, back := action.(Back); back {
			return w.afterFailure(at)
		}
		return w.notOffered(action)
	}
	if submitted, ok := action.(SubmitEmail); ok {
		w.email, w.newUser = strings.TrimSpace(submitted.Email), false // kept even if the action fails
		w.remember = submitted.Remember
	}
	switch action := action.(type) {
	case SignInWithPasskey:
		w.remember = action.Remember
	case SignInWithThirdParty:
		w.remember, w.newUser = action.Remember, false
	}
	recognised, err := w.Recognise(ctx)
	if err != nil {
		return w.failed(Recognise{}, action, err)
	}
	if recognised.API == hanko.FlowAPI {
		return flowTable.take(ctx, w, action)
	}
	return restTable.take(ctx, w, action)
}

func (w *Walk) logOut(ctx context.Context, session hanko.Session, email string) Step {
	action := LogOut{}
	if err := w.client.LogOut(ctx, session.Token); err != nil && status(err) != http.StatusUnauthorized {
		return w.failed(action, action, err)
	}
	w.newUser = false
	return EnterEmail{Email: cmp.Or(email, w.email)}
}

// afterFailure returns the step to which Back leads from Failed: the previous one, or EnterEmail if the session or the flow
// of that step has ended.
func (w *Walk) afterFailure(failed Failed) Step {
	sessionGone := isSignedIn(w.from) && saysSessionGone(failed.Problem.Err)
	flowGone := !isSignedIn(w.from) && w.flow.over
	if _, atEmail := w.from.(EnterEmail); atEmail || sessionGone || flowGone || w.from == nil {
		return EnterEmail{Email: w.email}
	}
	return w.from
}

// saysSessionGone reports whether an error means that the session has ended, and not that a passkey was refused. Both are
// 401, but a flow's error code differs.
func saysSessionGone(err error) bool {
	var api *hanko.Error
	return status(err) == http.StatusUnauthorized && errors.As(err, &api) && api.Message != string(hanko.CodePasskeyInvalid)
}

func isSignedIn(step Step) bool {
	switch step := step.(type) {
	case OfferPasskey:
		return step.Session != nil
	case SignedIn, Profile:
		return true
	case EnterEmail, ConfirmAccount, EnterPasscode, FillForm, Failed:
	}
	return false
}

// failed returns a Failed step for the error of an action. Retry repeats again.
func (w *Walk) failed(action, again Action, err error) Failed {
	return Failed{Problem: ProblemOf(action.describe(), err), Again: again}
}

// signedIn returns the step at the end of a login, with its session.
func (w *Walk) signedIn(session hanko.Session, method Method) Step {
	token, err := hanko.ParseToken(session.Token)
	if err != nil {
		action := Action(SubmitPasscode{})
		switch method {
		case ByPasskey:
			action = SignInWithPasskey{}
		case ByThirdParty:
			action = SignInWithThirdParty{}
		case ByPasscode, ByFlow:
		}
		return w.failed(action, nil, err)
	}
	in := SignedIn{Session: session, Token: token, Email: emailIn(token), Method: method}
	if in.Email == "" && method != ByPasskey && method != ByThirdParty {
		in.Email = w.email
	}
	return in
}

func emailIn(token hanko.Token) string {
	claim, _ := token.Claims["email"].(map[string]any)
	address, _ := claim["address"].(string)
	return hanko.Printable(address)
}

// hasPasskey reports whether the phone has a passkey with the user's handle. A keystore that cannot be read counts as empty,
// so that the offer is made, and shows the keystore's error.
func (w *Walk) hasPasskey(userID string) bool {
	handle, err := userHandle(userID)
	if err != nil {
		return false
	}
	passkeys, err := w.phone.Passkeys()
	if err != nil {
		return false
	}
	return slices.ContainsFunc(passkeys, func(passkey authenticator.Passkey) bool {
		return bytes.Equal(passkey.UserHandle, handle)
	})
}

// userHandle returns Hanko's user handle in WebAuthn: the UUID's 16 bytes.
func userHandle(userID string) ([]byte, error) {
	id, err := uuid.Parse(userID)
	return id[:], err
}
