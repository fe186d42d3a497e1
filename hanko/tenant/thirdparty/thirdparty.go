// Package thirdparty is an embedded tenant's way to third parties and back: OAuth 2.0 and OpenID Connect, spoken by the
// libraries that Hanko uses. REST and flows begin it; the browser ends it at the callback.
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

// CookieName is the cookie by which a browser is known again.
const CookieName = "hanko_thirdparty_state"

// Service leads browsers to third parties and back.
type Service struct {
	accounts  *account.Accounts
	basePath  string // of the tenant's API
	redirects []setting.RedirectURL
	own       http.Handler // the embedded provider
	seal      sealer
}

// New makes the service of a tenant whose API is below a path.
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

// Provider is the embedded provider, to be served at OwnPath.
func (s *Service) Provider() http.Handler { return s.own }

// Allows reports whether a browser may come back to an address of an app's. The error page is one, as with Hanko.
func (s *Service) Allows(request *http.Request, address string) bool {
	if strings.TrimSuffix(address, "/") == strings.TrimSuffix(s.ErrorPage(request), "/") {
		return true
	}
	return slices.ContainsFunc(s.redirects, func(u setting.RedirectURL) bool { return u.Allows(address) })
}

// Attempt is somebody's way to a third party and back. The tenant remembers none: it is in the state.
type Attempt struct {
	Provider   string    `json:"provider"`
	RedirectTo string    `json:"redirect_to"`
	Expires    time.Time `json:"expires_at"`
	Nonce      string    `json:"nonce"`
	ByFlow     bool      `json:"is_flow"`
	Verifier   string    `json:"code_verifier,omitempty"`
	UserID     string    `json:"user_id,omitempty"` // whose account is to be connected
}

// patience is how long the tenant waits for a third party.
const patience = 10 * time.Second

// Begin returns where the browser goes to, and the state that it takes along. challenged reports whether the app gave a
// verifier, an empty one too. It fails with an error in Hanko's words.
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

// spoken is a provider once its addresses are known.
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

// origin is the tenant's, by the request: with it, what the browser opens and where it comes back to is one host.
func (s *Service) origin(request *http.Request) string {
	scheme := "http"
	if request.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + request.Host
}

// clientFor is a context with the HTTP client for a provider. The embedded one is asked without a network: the tenant may
// not reach itself by the name that the browser knows it by.
func (s *Service) clientFor(ctx context.Context, party setting.ThirdParty) context.Context {
	if party.Issuer != "" {
		return ctx
	}
	return oidc.ClientContext(ctx, &http.Client{Transport: inside{s.own}})
}

// inside is an http.RoundTripper that has a handler answer.
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

// Return is how a browser's way ends.
type Return struct {
	Address string // where it goes to
	Known   bool   // it came back as itself, and its cookie is of no more use
}

// Finish ends a browser's way: GET /thirdparty/callback. An error is the store's; every other failure is in the address.
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

// attempt reads the state that came back. Without a verifier, the browser has to be the one that began.
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

// welcome asks the third party who came back, and makes a token for the user that they are.
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

// identify gives the third party the code, and asks who it is.
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

// failed is where a browser goes with an error: to the app's address, or to the error page where that is "" or must be.
func (s *Service) failed(request *http.Request, to string, err error) string {
	if to == "" || s.accounts.Settings.ErrorsToPage {
		to = s.ErrorPage(request)
	}
	return WithError(to, err)
}

// ErrorPage is where a browser goes that cannot be sent back to an app.
func (s *Service) ErrorPage(request *http.Request) string {
	if page := s.accounts.Settings.ErrorRedirectURL; page != "" {
		return page
	}
	return s.origin(request) + "/error"
}

// WithError is an address with an error in its query, as Hanko writes it.
func WithError(to string, err error) string {
	said := &hanko.ThirdPartyError{Code: hanko.ThirdPartyServerError, Description: "an internal error has occurred"}
	errors.As(err, &said)
	query := url.Values{"error": {string(said.Code)}}
	if said.Description != "" {
		query.Set("error_description", said.Description)
	}
	return to + "?" + query.Encode()
}
