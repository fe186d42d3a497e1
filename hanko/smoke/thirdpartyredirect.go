package smoke

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/hankoconfig"
	"example.com/hankosim/hanko/provider"
)

// Which return addresses the tenant allows.

// attempt is a sign-in with a third party that the tenant has begun.
type attempt struct {
	party    hanko.ThirdParty
	back     string     // the app's address
	flow     hanko.Flow // the app's; the zero value over REST
	verifier string     // "" where there is none
	browser  *provider.Browser
	at       string // the third party's page
}

// errNoReason is what a flow answers both for an address that is not allowed and for a third party that cannot be reached.
var errNoReason = errors.New("the tenant refuses to go to the third party, and does not say why")

// begin asks the tenant to send a browser to a third party and back to an address. It fails with errNoReason, a
// *hanko.ThirdPartyError, or the error of a call.
func (r *run) begin(ctx context.Context, party hanko.ThirdParty, back string) (attempt, error) {
	e := attempt{party: party, back: back, browser: provider.NewBrowser(r.Browser)}
	var err error
	if r.byFlow() {
		err = r.beginByFlow(ctx, &e)
	} else {
		err = r.beginByBrowser(ctx, &e)
	}
	if err == nil {
		r.parties.allowed[back] = true
		r.parties.pages[party.ID] = e.at
	}
	return e, err
}

func (r *run) beginByFlow(ctx context.Context, e *attempt) error {
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
		return errNoReason
	}
}

// beginByBrowser opens GET /thirdparty/auth, up to v2.7, in a browser. The tenant sets a cookie there.
func (r *run) beginByBrowser(ctx context.Context, e *attempt) error {
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

// statusError is an answer that does not send a browser anywhere.
type statusError struct {
	path   string
	status int
}

func (e *statusError) Error() string {
	return fmt.Sprintf("GET %s answered %d, and did not send the browser on", e.path, e.status)
}

// unreachableError says that a browser got no answer.
type unreachableError struct {
	host string
	err  error
}

func (e *unreachableError) Error() string {
	return fmt.Sprintf("the browser gets no answer from %s: %v", e.host, e.err)
}
func (e *unreachableError) Unwrap() error { return e.err }

// longestPage limits how long a browser waits for a page.
const longestPage = 15 * time.Second

// open opens an address in a browser. It fails with an *unreachableError.
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
	return page, &unreachableError{hostOf(address), err}
}

func thirdPartyRedirect(ctx context.Context, r *run) Outcome {
	addresses := r.RedirectTo
	if len(addresses) == 0 {
		addresses = []string{r.returnAddress()}
	}
	for _, party := range r.parties.offered {
		for _, address := range addresses {
			if _, err := r.begin(ctx, party, address); err != nil {
				return r.notSent(ctx, party, address, err)
			}
		}
	}
	return pass("%s, for %s", strings.Join(r.hosts(), ", "), strings.Join(addresses, ", "))
}

// hosts returns the host of each third party's page.
func (r *run) hosts() []string {
	var hosts []string
	for _, party := range r.parties.offered {
		if page := r.parties.pages[party.ID]; page != "" {
			hosts = append(hosts, fmt.Sprintf("%s at %s", hanko.Printable(party.Name), hostOf(page)))
		}
	}
	return hosts
}

// pageOf returns a third party's page, to which the tenant sends a browser that may come back. It returns "" if the tenant sends
// none.
func (r *run) pageOf(ctx context.Context, party hanko.ThirdParty) string {
	if page, known := r.parties.pages[party.ID]; known {
		return page
	}
	for _, address := range append(slices.Clone(r.RedirectTo), r.returnAddress(), r.errorPage(ctx)) {
		if address == "" {
			continue
		}
		if _, err := r.begin(ctx, party, address); err == nil {
			return r.parties.pages[party.ID]
		}
	}
	r.parties.pages[party.ID] = ""
	return ""
}

// notSent returns the outcome if the tenant does not send a browser to a third party.
func (r *run) notSent(ctx context.Context, party hanko.ThirdParty, address string, err error) Outcome {
	name := hanko.Printable(party.Name)
	if errors.Is(err, errNoReason) {
		if told := r.askREST(ctx, party, address); told != nil {
			err = told
		}
	}
	var said *hanko.ThirdPartyError
	hasReason := errors.As(err, &said)
	says := func(words string) bool {
		return hasReason && strings.Contains(strings.ToLower(said.Description), words)
	}
	page, elsewhere := r.errorPage(ctx), errNoReason
	if page != "" && (errors.Is(err, errNoReason) || says("redirect to")) {
		_, elsewhere = r.begin(ctx, party, page) // it is allowed, whatever the list has
	}
	switch {
	case says("redirect to"), errors.Is(err, errNoReason) && elsewhere == nil:
		return r.notAllowed(address)
	case says("provider"):
		return fail(fmt.Sprintf("The tenant offers %s, and refuses the sign-in there: %s", name, said.Error()), "The third party is switched off, or has another name.",
			providerKey(party.ID, "enabled"), fmt.Sprintf("Set `%s: true`.", providerKey(party.ID, "enabled")))
	case hasReason, errors.Is(err, errNoReason) && page != "" && errors.Is(elsewhere, errNoReason):
		outcome := fail(fmt.Sprintf("The tenant cannot reach %s.", name), "The tenant asks the third party for its addresses first, and gets no answer. So it refuses every sign-in there.",
			providerKey(party.ID, "issuer"), fmt.Sprintf("Check `%s`, and that the tenant's machine reaches it; look at the tenant's log.", providerKey(party.ID, "issuer")))
		if hasReason {
			outcome.Note = fmt.Sprintf("The tenant cannot reach %s: %s", name, said.Error())
		}
		return outcome
	case errors.Is(err, errNoReason):
		outcome := fail(fmt.Sprintf("The tenant refuses the sign-in with %s and the return address %s. Over flows it does not say why.", name, address),
			"The address is not in the tenant's list, or the tenant cannot reach the third party. It has the same answer for both.", keyRedirects,
			fmt.Sprintf("Add the line `- %s` to `%s`. If it is there, look at the tenant's log, and whether its machine reaches the third party.", redirectPattern(address), keyRedirects))
		outcome.OtherKeys = []string{providerKey(party.ID, "issuer")}
		if len(r.RedirectTo) == 0 { // the app's own address may be allowed
			outcome.Verdict = Inconclusive
		}
		return outcome
	default:
		return r.notBegun(err)
	}
}

// notBegun returns the outcome of an error that says nothing about the tenant's configuration.
func (r *run) notBegun(err error) Outcome {
	var (
		unreachable *unreachableError
		status      *statusError
	)
	if errors.As(err, &unreachable) || errors.As(err, &status) {
		return unknown("%v", err)
	}
	return diagnose(err)
}

// askREST begins a sign-in over REST, which gives a reason for refusing it, and returns that reason. It returns nil if there is
// none: v3 has no REST API.
func (r *run) askREST(ctx context.Context, party hanko.ThirdParty, address string) error {
	e := attempt{party: party, back: address, browser: provider.NewBrowser(r.Browser)}
	err := r.beginByBrowser(ctx, &e)
	var said *hanko.ThirdPartyError
	if !errors.As(err, &said) {
		return nil
	}
	return err
}

// notAllowed returns the outcome of an address that is not in the tenant's list. Without --redirect-to, hankosim does not know
// the app's own address, and that its own is missing is no fault.
func (r *run) notAllowed(address string) Outcome {
	pattern := redirectPattern(address)
	if len(r.RedirectTo) == 0 {
		return skip("hankosim does not know your app's return address, and the tenant does not allow %s. "+
			"Name the app's with --redirect-to. On a tenant for development, you can allow hankosim's: `- %s` in `%s`", address, pattern, keyRedirects)
	}
	return fail(fmt.Sprintf("The tenant does not allow the return address %s.", address), "The address is not in the tenant's list.",
		keyRedirects, fmt.Sprintf("Add the line `- %s` to `%s`.", pattern, keyRedirects))
}

// foreign returns addresses of somebody else, which careless patterns allow. Nobody can own the domain (RFC 2606).
func (r *run) foreign() []string {
	addresses := []string{
		"https://foreign.example", "https://foreign.example/callback", "https://login.foreign.example/callback", "https://foreign/callback",
		"http://foreign.example/callback", "example.foreign.app://callback",
	}
	for _, own := range append(slices.Clone(r.RedirectTo), r.returnAddress()) {
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
	certain := len(r.parties.allowed) > 0 // the same request succeeds with another address
	addresses := r.foreign()
	for _, address := range addresses {
		_, err := r.begin(ctx, party, address)
		var said *hanko.ThirdPartyError
		switch {
		case err == nil:
			delete(r.parties.allowed, address)
			outcome := fail(fmt.Sprintf("The tenant allows the return address %s, which is not yours.", address),
				"A pattern in the list is too wide. An attacker who gets somebody to open a link to the tenant receives their one-time token. In a pattern, `*` stands for anything but a dot and a slash, and `**` for anything at all.",
				keyRedirects, fmt.Sprintf("Write each address into `%s` in full. If you need a wildcard, use one `*` for one part of the host, followed by your own domain.", keyRedirects))
			outcome.Settings = []hankoconfig.Setting{{Key: keyRedirects, Value: r.redirects(), Comment: "all of your apps' addresses, and no others"}}
			return outcome
		case errors.Is(err, errNoReason):
		case errors.As(err, &said) && strings.Contains(strings.ToLower(said.Description), "redirect to"):
			certain = true
		case errors.As(err, &said):
		default:
			return r.notBegun(err)
		}
	}
	if !certain {
		return unknown("%d foreign addresses were refused, and nothing shows that any address is accepted", len(addresses))
	}
	return pass("%d foreign addresses were refused", len(addresses))
}

func thirdPartyWildcard(ctx context.Context, r *run) Outcome {
	address := r.returnAddress()
	if !r.mayReturnHere(ctx, r.parties.offered[0]) {
		return skip("the tenant allows no return address on a free port of this machine")
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return diagnose(err)
	}
	tricked := parsed.Scheme + "://" + parsed.Hostname() + ":x@[2001:db8::1]" + parsed.Path // an address of documentation (RFC 3849)
	if _, err = r.begin(ctx, r.parties.offered[0], tricked); err != nil {
		return pass("the tenant refuses %s", tricked)
	}
	delete(r.parties.allowed, tricked)
	outcome := fail(fmt.Sprintf("It does: the tenant allows the return address %s, which is on another host.", tricked),
		"In the list, `*` stands for anything but a dot and a slash, not only for a port. An attacker who gets somebody to open a link to the tenant receives their one-time token.",
		keyRedirects, fmt.Sprintf("Keep lines with `*` for the port, such as `%s://%s:*%s`, on tenants for development only.", parsed.Scheme, parsed.Hostname(), parsed.Path))
	outcome.Settings = []hankoconfig.Setting{} // there is nothing to write
	return outcome
}
