package tab

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
	"example.com/hankosim/tui/internal/pagetest"
	"example.com/hankosim/tui/kit"
)

// walking is the guide and the wire beside a walk on an embedded tenant, whose phone approves everything.
type walking struct {
	*pagetest.Alone // the guide
	guide           *Guide
	wire            *Wire
	walk            *login.Walk
	client          *hanko.Client
	inbox           *mailbox.Inbox
}

func walker(t *testing.T, settings tenant.Settings) *walking {
	t.Helper()
	settings.PasscodesPerMinute = -1
	served := tenanttest.Serve(t, tenant.Options{Settings: settings})
	client := served.Client(t, hanko.Options{})
	walk := login.New(client, authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove), "")
	guide := NewGuide(walk.Step())
	w := &walking{pagetest.Show(t, guide), guide, NewWire(), walk, client, served.Inbox()}
	w.S.Focused = false
	return w
}

// took takes an action for real, and tells the tabs of its exchanges and where it leads.
func (w *walking) took(t *testing.T, action login.Action) login.Step {
	t.Helper()
	first := len(w.wire.exchanges)
	step := w.walk.Take(t.Context(), action)
	for _, msg := range []tea.Msg{kit.ExchangesMsg{First: first, Prompted: true, More: w.client.Log().From(first)}, kit.StepMsg{Step: step}} {
		w.Send(msg)
		w.wire.Update(w.S, msg)
	}
	return step
}

// A whole walk over the REST API is ticked off row by row, with its places on the wire.
func TestGuideFollowsTheWalk(t *testing.T) {
	settings := tenanttest.Settings(t, tenant.PresetGuide)
	app := walker(t, settings)
	next := func(want string) {
		t.Helper()
		if app.guide.current < 0 && want == "" {
			return
		}
		if app.guide.current < 0 || app.guide.rows[app.guide.current].What != want {
			t.Errorf("after %T row %d comes next, not %q", app.walk.Step(), app.guide.current, want)
		}
	}
	next("look up the user")
	app.took(t, login.SubmitEmail{Email: "ada@example.com"})
	next("create the user")
	app.took(t, login.CreateAccount{})
	next("check the passcode")
	app.took(t, login.SubmitPasscode{Code: "000000"})
	next("check the passcode")
	wrong := len(app.wire.exchanges)
	if row := app.guide.current; !app.guide.refused[row] || len(app.guide.walked[row]) != 1 || app.guide.walked[row][0] != wrong-1 {
		t.Errorf("the wrong passcode is not noted as refused: %v, %v", app.guide.refused[row], app.guide.walked[row])
	}
	app.took(t, login.SubmitPasscode{Code: app.inbox.Mails()[0].Code})
	next("start creating a passkey")
	app.took(t, login.RegisterPasskey{})
	next("start a passkey sign-in")
	app.took(t, login.LogOut{})
	app.took(t, login.SignInWithPasskey{})
	next("")
	for i, row := range app.guide.rows {
		walked := len(app.guide.walked[i]) > 0
		if row.Step != "" && (!walked || app.guide.refused[i]) {
			t.Errorf("step %s, %s: walked %v, refused %t", row.Step, row.What, app.guide.walked[i], app.guide.refused[i])
		}
	}

	app.S.Focused = true
	for app.guide.rows[app.guide.choice].What != "create the user" {
		app.Press("down")
	}
	if view := app.View(t); !strings.Contains(view, "┃ ✓ 2  create the user") {
		t.Errorf("the guide shows\n%s", view)
	}
	app.Press("enter")
	app.wire.Update(app.S, app.Last())
	if chosen := app.wire.exchanges[app.wire.choice]; !app.wire.open || chosen.Path != "/users" {
		t.Errorf("enter leads to %s on the wire (%t)", chosen.Path, app.wire.open)
	}
}

// The same rows are ticked off in a flow.
func TestGuideFollowsAFlow(t *testing.T) {
	settings := tenanttest.Settings(t, tenant.PresetV3Passwordless)
	app := walker(t, settings)
	app.took(t, login.SubmitEmail{Email: "ada@example.com"})
	app.took(t, login.CreateAccount{})
	app.took(t, login.SubmitPasscode{Code: app.inbox.Mails()[0].Code})
	app.took(t, login.RegisterPasskey{})
	app.took(t, login.LogOut{})
	app.took(t, login.SignInWithPasskey{})
	for i, row := range app.guide.rows {
		if row.Step != "" && row.What != "send a passcode" && len(app.guide.walked[i]) == 0 { // the flow mails by itself
			t.Errorf("step %s, %s, was not walked", row.Step, row.What)
		}
	}
	app.S.Focused = true
	app.guide.choice = len(app.guide.rows) - 1
	if toast, ok := app.Press("enter")().(kit.ToastMsg); !ok || app.Last() != nil || !strings.Contains(toast.Text, "Not done in this run yet") {
		t.Error("enter on a row that was not walked does not say so")
	}
}

// The question by which the tenant is recognised is no step of the guide, and no refused one.
func TestGuideLeavesTheProbeOut(t *testing.T) {
	guide := NewGuide(login.EnterEmail{})
	probe := hanko.Exchange{Method: "POST", Path: "/passcode/login/initialize", URL: "http://localhost:8000/passcode/login/initialize", Status: 400, RequestBody: []byte("{}")}
	asked := probe
	asked.RequestBody = []byte(`{"user_id":"u"}`)
	guide.add(0, []hanko.Exchange{probe, asked})
	for i, row := range guide.rows {
		if walked := guide.walked[i]; row.What == "send a passcode" && (len(walked) != 1 || walked[0] != 1) || len(walked) > 1 {
			t.Errorf("%s was walked by %v", row.What, walked)
		}
	}
}

// Each key of the guide can be pressed on each row before anything has gone over the wire.
func TestGuideOfNothing(t *testing.T) {
	guide, wire := NewGuide(login.EnterEmail{}), NewWire()
	app := pagetest.Show(t, guide)
	for guide.choice = range guide.rows {
		for _, key := range guide.Keys(app.S) {
			for _, name := range key.Names {
				wire.Update(app.S, key.Do(name))
			}
		}
	}
	app.View(t)
}
