package smoke

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/provider"
	"example.com/hankosim/hanko/secret"
)

// At hankosim's own provider, the robot goes all the way: it answers on the consent page, and comes back.

// ownProvider returns the third party whose page is that of hankosim's own provider. If there is none, the outcome says what was
// found.
func (r *run) ownProvider(ctx context.Context) (hanko.ThirdParty, *Outcome) {
	r.findOwnProvider(ctx)
	if r.parties.own != nil {
		return *r.parties.own, nil
	}
	outcome := skip("hankosim signs in only at its own provider (`hankosim provider`), and %s", cmp.Or(strings.Join(r.parties.others, "; "), "the tenant sends no browser to a third party"))
	return hanko.ThirdParty{}, &outcome
}

func (r *run) findOwnProvider(ctx context.Context) {
	if r.parties.searched {
		return
	}
	r.parties.searched = true
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
			r.parties.others = append(r.parties.others, fmt.Sprintf("the page of %s is not reached from here: %v", hanko.Printable(party.Name), err))
		default:
			r.parties.others = append(r.parties.others, fmt.Sprintf("the page of %s at %s is another", hanko.Printable(party.Name), hostOf(address)))
		}
	}
}

// isReturn reports whether an address is the app's, whatever its query.
func isReturn(address, back string) bool {
	a, err := url.Parse(address)
	b, invalid := url.Parse(back)
	return err == nil && invalid == nil && a.Scheme == b.Scheme && a.Host == b.Host && strings.TrimSuffix(a.Path, "/") == strings.TrimSuffix(b.Path, "/")
}

// visit opens an address in a browser, answers on the consent page, and follows redirects until the browser is sent to the app's
// address, which it does not open, or to a page that stays. It returns that address. It fails with an *unreachableError.
func (r *run) visit(ctx context.Context, browser *provider.Browser, address, back string, answer provider.Answer) (string, error) {
	page := provider.Page{Next: address}
	for range provider.MostRedirects {
		var err error
		switch {
		case page.Consent:
			page, err = browser.Answer(ctx, page, answer)
			if err != nil {
				err = &unreachableError{hostOf(page.URL), err}
			}
		case page.Next == "":
			return page.URL, nil
		case !provider.IsWeb(page.Next), isReturn(page.Next, back):
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

// browserEnd is where the walk's browser ended.
type browserEnd struct {
	address string
	err     error
}

// signInAt signs somebody in with a third party as an app does: the walk listens, and a browser comes back to it. ended says
// where the browser was last.
func (r *run) signInAt(ctx context.Context, walk *login.Walk, party hanko.ThirdParty, answer provider.Answer) (step login.Step, ended browserEnd) {
	if r.ReturnAddress != "" {
		walk.UseReturnAddress(r.ReturnAddress)
	}
	for {
		taking, giveUp := context.WithCancel(ctx)
		visits := make(chan browserEnd, 1)
		gone := false
		walk.UseBrowser(func(visit login.Visit) {
			gone = true
			go func() {
				browser := provider.NewBrowser(r.Browser)
				address, err := r.visit(taking, browser, visit.URL, visit.Back, answer)
				visits <- browserEnd{address, err}
				if err != nil || !isReturn(address, visit.Back) {
					giveUp() // no browser comes back
					return
				}
				_, _ = r.open(taking, browser, address) // the walk reports what comes of it
			}()
		})
		step = walk.Take(taking, login.SignInWithThirdParty{Party: party})
		ended = browserEnd{}
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
	party, none := r.ownProvider(ctx)
	if none != nil {
		return *none
	}
	if !r.mayReturnHere(ctx, party) {
		return skip("the tenant does not allow the return address %s, at which hankosim listens", r.returnAddress())
	}
	r.parties.person = provider.Newcomer()
	walk := r.walk(iphone())
	step, ended := r.signInAt(ctx, walk, party, provider.Answer{Person: r.parties.person.ID})
	if back, err := url.Parse(ended.address); err == nil && ended.address != "" {
		r.parties.token, _ = hanko.ReturnedToken(back.Query())
	}
	if r.parties.token != "" {
		r.secrets.LearnText(secret.Token, r.parties.token)
		r.halfway = append(r.halfway, r.parties.person.Email) // the tenant creates the user before the app has the token
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

// mayReturnHere reports whether the tenant allows the address at which hankosim listens.
func (r *run) mayReturnHere(ctx context.Context, party hanko.ThirdParty) bool {
	if !r.parties.allowed[r.returnAddress()] {
		_, _ = r.begin(ctx, party, r.returnAddress())
	}
	return r.parties.allowed[r.returnAddress()]
}

// notSignedIn returns the outcome of a sign-in that failed, or nil if it goes on.
func (r *run) notSignedIn(party hanko.ThirdParty, step login.Step, ended browserEnd) *Outcome {
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
			outcome = r.refusedWith(party, said)
		case rateLimited(&at.Problem):
			outcome = tokensLimited()
		default:
			outcome = diagnose(&stuckError{"the way back from " + name, &at.Problem})
		}
	case login.EnterEmail: // no browser came back
		switch {
		case ended.err != nil:
			outcome = fail(fmt.Sprintf("The browser was on its way back from %s, and %v.", name, ended.err),
				"The third party sends browsers to an address that is not the tenant's, or people's browsers reach what this machine does not.", keyCallback,
				fmt.Sprintf("Check `%s`: it is the tenant's own URL, as browsers reach it, with /thirdparty/callback behind it.", keyCallback))
		case errors.As(errorIn(ended.address), &said) && said.Code != "":
			outcome = r.refusedWith(party, said)
			outcome.Note += fmt.Sprintf(" The browser ended at %s, and not at the app.", hostOf(ended.address))
		default:
			outcome = unknown("the browser ended at %s", hostOf(ended.address))
		}
	}
	return &outcome
}

// errorIn returns the error that a browser brings to an address, or nil if it brings a token.
func errorIn(address string) error {
	parsed, err := url.Parse(address)
	if err == nil {
		_, err = hanko.ReturnedToken(parsed.Query())
	}
	return err
}

// refusedWith returns the outcome of an error that a browser came back with.
func (r *run) refusedWith(party hanko.ThirdParty, said *hanko.ThirdPartyError) Outcome {
	cause, remedy := said.Explain()
	outcome := fail(sentenceOf(said)+".", cmp.Or(cause, "The tenant or the third party does not say more."), "", cmp.Or(remedy, "Look at the tenant's log."))
	description := strings.ToLower(said.Description)
	switch {
	case said.Code == hanko.ThirdPartySignUpDisabled:
		outcome.Key = "account.allow_signup" // it may be intended: see reconsider
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
