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

// Signing in with a third party: the person's browser goes to the provider, and comes back to an address of the app's with
// a one-time token or an error in its query. The app hands the token in, over REST or to its flow.

// ThirdParty is a provider that people can sign in with.
type ThirdParty struct {
	ID   string // as the API takes it: "google", "custom_example"
	Name string // as people are shown it
}

// TokenLife is how long the one-time token of a third party's way back is good.
const TokenLife = time.Minute

// StateLife is how long the tenant lets somebody stay at the third party. Who comes back later is sent to
// `third_party.error_redirect_url`, because the app's address is in the state that has expired.
const StateLife = 5 * time.Minute

// ThirdParties lists the providers that a state offers, in the tenant's order: those of ActionThirdPartyOAuth to sign in
// with, or those of ActionConnectThirdPartyOAuthProvider that the account has none of yet.
func (f Flow) ThirdParties(action ActionName) []ThirdParty {
	var all []ThirdParty
	for _, allowed := range f.Actions[action].Inputs[InputProvider].AllowedValues {
		if id, isText := allowed.Value.(string); isText {
			all = append(all, ThirdParty{ID: id, Name: allowed.Text})
		}
	}
	return all
}

// TakesVerifier reports whether an action takes a code verifier (RFC 7636). Without one, only a browser with the app's
// cookies can finish what the action begins. Backends do since v2.2.0.
func (f Flow) TakesVerifier(action ActionName) bool {
	_, takes := f.Actions[action].Inputs[InputCodeVerifier]
	return takes
}

// RedirectURL is where the state "thirdparty" sends the browser; "" in a state that has no such payload.
func (f Flow) RedirectURL() string {
	var payload struct {
		RedirectURL string `json:"redirect_url"`
	}
	if json.Unmarshal(f.Payload, &payload) != nil {
		return ""
	}
	return payload.RedirectURL
}

// NewCodeVerifier draws a code verifier (RFC 7636, section 4.1). Hanko takes any length; providers need not.
func NewCodeVerifier() string { return rand.Text() + rand.Text() }

// ThirdPartyURL is what the person's browser opens to sign in over REST: GET /thirdparty/auth, up to v2.7. It has to be
// opened in the browser, which is given a cookie there, and is sent on to the provider.
func (c *Client) ThirdPartyURL(provider, redirectTo string) string {
	target := *c.base
	target.Path += "/thirdparty/auth"
	target.RawQuery = url.Values{"provider": {provider}, "redirect_to": {redirectTo}}.Encode()
	return target.String()
}

// TokenExchange is what POST /token takes.
type TokenExchange struct {
	Value string `json:"value"`
}

// TokenUser answers POST /token.
type TokenUser struct {
	UserID string `json:"user_id"`
}

// ExchangeToken hands in the one-time token that the browser came back with: POST /token, up to v2.7. Success is a session.
// Status 404 means that the token was used or is unknown, 422 that it is older than TokenLife.
func (c *Client) ExchangeToken(ctx context.Context, token string) (Session, error) {
	return c.signIn(ctx, call{
		method: http.MethodPost, path: "/token", body: TokenExchange{Value: token}, out: &TokenUser{},
	})
}

// NoteBrowser records what the person's browser requests: an address that the app has it open, or the app's own that it came
// back to, with the status of the app's answer. The app sees neither the browser's headers nor where it goes in between.
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

// CameBack reports whether a query is one that a browser comes back from a third party with.
func CameBack(query url.Values) bool { return query.Has(tokenQuery) || query.Has("error") }

// ReturnedToken is the one-time token of a browser that came back. It fails with a *ThirdPartyError.
func ReturnedToken(query url.Values) (string, error) {
	if token := query.Get(tokenQuery); token != "" {
		return token, nil
	}
	return "", &ThirdPartyError{
		Code: ThirdPartyCode(query.Get("error")), Description: query.Get("error_description"),
	}
}

// ThirdPartyCode says what kept somebody from signing in with a third party. A provider has codes of its own.
type ThirdPartyCode string

// The codes of Hanko (backend/thirdparty/error.go), and the one that every provider has (RFC 6749, section 4.1.2.1).
const (
	ThirdPartyAccessDenied     ThirdPartyCode = "access_denied"     // the person, or the provider, said no
	ThirdPartyInvalidRequest   ThirdPartyCode = "invalid_request"   // the description says what
	ThirdPartyServerError      ThirdPartyCode = "server_error"      // the tenant, or the provider, failed on its own side
	ThirdPartyUserConflict     ThirdPartyCode = "user_conflict"     // the address has an account, and `allow_linking` is off
	ThirdPartyMultipleAccounts ThirdPartyCode = "multiple_accounts" // the provider's address is now another account's
	ThirdPartySignUpDisabled   ThirdPartyCode = "signup_disabled"   // the person is new, and the tenant takes nobody new
	ThirdPartyUnverifiedEmail  ThirdPartyCode = "unverified_email"  // the provider gives no verified address; not over flows with a code verifier
	ThirdPartyTooManyEmails    ThirdPartyCode = "email_maxnum"      // the provider's address is new, and the account has as many as it may
)

// ThirdPartyError is what a browser comes back with in place of a token.
type ThirdPartyError struct {
	Code        ThirdPartyCode // "" when the query has none
	Description string         // in the tenant's or the provider's words; "" when there is none
}

// Error has the code and the description, printable.
func (e *ThirdPartyError) Error() string {
	switch {
	case e.Code == "":
		return "the browser came back without a token and without an error"
	case e.Description == "":
		return fmt.Sprintf("the browser came back with the error %q", brief(string(e.Code)))
	default:
		return fmt.Sprintf("the browser came back with the error %q: %s", brief(string(e.Code)), brief(e.Description))
	}
}

// Explain says what the error means and what to do; both are "" for one that is not known.
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
		"The person did not agree at the third party, or it does not let them in.", "Try again, or sign in another way.",
	},
	ThirdPartyInvalidRequest: {
		"The tenant does not accept what came back from the third party.", "Try again; look at the tenant's log.",
	},
	ThirdPartyServerError: {
		"The tenant or the third party failed on its own side.", "Look at the tenant's log, then try again.",
	},
	ThirdPartyUserConflict: {
		"An account with this address exists, and the tenant does not connect it with the third party.",
		"Sign in to that account another way, or set `allow_linking: true` for this provider under `third_party` in the tenant's configuration.",
	},
	ThirdPartyMultipleAccounts: {
		"The address that the person has at the third party now is that of another account of the tenant's.",
		"Sign in to one of the two accounts another way, and take the address or the third party off it.",
	},
	ThirdPartySignUpDisabled: {
		"The person has no account, and the tenant takes no new ones.",
		"Sign in with an account that exists, or set `account.allow_signup: true` in the tenant's configuration.",
	},
	ThirdPartyUnverifiedEmail: {
		"The third party gives no address of the person's, or one that it has not verified. The tenant asks for one over REST, and before v2.2 over flows too (`email.require_verification`).",
		"Verify the address at the third party, ask it for the scope `email`, or use the Flow API of v2.2 or newer, which verifies by a passcode.",
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
		"The tenant does not let the browser come back to this app's address.",
		"Add the address to `third_party.allowed_redirect_urls` in the tenant's configuration.",
	}},
	{"openid-configuration", explanation{
		"The tenant does not reach the third party to ask for its addresses.",
		"Check the provider's `issuer` in the tenant's configuration, and that the tenant's machine reaches it.",
	}},
	{"state is expired", explanation{
		"The person was at the third party for longer than five minutes.", "Try again.",
	}},
	{"state", explanation{
		"The tenant does not know this browser again: it began in another one, does not keep the tenant's cookie, or opened the tenant by another host than that of `third_party.redirect_url`.",
		"Try again, and stay in one browser. Give the app the tenant's URL with the host that `third_party.redirect_url` has.",
	}},
	{"exchange authorization code", explanation{
		"The third party did not accept the code that the browser brought, or the tenant's client secret. A code is good once: the page was loaded a second time, perhaps.",
		"Try again; if it stays so, check `client_id` and `secret` of the provider in the tenant's configuration.",
	}},
	{"retrieve user data", explanation{
		"The third party did not say who the person is, or gave no address, which backends before v2.3 need.",
		"Check the `scopes` of the provider in the tenant's configuration: they need `openid` and `email`.",
	}},
	{"identity already exists for a different user", explanation{
		"This account at the third party is connected with another account of the tenant's.",
		"Disconnect it there, or use another account at the third party.",
	}},
	{"provider", explanation{
		"The tenant does not have this provider, or it is switched off.",
		"Set it up under `third_party` in the tenant's configuration, with `enabled: true`.",
	}},
}
