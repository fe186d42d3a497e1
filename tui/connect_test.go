package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
)

// connectionOf is a tenant that was found, of somebody else's words.
func connectionOf(w sample.Words) kit.Connection {
	return kit.Connection{
		URL: "https://" + w.Domain, Name: "example-com", Path: w.Path,
		Survey: hanko.Survey{
			Recognition: hanko.Recognition{API: hanko.FlowAPI, Found: "Hanko v3", Because: "it no longer has the mobile guide's REST API, so the Flow API is used"},
			RPID:        w.RPID,
			Facts:       []hanko.Fact{{About: "Sign-in", Says: "by email address"}, {About: "Third parties", Says: hanko.Printable(w.RPName)}},
		},
	}
}

// offerConnect gives the app another tenant to connect.
func offerConnect(app *App, w sample.Words) {
	app.options.Connect = func(ctx context.Context, _ string) (kit.Connection, error) { return connectionOf(w), ctx.Err() }
	app.options.SaveTenant = func(kit.Connection) (kit.Saved, error) { return kit.Saved{Path: w.Path}, nil }
}

// openedConnect brings up the page that connects another tenant.
func openedConnect(app *App, w sample.Words) {
	offerConnect(app, w)
	app.press("ctrl+o")
}

// foundTenant has the page find a tenant.
func foundTenant(app *App, w sample.Words) {
	openedConnect(app, w)
	app.Update(paste("example.com"))
	app.finish(app.press("enter"))
}

// finish runs the work that a key has begun to its end.
func (a *App) finish(cmd tea.Cmd) {
	work := cmd().(tea.BatchMsg) // beside the spinner's ticks
	a.Update(work[len(work)-1]())
}

// after runs a command to its end and gives the app what comes of it, but for ticks.
func (a *App) after(cmd tea.Cmd) (last tea.Msg) {
	if cmd == nil {
		return nil
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, one := range msg {
			if got := a.after(one); got != nil {
				last = got
			}
		}
		return last
	case workedMsg, kit.ToastMsg, recognisedMsg:
		_, next := a.Update(msg)
		if _, told := msg.(kit.ToastMsg); !told {
			a.after(next)
		}
		return msg
	default:
		return msg
	}
}

// From the first screen to a saved tenant and out, by the keys that the screen names.
func TestConnectByKeys(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	app.width, app.height = 80, 24
	var asked string
	var saved kit.Connection
	app.options.Connect = func(_ context.Context, url string) (kit.Connection, error) {
		asked = url
		return connectionOf(sample.OrdinaryWords()), nil
	}
	app.options.SaveTenant = func(found kit.Connection) (kit.Saved, error) {
		saved = found
		return kit.Saved{Path: "hankosim.yaml"}, nil
	}
	if !strings.Contains(app.View(), "ctrl+o  connect your own tenant") {
		t.Errorf("the first screen does not offer it:\n%s", app.View())
	}
	app.press("ctrl+o")
	app.Update(paste(" localhost:8000/\n"))
	app.after(app.press("enter"))
	if asked != "http://localhost:8000" {
		t.Errorf("asked was %q", asked)
	}
	app.press("ctrl+u")
	for _, letter := range "mine" {
		app.press(string(letter))
	}
	app.press("enter")
	app.after(app.press("enter"))
	if saved.Name != "mine" || saved.URL != "https://example.com" {
		t.Errorf("saved was %+v", saved)
	}
	if !strings.Contains(app.View(), "--tenant embedded") {
		t.Errorf("the way back is not shown:\n%s", app.View())
	}
	if msg := app.after(app.press("enter")); msg != (tea.QuitMsg{}) {
		t.Errorf("it ends with %#v", msg)
	}
	if app.next == nil || *app.next != (kit.Reconnect{URL: "https://example.com", Name: "mine", Saved: kit.Saved{Path: "hankosim.yaml"}}) {
		t.Errorf("it goes on with %+v", app.next)
	}
}

// On a tenant of one's own the palette, and the page that connects, lead back to the embedded one; esc leads back to where
// the person was.
func TestUseTheEmbeddedTenant(t *testing.T) {
	for name, way := range map[string]struct {
		keys []string
		left string // what esc leads back to
	}{
		"palette": {[]string{"ctrl+k", "e", "m", "b", "e", "d", "d", "e", "d", "enter"}, "Sign in with a passkey"},
		"page":    {[]string{"ctrl+o", "ctrl+t"}, "Connect another tenant"},
	} {
		t.Run(name, func(t *testing.T) {
			app := testApp(t, sample.OrdinaryWords())
			app.width, app.height, app.tenant.Embedded = 80, 30, false
			var asked, saved bool
			app.options.Connect = func(_ context.Context, url string) (kit.Connection, error) {
				asked = url == ""
				return kit.Connection{Name: "embedded", Path: "hankosim.yaml"}, nil
			}
			app.options.SaveTenant = func(found kit.Connection) (kit.Saved, error) {
				saved = found.Embedded() && found.Name == "embedded"
				return kit.Saved{Path: "hankosim.yaml"}, nil
			}
			open := func() { app.finish(app.press(way.keys...)) }
			open()
			if view := app.View(); !asked || saved || !strings.Contains(view, "▸ Save it and use it") || strings.Contains(view, "Its name here") {
				t.Fatalf("the embedded tenant is not offered:\n%s", view)
			}
			app.press("up", "esc")
			if view := app.View(); !strings.Contains(view, way.left) {
				t.Fatalf("esc does not lead back to %q:\n%s", way.left, view)
			}
			open()
			app.finish(app.press("enter"))
			if view := app.View(); !saved || !strings.Contains(view, "`tenant: embedded` is saved in") {
				t.Fatalf("it is not saved:\n%s", view)
			}
			if msg := app.after(app.press("enter")); msg != (tea.QuitMsg{}) || *app.next != (kit.Reconnect{Name: "embedded", Saved: kit.Saved{Path: "hankosim.yaml"}}) {
				t.Errorf("it ends with %#v, and goes on with %+v", msg, app.next)
			}
		})
	}
	app := testApp(t, sample.OrdinaryWords())
	offerConnect(app, sample.OrdinaryWords())
	if app.press("ctrl+k", "e", "m", "b", "e", "d"); strings.Contains(app.View(), "use the embedded tenant") {
		t.Errorf("the embedded tenant offers itself:\n%s", app.View())
	}
}

// Everything can be left: the waiting, what was found, and the page; the email that was typed is still there.
func TestConnectCanBeLeft(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	app.width, app.height = 80, 30
	shows := func(text, when string) {
		t.Helper()
		if !strings.Contains(app.View(), text) {
			t.Errorf("%s there is no %q:\n%s", when, text, app.View())
		}
	}
	offerConnect(app, sample.OrdinaryWords())
	app.press("a", "d", "a", "ctrl+o")
	app.Update(paste("example.com"))
	cmd := app.press("enter")
	app.press("esc")
	app.after(cmd)
	if app.busy != nil || app.toast != "Cancelled." {
		t.Errorf("after esc: busy %v, told %q", app.busy, app.toast)
	}
	shows("Connect your own tenant", "after esc")
	app.after(app.press("enter"))
	shows("Its name here", "the second time")
	app.press("esc")
	shows("Connect your own tenant", "after esc")
	shows("https://example.com", "after esc")
	app.press("esc")
	shows("Sign in", "after esc, esc")
	shows("ada", "after esc, esc")
}

// What was guessed of the URL stands with what was found.
func TestConnectTellsWhatWasGuessed(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	offerConnect(app, sample.OrdinaryWords())
	app.press("ctrl+o")
	app.Update(paste("3fa85f64-5717-4562-b3fc-2c963f66afa6"))
	app.finish(app.press("enter"))
	if _, view := app.Focused(160, 40); !strings.Contains(view, "URL       A tenant's ID alone means Hanko Cloud: https://3fa85f64-") {
		t.Errorf("it shows\n%s", view)
	}
}

// This run only: nothing is saved.
func TestConnectForThisRun(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	offerConnect(app, sample.OrdinaryWords())
	app.options.SaveTenant = func(kit.Connection) (kit.Saved, error) {
		t.Error("it was saved")
		return kit.Saved{}, nil
	}
	app.press("ctrl+o")
	app.Update(paste("example.com"))
	app.finish(app.press("enter"))
	app.press("down", "down", "enter")
	if app.next == nil || app.next.URL != "https://example.com" || app.next.Saved.Path != "" {
		t.Errorf("it goes on with %+v", app.next)
	}
}

// What goes wrong is told, with a cause and what to do, and what was typed stays.
func TestConnectTellsWhatIsWrong(t *testing.T) {
	for _, test := range []struct{ typed, told, remedy string }{
		{"", "It is empty", "It looks like"},
		{"https://cloud.hanko.io/projects/1", "the API URL is on the dashboard", "It looks like"},
		{"ftp://example.com", "must begin with https://", "It looks like"},
		{"https://me:secret@example.com", "user name", "It looks like"},
		{"example.com", "The tenant could not be reached.", "Start it."},
		{"localhost:8001", "The tenant could not be reached.", "Start it. Port 8001 is probably that of Hanko's Admin API."},
	} {
		app := testApp(t, sample.OrdinaryWords())
		app.options.Connect = func(context.Context, string) (kit.Connection, error) {
			return kit.Connection{}, &hanko.Error{Kind: hanko.Unreachable, Call: "GET /", Means: "Nothing listens there.", Do: "Start it."}
		}
		app.press("ctrl+o")
		if test.typed != "" {
			app.Update(paste(test.typed))
		}
		app.after(app.press("enter"))
		_, view := app.Focused(100, 30)
		if !strings.Contains(view, test.told) || !strings.Contains(view, test.remedy) || !strings.Contains(view, test.typed) {
			t.Errorf("%q: it shows\n%s", test.typed, view)
		}
		if strings.Count(view, "secret@") > strings.Count(test.typed, "secret@") {
			t.Errorf("%q: the password is repeated", test.typed)
		}
	}
	app := testApp(t, sample.OrdinaryWords())
	offerConnect(app, sample.OrdinaryWords())
	app.options.SaveTenant = func(kit.Connection) (kit.Saved, error) { return kit.Saved{}, errors.New("the disk is full") }
	app.press("ctrl+o")
	app.Update(paste("example.com"))
	app.finish(app.press("enter"))
	app.press("down")
	app.finish(app.press("enter"))
	if _, view := app.Focused(100, 30); !strings.Contains(view, "disk is full") || !strings.Contains(view, "was not saved") {
		t.Errorf("a failure to save is told as\n%s", view)
	}
}

// Where nothing can be connected, nothing is offered.
func TestConnectIsNotOfferedWhereItCannotBe(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	app.width, app.height = 120, 40
	app.press("ctrl+o")
	if app.page.Title() != "Email" || strings.Contains(app.View(), "ctrl+o") {
		t.Errorf("the page is %T:\n%s", app.page, app.View())
	}
}

// The email is taken as people have it.
func TestEmailIsCompleted(t *testing.T) {
	for _, pasted := range []string{"Ada Lovelace <ada@example.com>", "mailto:ada@example.com?subject=Hi", " ada@example.com\n"} {
		words := sample.OrdinaryWords()
		words.Email = ""
		app := testApp(t, words)
		got := actions(app, kit.KeyMsg("ctrl+u"), paste(pasted), kit.KeyMsg("enter"))
		if want := []login.Action{login.SubmitEmail{Email: "ada@example.com"}}; !slices.Equal(got, want) {
			t.Errorf("%q: it does %#v", pasted, got)
		}
	}
}

// The question whether to stay signed in is on the email screen, and the answer goes along with it.
func TestKeepMeSignedIn(t *testing.T) {
	served := tenanttest.Serve(t, tenant.Options{Settings: tenanttest.Settings(t, tenant.PresetV3Passwordless, "retention=prompt")})
	options := kit.Options{
		Client: served.Client(t, hanko.Options{}), Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(),
		Inbox: served.Inbox(), Email: "ada@example.com",
	}
	app := appWith(t, options)
	app.width, app.height = 80, 24
	if strings.Contains(app.View(), "Keep me signed in") {
		t.Error("the question is there before the tenant was asked")
	}
	app.after(app.recognise)
	if !strings.Contains(app.View(), "[ ] Keep me signed in") {
		t.Errorf("the question is not there:\n%s", app.View())
	}
	app.press("ctrl+r")
	if !strings.Contains(app.View(), "[x] Keep me signed in") {
		t.Errorf("the answer is not there:\n%s", app.View())
	}
	want := []login.Action{
		login.SubmitEmail{Email: "ada@example.com", Remember: true},
		login.SubmitEmail{Email: "ada@example.com", Create: true, Remember: true},
		login.SignInWithPasskey{Remember: true},
	}
	var got []login.Action
	for _, name := range []string{"enter", "ctrl+n", "ctrl+p"} {
		got = append(got, app.answerTo(name)().(kit.ActMsg).Action)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the actions are %#v", got)
	}
}
