package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
)

// Before anybody has done anything, nothing is chosen and nothing looks like a fault, whatever the tenant was asked to find
// out what it is.
func TestFirstFrame(t *testing.T) {
	w := sample.OrdinaryWords()
	app := testApp(t, w)
	app.Update(hanko.News{Ended: []hanko.Exchange{
		{Method: "GET", Path: "/.well-known/config", URL: "http://localhost:8000/.well-known/config", Status: 404},
		{Method: "POST", Path: "/passcode/login/initialize", URL: "http://localhost:8000/passcode/login/initialize", Status: 400, RequestBody: []byte("{}")},
	}})
	for _, size := range windows {
		app.Update(size)
		view := app.in(kit.DarkTheme, true)
		for role, style := range map[string]string{"bad": app.theme.Bad.Render("x"), "warn": app.theme.Warn.Render("x")} {
			if begin, _, _ := strings.Cut(style, "x"); strings.Contains(view, begin) {
				t.Errorf("in %d×%d something is drawn as %s:\n%s", size.Width, size.Height, role, ansi.Strip(view))
			}
		}
		if strings.Contains(view, "┃ ") && size.Width >= wideWindow && strings.Contains(ansi.Strip(app.sideView(app.layout())), "┃") {
			t.Errorf("a call is chosen:\n%s", ansi.Strip(view))
		}
	}
	if _, chosen, _ := app.wire.Shown(); chosen >= 0 {
		t.Errorf("call %d is chosen", chosen)
	}
}

// Frames, tabs and the keys of the window keep their places through a whole walk, in every size.
func TestNothingJumps(t *testing.T) {
	w := sample.OrdinaryWords()
	for _, size := range windows {
		app := testApp(t, w)
		app.Update(size)
		l := app.layout()
		places := func() string {
			lines := strings.Split(ansi.Strip(app.View()), "\n")
			corner := ansi.Cut(lines[l.phone.y], l.phone.x, l.phone.x+l.phone.width) + ansi.Cut(lines[l.phone.y+l.phone.height-1], l.phone.x, l.phone.x+l.phone.width)
			keys := lines[l.foot.y+l.foot.height-1]
			return corner + keys[max(0, strings.LastIndex(keys, "ctrl+c quit")):] + fmt.Sprint(strings.LastIndex(keys, "ctrl+c quit") >= 0)
		}
		before := places()
		check := func(what string) {
			t.Helper()
			if after := places(); after != before {
				t.Errorf("%d×%d, %s: the frame is\n%s\nand was\n%s", size.Width, size.Height, what, after, before)
			}
			if now := app.layout(); now != l {
				t.Errorf("%d×%d, %s: the window is laid out as %+v, and was %+v", size.Width, size.Height, what, now, l)
			}
		}
		app.press("a")
		check("typing")
		app.take(login.SubmitEmail{Email: w.Email})
		check("asking")
		app.Update(hanko.News{Ended: sample.Exchanges(w, 3)})
		for _, step := range []login.Step{
			login.ConfirmAccount{Email: w.Email}, sample.PasscodeStep(w), login.OfferPasskey{Email: w.Email, MaySkip: true}, sample.SignedInStep(w),
		} {
			app.show(step)
			check(fmt.Sprintf("%T", step))
		}
		app.Update(kit.ToastMsg{Text: strings.Repeat("Something has happened. ", 20)})
		if now := app.layout(); now != l {
			t.Errorf("%d×%d: a toast moves the window to %+v", size.Width, size.Height, now)
		}
	}
}

// What enter does is in sight on every page of the phone, also in a small window.
func TestPrimaryActionIsInSight(t *testing.T) {
	w := sample.OrdinaryWords()
	for _, shown := range screens() {
		for _, size := range []tea.WindowSizeMsg{{Width: 40, Height: 12}, {Width: 80, Height: 24}, {Width: 120, Height: 40}} {
			app := shown.show(t, w)
			app.Update(size)
			if app.focus != onPhone || app.help || app.palette != nil || listsThings(app.step) {
				continue
			}
			view := app.in(kit.DarkTheme, true)
			primary, _, _ := strings.Cut(app.situation(onPhone).Button("x", 20, kit.Primary), " ")
			if app.sheet == nil && !strings.Contains(view, primary) {
				t.Errorf("%s in %d×%d: there is no primary button:\n%s", shown.name, size.Width, size.Height, ansi.Strip(view))
			}
		}
	}
}

// listsThings reports whether a step's page is a list, which has keys and no button.
func listsThings(step login.Step) bool {
	switch step.(type) {
	case login.Profile:
		return true
	case login.EnterEmail, login.ConfirmAccount, login.EnterPasscode, login.OfferPasskey, login.FillForm, login.SignedIn, login.Failed:
	}
	return false
}

// Where no time is shown, nothing waits for a tick, and nothing is drawn anew.
func TestNoTickWithoutATime(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	app.ticking = false
	for _, size := range windows {
		if _, cmd := app.Update(size); cmd != nil || app.ticking {
			t.Errorf("in %d×%d something ticks at the first screen", size.Width, size.Height)
		}
	}
	app.Update(ArrivedMsg{Step: login.ConfirmAccount{Email: "ada@example.com"}})
	if app.ticking {
		t.Error("something ticks where an account is confirmed")
	}
	app.Update(ArrivedMsg{Step: login.EnterPasscode{Email: "ada@example.com", SentAt: sample.Noon, TTL: time.Minute, TriesLeft: 3}})
	if !app.ticking {
		t.Error("nothing ticks where a passcode's time runs out")
	}
	app.Update(ArrivedMsg{Step: sample.SignedInStep(sample.OrdinaryWords())})
	for _, size := range windows {
		app.Update(size)
		if app.Update(tickMsg(sample.Noon)); app.ticking {
			t.Errorf("in %d×%d something ticks at the signed-in page, which counts nothing down", size.Width, size.Height)
		}
	}
}

// The signed-in page waits for the token's end once, and then says it.
func TestTokenExpiresUnderASignedInPage(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w := sample.OrdinaryWords()
	step := sample.SignedInStep(w)
	now := step.Token.ExpiresAt.Add(-time.Millisecond)
	app := appUntil(ctx, kit.Options{
		Client: sample.SilentClient(t), Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(),
		Now: func() time.Time { return now },
	})
	app.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	app.show(step)
	const expired = "The token has expired"
	if view := app.View(); strings.Contains(view, expired) {
		t.Fatalf("before its end the token has expired:\n%s", view)
	}
	if app.hold(step) != nil {
		t.Error("the same session is waited for twice")
	}
	app.session = nil
	msg := app.hold(step)()
	now = step.Token.ExpiresAt
	if app.Update(msg); !strings.Contains(app.View(), expired) {
		t.Errorf("after %T the page does not say that the token has expired:\n%s", msg, app.View())
	}
	app.session = nil
	if app.hold(step) != nil {
		t.Error("the end of a token that has expired is waited for")
	}
	app.session, now = nil, sample.Noon
	wait := app.hold(step)
	cancel()
	wait() // ends with the app, not in twelve hours
}

// The sheet comes up in a few frames and then rests; a sheet that is gone moves nothing.
func TestSheetRises(t *testing.T) {
	app := movingApp(t)
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	app.Update(ask(sample.OrdinaryWords(), authenticator.Create, 1))
	number := app.rise.number
	var rows []int
	for range riseFrames + 2 {
		_, at := app.sheetOver(app.layout().phone)
		rows = append(rows, at.height)
		app.Update(riseMsg{number})
	}
	if !slices.IsSorted(rows) || rows[0] >= rows[riseFrames-1] || rows[riseFrames] != rows[riseFrames-1] {
		t.Errorf("the sheet has so many rows, frame by frame: %v", rows)
	}
	app.Update(ask(sample.OrdinaryWords(), authenticator.Get, 1))
	if app.Update(riseMsg{number}); app.rise.frame != 1 {
		t.Error("an old sheet's frame moves the new one")
	}
}
