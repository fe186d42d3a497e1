package smoke_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/provider"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
)

// signUp makes a user with a passkey in a keystore.
func signUp(t *testing.T, b bench, store *authenticator.Keystore, email string) {
	t.Helper()
	walk := login.New(b.options.Client, authenticator.NewPhone(authenticator.IPhone(), store, authenticator.AlwaysApprove), email)
	if _, err := walk.Recognise(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 6 {
		switch walk.Step().(type) {
		case login.EnterEmail:
			walk.Take(t.Context(), login.SubmitEmail{Email: email})
		case login.ConfirmAccount:
			walk.Take(t.Context(), login.CreateAccount{})
		case login.EnterPasscode:
			walk.Take(t.Context(), login.SubmitPasscode{Code: b.tenant.Inbox().Mails()[0].Code})
		case login.OfferPasskey:
			walk.Take(t.Context(), login.RegisterPasskey{})
		case login.SignedIn:
			return
		case login.FillForm, login.Profile, login.Failed:
			t.Fatalf("the walk stands at %#v", walk.Step())
		}
	}
	t.Fatalf("the walk stands at %#v", walk.Step())
}

func TestSignIn(t *testing.T) {
	b := newBench(t, known(presetOf(t, tenant.PresetGuide)))
	both, alone := authenticator.NewMemoryKeystore(), authenticator.NewMemoryKeystore()
	signUp(t, b, both, "ada@example.com")
	signUp(t, b, both, "bob@example.com")
	signUp(t, b, alone, "eve@example.com")
	for _, test := range []struct {
		name  string
		store *authenticator.Keystore
		email string
		box   mailbox.Box
		as    string // who is signed in; "" for nobody
		code  int
	}{
		{name: "the only user of the phone", store: alone, as: "eve@example.com"},
		{name: "the passkey of an address", store: both, email: "ada@example.com", as: "ada@example.com"},
		{name: "a passcode", store: authenticator.NewMemoryKeystore(), email: "ada@example.com", box: b.options.Box, as: "ada@example.com"},
		{name: "no passkey, no address", store: authenticator.NewMemoryKeystore(), code: smoke.ExitFailed},
		{name: "no passkey, no mailbox", store: authenticator.NewMemoryKeystore(), email: "ada@example.com", code: smoke.ExitFailed},
		{name: "nobody has the address", store: both, email: "zoe@example.com", box: b.options.Box, code: smoke.ExitFailed},
		{
			name: "no mail", store: authenticator.NewMemoryKeystore(), email: "bob@example.com",
			box: mailbox.FromInbox(mailbox.NewInbox()), code: smoke.ExitInconclusive,
		},
	} {
		patience := time.Minute
		if test.name == "no mail" {
			patience = 100 * time.Millisecond
		}
		in, err := smoke.SignIn(t.Context(), smoke.SignInOptions{
			Client: b.options.Client, Profile: authenticator.IPhone(), Store: test.store, Email: test.email, Box: test.box, Patience: patience,
		})
		if test.as == "" {
			var signIn *smoke.SignInError
			if !errors.As(err, &signIn) || smoke.ExitCode(err) != test.code {
				t.Errorf("%s: %v, exit code %d", test.name, err, smoke.ExitCode(err))
			}
			continue
		}
		claim, _ := in.Token.Claims["email"].(map[string]any)
		if err != nil || claim["address"] != test.as || in.Email != test.as {
			t.Errorf("%s: signed in as %q, and the token says %v (%v)", test.name, in.Email, claim["address"], err)
		}
	}
	_, err := smoke.SignIn(t.Context(), smoke.SignInOptions{Client: b.options.Client, Profile: authenticator.IPhone(), Store: both})
	var several *smoke.SeveralUsersError
	if !errors.As(err, &several) || !slices.Equal(several.Names, []string{"ada@example.com", "bob@example.com"}) {
		t.Errorf("two users, no address: %v", err)
	}
	_, err = smoke.SignIn(t.Context(), smoke.SignInOptions{
		Client: newClient(t, "http://localhost:8000", noNetwork{}), Profile: authenticator.IPhone(), Store: alone,
	})
	if smoke.ExitCode(err) != smoke.ExitUnreachable {
		t.Errorf("no tenant: %v, exit code %d", err, smoke.ExitCode(err))
	}
}

// A passkey that the tenant does not know leads to the next one of the same user, and after the last to a passcode.
// Anything else that happens to it does not.
func TestSignInGoesOnAfterUnknownPasskeysAlone(t *testing.T) {
	for _, api := range []hanko.API{hanko.REST, hanko.FlowAPI} {
		preset, path := tenant.PresetGuide, "/webauthn/login/finalize"
		if api == hanko.FlowAPI {
			preset, path = tenant.PresetV3Passwordless, "/login?action=webauthn_verify_assertion_response"
		}
		for _, test := range []struct {
			name     string
			answer   http.Handler // to the first passkey; nil for the tenant's own
			code     int
			passkeys int // that are tried
		}{
			{name: "an unknown passkey", passkeys: 2},
			{name: "a failure", answer: answers(500, asJSON, `{"code":500,"message":"Internal Server Error"}`), code: smoke.ExitFailed, passkeys: 1},
			{name: "no time now", answer: answers(503, asJSON, `{"code":503,"message":"Service Unavailable"}`), code: smoke.ExitInconclusive, passkeys: 1},
			{name: "a gateway", answer: answers(502, "text/html", "<title>502 Bad Gateway</title>"), code: smoke.ExitInconclusive, passkeys: 1},
			{name: "a rate limit", answer: answers(429, asJSON, `{"code":429,"message":"Too Many Requests"}`), code: smoke.ExitInconclusive, passkeys: 1},
			{name: "a reset", answer: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), code: smoke.ExitUnreachable, passkeys: 1},
		} {
			t.Run(string(api)+" "+test.name, func(t *testing.T) {
				tried, mails := 0, 0
				watch := func(next http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						switch {
						case strings.HasPrefix(r.URL.RequestURI(), path):
							if tried++; tried == 1 && test.answer != nil {
								test.answer.ServeHTTP(w, r)
								return
							}
						case r.URL.Path == "/passcode/login/initialize" && r.ContentLength > 2:
							mails++
						}
						next.ServeHTTP(w, r)
					})
				}
				store := authenticator.NewMemoryKeystore()
				b := newBench(t, known(presetOf(t, preset)), watch)
				signUp(t, b, store, "ada@example.com")
				// A tenant with the same RP ID, and a later passkey, which is tried first.
				signUp(t, newBench(t, known(presetOf(t, preset))), store, "ada@example.com")
				tried, mails = 0, 0
				in, err := smoke.SignIn(t.Context(), smoke.SignInOptions{
					Client: b.options.Client, Profile: authenticator.IPhone(), Store: store, Email: "ada@example.com", Box: b.options.Box,
				})
				if tried != test.passkeys || mails > 0 {
					t.Errorf("%d passkeys were tried, and %d mails sent", tried, mails)
				}
				if test.code == 0 {
					if err != nil || in.Method != login.ByPasskey {
						t.Errorf("signed in by %v (%v)", in.Method, err)
					}
				} else if code := smoke.ExitCode(err); code != test.code {
					t.Errorf("exit code %d, want %d: %v", code, test.code, err)
				}
			})
		}
	}
}

// A person signs in with a third party, and each way in which that does not come about has its exit code.
func TestSignInWithThirdParty(t *testing.T) {
	for _, test := range []struct {
		name, preset, party string
		answer              provider.Answer
		stays               bool // the browser
		as                  string
		code                int
		says                string
	}{
		{name: "over REST", preset: "guide", party: "google", as: "ada@provider.example"},
		{name: "one of the team's, over REST", preset: "guide", party: "custom_example", as: "ada@provider.example"},
		{name: "over flows", preset: "v3", party: "custom_example", answer: provider.Answer{Person: "ben"}, as: "ben@provider.example"},
		{name: "denied", preset: "v3", party: "google", answer: provider.Answer{Deny: true}, code: smoke.ExitFailed, says: "access_denied"},
		{name: "an address that is not verified", preset: "v3", party: "google", answer: provider.Answer{Address: provider.Unverified}, code: smoke.ExitFailed, says: "--email is missing"},
		{name: "not offered", preset: "v3", party: "apple", code: smoke.ExitFailed, says: "It offers google, custom_example"},
		{name: "not offered, over REST", preset: "guide", party: "apple", code: smoke.ExitFailed, says: "It offers google"},
		{name: "nobody comes", preset: "v3", party: "google", stays: true, code: smoke.ExitInconclusive, says: "No browser returned"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			served := tenanttest.Serve(t, tenant.Options{
				Settings: tenanttest.Settings(t, tenant.Preset(test.preset), "third-parties=custom_example,google", "token=header"),
			})
			ctx := t.Context()
			if test.stays {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, time.Second)
				defer cancel()
			}
			in, err := smoke.SignIn(ctx, smoke.SignInOptions{
				Client: served.Client(t, hanko.Options{}), Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(), ThirdParty: test.party,
				Browse: func(visit login.Visit) {
					if !test.stays {
						go func() { _, _ = provider.Visit(context.WithoutCancel(ctx), visit.URL, test.answer) }() // its end is the walk's
					}
				},
			})
			if test.as == "" {
				if err == nil || smoke.ExitCode(err) != test.code || !strings.Contains(err.Error(), test.says) {
					t.Errorf("%v, exit code %d", err, smoke.ExitCode(err))
				}
				return
			}
			if err != nil || in.Email != test.as || in.Method != login.ByThirdParty {
				t.Errorf("%+v, %v", in, err)
			}
		})
	}
}
