package tui

import (
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
)

// What a page can do is found by name, and done as its key would do it, wherever the keys are.
func TestPalette(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	app.show(sample.SignedInStep(sample.OrdinaryWords()))
	app.press("tab") // the keys are not on the phone
	app.press(strings.Split("ctrl+k l o g o u t", " ")...)
	if found := app.palette.shown[app.palette.choice]; found.name != "log out" {
		t.Fatalf("\"logout\" finds %q first", found.name)
	}
	if taken := actions(app, kit.KeyMsg("enter")); len(taken) != 1 || taken[0] != (login.LogOut{}) {
		t.Errorf("it does %#v", taken)
	}
	if app.focus != onPhone {
		t.Error("the keys are not on the phone, where something happens")
	}

	app = testApp(t, sample.OrdinaryWords())
	app.press("ctrl+k", "p", "a", "s", "s", "k", "e", "y", "s", "enter")
	if app.palette != nil || app.focus != tabPasskeys {
		t.Errorf("the palette leads to %s", partName[app.focus])
	}
	app.press("esc", "ctrl+k", "esc")
	if app.palette != nil {
		t.Error("esc does not close the palette")
	}
}

// A key that does nothing now says why, in the help, in the palette and when it is pressed.
func TestRefusedKeysSayWhy(t *testing.T) {
	seen := 0
	for _, shown := range screens() {
		app := shown.show(t, sample.OrdinaryWords())
		app.Update(tea.WindowSizeMsg{Width: 200, Height: 60})
		if app.help || app.busy != nil {
			continue // the keys are not the page's
		}
		keys := app.focused().Keys(app.situation(app.focus))
		for _, refused := range kit.Idle(keys) {
			seen++
			for _, bound := range kit.Working(keys) {
				if bound.Shown == refused.Shown {
					t.Errorf("%s: %s does something (%s) and does not (%s)", shown.name, bound.Shown, bound.Help, refused.Why)
				}
			}
			said, ok := app.press(refused.Names[0])().(kit.ToastMsg)
			if !ok || said.Text != refused.Why || !strings.HasSuffix(refused.Why, ".") {
				t.Errorf("%s: %s says %q; the reason is %q", shown.name, refused.Shown, said.Text, refused.Why)
			}
			if help := strings.Join(strings.Fields(app.helpText(dialogWidth)), " "); !strings.Contains(help, refused.Why) {
				t.Errorf("%s: the help does not say why %s does nothing", shown.name, refused.Shown)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d keys were refused", seen)
	}
}

// The way along the guide, as the steps of a walk come.
func TestJourney(t *testing.T) {
	w := sample.OrdinaryWords()
	registered := sample.SignedInStep(w)
	registered.Method, registered.Registered = login.ByPasscode, "credential"
	var j journey
	for _, test := range []struct {
		step login.Step
		want string
	}{
		{login.EnterEmail{}, "● Email ── ○ Account ── ○ Passcode ── ○ Token ── ○ Passkey ── ○ Passkey sign-in"},
		{login.ConfirmAccount{}, "✓ Email ── ● Account ── ○ Passcode ── ○ Token ── ○ Passkey ── ○ Passkey sign-in"},
		{sample.PasscodeStep(w), "✓ Email ── ✓ Account ── ● Passcode ── ○ Token ── ○ Passkey ── ○ Passkey sign-in"},
		{login.Failed{}, "✓ Email ── ✓ Account ── ● Passcode ── ○ Token ── ○ Passkey ── ○ Passkey sign-in"},
		{login.OfferPasskey{}, "✓ Email ── ✓ Account ── ✓ Passcode ── ○ Token ── ● Passkey ── ○ Passkey sign-in"},
		{login.OfferPasskey{Session: &registered.Session}, "✓ Email ── ✓ Account ── ✓ Passcode ── ✓ Token ── ● Passkey ── ○ Passkey sign-in"},
		{registered, "✓ Email ── ✓ Account ── ✓ Passcode ── ✓ Token ── ✓ Passkey ── ● Passkey sign-in"},
		{login.EnterEmail{}, "✓ Email ── ✓ Account ── ✓ Passcode ── ✓ Token ── ✓ Passkey ── ● Passkey sign-in"},
		{sample.SignedInStep(w), "✓ Email ── ✓ Account ── ✓ Passcode ── ✓ Token ── ✓ Passkey ── ✓ Passkey sign-in"},
		// A second walk with the passkey.
		{login.EnterEmail{}, "✓ Email ── ✓ Account ── ✓ Passcode ── ✓ Token ── ✓ Passkey ── ● Passkey sign-in"},
		{sample.SignedInStep(w), "✓ Email ── ✓ Account ── ✓ Passcode ── ✓ Token ── ✓ Passkey ── ✓ Passkey sign-in"},
		{login.Profile{}, "✓ Email ── ✓ Account ── ✓ Passcode ── ✓ Token ── ✓ Passkey ── ✓ Passkey sign-in"},
		// A third one, of somebody else.
		{login.EnterEmail{}, "✓ Email ── ✓ Account ── ✓ Passcode ── ✓ Token ── ✓ Passkey ── ● Passkey sign-in"},
		{login.ConfirmAccount{}, "✓ Email ── ● Account ── ○ Passcode ── ○ Token ── ○ Passkey ── ○ Passkey sign-in"},
		{login.EnterEmail{}, "● Email ── ○ Account ── ○ Passcode ── ○ Token ── ○ Passkey ── ○ Passkey sign-in"},
	} {
		j.reach(test.step)
		if got := ansi.Strip(j.view(testApp(t, w).theme, 80)); got != test.want {
			t.Errorf("after %T it is\n%s and should be\n%s", test.step, got, test.want)
		}
	}
}

// In a flow the token comes behind the passkey, and what the flow asks for has the flow's name.
func TestJourneyOfFlow(t *testing.T) {
	w := sample.OrdinaryWords()
	signedIn := sample.SignedInStep(w)
	signedIn.Method = login.ByPasscode
	byPasskey := sample.SignedInStep(w)
	byPasskey.Method = login.ByPasskey
	j := journey{flow: true}
	for _, test := range []struct {
		step login.Step
		want string
	}{
		{login.EnterEmail{}, "● Email ── ○ Account ── ○ Passcode ── ○ Passkey ── ○ Token ── ○ Passkey sign-in"},
		{login.FillForm{State: hanko.StateLoginPassword}, "✓ Email ── ✓ Account ── ● Password ── ○ Passkey ── ○ Token ── ○ Passkey sign-in"},
		{login.FillForm{State: hanko.StateLoginOTP}, "✓ Email ── ✓ Account ── ● Second factor ── ○ Passkey ── ○ Token ── ○ Passkey sign-in"},
		{login.FillForm{State: "step_of_tomorrow"}, "✓ Email ── ✓ Account ── ● Step of tomorrow ── ○ Passkey ── ○ Token ── ○ Passkey sign-in"},
		{sample.PasscodeStep(w), "✓ Email ── ✓ Account ── ● Passcode ── ○ Passkey ── ○ Token ── ○ Passkey sign-in"},
		{login.OfferPasskey{}, "✓ Email ── ✓ Account ── ✓ Passcode ── ● Passkey ── ○ Token ── ○ Passkey sign-in"},
		{signedIn, "✓ Email ── ✓ Account ── ✓ Passcode ── ● Passkey ── ✓ Token ── ○ Passkey sign-in"},
		{login.FillForm{State: hanko.StateProfileInit}, "✓ Email ── ✓ Account ── ✓ Passcode ── ● Passkey ── ✓ Token ── ○ Passkey sign-in"},
		{login.EnterEmail{}, "● Email ── ○ Account ── ○ Passcode ── ○ Passkey ── ○ Token ── ○ Passkey sign-in"},
		// A tenant that asks for something else than an address, or for more, still asks who is there.
		{login.FillForm{State: hanko.StateLoginInit}, "● Email ── ○ Account ── ○ Passcode ── ○ Passkey ── ○ Token ── ○ Passkey sign-in"},
		{login.FillForm{State: hanko.StateRegistrationInit}, "● Email ── ○ Account ── ○ Passcode ── ○ Passkey ── ○ Token ── ○ Passkey sign-in"},
		{login.FillForm{State: hanko.StateLoginPassword}, "✓ Email ── ✓ Account ── ● Password ── ○ Passkey ── ○ Token ── ○ Passkey sign-in"},
		{byPasskey, "✓ Email ── ✓ Account ── ✓ Password ── ✓ Passkey ── ✓ Token ── ✓ Passkey sign-in"},
		{login.FillForm{State: hanko.StateLoginInit}, "✓ Email ── ✓ Account ── ✓ Password ── ✓ Passkey ── ✓ Token ── ● Passkey sign-in"},
		{login.FillForm{State: hanko.StateRegistrationInit}, "● Email ── ○ Account ── ○ Passcode ── ○ Passkey ── ○ Token ── ○ Passkey sign-in"},
	} {
		j.reach(test.step)
		if got := ansi.Strip(j.view(testApp(t, w).theme, 90)); got != test.want {
			t.Errorf("after %T it is\n%s and should be\n%s", test.step, got, test.want)
		}
	}
}

// In a small window the notification takes the phone's status bar: the page below it stays as it is.
func TestBannerCoversNoTitle(t *testing.T) {
	w := sample.OrdinaryWords()
	for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 40, Height: 12}, {Width: 120, Height: 40}, {Width: 100, Height: 30}} {
		app := testApp(t, w)
		app.Update(size)
		app.show(sample.PasscodeStep(w))
		before := strings.Split(app.View(), "\n")
		app.notify(mailbox.Mail{From: "noreply@example.com", To: w.Email, Subject: "123456 is your passcode"})
		changed := 0
		for i, line := range strings.Split(app.View(), "\n") {
			if line == before[i] {
				continue
			}
			changed++
			if strings.Contains(before[i], "Check your mail") || strings.Contains(before[i], "on its way") {
				t.Errorf("at %d×%d the notification covers %q", size.Width, size.Height, before[i])
			}
		}
		if shown := size.Height >= 24; shown != (changed > 0) {
			t.Errorf("at %d×%d the notification changes %d rows", size.Width, size.Height, changed)
		}
	}
}

// A mail's notification slides in row by row, stays, and slides out again; a newer one is not moved by an older one's ticks.
func TestBanner(t *testing.T) {
	app := movingApp(t)
	app.Update(mails(sample.OrdinaryWords()))
	first := bannerMsg{app.banner.number}
	var rows []int
	for range 2*bannerHeight + 2 {
		app.Update(first)
		rows = append(rows, app.banner.rows)
	}
	if want := []int{1, 2, 3, 4, 4, 3, 2, 1, 0, 0}; !slices.Equal(rows, want) {
		t.Errorf("so many rows are shown: %v; it should be %v", rows, want)
	}
	app.notify(mails(sample.OrdinaryWords()).Mails[0])
	app.Update(first)
	if app.banner.rows > 0 {
		t.Error("an old notification's tick moves the new one")
	}
}
