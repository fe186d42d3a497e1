package tui

import (
	"context"
	"errors"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/fault"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
)

// phoneApp is an app with such options on a tenant that never answers.
func phoneApp(t *testing.T, change func(*kit.Options)) *App {
	t.Helper()
	client, err := hanko.NewClient("http://localhost:8000", hanko.Options{Transport: sample.Silence{}})
	if err != nil {
		t.Fatal(err)
	}
	options := kit.Options{Client: client, Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(), Tenant: "staging"}
	change(&options)
	return appWith(t, options)
}

// A phone that misbehaves says so on every screen, whatever its size.
func TestFaultInTheStatusLine(t *testing.T) {
	wrong, err := fault.Named("get/wrong-origin")
	if err != nil {
		t.Fatal(err)
	}
	const says = "! The phone misbehaves on purpose: it signs the origin of another site"
	app := phoneApp(t, func(o *kit.Options) { o.Fault = &wrong })
	for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 120, Height: 40}, {Width: 80, Height: 8}} {
		app.Update(size)
		lines := strings.Split(checkBox(t, app, "fault"), "\n")
		if line := lines[app.layout().head.y+1]; !strings.HasPrefix(strings.TrimSpace(line), says) {
			t.Errorf("in %d×%d the line below the status is %q", size.Width, size.Height, line)
		}
	}
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	if line := strings.Split(app.View(), "\n")[2]; !strings.Contains(line, "(get/wrong-origin; verdict: reject)") {
		t.Errorf("the line below the status is %q", line)
	}
	for _, size := range []tea.WindowSizeMsg{{Width: 20, Height: 5}, {Width: 1, Height: 1}, {Width: 200, Height: 2}} {
		app.Update(size)
		checkBox(t, app, "fault")
	}

	honest := phoneApp(t, func(*kit.Options) {})
	honest.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	if view := honest.View(); strings.Contains(view, "misbehaves") {
		t.Errorf("an honest phone is said to misbehave:\n%s", view)
	}
}

// ctrl+d goes round the phones, at the email and when signed in, and nothing typed or reached is lost.
func TestOtherPhones(t *testing.T) {
	one := authenticator.IPhone().Owned("Ada's iPhone", "ada")
	two := authenticator.OldIPhone().Owned("Ada's iPad", "ada")
	three := authenticator.Android(authenticator.AndroidApp{}).Owned("Bob's Pixel", "bob")
	app := phoneApp(t, func(o *kit.Options) { o.Profile, o.Others = one, []authenticator.Profile{two, three} })
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	status := func() string { return strings.TrimSpace(strings.Split(app.View(), "\n")[1]) }
	plays := func(label string) {
		t.Helper()
		if !strings.HasSuffix(status(), " · "+label) || app.phone.Profile().Label != label {
			t.Errorf("%s is played, and the status line says %q; it should be %s", app.phone.Profile().Label, status(), label)
		}
	}
	plays("Ada's iPhone")
	if !strings.Contains(app.View(), "ctrl+d other phone") {
		t.Error("nothing tells of ctrl+d")
	}
	app.press("a", "@", "b")
	first := app.walk
	app.press("ctrl+d")
	plays("Ada's iPad")
	if step, ok := app.walk.Step().(login.EnterEmail); !ok || step.Email != "a@b" || app.walk == first {
		t.Errorf("the new walk stands at %+v", app.walk.Step())
	}
	if !strings.Contains(app.View(), "a@b") {
		t.Error("what was typed is lost")
	}
	app.press("down", "ctrl+d") // on the button
	plays("Bob's Pixel")
	app.press("ctrl+d")
	plays("Ada's iPhone")

	in := sample.SignedInStep(sample.OrdinaryWords())
	app.show(in)
	app.press("ctrl+d")
	plays("Ada's iPad")
	if step, ok := app.walk.Step().(login.SignedIn); !ok || step.Token.Raw != in.Token.Raw {
		t.Errorf("the session is lost: the walk stands at %T", app.walk.Step())
	}
	if app.page.Title() != "Signed in" {
		t.Errorf("the screen is %q", app.page.Title())
	}

	// In the middle of an action the phone stays.
	app.Update(kit.ActMsg{Action: login.OpenProfile{}})
	app.press("ctrl+d")
	plays("Ada's iPad")
}

// One phone stays the one there is, and no key is offered.
func TestNoOtherPhone(t *testing.T) {
	app := phoneApp(t, func(*kit.Options) {})
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	walk := app.walk
	if strings.Contains(app.View(), "ctrl+d") {
		t.Error("ctrl+d is offered where there is no other phone")
	}
	cmd := app.press("ctrl+d")
	if msg, ok := cmd().(kit.ToastMsg); !ok || !strings.Contains(msg.Text, "only one phone") || app.walk != walk {
		t.Errorf("ctrl+d brings %+v", msg)
	}
}

// A phone that is not strict tells what a real one would refuse, and goes on; a strict one refuses.
func TestAssociationIsReported(t *testing.T) {
	asked := 0
	unknown := func(context.Context, authenticator.Profile, string) error {
		asked++
		return errors.New("https://example.com/file is \x1b[31mmissing")
	}
	options := authenticator.RequestOptions{RPID: "example.com", Challenge: []byte("y")}
	var refusal *authenticator.Error

	app := phoneApp(t, func(o *kit.Options) { o.Association = unknown })
	reported := make(chan tea.Msg, 1)
	go func() { reported <- app.waitForReport() }()
	_, err := app.phone.Get(t.Context(), options)
	if !errors.As(err, &refusal) || refusal.Name != authenticator.NotAllowedError { // there is no passkey
		t.Errorf("the phone goes on to %v", err)
	}
	app.Update(<-reported)
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	app.turnTo(tabPasskeys)
	if view := checkBox(t, app, "report"); !strings.Contains(view, "! A real phone would refuse: SecurityError") || strings.Contains(view, "(strict)") {
		t.Errorf("the passkeys tab does not tell:\n%s", view)
	}

	strict := phoneApp(t, func(o *kit.Options) { o.Association, o.Strict = unknown, true })
	if _, err := strict.phone.Get(t.Context(), options); !errors.As(err, &refusal) || refusal.Name != authenticator.SecurityError {
		t.Errorf("the strict phone goes on to %v", err)
	}
	strict.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	if !strings.Contains(strings.Split(strict.View(), "\n")[1], "iPhone (strict)") {
		t.Errorf("the status line does not tell:\n%s", strict.View())
	}
	if asked != 2 {
		t.Errorf("domains are asked %d times, not twice", asked)
	}
}
