package smoke

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/provider"
)

// Third parties. Up to a third party's own page, everything can be checked without a person: whether the tenant sends a
// browser there, and which return addresses it allows. Only hankosim's own provider lets the robot sign in.

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
			ID: "thirdparty.foreign", Suite: ThirdParty, Severity: Critical, Title: "The tenant sends no browser to somebody else's address",
			Proves: "a link to the tenant cannot bring people's tokens to another site", Needs: offered, run: thirdPartyForeign, Docs: thirdPartyDocs,
		},
		{
			ID: "thirdparty.wildcard", Suite: ThirdParty, Severity: Info, Title: "Whether the wildcard for the port matches other hosts, too",
			Proves: "nothing; the wildcard is meant for development", Needs: offered, run: thirdPartyWildcard, Docs: thirdPartyDocs,
		},
		{
			ID: "thirdparty.callback", Suite: ThirdParty, Severity: Critical, Title: "The third party sends browsers back to this tenant",
			Proves: "the browser brings the tenant's cookie back", Needs: offered, run: thirdPartyCallback, Docs: thirdPartyDocs,
		},
		{
			ID: "thirdparty.errorpage", Suite: ThirdParty, Severity: Warning, Title: "Errors that cannot go to the app end on a page",
			Proves: "people who stay at the third party for too long learn of it", Needs: offered, run: thirdPartyErrorPage, Docs: thirdPartyDocs,
		},
		{
			ID: "thirdparty.signin", Suite: ThirdParty, Severity: Critical, Title: "Somebody new signs in with the third party",
			Proves: "consent, the way back and the token exchange lead to a session", Needs: offered, run: thirdPartySignIn, Docs: customProviderDocs,
		},
		{
			ID: "thirdparty.token", Suite: ThirdParty, Severity: Critical, Title: "The one-time token is good once",
			Proves: "somebody who reads the app's address later cannot sign in with it", Needs: signIn, run: thirdPartyToken, Docs: thirdPartyDocs,
		},
		{
			ID: "thirdparty.verifier", Suite: ThirdParty, Severity: Critical, Title: "The code verifier is compared",
			Proves: "another app that intercepts the token cannot use it", Needs: signIn, run: thirdPartyVerifier, Docs: thirdPartyDocs,
		},
		{
			ID: "thirdparty.denied", Suite: ThirdParty, Severity: Warning, Title: "The app learns that somebody did not agree",
			Proves: "errors come back to the app, so it does not wait forever", Needs: signIn, run: thirdPartyDenied, Docs: thirdPartyDocs,
		},
		{
			ID: "thirdparty.secondfactor", Suite: ThirdParty, Severity: Info, Title: "Whether a sign-in with a third party asks for the second factor",
			Proves: "nothing; Hanko leaves the second factor to the third party", Needs: signIn, run: thirdPartySecondFactor,
		},
		{
			ID: "thirdparty.disconnect", Suite: ThirdParty, Severity: Info, Title: "Whether people can disconnect their last third party",
			Proves: "nothing; an app should warn people before they do it", Needs: signIn, run: thirdPartyDisconnect,
		},
	}
}

// parties is what a run knows about the third parties.
type parties struct {
	offered  []hanko.ThirdParty
	verifier bool              // flows take a code verifier
	allowed  map[string]bool   // whether the tenant allows a return address
	pages    map[string]string // by ID: the third party's page, as the tenant sends a browser there
	own      *hanko.ThirdParty // the one that is hankosim's own provider
	others   []string          // what was found instead
	searched bool              // for the own one
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

// returnAddress returns the address at which hankosim waits for browsers, with some port in place of 0.
func (r *run) returnAddress() string {
	address, err := url.Parse(cmp.Or(r.ReturnAddress, "http://127.0.0.1:0/callback"))
	if err != nil {
		return r.ReturnAddress
	}
	if address.Port() == "0" {
		address.Host = strings.TrimSuffix(address.Host, "0") + "51234"
	}
	return address.String()
}

// byFlow reports whether an app sends browsers to third parties by a flow. Before v2.2.0, only a browser with the app's cookies
// could finish what a flow begins.
func (r *run) byFlow() bool { return r.recognised.API == hanko.FlowAPI && r.parties.verifier }

// providerKey returns Hanko's key for one setting of a third party.
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

func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return "the address"
	}
	return hanko.Printable(parsed.Host)
}

// sentenceOf returns an error's text with a capital letter.
func sentenceOf(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}
