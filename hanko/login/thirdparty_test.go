package login_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/provider"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
)

var example = hanko.ThirdParty{ID: "custom_example", Name: "Example"}

// partyWalk is a walk whose browser answers at the embedded provider.
type partyWalk struct {
	*login.Walk
	t      *testing.T
	client *hanko.Client
	ended  chan string // where the browser ended
}

// walkWithThirdParty starts a walk at a tenant with the embedded provider. The preset decides whether it uses REST or flows.
func walkWithThirdParty(t *testing.T, preset tenant.Preset, answer provider.Answer, switches ...string) *partyWalk {
	t.Helper()
	served := tenanttest.Serve(t, tenant.Options{
		Settings: tenanttest.Settings(t, preset, append([]string{"third-parties=custom_example", "token=header"}, switches...)...),
	})
	client := served.Client(t, hanko.Options{})
	w := &partyWalk{Walk: login.New(client, authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove), "you@example.com"), t: t, client: client, ended: make(chan string, 10)}
	w.UseBrowser(func(visit login.Visit) {
		go func() {
			ended, err := provider.Visit(context.WithoutCancel(t.Context()), visit.URL, answer)
			if err != nil {
				ended = err.Error()
			}
			w.ended <- ended
		}()
	})
	return w
}

func (w *partyWalk) signIn() login.Step {
	return w.Take(w.t.Context(), login.SignInWithThirdParty{Party: example})
}

// A person signs in with the provider, over both APIs, and with backends that take no verifier.
func TestThirdPartySignIn(t *testing.T) {
	for _, test := range []struct {
		preset   tenant.Preset
		switches []string
	}{
		{tenant.PresetGuide, nil},
		{tenant.PresetV3, nil},
		{tenant.PresetV2MFA, []string{"third-party-verifier=off"}},
	} {
		w := walkWithThirdParty(t, test.preset, provider.Answer{}, test.switches...)
		in, ok := w.signIn().(login.SignedIn)
		if !ok || in.Method != login.ByThirdParty || in.Party != "Example" || in.Email != "ada@provider.example" {
			t.Fatalf("%s: the walk ends at %+v", test.preset, w.Step())
		}
		var browser []hanko.Exchange
		for _, e := range in.Exchanges() {
			if e.Browser {
				browser = append(browser, e)
			}
		}
		if len(browser) != 2 || !strings.Contains(browser[1].URL, "/callback?hanko_token=") {
			t.Fatalf("%s: the browser's requests are %+v", test.preset, browser)
		}
		var known secret.Keeper
		known.Learn(browser[1])
		masked := known.Exchange(browser[1])
		if _, token, _ := strings.Cut(browser[1].URL, "hanko_token="); strings.Contains(masked.URL+masked.Path, token) {
			t.Errorf("%s: the token is shown: %s", test.preset, masked.URL)
		}
	}
}

// Each refusal of the tenant and of the provider is an error that callers can tell apart.
func TestThirdPartyAnswers(t *testing.T) {
	code := func(want hanko.ThirdPartyCode) func(error) bool {
		return func(err error) bool {
			var said *hanko.ThirdPartyError
			return errors.As(err, &said) && said.Code == want
		}
	}
	is := func(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }
	for _, test := range []struct {
		name     string
		preset   tenant.Preset
		answer   provider.Answer
		switches []string
		want     func(error) bool
		remedy   string
	}{
		{"denied over REST", tenant.PresetGuide, provider.Answer{Deny: true}, nil, code(hanko.ThirdPartyAccessDenied), "Try again"},
		{"denied over a flow", tenant.PresetV3, provider.Answer{Deny: true}, nil, code(hanko.ThirdPartyAccessDenied), "Try again"},
		{"no address over REST", tenant.PresetGuide, provider.Answer{Address: provider.Withheld}, nil, code(hanko.ThirdPartyUnverifiedEmail), "email"},
		{"no sign-up", tenant.PresetV3, provider.Answer{}, []string{"signup=off"}, code(hanko.ThirdPartySignUpDisabled), "account.allow_signup"},
		{
			"an address that is not allowed", tenant.PresetV3,
			provider.Answer{},
			[]string{"third-party-redirects=http://127.0.0.1:1/callback"},
			is(login.ErrRedirectOrProvider), "`- http://127.0.0.1:*/callback` to `third_party.allowed_redirect_urls`",
		},
	} {
		w := walkWithThirdParty(t, test.preset, test.answer, test.switches...)
		failed, ok := w.signIn().(login.Failed)
		if !ok || !test.want(failed.Problem.Err) || !strings.Contains(failed.Problem.Remedy, test.remedy) || failed.Problem.Cause == "" {
			t.Errorf("%s: %+v", test.name, w.Step())
		}
		if _, back := w.Take(t.Context(), login.Back{}).(login.EnterEmail); !back {
			t.Errorf("%s: back leads to %T", test.name, w.Step())
		}
	}
	w := walkWithThirdParty(t, tenant.PresetV3, provider.Answer{})
	failed, ok := w.Take(t.Context(), login.SignInWithThirdParty{Party: hanko.ThirdParty{ID: "custom_nobody", Name: "Nobody"}}).(login.Failed)
	if !ok || !errors.Is(failed.Problem.Err, login.ErrUnknownThirdParty) {
		t.Errorf("an unknown provider: %+v", w.Step())
	}
	none := walkWithThirdParty(t, tenant.PresetV3, provider.Answer{}, "third-parties=")
	if failed, ok := none.signIn().(login.Failed); !ok || !errors.Is(failed.Problem.Err, login.ErrNoThirdParties) {
		t.Errorf("no providers: %+v", none.Step())
	}
}

// An address that the provider has not verified is verified with a passcode, and a missing one is asked for.
func TestThirdPartyAddresses(t *testing.T) {
	w := walkWithThirdParty(t, tenant.PresetV3, provider.Answer{Address: provider.Unverified})
	if passcode, ok := w.signIn().(login.EnterPasscode); !ok || passcode.Email != "" || passcode.Unsure {
		t.Errorf("an address that is not verified: %+v", w.Step())
	}
	w = walkWithThirdParty(t, tenant.PresetV3, provider.Answer{Address: provider.Withheld})
	if form, ok := w.signIn().(login.FillForm); !ok || form.State != hanko.StateOnboardingEmail {
		t.Errorf("no address: %+v", w.Step())
	}
}

// Before v2.3, a tenant sends errors to its error page, and the browser does not return. The person gives up, and the walk
// stays.
func TestThirdPartyGivenUp(t *testing.T) {
	w := walkWithThirdParty(t, tenant.PresetGuide, provider.Answer{Deny: true}, "third-party-errors=page")
	ctx, giveUp := context.WithCancel(t.Context())
	go func() {
		if ended := <-w.ended; !strings.Contains(ended, "/error?error=access_denied") {
			t.Errorf("the browser ended at %s", ended)
		}
		giveUp()
	}()
	if _, still := w.Take(ctx, login.SignInWithThirdParty{Party: example}).(login.EnterEmail); !still {
		t.Errorf("the walk is at %T", w.Step())
	}
}

// Another browser can bring another app's token to the app's address. The verifier shows that, and the walk keeps waiting.
func TestForeignToken(t *testing.T) {
	w := walkWithThirdParty(t, tenant.PresetV3, provider.Answer{})
	visited := make(chan error, 1)
	w.UseBrowser(func(visit login.Visit) {
		foreign := foreignToken(t, w)
		go func() {
			ctx := context.WithoutCancel(t.Context())
			_, err := provider.Visit(ctx, visit.Back+"?hanko_token="+url.QueryEscape(foreign), provider.Answer{})
			if err == nil {
				_, err = provider.Visit(ctx, visit.URL, provider.Answer{Person: "ben"})
			}
			visited <- err
		}()
	})
	in, ok := w.signIn().(login.SignedIn)
	if !ok || in.Email != "ben@provider.example" {
		t.Errorf("the walk ends at %+v", w.Step())
	}
	if err := <-visited; err != nil {
		t.Error(err)
	}
}

// foreignToken returns a token of another app for Ada, with another verifier.
func foreignToken(t *testing.T, w *partyWalk) string {
	var token string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		token = r.URL.Query().Get("hanko_token")
	}))
	defer other.Close()
	client, err := hanko.NewClient(w.client.BaseURL(), hanko.Options{})
	if err != nil {
		t.Error(err)
		return ""
	}
	ctx := context.WithoutCancel(t.Context())
	flow, err := client.StartFlow(ctx, hanko.LoginFlow, "")
	if err == nil {
		flow, err = client.Act(ctx, flow, hanko.ActionThirdPartyOAuth, map[hanko.InputName]any{
			hanko.InputProvider: example.ID, hanko.InputRedirectTo: other.URL + "/callback", hanko.InputCodeVerifier: hanko.NewCodeVerifier(),
		}, "")
	}
	if err == nil {
		_, err = provider.Visit(ctx, flow.RedirectURL(), provider.Answer{})
	}
	if err != nil {
		t.Error(err)
	}
	return token
}

// A person connects a third party in the profile, and disconnects it.
func TestConnectThirdParty(t *testing.T) {
	w := walkWithThirdParty(t, tenant.PresetV3, provider.Answer{}, "third-parties=custom_example,google", "third-party-linking=on")
	w.signIn()
	profile, ok := w.Take(t.Context(), login.OpenProfile{}).(login.Profile)
	if !ok || len(profile.Identities) != 1 || len(profile.Connect) != 1 || profile.Connect[0].ID != "google" || !profile.Offers.DisconnectThirdParty {
		t.Fatalf("the profile is %+v", w.Step())
	}
	profile, ok = w.Take(t.Context(), login.ConnectThirdParty{Party: profile.Connect[0]}).(login.Profile)
	if !ok || profile.Problem != nil || len(profile.Identities) != 2 || profile.Done != "Google was connected." {
		t.Fatalf("connected, the profile is %+v", w.Step())
	}
	for range 2 {
		profile, ok = w.Take(t.Context(), login.DisconnectThirdParty{IdentityID: profile.Identities[0].IdentityID}).(login.Profile)
		if !ok || profile.Problem != nil || profile.Done != "The third party was disconnected." {
			t.Fatalf("disconnected, the profile is %+v", w.Step())
		}
	}
	if len(profile.Identities) != 0 || profile.Offers.DisconnectThirdParty {
		t.Errorf("in the end, the profile is %+v", profile)
	}
}

// Without allow_linking, nobody can connect a third party, whatever its address is. The problem names the provider's key.
func TestConnectingNotAllowed(t *testing.T) {
	for party, key := range map[hanko.ThirdParty]string{
		{ID: "google", Name: "Google"}: "`third_party.providers.google.allow_linking: true`",
		example:                        "`third_party.custom_providers.example.allow_linking: true`",
	} {
		other := map[string]string{"google": "custom_example", example.ID: "google"}[party.ID]
		w := walkWithThirdParty(t, tenant.PresetV3, provider.Answer{}, "third-parties=custom_example,google")
		w.Take(t.Context(), login.SignInWithThirdParty{Party: hanko.ThirdParty{ID: other, Name: other}})
		w.Take(t.Context(), login.OpenProfile{})
		profile, ok := w.Take(t.Context(), login.ConnectThirdParty{Party: party}).(login.Profile)
		if !ok || profile.Problem == nil {
			t.Fatalf("%s: the walk is at %+v", party.ID, w.Step())
		}
		if !strings.Contains(profile.Problem.Remedy, key) || strings.Contains(profile.Problem.Error(), "another way") {
			t.Errorf("%s: the problem is %s", party.ID, profile.Problem.Error())
		}
	}
}

// If a person gives up connecting, the profile is as before, and still works.
func TestConnectingGivenUp(t *testing.T) {
	w := walkWithThirdParty(t, tenant.PresetV3, provider.Answer{}, "third-parties=custom_example,google", "third-party-linking=on")
	w.signIn()
	profile, _ := w.Take(t.Context(), login.OpenProfile{}).(login.Profile)
	ctx, giveUp := context.WithCancel(t.Context())
	w.UseBrowser(func(login.Visit) { giveUp() })
	if _, still := w.Take(ctx, login.ConnectThirdParty{Party: profile.Connect[0]}).(login.Profile); !still {
		t.Fatalf("given up, the walk is at %+v", w.Step())
	}
	if _, ok := w.Take(t.Context(), login.AddEmail{Address: "ada@example.com"}).(login.EnterPasscode); !ok {
		t.Errorf("the walk goes on to %+v", w.Step())
	}
}

// An address at which somebody else listens is a problem that names the address and says what to do, over both APIs.
func TestReturnAddressInUse(t *testing.T) {
	taken := httptest.NewServer(nil)
	defer taken.Close()
	for _, preset := range []tenant.Preset{tenant.PresetGuide, tenant.PresetV3} {
		w := walkWithThirdParty(t, preset, provider.Answer{})
		w.UseReturnAddress(taken.URL + "/callback")
		failed, ok := w.signIn().(login.Failed)
		if !ok || !errors.Is(failed.Problem.Err, login.ErrCannotListen) {
			t.Fatalf("%s: the walk is at %+v", preset, w.Step())
		}
		for text, want := range map[string]string{
			failed.Problem.Sentence: taken.URL, failed.Problem.Cause: "Another program uses this port", failed.Problem.Remedy: "`--return-address`",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q does not say %q", preset, text, want)
			}
		}
	}
}

// The short link redirects to the address to open, as long as the walk waits.
func TestLinkOfAVisit(t *testing.T) {
	w := walkWithThirdParty(t, tenant.PresetV3, provider.Answer{})
	link := ""
	w.UseBrowser(func(visit login.Visit) {
		link = visit.Link
		if !visit.OnlyHere() || len(link) > 40 || !strings.HasPrefix(visit.Back, link[:len("http://127.0.0.1:")]) {
			t.Errorf("the visit is %+v", visit)
		}
		go func() {
			ended, err := provider.Visit(context.WithoutCancel(t.Context()), visit.Link, provider.Answer{})
			if err != nil {
				ended = err.Error()
			}
			w.ended <- ended
		}()
	})
	if _, ok := w.signIn().(login.SignedIn); !ok {
		t.Errorf("the walk ends at %+v", w.Step())
	}
	if ended := <-w.ended; !strings.Contains(ended, "/callback?hanko_token=") {
		t.Errorf("the browser ended at %s", ended)
	}
	if _, err := provider.Visit(t.Context(), link, provider.Answer{}); err == nil {
		t.Error("the link leads somewhere afterwards")
	}
}

func TestLastWayIn(t *testing.T) {
	one := []hanko.Identity{{ID: "ada"}}
	for _, test := range []struct {
		profile login.Profile
		want    bool
	}{
		{login.Profile{Identities: one}, true},
		{login.Profile{Identities: one, Emails: []hanko.Email{{}}}, false},
		{login.Profile{Identities: one, Passkeys: []hanko.Credential{{}}}, false},
		{login.Profile{Identities: one, Password: true}, false},
		{login.Profile{Identities: append(one, one...)}, false},
		{login.Profile{}, false},
	} {
		if got := test.profile.LastWayIn(); got != test.want {
			t.Errorf("%+v: %v", test.profile, got)
		}
	}
}

// The third parties are known before anybody signs in.
func TestThirdPartiesOffered(t *testing.T) {
	w := walkWithThirdParty(t, tenant.PresetV3, provider.Answer{}, "third-parties=custom_example,google")
	offered, err := w.ThirdParties(t.Context())
	if err != nil || len(offered) != 2 || offered[0].Name != "Google" || offered[1] != example {
		t.Errorf("the tenant offers %+v, %v", offered, err)
	}
	w = walkWithThirdParty(t, tenant.PresetGuide, provider.Answer{}, "third-parties=custom_example,google")
	if offered, err = w.ThirdParties(t.Context()); err != nil || len(offered) != 1 || offered[0] != (hanko.ThirdParty{ID: "google", Name: "Google"}) {
		t.Errorf("over REST, the tenant offers %+v, %v", offered, err)
	}
}

// A browser that is closed, or that stays on an error page, does not return. The walk says so when it is too late.
func TestNobodyComesBack(t *testing.T) {
	for preset, switches := range map[tenant.Preset]string{tenant.PresetGuide: "third-party-errors=page", tenant.PresetV3: "third-party-errors=app"} {
		w := walkWithThirdParty(t, preset, provider.Answer{}, switches)
		w.UseBrowser(func(login.Visit) {})
		w.SetPatience(20 * time.Millisecond)
		failed, ok := w.signIn().(login.Failed)
		if !ok || !errors.Is(failed.Problem.Err, login.ErrNothingCame) || failed.Again == nil ||
			!strings.Contains(failed.Problem.Cause, "error_redirect_url") || !strings.Contains(failed.Problem.Remedy, "third_party.allowed_redirect_urls") {
			t.Errorf("%s: %+v", preset, w.Step())
		}
		if _, back := w.Take(t.Context(), login.Back{}).(login.EnterEmail); !back {
			t.Errorf("%s: back leads to %T", preset, w.Step())
		}
	}
}

// If a one-time token was used already, or is older than a minute, the walk says so, and can start again.
func TestTokenSpent(t *testing.T) {
	for _, test := range []struct {
		name   string
		preset tenant.Preset
		used   bool // otherwise it is too late
		status int
	}{
		{"used, over REST", tenant.PresetGuide, true, http.StatusNotFound},
		{"late, over REST", tenant.PresetGuide, false, http.StatusUnprocessableEntity},
		{"used, over a flow", tenant.PresetV2MFA, true, http.StatusInternalServerError},
		{"late, over a flow", tenant.PresetV3, false, http.StatusInternalServerError},
	} {
		t.Run(test.name, func(t *testing.T) {
			var late atomic.Int64
			served := tenanttest.Serve(t, tenant.Options{
				Settings: tenanttest.Settings(t, test.preset, "third-parties=custom_example", "token=header", "tokens-per-minute=off"),
				Now:      func() time.Time { return time.Now().Add(time.Duration(late.Load())) },
			})
			client := served.Client(t, hanko.Options{})
			walk := login.New(client, authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove), "")
			spent := make(chan error, 1)
			walk.UseBrowser(func(visit login.Visit) {
				go func() { spent <- spend(context.WithoutCancel(t.Context()), visit, client, test.used, &late) }()
			})
			failed, ok := walk.Take(t.Context(), login.SignInWithThirdParty{Party: example}).(login.Failed)
			var api *hanko.Error
			if !ok || !errors.Is(failed.Problem.Err, login.ErrTokenSpent) || !errors.As(failed.Problem.Err, &api) || api.Status != test.status || failed.Again == nil {
				t.Fatalf("%+v", walk.Step())
			}
			if err := <-spent; err != nil {
				t.Fatal(err)
			}
			walk.UseBrowser(func(visit login.Visit) {
				go func() {
					_, err := provider.Visit(context.WithoutCancel(t.Context()), visit.URL, provider.Answer{})
					spent <- err
				}()
			})
			if _, in := walk.Take(t.Context(), login.Retry{}).(login.SignedIn); !in {
				t.Errorf("again, it leads to %+v", walk.Step())
			}
			if err := <-spent; err != nil {
				t.Error(err)
			}
		})
	}
}

// spend does what a person's browser does, but the token is used, or a minute has passed, before it is back at the app.
func spend(ctx context.Context, visit login.Visit, client *hanko.Client, used bool, late *atomic.Int64) error {
	browser := provider.NewBrowser(nil)
	page, err := provider.Page{Next: visit.URL}, error(nil)
	for err == nil && !strings.HasPrefix(page.Next, visit.Back) {
		if page.Consent {
			page, err = browser.Answer(ctx, page, provider.Answer{})
		} else {
			page, err = browser.Open(ctx, page.Next)
		}
	}
	if err != nil {
		return err
	}
	back, err := url.Parse(page.Next)
	if err != nil {
		return err
	}
	token, err := hanko.ReturnedToken(back.Query())
	if err != nil {
		return err
	}
	if used {
		_, err = client.ExchangeToken(ctx, token) // this needs no verifier
	} else {
		late.Add(int64(hanko.TokenLife + time.Second))
	}
	if err != nil {
		return err
	}
	_, err = browser.Open(ctx, page.Next)
	return err
}

// A tenant that limits the rate of token exchanges says when to try again, over both APIs.
func TestTokensLimited(t *testing.T) {
	for _, preset := range []tenant.Preset{tenant.PresetGuide, tenant.PresetV3} {
		w := walkWithThirdParty(t, preset, provider.Answer{}, "tokens-per-minute=1")
		if _, in := w.signIn().(login.SignedIn); !in {
			t.Fatalf("%s: %+v", preset, w.Step())
		}
		w.Take(t.Context(), login.LogOut{})
		failed, ok := w.signIn().(login.Failed)
		if !ok || failed.Again == nil || !near(failed.Problem.RetryAt, time.Minute) {
			t.Errorf("%s: %+v", preset, w.Step())
		}
	}
}
