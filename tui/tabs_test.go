package tui

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/screen"
)

// took takes an action for real and shows where it leads, with its exchanges.
func (a *App) took(t *testing.T, action login.Action) login.Step {
	t.Helper()
	before := len(a.State().Exchanges)
	step := a.walk.Take(t.Context(), action)
	a.Update(hanko.News{Ended: a.options.Client.Log().From(before)})
	a.show(step)
	return step
}

// walker is an app on an embedded tenant, whose phone approves everything.
func walker(t *testing.T, settings tenant.Settings) *App {
	t.Helper()
	settings.PasscodesPerMinute = -1
	served := tenanttest.Serve(t, tenant.Options{Settings: settings})
	app := appWith(t, kit.Options{
		Client: served.Client(t, hanko.Options{}), Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(),
		Inbox: served.Inbox(), Tenant: "embedded tenant", Folder: t.TempDir(), Now: time.Now,
	})
	phone := authenticator.NewPhone(app.options.Profile, app.options.Store, authenticator.AlwaysApprove)
	app.walk = login.New(app.options.Client, phone, "")
	app.Update(tea.WindowSizeMsg{Width: 140, Height: 50})
	return app
}

// The token stays after the logout, marked, and can still be asked about; another sign-in takes its place.
func TestTokenStaysAfterLogout(t *testing.T) {
	settings := tenanttest.Settings(t, tenant.PresetGuide)
	app := walker(t, settings)
	app.turnTo(tabToken)
	if view := checkBox(t, app, "token"); !strings.Contains(view, "will be here after a sign-in") {
		t.Errorf("before a sign-in the tab shows\n%s", view)
	}
	app.took(t, login.SubmitEmail{Email: "ada@example.com"})
	app.took(t, login.CreateAccount{})
	app.took(t, login.SubmitPasscode{Code: app.options.Inbox.Mails()[0].Code})
	app.turnTo(tabToken)
	if view := app.View(); !strings.Contains(view, "✓ Signed in as ada@example.com") || !strings.Contains(view, "i asks the tenant") || !app.tab(tabToken).Ticking(app.situation(tabToken)) {
		t.Errorf("with a session and no passkey yet the tab shows\n%s", view)
	}
	step := app.took(t, login.Skip{}).(login.SignedIn)
	app.turnTo(tabToken)
	app.Update(app.press("i")())
	if view := app.View(); !strings.Contains(view, "✓ signature: valid") || !strings.Contains(view, "✓ session: ") {
		t.Errorf("the checks are missing:\n%s", view)
	}
	raw := step.Token.Raw
	if view := app.View(); strings.Contains(view, raw[len(raw)-12:]) || !strings.Contains(view, secret.MaskedToken(raw)) {
		t.Errorf("the token is not masked:\n%s", view)
	}

	app.took(t, login.LogOut{})
	app.turnTo(tabToken)
	app.Update(app.press("i")())
	view := app.View()
	if !strings.Contains(view, "✗ Logged out at ") || !strings.Contains(view, "✓ signature: valid") || !strings.Contains(view, "✗ session: ") {
		t.Errorf("after the logout the tab shows\n%s", view)
	}
	if app.tab(tabToken).Ticking(app.situation(tabToken)) {
		t.Error("the token of a session that is over is counted down")
	}

	app.show(sample.SignedInStep(sample.OrdinaryWords()))
	app.turnTo(tabToken)
	if view := app.View(); strings.Contains(view, "Logged out") || strings.Contains(view, "✗ session") {
		t.Errorf("after another sign-in the tab shows\n%s", view)
	}
}

// The clock wakes the app while there is a lifetime to count down on the screen, and not else.
func TestTokenTicksWhileItIsSeen(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	app.ticking = false
	ticks := func() bool {
		app.Update(tickMsg(sample.Noon))
		return app.ticking
	}
	app.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	app.show(sample.SignedInStep(sample.OrdinaryWords()))
	app.turnTo(tabToken)
	app.page = screen.For(app.situation(onPhone), login.Failed{Problem: *sample.Problem(sample.OrdinaryWords())}) // which has no time
	if !ticks() {
		t.Error("the token that is shown is not counted down")
	}
	if app.turnTo(onPhone); ticks() {
		t.Error("a token that is behind the phone is counted down")
	}
	if app.Update(tea.WindowSizeMsg{Width: 120, Height: 24}); !ticks() {
		t.Error("the token beside the phone is not counted down")
	}
	if app.options.Now = func() time.Time { return sample.Noon.Add(13 * time.Hour) }; ticks() {
		t.Error("an expired token is counted down")
	}
}

// The page of who is signed in has buttons, keys, and those of the token.
func TestSignedInPage(t *testing.T) {
	for _, test := range []struct {
		keys []string
		want login.Action
	}{
		{[]string{"p"}, login.RegisterPasskey{}},
		{[]string{"o"}, login.OpenProfile{}},
		{[]string{"l"}, login.LogOut{}},
		{[]string{"up", "up", "up", "enter"}, login.RegisterPasskey{}},
		{[]string{"k", "k", "j", "enter"}, login.OpenProfile{}},
		{[]string{"down", "down", "down", "enter"}, login.LogOut{}},
	} {
		app := testApp(t, sample.OrdinaryWords())
		app.show(sample.SignedInStep(sample.OrdinaryWords()))
		cmd := app.press(test.keys...)
		if got, ok := cmd().(kit.ActMsg); !ok || got.Action != test.want {
			t.Errorf("%v does %#v, not %#v", test.keys, got.Action, test.want)
		}
	}
	var terminal strings.Builder
	app := testApp(t, sample.OrdinaryWords())
	app.options.Terminal = &terminal
	step := sample.SignedInStep(sample.OrdinaryWords())
	app.show(step)
	for key, want := range map[string]string{"c": step.Token.Raw, "u": kit.CurlLine(step.Token.Raw)} {
		for _, part := range []part{onPhone, tabToken} {
			terminal.Reset()
			app.turnTo(part)
			app.press(key)()
			if !strings.Contains(terminal.String(), base64.StdEncoding.EncodeToString([]byte(want))) {
				t.Errorf("%s, in the part %d, does not copy %s", key, part, want)
			}
		}
	}
}

// The code tab keeps the calls of the last step that made any, and what is saved of them runs: the shell's as it is.
func TestCodeOfTheStepRuns(t *testing.T) {
	settings := tenanttest.Settings(t, tenant.PresetGuide)
	app := walker(t, settings)
	app.took(t, login.SubmitEmail{Email: "ada@example.com"})
	app.took(t, login.CreateAccount{})
	mailed := len(app.options.Inbox.Mails())
	app.turnTo(tabCode)
	if view := app.View(); !strings.Contains(view, `The 2 calls that led to "Passcode"`) || !strings.Contains(view, "[curl]") {
		t.Errorf("the tab shows\n%s", view)
	}
	saved := func(key, want string, mode os.FileMode) string {
		t.Helper()
		if said := app.press(key)().(kit.ToastMsg); said.Text != "Saved "+want+"." {
			t.Fatalf("%s says %q, not that it saved %s", key, said.Text, want)
		}
		path := filepath.Join(app.options.Folder, want)
		info, err := os.Stat(path)
		if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != mode {
			t.Errorf("%s is %v, %v", want, info, err)
		}
		return path
	}
	path := saved("s", "hankosim-passcode.sh", 0o700)
	saved("s", "hankosim-passcode-2.sh", 0o700)
	savedApp := func(key, folder, file, has string) {
		t.Helper()
		if said := app.press(key)().(kit.ToastMsg); !strings.HasPrefix(said.Text, "Saved the app in "+folder+": ") {
			t.Fatalf("%s says %q, not that it saved %s", key, said.Text, folder)
		}
		content, err := os.ReadFile(filepath.Join(app.options.Folder, folder, file))
		if err != nil || !strings.Contains(string(content), has) {
			t.Errorf("%s has no %q: %v", file, has, err)
		}
	}
	app.press("v")
	savedApp("s", "hankosim-swift", "SignIn.swift", "func createUser(email: String)")
	savedApp("s", "hankosim-swift-2", "TokenStore.swift", "kSecClassGenericPassword")
	app.press("right")
	savedApp("s", "hankosim-kotlin", "SignIn.kt", "suspend fun createUser(email: String)")
	app.press("v")
	if !strings.Contains(app.View(), "[curl]") {
		t.Error("v does not go round the languages")
	}

	stdout := runScript(t, path)
	if got := len(app.options.Inbox.Mails()); got != mailed+1 || !strings.Contains(stdout, `"ttl":300`) {
		t.Errorf("after the script there are %d mails, and before there were %d. It printed:\n%s", got, mailed, stdout)
	}

	// Pasted into a shell that does not know comments it works too: there are none.
	var terminal strings.Builder
	app.options.Terminal = &terminal
	app.press("c")()
	content, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(strings.TrimPrefix(terminal.String(), "\x1b]52;c;"), "\a"))
	if err != nil || !bytes.HasPrefix(content, []byte("curl -sS -X POST ")) || bytes.Contains(content, []byte("\n#")) {
		t.Errorf("copied is %q, %v", content, err)
	}

	// A step without calls changes nothing, and secrets are left out until they are wanted.
	app.show(login.EnterEmail{})
	app.turnTo(tabCode)
	if view := app.View(); !strings.Contains(view, `led to "Passcode"`) {
		t.Errorf("the code is of another step:\n%s", view)
	}
	app.took(t, login.SubmitPasscode{Code: "135790"})
	app.turnTo(tabCode)
	if view := app.View(); strings.Contains(view, "135790") || !strings.Contains(view, "${PASSCODE:?") {
		t.Errorf("the passcode is not left out:\n%s", view)
	}
	app.press("m")
	if view := app.View(); !strings.Contains(view, "135790") {
		t.Errorf("the passcode is not written when secrets are wanted:\n%s", view)
	}
}

// runScript runs a saved script as a person would, and returns what it prints.
func runScript(t *testing.T, path string) string {
	t.Helper()
	for _, needed := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Fatalf("the saved script cannot be run: this machine needs %s (%v)", needed, err)
		}
	}
	var stderr bytes.Buffer
	command := exec.CommandContext(t.Context(), "sh", path)
	command.Stderr = &stderr
	stdout, err := command.Output()
	if err != nil {
		t.Fatalf("the script fails (%v):\n%s%s", err, stdout, stderr.String())
	}
	return string(stdout)
}

func TestCodeIsNotSavedWithoutAFolder(t *testing.T) {
	app := codeScreen()(t, sample.OrdinaryWords())
	if said, ok := app.press("s")().(kit.ToastMsg); !ok || !strings.Contains(said.Text, "no folder") {
		t.Errorf("without a folder s says %+v", said)
	}
	app.options.Folder = filepath.Join(t.TempDir(), "none")
	if said, ok := app.press("s")().(kit.ToastMsg); !ok || !strings.Contains(said.Text, "could not be saved") {
		t.Errorf("where nothing can be saved s says %+v", said)
	}
}

// Tabs whose texts are the tenant's show nothing of it that a person did not ask for.
func TestTabsMaskUntilAsked(t *testing.T) {
	w := sample.OrdinaryWords()
	step := sample.SignedInStep(w)
	signature := step.Token.Raw[strings.LastIndexByte(step.Token.Raw, '.')+1:]
	for _, tab := range []part{tabWire, tabToken, tabCode} {
		app := testApp(t, w)
		app.Update(tea.WindowSizeMsg{Width: 90, Height: 70})
		all := sample.Exchanges(w, 1)
		all[0].RequestHeader.Set("Authorization", "Bearer "+step.Token.Raw)
		app.show(step)
		app.Update(hanko.News{Ended: all})
		app.tell(kit.StepMsg{Step: stepWith{calls: all}, Title: "Step"})
		app.turnTo(tab)
		if view := app.View(); strings.Contains(view, signature) {
			t.Errorf("the tab %s shows the token:\n%s", partName[tab], view)
		}
		app.press("m")
		if view := app.View(); !strings.Contains(strings.Join(strings.Fields(strings.ReplaceAll(view, "│", "")), ""), signature) {
			t.Errorf("the tab %s does not show the token after m:\n%s", partName[tab], view)
		}
	}
}

// The titles of all tabs fit in the narrowest windows: beside the phone, and alone.
func TestTabTitlesFit(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	for _, width := range []int{wideWindow, 120, 40} {
		app.Update(tea.WindowSizeMsg{Width: width, Height: 30})
		for number, tab := range app.parts() {
			app.turnTo(tab)
			if tab == onPhone {
				continue
			}
			title := ansi.Strip(strings.Split(app.View(), "\n")[app.layout().side.y])
			named := strings.Contains(title, fmt.Sprintf(" %d %s ", number, partName[tab])) || strings.Contains(title, fmt.Sprintf(" %d %s ", number, shortTabName[tab]))
			if !named || !strings.Contains(title, "6") {
				t.Errorf("the titles of tab %d are %s", number, title)
			}
		}
	}
}
