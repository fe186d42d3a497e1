package decode

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/secret"
)

// On the way to a third party and back, the person's browser sends requests. The app knows only their addresses.

// returned reports whether a browser returned to the app with this request. The error with which it returned is a
// *hanko.ThirdPartyError.
func returned(e hanko.Exchange) (came bool, err error) {
	address, err := url.Parse(e.URL)
	if err != nil || !hanko.CameBack(address.Query()) {
		return false, nil
	}
	_, err = hanko.ReturnedToken(address.Query())
	return true, err
}

// explainBrowser explains a request of the person's browser.
func explainBrowser(e hanko.Exchange) string {
	came, err := returned(e)
	var said *hanko.ThirdPartyError
	switch {
	case errors.As(err, &said):
		means, _ := said.Explain()
		if said.Code == "" {
			return "The browser returned to the app without a token and without an error."
		}
		text := fmt.Sprintf("The browser returned to the app with the error %q", said.Code)
		if means = cmp.Or(means, said.Description); means != "" {
			text += ": " + strings.TrimSuffix(clause(means), ".")
		}
		return text + "."
	case came:
		return "The browser returned to the app with a one-time token, which the app sends to the tenant."
	case CallOf(e).Endpoint == "GET /thirdparty/auth":
		return "The app sends the person's browser to the tenant, which sends it on to the third party. The app does not see where it goes from there."
	}
	host := "the third party"
	if address, err := url.Parse(e.URL); err == nil && address.Host != "" {
		host = address.Host
	}
	return "The app sends the person's browser to the sign-in at " + host + ". The app does not see where it goes from there."
}

// address decodes the address of a browser's request.
func address(e hanko.Exchange) Part {
	masked := secret.Masked(e).URL
	address, query, _ := strings.Cut(masked, "?")
	part := Part{In: Request, Path: "URL", Kind: KindAddress, Title: "Address"}
	var lines list
	lines.add(0, "address", address, "")
	for i, member := range strings.Split(query, "&") {
		name, value, _ := strings.Cut(member, "=")
		if i >= maxParts || name == "" {
			continue
		}
		name = unescaped(name)
		lines.add(0, name, unescaped(value), queryMembers[name])
	}
	part.Lines = lines
	return part
}

func unescaped(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// queryMembers explains the members of the browser's addresses: those of the tenant's GET /thirdparty/auth, those of the
// third party's page (OpenID Connect Core 1.0, section 3.1.2.1; RFC 7636, section 4.3), and those of the app's address.
var queryMembers = map[string]string{
	"provider":              "the third party, by the tenant's name for it",
	"redirect_to":           "the app's address, to which the browser returns; `third_party.allowed_redirect_urls` must allow it",
	"client_id":             "the tenant, by the third party's name for it",
	"redirect_uri":          "the tenant's address, to which the third party sends the browser back (`third_party.redirect_url`)",
	"response_type":         "code: the third party gives the browser a code, with which the tenant asks who the person is",
	"scope":                 "what the tenant wants to know about the person",
	"state":                 "returns unchanged; the tenant has encrypted the app's address in it, for five minutes",
	"code_challenge":        "a hash of the app's code verifier: only with the verifier can the sign-in be finished",
	"code_challenge_method": "how the code challenge is derived from the code verifier; S256 is SHA-256",
	"prompt":                "what the third party asks each time; consent: whether the tenant may know who the person is",
	"nonce":                 "returns in the ID token, and ties it to this sign-in",
	"hanko_token":           "the one-time token, which the app sends to the tenant within a minute; its = is %3D in the address",
	"error":                 "why there is no token",
	"error_description":     "the reason in the tenant's or the third party's words",
}
