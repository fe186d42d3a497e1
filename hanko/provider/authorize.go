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

// consentMark is in the consent page, so that a Browser recognises it.
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

// read parses a request. The page shows what is wrong with it. The redirect URI does not get the problem, because it may be what is
// wrong.
func read(query url.Values) (a authorization, problem string) {
	redirect, err := url.Parse(query.Get("redirect_uri"))
	switch {
	case query.Get("client_id") != ClientID:
		return a, "The client_id is not " + ClientID + ", which is the only one that this provider accepts."
	case err != nil || redirect.Scheme != "http" && redirect.Scheme != "https" || redirect.Host == "":
		return a, "The redirect_uri is not a web address."
	case query.Get("response_type") != "code":
		return a, "The response_type is not code."
	case query.Has("code_challenge") && query.Get("code_challenge_method") != "S256":
		return a, "The code_challenge_method is not S256."
	}
	return authorization{redirect, query.Get("state"), query.Get("code_challenge"), query.Get("nonce")}, ""
}

// ask answers GET /authorize. It asks the person who they are, and whether the tenant may know that.
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
	_ = consentPage.Execute(w, page) // it fails only if the browser has gone
}

// answered answers POST /authorize, with the page's form. It sends the browser back to the tenant.
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
		back.Set("error_description", "The person declined.")
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
