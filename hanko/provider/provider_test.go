package provider_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"example.com/hankosim/hanko/provider"
)

// tenant is a client of the provider with the libraries of a real tenant.
type tenant struct {
	t      *testing.T
	now    time.Time
	server *httptest.Server
	oidc   *oidc.Provider
	config oauth2.Config
}

func newTenant(t *testing.T) *tenant {
	t.Helper()
	c := &tenant{t: t, now: time.Now()}
	c.server = httptest.NewServer(provider.New(provider.Options{Now: func() time.Time { return c.now }}))
	t.Cleanup(c.server.Close)
	found, err := oidc.NewProvider(t.Context(), c.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.oidc = found
	c.config = oauth2.Config{
		ClientID: provider.ClientID, ClientSecret: provider.ClientSecret, Endpoint: found.Endpoint(),
		RedirectURL: "com.example.never", Scopes: []string{oidc.ScopeOpenID, "email"},
	}
	return c
}

// visit signs in with an answer, and returns the query with which the browser returns.
func (c *tenant) visit(answer provider.Answer, options ...oauth2.AuthCodeOption) url.Values {
	c.t.Helper()
	var came url.Values
	callback := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { came = r.URL.Query() }))
	c.t.Cleanup(callback.Close)
	c.config.RedirectURL = callback.URL + "/callback?kept=1"
	ended, err := provider.Visit(c.t.Context(), c.config.AuthCodeURL("a state", options...), answer)
	if err != nil {
		c.t.Fatal(err)
	}
	if !strings.HasPrefix(ended, callback.URL+"/callback?") || came.Get("state") != "a state" || came.Get("kept") != "1" {
		c.t.Fatalf("the browser ended at %s with %v", ended, came)
	}
	return came
}

// TestSignIn agrees: the tenant learns who it is, the code works once, and the ID token is signed.
func TestSignIn(t *testing.T) {
	c := newTenant(t)
	verifier := oauth2.GenerateVerifier()
	came := c.visit(provider.Answer{Person: "ben"}, oauth2.S256ChallengeOption(verifier), oidc.Nonce("n"))
	if _, err := c.config.Exchange(t.Context(), came.Get("code"), oauth2.VerifierOption("wrong"+verifier)); err == nil {
		t.Error("a wrong verifier is accepted")
	}
	came = c.visit(provider.Answer{Person: "ben"}, oauth2.S256ChallengeOption(verifier), oidc.Nonce("n"))
	token, err := c.config.Exchange(t.Context(), came.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.config.Exchange(t.Context(), came.Get("code"), oauth2.VerifierOption(verifier)); err == nil {
		t.Error("a code works twice")
	}
	raw, _ := token.Extra("id_token").(string)
	said, err := c.oidc.Verifier(&oidc.Config{ClientID: provider.ClientID}).Verify(t.Context(), raw)
	if err != nil || said.Subject != "ben" || said.Nonce != "n" {
		t.Errorf("the ID token is %+v, %v", said, err)
	}
	who, err := c.oidc.UserInfo(t.Context(), oauth2.StaticTokenSource(token))
	if err != nil || who.Subject != "ben" || who.Email != "ben@provider.example" || !who.EmailVerified {
		t.Errorf("userinfo is %+v, %v", who, err)
	}
	c.now = c.now.Add(6 * time.Minute)
	if _, err := c.oidc.UserInfo(t.Context(), oauth2.StaticTokenSource(token)); err == nil {
		t.Error("an access token is valid after five minutes")
	}
}

func TestAddresses(t *testing.T) {
	c := newTenant(t)
	for address, want := range map[provider.Address]string{
		provider.Verified: "ada@provider.example true", provider.Unverified: "ada@provider.example false", provider.Withheld: " false",
	} {
		token, err := c.config.Exchange(t.Context(), c.visit(provider.Answer{Address: address}).Get("code"))
		if err != nil {
			t.Fatal(err)
		}
		who, err := c.oidc.UserInfo(t.Context(), oauth2.StaticTokenSource(token))
		if err != nil {
			t.Fatal(err)
		}
		if got := who.Email + map[bool]string{true: " true", false: " false"}[who.EmailVerified]; got != want {
			t.Errorf("%s: userinfo has %q, want %q", address, got, want)
		}
	}
}

// TestNewcomer signs in as newcomers: each is another person, and the same one the next time.
func TestNewcomer(t *testing.T) {
	c := newTenant(t)
	who := func(person provider.Person) string {
		t.Helper()
		token, err := c.config.Exchange(t.Context(), c.visit(provider.Answer{Person: person.ID}).Get("code"))
		if err != nil {
			t.Fatal(err)
		}
		info, err := c.oidc.UserInfo(t.Context(), oauth2.StaticTokenSource(token))
		if err != nil || info.Subject != person.ID || info.Email != person.Email {
			t.Errorf("%s is %+v, %v", person.ID, info, err)
		}
		return info.Email
	}
	one, other := provider.Newcomer(), provider.Newcomer()
	if first := who(one); first != who(one) || first == who(other) {
		t.Errorf("%s comes as two people, or as %s", first, other.Email)
	}
}

// TestConsentPage checks that a Browser recognises the consent page, and no other page.
func TestConsentPage(t *testing.T) {
	c := newTenant(t)
	c.config.RedirectURL = "http://127.0.0.1:1/callback"
	page, err := provider.NewBrowser(nil).Open(t.Context(), c.config.AuthCodeURL("a state"))
	if err != nil || !page.Consent {
		t.Errorf("the consent page is %+v, %v", page, err)
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<h1>Who are you?</h1>")) }))
	t.Cleanup(other.Close)
	for _, address := range []string{c.server.URL + "/error", c.server.URL + "/authorize", other.URL + "/authorize"} {
		if page, err := provider.NewBrowser(nil).Open(t.Context(), address); err != nil || page.Consent {
			t.Errorf("%s is taken for the consent page: %+v, %v", address, page, err)
		}
	}
}

func TestDenied(t *testing.T) {
	c := newTenant(t)
	if came := c.visit(provider.Answer{Deny: true}); came.Get("error") != "access_denied" || came.Has("code") {
		t.Errorf("the browser returned with %v", came)
	}
}

// TestWrongRequests sends wrong requests: the page shows the problem, and does not redirect.
func TestWrongRequests(t *testing.T) {
	c := newTenant(t)
	good := url.Values{"client_id": {provider.ClientID}, "redirect_uri": {"http://127.0.0.1:1/callback"}, "response_type": {"code"}}
	for name, wrong := range map[string]url.Values{
		"client_id": {"client_id": {"somebody"}}, "redirect_uri": {"redirect_uri": {"javascript:alert(1)"}},
		"response_type": {"response_type": {"token"}}, "code_challenge_method": {"code_challenge": {"a"}, "code_challenge_method": {"plain"}},
	} {
		query := url.Values{}
		for _, from := range []url.Values{good, wrong} {
			for key, values := range from {
				query[key] = values
			}
		}
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			status, body := c.send(method, "/authorize?"+query.Encode(), "", url.Values{"person": {"ada"}, "address": {"verified"}})
			if status != http.StatusBadRequest || !strings.Contains(body, name) {
				t.Errorf("%s with a wrong %s: %d %s", method, name, status, body)
			}
		}
	}
	if status, body := c.send(http.MethodPost, "/authorize?"+good.Encode(), "", url.Values{"person": {"eve"}, "address": {"verified"}}); status != http.StatusBadRequest {
		t.Errorf("somebody who is not there: %d %s", status, body)
	}
	if status, _ := c.send(http.MethodPost, "/token", "hanko:wrong", url.Values{"grant_type": {"authorization_code"}}); status != http.StatusUnauthorized {
		t.Errorf("a wrong client secret: %d", status)
	}
	status, body := c.send(http.MethodPost, "/token", provider.ClientID+":"+provider.ClientSecret, url.Values{"grant_type": {"password"}})
	var said map[string]string
	if json.Unmarshal([]byte(body), &said) != nil || status != http.StatusBadRequest || said["error"] != "unsupported_grant_type" {
		t.Errorf("another grant: %d %s", status, body)
	}
	if status, _ := c.send(http.MethodGet, "/userinfo", "", nil); status != http.StatusUnauthorized {
		t.Errorf("userinfo without a token: %d", status)
	}
}

// TestLateCode exchanges a code after a minute, which fails.
func TestLateCode(t *testing.T) {
	c := newTenant(t)
	came := c.visit(provider.Answer{})
	c.now = c.now.Add(61 * time.Second)
	if _, err := c.config.Exchange(t.Context(), came.Get("code")); err == nil {
		t.Error("a code is valid after a minute")
	}
}

func (c *tenant) send(method, path, basic string, form url.Values) (int, string) {
	c.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, c.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if user, password, found := strings.Cut(basic, ":"); found {
		request.SetBasicAuth(user, password)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return response.StatusCode, string(body)
}
