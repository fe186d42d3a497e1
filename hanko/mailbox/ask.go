package mailbox

import (
	"context"
	"time"
)

// attempts is how many times a person is asked for one passcode.
const attempts = 3

// asked is a box that asks a person, who reads the mail.
type asked struct {
	ask  func(ctx context.Context, question string) (string, error)
	life life
}

func openAsk(options Options) (Box, error) {
	if options.Ask == nil {
		return nil, &Error{
			Kind: BadSpec, Box: "ask", Problem: `The mailbox "ask" needs a person, and there is nobody to ask here`,
			Hint: "Run this on a terminal, or name a mailbox that can be read without a person.",
		}
	}
	return &asked{ask: options.Ask, life: newLife()}, nil
}

func (a *asked) String() string { return "the person at the terminal" }

func (a *asked) Close() error {
	a.life.end()
	return nil
}

// Passcode asks the person until PastedCode finds a code in the answer, at most three times.
func (a *asked) Passcode(ctx context.Context, want Want) (string, error) {
	want, err := want.complete(a.String())
	if err != nil {
		return "", err
	}
	ctx, release := a.life.bound(ctx)
	defer release()
	started := time.Now()
	question := "Passcode mailed to " + want.To + ": "
	for range attempts {
		answer, err := a.ask(ctx, question)
		switch {
		case ctx.Err() != nil:
			return "", noMail(ctx, a.String(), want.To, started, "", "")
		case err != nil:
			return "", &Error{Kind: Unreachable, Box: a.String(), Problem: "hankosim could not ask for the passcode", Err: err}
		}
		if code, ok := pastedCode(answer, want); ok {
			return code, nil
		}
		question = "That is not a passcode. Passcode mailed to " + want.To + ": "
	}
	return "", &NoMailError{To: want.To, Waited: time.Since(started), Err: &Error{
		Kind: NoCode, Box: a.String(), Problem: "What was typed is not a passcode",
		Hint: "A passcode is a short run of digits, or of letters and digits; copy it from the mail.",
	}}
}
