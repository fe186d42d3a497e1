package login

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
)

// Problem describes a failure to a person: what happened, the cause, and what to do. It has the tenant's own words, too. All
// of its text is printable.
type Problem struct {
	Sentence string    // what happened
	Said     string    // what the tenant or the phone said; may be ""
	Cause    string    // the likely cause
	Remedy   string    // what to do
	RetryAt  time.Time // when trying again makes sense; zero for any time
	Err      error     // the cause, for a caller to switch on

	Fields []hanko.FieldError // the fields of a flow that the tenant has complained about, for a caller to switch on
}

// The Err of a Problem for something that a tenant's flow does not offer.
var (
	ErrNoSignUp        = errors.New("the tenant's flow accepts no new users")
	ErrNoPasskeySignIn = errors.New("the tenant's flow does not offer signing in with a passkey")
)

// Error returns the problem in one line.
func (p *Problem) Error() string {
	text := p.Sentence
	for _, part := range []string{p.Said, p.Cause, p.Remedy} {
		if part != "" {
			text += " " + sentence(part)
		}
	}
	return text
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Err }

// ProblemOf describes an error to a person. attempt is what failed, as in "sign in with a passkey".
func ProblemOf(attempt string, err error) Problem {
	problem := Problem{Sentence: fmt.Sprintf("It was not possible to %s.", hanko.Printable(attempt)), Err: err}
	var (
		api      *hanko.Error
		phone    *authenticator.Error
		keystore *authenticator.KeystoreError
	)
	switch {
	case errors.As(err, &api):
		problem.Said = api.Summary()
		problem.Cause = api.Means
		problem.Remedy = api.Do
		if api.RetryAfter > 0 {
			problem.RetryAt = after(api.RetryAfter)
		}
		if api.Kind == hanko.Unreachable || api.Kind == hanko.Insecure || api.Kind == hanko.TimedOut {
			problem.Sentence = "The tenant could not be reached."
		}
	case errors.As(err, &keystore):
		problem.Sentence = "The phone's keystore could not be used."
		problem.Cause = hanko.Printable(keystore.Error())
		problem.Remedy = "Nothing was overwritten. Move the file away to start with an empty phone, or replace it with a good copy."
	case errors.As(err, &phone):
		problem.Sentence = "The phone did not " + phoneVerb[phone.Ceremony] + "."
		problem.Said = string(phone.Name)
		if phone.Platform != "" {
			problem.Said += " · " + phone.Platform
		}
		problem.Cause = sentence(phone.Sentence)
		if phone.Err != nil && phone.Name != authenticator.NotAllowedError && !errors.Is(phone.Err, context.Canceled) {
			problem.Cause += " " + sentence(hanko.Printable(phone.Err.Error()))
		}
		problem.Remedy = sentence(phone.Hint)
		if phone.Name == authenticator.NotAllowedError && problem.Remedy == "" {
			problem.Remedy = "Nothing has changed. Try again, or continue without it."
		}
	case err != nil:
		problem.Cause = hanko.Printable(err.Error())
	}
	return problem
}

// after returns when a wait is over that the tenant asks for. It adds a second, because Hanko rounds the wait down.
func after(wait time.Duration) time.Time { return time.Now().Add(wait + time.Second) }

var phoneVerb = map[authenticator.Ceremony]string{
	authenticator.Create: "create a passkey",
	authenticator.Get:    "use a passkey",
	"":                   "accept the passkey options",
}

// sentence turns a clause into a sentence, with a capital letter at the start and a full stop at the end.
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

// status returns the HTTP status of a refusal by the tenant, or 0 for other errors.
func status(err error) int {
	var api *hanko.Error
	if errors.As(err, &api) && api.Kind == hanko.Refused {
		return api.Status
	}
	return 0
}
