package tui

import (
	"context"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/tenant"
)

// connectionOf is a tenant that was found, of somebody else's words.
func connectionOf(w words) Connection {
	return Connection{
		URL: "https://" + w.domain, Name: "example-com", Path: w.path,
		Survey: hanko.Survey{
			Recognition: hanko.Recognition{API: hanko.FlowAPI, Found: "Hanko v3", Because: "the REST API of the mobile guide is gone there, so the Flow API is used"},
			RPID:        w.rpID,
			Facts:       []hanko.Fact{{About: "Sign-in", Says: "by email address"}, {About: "Third parties", Says: hanko.Printable(w.rpName)}},
		},
	}
}

// offerConnect gives the app another tenant to connect.
func offerConnect(app *App, w words) {
	app.options.Connect = func(ctx context.Context, _ string) (Connection, error) { return connectionOf(w), ctx.Err() }
	app.options.SaveTenant = func(Connection) (Saved, error) { return Saved{Path: w.path}, nil }
}

func openedConnect(app *App, w words) *connectPage {
	offerConnect(app, w)
	app.press("ctrl+o")
	return app.page.(*connectPage)
}

func foundTenant(app *App, w words) *connectPage {
	p := openedConnect(app, w)
	app.busy = &busy{cancel: func() {}}
	app.Update(workedMsg{connectedMsg{page: p, found: connectionOf(w)}})
	return p
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
	case workedMsg, ToastMsg, recognisedMsg:
		_, next := a.Update(msg)
		if _, told := msg.(ToastMsg); !told {
			a.after(next)
		}
		return msg
	default:
		return msg
	}
}

// From the first screen to a saved tenant and out, by the keys that the screen names.
func TestConnectByKeys(t *testing.T) {
	app := testApp(t, ordinaryWords())
	app.width, app.height = 80, 24
	var asked string
	var saved Connection
	app.options.Connect = func(_ context.Context, url string) (Connection, error) {
		asked = url
		return connectionOf(ordinaryWords()), nil
	}
	app.options.SaveTenant = func(found Connection) (Saved, error) {
		saved = found
		return Saved{Path: "hankosim.yaml"}, nil
	}
	if !strings.Contains(app.View(), "ctrl+o connects your own tenant") {
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
	if app.next == nil || *app.next != (Reconnect{URL: "https://example.com", Name: "mine", Saved: Saved{Path: "hankosim.yaml"}}) {
		t.Errorf("it goes on with %+v", app.next)
	}
}

// Everything can be left: the waiting, what was found, and the page; the email that was typed is still there.
func TestConnectCanBeLeft(t *testing.T) {
	app := testApp(t, ordinaryWords())
	offerConnect(app, ordinaryWords())
	app.press("a", "d", "a", "ctrl+o")
	page := app.page.(*connectPage)
	app.Update(paste("example.com"))
	cmd := app.press("enter")
	app.press("esc")
	app.after(cmd)
	if app.busy != nil || page.found != nil || app.toast != "Cancelled." {
		t.Errorf("after esc: busy %v, found %v, told %q", app.busy, page.found, app.toast)
	}
	app.after(app.press("enter"))
	if page.found == nil {
		t.Fatal("nothing was found the second time")
	}
	app.press("esc")
	if page.found != nil || page.url.Value() != "https://example.com" {
		t.Errorf("esc leads to %+v", page.url.Value())
	}
	app.press("esc")
	if email, ok := app.page.(*emailPage); !ok || email.input.Value() != "ada" {
		t.Errorf("esc leads to %T", app.page)
	}
}

// This run only: nothing is saved.
func TestConnectForThisRun(t *testing.T) {
	app := testApp(t, ordinaryWords())
	page := foundTenant(app, ordinaryWords())
	page.write = func(Connection) (Saved, error) {
		t.Error("it was saved")
		return Saved{}, nil
	}
	app.press("down", "down", "enter")
	if app.next == nil || app.next.URL != page.found.URL || app.next.Saved.Path != "" {
		t.Errorf("it goes on with %+v", app.next)
	}
}

// What goes wrong is told, with a cause and what to do, and what was typed stays.
func TestConnectTellsWhatIsWrong(t *testing.T) {
	for _, test := range []struct{ typed, told string }{
		{"", "It is empty"},
		{"https://cloud.hanko.io/projects/1", "the API URL is on the dashboard"},
		{"ftp://example.com", "must begin with https://"},
		{"https://me:secret@example.com", "user name"},
		{"example.com", "The tenant could not be reached."},
	} {
		app := testApp(t, ordinaryWords())
		app.options.Connect = func(context.Context, string) (Connection, error) {
			return Connection{}, &hanko.Error{Kind: hanko.Unreachable, Call: "GET /", Means: "Nothing listens there.", Do: "Start it."}
		}
		app.press("ctrl+o")
		page := app.page.(*connectPage)
		if test.typed != "" {
			app.Update(paste(test.typed))
		}
		app.after(app.press("enter"))
		if page.problem == nil || !strings.Contains(page.problem.Error(), test.told) || page.problem.Remedy == "" {
			t.Errorf("%q: told is %v", test.typed, page.problem)
		}
		if strings.Contains(page.View(app.situation(onPhone), 60, 20), "secret@") && !strings.Contains(page.url.Value(), "secret@") {
			t.Errorf("%q: the password is repeated", test.typed)
		}
	}
	app := testApp(t, ordinaryWords())
	page := foundTenant(app, ordinaryWords())
	page.write = func(Connection) (Saved, error) { return Saved{}, errors.New("the disk is full") }
	app.press("down")
	app.after(app.press("enter"))
	if page.saved != nil || page.problem == nil || !strings.Contains(page.problem.Error(), "disk is full") {
		t.Errorf("a failure to save is told as %v", page.problem)
	}
}

// Where nothing can be connected, nothing is offered.
func TestConnectIsNotOfferedWhereItCannotBe(t *testing.T) {
	app := testApp(t, ordinaryWords())
	app.width, app.height = 120, 40
	app.press("ctrl+o")
	if _, ok := app.page.(*emailPage); !ok || strings.Contains(app.View(), "ctrl+o") {
		t.Errorf("the page is %T:\n%s", app.page, app.View())
	}
}

// The same in plain lines.
func TestPlainConnects(t *testing.T) {
	options := embeddedOptions(t)
	options.Email = ""
	failing := true
	options.Connect = func(_ context.Context, url string) (Connection, error) {
		if failing {
			failing = false
			return Connection{}, &hanko.Error{Kind: hanko.TimedOut, Call: "GET /", Means: "It is slow.", Do: "Wait."}
		}
		found := connectionOf(ordinaryWords())
		found.URL = url
		return found, nil
	}
	options.SaveTenant = func(found Connection) (Saved, error) {
		if found.Name != "mine" {
			return Saved{}, errors.New("that name is taken")
		}
		return Saved{Path: "hankosim.yaml", Beaten: "HANKO_API_URL"}, nil
	}
	var said strings.Builder
	typed := "c\nhttps://cloud.hanko.io\nexample.com\nexample.com\nx\nb\nlocalhost:8000\ns\ns mine\nleft over\n"
	lines := ReadLines(t.Context(), strings.NewReader(typed))
	next, err := RunPlain(t.Context(), options, lines, &said)
	if err != nil || next == nil || next.URL != "http://localhost:8000" || next.Name != "mine" || next.Saved.Path != "hankosim.yaml" {
		t.Errorf("it goes on with %+v, %v", next, err)
	}
	for _, told := range []string{
		"c connects your own tenant", "on the dashboard", "It is slow", "Hanko v3", "Sign-in: by email address", "That is none of the choices",
		"hat name is taken", "is mine in hankosim.yaml.", "HANKO_API_URL is set", "--tenant embedded",
	} {
		if !strings.Contains(said.String(), told) {
			t.Errorf("%q is not said", told)
		}
	}
	if t.Failed() {
		t.Log(said.String())
	}
	if line := <-lines.next; line != "left over" {
		t.Errorf("the next walk begins with %q", line)
	}
}

// The question whether to stay signed in is on the email screen, and the answer goes along with it.
func TestKeepMeSignedIn(t *testing.T) {
	settings, err := tenant.PresetV3Passwordless.Settings()
	if err == nil {
		err = settings.Set("retention", "prompt")
	}
	if err != nil {
		t.Fatal(err)
	}
	opened, err := tenant.Open(tenant.Options{Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(opened.Handler())
	t.Cleanup(func() { server.Close(); _ = opened.Close() })
	client, err := hanko.NewClient(server.URL, hanko.Options{})
	if err != nil {
		t.Fatal(err)
	}
	options := Options{Client: client, Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(), Inbox: opened.Inbox(), Email: "ada@example.com"}
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
		got = append(got, app.answerTo(name)().(ActMsg).Action)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the actions are %#v", got)
	}

	var said strings.Builder
	typed := "k\nn ada@example.com\nf\nn\nq\n"
	if _, err := RunPlain(t.Context(), options, ReadLines(t.Context(), strings.NewReader(typed)), &said); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "k keeps you signed in (on now)") || !strings.Contains(said.String(), "Signed in as") {
		t.Errorf("said is:\n%s", said.String())
	}
}
