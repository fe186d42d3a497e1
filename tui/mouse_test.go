package tui

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
)

// click presses the left button on a text that stands on the screen, and returns the command that comes of it.
func (a *App) click(t *testing.T, text string) tea.Cmd {
	t.Helper()
	for y, line := range strings.Split(ansi.Strip(a.View()), "\n") {
		if before, _, found := strings.Cut(line, text); found {
			_, cmd := a.Update(tea.MouseMsg{X: ansi.StringWidth(before), Y: y, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
			return cmd
		}
	}
	t.Fatalf("%q is not on the screen:\n%s", text, a.View())
	return nil
}

func (a *App) roll(x, y int, button tea.MouseButton) {
	a.Update(tea.MouseMsg{X: x, Y: y, Button: button, Action: tea.MouseActionPress})
}

func TestMouse(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	app.show(login.ConfirmAccount{Email: "ada@example.com"})
	app.Update(hanko.News{Ended: sample.Exchanges(sample.OrdinaryWords(), 30)})

	if app.click(t, "Passkeys"); app.focus != tabPasskeys {
		t.Errorf("a click on a tab's name leads to %s", partName[app.focus])
	}
	if app.click(t, "Wire"); app.focus != tabWire {
		t.Errorf("a click on a tab's name leads to %s", partName[app.focus])
	}
	chosen := app.State().Chosen
	if app.roll(100, 20, tea.MouseButtonWheelUp); app.State().Chosen != chosen-1 {
		t.Errorf("the wheel leads from exchange %d to %d", chosen, app.State().Chosen)
	}
	if app.click(t, "No account yet"); app.focus != onPhone {
		t.Errorf("a click on the phone leads to %s", partName[app.focus])
	}
	if cmd := app.click(t, "Create the account"); cmd == nil || cmd() != (kit.ActMsg{Action: login.CreateAccount{}}) {
		t.Error("a click on the button that has the focus does not press it")
	}
	if cmd := app.click(t, "esc another email"); cmd == nil || cmd() != (kit.ActMsg{Action: login.Back{}}) {
		t.Error("a click on a key at the foot of the window does not press it")
	}
	if app.click(t, "help"); !app.help {
		t.Error("a click on the key for help does not open it")
	}
	if app.click(t, "Everywhere"); app.help {
		t.Error("a click does not close the help")
	}
}

// A click presses a button of the phone that has a key, be the focus elsewhere.
func TestMousePressesButtons(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	offerThirdParties(app, sample.OrdinaryWords(), 2)
	if cmd := app.click(t, "Sign in with Google"); cmd == nil || cmd() != (kit.ActMsg{Action: login.SignInWithThirdParty{Party: app.tenant.ThirdParties[0]}}) {
		t.Error("a click on a third party does not press its button")
	}
	app.answerTo("up")
	if cmd := app.click(t, "[ Sign in ]"); cmd != nil {
		t.Error("a click on a button presses another")
	}
	cancelled := false
	app.busy = &busy{cancel: func() { cancelled = true }}
	app.Update(visitMsg{sample.Visit(sample.OrdinaryWords(), "127.0.0.1")})
	if app.click(t, "Cancel  esc"); !cancelled {
		t.Error("a click on Cancel gives nothing up")
	}
	app.show(sample.SignedInStep(sample.OrdinaryWords()))
	if cmd := app.click(t, "Log out"); cmd == nil || cmd() != (kit.ActMsg{Action: login.LogOut{}}) {
		t.Error("a click on a button without the focus does not press it")
	}
	if cmd := app.click(t, "Signed in"); cmd != nil {
		t.Error("a click on a text does something")
	}
}
