package screen

import (
	"errors"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/authenticator/totp"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/internal/pagetest"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
)

// What is chosen is handed in by the button alone, and what goes over the wire is the id.
func TestFormChoosesIDs(t *testing.T) {
	app := showForm(t, sample.SessionForm(sample.OrdinaryWords()))
	app.Press("right")
	if cmd := app.Press("enter"); cmd != nil {
		t.Errorf("enter on a choice does %#v", cmd())
	}
	action, _ := app.Press("enter")().(kit.ActMsg)
	submitted, _ := action.Action.(login.SubmitForm)
	if submitted.Action != hanko.ActionSessionDelete || submitted.Values[hanko.InputSessionID] != "2f3a4c52-33f8-4f3c-8f0f-2d1c3e4b5a69" {
		t.Errorf("the button does %+v", action)
	}
}

// The authenticator app writes its file in a command, not while the screen waits, and an enter that comes before its code
// is not lost.
func TestFormFillsInInACommand(t *testing.T) {
	app := showForm(t, sample.OTPForm(sample.OrdinaryWords()))
	fill := app.Press("ctrl+f")
	if _, err := app.S.OTP.Code(app.S.Tenant.Issuer(), "ada@example.com", sample.Noon); !errors.Is(err, totp.ErrNoSecret) {
		t.Fatalf("the secret is kept before the command has run: %v", err)
	}
	if cmd := app.Press("enter"); cmd != nil {
		t.Fatalf("enter without a code does %#v", cmd())
	}
	code := fill().(otpCodeMsg)
	if code.problem != "" || len(code.code) != 6 {
		t.Fatalf("the code is %+v", code)
	}
	action, _ := app.Send(code)().(kit.ActMsg)
	if submitted, _ := action.Action.(login.SubmitForm); submitted.Values[hanko.InputOTPCode] != code.code {
		t.Errorf("after the code came: %+v", action)
	}
	if msg := newFormPage(app.S, sample.OTPForm(sample.OrdinaryWords())).Update(app.S, code); msg != nil {
		t.Errorf("a code for another page does %#v", msg)
	}
}

// showForm shows a form alone.
func showForm(t *testing.T, step login.FillForm) *pagetest.Alone {
	t.Helper()
	return pagetest.Show(t, newFormPage(pagetest.Situation(t), step))
}

// A form is filled in by hand: fields are typed into, values chosen, and what is handed in is what was seen.
func TestFormIsHandedIn(t *testing.T) {
	app := showForm(t, sample.UnknownForm(sample.OrdinaryWords()))
	page := app.Page
	if !page.Typing() {
		t.Fatal("the first field does not have the focus")
	}
	app.Press(" ") // flag: true is the first, false the next
	app.Press("down", "right", "down", "down", "4", "2", "down", "[", "1", "]", "down")
	var handedIn login.SubmitForm
	for range 3 {
		cmd := app.Press("enter")
		if cmd == nil {
			continue
		}
		if action, ok := cmd().(kit.ActMsg); ok {
			handedIn, _ = action.Action.(login.SubmitForm)
			break
		}
	}
	want := map[hanko.InputName]string{
		"flag": "false", "colour": sample.OrdinaryWords().RPName, hanko.InputName(sample.OrdinaryWords().Claim): sample.OrdinaryWords().KeyID,
		"count": "42", "data": "[1]", hanko.InputEmail: sample.OrdinaryWords().Email,
	}
	if handedIn.Action != "try_it" || len(handedIn.Values) != len(want) {
		t.Fatalf("handed in was %+v", handedIn)
	}
	for name, value := range want {
		if handedIn.Values[name] != value {
			t.Errorf("%s is %q, want %q", name, handedIn.Values[name], value)
		}
	}
}

// A required field that is empty is asked for, and nothing is sent.
func TestFormAsksForWhatIsNeeded(t *testing.T) {
	app := showForm(t, sample.PasswordForm(sample.OrdinaryWords()))
	cmd := app.Press("enter")
	if cmd == nil {
		t.Fatal("enter says nothing")
	}
	if told, ok := cmd().(kit.ToastMsg); !ok || !strings.Contains(told.Text, "New password") {
		t.Errorf("enter on an empty field gives %+v", told)
	}
}

// What a state has besides what is shown is said, on the screen.
func TestFormSaysWhatItLeavesOut(t *testing.T) {
	step := sample.ChooserForm(sample.OrdinaryWords())
	step.Omitted = login.Omitted{Forms: 290, Values: 1, Links: 2}
	const want = "This state has too much to show: 290 more things to do, 1 more value to choose, 2 more links. The exchange has all of it."
	app := showForm(t, step)
	if drawn := strings.Join(strings.Fields(ansi.Strip(app.Page.View(app.S, 200, 60))), " "); !strings.Contains(drawn, want) {
		t.Errorf("the screen says %s", drawn)
	}
	if nothing := OmittedText(login.Omitted{}); nothing != "" {
		t.Errorf("of nothing is said %q", nothing)
	}
}
