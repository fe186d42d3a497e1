package login

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"example.com/hankosim/hanko"
)

// Signing in with a third party. The person's browser goes there, and returns to a listener, which stands for the app's own
// address. Since v2.2, a flow has a code verifier, which proves that the app that gets the token is the one that began.
// Earlier flows can be finished only by a browser with the app's cookies. For them, the browser begins at the tenant, and
// the flow takes the token with which it returns. Over REST, the browser begins at the tenant, too.

// Visit says what a person's browser must open.
type Visit struct {
	Party hanko.ThirdParty
	URL   string // to open
	Link  string // redirects to URL, and is short enough to type; it works only while the walk waits
	Back  string // the app's address, to which the browser returns
	// ErrorsStray means that the tenant may not send errors to the app (backends before v2.3). The browser then shows the page
	// that `third_party.error_redirect_url` names, and does not return.
	ErrorsStray bool
}

// StrayAfter is how long to wait, if ErrorsStray is set, before telling the person what their browser may show.
const StrayAfter = time.Minute

// OnlyHere reports whether only a browser on this machine can return to the app.
func (v Visit) OnlyHere() bool {
	back, err := url.Parse(v.Back)
	return err == nil && (back.Hostname() == "localhost" || net.ParseIP(back.Hostname()).IsLoopback())
}

// The Err of a Problem with a third party, in addition to *hanko.ThirdPartyError.
var (
	ErrCannotListen       = errors.New("no browser can return to the app's address")
	ErrNothingCame        = errors.New("no browser returned")
	ErrRedirectOrProvider = errors.New("the tenant does not allow the app's address, or cannot reach the third party")
	ErrUnknownThirdParty  = errors.New("the tenant does not have this third party")
	ErrTokenSpent         = errors.New("the token was used already, or is older than a minute")
	ErrNoThirdParties     = errors.New("the tenant's flow offers no third parties")
	ErrSAML               = errors.New("the sign-in continues with SAML")
)

// UseBrowser sets the function that opens a browser, or shows the person what to open. The function must not wait for the
// browser. Without one, the walk still waits for a browser to return. Call UseBrowser before the first action.
func (w *Walk) UseBrowser(open func(Visit)) { w.browse = open }

// UseReturnAddress sets the address to which browsers return, such as "http://127.0.0.1:8899/callback", if the tenant does
// not allow every port of this machine (`third_party.allowed_redirect_urls`). Call it before the first action.
func (w *Walk) UseReturnAddress(address string) { w.returnTo = address }

// ThirdParties returns the third parties that the tenant offers to sign in with. Over REST, it returns only those that Hanko
// has built in, because /.well-known/config lists no others. It fails with a *hanko.Error.
func (w *Walk) ThirdParties(ctx context.Context) ([]hanko.ThirdParty, error) {
	recognised, err := w.Recognise(ctx)
	if err != nil {
		return nil, err
	}
	if recognised.API == hanko.FlowAPI {
		init, err := w.loginInit(ctx, recognised)
		return init.ThirdParties(hanko.ActionThirdPartyOAuth), err
	}
	if recognised.Config == nil {
		return nil, nil
	}
	return recognised.Config.ThirdParties(), nil
}

// goThere sends a browser to an address, from which it returns to a listener.
func (w *Walk) goThere(l *listener, visit Visit) {
	visit.Back, visit.Link = l.address, l.lead(visit.URL)
	w.client.NoteBrowser(visit.URL, 0)
	if w.browse != nil {
		w.browse(visit)
	}
}

// comeBack waits until a browser returns, and returns the token that it brings.
func (w *Walk) comeBack(ctx context.Context, l *listener) (string, error) {
	query, err := l.wait(ctx, cmp.Or(w.patience, statePatience))
	if err != nil {
		return "", err
	}
	return hanko.ReturnedToken(query)
}

// listen waits for browsers at the app's address.
func (w *Walk) listen() (*listener, error) {
	return listen(cmp.Or(w.returnTo, defaultReturn), w.client.NoteBrowser)
}

// cannotListen returns the Failed step for an address to which no browser can return.
func (w *Walk) cannotListen(action Action, err error) Failed {
	failed := w.failed(action, action, errors.Join(ErrCannotListen, err))
	failed.Problem.Sentence = fmt.Sprintf("No browser can return to %s.", hanko.Printable(cmp.Or(w.returnTo, defaultReturn)))
	failed.Problem.Said = sentence(err.Error())
	failed.Problem.Cause = "Another program uses this port, perhaps another hankosim, or the address is not one of this machine's."
	failed.Problem.Remedy = "Stop that program, or start hankosim with another `--return-address`, which `third_party.allowed_redirect_urls` must allow."
	return failed
}

// Over REST.

func (w *Walk) signInWithThirdParty(ctx context.Context, _ EnterEmail, action SignInWithThirdParty) Step {
	l, err := w.listen()
	if err != nil {
		return w.cannotListen(action, err)
	}
	defer l.close()
	w.goThere(l, Visit{Party: action.Party, URL: w.client.ThirdPartyURL(action.Party.ID, l.address), ErrorsStray: true})
	token, err := w.comeBack(ctx, l)
	if err != nil {
		return w.thirdPartyFailed(action, l.address, err)
	}
	session, err := w.client.ExchangeToken(ctx, token)
	if err != nil {
		failed := w.failed(action, action, err)
		if refused := status(err); refused == http.StatusNotFound || refused == http.StatusUnprocessableEntity {
			failed.Problem.Err = errors.Join(ErrTokenSpent, err)
		}
		return failed
	}
	next := w.signedIn(session, ByThirdParty)
	if in, ok := next.(SignedIn); ok {
		in.Party = action.Party.Name
		return in
	}
	return next
}

// Over the Flow API.

func (w *Walk) flowThirdParty(ctx context.Context, _ EnterEmail, action SignInWithThirdParty) Step {
	flow, err := w.openEntry(ctx, hanko.LoginFlow)
	if err != nil {
		return w.flowFailed(action, action, err)
	}
	if len(flow.ThirdParties(hanko.ActionThirdPartyOAuth)) == 0 {
		w.flow.over = true
		failed := w.failed(action, nil, ErrNoThirdParties)
		failed.Problem.Remedy = "Sign in another way, or set up a provider under `third_party` in the tenant's configuration."
		return failed
	}
	return w.throughThirdParty(ctx, action, hanko.ActionThirdPartyOAuth, action.Party)
}

func (w *Walk) flowConnect(ctx context.Context, _ Profile, action ConnectThirdParty) Step {
	next := w.throughThirdParty(ctx, action, hanko.ActionConnectThirdPartyOAuthProvider, action.Party)
	if profile, ok := next.(Profile); ok && profile.Problem == nil {
		profile.Done = action.done()
		return profile
	}
	return next
}

// throughThirdParty takes the flow to a third party and back, with one of the two actions that lead there.
func (w *Walk) throughThirdParty(ctx context.Context, attempt Action, name hanko.ActionName, party hanko.ThirdParty) Step {
	l, err := w.listen()
	if err != nil {
		return w.cannotListen(attempt, err)
	}
	defer l.close()
	with := inputs{hanko.InputProvider: party.ID, hanko.InputRedirectTo: l.address}
	verifier := ""
	if w.flow.at.TakesVerifier(name) {
		verifier = hanko.NewCodeVerifier()
		with[hanko.InputCodeVerifier] = verifier
	}
	flow, err := w.client.Act(ctx, w.flow.at, name, with, w.flow.token)
	if err != nil {
		return w.flowFailed(attempt, attempt, err)
	}
	w.flow.at = flow
	if flow.Name != hanko.StateThirdParty {
		return w.refusedThirdParty(attempt, flow, party, l.address)
	}
	visit := Visit{Party: party, URL: flow.RedirectURL()}
	if verifier == "" {
		// Only a browser with the app's cookies could finish what the flow began.
		visit.URL, visit.ErrorsStray = w.client.ThirdPartyURL(party.ID, l.address), true
	}
	w.flow.passkey, w.flow.party = false, cmp.Or(party.Name, party.ID)
	w.goThere(l, visit)
	for {
		token, err := w.comeBack(ctx, l)
		if err != nil {
			return w.backFromThirdParty(ctx, attempt, w.thirdPartyFailed(attempt, l.address, err))
		}
		with := inputs{hanko.InputToken: token}
		if verifier != "" {
			with[hanko.InputCodeVerifier] = verifier
		}
		flow, err := w.client.Act(ctx, w.flow.at, hanko.ActionExchangeToken, with, w.flow.token)
		if err != nil && status(err) == http.StatusInternalServerError {
			failed := w.failed(attempt, attempt, errors.Join(ErrTokenSpent, err))
			failed.Problem.Cause = "The token was used already, or is older than a minute: the tenant does not say which."
			failed.Problem.Remedy = "Sign in with the third party again."
			return w.backFromThirdParty(ctx, attempt, failed)
		}
		if err != nil {
			return w.flowFailed(attempt, attempt, err)
		}
		w.flow.at = flow
		if flow.Error != nil && flow.Error.Code == hanko.CodeFormDataInvalidError && flow.Name == hanko.StateThirdParty {
			continue // another browser brought another app's token, as the verifier shows
		}
		if flow.Error != nil && flow.Name == hanko.StateThirdParty {
			problem := formProblem(attempt, flow)
			return w.backFromThirdParty(ctx, attempt, Failed{Problem: problem, Again: attempt})
		}
		w.email = "" // the third party has said who the person is
		return w.show(flow)
	}
}

// backFromThirdParty returns the step after a third party has failed. In the profile flow, it goes back and shows the
// profile with the problem; the flow continues, even after a technical_error. A login flow is abandoned, because the next
// action opens another.
func (w *Walk) backFromThirdParty(ctx context.Context, attempt Action, failed Failed) Step {
	if w.flow.name != hanko.ProfileFlow {
		w.flow.over = w.flow.over || ctx.Err() == nil
		return failed
	}
	// This is necessary even if the person has given up, because the profile is shown again, and must work.
	flow, err := w.client.Act(context.WithoutCancel(ctx), w.flow.at, hanko.ActionBack, nil, w.flow.token)
	if ctx.Err() != nil {
		if err == nil {
			w.flow.at = flow
		}
		return failed
	}
	if err != nil {
		return w.flowFailed(attempt, attempt, err)
	}
	w.flow.at = flow
	next := w.show(flow)
	if profile, ok := next.(Profile); ok {
		profile.Problem = &failed.Problem
		return profile
	}
	return next
}

// refusedThirdParty returns the step for a flow that does not go to a third party. The tenant says what is wrong with a
// field, but has the same answer for an address that is not allowed and a provider that it cannot reach.
func (w *Walk) refusedThirdParty(attempt Action, flow hanko.Flow, party hanko.ThirdParty, address string) Step {
	if flow.Error == nil {
		return w.show(flow)
	}
	problem := formProblem(attempt, flow)
	switch {
	case len(problem.Fields) > 0:
		problem.Err = errors.Join(ErrUnknownThirdParty, problem.Err)
		problem.Cause = fmt.Sprintf("The tenant does not have %s, or it is switched off.", hanko.Printable(party.Name))
		problem.Remedy = "Set it up under `third_party` in the tenant's configuration, with `enabled: true`."
	case flow.Error.Code == hanko.CodeFormDataInvalidError:
		problem.Err = errors.Join(ErrRedirectOrProvider, problem.Err)
		problem.Cause = fmt.Sprintf("The tenant does not let a browser return to this app, or it cannot reach %s. It has the same answer for both.", hanko.Printable(party.Name))
		problem.Remedy = allowAddress(address) + " If it is there, look at the tenant's log, and check that the tenant's machine can reach the provider's `issuer`."
	}
	if profile, inProfile := w.show(flow).(Profile); inProfile {
		profile.Problem = &problem
		return profile
	}
	w.flow.over = true
	return Failed{Problem: problem, Again: attempt}
}

// allowAddress returns a sentence that says how to allow the app's address.
func allowAddress(address string) string {
	line := address
	if parsed, err := url.Parse(address); err == nil && parsed.Hostname() == "127.0.0.1" {
		line = "http://127.0.0.1:*" + parsed.Path
	}
	return fmt.Sprintf("Add the line `- %s` to `third_party.allowed_redirect_urls` in the tenant's configuration.", line)
}

// thirdPartyFailed returns the Failed step for a browser that returned with an error, or did not return.
func (w *Walk) thirdPartyFailed(action Action, address string, err error) Failed {
	failed := w.failed(action, action, err)
	var said *hanko.ThirdPartyError
	switch {
	case errors.As(err, &said):
		failed.Problem.Said = sentence(said.Error())
		failed.Problem.Cause, failed.Problem.Remedy = said.Explain()
		if connect, connects := action.(ConnectThirdParty); connects && said.Code == hanko.ThirdPartyUserConflict {
			key := hanko.Printable(connect.Party.ConfigKey() + ".allow_linking")
			failed.Problem.Cause = fmt.Sprintf("The tenant lets nobody connect this third party in their account: `%s` is off.", key)
			failed.Problem.Remedy = fmt.Sprintf("Set `%s: true` in the tenant's configuration.", key)
		}
	case errors.Is(err, ErrNothingCame):
		failed.Problem.Sentence = "No browser returned from the third party."
		failed.Problem.Cause = "The browser was closed, the person took too long, or the browser shows an error page (`third_party.error_redirect_url`)."
		failed.Problem.Remedy = "Look at what the browser shows, then try again. " + allowAddress(address)
	}
	return failed
}

// samlStep returns a Failed step that explains a state that waits for a company's own sign-in.
func (w *Walk) samlStep(flow hanko.Flow) Step {
	failed := w.failed(SubmitEmail{}, nil, ErrSAML)
	failed.Problem.Cause = "The address belongs to a company whose own server signs its people in, over SAML. hankosim does not support that."
	failed.Problem.Remedy = "Sign in with an address of another domain. To see the company's page, open " + hanko.Printable(flow.RedirectURL())
	w.flow.over = true
	return failed
}
