package smoke

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/provider"
	"example.com/hankosim/hanko/secret"
)

// At hankosim's own provider, the robot goes all the way: it answers on the consent page, and comes back.

// longestPage is how long a browser waits for a page.
const longestPage = 15 * time.Second

// ownParty is the third party that is hankosim's own provider, by the page that the tenant sends a browser to. The outcome
// says what was found instead.
func (r *run) ownParty(ctx context.Context) (hanko.ThirdParty, *Outcome) {
	r.lookForOwn(ctx)
	if r.parties.own != nil {
		return *r.parties.own, nil
	}
	outcome := skip("hankosim signs in only at its own provider (`hankosim provider`), and %s", cmp.Or(strings.Join(r.parties.strange, "; "), "the tenant sends no browser to a third party"))
	return hanko.ThirdParty{}, &outcome
}

func (r *run) lookForOwn(ctx context.Context) {
	if r.parties.looked {
		return
	}
	r.parties.looked = true
	for _, party := range r.parties.offered {
		address := r.pageOf(ctx, party)
		if address == "" {
			continue
		}
		page, err := r.open(ctx, provider.NewBrowser(r.Browser), address)
		switch {
		case err == nil && page.Consent:
			r.parties.own = &party
			return
		case err != nil:
			r.parties.strange = append(r.parties.strange, fmt.Sprintf("the page of %s is not reached from here: %v", hanko.Printable(party.Name), err))
		default:
			r.parties.strange = append(r.parties.strange, fmt.Sprintf("the page of %s at %s is another", hanko.Printable(party.Name), hostOf(address)))
		}
	}
}

// cameTo reports whether an address is an app's, with what the tenant adds to it.
func cameTo(address, back string) bool {
	a, err := url.Parse(address)
	b, invalid := url.Parse(back)
	return err == nil && invalid == nil && a.Scheme == b.Scheme && a.Host == b.Host && strings.TrimSuffix(a.Path, "/") == strings.TrimSuffix(b.Path, "/")
}

// visit has a browser open an address, answer on the consent page, and go on until it is sent to the app's address, which it
// does not open, or stays somewhere. It returns that address. It fails with an *astrayError.
func (r *run) visit(ctx context.Context, browser *provider.Browser, address, back string, answer provider.Answer) (string, error) {
	page := provider.Page{Next: address}
	for range provider.MostRedirects {
		var err error
		switch {
		case page.Consent:
			page, err = browser.Answer(ctx, page, answer)
			if err != nil {
				err = &astrayError{hostOf(page.URL), err}
			}
		case page.Next == "":
			return page.URL, nil
		case !provider.IsWeb(page.Next), cameTo(page.Next, back):
			return page.Next, nil
		default:
			page, err = r.open(ctx, browser, page.Next)
		}
		if err != nil {
			return "", err
		}
	}
	return page.Next, nil
}

// went is how a visit of the walk's browser ended.
type went struct {
	address string
	err     error
}

// signInAt signs somebody in with a third party as an app does: the walk listens, and a browser comes there. ended is where the
// browser was, where it did not come back with a token.
func (r *run) signInAt(ctx context.Context, walk *login.Walk, party hanko.ThirdParty, answer provider.Answer) (step login.Step, ended went) {
	if r.ReturnAddress != "" {
		walk.UseReturnAddress(r.ReturnAddress)
	}
	for {
		taking, giveUp := context.WithCancel(ctx)
		visits := make(chan went, 1)
		gone := false
		walk.UseBrowser(func(visit login.Visit) {
			gone = true
			go func() {
				browser := provider.NewBrowser(r.Browser)
				address, err := r.visit(taking, browser, visit.URL, visit.Back, answer)
				visits <- went{address, err}
				if err != nil || !cameTo(address, visit.Back) {
					giveUp() // nobody comes
					return
				}
				_, _ = r.open(taking, browser, address) // what comes of it, the walk says
			}()
		})
		step = walk.Take(taking, login.SignInWithThirdParty{Party: party})
		ended = went{}
		if gone {
			select {
			case ended = <-visits:
			case <-ctx.Done():
			}
		}
		giveUp()
		switch at := step.(type) {
		case login.Failed:
			if !rateLimited(&at.Problem) || !r.waitUntil(ctx, at.Problem.RetryAt, "before the next one-time token") {
				return step, ended
			}
			walk.Take(ctx, login.Back{})
		case login.EnterEmail, login.ConfirmAccount, login.EnterPasscode, login.OfferPasskey, login.FillForm, login.SignedIn, login.Profile:
			return step, ended
		}
	}
}

func thirdPartySignIn(ctx context.Context, r *run) Outcome {
	party, none := r.ownParty(ctx)
	if none != nil {
		return *none
	}
	if !r.mayListen(ctx, party) {
		return skip("the tenant does not let a browser come back to %s, where hankosim listens", r.listens())
	}
	r.parties.person = provider.Newcomer()
	walk := r.walk(iphone())
	step, ended := r.signInAt(ctx, walk, party, provider.Answer{Person: r.parties.person.ID})
	if back, err := url.Parse(ended.address); err == nil && ended.address != "" {
		r.parties.token, _ = hanko.ReturnedToken(back.Query())
	}
	if r.parties.token != "" {
		r.secrets.LearnText(secret.Token, r.parties.token)
		r.halfway = append(r.halfway, r.parties.person.Email) // the tenant makes the user before the app has the token
	}
	if outcome := r.notSignedIn(party, step, ended); outcome != nil {
		return *outcome
	}
	in, err := r.drive(ctx, walk, wish{email: r.parties.person.Email, newUser: true})
	if err != nil {
		return diagnose(err)
	}
	r.signedUpBy(r.parties.person.Email, in, iphone())
	r.parties.user = r.users[len(r.users)-1]
	if _, err := r.client.Me(ctx, in.Session.Token); err != nil {
		return r.notKnown(err)
	}
	return pass("%s has a session, by %s", r.parties.person.Email, hanko.Printable(party.Name))
}

// mayListen reports whether the tenant lets a browser come back to where hankosim listens.
func (r *run) mayListen(ctx context.Context, party hanko.ThirdParty) bool {
	if !r.parties.allowed[r.listens()] {
		_, _ = r.sendOff(ctx, party, r.listens())
	}
	return r.parties.allowed[r.listens()]
}

// notSignedIn is the outcome of a sign-in that did not come about; nil if it goes on.
func (r *run) notSignedIn(party hanko.ThirdParty, step login.Step, ended went) *Outcome {
	name := hanko.Printable(party.Name)
	var (
		said    *hanko.ThirdPartyError
		outcome Outcome
	)
	switch at := step.(type) {
	case login.ConfirmAccount, login.EnterPasscode, login.OfferPasskey, login.FillForm, login.SignedIn, login.Profile:
		return nil
	case login.Failed:
		switch {
		case errors.As(at.Problem.Err, &said):
			outcome = r.turnedAway(party, said)
		case rateLimited(&at.Problem):
			outcome = tokensLimited()
		default:
			outcome = diagnose(&stuckError{"the way back from " + name, &at.Problem})
		}
	case login.EnterEmail: // nobody came
		switch {
		case ended.err != nil:
			outcome = fail(fmt.Sprintf("The browser was on its way back from %s, and %v.", name, ended.err),
				"The third party sends browsers to an address that is not the tenant's, or people's browsers reach what this machine does not.", keyCallback,
				fmt.Sprintf("Check `%s`: it is the tenant's own URL, as browsers reach it, with /thirdparty/callback behind it.", keyCallback))
		case errors.As(broughtBack(ended.address), &said) && said.Code != "":
			outcome = r.turnedAway(party, said)
			outcome.Note += fmt.Sprintf(" The browser ended at %s, and not at the app.", hostOf(ended.address))
		default:
			outcome = unknown("the browser ended at %s", hostOf(ended.address))
		}
	}
	return &outcome
}

// broughtBack is the error that a browser brings to an address; nil if it brings a token.
func broughtBack(address string) error {
	parsed, err := url.Parse(address)
	if err == nil {
		_, err = hanko.ReturnedToken(parsed.Query())
	}
	return err
}

// turnedAway is the outcome of an error that a browser came back with.
func (r *run) turnedAway(party hanko.ThirdParty, said *hanko.ThirdPartyError) Outcome {
	cause, remedy := said.Explain()
	outcome := fail(sentenceOf(said)+".", cmp.Or(cause, "The tenant or the third party does not say more."), "", cmp.Or(remedy, "Look at the tenant's log."))
	description := strings.ToLower(said.Description)
	switch {
	case said.Code == hanko.ThirdPartySignUpDisabled:
		outcome.Key = "account.allow_signup" // which may be intended: reconsider says so
	case strings.Contains(description, "exchange authorization code"):
		outcome.Key, outcome.OtherKeys = providerKey(party.ID, "secret"), []string{providerKey(party.ID, "client_id")}
		outcome.Cause = "The third party does not take the code from the tenant: most often, the tenant's client secret is not the one that the third party has."
		outcome.Remedy = fmt.Sprintf("Set `%s` and `%s` to what the third party has for this tenant.", outcome.Key, outcome.OtherKeys[0])
	case strings.Contains(description, "retrieve user data"):
		outcome.Key = providerKey(party.ID, "scopes")
	case strings.Contains(description, "state"):
		outcome.Key = keyCallback
	case strings.Contains(description, "openid-configuration"):
		outcome.Key = providerKey(party.ID, "issuer")
	}
	return outcome
}

// tokensLimited is the outcome of a tenant that takes no more one-time tokens for now.
func tokensLimited() Outcome {
	return Outcome{
		Verdict: Inconclusive, Note: "the tenant's limit of one-time tokens was reached", Key: "rate_limiter.token_limits",
		Cause:  "The run hands in four one-time tokens. The tenant takes three a minute from one address as Hanko has it, or others used them up.",
		Remedy: "Give the run more time to wait with --timeout, or raise `rate_limiter.token_limits` on the tenant.",
	}
}

// handIn hands in a one-time token as the app of an errand does, and waits if the tenant asks for it. Hanko refuses one over
// flows with 500: that is a decision. how says what came of it.
func (r *run) handIn(ctx context.Context, e errand, token, verifier string) (taken answer, how string, err error) {
	r.secrets.LearnText(secret.Token, token)
	for {
		if e.flow.Name == "" {
			session, err := r.client.ExchangeToken(ctx, token)
			api, ok := asAPI(err)
			if rateLimited(err) && ok && r.waitUntil(ctx, time.Now().Add(api.RetryAfter+time.Second), "before the next one-time token") {
				continue
			}
			if err == nil {
				_ = r.client.LogOut(ctx, session.Token)
				return accepted, "it has started a session", nil
			}
			return answerIn(err), said(err), err
		}
		with := map[hanko.InputName]any{hanko.InputToken: token}
		if verifier != "" {
			with[hanko.InputCodeVerifier] = verifier
		}
		flow, err := r.client.Act(ctx, e.flow, hanko.ActionExchangeToken, with, "")
		api, ok := asAPI(err)
		switch {
		case ok && api.Kind == hanko.Refused && api.Message == string(hanko.CodeTechnicalError):
			return refused, "the tenant answers 500, technical_error, which is how Hanko refuses one over flows", nil
		case err != nil:
			return answerIn(err), said(err), err
		case flow.Error != nil && flow.Error.Code == hanko.CodeRateLimitExceeded:
			var payload struct {
				RetryAfter float64 `json:"retry_after"` // seconds
			}
			_ = json.Unmarshal(flow.Payload, &payload) // 0 where it does not say
			if !r.waitUntil(ctx, time.Now().Add(time.Duration(payload.RetryAfter+1)*time.Second), "before the next one-time token") {
				return unheard, "", errTokensLimited
			}
			e.flow = flow
		case flow.Error != nil && flow.Name == hanko.StateThirdParty:
			return refused, "the tenant answers " + hanko.Printable(string(flow.Error.Code)), nil
		default:
			if flow.Session != nil {
				_ = r.client.LogOut(ctx, flow.Session.Token)
			}
			return accepted, "the flow has gone on to " + hanko.Printable(string(flow.Name)), nil
		}
	}
}

var errTokensLimited = errors.New("the tenant's limit of one-time tokens was reached")

// notHandedIn is the outcome of a token that the tenant has not decided on.
func notHandedIn(err error) Outcome {
	if errors.Is(err, errTokensLimited) || rateLimited(err) {
		return tokensLimited()
	}
	return diagnose(err)
}

// lastVerifier is the code verifier with which the last one-time token was handed in; "" if there was none.
func (r *run) lastVerifier() string {
	for _, exchange := range slices.Backward(r.client.Log().From(0)) {
		var sent hanko.FlowInputs
		if bytes.Contains(exchange.RequestBody, []byte(hanko.InputCodeVerifier)) && json.Unmarshal(exchange.RequestBody, &sent) == nil {
			verifier, _ := sent.InputData[hanko.InputCodeVerifier].(string)
			return verifier
		}
	}
	return ""
}

func thirdPartyToken(ctx context.Context, r *run) Outcome {
	verifier := r.lastVerifier()
	e, err := r.sendOff(ctx, *r.parties.own, r.listens())
	if err != nil {
		return r.notLeft(ctx, *r.parties.own, r.listens(), err)
	}
	if !r.byFlow() && r.recognised.API == hanko.FlowAPI { // the browser has begun at the tenant, and the token went to a flow
		if e.flow, err = r.waitingFlow(ctx, *r.parties.own); err != nil {
			return diagnose(err)
		}
	}
	taken, how, err := r.handIn(ctx, e, r.parties.token, verifier)
	switch taken {
	case accepted:
		return fail("The tenant takes a one-time token a second time: "+how+".", "Somebody who finds the app's address in a history or a log can sign in with it, for a minute.", "", "Update the tenant's backend, and report this to Hanko.")
	case refused:
		return pass("the token of the sign-in was refused the second time: %s", how)
	default:
		return notHandedIn(err)
	}
}

// waitingFlow is a flow that takes one-time tokens.
func (r *run) waitingFlow(ctx context.Context, party hanko.ThirdParty) (hanko.Flow, error) {
	flow, err := r.client.StartFlow(ctx, hanko.LoginFlow, "")
	if err != nil {
		return flow, err
	}
	return r.client.Act(ctx, flow, hanko.ActionThirdPartyOAuth, map[hanko.InputName]any{
		hanko.InputProvider: party.ID, hanko.InputRedirectTo: r.listens(),
	}, "")
}

func thirdPartyVerifier(ctx context.Context, r *run) Outcome {
	switch {
	case r.recognised.API == hanko.REST:
		return skip("the REST API has no code verifier")
	case !r.parties.verifier:
		return skip("this release has no code verifier (v2.2.0 and later do)")
	}
	e, err := r.sendOff(ctx, *r.parties.own, r.listens())
	if err != nil {
		return r.notLeft(ctx, *r.parties.own, r.listens(), err)
	}
	address, err := r.visit(ctx, e.browser, e.at, e.back, provider.Answer{Person: r.parties.person.ID})
	if err != nil {
		return r.undelivered(err)
	}
	back, err := url.Parse(address)
	if err != nil {
		return diagnose(err)
	}
	token, err := hanko.ReturnedToken(back.Query())
	if err != nil {
		return unknown("%v", err)
	}
	taken, how, err := r.handIn(ctx, e, token, hanko.NewCodeVerifier())
	switch taken {
	case accepted:
		return fail("The tenant takes a one-time token with a code verifier that is not the app's: "+how+".", "Another app that catches the browser on its way back can sign in as the person.", "", "Update the tenant's backend, and report this to Hanko.")
	case refused:
		return pass("with another verifier, a fresh token is refused: %s", how)
	default:
		return notHandedIn(err)
	}
}

func thirdPartyDenied(ctx context.Context, r *run) Outcome {
	e, err := r.sendOff(ctx, *r.parties.own, r.listens())
	if err != nil {
		return r.notLeft(ctx, *r.parties.own, r.listens(), err)
	}
	address, err := r.visit(ctx, e.browser, e.at, e.back, provider.Answer{Deny: true})
	if err != nil {
		return r.undelivered(err)
	}
	if cameTo(address, e.back) {
		return pass("the error comes back to the app")
	}
	page, _, _ := strings.Cut(address, "?")
	outcome := fail(fmt.Sprintf("When somebody does not agree, the browser ends at %s, and the app learns nothing.", page),
		"Before v2.3.0, Hanko sends all errors to the address of `"+keyErrorPage+"`. An app waits until the person comes back by themselves.", keyErrorPage,
		fmt.Sprintf("Update the backend to v2.3.0 or later; or set `%s` to the app's own address, if only apps sign in with third parties.", keyErrorPage))
	outcome.Verdict = Inconclusive // the release is so
	return outcome
}

func thirdPartySecondFactor(ctx context.Context, r *run) Outcome {
	if r.recognised.API == hanko.REST {
		return skip("the REST API has no second factor")
	}
	party, user := *r.parties.own, r.parties.user
	token := user.in.Session.Token
	flow, err := r.client.StartFlow(ctx, hanko.ProfileFlow, token)
	if err != nil {
		return diagnose(err)
	}
	if _, offered := flow.Actions[hanko.ActionContinueToOTPSecretCreation]; !offered {
		return skip("nobody can set up an authenticator app here")
	}
	if flow, err = r.client.Act(ctx, flow, hanko.ActionContinueToOTPSecretCreation, nil, token); err != nil {
		return diagnose(err)
	}
	code, err := r.setUpOTP(user.email, flow.Payload)
	if err != nil {
		return diagnose(err)
	}
	flow, err = r.client.Act(ctx, flow, hanko.ActionOTPCodeVerify, map[hanko.InputName]any{hanko.InputOTPCode: code}, token)
	if err != nil || flow.Error != nil {
		return unknown("the authenticator app could not be set up")
	}
	walk, before := r.walk(iphone()), r.client.Log().Len()
	step, ended := r.signInAt(ctx, walk, party, provider.Answer{Person: r.parties.person.ID})
	if outcome := r.notSignedIn(party, step, ended); outcome != nil {
		return *outcome
	}
	asks := fact.Asks(r.client.Log().From(before))
	if slices.ContainsFunc(asks, func(ask fact.Ask) bool { return ask.For == fact.AskAuthenticatorApp }) {
		return pass("it asks for the authenticator app's code")
	}
	switch in := step.(type) {
	case login.SignedIn:
		r.endSession(ctx, in)
	case login.EnterEmail, login.ConfirmAccount, login.EnterPasscode, login.OfferPasskey, login.FillForm, login.Profile, login.Failed:
		return unknown("what comes after the third party says neither")
	}
	return fail("It does not: somebody with an authenticator app signs in by "+hanko.Printable(party.Name)+" without its code.",
		"Hanko leaves the second factor to the third party. No setting changes that.", "", "If your app promises a second factor, demand it at the third party, or offer none.")
}

func thirdPartyDisconnect(ctx context.Context, r *run) Outcome {
	if r.recognised.API == hanko.REST {
		return skip("the REST API takes no third party off an account")
	}
	walk, profile, shown := r.profileOf(ctx, r.parties.user.in)
	switch {
	case !shown:
		return unknown("the tenant shows no profile")
	case !profile.Offers.DisconnectThirdParty || len(profile.Identities) != 1:
		return skip("the profile does not offer to take a third party off (v2.3.0 and later do)")
	}
	switch next := walk.Take(ctx, login.DisconnectThirdParty{IdentityID: profile.Identities[0].IdentityID}).(type) {
	case login.Profile:
		if next.Problem != nil {
			return pass("it cannot: %s", next.Problem.Said)
		}
		if profile = next; len(profile.Identities) > 0 {
			return unknown("the tenant still lists the third party")
		}
	case login.EnterEmail, login.ConfirmAccount, login.EnterPasscode, login.OfferPasskey, login.FillForm, login.SignedIn, login.Failed:
		return unknown("what the tenant answers says neither")
	}
	var left []string
	for what, is := range map[string]bool{"an address": len(profile.Emails) > 0, "a passkey": len(profile.Passkeys) > 0, "a password": profile.Password} {
		if is {
			left = append(left, what)
		}
	}
	slices.Sort(left)
	return fail(fmt.Sprintf("It can: the only third party was taken off the account, which has left: %s.", cmp.Or(strings.Join(left, ", "), "nothing")),
		"Hanko does not look whether another way to sign in is left. No setting changes that.", "", "Have the app warn people who have no other way to sign in.")
}
