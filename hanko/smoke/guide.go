package smoke

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/login"
)

const guideDocs = "https://docs.hanko.io/quickstarts/mobile"

func guideChecks() []Check {
	return []Check{
		{
			ID: "guide.signup", Suite: Guide, Severity: Critical, Title: "A new user can sign up",
			Proves: "an email address and a passcode lead to a session token", run: guideSignUp, Needs: []string{"reach.tenant"}, Docs: guideDocs,
		},
		{
			ID: "guide.signin", Suite: Guide, Severity: Critical, Title: "A returning user can sign in",
			Proves: "the tenant finds the account again, and starts a second session", run: guideSignIn, Needs: []string{"guide.signup"}, Docs: guideDocs,
		},
		{
			ID: "guide.alone", Suite: Guide, Severity: Info, Title: "Whether an app can do with what the mobile guide says",
			Proves: "nothing; some tenants ask for more, such as a password or a second factor", run: guideAlone, Needs: []string{"guide.signin"}, Docs: guideDocs,
		},
	}
}

func guideSignUp(ctx context.Context, r *run) Outcome {
	if r.Box == nil {
		return diagnose(errNoMailbox)
	}
	before := r.client.Log().Len()
	email := r.newAddress()
	err := r.signUp(ctx, iphone(), email)
	if limit, tooLong := r.addressTooLong(err); tooLong {
		r.longest = limit
		email = r.newAddress()
		err = r.signUp(ctx, iphone(), email)
	}
	if err != nil && signUpOff(err) && r.Email != "" {
		return r.signInGuest(ctx, err)
	}
	if err != nil {
		r.observeNoSignUp(err)
		return diagnose(err)
	}
	r.user, r.signedUp = r.users[len(r.users)-1], time.Now()
	r.observeSignUp(before)
	if r.API == "" && r.recognised.API == hanko.REST && r.sessionsNotKept(ctx) {
		return r.overFlows(ctx)
	}
	return pass("%s has a session", email)
}

// sessionsNotKept reports whether the tenant refuses the token that it has just issued.
func (r *run) sessionsNotKept(ctx context.Context) bool {
	_, err := r.client.Me(ctx, r.user.in.Session.Token)
	return sessionRefused(err)
}

// overFlows continues over the Flow API if the sessions of the REST API are invalid, as on v1.4.0, which stores only those
// of flows.
func (r *run) overFlows(ctx context.Context) Outcome {
	r.noSessions = true
	r.recognised = r.client.OverFlows(r.recognised)
	in, err := r.signIn(ctx, r.walk(iphone()), r.user.email)
	if err != nil {
		return diagnose(err)
	}
	r.user.in, r.signedUp = in, time.Now()
	r.observeSession()
	return pass("%s has a session over the Flow API; this release stores none for its REST API (v1.4.1 and later do)", r.user.email)
}

func guideSignIn(ctx context.Context, r *run) Outcome {
	before := r.client.Log().Len()
	in, err := r.signIn(ctx, r.walk(r.phoneOf(r.user.email)), r.user.email)
	if err != nil {
		return diagnose(err)
	}
	r.observe(fact.OfAsks(fact.SignInAsks, fact.Asks(r.client.Log().From(before))))
	if in.Token.Subject != r.user.in.Token.Subject {
		return fail("The second sign-in is for a different user than the first.",
			"The tenant created a second account for the same address.", "", "Look at the tenant's users.")
	}
	if in.Session.Token == r.user.in.Session.Token && in.Token.SessionID == "" {
		r.returned = in
		return pass("the same user, and the same token: this release stores no sessions (v1.1.0 and later do), so two sign-ins within one second look the same")
	}
	if in.Session.Token == r.user.in.Session.Token {
		return fail("The second sign-in returned the token of the first.", "A cache in front of the tenant answers for it.", "",
			"Make sure that nothing in front of the tenant caches its answers.")
	}
	r.returned = in
	return pass("the same user, and a new session")
}

// signUpOff reports whether a sign-up has failed because nobody can sign up.
func signUpOff(err error) bool {
	api, ok := asAPI(err)
	return errors.Is(err, login.ErrNoSignUp) || ok && api.Call == "POST /users" && api.Status == http.StatusForbidden
}

// signInGuest signs in as the user of --email if nobody can sign up, which may be intended. If that does not work, the
// outcome is that of the failed sign-up.
func (r *run) signInGuest(ctx context.Context, noSignUp error) Outcome {
	r.guest = true
	r.observeNoSignUp(noSignUp)
	in, err := r.signIn(ctx, r.walk(iphone()), r.Email)
	if err != nil {
		r.guest = false
		if answerIn(err) == crashed {
			return diagnose(err)
		}
		outcome := diagnose(noSignUp)
		outcome.Note += fmt.Sprintf(" Signing in as %s instead did not work either: %s", r.Email, said(err))
		return outcome
	}
	r.user, r.signedUp = &user{email: r.Email, in: in}, time.Now()
	r.observeSession()
	if _, profile, shown := r.profile(ctx); shown {
		r.had = []string{}
		for _, passkey := range profile.Passkeys {
			r.had = append(r.had, passkey.ID)
		}
	}
	return pass("nobody can sign up (account.allow_signup), but %s has an account, and has a session", r.Email)
}

// addressTooLong reports whether a sign-up has failed because its address is longer than the tenant allows, and how long
// one may be.
func (r *run) addressTooLong(err error) (limit int, tooLong bool) {
	var stuck *stuckError
	if !errors.As(err, &stuck) || stuck.problem == nil {
		return 0, false
	}
	for _, refused := range stuck.problem.Fields {
		if refused.Field != hanko.InputEmail || refused.Code != hanko.CodeValueTooLongError {
			continue
		}
		flow, _ := r.lastFlow()
		for _, action := range flow.Actions {
			if announced := action.Inputs[hanko.InputEmail].MaxLength; announced != nil {
				return *announced, true
			}
		}
	}
	return 0, false
}

// lastFlow is the state that the tenant has answered with last.
func (r *run) lastFlow() (hanko.Flow, bool) {
	var flow hanko.Flow
	exchanges := r.client.Log().From(r.client.Log().Len() - 1)
	if len(exchanges) == 0 || json.Unmarshal(exchanges[0].ResponseBody, &flow) != nil {
		return hanko.Flow{}, false
	}
	return flow, flow.Name != ""
}
