package smoke_test

import (
	"errors"
	"testing"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/tenant"
)

// signUp makes a user with a passkey in a keystore.
func signUp(t *testing.T, b bench, store *authenticator.Keystore, email string) {
	t.Helper()
	walk := login.New(b.options.Client, authenticator.NewPhone(authenticator.IPhone(), store, authenticator.AlwaysApprove), email)
	walk.UseAPI(hanko.REST)
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
	store := authenticator.NewMemoryKeystore()
	signUp(t, b, store, "ada@example.com")
	signUp(t, b, store, "bob@example.com")
	for _, test := range []struct {
		name   string
		store  *authenticator.Keystore
		email  string
		box    mailbox.Box
		method string // in the token's email claim; "" when nobody is to be signed in
		code   int
	}{
		{name: "the passkey used last", store: store, method: "bob@example.com"},
		{name: "the passkey of an address", store: store, email: "ada@example.com", method: "ada@example.com"},
		{name: "a passcode", store: authenticator.NewMemoryKeystore(), email: "ada@example.com", box: b.options.Box, method: "ada@example.com"},
		{name: "no passkey, no address", store: authenticator.NewMemoryKeystore(), code: smoke.ExitFailed},
		{name: "no passkey, no mailbox", store: authenticator.NewMemoryKeystore(), email: "ada@example.com", code: smoke.ExitFailed},
		{name: "nobody has the address", store: store, email: "eve@example.com", box: b.options.Box, code: smoke.ExitFailed},
		{
			name: "no mail", store: authenticator.NewMemoryKeystore(), email: "bob@example.com",
			box: mailbox.FromInbox(mailbox.NewInbox()), code: smoke.ExitInconclusive,
		},
	} {
		token, err := smoke.SignIn(t.Context(), smoke.SignInOptions{
			Client: b.options.Client, Profile: authenticator.IPhone(), Store: test.store, Email: test.email, Box: test.box, Patience: 100 * time.Millisecond,
		})
		if test.method == "" {
			var signIn *smoke.SignInError
			if !errors.As(err, &signIn) || smoke.SignInCode(err) != test.code {
				t.Errorf("%s: %v, exit code %d", test.name, err, smoke.SignInCode(err))
			}
			continue
		}
		claim, _ := token.Claims["email"].(map[string]any)
		if err != nil || claim["address"] != test.method {
			t.Errorf("%s: signed in as %v (%v)", test.name, claim["address"], err)
		}
	}
	_, err := smoke.SignIn(t.Context(), smoke.SignInOptions{
		Client: newClient(t, "http://localhost:8000", noNetwork{}), Profile: authenticator.IPhone(), Store: store,
	})
	if smoke.SignInCode(err) != smoke.ExitUnreachable {
		t.Errorf("no tenant: %v, exit code %d", err, smoke.SignInCode(err))
	}
}
