package hanko

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Signing in with a third party: the person's browser goes to the provider, and returns to the app's address with a one-time
// token or an error in the query. The app sends the token to the tenant, over REST or in its flow.

// ThirdParty is a provider that people can sign in with.
type ThirdParty struct {
	ID   string // in the API: "google", "custom_example"
	Name string // for people
}

// ConfigKey returns where the provider is in the tenant's configuration.
func (p ThirdParty) ConfigKey() string {
	if key, custom := strings.CutPrefix(p.ID, "custom_"); custom {
		return "third_party.custom_providers." + key
	}
	return "third_party.providers." + p.ID
}

// TokenLife is how long the one-time token is valid with which a browser returns from a third party.
const TokenLife = time.Minute

// StateLife is how long a browser may stay at the third party. After that, the tenant sends it to
// `third_party.error_redirect_url`, because the app's address was in the state, which has expired.
const StateLife = 5 * time.Minute

// ThirdParties returns the providers that a state offers, in the tenant's order. ActionThirdPartyOAuth has those to sign in
// with, and ActionConnectThirdPartyOAuthProvider those that are not connected with the account yet.
func (f Flow) ThirdParties(action ActionName) []ThirdParty {
	var all []ThirdParty
	for _, allowed := range f.Actions[action].Inputs[InputProvider].AllowedValues {
		if id, isText := allowed.Value.(string); isText {
			all = append(all, ThirdParty{ID: id, Name: allowed.Text})
		}
	}
	return all
}

// TakesVerifier reports whether an action takes a code verifier (RFC 7636), as in backends since v2.2.0. Without one, only a
// browser with the app's cookies can finish what the action begins.
func (f Flow) TakesVerifier(action ActionName) bool {
	_, takes := f.Actions[action].Inputs[InputCodeVerifier]
	return takes
}

// RedirectURL returns the address to which the state "thirdparty" sends the browser. It is "" in other states.
func (f Flow) RedirectURL() string {
	var payload struct {
		RedirectURL string `json:"redirect_url"`
	}
	if json.Unmarshal(f.Payload, &payload) != nil {
		return ""
	}
	return payload.RedirectURL
}

// NewCodeVerifier returns a random code verifier, of a length that RFC 7636, section 4.1, allows.
func NewCodeVerifier() string { return rand.Text() + rand.Text() }

// ThirdPartyURL returns the address that the person's browser opens to sign in over REST: GET /thirdparty/auth, up to v2.7.
// There, the browser gets a cookie, and is sent on to the provider.
func (c *Client) ThirdPartyURL(provider, redirectTo string) string {
	target := *c.base
	target.Path += "/thirdparty/auth"
	target.RawQuery = url.Values{"provider": {provider}, "redirect_to": {redirectTo}}.Encode()
	return target.String()
}

// TokenExchange is the body of POST /token.
type TokenExchange struct {
	Value string `json:"value"`
}

// TokenUser is the response of POST /token.
type TokenUser struct {
	UserID string `json:"user_id"`
}

// ExchangeToken exchanges the one-time token with which the browser returned for a session: POST /token, up to v2.7. Status
// 404 means that the token was used or is unknown, and 422 that it is older than TokenLife.
func (c *Client) ExchangeToken(ctx context.Context, token string) (Session, error) {
	return c.signIn(ctx, call{
		method: http.MethodPost, path: "/token", body: TokenExchange{Value: token}, out: &TokenUser{},
	})
}

// NoteBrowser records a request of the person's browser. It is for the address that the app asks it to open, with status 0,
// and for the app's address to which it returns, with the status of the app's answer. The app sees nothing in between.
func (c *Client) NoteBrowser(address string, status int) {
	exchange := Exchange{Browser: true, Method: http.MethodGet, URL: address, Path: address, Status: status, Start: time.Now()}
	if below, ours := strings.CutPrefix(address, c.base.String()+"/"); ours {
		exchange.Path = "/" + below
	}
	c.log.ended(&exchange)
	if c.observe != nil {
		c.observe(exchange)
	}
}

// tokenQuery is the parameter of the app's address that has the one-time token (backend/utils).
const tokenQuery = "hanko_token"

// CameBack reports whether a query is that of a browser that returns from a third party.
func CameBack(query url.Values) bool { return query.Has(tokenQuery) || query.Has("error") }

// ReturnedToken returns the one-time token in the query of a browser that has returned. It fails with a *ThirdPartyError.
func ReturnedToken(query url.Values) (string, error) {
	if token := query.Get(tokenQuery); token != "" {
		return token, nil
	}
	return "", &ThirdPartyError{
		Code: ThirdPartyCode(query.Get("error")), Description: query.Get("error_description"),
	}
}

// ThirdPartyCode says why signing in with a third party failed. Providers may have other codes.
type ThirdPartyCode string

// The codes of Hanko (backend/thirdparty/error.go), and the one that every provider has (RFC 6749, section 4.1.2.1).
const (
	ThirdPartyAccessDenied     ThirdPartyCode = "access_denied"     // the person or the provider refused
	ThirdPartyInvalidRequest   ThirdPartyCode = "invalid_request"   // the description has the reason
	ThirdPartyServerError      ThirdPartyCode = "server_error"      // the tenant or the provider failed
	ThirdPartyUserConflict     ThirdPartyCode = "user_conflict"     // there is an account, and `allow_linking` is off; also when connecting in the profile
	ThirdPartyMultipleAccounts ThirdPartyCode = "multiple_accounts" // the address at the provider now belongs to another account
	ThirdPartySignUpDisabled   ThirdPartyCode = "signup_disabled"   // the person has no account, and sign-up is off
	ThirdPartyUnverifiedEmail  ThirdPartyCode = "unverified_email"  // the provider sent no verified address; not over flows with a code verifier
	ThirdPartyTooManyEmails    ThirdPartyCode = "email_maxnum"      // the address is new, but the account has the maximum
)

// ThirdPartyError is the error with which a browser returns instead of a token.
type ThirdPartyError struct {
	Code        ThirdPartyCode // "" if the query has none
	Description string         // in the tenant's or the provider's words; may be ""
}

// Error returns the code and the description, printable.
func (e *ThirdPartyError) Error() string {
	switch {
	case e.Code == "":
		return "the browser returned without a token and without an error"
	case e.Description == "":
		return fmt.Sprintf("the browser returned with the error %q", brief(string(e.Code)))
	default:
		return fmt.Sprintf("the browser returned with the error %q: %s", brief(string(e.Code)), brief(e.Description))
	}
}

// Explain returns what the error means and what to do. Both are "" for an unknown one.
func (e *ThirdPartyError) Explain() (means, do string) {
	if e.Code == ThirdPartyInvalidRequest {
		for _, known := range invalidRequests {
			if strings.Contains(strings.ToLower(e.Description), known.says) {
				return known.means, known.do
			}
		}
	}
	explained := thirdPartyErrors[e.Code]
	return explained.means, explained.do
}

var thirdPartyErrors = map[ThirdPartyCode]explanation{
	ThirdPartyAccessDenied: {
		"The person declined at the third party, or it refused to let them in.", "Try again, or sign in another way.",
	},
	ThirdPartyInvalidRequest: {
		"The tenant does not accept what came back from the third party.", "Try again; look at the tenant's log.",
	},
	ThirdPartyServerError: {
		"The tenant or the third party failed.", "Look at the tenant's log, then try again.",
	},
	ThirdPartyUserConflict: {
		"The account exists already, and the tenant does not connect existing accounts with this third party.",
		"Sign in to that account another way, or set `allow_linking: true` for this provider under `third_party` in the tenant's configuration.",
	},
	ThirdPartyMultipleAccounts: {
		"The person's address at the third party now belongs to another account at the tenant.",
		"Sign in to one of the two accounts in another way, and remove the address or the third party from it.",
	},
	ThirdPartySignUpDisabled: {
		"The person has no account, and nobody can sign up at the tenant.",
		"Sign in with an existing account, or set `account.allow_signup: true` in the tenant's configuration.",
	},
	ThirdPartyUnverifiedEmail: {
		"The third party sent no address of the person, or one that it has not verified. The tenant requires a verified one over REST, and before v2.2 over flows too (`email.require_verification`).",
		"Verify the address at the third party, ask it for the scope `email`, or use the Flow API of v2.2 or newer, which verifies the address with a passcode.",
	},
	ThirdPartyTooManyEmails: {
		"The address at the third party is new, and the account already has as many as the tenant allows (`email.limit`).",
		"Sign in another way, and delete an address.",
	},
}

// invalidRequests are the causes of invalid_request, by the words in the description.
var invalidRequests = []struct {
	says string // in lower case
	explanation
}{
	{"redirect to", explanation{
		"The tenant does not let the browser return to this app's address.",
		"Add the address to `third_party.allowed_redirect_urls` in the tenant's configuration.",
	}},
	{"openid-configuration", explanation{
		"The tenant cannot reach the third party to get its configuration.",
		"Check the provider's `issuer` in the tenant's configuration, and that the tenant's machine can reach it.",
	}},
	{"state is expired", explanation{
		"The person was at the third party for longer than five minutes.", "Try again.",
	}},
	{"state", explanation{
		"The tenant does not recognise this browser. The sign-in began in another browser, this one did not keep the tenant's cookie, or it opened the tenant with another host than that of `third_party.redirect_url`.",
		"Try again, and stay in one browser. Give the app the tenant's URL with the host that `third_party.redirect_url` has.",
	}},
	{"exchange authorization code", explanation{
		"The third party did not accept the browser's code, or the tenant's client secret. A code works only once: perhaps the page was loaded twice.",
		"Try again. If that does not help, check `client_id` and `secret` of the provider in the tenant's configuration.",
	}},
	{"retrieve user data", explanation{
		"The third party did not say who the person is, or sent no address, which backends before v2.3 require.",
		"Check the `scopes` of the provider in the tenant's configuration: they need `openid` and `email`.",
	}},
	{"identity already exists for a different user", explanation{
		"This account at the third party is connected with another account at the tenant.",
		"Disconnect it there, or use another account at the third party.",
	}},
	{"provider", explanation{
		"The tenant does not have this provider, or it is switched off.",
		"Set it up under `third_party` in the tenant's configuration, with `enabled: true`.",
	}},
}
