package tenant

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
)

// TestThirdPartyContract replays whole recorded runs with third parties in order. It sends the tenant what the app and the
// browser sent, serves the provider's recorded answers, and compares every answer of the tenant.
func TestThirdPartyContract(t *testing.T) {
	for _, test := range []struct {
		name     string
		switches []string
	}{
		{"2.7.0-rest", []string{"rest=on", "mfa=off"}},
		{"2.7.0-flow", []string{"rest=on"}},
		{"3.0.4-flow", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			run := thirdPartyRun(t, test.name)
			c := newThirdPartyContract(t, run, test.switches)
			replayed := 0
			for n, e := range run {
				c.step = fmt.Sprintf("%d %q %s %.60s", n, e.Note, e.Method, e.Path)
				if c.replayed(e) {
					replayed++
				}
				if t.Failed() {
					return // the rest depends on this answer
				}
			}
			if replayed < len(run)/3 {
				t.Errorf("%d of %d recorded exchanges were replayed", replayed, len(run))
			}
		})
	}
}

func thirdPartyRun(t *testing.T, name string) []exchange {
	t.Helper()
	file, err := os.Open("../testdata/thirdparty-" + name + ".json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	content, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var run []exchange
	if err := json.NewDecoder(content).Decode(&run); err != nil {
		t.Fatal(err)
	}
	return run
}

// thirdPartyContract is a replay with a provider that gives the recorded answers.
type thirdPartyContract struct {
	flowContract
	clock    *clock
	host     string // the recorded tenant's, host:port
	issuer   string // the recorded provider's
	provider *httptest.Server
	says     []exchange // what the provider is asked next
}

func newThirdPartyContract(t *testing.T, run []exchange, switches []string) *thirdPartyContract {
	c := &thirdPartyContract{clock: &clock{now: time.Now()}}
	c.provider = httptest.NewServer(http.HandlerFunc(c.provide))
	t.Cleanup(c.provider.Close)
	for _, e := range run {
		if strings.HasPrefix(e.Note, "[browser to provider]") && c.host == "" {
			asked, err := url.Parse(e.Path)
			if err != nil {
				t.Fatal(err)
			}
			redirect, err := url.Parse(asked.Query().Get("redirect_uri"))
			if err != nil {
				t.Fatal(err)
			}
			c.host, c.issuer = redirect.Host, "http://"+asked.Host
		}
	}
	party := func(id, name, issuer string, linking bool) setting.ThirdParty {
		return setting.ThirdParty{
			ThirdParty: hanko.ThirdParty{ID: id, Name: name}, Issuer: issuer, ClientSecret: "a-client-secret", AllowLinking: linking,
		}
	}
	options := Options{
		Now: c.clock.time,
		ThirdParties: []setting.ThirdParty{
			party("custom_down", "Down", "http://127.0.0.1:9179", false), // nothing listens there
			party("custom_example", "Example", c.provider.URL, false),
			party("custom_linking", "Linking", c.provider.URL, true),
		},
		Settings: settingsOf(t, PresetV3, append([]string{
			"password=optional", "deletion=on", "token=header", "email-max-length=100", "tokens-per-minute=off", "passcodes-per-minute=off",
			"third-party-redirects=http://127.0.0.1:*/callback,http://127.0.0.1:8899/exact,https://*.example.com/login,com.example.other://callback",
			"third-party-error-page=http://127.0.0.1:8899/error", "password-on-login=never",
		}, switches...)...),
	}
	c.flowContract = flowContract{
		contract: contract{t: t, app: openTenant(t, options), ours: make(map[string]string), answers: make(map[string]string)},
		keys:     make(map[string]*testKey),
	}
	return c
}

// provide gives the tenant the provider's recorded answers, but with this run's addresses in the discovery document.
func (c *thirdPartyContract) provide(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if strings.HasPrefix(r.URL.Path, "/.well-known/") {
		own := c.provider.URL
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": own, "authorization_endpoint": own + "/authorize", "token_endpoint": own + "/token", "userinfo_endpoint": own + "/userinfo",
			"jwks_uri": own + "/jwks", "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
			"id_token_signing_alg_values_supported": []string{"RS256"},
		})
		return
	}
	if len(c.says) == 0 || !strings.HasSuffix(c.says[0].Path, r.URL.Path) {
		c.errorf("the tenant asked the provider %s %s, and that was not recorded", r.Method, r.URL)
		http.Error(w, "{}", http.StatusTeapot)
		return
	}
	next := c.says[0]
	c.says = c.says[1:]
	if r.Header.Get("Authorization") != next.RequestHeaders["Authorization"] && !strings.HasSuffix(next.Path, "/token") {
		c.errorf("the tenant sent the provider Authorization %q, recorded %q", r.Header.Get("Authorization"), next.RequestHeaders["Authorization"])
	}
	if body := r.FormValue("code_verifier"); strings.HasSuffix(next.Path, "/token") {
		var recorded string
		_ = json.Unmarshal(next.RequestBody, &recorded)
		sent, _ := url.ParseQuery(recorded)
		if sent.Get("code_verifier") != body {
			c.errorf("the tenant sent the provider the verifier %q, recorded %q", body, sent.Get("code_verifier"))
		}
	}
	w.WriteHeader(next.Status)
	_ = json.NewEncoder(w).Encode(next.ResponseBody)
}

// replayed replays an exchange of the app or the browser with the tenant. It reports false for any other exchange.
func (c *thirdPartyContract) replayed(e exchange) bool {
	switch {
	case strings.HasPrefix(e.Note, "[tenant to provider]"):
		if !strings.Contains(e.Path, "/.well-known/") {
			c.says = append(c.says, e)
		}
		return false
	case strings.HasPrefix(e.Note, "[browser to provider]"):
		return false
	case strings.Contains(e.Note, "opens localhost"):
		return false // the tenant here takes its own address from the request
	case e.Path == "/token_exchange" && e.Status == http.StatusForbidden:
		return false // the flow of SAML, which the embedded tenant does not have
	}
	c.arrange(e)
	e.Note = strings.NewReplacer("[app] passcode", "right passcode", "[app] second factor: code", "right TOTP code").Replace(e.Note)
	r := httptest.NewRequestWithContext(c.t.Context(), e.Method, c.rewrite(e.Path), strings.NewReader(c.sent(e)))
	r.Host, r.RemoteAddr = c.host, "127.0.0.1:50000"
	for name, value := range e.RequestHeaders {
		r.Header.Set(name, c.rewrite(value))
	}
	got := c.app.send(r)
	if got.status != e.Status {
		c.errorf("answered %d %s, recorded %d %v", got.status, got.raw, e.Status, e.ResponseBody)
		return true
	}
	if !c.sameAddress(e.ResponseHeaders["Location"], got.header.Get("Location")) {
		c.errorf("Location is %q, recorded %q", got.header.Get("Location"), e.ResponseHeaders["Location"])
	}
	c.samePayload(e, got)
	for name, value := range e.ResponseHeaders { // the recorder wrote some names its own way
		delete(e.ResponseHeaders, name)
		e.ResponseHeaders[map[string]string{
			"X-Ratelimit-Limit": "X-RateLimit-Limit", "X-Ratelimit-Remaining": "X-RateLimit-Remaining", "X-Ratelimit-Reset": "X-RateLimit-Reset",
		}[name]] = value
		e.ResponseHeaders[name] = value
	}
	delete(e.ResponseHeaders, "")
	c.headers(e, got)
	if e.ResponseBody != nil || got.body != nil {
		c.same("body", e.ResponseBody, got.body)
	}
	return true
}

// sent returns the recorded body with this run's tokens and codes. Only forms are not JSON.
func (c *thirdPartyContract) sent(e exchange) string {
	var form string
	if json.Unmarshal(e.RequestBody, &form) == nil {
		return form
	}
	return c.body(e)
}

// arrange sets up the tenant that a note is about, and lets the time in the note pass.
func (c *thirdPartyContract) arrange(e exchange) {
	accounts := c.app.tenant.accounts
	accounts.Settings.DisableSignup = strings.Contains(e.Note, "account.allow_signup false")
	if strings.Contains(e.Note, "after 61 seconds") {
		c.clock.pass(61 * time.Second)
	}
	if strings.Contains(e.Note, "comes after 5 minutes") && strings.Contains(e.Path, "/callback") {
		c.clock.pass(5*time.Minute + time.Second)
	}
	made := []string{
		"[browser to tenant] account with this address exists, linking not allowed",
		"[browser to tenant] [tenant with account.allow_signup false] account with this address exists",
	}
	if slices.ContainsFunc(made, func(note string) bool { return strings.HasPrefix(e.Note, note) }) && len(c.says) > 0 {
		c.signUp(c.says[len(c.says)-1].ResponseBody)
	}
	limited := regexp.MustCompile(`rate_limiter on\] exchange number (\d) of`).FindStringSubmatch(e.Note)
	if limited == nil {
		return
	}
	if first := limited[1] == "1" || limited[1] == "2" && !strings.HasPrefix(e.Path, "/token"); first {
		accounts.TokenLimit = openTenant(c.t, Options{Now: c.clock.time}).tenant.accounts.TokenLimit
		if limited[1] == "2" { // the first one was not recorded
			if _, err := accounts.TokenLimit.Take(&http.Request{RemoteAddr: "127.0.0.1:50000"}, "token", accounts.Now()); err != nil {
				c.t.Fatal(err)
			}
			c.clock.pass(time.Second)
		}
	}
}

// signUp creates an account with the address that the provider will send, as the recorder did without recording it.
func (c *thirdPartyContract) signUp(userinfo any) {
	said, _ := userinfo.(map[string]any)
	address, _ := said["email"].(string)
	accounts := c.app.tenant.accounts
	err := accounts.Store.Update(func(tx store.Tx) error {
		e, err := accounts.AddEmail(tx, address)
		if err != nil {
			return err
		}
		return account.GiveEmail(tx, &account.User{ID: uuid.NewString(), Created: accounts.Now()}, e, true)
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// sameAddress compares addresses to which a browser is sent. The provider, the state and the token are this run's.
func (c *thirdPartyContract) sameAddress(recorded, got string) bool {
	recorded = strings.Replace(recorded, c.issuer, c.provider.URL, 1)
	recordedPath, recordedQuery, _ := strings.Cut(recorded, "?")
	path, query, _ := strings.Cut(got, "?")
	want, err := url.ParseQuery(recordedQuery)
	have, gotErr := url.ParseQuery(query)
	if err != nil || gotErr != nil || recordedPath != path || len(want) != len(have) {
		return false
	}
	for name := range want {
		recorded, got := want.Get(name), have.Get(name)
		switch {
		case name == "redirect_uri" && c.step != "": // other tenants were recorded at other ports
			recorded = regexp.MustCompile(`127\.0\.0\.1:\d+`).ReplaceAllString(recorded, c.host)
		case name == "state" && len(recorded) > 100 && len(got) > 100, name == "hanko_token" && len(recorded) == len(got):
			c.ours[url.QueryEscape(recorded)] = url.QueryEscape(got)
			c.ours[recorded] = got // the same key, where there is nothing to escape
			continue
		}
		if recorded != got {
			return false
		}
	}
	return true
}

// samePayload compares the addresses in two flows' payloads, and removes them.
func (c *thirdPartyContract) samePayload(e exchange, got reply) {
	address := func(body any) string {
		object, _ := body.(map[string]any)
		payload, _ := object["payload"].(map[string]any)
		text, _ := payload["redirect_url"].(string)
		delete(payload, "redirect_url")
		return text
	}
	recorded, here := address(e.ResponseBody), address(got.body)
	if !c.sameAddress(recorded, here) {
		c.errorf("payload.redirect_url is %q, recorded %q", here, recorded)
	}
	body, _ := got.body.(map[string]any)
	payload, _ := body["payload"].(map[string]any)
	if secret, ok := payload["otp_secret"].(string); ok {
		c.secret = secret
	}
}
