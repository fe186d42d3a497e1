package login_test

import (
	"strings"
	"testing"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
)

const config = "GET /.well-known/config"

// atUnknownTenant is where the first action finds out what the tenant is.
var atUnknownTenant = place{
	func(p *person) { p.walk = login.New(p.client, p.phone, p.email) },
	atEmail.action,
}

// TestRecognisedOnce: what the tenant is, is asked when it must be, and not again.
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

// TestNotRecognised: a tenant in trouble while it is being recognised is asked again, not taken for something.
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
				t.Errorf("it leads to %s", told(failed))
			}
			to[login.ConfirmAccount](p, login.Retry{})
			p.finish()
		})
	}
}

// TestRESTOnV3: somebody has chosen the REST API for a tenant that does not have it. Its 404 is no unknown user.
func TestRESTOnV3(t *testing.T) {
	p := newStage(t, tenant.Options{Settings: tenanttest.Settings(t, tenant.PresetV3)}).newPerson(t)
	p.walk.UseAPI(hanko.REST)
	failed := to[login.Failed](p, login.SubmitEmail{Email: p.email})
	wantCalls(t, failed, user+" 404", config+" 404")
	if !strings.Contains(failed.Problem.Cause, "Hanko v3") || !strings.Contains(failed.Problem.Said, "Not Found") {
		t.Errorf("it leads to %s", told(failed))
	}
	to[login.EnterEmail](p, login.Back{})
}
