package tenant

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/provider"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/store"
)

// partyTenant is a tenant behind real HTTP, with an app's listener.
type partyTenant struct {
	t        *testing.T
	tenant   *Tenant
	client   *hanko.Client
	callback string     // the app's address
	came     url.Values // the query with which the browser last returned
}

func serveThirdParties(t *testing.T, switches ...string) *partyTenant {
	t.Helper()
	s := &partyTenant{t: t}
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { s.came = r.URL.Query() }))
	t.Cleanup(app.Close)
	s.callback = app.URL + "/callback"
	s.tenant = openTenant(t, Options{Settings: settingsOf(t, PresetGuide, append([]string{"third-parties=custom_example"}, switches...)...)}).tenant
	server := httptest.NewServer(s.tenant.Handler())
	t.Cleanup(server.Close)
	var err error
	if s.client, err = hanko.NewClient(server.URL, hanko.Options{}); err != nil {
		t.Fatal(err)
	}
	return s
}

// visit follows the REST API's redirects in a browser, and returns the last address.
func (s *partyTenant) visit(answer provider.Answer) string {
	s.t.Helper()
	ended, err := provider.Visit(s.t.Context(), s.client.ThirdPartyURL("custom_example", s.callback), answer)
	if err != nil {
		s.t.Fatal(err)
	}
	return ended
}

// A person signs in with the embedded provider, over REST and over a flow, and is the same user.
func TestSignInWithEmbeddedProvider(t *testing.T) {
	s := serveThirdParties(t)
	s.visit(provider.Answer{})
	token, err := hanko.ReturnedToken(s.came)
	if err != nil {
		t.Fatal(err)
	}
	session, err := s.client.ExchangeToken(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	me, err := s.client.Me(t.Context(), session.Token)
	if err != nil || me.Name != "Ada Example" || len(me.Identities) != 1 || me.Identities[0].Provider != "Example" {
		t.Errorf("me is %+v, %v", me, err)
	}

	flow, err := s.client.StartFlow(t.Context(), hanko.LoginFlow, "")
	if err != nil {
		t.Fatal(err)
	}
	verifier := hanko.NewCodeVerifier()
	flow, err = s.client.Act(t.Context(), flow, hanko.ActionThirdPartyOAuth, map[hanko.InputName]any{
		hanko.InputProvider: "custom_example", hanko.InputRedirectTo: s.callback, hanko.InputCodeVerifier: verifier,
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.Visit(t.Context(), flow.RedirectURL(), provider.Answer{}); err != nil {
		t.Fatal(err)
	}
	if token, err = hanko.ReturnedToken(s.came); err != nil {
		t.Fatal(err)
	}
	flow, err = s.client.Act(t.Context(), flow, hanko.ActionExchangeToken, map[hanko.InputName]any{
		hanko.InputToken: token, hanko.InputCodeVerifier: verifier,
	}, "")
	if err != nil || flow.Name != hanko.StateSuccess || flow.Session == nil {
		t.Fatalf("the flow ends in %q, %v", flow.Name, err)
	}
	parsed, err := hanko.ParseToken(flow.Session.Token)
	if err != nil || parsed.Subject != me.ID {
		t.Errorf("the flow signs in %s, REST %s", parsed.Subject, me.ID)
	}
}

func TestThirdPartySwitches(t *testing.T) {
	for _, test := range []struct {
		switches []string
		answer   provider.Answer
		error    hanko.ThirdPartyCode // "" for a token
		page     bool                 // the browser ends at the tenant's own page
	}{
		{nil, provider.Answer{}, hanko.ThirdPartyUserConflict, false},
		{[]string{"third-party-linking=on"}, provider.Answer{}, "", false},
		{nil, provider.Answer{Deny: true}, hanko.ThirdPartyAccessDenied, false},
		{nil, provider.Answer{Address: provider.Unverified}, hanko.ThirdPartyUnverifiedEmail, false},
		{nil, provider.Answer{Address: provider.Withheld}, hanko.ThirdPartyUnverifiedEmail, false},
		{[]string{"signup=off"}, provider.Answer{Person: "ben"}, hanko.ThirdPartySignUpDisabled, false},
		{[]string{"third-party-errors=page"}, provider.Answer{Deny: true}, hanko.ThirdPartyAccessDenied, true},
		{[]string{"third-party-errors=page"}, provider.Answer{Address: provider.Withheld}, hanko.ThirdPartyInvalidRequest, true},
		{[]string{"third-party-secret=wrong"}, provider.Answer{}, hanko.ThirdPartyInvalidRequest, false},
		{[]string{"third-party-issuer=http://127.0.0.1:1"}, provider.Answer{}, hanko.ThirdPartyInvalidRequest, true},
		{[]string{"third-party-redirects=http://127.0.0.1:*/other"}, provider.Answer{}, hanko.ThirdPartyInvalidRequest, true},
	} {
		s := serveThirdParties(t, test.switches...)
		s.addUser("ada@provider.example")
		ended, err := url.Parse(s.visit(test.answer))
		if err != nil {
			t.Fatal(err)
		}
		if test.page != (ended.Path == "/error") {
			t.Errorf("%q, %+v: the browser ends at %s", test.switches, test.answer, ended)
		}
		if got := hanko.ThirdPartyCode(ended.Query().Get("error")); got != test.error {
			t.Errorf("%q, %+v: the browser returns with the error %q, want %q", test.switches, test.answer, got, test.error)
		}
	}
	s := serveThirdParties(t, "third-party-callback=http://127.0.0.1:1/back")
	if _, err := provider.Visit(t.Context(), s.client.ThirdPartyURL("custom_example", s.callback), provider.Answer{}); err == nil || !strings.Contains(err.Error(), "127.0.0.1:1/back?code=") {
		t.Errorf("the provider sends the browser elsewhere than to the callback: %v", err)
	}
	s = serveThirdParties(t, "third-party-errors=page", "third-party-error-page=http://127.0.0.1:1/team")
	_, err := provider.Visit(t.Context(), s.client.ThirdPartyURL("custom_example", s.callback), provider.Answer{Deny: true})
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1:1/team?error=access_denied") {
		t.Errorf("the browser goes elsewhere than to the team's page: %v", err)
	}
}

// addUser adds a user with an address.
func (s *partyTenant) addUser(address string) {
	s.t.Helper()
	accounts := s.tenant.accounts
	err := accounts.Store.Update(func(tx store.Tx) error {
		e, err := accounts.AddEmail(tx, address)
		if err != nil {
			return err
		}
		return account.GiveEmail(tx, &account.User{ID: uuid.NewString(), Created: accounts.Now()}, e, true)
	})
	if err != nil {
		s.t.Fatal(err)
	}
}
