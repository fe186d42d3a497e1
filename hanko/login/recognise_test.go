package login_test

import (
	"strings"
	"testing"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
)

const config = "GET /.well-known/config"

// atUnknownTenant is the start of a walk, whose first action recognises the tenant.
var atUnknownTenant = place{
	func(p *person) { p.walk = login.New(p.client, p.phone, p.email) },
	atEmail.action,
}

// TestRecognisedOnce checks that a walk recognises the tenant when it needs to, and only once.
func TestRecognisedOnce(t *testing.T) {
	stage := newStage(t, unlimited)
	recognised := []string{config + " 200", initialize + " 400", user + " 404"}
	for _, test := range []struct {
		name   string
		before func(*person)
		want   []string
	}{
		{"unknown", atUnknownTenant.before, recognised},
		{"chosen by hand", atEmail.before, []string{user + " 404", config + " 200"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := stage.newPerson(t)
			test.before(p)
			wantCalls(t, to[login.ConfirmAccount](p, login.SubmitEmail{Email: p.email}), test.want...)
			to[login.EnterEmail](p, login.Back{})
			wantCalls(t, to[login.ConfirmAccount](p, login.SubmitEmail{Email: p.email}), user+" 404")
			p.finish()
		})
	}
}

// TestNotRecognised has the tenant fail while it is being recognised. The walk asks again, and does not guess.
func TestNotRecognised(t *testing.T) {
	stage := newStage(t, unlimited)
	for _, call := range []string{config, initialize} {
		t.Run(strings.ReplaceAll(call, "/", "_"), func(t *testing.T) {
			p := stage.newPerson(t)
			atUnknownTenant.before(p)
			stage.wire.once(call, served(t, says(503, "Service Unavailable")))
			failed := to[login.Failed](p, login.SubmitEmail{Email: p.email})
			drawable(t, failed)
			if failed.Again == nil || !strings.Contains(failed.Problem.Sentence, "recognise the tenant") || !strings.Contains(failed.Problem.Cause, "does not accept requests") {
				t.Errorf("it leads to %s", described(failed))
			}
			to[login.ConfirmAccount](p, login.Retry{})
			p.finish()
		})
	}
}

// TestRESTOnV3 chooses the REST API for a tenant without it. Its 404 is not taken for an unknown user.
func TestRESTOnV3(t *testing.T) {
	p := newStage(t, tenant.Options{Settings: tenanttest.Settings(t, tenant.PresetV3)}).newPerson(t)
	p.walk.UseAPI(hanko.REST)
	failed := to[login.Failed](p, login.SubmitEmail{Email: p.email})
	wantCalls(t, failed, user+" 404", config+" 404")
	if !strings.Contains(failed.Problem.Cause, "Hanko v3") || !strings.Contains(failed.Problem.Said, "Not Found") {
		t.Errorf("it leads to %s", described(failed))
	}
	to[login.EnterEmail](p, login.Back{})
}

// TestSessionsOfFlowsAlone walks on a tenant that refuses the sessions of its REST API (v1.4.0). The walk says so, continues
// over the Flow API, and ends with a session that the tenant accepts. The next login starts there.
func TestSessionsOfFlowsAlone(t *testing.T) {
	settings := tenanttest.Settings(t, tenant.PresetGuide, "sessions=flows", "token=header")
	served := tenanttest.Serve(t, tenant.Options{Settings: settings})
	client := served.Client(t, hanko.Options{})
	phone := authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)
	code := func() string { return served.Inbox().Mails()[0].Code }

	walk := login.New(client, phone, "")
	walk.Take(t.Context(), login.SubmitEmail{Email: "ada@example.com"})
	walk.Take(t.Context(), login.CreateAccount{})
	again, ok := walk.Take(t.Context(), login.SubmitPasscode{Code: code()}).(login.EnterPasscode)
	if !ok || again.Problem == nil || !strings.Contains(again.Problem.Error(), "v1.4.1") {
		t.Fatalf("the step after the first code is %+v", walk.Step())
	}
	if _, ok := walk.Take(t.Context(), login.SubmitPasscode{Code: code()}).(login.OfferPasskey); !ok {
		t.Fatalf("the step after the second code is %+v", walk.Step())
	}
	in, ok := walk.Take(t.Context(), login.RegisterPasskey{}).(login.SignedIn)
	if !ok {
		t.Fatalf("the step after the passkey is %+v", walk.Step())
	}
	if _, err := client.Me(t.Context(), in.Session.Token); err != nil {
		t.Errorf("the session is not accepted: %v", err)
	}

	before := client.Log().Len()
	if _, ok := login.New(client, phone, "").Take(t.Context(), login.SignInWithPasskey{}).(login.SignedIn); !ok {
		t.Error("the passkey signs nobody in")
	}
	for _, exchange := range client.Log().From(before) {
		if strings.HasPrefix(exchange.Path, "/webauthn/") {
			t.Errorf("the next login asks %s", exchange.Path)
		}
	}

	// A sign-in with a passkey detects it, too.
	if _, ok := login.New(served.Client(t, hanko.Options{}), phone, "").Take(t.Context(), login.SignInWithPasskey{}).(login.SignedIn); !ok {
		t.Error("the passkey signs nobody in where nobody has before")
	}
}
