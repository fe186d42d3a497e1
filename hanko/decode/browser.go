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

// On the way to a third party and back, the person's browser makes requests of which the app knows only the address.

// returned says what a browser came back to the app with; came is false where it was only opened. The error is a
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
			return "The browser came back to the app without a token and without an error."
		}
		text := fmt.Sprintf("The browser came back to the app with the error %q", said.Code)
		if means = cmp.Or(means, said.Description); means != "" {
			text += ": " + strings.TrimSuffix(clause(means), ".")
		}
		return text + "."
	case came:
		return "The browser came back to the app with a one-time token, which the app hands in."
	case CallOf(e).Endpoint == "GET /thirdparty/auth":
		return "The app sends the person's browser to the tenant, which sends it on to the third party. The app does not see where it goes from there."
	}
	host := "the third party"
	if address, err := url.Parse(e.URL); err == nil && address.Host != "" {
		host = address.Host
	}
	return "The app sends the person's browser to the sign-in at " + host + ". The app does not see where it goes from there."
}

// address takes the address of a browser's request apart.
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

// queryMembers say what the members of the browser's addresses mean: those of the tenant's GET /thirdparty/auth, those of the
// third party's page (OpenID Connect Core 1.0, section 3.1.2.1; RFC 7636, section 4.3), and those of the app's address.
var queryMembers = map[string]string{
	"provider":              "the third party, by the tenant's name for it",
	"redirect_to":           "the app's address, which the browser comes back to; `third_party.allowed_redirect_urls` must have it",
	"client_id":             "the tenant, by the third party's name for it",
	"redirect_uri":          "the tenant's address, which the third party sends the browser back to (`third_party.redirect_url`)",
	"response_type":         "code: the third party gives the browser a code, for which the tenant asks it who the person is",
	"scope":                 "what the tenant asks to be told of the person",
	"state":                 "comes back unchanged. The tenant has encrypted in it where the app is; it is good for five minutes",
	"code_challenge":        "a hash of the app's code verifier: only who has the verifier can finish what the app began",
	"code_challenge_method": "how the code challenge is made of the code verifier; S256 is SHA-256",
	"prompt":                "what the third party asks each time; consent: whether the tenant may know who the person is",
	"nonce":                 "comes back in the ID token, which so belongs to this sign-in",
	"hanko_token":           "the one-time token that the app hands in within a minute; its = is %3D in the address",
	"error":                 "why there is no token",
	"error_description":     "the same in the tenant's or the third party's words",
}
