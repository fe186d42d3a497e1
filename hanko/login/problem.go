package login

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
)

// Problem is a failure told to a person: a sentence, its cause, and what to do. Both the tenant's own words and ours
// are in it. All of its text is printable.
type Problem struct {
	Sentence string    // what happened
	Said     string    // what the tenant or the phone itself said; "" when it said nothing
	Cause    string    // what it probably means
	Remedy   string    // what to do
	RetryAt  time.Time // doing it again is of no use before then; zero when it does not matter
	Err      error     // the error below, for a caller to switch on

	Fields []hanko.FieldError // the fields of a flow that the tenant has complained about, for a caller to switch on
}

// What a tenant's flow does not offer, as a Problem's Err.
var (
	ErrNoSignUp        = errors.New("the tenant takes no new users in its flow")
	ErrNoPasskeySignIn = errors.New("the tenant offers no sign-in with a passkey in its flow")
)

// Error is the problem in one line.
func (p *Problem) Error() string {
	text := p.Sentence
	for _, part := range []string{p.Said, p.Cause, p.Remedy} {
		if part != "" {
			text += " " + sentence(part)
		}
	}
	return text
}

// Unwrap gives the error below.
func (p *Problem) Unwrap() error { return p.Err }

// ProblemOf tells an error to a person: attempt is what was being done, as in "sign in with a passkey".
func ProblemOf(attempt string, err error) Problem {
	told := Problem{Sentence: fmt.Sprintf("It was not possible to %s.", attempt), Err: err}
	var (
		api      *hanko.Error
		phone    *authenticator.Error
		keystore *authenticator.KeystoreError
	)
	switch {
	case errors.As(err, &api):
		told.Said = api.Summary()
		told.Cause = api.Means
		told.Remedy = api.Do
		if api.RetryAfter > 0 {
			told.RetryAt = after(api.RetryAfter)
		}
		if api.Kind == hanko.Unreachable || api.Kind == hanko.Insecure || api.Kind == hanko.TimedOut {
			told.Sentence = "The tenant could not be reached."
		}
	case errors.As(err, &keystore):
		told.Sentence = "The phone's keystore could not be used."
		told.Cause = hanko.Printable(keystore.Error())
		told.Remedy = "Nothing was overwritten. Move the file away to begin with an empty phone, or put a good copy in its place."
	case errors.As(err, &phone):
		told.Sentence = "The phone did not " + phoneVerb[phone.Ceremony] + "."
		told.Said = string(phone.Name)
		if phone.Platform != "" {
			told.Said += " · " + phone.Platform
		}
		told.Cause = sentence(phone.Sentence)
		if phone.Err != nil && phone.Name != authenticator.NotAllowedError && !errors.Is(phone.Err, context.Canceled) {
			told.Cause += " " + sentence(hanko.Printable(phone.Err.Error()))
		}
		told.Remedy = sentence(phone.Hint)
		if phone.Name == authenticator.NotAllowedError && told.Remedy == "" {
			told.Remedy = "Nothing has changed: try again, or go on without."
		}
	case err != nil:
		told.Cause = hanko.Printable(err.Error())
	}
	return told
}

// after is when a wait is over that the tenant has asked for. Hanko leaves out fractions of a second: who comes after so
// many seconds exactly comes too early.
func after(wait time.Duration) time.Time { return time.Now().Add(wait + time.Second) }

var phoneVerb = map[authenticator.Ceremony]string{
	authenticator.Create: "create a passkey",
	authenticator.Get:    "use a passkey",
	"":                   "accept the passkey options",
}

// sentence makes a clause into one: a capital at the start, a full stop at the end.
func sentence(clause string) string {
	clause = hanko.Printable(clause)
	if clause == "" {
		return ""
	}
	first := clause[0]
	if first >= 'a' && first <= 'z' {
		clause = string(first-'a'+'A') + clause[1:]
	}
	switch clause[len(clause)-1] {
	case '.', '!', '?':
		return clause
	default:
		return clause + "."
	}
}

// status is the HTTP status of a refusal by the tenant, and 0 for every other error.
func status(err error) int {
	var api *hanko.Error
	if errors.As(err, &api) && api.Kind == hanko.Refused {
		return api.Status
	}
	return 0
}
