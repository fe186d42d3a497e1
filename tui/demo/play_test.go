package demo

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/tui"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/screen"
	"example.com/hankosim/tui/story"
)

// A wait ends when its event happens. If that takes too long, the story stops and says so.
func TestPlayerWaits(t *testing.T) {
	script := "\n- {name: One, say: S, do: [{wait: account}, {press: esc}]}\n- {name: Two, say: S, do: [{pause: 1s}]}\n"
	p := played(t, script)
	p.Init()
	p.Update(appMsg{p.app, kit.ToastMsg{Text: "Something else."}})
	if p.done != 0 || p.state != playing {
		t.Fatal("it does not wait")
	}
	p.arrive(login.ConfirmAccount{Email: "ada@example.com"})
	if p.done != 2 {
		t.Errorf("it still waits after the event: %d actions are done", p.done)
	}

	p = played(t, script)
	p.Init()
	p.key(" ") // the time limit of a wait does not end it during a pause
	p.tickNow()
	p.key(" ")
	if p.state != playing || !p.limit {
		t.Fatalf("it does not go on waiting after a pause: state %d", p.state)
	}
	p.tickNow()
	if view := p.View(); p.state != stopped || !strings.Contains(view, "The story has stopped. It waits for account, but that did not happen within") ||
		!strings.Contains(view, `The phone shows "Email".`) || !strings.Contains(view, "space wait again") {
		t.Errorf("the story does not say why it stopped:\n%s", view)
	}
	p.key(" ")
	if p.state != playing || p.done != 0 {
		t.Errorf("space does not wait again: state %d", p.state)
	}
	p.tickNow()
	p.key("n")
	if p.scene != 1 || p.state != playing {
		t.Errorf("n does not skip the wait: scene %d, state %d", p.scene, p.state)
	}

	p = played(t, script, func(d *Options) { d.Exit = true })
	p.Init()
	var stop *StoppedError
	if !quits(p.tickNow()) || !errors.As(p.err, &stop) || stop.Scene != 1 || stop.Name != "One" || !strings.Contains(p.err.Error(), "waits for account") {
		t.Errorf("it does not quit with the reason: %v", p.err)
	}
}

// A story does not wait on after something has gone wrong.
func TestPlayerStopsAtAFailure(t *testing.T) {
	failed := login.Failed{Problem: *sample.Problem(sample.OrdinaryWords())}
	p := played(t, "\n- {name: One, do: [{wait: offer}]}\n")
	p.Init()
	p.arrive(failed)
	if p.state != stopped || !strings.Contains(p.why, "It waits for offer, but something went wrong: ") {
		t.Errorf("state %d: %s", p.state, p.why)
	}
	p = played(t, "\n- {name: One, do: [{wait: failed}, {press: esc}, {wait: email}]}\n")
	p.Init()
	p.arrive(failed)
	if p.state != playing {
		t.Errorf("a failure that was waited for stops the story: %s", p.why)
	}
}

func TestPlayerKnowsEvents(t *testing.T) {
	w := sample.OrdinaryWords()
	for event, step := range map[story.Event]login.Step{
		story.Email: login.EnterEmail{}, story.Account: login.ConfirmAccount{}, story.Passcode: sample.PasscodeStep(w),
		story.Offer: login.OfferPasskey{}, story.SignedIn: sample.SignedInStep(w), story.Failed: login.Failed{Problem: *sample.Problem(w)},
		story.Form: login.FillForm{State: "x"}, story.Profile: login.Profile{},
	} {
		p := played(t, fmt.Sprintf("\n- {name: One, do: [{wait: %s}, {pause: 1s}]}\n", event))
		other := login.Step(login.ConfirmAccount{})
		if event == story.Account {
			other = login.OfferPasskey{}
		}
		p.app.Update(tui.ArrivedMsg{Step: other})
		p.Init()
		if p.done != 0 {
			t.Errorf("%s is noticed before it happens", event)
		}
		p.arrive(step)
		if p.done != 2 {
			t.Errorf("%s is not noticed", event)
		}
	}

	// After keys were pressed at a step, the step must be shown again.
	p := played(t, "\n- {name: One, do: [{wait: email}, {wait: email}, {type: a}, {wait: email}, {type: b}]}\n")
	p.Init()
	p.tickNow()
	if p.done != 3 || p.typed() != "a" {
		t.Errorf("%d actions are done, and %q is typed", p.done, p.typed())
	}
	p.arrive(login.EnterEmail{})
	if p.typed() != "b" {
		t.Errorf("%q is typed on the new screen", p.typed())
	}

	// Each mail and each sheet ends one wait. A mail does so once the phone takes keys again.
	p = played(t, "\n- {name: One, do: [{wait: mail}, {wait: mail}, {wait: consent}, {wait: consent}, {wait: checked}, {pause: 1s}]}\n")
	p.Init()
	p.app.Update(kit.ActMsg{Action: login.RegisterPasskey{}})
	p.Update(appMsg{p.app, tui.InboxMsg{Mails: sample.MailsOf(w), Delivered: 3}})
	if p.done != 0 {
		t.Error("a mail ends the wait before the phone takes keys")
	}
	p.arrive(sample.PasscodeStep(w))
	if p.done != 1 {
		t.Errorf("%d actions are done after one mail", p.done)
	}
	p.Update(appMsg{p.app, tui.InboxMsg{Mails: []mailbox.Mail{{Subject: "new"}}, Delivered: 2}})
	if p.done != 2 {
		t.Errorf("%d actions are done after two mails", p.done)
	}
	for want := 3; want <= 4; want++ {
		p.Update(appMsg{p.app, screen.ConsentRequest{Profile: authenticator.IPhone(), Request: authenticator.ConsentRequest{}}})
		if p.done != want {
			t.Errorf("%d actions are done after %d sheets", p.done, want-2)
		}
	}
	in := sample.SignedInStep(w)
	p.arrive(in)
	if p.done != 4 {
		t.Error("the check of the token is noticed before it happens")
	}
	p.Update(appMsg{p.app, tui.InspectedMsg{Token: in.Token.Raw, Found: sample.Inspection(w)}})
	if p.done != 6 {
		t.Error("the check of the token is not noticed")
	}
}

// Keys wait until the phone takes them.
func TestPlayerWaitsWhileThePhoneIsBusy(t *testing.T) {
	p := played(t, "\n- {name: One, do: [{type: a}]}\n")
	p.app.Update(kit.ActMsg{Action: login.RegisterPasskey{}})
	p.Init()
	if p.done != 0 || p.typed() != "" {
		t.Fatal("it types while the phone is busy")
	}
	p.arrive(login.EnterEmail{})
	if p.typed() != "a" {
		t.Errorf("%q is typed", p.typed())
	}
}

func TestPlayerGoesThroughTabsAndTheWire(t *testing.T) {
	p := played(t, `
- {name: One, do: [{show: mail}, {show: phone}, {find: passcode}, {wait_text: Internal Server Error}, {press: up, until: Wire}]}
- {name: Two, do: [{show: inbox}]}
`, func(d *Options) { d.Speed = 100 })
	sent := sample.Exchanges(sample.OrdinaryWords(), 30)
	for i := range sent {
		sent[i].Path = "/user"
	}
	sent[3].Path = "/passcode/other"
	p.app.Update(hanko.News{Ended: sent})
	p.Init()
	seen := map[string]bool{}
	for range 60 {
		state := p.app.State()
		seen[state.Parts[state.Focus]] = true
		if p.state != playing {
			break
		}
		p.tickNow()
	}
	if state := p.app.State(); !seen["Mail"] || !seen["Phone"] || state.Parts[state.Focus] != "Wire" || state.Chosen != 3 || !state.Open {
		t.Errorf("seen %v, in %d, exchange %d", seen, state.Focus, state.Chosen)
	}
	if p.state != stopped || !strings.Contains(p.why, `There is no tab called "inbox". The tabs are phone, wire, token, passkeys`) {
		t.Errorf("state %d: %s", p.state, p.why)
	}
}

// A story that presses keys without success stops and says so.
func TestPlayerGivesUpPressing(t *testing.T) {
	p := played(t, "\n- {name: One, do: [{press: down, until: No such text}]}\n")
	p.hurry = 1
	p.Init()
	if p.state != stopped || !strings.Contains(p.why, `It presses down until "No such text" is on the screen, but that did not happen after many keys.`) {
		t.Errorf("state %d: %s", p.state, p.why)
	}
}

func TestKeysOfStories(t *testing.T) {
	for _, name := range story.KeyNames() {
		want := name
		if name == "space" {
			want = " "
		}
		if got := keyOf(name).String(); got != want {
			t.Errorf("%s is the key %q", name, got)
		}
	}
	if got := keyOf("é").String(); got != "é" {
		t.Errorf("é is the key %q", got)
	}
	if got := keyOf("alt+2").String(); got != "alt+2" {
		t.Errorf("alt+2 is the key %q", got)
	}
}
