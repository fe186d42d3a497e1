package tui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
	"example.com/hankosim/tui/kit"
)

// expectingApp is an app on an embedded tenant of which facts are expected, after it was recognised.
func expectingApp(t *testing.T, expect string) *App {
	t.Helper()
	expected, err := fact.ParseExpectations([]byte("expect: {" + expect + "}"))
	if err != nil {
		t.Fatal(err)
	}
	served := tenanttest.Serve(t, tenant.Options{Settings: tenanttest.Settings(t, tenant.PresetV3Passwordless)})
	app := appWith(t, kit.Options{
		Client: served.Client(t, hanko.Options{}), Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(), Tenant: "staging", Expect: expected,
	})
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	app.Update(app.recognise())
	return app
}

// shown is what the phone shows, as one line.
func (a *App) shown() string {
	return strings.Join(strings.Fields(strings.ReplaceAll(ansi.Strip(a.page.View(a.situation(onPhone), 44, 30)), "│", "")), " ")
}

// The first screen tells what is known to differ from what is expected of the tenant; what a walk shows, when it has.
func TestExpectations(t *testing.T) {
	app := expectingApp(t, "signin.passkey: false, token.lifetime: 1h, account.existence: shown")
	const passkeys = "Not as expected: signin.passkey is yes, not no (passkey.enabled)"
	if shown := app.shown(); !strings.Contains(shown, passkeys+".") || strings.Contains(shown, "token.lifetime") {
		t.Errorf("the first screen is\n%s", shown)
	}
	in := login.SignedIn{Token: hanko.Token{Raw: "x", IssuedAt: app.now(), ExpiresAt: app.now().Add(12 * time.Hour)}}
	app.show(in)
	cmd := app.compare()
	if cmd != nil {
		t.Error("what was told is told again")
	}
	app.show(login.EnterEmail{})
	if shown := app.shown(); !strings.Contains(shown, passkeys+", and 1 more. `hankosim smoke` lists all.") {
		t.Errorf("after a walk, the first screen is\n%s", shown)
	}
}

// On the way, what begins to differ is told once.
func TestExpectationsOnTheWay(t *testing.T) {
	app := expectingApp(t, "token.lifetime: 1h")
	if shown := app.shown(); strings.Contains(shown, "Not as expected") {
		t.Errorf("the first screen tells what nobody knows:\n%s", shown)
	}
	in := login.SignedIn{Token: hanko.Token{Raw: "x", IssuedAt: app.now(), ExpiresAt: app.now().Add(12 * time.Hour)}}
	app.step = in
	app.hold(in)
	cmd := app.compare()
	if cmd == nil {
		t.Fatal("nothing is told")
	}
	if told, ok := cmd().(kit.ToastMsg); !ok || told.Text != "Not as expected: token.lifetime is 12h, not 1h (session.lifespan)." {
		t.Errorf("told is %+v", told)
	}
}
