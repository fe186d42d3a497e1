package plain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/screen"
)

// conversation shows a walk as lines: it describes each step, and asks one question at a time.
type conversation struct {
	options     kit.Options
	walk        *login.Walk
	lines       *Lines
	out         io.Writer
	reported    int            // the number of exchanges that have been written
	lastProblem *login.Problem // the problem that was written last
	transcript  *transcript

	visits chan login.Visit // the addresses that a browser should open

	parties        []hanko.ThirdParty // those that the tenant offers for signing in
	asksToRemember bool               // the tenant asks whether to stay signed in
	remember       bool               // the person's answer
	recognised     hanko.Recognition  // zero until the tenant has answered
	session        *login.SignedIn    // the last one; nil before it
	unexpected     string             // the last result of kit.Options.Unexpected
	next           *kit.Reconnect     // the tenant to continue on; nil for none
}

// errLeft ends a plain walk: the person has quit, or the input has ended.
var errLeft = errors.New("left")

// Run shows a walk as lines until the person quits, the input ends or ctx ends, and then returns no error. If the person
// has connected another tenant, it returns that tenant, and otherwise nil.
func Run(ctx context.Context, options kit.Options, in *Lines, out io.Writer) (*kit.Reconnect, error) {
	options = options.Filled()
	record := &transcript{recorder: options.Record, inbox: options.Inbox, now: options.Now, known: options.Secrets}
	p := &conversation{options: options, lines: in, out: output{out, record}, transcript: record, visits: make(chan login.Visit, 1)}
	consentFor := func(authenticator.Profile) authenticator.Consent { return p.consent }
	_, p.walk = options.Equip(options.Profile, consentFor, p.report, func(visit login.Visit) { p.visits <- visit }, func(client *hanko.Client, phone *authenticator.Phone) *login.Walk {
		return login.New(client, phone, options.Email)
	})
	p.say("hankosim on %s %s. Phone: %s.", options.Tenant, options.Client.BaseURL(), options.Profile.Label)
	if how := options.Misbehaviour(); how != "" {
		p.say("%s.", how)
	}
	if options.Strict {
		p.say("The phone is strict: it refuses what only real platforms refuse.")
	}
	if options.Notice != "" {
		p.say("%s", options.Notice)
	}
	found, err := p.walk.Recognise(ctx)
	switch {
	case err != nil && ctx.Err() == nil:
		problem := login.ProblemOf("recognise the tenant", err)
		p.problem(&problem)
	case err == nil:
		p.recognised = found
		p.say("%s.", found)
		p.asksToRemember, _ = p.walk.AsksToRemember(ctx) // if it fails, there is nothing to choose
		p.parties, _ = p.walk.ThirdParties(ctx)          // the same
	}
	step := p.walk.Step()
	for {
		p.compare()
		action, err := p.ask(ctx, step)
		switch {
		case errors.Is(err, errLeft) || ctx.Err() != nil:
			p.say("")
			return p.next, nil
		case err != nil:
			return nil, err
		case action == nil:
			continue
		}
		if step, err = p.take(ctx, action); err != nil {
			p.say("")
			return p.next, nil
		}
		p.exchanges()
	}
}

// exchanges writes the exchanges since the last time.
func (p *conversation) exchanges() {
	for _, exchange := range p.options.Client.Log().From(p.reported) {
		p.reported++
		p.options.Secrets.Learn(exchange)
		path := hanko.Printable(kit.ShortPath(exchange.Path))
		if exchange.Browser {
			p.say("  %s: %s", path, exchange.Outcome())
			continue
		}
		p.say("  %s %s: %d, %s", exchange.Method, path, exchange.Status, kit.Milliseconds(exchange.Duration))
	}
}

// compare writes how the tenant differs from what is expected of it, if that has changed.
func (p *conversation) compare() {
	unexpected := p.options.Unexpected(p.recognised, p.session)
	if unexpected != "" && unexpected != p.unexpected {
		p.say("%s", unexpected)
	}
	p.unexpected = unexpected
}

// problem writes what went wrong, once.
func (p *conversation) problem(problem *login.Problem) {
	if problem == nil || problem == p.lastProblem {
		return
	}
	p.lastProblem = problem
	p.say("Problem: %s", hanko.Printable(problem.Error()))
}

// ask describes a step and returns the person's action, or nil for none.
func (p *conversation) ask(ctx context.Context, step login.Step) (login.Action, error) {
	p.transcript.begin(step)
	p.say("")
	switch step := step.(type) {
	case login.EnterEmail:
		return p.askEmail(ctx, step)
	case login.ConfirmAccount:
		p.say("%s has no account on this tenant.", hanko.Printable(step.Email))
		return p.choose(ctx, "y creates the account, b goes back, q quits:", map[string]login.Action{"y": login.CreateAccount{}, "b": login.Back{}})
	case login.EnterPasscode:
		return p.askPasscode(ctx, step)
	case login.OfferPasskey:
		p.problem(step.Problem)
		p.say("There is no passkey for you on %s yet.", kit.ThisPhone(p.options.Profile))
		actions, question := map[string]login.Action{"y": login.RegisterPasskey{}}, "y creates one, q quits:"
		if step.MaySkip {
			actions["n"], question = login.Skip{}, "y creates one, n goes on without one, q quits:"
		}
		return p.choose(ctx, question, actions)
	case login.FillForm:
		return p.askForm(ctx, step)
	case login.SignedIn:
		p.session = &step
		p.compare()
		return p.askSignedIn(ctx, step)
	case login.Profile:
		return p.askProfile(ctx, step)
	case login.Failed:
		p.problem(&step.Problem)
		actions, question := map[string]login.Action{"b": login.Back{}}, "b goes back, q quits:"
		if step.Again != nil {
			actions["r"], question = login.Retry{}, "r tries again, b goes back, q quits:"
		}
		return p.choose(ctx, question, actions)
	}
	return nil, fmt.Errorf("plain lines cannot show the step %T", step)
}

// choose asks until the answer is a key of actions.
func (p *conversation) choose(ctx context.Context, question string, actions map[string]login.Action) (login.Action, error) {
	for {
		answer, err := p.question(ctx, "%s", question)
		if err != nil {
			return nil, err
		}
		if action, ok := actions[strings.ToLower(answer)]; ok {
			return action, nil
		}
		p.say("That is not one of the choices.")
	}
}

func (p *conversation) askEmail(ctx context.Context, step login.EnterEmail) (login.Action, error) {
	p.problem(step.Problem)
	known := ""
	if step.Email != "" {
		known = " Enter alone uses " + hanko.Printable(step.Email) + "."
	}
	more := ""
	if p.asksToRemember {
		more += " k keeps you signed in " + map[bool]string{false: "(off now)", true: "(on now)"}[p.remember] + ","
	}
	if p.options.Connect != nil {
		more += " c connects another tenant,"
	}
	for i, party := range p.parties {
		p.say("  %d: sign in with %s", i+1, hanko.Printable(party.Name))
	}
	if len(p.parties) > 0 {
		more = " a number signs in with a third party," + more
	}
	answer, err := p.question(ctx, "Sign in: type your email.%s p signs in with a passkey, n creates a new account,%s q quits:", known, more)
	email, create := strings.CutPrefix(answer, "n ")
	switch {
	case err != nil:
		return nil, err
	case answer == "n":
		create = true
		if email, err = p.question(ctx, "The email of the new account:"); err != nil {
			return nil, err
		}
	case answer == "p":
		return login.SignInWithPasskey{Remember: p.remember}, nil
	case isNumber(answer) && len(p.parties) > 0:
		number, _ := strconv.Atoi(answer)
		if number < 1 || number > len(p.parties) {
			p.say("That is not one of the choices.")
			return nil, nil
		}
		return login.SignInWithThirdParty{Party: p.parties[number-1], Remember: p.remember}, nil
	case answer == "k" && p.asksToRemember:
		p.remember = !p.remember
		return nil, nil
	case answer == "c" && p.options.Connect != nil:
		return nil, p.connect(ctx)
	case answer == "" && step.Email != "":
		email = step.Email
	case answer == "":
		return nil, nil
	}
	return login.SubmitEmail{Email: hanko.CompleteEmail(email), Create: create, Remember: p.remember}, nil
}

// report says what a real phone would refuse.
func (p *conversation) report(err error) {
	p.say("A real phone would refuse (--strict does): %s", hanko.Printable(err.Error()))
}

// consent asks what the phone's sheet asks.
func (p *conversation) consent(ctx context.Context, request authenticator.ConsentRequest) (authenticator.Decision, error) {
	rp := hanko.Printable(request.RP.ID)
	if request.Ceremony == authenticator.Create {
		p.say("The phone asks: create a passkey for %s at %s?", screen.AccountName(request.Accounts[0]), rp)
	} else {
		p.say("The phone asks: sign in at %s with a passkey?", rp)
		for i, account := range request.Accounts {
			p.say("  %d: %s", i+1, screen.AccountName(account))
		}
	}
	ways := "y approves, n refuses:"
	if len(request.Accounts) > 1 {
		ways = "A number approves with that passkey, y with the first, n refuses:"
	}
	answer, err := p.question(ctx, "%s", ways)
	if err != nil {
		return authenticator.Decision{}, screen.ErrSheetLeft
	}
	decision := authenticator.Decision{Approved: true, UserVerified: true}
	if number, err := strconv.Atoi(answer); err == nil && number >= 1 && number <= len(request.Accounts) {
		decision.CredentialID = request.Accounts[number-1].CredentialID
		return decision, nil
	}
	if answer != "y" {
		return authenticator.Decision{}, nil
	}
	return decision, nil
}
