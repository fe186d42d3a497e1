package smoke

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/provider"
)

// The tenant's pages on the way back: its callback, and the page for errors that cannot go to the app.

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
	case !strings.Contains(page.Next, "error="): // a callback sends a browser without a code on, with an error
		return fail(fmt.Sprintf("%s There, no Hanko tenant takes browsers (status %d).", note, page.Status), "The address is not that of the tenant's callback.", keyCallback, remedy)
	case elsewhere:
		return pass("to %s, where a Hanko tenant answers; the app's URL has another host, which does not matter with a code verifier", callback)
	}
	return pass("to %s", callback)
}

// errorPage returns the page to which the tenant sends browsers that it cannot send to an app, without the query. It returns ""
// if that is not known. A browser that opens the callback without a code is sent there.
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

func thirdPartyErrorPage(ctx context.Context, r *run) Outcome {
	address := r.errorPage(ctx)
	switch {
	case address == "":
		return unknown("the tenant does not say where it sends browsers that cannot go to the app")
	case !provider.IsWeb(address), address == r.returnAddress(), slices.Contains(r.RedirectTo, address):
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
