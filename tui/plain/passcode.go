package plain

import (
	"context"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/screen"
)

func (p *conversation) askPasscode(ctx context.Context, step login.EnterPasscode) (login.Action, error) {
	p.problem(step.Problem)
	p.say("%s", screen.OnItsWay(step))
	switch {
	case step.Dead:
		p.say("No code is accepted anymore. Send a new one.")
	case step.TTL > 0:
		p.say("It is valid for %s. Tries left: %d.", kit.InWords(step.ExpiresAt().Sub(p.options.Now())), step.TriesLeft)
	}
	if step.Unsure && !step.NewUser {
		p.say("If the mail has no code, there is no account: n creates one.")
	}
	fill := ""
	if p.options.Inbox != nil {
		fill = "f takes it from the embedded tenant's mail, "
	}
	answer, err := p.questionMasked(ctx, func(line string) bool { return len(line) > 1 }, "Type or paste the code. %sr sends a new one, b goes back, q quits:", fill)
	switch {
	case err != nil:
		return nil, err
	case answer == "b":
		return login.Back{}, nil
	case answer == "r":
		return login.ResendPasscode{}, nil
	case answer == "n" && step.Unsure:
		return login.CreateAccount{}, nil
	case answer == "f":
		return p.codeFromMail(step.Email), nil
	}
	code, found := mailbox.PastedCode(answer)
	if !found {
		p.say("That does not contain exactly one code of %d letters or digits.", screen.CodeLength)
		return nil, nil
	}
	return login.SubmitPasscode{Code: code}, nil
}

// codeFromMail returns the action that submits the code in the embedded tenant's newest mail, or nil if there is no code.
func (p *conversation) codeFromMail(address string) login.Action {
	if p.options.Inbox != nil {
		if code, found := screen.CodeFor(p.options.Inbox.Mails(), address, p.options.Now()); found {
			p.say("The code in the mail is %s.", hanko.Printable(code))
			return login.SubmitPasscode{Code: code}
		}
	}
	p.say("There is no mail with a code.")
	return nil
}
