package login_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/totp"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
)

// flowWalker is a walk on an embedded tenant, with a phone and a security key.
type flowWalker struct {
	t      *testing.T
	tenant *tenant.Tenant
	client *hanko.Client
	phone  *authenticator.Phone
	walk   *login.Walk
}

func walkPreset(t *testing.T, preset tenant.Preset, switches ...string) *flowWalker {
	t.Helper()
	return walkWith(t, tenanttest.Settings(t, preset, switches...), hanko.Options{})
}

// walkWith begins a walk whose client has the given options.
func walkWith(t *testing.T, settings tenant.Settings, options hanko.Options) *flowWalker {
	t.Helper()
	served := tenanttest.Serve(t, tenant.Options{Settings: settings})
	w := &flowWalker{t: t, tenant: served.Tenant, client: served.Client(t, options)}
	w.phone = authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)
	w.restart()
	return w
}

// restart begins a new walk, as an app does when it starts.
func (w *flowWalker) restart() {
	key := authenticator.SecurityKey("")
	key.Platform = authenticator.IOS
	w.walk = login.New(w.client, w.phone, "")
	w.walk.UseSecurityKey(authenticator.NewPhone(key, authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove))
}

// take takes an action, which must lead to a step of type S.
func take[S login.Step](w *flowWalker, action login.Action) S {
	w.t.Helper()
	step := w.walk.Take(context.Background(), action)
	wanted, ok := step.(S)
	if !ok {
		if failed, is := step.(login.Failed); is {
			w.t.Fatalf("%T leads to %T: %v", action, step, failed.Problem.Error())
		}
		w.t.Fatalf("%T leads to %T %+v, want %T", action, step, step, wanted)
	}
	return wanted
}

// code returns the passcode from the newest mail.
func (w *flowWalker) code() string {
	w.t.Helper()
	mails := w.tenant.Inbox().Mails()
	if len(mails) == 0 || mails[0].Code == "" {
		w.t.Fatalf("there is no passcode in the mail: %+v", mails)
	}
	return mails[0].Code
}

// form submits one of a step's forms.
func form[S login.Step](w *flowWalker, at login.FillForm, action hanko.ActionName, values map[hanko.InputName]string) S {
	w.t.Helper()
	if !slices.ContainsFunc(at.Forms, func(f login.Form) bool { return f.Action == action }) {
		w.t.Fatalf("the state %q offers %v, not %q", at.State, at.Forms, action)
	}
	return take[S](w, login.SubmitForm{Action: action, Values: values})
}

const ada = "ada@example.com"

// TestGuideOverFlows walks the guide's five steps on tenants without the guide's API.
func TestGuideOverFlows(t *testing.T) {
	for _, preset := range []tenant.Preset{tenant.PresetV3Passwordless, tenant.PresetGuide} {
		t.Run(string(preset), func(t *testing.T) {
			w := walkPreset(t, preset)
			w.walk.UseAPI(hanko.FlowAPI)
			if take[login.EnterPasscode](w, login.SubmitEmail{Email: ada, Create: true}); w.walk.Step().(login.EnterPasscode).TTL != 0 {
				t.Error("a flow does not say how long the code is good")
			}
			wrong := take[login.EnterPasscode](w, login.SubmitPasscode{Code: "000000"})
			if wrong.Problem == nil || wrong.TriesLeft != 2 || !strings.Contains(wrong.Problem.Said, "passcode_invalid") {
				t.Errorf("a wrong code leads to %+v", wrong)
			}
			offer := take[login.OfferPasskey](w, login.SubmitPasscode{Code: w.code()})
			if offer.Session != nil || !offer.MaySkip {
				t.Errorf("the offer is %+v", offer)
			}
			in := take[login.SignedIn](w, login.RegisterPasskey{})
			if in.Email != ada || in.Registered == "" || in.Problem != nil || !slices.Equal(in.Token.Methods, []string{"otp", "passkey"}) {
				t.Errorf("signed in as %+v", in)
			}
			found := login.Inspect(context.Background(), w.client, in.Token)
			if found.SignatureErr != nil || found.MeErr != nil || !found.Validation.IsValid {
				t.Errorf("the inspection found %+v", found)
			}
			take[login.EnterEmail](w, login.LogOut{})
			again := take[login.SignedIn](w, login.SignInWithPasskey{})
			if again.Method != login.ByPasskey || again.Token.Subject != in.Token.Subject || again.Session.Token == in.Session.Token {
				t.Errorf("by passkey signed in as %+v", again)
			}
			if passkeys, err := w.phone.Passkeys(); err != nil || len(passkeys) != 1 ||
				base64.RawURLEncoding.EncodeToString(passkeys[0].CredentialID) != in.Registered {
				t.Errorf("the phone has %+v, %v", passkeys, err)
			}
		})
	}
}

// TestWalkFindsOutTheAPI checks that a walk recognises the API, and does so once.
func TestWalkFindsOutTheAPI(t *testing.T) {
	for preset, api := range map[tenant.Preset]hanko.API{
		tenant.PresetGuide: hanko.REST, tenant.PresetV2MFA: hanko.FlowAPI, tenant.PresetV3: hanko.FlowAPI,
		tenant.PresetV3Passwordless: hanko.FlowAPI, tenant.PresetV3MFA: hanko.FlowAPI, tenant.PresetV3Multitenant: hanko.FlowAPI,
	} {
		t.Run(string(preset), func(t *testing.T) {
			w := walkPreset(t, preset)
			found, err := w.walk.Recognise(context.Background())
			if err != nil || found.API != api {
				t.Fatalf("found %q, %v", found, err)
			}
			n := w.client.Log().Len()
			if _, err := w.walk.Recognise(context.Background()); err != nil || w.client.Log().Len() != n || n != 2 {
				t.Errorf("%d requests after the first time, %d after the second, %v", n, w.client.Log().Len(), err)
			}
		})
	}
}

// TestPasswordAndSecondFactor signs up and signs in on a tenant with passwords, authenticator apps and trusted devices.
func TestPasswordAndSecondFactor(t *testing.T) {
	w := walkPreset(t, tenant.PresetV3MFA)
	app := totp.NewMemoryApp()
	take[login.EnterPasscode](w, login.SubmitEmail{Email: ada, Create: true})
	password := take[login.FillForm](w, login.SubmitPasscode{Code: w.code()})
	short := form[login.FillForm](w, password, "register_password", map[hanko.InputName]string{"new_password": "short"})
	if short.State != "password_creation" || short.Problem == nil || short.Forms[0].Fields[0].Error == nil {
		t.Fatalf("a short password leads to %+v", short)
	}
	chooser := form[login.FillForm](w, short, "register_password", map[hanko.InputName]string{"new_password": "correct horse battery"})
	if chooser.State != "mfa_method_chooser" || slices.ContainsFunc(chooser.Forms, func(f login.Form) bool { return f.Action == "skip" }) {
		t.Fatalf("the chooser is %+v", chooser)
	}
	secret := form[login.FillForm](w, chooser, "continue_to_otp_secret_creation", nil)
	var payload struct {
		Secret string `json:"otp_secret"`
	}
	if err := json.Unmarshal(secret.Payload, &payload); err != nil || app.Add("t", ada, payload.Secret) != nil {
		t.Fatalf("the secret is %s, %v", secret.Payload, err)
	}
	otp := func() map[hanko.InputName]string {
		code, err := app.Code("t", ada, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return map[hanko.InputName]string{"otp_code": code}
	}
	form[login.OfferPasskey](w, secret, "otp_code_verify", otp())
	in := take[login.SignedIn](w, login.Skip{})
	if !slices.Contains(in.Token.Methods, "totp") || !slices.Contains(in.Token.Methods, "pwd") {
		t.Errorf("the token's methods are %v", in.Token.Methods)
	}

	signIn := func() login.Step {
		take[login.EnterEmail](w, login.LogOut{})
		choose := take[login.FillForm](w, login.SubmitEmail{Email: ada})
		if !choose.Unsure {
			t.Error("the tenant hides accounts, but the chooser does not say so")
		}
		byPassword := form[login.FillForm](w, choose, "continue_to_password_login", nil)
		wrong := form[login.FillForm](w, byPassword, "password_login", map[hanko.InputName]string{"password": "wrong horse battery"})
		if wrong.Problem == nil {
			t.Error("a wrong password gives no problem")
		}
		return w.walk.Take(context.Background(), login.SubmitForm{Action: "password_login", Values: map[hanko.InputName]string{"password": "correct horse battery"}})
	}
	second, ok := signIn().(login.FillForm)
	if !ok || second.State != "login_otp" {
		t.Fatalf("the second step is %+v", w.walk.Step())
	}
	form[login.OfferPasskey](w, second, "otp_code_validate", otp())
	trust := take[login.FillForm](w, login.Skip{})
	if trust.State != "device_trust" {
		t.Fatalf("after the code and the offer comes %+v", trust)
	}
	form[login.SignedIn](w, trust, "trust_device", nil)

	// The tenant recognises the device, and skips the second factor.
	if offer, ok := signIn().(login.OfferPasskey); !ok || offer.Session != nil {
		t.Fatalf("on a trusted device the sign-in leads to %+v", w.walk.Step())
	}
}

func TestSecurityKey(t *testing.T) {
	w := walkPreset(t, tenant.PresetV3)
	take[login.EnterPasscode](w, login.SubmitEmail{Email: ada, Create: true})
	password := take[login.FillForm](w, login.SubmitPasscode{Code: w.code()})
	chooser := form[login.FillForm](w, password, "register_password", map[hanko.InputName]string{"new_password": "correct horse battery"})
	create := form[login.FillForm](w, chooser, "continue_to_security_key_creation", nil)
	form[login.OfferPasskey](w, create, "webauthn_generate_creation_options", nil)
	in := take[login.SignedIn](w, login.Skip{})
	if in.Registered != "" {
		t.Errorf("the key counts as the phone's passkey %q", in.Registered)
	}
	if passkeys, err := w.phone.Passkeys(); err != nil || len(passkeys) != 0 {
		t.Errorf("the phone has %d passkeys, %v", len(passkeys), err)
	}
	take[login.EnterEmail](w, login.LogOut{})
	choose := take[login.FillForm](w, login.SubmitEmail{Email: ada})
	byPassword := form[login.FillForm](w, choose, "continue_to_password_login", nil)
	key := form[login.FillForm](w, byPassword, "password_login", map[hanko.InputName]string{"password": "correct horse battery"})
	if key.State != "login_security_key" {
		t.Fatalf("the second step is %+v", key)
	}
	next := w.walk.Take(context.Background(), login.SubmitForm{Action: "webauthn_generate_request_options"})
	if failed, is := next.(login.Failed); is {
		t.Fatalf("the key leads to %v", failed.Problem.Error())
	}
}

// TestHiddenAccounts signs in without an account and signs up with one, on a tenant that hides accounts: both continue as
// usual.
func TestHiddenAccounts(t *testing.T) {
	w := walkPreset(t, tenant.PresetV3, "password=off", "mfa=off")
	unknown := take[login.EnterPasscode](w, login.SubmitEmail{Email: "nobody@example.com"})
	if !unknown.Unsure {
		t.Error("the step does not say that there may be no account")
	}
	if mails := w.tenant.Inbox().Mails(); len(mails) != 1 || mails[0].Code != "" {
		t.Errorf("the mail is %+v", mails)
	}
	created := take[login.EnterPasscode](w, login.CreateAccount{})
	if !created.NewUser || created.Email != "nobody@example.com" {
		t.Errorf("creating the account leads to %+v", created)
	}
	take[login.OfferPasskey](w, login.SubmitPasscode{Code: w.code()})
	take[login.SignedIn](w, login.Skip{})
}

// TestRevealedAccounts does the same on a tenant that says whether an address has an account.
func TestRevealedAccounts(t *testing.T) {
	w := walkPreset(t, tenant.PresetV3Passwordless)
	confirm := take[login.ConfirmAccount](w, login.SubmitEmail{Email: ada})
	if confirm.Email != ada {
		t.Errorf("the address is %q", confirm.Email)
	}
	code := take[login.EnterPasscode](w, login.CreateAccount{})
	if code.Unsure {
		t.Error("the tenant does not hide accounts, but the step says that it does")
	}
	take[login.OfferPasskey](w, login.SubmitPasscode{Code: w.code()})
	take[login.SignedIn](w, login.Skip{})
	take[login.EnterEmail](w, login.LogOut{})
	there := take[login.EnterEmail](w, login.SubmitEmail{Email: ada, Create: true})
	if there.Problem == nil || !strings.Contains(there.Problem.Cause, "already has a user") {
		t.Errorf("signing up twice leads to %+v", there)
	}
}

// TestRefusedAttestationSignsIn refuses the attestation at the end of a registration: the person is signed in and sees the
// problem, and the phone deletes the passkey.
func TestRefusedAttestationSignsIn(t *testing.T) {
	w := walkPreset(t, tenant.PresetV3Passwordless)
	foreign := authenticator.Android(authenticator.AndroidApp{PackageName: "com.example", APKKeyHash: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
	w.phone = authenticator.NewPhone(foreign, authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)
	w.restart()
	take[login.EnterPasscode](w, login.SubmitEmail{Email: ada, Create: true})
	take[login.OfferPasskey](w, login.SubmitPasscode{Code: w.code()})
	in := take[login.SignedIn](w, login.RegisterPasskey{})
	if in.Registered != "" || in.Problem == nil || !strings.Contains(in.Problem.Remedy, "webauthn.relying_party.origins") {
		t.Errorf("signed in as %+v", in)
	}
	if passkeys, err := w.phone.Passkeys(); err != nil || len(passkeys) != 0 {
		t.Errorf("the phone has %d passkeys, %v", len(passkeys), err)
	}
	// Later, in the profile flow, the refusal is a Failed step, and the session stays.
	failed := take[login.Failed](w, login.RegisterPasskey{})
	if !strings.Contains(failed.Problem.Said, "passkey_invalid") {
		t.Errorf("the failure is %+v", failed.Problem)
	}
	take[login.SignedIn](w, login.Back{})
}

// TestPhoneRefusesInAFlow checks that the flow goes back if the phone refuses, so that the person can continue.
func TestPhoneRefusesInAFlow(t *testing.T) {
	w := walkPreset(t, tenant.PresetV3Passwordless)
	w.phone = authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(),
		func(context.Context, authenticator.ConsentRequest) (authenticator.Decision, error) {
			return authenticator.Decision{}, nil
		})
	w.restart()
	failed := take[login.Failed](w, login.SignInWithPasskey{})
	if !strings.Contains(failed.Problem.Said, "NotAllowedError") {
		t.Errorf("the failure is %+v", failed.Problem)
	}
	take[login.EnterEmail](w, login.Back{})
	take[login.EnterPasscode](w, login.SubmitEmail{Email: ada, Create: true})
	take[login.OfferPasskey](w, login.SubmitPasscode{Code: w.code()})
	take[login.Failed](w, login.RegisterPasskey{})
	take[login.OfferPasskey](w, login.Back{})
	take[login.SignedIn](w, login.Skip{})
}

func TestPasscodeLimitsInAFlow(t *testing.T) {
	w := walkPreset(t, tenant.PresetV3Passwordless)
	take[login.EnterPasscode](w, login.SubmitEmail{Email: ada, Create: true})
	var last login.EnterPasscode
	for range 4 {
		last = take[login.EnterPasscode](w, login.ResendPasscode{})
		if last.Problem != nil {
			break
		}
	}
	if last.Problem == nil || time.Until(last.ResendAt) <= 0 || !strings.Contains(last.Problem.Said, "rate_limit_exceeded") {
		t.Fatalf("the limit leads to %+v", last)
	}
	// The last code is still valid.
	for range 2 {
		last = take[login.EnterPasscode](w, login.SubmitPasscode{Code: "000000"})
	}
	dead := take[login.EnterPasscode](w, login.SubmitPasscode{Code: "000000"})
	if !dead.Dead || dead.TriesLeft != 0 {
		t.Errorf("after three wrong codes: %+v", dead)
	}
	take[login.EnterEmail](w, login.Back{})
}

func TestProfile(t *testing.T) {
	for _, preset := range []tenant.Preset{tenant.PresetGuide, tenant.PresetV3Passwordless} {
		t.Run(string(preset), func(t *testing.T) {
			w := walkPreset(t, preset, "deletion=on")
			step := w.walk.Take(context.Background(), login.SubmitEmail{Email: ada, Create: preset != tenant.PresetGuide})
			if _, confirm := step.(login.ConfirmAccount); confirm {
				take[login.EnterPasscode](w, login.CreateAccount{})
			}
			take[login.OfferPasskey](w, login.SubmitPasscode{Code: w.code()})
			in := take[login.SignedIn](w, login.RegisterPasskey{})
			profile := take[login.Profile](w, login.OpenProfile{})
			if len(profile.Emails) != 1 || profile.Emails[0].Address != ada || len(profile.Passkeys) != 1 || profile.Passkeys[0].ID != in.Registered {
				t.Fatalf("the profile is %+v", profile)
			}
			if preset != tenant.PresetGuide && (len(profile.Sessions) != 1 || !profile.Sessions[0].Current) {
				t.Errorf("the sessions are %+v", profile.Sessions)
			}
			renamed := take[login.Profile](w, login.RenamePasskey{ID: in.Registered, Name: "my phone"})
			if name := renamed.Passkeys[0].Name; name == nil || *name != "my phone" || renamed.Done == "" {
				t.Errorf("after renaming: %+v", renamed)
			}
			gone := take[login.Profile](w, login.DeletePasskey{ID: in.Registered})
			if len(gone.Passkeys) != 0 {
				t.Errorf("after deleting: %+v", gone)
			}
			take[login.SignedIn](w, login.Back{})
			take[login.Profile](w, login.OpenProfile{})
			take[login.EnterEmail](w, login.DeleteAccount{})
			if validation, err := w.client.ValidateSession(context.Background(), in.Session.Token); err != nil || validation.IsValid {
				t.Errorf("after the account was deleted its session is %+v, %v", validation, err)
			}
		})
	}
}

// TestFlowIsGone takes an action of a flow that has ended: the person sees why, and returns to the email screen.
func TestFlowIsGone(t *testing.T) {
	var broken bool
	w := walkPreset(t, tenant.PresetV3Passwordless)
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if broken && strings.Contains(r.URL.RawQuery, "verify_passcode") {
			rw.WriteHeader(http.StatusGone)
			_, _ = rw.Write([]byte(`{"name":"error","status":410,"csrf_token":"","actions":{},"error":{"code":"flow_expired_error","message":"The flow has expired."}}`))
			return
		}
		w.tenant.Handler().ServeHTTP(rw, r)
	}))
	defer proxy.Close()
	client, err := hanko.NewClient(proxy.URL, hanko.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.client = client
	w.restart()
	take[login.EnterPasscode](w, login.SubmitEmail{Email: ada, Create: true})
	broken = true
	failed := take[login.Failed](w, login.SubmitPasscode{Code: w.code()})
	var api *hanko.Error
	if !errors.As(failed.Problem.Err, &api) || api.Status != http.StatusGone || failed.Again != nil || !strings.Contains(failed.Problem.Cause, "24 hours") {
		t.Errorf("the failure is %+v", failed)
	}
	if at := take[login.EnterEmail](w, login.Back{}); at.Email != ada {
		t.Errorf("the address is %q", at.Email)
	}
}

// TestNoFlowFailsWithItsExchange answers with what is not a flow: the step is Failed, has the exchange, and offers Retry.
func TestNoFlowFailsWithItsExchange(t *testing.T) {
	for _, body := range []string{`null`, `{}`, `["login_init"]`} {
		answer := body
		server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path != "/login":
				rw.WriteHeader(http.StatusNotFound)
				_, _ = io.WriteString(rw, `{"code":404,"message":"Not Found"}`)
			case r.URL.RawQuery == "":
				_, _ = io.WriteString(rw, `{"name":"preflight","csrf_token":"1","actions":{"register_client_capabilities":{"action":"register_client_capabilities","href":"/login?action=a"}}}`)
			default:
				_, _ = io.WriteString(rw, answer)
			}
		}))
		defer server.Close()
		client, err := hanko.NewClient(server.URL, hanko.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w := &flowWalker{t: t, client: client, phone: authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)}
		w.restart()
		failed := take[login.Failed](w, login.SubmitEmail{Email: ada})
		shown := failed.Exchanges()
		last := shown[len(shown)-1]
		if !errors.Is(failed.Problem.Err, hanko.ErrNoFlow) || !strings.Contains(failed.Problem.Said, "that is not a flow") || failed.Again == nil ||
			string(last.ResponseBody) != body || !errors.Is(last.Err, hanko.ErrNoFlow) {
			t.Errorf("%s leads to %+v, after %+v", body, failed.Problem, last)
		}
		answer = `{"name":"tomorrow"}`
		if at := take[login.FillForm](w, login.Retry{}); at.State != "tomorrow" {
			t.Errorf("trying again leads to %+v", at)
		}
	}
}

// TestSeveralWrongFields submits a form with several wrong fields: the problem names all of them, always in the same order.
func TestSeveralWrongFields(t *testing.T) {
	w := walkPreset(t, tenant.PresetV3, "username=required")
	at := take[login.FillForm](w, login.SubmitEmail{Email: ada, Create: true})
	bad := map[hanko.InputName]string{"email": "ada", "username": "a"}
	for range 20 { // the fields come in a map, whose order differs from time to time
		at = form[login.FillForm](w, at, "register_login_identifier", bad)
		if at.Problem == nil {
			t.Fatal("the form was accepted")
		}
		want := login.Problem{
			Said:   `The flow answered 400, "value_invalid_error". email: value_invalid_error. username: value_too_short_error.`,
			Cause:  "The tenant does not accept this value. The value is shorter than the tenant allows.",
			Remedy: "Correct it. Lengthen it.",
		}
		if got := *at.Problem; got.Said != want.Said || got.Cause != want.Cause || got.Remedy != want.Remedy {
			t.Fatalf("the problem is\n%q\n%q\n%q, want\n%q\n%q\n%q", got.Said, got.Cause, got.Remedy, want.Said, want.Cause, want.Remedy)
		}
	}
}

// TestStateInventedTomorrow answers with an unknown state: its form has the tenant's inputs, of every type, and can be
// submitted.
func TestStateInventedTomorrow(t *testing.T) {
	var sent hanko.FlowInputs
	answers := map[string]string{
		"/login":                 `{"name":"preflight","status":200,"csrf_token":"1","actions":{"register_client_capabilities":{"action":"register_client_capabilities","href":"/login?action=a","inputs":{}}}}`,
		"/login?action=a":        `{"name":"login_init","status":200,"csrf_token":"2","actions":{"continue_with_login_identifier":{"action":"continue_with_login_identifier","href":"/login?action=b","inputs":{"identifier":{"name":"identifier","type":"string","required":true}}}}}`,
		"/login?action=b":        tomorrow,
		"/login?action=tomorrow": `{"name":"a_state_of_tomorrow","status":400,"csrf_token":"4","actions":{"try":{"action":"try","href":"/login?action=tomorrow","inputs":{"word":{"name":"word","type":"string","required":true,"error":{"code":"value_invalid_error","message":"no"}}}}},"error":{"code":"form_data_invalid_error","message":"no"}}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		answer, ok := answers[r.URL.RequestURI()]
		if !ok {
			rw.WriteHeader(http.StatusNotFound)
			answer = `{"code":404,"message":"Not Found"}`
		}
		sent = hanko.FlowInputs{}
		_ = json.NewDecoder(r.Body).Decode(&sent)
		if strings.HasSuffix(r.URL.RawQuery, "tomorrow") {
			rw.WriteHeader(http.StatusBadRequest)
		}
		_, _ = rw.Write([]byte(answer))
	}))
	defer server.Close()
	client, err := hanko.NewClient(server.URL, hanko.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := &flowWalker{t: t, client: client, phone: authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)}
	w.restart()
	at := take[login.FillForm](w, login.SubmitEmail{Email: ada})
	if at.State != "a_state_of_tomorrow" || len(at.Forms) != 3 || at.Forms[0].Action != "try" || at.Forms[1].Action != "other" || at.Forms[2].Action != "back" {
		t.Fatalf("the state is %+v", at)
	}
	var names []string
	for _, field := range at.Forms[0].Fields {
		names = append(names, string(field.Name))
	}
	if !slices.Equal(names, []string{"flag", "number", "word", "colour", "data", "mail", "secret"}) {
		t.Errorf("the fields are %v", names)
	}
	bad := take[login.FillForm](w, login.SubmitForm{Action: "try", Values: map[hanko.InputName]string{"number": "many", "word": "x", "flag": "true"}})
	if bad.Problem == nil || !strings.Contains(bad.Problem.Cause, "a number") {
		t.Errorf("text for a number leads to %+v", bad.Problem)
	}
	told := take[login.FillForm](w, login.SubmitForm{Action: "try", Values: map[hanko.InputName]string{
		"word": "hello", "flag": "true", "number": "42", "colour": "2", "data": `{"a":[1]}`, "mail": "", "secret": "s3cret",
	}})
	want := `{"colour":2,"data":{"a":[1]},"flag":true,"known":"kept","number":42,"secret":"s3cret","word":"hello"}`
	if got, err := json.Marshal(sent.InputData); err != nil || string(got) != want || sent.CSRFToken != "3" {
		t.Errorf("sent was %s with the token %q, want %s", got, sent.CSRFToken, want)
	}
	if told.Problem == nil || told.Forms[0].Fields[0].Error == nil {
		t.Errorf("the answer is %+v", told)
	}
	take[login.EnterEmail](w, login.Back{})
}

const tomorrow = `{"name":"a_state_of_tomorrow","status":200,"csrf_token":"3","actions":{
 "back":{"action":"back","href":"/login?action=a","inputs":{}},
 "other":{"action":"other","href":"/login?action=other","inputs":{}},
 "try":{"action":"try","description":"Try it.","href":"/login?action=tomorrow","inputs":{
  "word":{"name":"word","type":"string","required":true,"min_length":2,"max_length":9},
  "flag":{"name":"flag","type":"boolean","required":true},
  "number":{"name":"number","type":"number","required":true},
  "colour":{"name":"colour","type":"number","allowed_values":[{"value":1,"name":"red"},{"value":2,"name":"blue"}]},
  "data":{"name":"data","type":"json"},
  "mail":{"name":"mail","type":"email"},
  "secret":{"name":"secret","type":"password"},
  "known":{"name":"known","type":"string","hidden":true,"required":true,"value":"kept"}}}}}`

// TestAddressesOverREST adds an address, makes it the primary one, and deletes the other. The primary one cannot be deleted.
func TestAddressesOverREST(t *testing.T) {
	w := walkPreset(t, tenant.PresetGuide, "verification=off")
	take[login.ConfirmAccount](w, login.SubmitEmail{Email: ada})
	take[login.EnterPasscode](w, login.CreateAccount{})
	take[login.OfferPasskey](w, login.SubmitPasscode{Code: w.code()})
	take[login.SignedIn](w, login.Skip{})
	take[login.Profile](w, login.OpenProfile{})
	if bad := take[login.Profile](w, login.AddEmail{Address: "nobody"}); bad.Problem == nil || len(bad.Emails) != 1 {
		t.Errorf("an invalid address leads to %+v", bad)
	}
	added := take[login.Profile](w, login.AddEmail{Address: "ada@example.org"})
	if len(added.Emails) != 2 || added.Done == "" {
		t.Fatalf("after adding: %+v", added.Emails)
	}
	if twice := take[login.Profile](w, login.AddEmail{Address: "ada@example.org"}); twice.Problem == nil {
		t.Error("an address was added twice")
	}
	first, second := added.Emails[0], added.Emails[1]
	if kept := take[login.Profile](w, login.DeleteEmail{ID: first.ID}); kept.Problem == nil || len(kept.Emails) != 2 {
		t.Errorf("deleting the primary address leads to %+v", kept)
	}
	if moved := take[login.Profile](w, login.SetPrimaryEmail{ID: second.ID}); moved.Problem != nil {
		t.Errorf("making the other one primary leads to %+v", moved.Problem)
	}
	left := take[login.Profile](w, login.DeleteEmail{ID: first.ID})
	if left.Problem != nil || len(left.Emails) != 1 || left.Emails[0].Address != "ada@example.org" || !left.Emails[0].IsPrimary {
		t.Errorf("after deleting: %+v, %+v", left.Emails, left.Problem)
	}
}

// TestEmailOutlivesAnUnreachableTenant checks that a typed address is kept if the tenant cannot be reached.
func TestEmailOutlivesAnUnreachableTenant(t *testing.T) {
	client, err := hanko.NewClient("http://127.0.0.1:1", hanko.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := &flowWalker{t: t, client: client, phone: authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)}
	w.restart()
	take[login.Failed](w, login.SubmitEmail{Email: ada})
	if at := take[login.EnterEmail](w, login.Back{}); at.Email != ada {
		t.Errorf("the address is %q", at.Email)
	}
}

// Leaving the states that can be skipped does not lose the account that is being created: the sign-up goes on to its end.
func TestLeavingWhatCanBeSkipped(t *testing.T) {
	w := walkPreset(t, tenant.PresetV3, "username=optional")
	take[login.EnterPasscode](w, login.SubmitEmail{Email: ada, Create: true})
	step := w.walk.Take(t.Context(), login.SubmitPasscode{Code: w.code()})
	var left []hanko.State
	for range 10 {
		if _, offered := step.(login.OfferPasskey); offered {
			step = w.walk.Take(t.Context(), login.Skip{})
		}
		at, asks := step.(login.FillForm)
		if !asks {
			continue
		}
		action := at.Leave()
		if at.State == hanko.StatePasswordCreation { // which this tenant requires
			action = login.SubmitForm{
				Action: hanko.ActionRegisterPassword, Values: map[hanko.InputName]string{hanko.InputNewPassword: "correct horse battery"},
			}
		}
		left = append(left, at.State)
		step = w.walk.Take(t.Context(), action)
	}
	if _, in := step.(login.SignedIn); !in || !slices.Contains(left, hanko.StateMFAMethodChooser) {
		t.Errorf("%v were left, and the walk is at %T", left, step)
	}
}

// TestUsernameAloneIsRequired signs up at a tenant that requires only a username: the form asks for it, not for the address
// again.
func TestUsernameAloneIsRequired(t *testing.T) {
	w := walkPreset(t, tenant.PresetV3, "username=required", "email=optional")
	asked := take[login.FillForm](w, login.SubmitEmail{Email: ada, Create: true})
	again := form[login.FillForm](w, asked, hanko.ActionRegisterLoginIdentifier, map[hanko.InputName]string{hanko.InputUsername: "a"})
	if again.State != hanko.StateRegistrationInit || again.Problem == nil {
		t.Errorf("a username that is too short leads to %q, %+v", again.State, again.Problem)
	}
	next := form[login.FillForm](w, again, hanko.ActionRegisterLoginIdentifier, map[hanko.InputName]string{hanko.InputUsername: "ada"})
	if next.State != hanko.StatePasswordCreation && next.State != hanko.StateCredentialOnboardingChooser {
		t.Errorf("a username leads to the state %q", next.State)
	}
}
