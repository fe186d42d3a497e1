// Package thirdparty leads browsers from an embedded tenant to third parties and back, with OAuth 2.0 and OpenID Connect,
// and with the libraries that Hanko uses. REST and flows begin a sign-in, and the browser ends it at the callback.
package thirdparty

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/provider"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
)

// OwnPath is where the tenant serves the embedded provider.
const OwnPath = "/provider"

// CookieName is the name of the cookie by which a browser is recognised.
const CookieName = "hanko_thirdparty_state"

// Service leads browsers to third parties and back.
type Service struct {
	accounts  *account.Accounts
	basePath  string // of the tenant's API
	redirects []setting.RedirectURL
	own       http.Handler // the embedded provider
	seal      sealer
}

// New returns the service of a tenant whose API is below a path.
func New(accounts *account.Accounts, basePath string) (*Service, error) {
	s := &Service{
		accounts: accounts, basePath: basePath,
		own: provider.New(provider.Options{Path: OwnPath, Now: accounts.Clock}),
	}
	for _, text := range accounts.Settings.RedirectURLs {
		pattern, err := setting.ParseRedirectURL(text)
		if err != nil {
			return nil, fmt.Errorf("the redirect URL %q cannot be read: %w", text, err)
		}
		s.redirects = append(s.redirects, pattern)
	}
	var err error
	s.seal, err = newSealer()
	return s, err
}

// Provider returns the embedded provider, to be served at OwnPath.
func (s *Service) Provider() http.Handler { return s.own }

// Allows reports whether a browser may return to an app's address. As in Hanko, the error page is allowed, too.
func (s *Service) Allows(request *http.Request, address string) bool {
	if strings.TrimSuffix(address, "/") == strings.TrimSuffix(s.ErrorPage(request), "/") {
		return true
	}
	return slices.ContainsFunc(s.redirects, func(u setting.RedirectURL) bool { return u.Allows(address) })
}

// Attempt is a sign-in with a third party. The tenant does not store it: the state contains it.
type Attempt struct {
	Provider   string    `json:"provider"`
	RedirectTo string    `json:"redirect_to"`
	Expires    time.Time `json:"expires_at"`
	Nonce      string    `json:"nonce"`
	ByFlow     bool      `json:"is_flow"`
	Verifier   string    `json:"code_verifier,omitempty"`
	UserID     string    `json:"user_id,omitempty"` // the user to connect the account with; "" to sign in
}

// patience is how long the tenant waits for a third party.
const patience = 10 * time.Second

// Begin returns the address to which the browser goes, and the state that it takes along. challenged means that the app sent
// a verifier, which may be empty. It fails with an error in Hanko's words.
func (s *Service) Begin(request *http.Request, a Attempt, challenged bool) (address, state string, err error) {
	a.Provider = strings.ToLower(a.Provider)
	party, known := s.accounts.ThirdParty(a.Provider)
	switch {
	case !known && setting.IsBuiltIn(a.Provider):
		return "", "", fmt.Errorf("%s provider is disabled", a.Provider)
	case !known:
		return "", "", fmt.Errorf("unknown provider: %s", a.Provider)
	}
	ctx, cancel := context.WithTimeout(request.Context(), patience)
	defer cancel()
	spoken, err := s.discover(s.clientFor(ctx, party), request, party)
	if err != nil {
		return "", "", err
	}
	a.Expires = s.accounts.Now().Add(hanko.StateLife)
	if state, err = s.seal.close(a); err != nil {
		return "", "", err
	}
	var options []oauth2.AuthCodeOption
	if challenged {
		options = append(options, oauth2.S256ChallengeOption(a.Verifier))
	}
	return spoken.config.AuthCodeURL(state, options...), state, nil
}

// spoken is a provider with its discovered addresses.
type spoken struct {
	config   oauth2.Config
	provider *oidc.Provider
}

func (s *Service) discover(ctx context.Context, request *http.Request, party setting.ThirdParty) (spoken, error) {
	issuer := cmp.Or(party.Issuer, s.origin(request)+OwnPath)
	found, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return spoken{}, err
	}
	return spoken{oauth2.Config{
		ClientID: provider.ClientID, ClientSecret: cmp.Or(party.ClientSecret, provider.ClientSecret), Endpoint: found.Endpoint(),
		RedirectURL: cmp.Or(s.accounts.Settings.CallbackURL, s.origin(request)+s.basePath+"/thirdparty/callback"),
		Scopes:      []string{oidc.ScopeOpenID, "email", "profile"},
	}, found}, nil
}

// origin returns the tenant's origin, from the request, so that the browser returns to the host that it opened.
func (s *Service) origin(request *http.Request) string {
	scheme := "http"
	if request.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + request.Host
}

// clientFor returns a context with the HTTP client for a provider. The embedded one is called without a network, because the
// tenant may not be able to reach itself by the name that the browser uses.
func (s *Service) clientFor(ctx context.Context, party setting.ThirdParty) context.Context {
	if party.Issuer != "" {
		return ctx
	}
	return oidc.ClientContext(ctx, &http.Client{Transport: inside{s.own}})
}

// inside is an http.RoundTripper that calls a handler.
type inside struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (i inside) RoundTrip(request *http.Request) (*http.Response, error) {
	served := request.Clone(request.Context())
	served.Host = request.URL.Host
	if served.Body == nil {
		served.Body = http.NoBody
	}
	written := answer{header: make(http.Header), status: http.StatusOK}
	i.handler.ServeHTTP(&written, served)
	return &http.Response{
		Status: http.StatusText(written.status), StatusCode: written.status, Header: written.header,
		Body: io.NopCloser(&written.body), ContentLength: int64(written.body.Len()), Request: request,
	}, nil
}

// answer is an http.ResponseWriter in memory.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header               { return a.header }
func (a *answer) WriteHeader(status int)            { a.status = status }
func (a *answer) Write(content []byte) (int, error) { return a.body.Write(content) }

// Return is the answer to a browser at the callback.
type Return struct {
	Address string // where the browser goes
	Known   bool   // the browser was recognised, so its cookie is no longer needed
}

// Finish ends a sign-in: GET /thirdparty/callback. An error comes from the store; any other failure is in the address.
func (s *Service) Finish(request *http.Request) (Return, error) {
	query := request.URL.Query()
	attempt, err := s.attempt(request, query.Get("state"))
	if err != nil {
		return Return{Address: s.failed(request, "", err)}, nil
	}
	token, err := s.welcome(request, query, attempt)
	var failed *store.Error
	switch {
	case errors.As(err, &failed):
		return Return{}, err
	case err != nil:
		return Return{Address: s.failed(request, attempt.RedirectTo, err)}, nil
	}
	back, err := url.Parse(attempt.RedirectTo)
	if err != nil {
		return Return{Address: s.failed(request, "", err)}, nil
	}
	values := back.Query()
	values.Set("hanko_token", token)
	back.RawQuery = values.Encode()
	return Return{back.String(), true}, nil
}

func invalid(description string) error {
	return &hanko.ThirdPartyError{Code: hanko.ThirdPartyInvalidRequest, Description: description}
}

// attempt returns the attempt in a returned state. Without a verifier, the browser must be the one that began.
func (s *Service) attempt(request *http.Request, state string) (Attempt, error) {
	if state == "" {
		return Attempt{}, invalid("State is a required field")
	}
	attempt, err := s.seal.open(state)
	if err != nil {
		return attempt, invalid("could not decode state: could not decrypt state: " + err.Error())
	}
	if attempt.Verifier == "" {
		cookie, err := request.Cookie(CookieName)
		if err != nil || cookie.Value == "" {
			return attempt, invalid("expected state must not be empty")
		}
		expected, err := s.seal.open(cookie.Value)
		if err != nil {
			return attempt, invalid("could not decode expectedState: could not decrypt state: " + err.Error())
		}
		if expected.Nonce != attempt.Nonce {
			return attempt, invalid("could not verify state")
		}
	}
	if s.accounts.Now().After(attempt.Expires) {
		return attempt, invalid("state is expired")
	}
	return attempt, nil
}

// welcome asks the third party who the person is, and returns a token for the user.
func (s *Service) welcome(request *http.Request, query url.Values, attempt Attempt) (string, error) {
	if code := query.Get("error"); code != "" {
		return "", &hanko.ThirdPartyError{Code: hanko.ThirdPartyCode(code), Description: query.Get("error_description")}
	}
	party, known := s.accounts.ThirdParty(attempt.Provider)
	if !known {
		return "", invalid("unknown provider: " + attempt.Provider)
	}
	visitor, err := s.identify(request, party, query.Get("code"), attempt.Verifier)
	if err != nil {
		return "", err
	}
	var token string
	err = s.accounts.Store.Update(func(tx store.Tx) error {
		u, i, isNew, err := s.accounts.Welcome(tx, party, visitor, attempt.ByFlow, attempt.UserID)
		if err == nil {
			token, err = s.accounts.NewToken(tx, u, i, attempt.Verifier, isNew)
		}
		return err
	})
	return token, err
}

// identify exchanges the code at the third party, and asks it who the person is.
func (s *Service) identify(request *http.Request, party setting.ThirdParty, code, verifier string) (account.Visitor, error) {
	if code == "" {
		return account.Visitor{}, invalid("auth code missing from request")
	}
	ctx, cancel := context.WithTimeout(request.Context(), patience)
	defer cancel()
	ctx = s.clientFor(ctx, party)
	spoken, err := s.discover(ctx, request, party)
	if err != nil {
		return account.Visitor{}, invalid(err.Error())
	}
	var options []oauth2.AuthCodeOption
	if verifier != "" {
		options = append(options, oauth2.VerifierOption(verifier))
	}
	token, err := spoken.config.Exchange(ctx, code, options...)
	if err != nil {
		return account.Visitor{}, invalid("could not exchange authorization code for access token")
	}
	info, err := spoken.provider.UserInfo(ctx, spoken.config.TokenSource(ctx, token))
	var said struct {
		Name       string `json:"name"`
		GivenName  string `json:"given_name"`
		FamilyName string `json:"family_name"`
		Picture    string `json:"picture"`
	}
	needsAddress := s.accounts.Settings.ErrorsToPage // a tenant before v2.3 needs one, over flows too
	if err != nil || info.Claims(&said) != nil || needsAddress && info.Email == "" {
		return account.Visitor{}, invalid("could not retrieve user data from provider")
	}
	return account.Visitor{
		Subject: info.Subject, Email: info.Email, EmailVerified: info.EmailVerified,
		Name: said.Name, GivenName: said.GivenName, FamilyName: said.FamilyName, Picture: said.Picture,
	}, nil
}

// failed returns the address for a browser with an error: the app's, or the error page if that is "" or all errors go there.
func (s *Service) failed(request *http.Request, to string, err error) string {
	if to == "" || s.accounts.Settings.ErrorsToPage {
		to = s.ErrorPage(request)
	}
	return WithError(to, err)
}

// ErrorPage returns the address for a browser that cannot be sent back to an app.
func (s *Service) ErrorPage(request *http.Request) string {
	if page := s.accounts.Settings.ErrorRedirectURL; page != "" {
		return page
	}
	return s.origin(request) + "/error"
}

// WithError returns an address with an error in its query, as Hanko writes it.
func WithError(to string, err error) string {
	said := &hanko.ThirdPartyError{Code: hanko.ThirdPartyServerError, Description: "an internal error has occurred"}
	errors.As(err, &said)
	query := url.Values{"error": {string(said.Code)}}
	if said.Description != "" {
		query.Set("error_description", said.Description)
	}
	return to + "?" + query.Encode()
}
