package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
)

// secretScreens are more screens that have secrets on them, the ways in which they are shown on demand among them.
func secretScreens() []appScreen {
	app := func(do func(app *App, w sample.Words)) func(testing.TB, sample.Words) *App {
		return func(t testing.TB, w sample.Words) *App {
			app := testApp(t, w)
			do(app, w)
			return app
		}
	}
	openWire := func(keys ...string) func(testing.TB, sample.Words) *App {
		return app(func(app *App, w sample.Words) {
			exchange := sample.Exchanges(w, 1)[0]
			token := sample.SignedInStep(w).Token.Raw
			exchange.URL += "?session=" + token
			exchange.Path += "?session=" + token
			exchange.ResponseHeader.Set("Set-Cookie", "hanko="+token+"; Path=/")
			exchange.ResponseHeader.Set("X-Auth-Token", token)
			exchange.RequestBody = []byte(`{"input_data":{"password":"correct horse battery","otp_code":"287082"}}`)
			exchange.ResponseBody = []byte(`{"otp_secret":"` + sample.OTPSecret + `","session_token":"` + token + `"}`)
			exchange.Err = &hanko.Error{Kind: hanko.Refused, Call: "GET /me", Status: 401, Message: "unknown token " + token}
			app.Update(hanko.News{Ended: []hanko.Exchange{exchange}})
			app.press(keys...)
		})
	}
	shown := []appScreen{
		{"mail in three pieces", false, app(func(app *App, w sample.Words) {
			w.Subject, w.Body = "123 456 is your passcode", "Your code: 123-456, or 123\u00a0456."
			app.Update(mails(w))
			app.turnTo(tabMail)
			app.press("enter")
		})},
		{"a passcode pasted", true, app(func(app *App, w sample.Words) {
			app.show(sample.PasscodeStep(w))
			app.Update(paste("123456"))
		})},
		{"a toast with the passcode", true, app(func(app *App, w sample.Words) {
			app.Update(mails(w))
			app.Update(kit.ToastMsg{Text: "The code is 123456, so type 123456."})
		})},
		{"a password typed", true, app(func(app *App, w sample.Words) {
			app.show(sample.PasswordForm(w))
			app.press(strings.Split("correct horse battery", "")...)
		})},
		{"a code of the authenticator app typed", true, app(func(app *App, w sample.Words) {
			app.show(sample.OTPForm(w))
			app.press(strings.Split("287082", "")...)
		})},
		{"the QR code", true, app(func(app *App, w sample.Words) {
			app.show(sample.OTPForm(w))
			app.press("pgdown", "pgdown", "pgdown", "pgdown")
		})},
		{"a token in what was said", false, app(func(app *App, w sample.Words) {
			exchange := sample.Exchanges(w, 1)[0]
			exchange.ResponseHeader.Set("X-Auth-Token", sample.SignedInStep(w).Token.Raw)
			app.Update(hanko.News{Ended: []hanko.Exchange{exchange}})
			app.show(login.Failed{Problem: login.Problem{Sentence: "No.", Said: "unknown token " + sample.SignedInStep(w).Token.Raw}})
		})},
		{"the code with its secrets", false, app(func(app *App, w sample.Words) {
			exchange := sample.Exchanges(w, 1)[0]
			exchange.RequestHeader.Set("Authorization", "Bearer "+sample.SignedInStep(w).Token.Raw)
			app.tell(kit.StepMsg{Step: stepWith{calls: []hanko.Exchange{exchange}}, Title: "Step"})
			app.turnTo(tabCode)
			app.press("m")
		})},
		{"a passcode searched for", true, app(func(app *App, w sample.Words) {
			app.Update(mails(w))
			app.Update(hanko.News{Ended: sample.Exchanges(w, 4)})
			app.press("tab", "/")
			app.Update(paste("123456"))
		})},
		{"a password and a key that the tenant repeats", false, app(func(app *App, w sample.Words) {
			exchange := sample.Exchanges(w, 1)[0]
			exchange.RequestBody = []byte(`{"input_data":{"password":"secretsecret"}}`)
			exchange.ResponseBody = []byte(`{"otp_secret":"` + sample.OTPSecret + `"}`)
			app.Update(hanko.News{Ended: []hanko.Exchange{exchange}})
			app.show(login.Failed{Problem: login.Problem{Sentence: "No.", Said: "not secretsecret and not " + sample.OTPSecret}})
		})},
		{"a token behind an offer", false, app(func(app *App, w sample.Words) {
			in := sample.SignedInStep(w)
			app.show(login.OfferPasskey{Session: &in.Session, Token: in.Token, Email: w.Email, Problem: &login.Problem{Said: in.Token.Raw}})
		})},
	}
	for _, keys := range [][]string{{"tab"}, {"tab", "m", "enter"}, {"tab", "m", "d"}, {"tab", "m", "enter", "v", "v"}} {
		shown = append(shown, appScreen{"the browser's way after " + strings.Join(keys, " "), false, app(func(app *App, w sample.Words) {
			app.Update(hanko.News{Ended: sample.BrowserExchanges(w)})
			app.press(keys...)
		})})
	}
	for _, keys := range [][]string{
		{"tab"},
		{"tab", "m"},
		{"tab", "m", "enter"},
		{"tab", "enter"},
		{"tab", "m", "d"},
		{"tab", "m", "enter", "v", "v"},
		{"tab", "m", "enter", "v", "v", "v"},
		{"tab", "m", "enter", "v", "v", "v", "v"},
		{"tab", "m", "enter", "pgdown", "pgdown"},
	} {
		shown = append(shown, appScreen{"the wire after " + strings.Join(keys, " "), false, openWire(keys...)})
	}
	return shown
}

// No screen of a recording lets anybody else in, whatever the person has chosen to see; and what is no secret stays.
func TestMaskedViewsHoldNoSecrets(t *testing.T) {
	w := sample.OrdinaryWords()
	token := sample.SignedInStep(w).Token.Raw
	secrets := []string{"123456", "123 456", "123-456", "123\u00a0456", "287082", "secretsecret", "correct horse", sample.OTPSecret, "█▀", "▀█", "▄█", "│ 1 │", "1 2 3 _"}
	for at := 0; at+16 <= len(token); at++ {
		secrets = append(secrets, token[at:at+16])
	}
	for at := 0; at+6 <= len(sample.OTPSecret); at++ {
		secrets = append(secrets, sample.OTPSecret[at:at+6])
	}
	for at := 0; at+12 <= len(sample.ThirdPartyToken); at++ {
		secrets = append(secrets, sample.ThirdPartyToken[at:at+12])
	}
	visible := map[string]bool{} // in View, or the test would look for nothing
	for _, shown := range append(screens(), secretScreens()...) {
		for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 120, Height: 40}, {Width: 200, Height: 60}, {Width: 30, Height: 10}} {
			t.Run(fmt.Sprintf("%s.%dx%d", shown.name, size.Width, size.Height), func(t *testing.T) {
				app := shown.show(t, w)
				app.Update(size)
				view := app.View()
				masked := app.MaskedView()
				if again := app.View(); again != view {
					t.Errorf("drawing without secrets has changed the screen:\n%s", cmp.Diff(strings.Split(view, "\n"), strings.Split(again, "\n")))
				}
				secret := false
				for _, text := range secrets {
					if strings.Contains(view, text) {
						visible[text], secret = true, true
					}
					if strings.Contains(masked, text) {
						t.Errorf("%q stands in\n%s", text, masked)
					}
				}
				if !secret && size.Width > 30 && !app.secrets && !strings.HasPrefix(shown.name, "the wire after") && masked != view {
					t.Errorf("without a secret, there is a difference:\n%s", cmp.Diff(strings.Split(view, "\n"), strings.Split(masked, "\n")))
				}
				lines, maskedLines := strings.Split(view, "\n"), strings.Split(masked, "\n")
				if len(lines) != len(maskedLines) {
					t.Fatalf("it has %d lines, and %d without its secrets", len(lines), len(maskedLines))
				}
				for i, line := range maskedLines {
					if cells, of := ansi.StringWidth(line), ansi.StringWidth(lines[i]); cells != of && !app.secrets || cells > size.Width {
						t.Errorf("line %d has %d cells, and %d without its secrets", i, of, cells)
					}
				}
				if app.Chapter() != app.page.Title() && app.sheet == nil {
					t.Errorf("the chapter is %q", app.Chapter())
				}
			})
		}
	}
	for _, text := range []string{"123456", "123 456", "287082", "secretsecret", "correct horse", sample.OTPSecret, "▀█", token[:16], token[len(token)/2 : len(token)/2+16], sample.ThirdPartyToken[:12]} {
		if !visible[text] {
			t.Errorf("%q is on no screen", text)
		}
	}
}

// The net knows secrets in any colours and in pieces, and leaves their surroundings alone.
func TestHide(t *testing.T) {
	token := "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
	var known secret.Keeper
	known.LearnText(secret.Code, "843575")
	known.LearnText(secret.Token, token)
	for _, test := range []struct{ line, want string }{
		{"", ""},
		{"nothing", "nothing"},
		{"the code 843575.", "the code ••••••."},
		{"843575843575", "••••••••••••"},
		{"漢字843575漢字", "漢字••••••漢字"},
		{"\x1b[1mcode\x1b[m 84\x1b[31m35\x1b[m75 \x1b[32mgreen\x1b[m", "code •••••• green"},
		{"Bearer " + token, "Bearer " + kit.Dots(token)},
		{"│ " + token[:20] + " │", "│ •••••••••••••••••••• │"},
		{"another eyJhbGciOiJub25lIn0.eyJzdWIi is one too", "another " + kit.Dots("eyJhbGciOiJub25lIn0.eyJzdWIi") + " is one too"},
		{"eyJhbG••••••yZQ", "eyJhbG••••••yZQ"},
	} {
		got := kit.HideLine(test.line, &known)
		if ansi.Strip(got) != test.want {
			t.Errorf("%q becomes %q, not %q", test.line, got, test.want)
		}
		if test.line != "" && ansi.Strip(test.line) == test.want && got != test.line {
			t.Errorf("%q has nothing to hide and becomes %q", test.line, got)
		}
	}
}

// What a recording costs a key: the frame a second time, without its secrets, on a wire of a thousand exchanges.
func BenchmarkMaskedView(b *testing.B) {
	app := testApp(b, sample.OrdinaryWords())
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	app.Update(hanko.News{Ended: sample.Exchanges(sample.OrdinaryWords(), 1000)})
	app.show(sample.SignedInStep(sample.OrdinaryWords()))
	b.ReportAllocs()
	for b.Loop() {
		if app.MaskedView() == "" {
			b.Fatal("nothing was drawn")
		}
	}
}

// stepWith is a step that such calls have led to.
type stepWith struct {
	login.Step
	calls []hanko.Exchange
}

// Exchanges are the calls.
func (s stepWith) Exchanges() []hanko.Exchange { return s.calls }
