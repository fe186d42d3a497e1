package tui

import (
	"errors"
	"net/http"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// tabScreens are those of the tabs that show the wire and what is made of it; app makes the showing of one.
func tabScreens(app func(do func(app *App, w words)) func(testing.TB, words) *App) []screen {
	return []screen{
		{"wire-split", false, app(func(app *App, w words) {
			app.Update(WireMsg{exchanges(w, 4)})
			app.press("tab", "up", "up", "v", "v", "esc") // as curl, below the list where there is room
		})},
		{"wire-many", false, app(func(app *App, w words) {
			app.Update(WireMsg{exchanges(w, 1000)})
			app.press("tab", "pgup", "pgup", "pgup", "pgup", "pgup")
		})},
		{"wire-search", true, app(func(app *App, w words) {
			app.Update(WireMsg{exchanges(w, 40)})
			app.press("tab", "/")
			app.Update(paste("unauthorized"))
			app.press("up", "up")
		})},
		{"wire-search-empty", true, app(func(app *App, w words) {
			app.Update(WireMsg{exchanges(w, 4)})
			app.press("tab", "/", "q", "q")
		})},
		{"wire-search-open", false, app(func(app *App, w words) {
			app.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
			app.Update(WireMsg{exchanges(w, 4)})
			app.press("tab", "/", "i", "d", "enter", "enter", "n")
		})},
		{"token-empty", false, app(func(app *App, _ words) { app.turnTo(tabToken) })},
		{"token", false, app(func(app *App, w words) {
			app.show(signedInStep(w))
			app.turnTo(tabToken)
		})},
		{"token-inspected", false, app(func(app *App, w words) {
			step := signedInStep(w)
			app.show(step)
			app.Update(InspectedMsg{step.Token.Raw, inspection(w)})
			app.turnTo(tabToken)
			app.press("m")
		})},
		{"token-refuted", false, app(func(app *App, w words) {
			step := signedInStep(w)
			step.Session.Cookie, step.Session.Lifetime = nil, 0
			step.Token.ExpiresAt = noon.Add(-time.Minute)
			app.show(step)
			said := errors.New(w.said)
			app.Update(InspectedMsg{step.Token.Raw, login.Inspection{SignatureErr: said, MeErr: said, ValidationErr: said}})
			app.turnTo(tabToken)
		})},
		{"token-logged-out", false, app(func(app *App, w words) {
			app.show(signedInStep(w))
			app.show(login.EnterEmail{Email: w.email})
			app.turnTo(tabToken)
		})},
		{"code-empty", false, app(func(app *App, _ words) { app.turnTo(tabCode) })},
		{"code-curl", false, codeScreen()},
		{"code-swift", false, codeScreen("v", "m")},
		{"code-kotlin", false, codeScreen("left", "pgdown")},
		{"guide-empty", false, app(func(app *App, _ words) { app.turnTo(tabGuide) })},
		{"guide-rest", false, app(func(app *App, w words) {
			app.Update(recognisedMsg{found: hanko.Recognition{API: hanko.REST}})
			app.Update(WireMsg{restExchanges(w)})
			app.show(passcodeStep(w))
			app.turnTo(tabGuide)
			app.press("down", "down", "down", "down")
		})},
		{"guide-flow", false, app(func(app *App, w words) {
			app.Update(recognisedMsg{found: hanko.Recognition{API: hanko.FlowAPI}})
			app.Update(WireMsg{flowExchanges(w)})
			app.show(otpForm(w))
			app.turnTo(tabGuide)
			app.press("end")
		})},
	}
}

// codeScreen is the code tab behind a real walk's first step, after keys.
func codeScreen(keys ...string) func(testing.TB, words) *App {
	return func(t testing.TB, w words) *App {
		app := testApp(t, w)
		app.show(refusedStep(t, w))
		app.turnTo(tabCode)
		app.press(keys...)
		return app
	}
}

// restExchanges are those of a sign-up by the mobile guide, up to the mail with the passcode; one was refused.
func restExchanges(w words) []hanko.Exchange {
	made := exchanges(w, 5)
	for i, path := range []string{"/.well-known/config", "/user", "/users", "/user", "/passcode/login/initialize"} {
		made[i].Path, made[i].URL, made[i].Status, made[i].Err = path, "http://localhost:8000"+path, []int{200, 404, 200, 200, 429}[i], nil
	}
	made[0].Method = http.MethodGet
	return made
}

// flowExchanges are those of the same sign-up through a flow.
func flowExchanges(w words) []hanko.Exchange {
	made := exchanges(w, 4)
	for i, path := range []string{
		"/registration", "/registration?action=register_client_capabilities%40f1", "/registration?action=register_login_identifier%40f1",
		"/registration?action=verify_passcode%40f1",
	} {
		made[i].Path, made[i].URL, made[i].Status, made[i].Err = path, "http://localhost:8000"+path, 200, nil
	}
	return made
}
