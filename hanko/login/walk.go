package login

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
)

// Walk is one person's way through a login at one tenant, with one phone. Its methods may be called from several
// goroutines; one Take runs at a time.
type Walk struct {
	client *hanko.Client
	phone  *authenticator.Phone

	mu   sync.Mutex
	step Step
	from Step // where Back from a Failed step leads

	email    string
	newUser  bool
	userID   string
	emailID  string
	passcode string // the id of the newest passcode

	restSeen bool // the tenant has the REST API, so a 404 for a user means just that
}

// New begins a walk at EnterEmail. Nothing is sent yet.
func New(client *hanko.Client, phone *authenticator.Phone, email string) *Walk {
	return &Walk{client: client, phone: phone, step: EnterEmail{Email: email}, email: email}
}

// Step is where the walk stands.
func (w *Walk) Step() Step {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.step
}

// Take does an action and returns the step it leads to, which carries the exchanges that happened on the way. What
// goes wrong is a step too: a Problem at the same step where the person can correct it, else Failed. When ctx is
// cancelled the walk stays where it was.
func (w *Walk) Take(ctx context.Context, action Action) Step {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.client.Log().Len()
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
		next = at
	}
	if _, failed := next.(Failed); failed {
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

func (w *Walk) take(ctx context.Context, action Action) Step {
	switch at := w.step.(type) {
	case EnterEmail:
		switch action := action.(type) {
		case SubmitEmail:
			return w.submitEmail(ctx, action)
		case SignInWithPasskey:
			return w.signInWithPasskey(ctx)
		}
	case ConfirmAccount:
		switch action.(type) {
		case CreateAccount:
			return w.createAccount(ctx)
		case Back:
			return EnterEmail{Email: w.email}
		}
	case EnterPasscode:
		switch action := action.(type) {
		case SubmitPasscode:
			return w.submitPasscode(ctx, at, action)
		case ResendPasscode:
			return w.resendPasscode(ctx, at)
		case Back:
			return EnterEmail{Email: w.email}
		}
	case OfferPasskey:
		in := SignedIn{Session: at.Session, Token: at.Token, Email: at.Email, Method: ByPasscode}
		switch action.(type) {
		case RegisterPasskey:
			return w.registerPasskey(ctx, in)
		case Skip, Back:
			return in
		case LogOut:
			return w.logOut(ctx, in)
		}
	case SignedIn:
		switch action.(type) {
		case RegisterPasskey:
			return w.registerPasskey(ctx, at)
		case LogOut:
			return w.logOut(ctx, at)
		}
	case Failed:
		if _, back := action.(Back); back {
			return w.afterFailure(at)
		}
	}
	return w.failed(action, nil, fmt.Errorf("%T is no action of the step %T", action, w.step))
}

// afterFailure is where Back leads from Failed: to the step that the walk stood at, or to the email where that step is
// of no use any more because the session is gone.
func (w *Walk) afterFailure(failed Failed) Step {
	sessionGone := isSignedIn(w.from) && status(failed.Problem.Err) == http.StatusUnauthorized
	if _, atEmail := w.from.(EnterEmail); atEmail || sessionGone || w.from == nil {
		return EnterEmail{Email: w.email}
	}
	return w.from
}

func isSignedIn(step Step) bool {
	switch step.(type) {
	case OfferPasskey, SignedIn:
		return true
	default:
		return false
	}
}

// failed makes a Failed step of an error. The action is the one that failed, again what Retry would do.
func (w *Walk) failed(action, again Action, err error) Failed {
	return Failed{Problem: problem(action.describe(), err), Again: again}
}

// signedIn is the step after a login with a session.
func (w *Walk) signedIn(session hanko.Session, method Method) Step {
	token, err := hanko.ParseToken(session.Token)
	if err != nil {
		return w.failed(LogOut{}, nil, err)
	}
	in := SignedIn{Session: session, Token: token, Email: emailIn(token), Method: method}
	if in.Email == "" && method == ByPasscode {
		in.Email = w.email
	}
	if method == ByPasscode && !w.hasPasskey() {
		return OfferPasskey{Session: session, Token: token, Email: in.Email}
	}
	return in
}

func emailIn(token hanko.Token) string {
	claim, _ := token.Claims["email"].(map[string]any)
	address, _ := claim["address"].(string)
	return address
}

// hasPasskey tells whether the phone holds a passkey of this walk's user, by its user handle. A keystore that cannot
// be read counts as empty: the offer is what brings its error before the person.
func (w *Walk) hasPasskey() bool {
	handle, err := userHandle(w.userID)
	if err != nil {
		return false
	}
	passkeys, err := w.phone.Passkeys()
	if err != nil {
		return false
	}
	for _, passkey := range passkeys {
		if bytes.Equal(passkey.UserHandle, handle) {
			return true
		}
	}
	return false
}
