package tui

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/authenticator/totp"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// The steps of flows that are forms, for the recorded screens.

func number(n int) *int { return &n }

func passwordForm(w words) login.FillForm {
	return login.FillForm{
		State: "password_creation", Email: w.email, Problem: problem(w),
		Forms: []login.Form{{Action: "register_password", Fields: []hanko.FlowInput{{
			Name: "new_password", Type: "password", Required: true, MinLength: number(8),
			Error: &hanko.FlowError{Code: "value_too_short_error", Message: w.said},
		}}}},
	}
}

func otpForm(w words) login.FillForm {
	payload, _ := json.Marshal(map[string]string{"otp_secret": "K4XWC67FTYLGEP3KVNZK2MZGOJPPAIKJ"})
	return login.FillForm{
		State: "mfa_otp_secret_creation", Email: w.email, Payload: payload,
		Forms: []login.Form{
			{Action: "otp_code_verify", Fields: []hanko.FlowInput{{Name: "otp_code", Type: "string", Required: true}}},
			{Action: "back"},
		},
	}
}

func chooserForm(w words) login.FillForm {
	return login.FillForm{
		State: "login_method_chooser", Email: w.email, Unsure: true,
		Forms: []login.Form{
			{Action: "continue_to_passcode_confirmation"},
			{Action: "continue_to_password_login"},
			{Action: "webauthn_generate_request_options"},
			{Action: "back"},
		},
		Links: []hanko.FlowLink{{Name: w.otherUser, Href: w.path, Category: "oauth"}},
	}
}

// unknownForm is a state of tomorrow, with an input of every type.
func unknownForm(w words) login.FillForm {
	payload, _ := json.Marshal(map[string]string{"redirect_url": w.path})
	return login.FillForm{
		State: "state_of_tomorrow", Email: w.email, Payload: payload,
		Forms: []login.Form{
			{Action: "try_it", Description: w.cause, Fields: []hanko.FlowInput{
				{Name: "flag", Type: "boolean", Required: true},
				{Name: "colour", Type: "string", AllowedValues: []hanko.FlowValue{{Value: w.rpName, Text: "a"}, {Value: 2, Text: "b"}}},
				{Name: hanko.InputName(w.claim), Type: "string", Value: w.keyID, MaxLength: number(40)},
				{Name: "count", Type: "number"},
				{Name: "data", Type: "json"},
				{Name: "email", Type: "email", Required: true},
			}},
			{Action: "skip"},
		},
	}
}

func profileStep(w words) login.Profile {
	named, used := w.rpName, noon.Add(-time.Hour)
	expires := noon.Add(time.Hour)
	return login.Profile{
		Email: w.email,
		Emails: []hanko.Email{
			{Address: w.email, ID: "1", IsPrimary: true, IsVerified: true},
			{Address: w.otherUser, ID: "2"},
		},
		Passkeys: []hanko.Credential{
			{ID: w.credentialID, Name: &named, CreatedAt: noon.Add(-48 * time.Hour), LastUsedAt: &used},
			{ID: w.credentialID, AAGUID: "fbfc3007-154e-4ecc-8c0b-6e020557d7bd", CreatedAt: noon},
		},
		Sessions: []login.ProfileSession{
			{ID: "3", Current: true, CreatedAt: noon, ExpiresAt: &expires, IPAddress: w.domain, UserAgent: w.header},
			{ID: "4", CreatedAt: noon, IPAddress: w.domain, UserAgent: w.header},
		},
		Offers: login.ProfileOffers{
			AddEmail: true, DeleteEmail: true, SetPrimaryEmail: true, RenamePasskey: true, DeletePasskey: true,
			RevokeSession: true, DeleteAccount: true, Forms: true,
		},
		Problem: problem(w),
	}
}

// sessionForm asks for the id of a session, by what the sessions are.
func sessionForm(w words) login.FillForm {
	return login.FillForm{State: "profile_init", Email: w.email, Forms: []login.Form{{Action: "session_delete", Fields: []hanko.FlowInput{{
		Name: "session_id", Type: "string", Required: true, Hidden: true, AllowedValues: []hanko.FlowValue{
			{Value: "1f3a4c52-33f8-4f3c-8f0f-2d1c3e4b5a69", Text: w.header + ", " + w.domain + ", since 2 Mar 11:00"},
			{Value: "2f3a4c52-33f8-4f3c-8f0f-2d1c3e4b5a69", Text: w.said},
		},
	}}}}}
}

// What is chosen is handed in by the button alone, and what goes over the wire is the id.
func TestFormChoosesIDs(t *testing.T) {
	app := testApp(t, ordinaryWords())
	app.show(sessionForm(ordinaryWords()))
	app.press("right")
	if cmd := app.answerTo("enter"); cmd != nil {
		t.Errorf("enter on a choice does %#v", cmd())
	}
	action, _ := app.answerTo("enter")().(ActMsg)
	submitted, _ := action.Action.(login.SubmitForm)
	if submitted.Action != "session_delete" || submitted.Values["session_id"] != "2f3a4c52-33f8-4f3c-8f0f-2d1c3e4b5a69" {
		t.Errorf("the button does %+v", action)
	}
}

// The authenticator app writes its file in a command, not while the screen waits, and an enter that comes before its code
// is not lost.
func TestFormFillsInInACommand(t *testing.T) {
	app := testApp(t, ordinaryWords())
	app.show(otpForm(ordinaryWords()))
	page := app.page.(*formPage)
	fill := app.answerTo("ctrl+f")
	if _, err := app.options.OTP.Code(app.tenant.Issuer(), "ada@example.com", noon); !errors.Is(err, totp.ErrNoSecret) {
		t.Fatalf("the secret is kept before the command has run: %v", err)
	}
	if cmd := app.answerTo("enter"); cmd != nil {
		t.Fatalf("enter without a code does %#v", cmd())
	}
	code := fill().(otpCodeMsg)
	if code.problem != "" || len(code.code) != 6 {
		t.Fatalf("the code is %+v", code)
	}
	action, _ := app.answer(page.Update(app.situation(onPhone), code))().(ActMsg)
	if submitted, _ := action.Action.(login.SubmitForm); submitted.Values["otp_code"] != code.code {
		t.Errorf("after the code came: %+v", action)
	}
	if cmd := app.answer(newOtherForm(app).Update(app.situation(onPhone), code)); cmd != nil {
		t.Errorf("a code for another page does %#v", cmd())
	}
}

func newOtherForm(app *App) *formPage {
	return newFormPage(app.situation(onPhone), otpForm(ordinaryWords()))
}

// A form is filled in by hand: fields are typed into, values chosen, and what is handed in is what was seen.
func TestFormIsHandedIn(t *testing.T) {
	app := testApp(t, ordinaryWords())
	app.show(unknownForm(ordinaryWords()))
	page := app.page.(*formPage)
	if !page.Typing() {
		t.Fatal("the first field does not have the focus")
	}
	app.press(" ") // flag: true is the first, false the next
	app.press("down", "right", "down", "down", "4", "2", "down", "[", "1", "]", "down")
	var handedIn login.SubmitForm
	for range 3 {
		cmd := app.answerTo("enter")
		if cmd == nil {
			continue
		}
		if action, ok := cmd().(ActMsg); ok {
			handedIn, _ = action.Action.(login.SubmitForm)
			break
		}
	}
	want := map[hanko.InputName]string{
		"flag": "false", "colour": ordinaryWords().rpName, hanko.InputName(ordinaryWords().claim): ordinaryWords().keyID,
		"count": "42", "data": "[1]", "email": ordinaryWords().email,
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
	app := testApp(t, ordinaryWords())
	app.show(passwordForm(ordinaryWords()))
	cmd := app.answerTo("enter")
	if cmd == nil {
		t.Fatal("enter says nothing")
	}
	if told, ok := cmd().(ToastMsg); !ok || !strings.Contains(told.Text, "New password") {
		t.Errorf("enter on an empty field gives %+v", told)
	}
}

// What a state has besides what is shown is said, on the screen and in plain lines.
func TestFormSaysWhatItLeavesOut(t *testing.T) {
	step := chooserForm(ordinaryWords())
	step.Omitted = login.Omitted{Forms: 290, Values: 1, Links: 2}
	const want = "This state has too much to show: 290 more things to do, 1 more value to choose, 2 more links. The exchange has all of it."
	app := testApp(t, ordinaryWords())
	page := newFormPage(app.situation(onPhone), step)
	if drawn := strings.Join(strings.Fields(ansi.Strip(page.View(app.situation(onPhone), 200, 60))), " "); !strings.Contains(drawn, want) {
		t.Errorf("the screen says %s", drawn)
	}
	var said strings.Builder
	over := make(chan string)
	close(over)
	p := &plain{options: app.options, out: &said, lines: &Lines{over}, kept: &transcript{}}
	if _, err := p.askForm(t.Context(), step); !errors.Is(err, errLeft) || !strings.Contains(said.String(), want) {
		t.Errorf("the lines say %s (%v)", said.String(), err)
	}
	if nothing := omitted(login.Omitted{}); nothing != "" {
		t.Errorf("of nothing is said %q", nothing)
	}
}
