package tui

import (
	"errors"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/internal/sample"
)

// tabScreens are those of the tabs that show the wire and what is made of it; app makes the showing of one.
func tabScreens(app func(do func(app *App, w sample.Words)) func(testing.TB, sample.Words) *App) []appScreen {
	return []appScreen{
		{"wire-split", false, app(func(app *App, w sample.Words) {
			app.Update(hanko.News{Ended: sample.Exchanges(w, 4)})
			app.press("tab", "up", "up", "v", "v", "esc") // as curl, below the list where there is room
		})},
		{"wire-pending", true, app(func(app *App, w sample.Words) {
			all := sample.Exchanges(w, 5)
			sent := all[4]
			sent.Status, sent.ResponseHeader, sent.ResponseBody, sent.Duration, sent.Err = 0, nil, nil, 0, nil
			app.Update(hanko.News{Ended: all[:4], Pending: []hanko.Exchange{sent}})
		})},
		{"wire-many", false, app(func(app *App, w sample.Words) {
			app.Update(hanko.News{Ended: sample.Exchanges(w, 200)})
			app.press("tab", "pgup", "pgup", "pgup", "pgup", "pgup")
		})},
		{"wire-search", true, app(func(app *App, w sample.Words) {
			app.Update(hanko.News{Ended: sample.Exchanges(w, 40)})
			app.press("tab", "/")
			app.Update(paste("unauthorized"))
			app.press("up", "up")
		})},
		{"wire-search-empty", true, app(func(app *App, w sample.Words) {
			app.Update(hanko.News{Ended: sample.Exchanges(w, 4)})
			app.press("tab", "/", "q", "q")
		})},
		{"wire-search-open", false, app(func(app *App, w sample.Words) {
			app.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
			app.Update(hanko.News{Ended: sample.Exchanges(w, 4)})
			app.press("tab", "/", "i", "d", "enter", "enter", "n")
		})},
		{"token-empty", false, app(func(app *App, _ sample.Words) { app.turnTo(tabToken) })},
		{"token", false, app(func(app *App, w sample.Words) {
			app.show(sample.SignedInStep(w))
			app.turnTo(tabToken)
		})},
		{"token-inspected", false, app(func(app *App, w sample.Words) {
			step := sample.SignedInStep(w)
			app.show(step)
			app.Update(InspectedMsg{step.Token.Raw, sample.Inspection(w)})
			app.turnTo(tabToken)
			app.press("m")
		})},
		{"token-refuted", false, app(func(app *App, w sample.Words) {
			step := sample.SignedInStep(w)
			step.Session.Cookie, step.Session.Lifetime = nil, 0
			step.Token.ExpiresAt = sample.Noon.Add(-time.Minute)
			app.show(step)
			said := errors.New(w.Said)
			app.Update(InspectedMsg{step.Token.Raw, login.Inspection{SignatureErr: said, MeErr: said, ValidationErr: said}})
			app.turnTo(tabToken)
		})},
		{"token-logged-out", false, app(func(app *App, w sample.Words) {
			app.show(sample.SignedInStep(w))
			app.show(login.EnterEmail{Email: w.Email})
			app.turnTo(tabToken)
		})},
		{"code-empty", false, app(func(app *App, _ sample.Words) { app.turnTo(tabCode) })},
		{"code-curl", false, codeScreen()},
		{"code-swift", false, codeScreen("v", "m")},
		{"code-kotlin", false, codeScreen("left", "pgdown")},
		{"guide-empty", false, app(func(app *App, _ sample.Words) { app.turnTo(tabGuide) })},
		{"guide-rest", false, app(func(app *App, w sample.Words) {
			app.Update(recognisedMsg{found: hanko.Recognition{API: hanko.REST}})
			app.Update(hanko.News{Ended: sample.RestExchanges(w)})
			app.show(sample.PasscodeStep(w))
			app.turnTo(tabGuide)
			app.press("down", "down", "down", "down")
		})},
		{"guide-flow", false, app(func(app *App, w sample.Words) {
			app.Update(recognisedMsg{found: hanko.Recognition{API: hanko.FlowAPI}})
			app.Update(hanko.News{Ended: sample.FlowExchanges(w)})
			app.show(sample.OTPForm(w))
			app.turnTo(tabGuide)
			app.press("end")
		})},
	}
}

// codeScreen is the code tab behind a real walk's first step, after keys.
func codeScreen(keys ...string) func(testing.TB, sample.Words) *App {
	return func(t testing.TB, w sample.Words) *App {
		app := testApp(t, w)
		app.show(sample.RefusedStep(t, w))
		app.turnTo(tabCode)
		app.press(keys...)
		return app
	}
}
