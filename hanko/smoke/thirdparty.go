package smoke

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/hankoconfig"
	"example.com/hankosim/hanko/provider"
)

// Third parties. Up to a third party's own page, everything can be looked at without a person: whether the tenant sends a
// browser there, and where it lets one come back to. Beyond that page the robot gets only at hankosim's own provider.

const (
	thirdPartyDocs     = "https://docs.hanko.io/api-reference/public/third-party/initialize-third-party-login"
	customProviderDocs = "https://docs.hanko.io/guides/social-sso/custom-providers"
)

func thirdPartyChecks() []Check {
	offered, signIn := []string{"thirdparty.offered"}, []string{"thirdparty.signin"}
	return []Check{
		{
			ID: "thirdparty.offered", Suite: ThirdParty, Severity: Info, Title: "Which third parties people can sign in with",
			Proves: "nothing; the other checks of the suite need one", Needs: []string{"reach.tenant"}, run: thirdPartyOffered, Docs: thirdPartyDocs,
		},
		{
			ID: "thirdparty.redirect", Suite: ThirdParty, Severity: Critical, Title: "The tenant sends a browser to the third party for this app",
			Proves: "the app's address is allowed, and the tenant reaches the third party", Needs: offered, run: thirdPartyRedirect, Docs: thirdPartyDocs,
		},
		{
			ID: "thirdparty.foreign", Suite: ThirdParty, Severity: Critical, Title: "No browser comes back to somebody else's address",
			Proves: "a link to the tenant cannot bring people's tokens to another site", Needs: offered, run: thirdPartyForeign, Docs: thirdPartyDocs,
		},
		{
			ID: "thirdparty.wildcard", Suite: ThirdParty, Severity: Info, Title: "Whether the wildcard for the port stands for other hosts, too",
			Proves: "nothing; the wildcard is meant for development", Needs: offered, run: thirdPartyWildcard, Docs: thirdPartyDocs,
		},
		{
			ID: "thirdparty.callback", Suite: ThirdParty, Severity: Critical, Title: "The third party sends browsers back to this tenant",
			Proves: "a browser comes back with the cookie that it has left with", Needs: offered, run: thirdPartyCallback, Docs: thirdPartyDocs,
		},
		{
			ID: "thirdparty.errorpage", Suite: ThirdParty, Severity: Warning, Title: "Errors that cannot go to the app end on a page",
			Proves: "who stays at the third party for too long is told so", Needs: offered, run: thirdPartyErrorPage, Docs: thirdPartyDocs,
		},
		{
			ID: "thirdparty.signin", Suite: ThirdParty, Severity: Critical, Title: "Somebody new signs in with the third party",
			Proves: "consent, the way back and the exchange of the token lead to a session", Needs: offered, run: thirdPartySignIn, Docs: customProviderDocs,
		},
		{
			ID: "thirdparty.token", Suite: ThirdParty, Severity: Critical, Title: "The one-time token is good once",
			Proves: "somebody who reads the app's address later cannot sign in with it", Needs: signIn, run: thirdPartyToken, Docs: thirdPartyDocs,
		},
		{
			ID: "thirdparty.verifier", Suite: ThirdParty, Severity: Critical, Title: "The code verifier is compared",
			Proves: "a token that another app has caught is of no use to it", Needs: signIn, run: thirdPartyVerifier, Docs: thirdPartyDocs,
		},
		{
			ID: "thirdparty.denied", Suite: ThirdParty, Severity: Warning, Title: "The app learns that somebody did not agree",
			Proves: "errors come back to the app, which does not wait for ever", Needs: signIn, run: thirdPartyDenied, Docs: thirdPartyDocs,
		},
		{
			ID: "thirdparty.secondfactor", Suite: ThirdParty, Severity: Info, Title: "Whether a third party's sign-in asks for the second factor",
			Proves: "nothing; Hanko leaves the second factor to the third party", Needs: signIn, run: thirdPartySecondFactor,
		},
		{
			ID: "thirdparty.disconnect", Suite: ThirdParty, Severity: Info, Title: "Whether the last third party can be taken off an account",
			Proves: "nothing; an app should warn people before they do it", Needs: signIn, run: thirdPartyDisconnect,
		},
	}
}

// parties is what a run knows of the third parties.
type parties struct {
	offered  []hanko.ThirdParty
	verifier bool              // flows take a code verifier
	allowed  map[string]bool   // whether the tenant lets a browser come back to an address
	pages    map[string]string // by ID: the third party's page, as the tenant sends a browser there
	own      *hanko.ThirdParty // the one that is hankosim's own provider
	strange  []string          // what was found instead
	looked   bool              // for the own one
	person   provider.Person   // who has signed in
	user     *user             // the same
	token    string            // the one-time token that they came back with
}

func thirdPartyOffered(ctx context.Context, r *run) Outcome {
	var said []string
	add := func(api string, offered []hanko.ThirdParty) {
		var ids []string
		for _, party := range offered {
			ids = append(ids, party.ID)
			if !slices.ContainsFunc(r.parties.offered, func(p hanko.ThirdParty) bool { return p.ID == party.ID }) {
				r.parties.offered = append(r.parties.offered, party)
			}
		}
		if len(ids) > 0 {
			said = append(said, fmt.Sprintf("over %s: %s", api, strings.Join(ids, ", ")))
		}
	}
	flow, err := r.client.StartFlow(ctx, hanko.LoginFlow, "")
	switch {
	case err == nil:
		add("flows", flow.ThirdParties(hanko.ActionThirdPartyOAuth))
		r.parties.verifier = flow.TakesVerifier(hanko.ActionThirdPartyOAuth)
	case r.recognised.API == hanko.FlowAPI:
		return diagnose(err)
	}
	if r.recognised.Config != nil {
		add("REST", r.recognised.Config.ThirdParties())
	}
	ids := []string{}
	for _, party := range r.parties.offered {
		ids = append(ids, hanko.Printable(party.ID))
	}
	slices.Sort(ids) // Hanko has no order for those that a team makes
	r.observe(fact.Of(fact.ThirdParties, ids...))
	saml := ""
	if r.recognised.Config != nil && r.recognised.Config.UseEnterprise {
		saml = "; some companies' people sign in by SAML, where hankosim does not follow"
	}
	if len(ids) == 0 {
		return skip("the tenant offers no third parties to sign in with%s", saml)
	}
	return pass("%s%s", strings.Join(said, "; "), saml)
}

// listens is where hankosim waits for browsers, with any port in place of 0.
func (r *run) listens() string {
	address, err := url.Parse(cmp.Or(r.ReturnAddress, "http://127.0.0.1:0/callback"))
	if err != nil {
		return r.ReturnAddress
	}
	if address.Port() == "0" {
		address.Host = strings.TrimSuffix(address.Host, "0") + "51234"
	}
	return address.String()
}

// errand is a browser that is to go to a third party for an app.
type errand struct {
	party    hanko.ThirdParty
	back     string     // the app's address
	flow     hanko.Flow // of the app's; the zero value over REST
	verifier string     // "" where there is none
	browser  *provider.Browser
	at       string // where the browser goes to
}

// errUnsaid is the tenant's answer over flows for an address that is not allowed, and for a third party that it does not reach.
var errUnsaid = errors.New("the tenant refuses to go to the third party, and does not say why")

// byFlow reports whether an app goes to third parties by a flow. Before v2.2.0 none could finish what a flow begins.
func (r *run) byFlow() bool { return r.recognised.API == hanko.FlowAPI && r.parties.verifier }

// sendOff has the tenant send a browser to a third party. It fails with errUnsaid, with a *hanko.ThirdPartyError, or with the
// error of a call.
func (r *run) sendOff(ctx context.Context, party hanko.ThirdParty, back string) (errand, error) {
	e := errand{party: party, back: back, browser: provider.NewBrowser(r.Browser)}
	var err error
	if r.byFlow() {
		err = r.sendOffByFlow(ctx, &e)
	} else {
		err = r.sendOffByBrowser(ctx, &e)
	}
	if err == nil {
		r.parties.allowed[back] = true
		r.parties.pages[party.ID] = e.at
	}
	return e, err
}

func (r *run) sendOffByFlow(ctx context.Context, e *errand) error {
	flow, err := r.client.StartFlow(ctx, hanko.LoginFlow, "")
	if err != nil {
		return err
	}
	e.verifier = hanko.NewCodeVerifier()
	e.flow, err = r.client.Act(ctx, flow, hanko.ActionThirdPartyOAuth, map[hanko.InputName]any{
		hanko.InputProvider: e.party.ID, hanko.InputRedirectTo: e.back, hanko.InputCodeVerifier: e.verifier,
	}, "")
	switch {
	case err != nil:
		return err
	case e.flow.Name == hanko.StateThirdParty && e.flow.RedirectURL() != "":
		e.at = e.flow.RedirectURL()
		return nil
	default:
		return errUnsaid
	}
}

// sendOffByBrowser has a browser begin at the tenant: GET /thirdparty/auth, up to v2.7. It is given a cookie there.
func (r *run) sendOffByBrowser(ctx context.Context, e *errand) error {
	page, err := r.open(ctx, e.browser, r.client.ThirdPartyURL(e.party.ID, e.back))
	if err != nil {
		return err
	}
	next, err := url.Parse(page.Next)
	switch {
	case err != nil:
		return err
	case page.Next == "":
		return &statusError{"/thirdparty/auth", page.Status}
	case hanko.CameBack(next.Query()):
		_, err := hanko.ReturnedToken(next.Query())
		return err
	}
	e.at = page.Next
	return nil
}

// statusError is an answer to a browser that sends it nowhere.
type statusError struct {
	path   string
	status int
}

func (e *statusError) Error() string {
	return fmt.Sprintf("GET %s answered %d, and did not send the browser on", e.path, e.status)
}

// astrayError is a browser that got no answer.
type astrayError struct {
	host string
	err  error
}

func (e *astrayError) Error() string {
	return fmt.Sprintf("the browser gets no answer from %s: %v", e.host, e.err)
}
func (e *astrayError) Unwrap() error { return e.err }

// open requests an address in a browser. It fails with an *astrayError.
func (r *run) open(ctx context.Context, browser *provider.Browser, address string) (provider.Page, error) {
	r.client.NoteBrowser(address, 0)
	ctx, cancel := context.WithTimeout(ctx, longestPage)
	defer cancel()
	page, err := browser.Open(ctx, address)
	if err == nil {
		return page, nil
	}
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err // the address may have a token in it
	}
	return page, &astrayError{hostOf(address), err}
}

func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return "the address"
	}
	return hanko.Printable(parsed.Host)
}

// providerKey is the key of one of a third party's settings.
func providerKey(id, member string) string {
	if key, custom := strings.CutPrefix(id, "custom_"); custom {
		return "third_party.custom_providers." + hanko.Printable(key) + "." + member
	}
	return "third_party.providers." + hanko.Printable(id) + "." + member
}

const (
	keyRedirects = "third_party.allowed_redirect_urls"
	keyCallback  = "third_party.redirect_url"
	keyErrorPage = "third_party.error_redirect_url"
)

func thirdPartyRedirect(ctx context.Context, r *run) Outcome {
	addresses := r.RedirectTo
	if len(addresses) == 0 {
		addresses = []string{r.listens()}
	}
	for _, party := range r.parties.offered {
		for _, address := range addresses {
			if _, err := r.sendOff(ctx, party, address); err != nil {
				return r.notLeft(ctx, party, address, err)
			}
		}
	}
	return pass("%s, for %s", strings.Join(r.hosts(), ", "), strings.Join(addresses, ", "))
}

// hosts are where browsers are sent, by third party.
func (r *run) hosts() []string {
	var hosts []string
	for _, party := range r.parties.offered {
		if page := r.parties.pages[party.ID]; page != "" {
			hosts = append(hosts, fmt.Sprintf("%s at %s", hanko.Printable(party.Name), hostOf(page)))
		}
	}
	return hosts
}

// pageOf is a third party's page, as the tenant sends a browser there for any address that it allows; "" if it sends none.
func (r *run) pageOf(ctx context.Context, party hanko.ThirdParty) string {
	if page, known := r.parties.pages[party.ID]; known {
		return page
	}
	for _, address := range append(slices.Clone(r.RedirectTo), r.listens(), r.errorPage(ctx)) {
		if address == "" {
			continue
		}
		if _, err := r.sendOff(ctx, party, address); err == nil {
			return r.parties.pages[party.ID]
		}
	}
	r.parties.pages[party.ID] = ""
	return ""
}

// notLeft is the outcome of a browser that the tenant does not send to a third party.
func (r *run) notLeft(ctx context.Context, party hanko.ThirdParty, address string, err error) Outcome {
	name := hanko.Printable(party.Name)
	if errors.Is(err, errUnsaid) {
		if told := r.askREST(ctx, party, address); told != nil {
			err = told
		}
	}
	var said *hanko.ThirdPartyError
	isSaid := errors.As(err, &said)
	says := func(words string) bool { return isSaid && strings.Contains(strings.ToLower(said.Description), words) }
	page, elsewhere := r.errorPage(ctx), errUnsaid
	if page != "" && (errors.Is(err, errUnsaid) || says("redirect to")) {
		_, elsewhere = r.sendOff(ctx, party, page) // it is allowed, whatever the list has
	}
	switch {
	case says("redirect to"), errors.Is(err, errUnsaid) && elsewhere == nil:
		return r.notAllowed(address)
	case says("provider"):
		return fail(fmt.Sprintf("The tenant offers %s, and refuses to go there: %s", name, said.Error()), "The third party is switched off, or has another name.",
			providerKey(party.ID, "enabled"), fmt.Sprintf("Set `%s: true`.", providerKey(party.ID, "enabled")))
	case isSaid, errors.Is(err, errUnsaid) && page != "" && errors.Is(elsewhere, errUnsaid):
		outcome := fail(fmt.Sprintf("The tenant does not reach %s.", name), "Whatever address a browser is to come back to, the tenant cannot go there: it asks the third party for its addresses first, and gets no answer.",
			providerKey(party.ID, "issuer"), fmt.Sprintf("Check `%s`, and that the tenant's machine reaches it; look at the tenant's log.", providerKey(party.ID, "issuer")))
		if isSaid {
			outcome.Note = fmt.Sprintf("The tenant does not reach %s: %s", name, said.Error())
		}
		return outcome
	case errors.Is(err, errUnsaid):
		outcome := r.notAllowed(address)
		outcome.OtherKeys = []string{providerKey(party.ID, "issuer")}
		outcome.Note = fmt.Sprintf("The tenant does not send a browser to %s that is to come back to %s. Over flows it does not say why.", name, address)
		outcome.Cause = "The address is not in the tenant's list, or the tenant does not reach the third party: it has one answer for both."
		outcome.Remedy += " If it is there, look at the tenant's log, and whether its machine reaches the third party."
		return outcome
	default:
		return r.undelivered(err)
	}
}

// undelivered is the outcome of a browser that did not come on.
func (r *run) undelivered(err error) Outcome {
	var (
		astray *astrayError
		status *statusError
	)
	switch {
	case errors.As(err, &astray):
		return unknown("%v", astray)
	case errors.As(err, &status):
		return unknown("%v", status)
	default:
		return diagnose(err)
	}
}

// askREST has a browser ask for the way to a third party over REST, which says why there is none. It returns nil where REST
// says nothing: v3 does not have it.
func (r *run) askREST(ctx context.Context, party hanko.ThirdParty, address string) error {
	e := errand{party: party, back: address, browser: provider.NewBrowser(r.Browser)}
	err := r.sendOffByBrowser(ctx, &e)
	var said *hanko.ThirdPartyError
	if !errors.As(err, &said) {
		return nil
	}
	return err
}

// errorPage is where the tenant sends a browser that it cannot send to an app, without what it adds; "" if it does not say. A
// browser that comes to the callback with nothing is sent there.
func (r *run) errorPage(ctx context.Context) string {
	page, err := r.open(ctx, provider.NewBrowser(r.Browser), r.client.BaseURL()+"/thirdparty/callback")
	if err != nil {
		return ""
	}
	address, _, found := strings.Cut(page.Next, "?error=")
	if !found {
		return ""
	}
	return address
}

// notAllowed is the outcome of an app's address that is not in the tenant's list. What the apps' own addresses are, hankosim
// knows only where it was told.
func (r *run) notAllowed(address string) Outcome {
	pattern := redirectPattern(address)
	outcome := fail(fmt.Sprintf("The tenant does not let a browser come back to %s.", address), "The address is not in the tenant's list.",
		keyRedirects, fmt.Sprintf("Add the line `- %s` to `%s`.", pattern, keyRedirects))
	if len(r.RedirectTo) == 0 {
		outcome.Verdict = Inconclusive
		outcome.Note = fmt.Sprintf("The tenant does not let a browser come back to %s, where hankosim listens.", address)
		outcome.Cause = "No address of this machine is in the tenant's list. Your app's own may be, and hankosim does not know it."
		outcome.Remedy = fmt.Sprintf("Name your app's own address with --redirect-to; or add the line `- %s` to `%s`, on a tenant for development; or leave the suite out with --skip thirdparty.", pattern, keyRedirects)
	}
	return outcome
}

// foreign are addresses of other people's, which careless patterns allow. The domain is one that nobody has (RFC 2606).
func (r *run) foreign() []string {
	addresses := []string{
		"https://foreign.example", "https://foreign.example/callback", "https://login.foreign.example/callback", "https://foreign/callback",
		"http://foreign.example/callback", "example.foreign.app://callback",
	}
	for _, own := range append(slices.Clone(r.RedirectTo), r.listens()) {
		parsed, err := url.Parse(own)
		if err != nil || !provider.IsWeb(own) {
			continue
		}
		addresses = append(addresses,
			parsed.Scheme+"://"+parsed.Hostname()+".foreign.example"+parsed.Path, // the pattern ends behind the host
			parsed.Scheme+"://foreign.example/"+parsed.Hostname()+parsed.Path,    // the pattern begins with a wildcard
			parsed.Scheme+"://"+parsed.Hostname()+"@foreign.example"+parsed.Path, // the host is a user's name
		)
	}
	slices.Sort(addresses)
	return slices.Compact(addresses)
}

func thirdPartyForeign(ctx context.Context, r *run) Outcome {
	party := r.parties.offered[0]
	for _, other := range r.parties.offered {
		if r.pageOf(ctx, other) != "" {
			party = other
			break
		}
	}
	certain := len(r.parties.allowed) > 0 // with another address, the same request goes through
	addresses := r.foreign()
	for _, address := range addresses {
		_, err := r.sendOff(ctx, party, address)
		var said *hanko.ThirdPartyError
		switch {
		case err == nil:
			delete(r.parties.allowed, address)
			outcome := fail(fmt.Sprintf("The tenant lets a browser come back to %s, which is not yours.", address),
				"A pattern in the list is too wide. Whoever gets somebody to open a link to the tenant is sent their one-time token. In a pattern, `*` stands for anything but a dot and a slash, and `**` for anything at all.",
				keyRedirects, fmt.Sprintf("Write each address into `%s` in full. If you need a wildcard, use one `*` for one part of the host, behind which your own domain comes.", keyRedirects))
			outcome.Settings = []hankoconfig.Setting{{Key: keyRedirects, Value: r.redirects(), Comment: "all of your apps' addresses, and no others"}}
			return outcome
		case errors.Is(err, errUnsaid):
		case errors.As(err, &said) && strings.Contains(strings.ToLower(said.Description), "redirect to"):
			certain = true
		case errors.As(err, &said):
		default:
			return r.undelivered(err)
		}
	}
	if !certain {
		return unknown("%d addresses of other people's were refused, and nothing shows that any address is accepted", len(addresses))
	}
	return pass("%d addresses of other people's were refused", len(addresses))
}

func thirdPartyWildcard(ctx context.Context, r *run) Outcome {
	address := r.listens()
	if !r.mayListen(ctx, r.parties.offered[0]) {
		return skip("the tenant does not let a browser come back to a free port of this machine")
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return diagnose(err)
	}
	tricked := parsed.Scheme + "://" + parsed.Hostname() + ":x@[2001:db8::1]" + parsed.Path // an address of documentation (RFC 3849)
	if _, err = r.sendOff(ctx, r.parties.offered[0], tricked); err != nil {
		return pass("the tenant refuses %s", tricked)
	}
	delete(r.parties.allowed, tricked)
	outcome := fail(fmt.Sprintf("It does: the tenant lets a browser come back to %s, which is another host.", tricked),
		"In the list, `*` stands for anything but a dot and a slash, and not only for a port. Whoever gets somebody to open a link to the tenant is sent their one-time token.",
		keyRedirects, fmt.Sprintf("Have such a line in `%s` only on tenants for development.", keyRedirects))
	outcome.Settings = []hankoconfig.Setting{} // there is nothing to write
	return outcome
}

func thirdPartyCallback(ctx context.Context, r *run) Outcome {
	base, err := url.Parse(r.client.BaseURL())
	if err != nil {
		return diagnose(err)
	}
	callback, reached := "", false
	for _, party := range r.parties.offered {
		address := r.pageOf(ctx, party)
		reached = reached || address != ""
		if page, err := url.Parse(address); err == nil {
			callback = cmp.Or(callback, page.Query().Get("redirect_uri"))
		}
	}
	back, err := url.Parse(callback)
	switch {
	case !reached:
		return skip("the tenant sends no browser to a third party")
	case err != nil || callback == "":
		return unknown("the address of the third party's page does not say where browsers are sent back to")
	}
	elsewhere := back.Scheme != base.Scheme || back.Host != base.Host
	note := fmt.Sprintf("Browsers are sent back to %s, and the tenant is at %s.", callback, base)
	remedy := fmt.Sprintf("Set `%s` to %s/thirdparty/callback, here and at the third party; or give the app the tenant's URL with the host that is there.", keyCallback, base)
	if elsewhere && !r.byFlow() {
		return fail(note, "The tenant gives the browser a cookie when it leaves, and a browser takes it back to no other host: the sign-in ends with an error.", keyCallback, remedy)
	}
	page, err := r.open(ctx, provider.NewBrowser(r.Browser), callback)
	switch {
	case err != nil:
		outcome := fail(note+" "+sentenceOf(err)+".", "The address is not the tenant's, or people's browsers reach what this machine does not.", keyCallback, remedy)
		outcome.Verdict = Inconclusive
		return outcome
	case !strings.Contains(page.Next, "error="): // which is what a callback does with a browser that brings nothing
		return fail(fmt.Sprintf("%s There, no Hanko tenant takes browsers (status %d).", note, page.Status), "The address is not that of the tenant's callback.", keyCallback, remedy)
	case elsewhere:
		return pass("to %s, where a Hanko tenant answers; the app's URL has another host, which does not matter with a code verifier", callback)
	}
	return pass("to %s", callback)
}

// sentenceOf is an error's text with a capital letter.
func sentenceOf(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}

func thirdPartyErrorPage(ctx context.Context, r *run) Outcome {
	address := r.errorPage(ctx)
	switch {
	case address == "":
		return unknown("the tenant does not say where it sends browsers that cannot go to the app")
	case !provider.IsWeb(address), address == r.listens(), slices.Contains(r.RedirectTo, address):
		return pass("they go to an app: %s", address)
	}
	remedy := fmt.Sprintf("Set `%s` to a page that tells people to go back to the app and try again.", keyErrorPage)
	page, err := r.open(ctx, provider.NewBrowser(r.Browser), address+"?error="+string(hanko.ThirdPartyInvalidRequest))
	switch {
	case err != nil:
		outcome := fail(fmt.Sprintf("Errors that cannot go to the app end at %s. %s.", address, sentenceOf(err)), "The page is not there, or people's browsers reach what this machine does not.", keyErrorPage, remedy)
		outcome.Verdict = Inconclusive
		return outcome
	case page.Status >= http.StatusBadRequest:
		return fail(fmt.Sprintf("Errors that cannot go to the app end at %s, which answers %d.", address, page.Status),
			"The page is not there. Who stays at the third party for more than five minutes ends there, and before v2.3.0 everybody whose sign-in fails.", keyErrorPage, remedy)
	}
	return pass("at %s", address)
}
