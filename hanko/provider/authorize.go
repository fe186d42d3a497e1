package provider

import (
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
)

//go:embed consent.html
var consentHTML string

// consentMark is in every page that asks for consent, so that a browser knows it for this provider's.
const consentMark = `<meta name="generator" content="hankosim provider">`

var consentPage = template.Must(template.New("consent").Parse(consentHTML))

// The fields of the consent page's form.
const (
	fieldPerson  = "person"
	fieldAddress = "address"
	fieldDeny    = "deny"
)

// authorization is a request to GET or POST /authorize (RFC 6749, section 4.1.1).
type authorization struct {
	redirectURI *url.URL
	state       string
	challenge   string
	nonce       string
}

// read takes a request apart. What is wrong with it is told on the page, and not to the redirect URI, which may be what is
// wrong.
func read(query url.Values) (a authorization, problem string) {
	redirect, err := url.Parse(query.Get("redirect_uri"))
	switch {
	case query.Get("client_id") != ClientID:
		return a, "The client_id is not " + ClientID + ", which is the only one that this provider knows."
	case err != nil || redirect.Scheme != "http" && redirect.Scheme != "https" || redirect.Host == "":
		return a, "The redirect_uri is no web address."
	case query.Get("response_type") != "code":
		return a, "The response_type is not code."
	case query.Has("code_challenge") && query.Get("code_challenge_method") != "S256":
		return a, "The code_challenge_method is not S256."
	}
	return authorization{redirect, query.Get("state"), query.Get("code_challenge"), query.Get("nonce")}, ""
}

// ask answers GET /authorize: it asks the person who they are, and whether the tenant may know.
func (p *Provider) ask(w http.ResponseWriter, r *http.Request) {
	asked, problem := read(r.URL.Query())
	page := struct {
		Problem, Tenant string
		People          []Person
		Newcomer        Person
	}{problem, "", People(), Newcomer()}
	status := http.StatusBadRequest
	if problem == "" {
		status, page.Tenant = http.StatusOK, asked.redirectURI.Host
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	w.WriteHeader(status)
	_ = consentPage.Execute(w, page) // the browser has gone: nobody is left to tell
}

// answered answers POST /authorize, the page's form: it sends the browser back to the tenant.
func (p *Provider) answered(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	asked, problem := read(r.URL.Query())
	if problem != "" {
		http.Error(w, problem, http.StatusBadRequest)
		return
	}
	back := asked.redirectURI.Query()
	if asked.state != "" {
		back.Set("state", asked.state)
	}
	chosen, known := personOf(r.PostFormValue(fieldPerson))
	switch address := Address(r.PostFormValue(fieldAddress)); {
	case r.PostFormValue(fieldDeny) != "":
		back.Set("error", "access_denied")
		back.Set("error_description", "The person said no.")
	case !known || !slices.Contains([]Address{Verified, Unverified, Withheld}, address):
		http.Error(w, "The form is incomplete.", http.StatusBadRequest)
		return
	default:
		back.Set("code", p.keep(grant{
			person: chosen, address: address, redirectURI: asked.redirectURI.String(), challenge: asked.challenge, nonce: asked.nonce,
		}, codeLife))
	}
	target := *asked.redirectURI
	target.RawQuery = back.Encode()
	http.Redirect(w, r, target.String(), http.StatusSeeOther)
}
