package export_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/totp"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/provider"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
)

// stage is an embedded tenant behind real HTTP on loopback.
type stage struct {
	t *testing.T
	*tenanttest.Served
	secrets string // the folder with the authenticator app's secrets
	token   string // that the last script kept
}

// authenticatorApp has this program be an authenticator app, which keeps its secrets in the folder that it names: it adds
// $TOTP_SECRET if there is one, and prints the code for $EMAIL.
const authenticatorApp = "HANKOSIM_TEST_AUTHENTICATOR_APP"

// browser has this program be a person with a browser: it visits $LINK, signs in there as Ada unless $DENY says otherwise, and
// prints where that ends.
const browser = "HANKOSIM_TEST_BROWSER"

func TestMain(m *testing.M) {
	if os.Getenv(browser) != "" && os.Getenv("LINK") != "" {
		ended, err := provider.Visit(context.Background(), os.Getenv("LINK"), provider.Answer{Deny: os.Getenv("DENY") != ""})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(ended)
		return
	}
	folder := os.Getenv(authenticatorApp)
	if folder == "" {
		os.Exit(m.Run())
	}
	code, err := codeNow(folder, os.Getenv("EMAIL"), os.Getenv("TOTP_SECRET"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(code)
}

// codeNow is the authenticator app's code; a secret that is not "" is added first.
func codeNow(folder, email, secret string) (string, error) {
	app, err := totp.Open(filepath.Join(folder, "secrets.json"), "")
	if err != nil {
		return "", err
	}
	if secret != "" {
		if err := app.Add("tenant", email, secret); err != nil {
			return "", err
		}
	}
	return app.Code("tenant", email, time.Now())
}

func newStage(t *testing.T, preset tenant.Preset, switches ...string) *stage {
	t.Helper()
	settings := tenanttest.Settings(t, preset, switches...)
	settings.PasscodesPerMinute = -1
	return &stage{t, tenanttest.Serve(t, tenant.Options{Settings: settings}), t.TempDir(), ""}
}

const password = `correct "horse" \ battery`

// walk signs a new user up by passcode over an API ("" finds it out), makes a passkey, logs out and signs in with the
// passkey; it returns what went over the wire.
func (s *stage) walk(email string, api hanko.API) []hanko.Exchange {
	s.t.Helper()
	client := s.Client(s.t, hanko.Options{})
	phone := authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)
	walk := login.New(client, phone, email)
	if api != "" {
		walk.UseAPI(api)
	}
	ctx := s.t.Context()
	s.signUp(ctx, walk, email)
	if in, ok := walk.Step().(login.SignedIn); ok && in.Registered == "" {
		walk.Take(ctx, login.RegisterPasskey{})
	}
	if _, ok := walk.Take(ctx, login.LogOut{}).(login.EnterEmail); !ok {
		s.t.Fatalf("logging out leads to %#v", walk.Step())
	}
	in, ok := walk.Take(ctx, login.SignInWithPasskey{}).(login.SignedIn)
	if !ok {
		s.t.Fatalf("the passkey leads to %#v", walk.Step())
	}
	if _, err := client.Me(ctx, in.Session.Token); err != nil {
		s.t.Fatal(err)
	}
	return client.Log().From(0)
}

// thirdPartyWalk signs Ada in with a third party; it returns what went over the wire, and what her browser did.
func (s *stage) thirdPartyWalk() []hanko.Exchange {
	s.t.Helper()
	client := s.Client(s.t, hanko.Options{})
	walk := login.New(client, authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove), "")
	ctx, giveUp := context.WithCancel(s.t.Context())
	defer giveUp()
	walk.UseBrowser(func(visit login.Visit) {
		go func() {
			if ended, err := provider.Visit(ctx, visit.URL, provider.Answer{}); err != nil || !strings.Contains(ended, "hanko_token=") {
				s.t.Errorf("the browser ended at %s, %v", ended, err)
				giveUp()
			}
		}()
	})
	step := walk.Take(ctx, login.SignInWithThirdParty{Party: hanko.ThirdParty{ID: "custom_example", Name: "Example"}})
	in, ok := step.(login.SignedIn)
	if !ok {
		s.t.Fatalf("the third party leads to %T", step)
	}
	if _, err := client.Me(s.t.Context(), in.Session.Token); err != nil {
		s.t.Fatal(err)
	}
	return client.Log().From(0)
}

func (s *stage) signUp(ctx context.Context, walk *login.Walk, email string) {
	s.t.Helper()
	walk.Take(ctx, login.SubmitEmail{Email: email})
	for range 12 {
		switch at := walk.Step().(type) {
		case login.ConfirmAccount:
			walk.Take(ctx, login.CreateAccount{})
		case login.EnterPasscode:
			if code := s.code(email); at.Unsure && code == "" {
				walk.Take(ctx, login.CreateAccount{})
			} else {
				walk.Take(ctx, login.SubmitPasscode{Code: code})
			}
		case login.OfferPasskey:
			walk.Take(ctx, login.RegisterPasskey{})
		case login.FillForm:
			s.fill(ctx, walk, email, at)
		case login.SignedIn:
			return
		case login.EnterEmail, login.Profile, login.Failed:
			s.t.Fatalf("the walk stands at %#v", at)
		}
	}
	s.t.Fatalf("the walk goes round in circles, at %#v", walk.Step())
}

func (s *stage) fill(ctx context.Context, walk *login.Walk, email string, at login.FillForm) {
	s.t.Helper()
	switch at.State {
	case "mfa_method_chooser":
		walk.Take(ctx, login.SubmitForm{Action: "continue_to_otp_secret_creation"})
	case "mfa_otp_secret_creation":
		var payload struct {
			Secret string `json:"otp_secret"`
		}
		if err := json.Unmarshal(at.Payload, &payload); err != nil {
			s.t.Fatal(err)
		}
		code, err := codeNow(s.secrets, email, payload.Secret)
		if err != nil {
			s.t.Fatal(err)
		}
		walk.Take(ctx, login.SubmitForm{Action: "otp_code_verify", Values: map[hanko.InputName]string{"otp_code": code}})
	case "login_method_chooser":
		walk.Take(ctx, login.CreateAccount{})
	case "password_creation":
		walk.Take(ctx, login.SubmitForm{Action: "register_password", Values: map[hanko.InputName]string{"new_password": password}})
	default:
		walk.Take(ctx, login.SubmitForm{Action: "skip"})
	}
}

// code is the passcode in the newest mail to an address, "" when it has none.
func (s *stage) code(email string) string {
	for _, mail := range s.Inbox().Mails() {
		if mail.To == email {
			return mail.Code
		}
	}
	return ""
}
