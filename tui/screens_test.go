package tui

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/screen"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // times of day are drawn in the local time zone
	os.Exit(m.Run())
}

// testApp is an app on a tenant that never answers, at noon, without colours.
func testApp(t testing.TB, w sample.Words) *App {
	t.Helper()
	return appWith(t, kit.Options{
		Client: sample.SilentClient(t), Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(),
		Tenant: w.Tenant, Inbox: mailbox.NewInbox(), Notice: w.Notice,
	})
}

// movingApp is testApp where things move.
func movingApp(t testing.TB) *App {
	t.Helper()
	return appWith(t, kit.Options{
		Client: sample.SilentClient(t), Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(), Motion: true, Inbox: mailbox.NewInbox(),
	})
}

func appWith(t testing.TB, options kit.Options) *App {
	t.Helper()
	return appUntil(t.Context(), options)
}

func appUntil(ctx context.Context, options kit.Options) *App {
	options.Renderer = lipgloss.NewRenderer(io.Discard)
	options.Renderer.SetColorProfile(termenv.Ascii)
	if options.Now == nil {
		options.Now = func() time.Time { return sample.Noon }
	}
	app := New(ctx, options)
	app.ticking = true // no ticks: their commands would hold the tests up
	return app
}

// show brings a step on the screen, as the end of an action does.
func (a *App) show(step login.Step) {
	a.busy, a.prompted = &busy{cancel: func() {}}, true
	a.Update(ArrivedMsg{Step: step})
}

// press sends keys by their names; a command that comes of the last one is returned.
func (a *App) press(names ...string) (cmd tea.Cmd) {
	for _, name := range names {
		_, cmd = a.Update(kit.KeyMsg(name))
	}
	return cmd
}

// answerTo has the page on the phone do what a key does, and returns the command that comes of it.
func (a *App) answerTo(name string) tea.Cmd {
	return a.answer(kit.Press(a.page, a.situation(onPhone), kit.KeyMsg(name)))
}

func paste(text string) tea.KeyMsg {
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true}
}

// appScreen is one thing that the app can show.
type appScreen struct {
	name   string
	typing bool // letters are typed there
	show   func(t testing.TB, w sample.Words) *App
}

// screens are all of them.
func screens() []appScreen {
	app := func(do func(app *App, w sample.Words)) func(testing.TB, sample.Words) *App {
		return func(t testing.TB, w sample.Words) *App {
			app := testApp(t, w)
			do(app, w)
			return app
		}
	}
	step := func(make func(w sample.Words) login.Step) func(testing.TB, sample.Words) *App {
		return app(func(app *App, w sample.Words) { app.show(make(w)) })
	}
	return append(tabScreens(app), []appScreen{
		{"email", true, app(func(*App, sample.Words) {})},
		{"email-filled", true, step(func(w sample.Words) login.Step { return login.EnterEmail{Email: w.Email} })},
		{"email-button", false, app(func(app *App, _ sample.Words) { app.press("down") })},
		{"email-problem", true, step(func(w sample.Words) login.Step {
			return login.EnterEmail{Email: w.Email, Problem: sample.Problem(w)}
		})},
		{"email-toast", true, app(func(app *App, w sample.Words) { app.Update(kit.ToastMsg{Text: w.Said}) })},
		{"email-busy", true, app(func(app *App, w sample.Words) { app.Update(kit.ActMsg{Action: login.SubmitEmail{Email: w.Email}}) })},
		{"email-unexpected", true, app(func(app *App, w sample.Words) {
			app.tenant.Unexpected = "Not as expected: passkey.rp_id is " + hanko.Printable(w.Domain) + ", not app.example.com (webauthn.relying_party.id)."
		})},
		{"email-connectable", true, app(func(app *App, w sample.Words) { offerConnect(app, w) })},
		{"email-remember", true, app(func(app *App, _ sample.Words) {
			app.Update(recognisedMsg{found: hanko.Recognition{API: hanko.FlowAPI, Found: "Hanko v3", Because: "it is"}, asksToRemember: true})
			app.press("ctrl+r")
		})},
		{"email-third-parties", true, app(func(app *App, w sample.Words) { offerThirdParties(app, w, 3) })},
		{"email-many-third-parties", false, app(func(app *App, w sample.Words) {
			offerThirdParties(app, w, 16)
			app.press("up")
		})},
		{"away", false, app(func(app *App, w sample.Words) {
			app.options.OpenBrowser = func(string) error { return nil }
			app.away(sample.Visit(w, "127.0.0.1"))
		})},
		{"away-by-link", false, app(func(app *App, w sample.Words) { app.away(sample.Visit(w, "127.0.0.1")) })},
		{"away-by-code", false, app(func(app *App, w sample.Words) {
			app.options.OpenBrowser = func(string) error { return errors.New(w.Said) }
			visit := sample.Visit(w, "192.168.1.20")
			visit.ErrorsStray = false // nothing is waited for but the browser
			app.Update(app.away(visit)())
		})},
		{"away-code-alone", false, app(func(app *App, w sample.Words) {
			app.away(sample.Visit(w, "192.168.1.20"))
			app.press("r")
		})},
		{"away-late", false, app(func(app *App, w sample.Words) {
			app.options.OpenBrowser = func(string) error { return nil }
			app.away(sample.Visit(w, "127.0.0.1"))
			app.options.Now = func() time.Time { return sample.Noon.Add(time.Minute) }
		})},
		{"connect", true, app(func(app *App, w sample.Words) { openedConnect(app, w) })},
		{"connect-typed", true, app(func(app *App, w sample.Words) {
			openedConnect(app, w)
			app.Update(paste(w.Domain + ":8000"))
		})},
		{"connect-asking", true, app(func(app *App, w sample.Words) {
			openedConnect(app, w)
			app.Update(paste("localhost:8000"))
			app.press("enter")
		})},
		{"connect-problem", true, app(func(app *App, w sample.Words) {
			offerConnect(app, w)
			app.options.Connect = func(context.Context, string) (kit.Connection, error) {
				return kit.Connection{}, &hanko.Error{Kind: hanko.Refused, Call: "GET /", Status: 403, Message: w.Said, Means: w.Cause}
			}
			app.press("ctrl+o")
			app.Update(paste("example.com"))
			app.finish(app.press("enter"))
		})},
		{"connect-embedded", false, app(func(app *App, w sample.Words) {
			app.options.Connect = func(context.Context, string) (kit.Connection, error) {
				return kit.Connection{Name: "embedded", Path: w.Path}, nil
			}
			app.tenant.Embedded = false
			app.finish(app.openConnect(true))
		})},
		{"connect-found", true, app(func(app *App, w sample.Words) { foundTenant(app, w) })},
		{"connect-refused", false, app(func(app *App, w sample.Words) {
			offerConnect(app, w)
			app.options.SaveTenant = func(kit.Connection) (kit.Saved, error) { return kit.Saved{}, errors.New(w.Said) }
			app.press("ctrl+o")
			app.Update(paste("example.com"))
			app.finish(app.press("enter"))
			app.press("down")
			app.finish(app.press("enter"))
			app.press("down")
		})},
		{"connect-saved", false, app(func(app *App, w sample.Words) {
			offerConnect(app, w)
			app.options.SaveTenant = func(kit.Connection) (kit.Saved, error) { return kit.Saved{Path: w.Path, OverriddenBy: w.Header}, nil }
			app.press("ctrl+o")
			app.Update(paste("example.com"))
			app.finish(app.press("enter"))
			app.press("down")
			app.finish(app.press("enter"))
		})},
		{"form-session", true, step(func(w sample.Words) login.Step { return sample.SessionForm(w) })},
		{"email-android", true, func(t testing.TB, w sample.Words) *App {
			client, err := hanko.NewClient("http://localhost:8000", hanko.Options{Transport: sample.Silence{}})
			if err != nil {
				t.Fatal(err)
			}
			return appWith(t, kit.Options{Client: client, Profile: authenticator.Android(authenticator.AndroidApp{}), Store: authenticator.NewMemoryKeystore(), Tenant: w.Tenant})
		}},
		{"email-browser", true, func(t testing.TB, w sample.Words) *App {
			client, err := hanko.NewClient("http://localhost:8000", hanko.Options{Transport: sample.Silence{}})
			if err != nil {
				t.Fatal(err)
			}
			return appWith(t, kit.Options{Client: client, Profile: authenticator.SecurityKey("https://" + w.Domain), Store: authenticator.NewMemoryKeystore(), Tenant: w.Tenant})
		}},
		{"palette", true, app(func(app *App, _ sample.Words) { app.press("ctrl+k") })},
		{"palette-narrowed", true, app(func(app *App, w sample.Words) {
			app.show(sample.ProfileStep(w))
			app.press("ctrl+k", "d", "e", "l")
		})},
		{"palette-nothing", true, app(func(app *App, _ sample.Words) { app.press("ctrl+k", "z", "z", "z") })},
		{"account", false, step(func(w sample.Words) login.Step { return login.ConfirmAccount{Email: w.Email} })},
		{"passcode", true, step(func(w sample.Words) login.Step { return sample.PasscodeStep(w) })},
		{"passcode-typed", true, app(func(app *App, w sample.Words) {
			app.show(sample.PasscodeStep(w))
			app.press("1", "2", "3")
		})},
		{"passcode-mail", true, app(func(app *App, w sample.Words) {
			app.Update(mails(w))
			app.show(sample.PasscodeStep(w))
		})},
		{"passcode-banner", true, app(func(app *App, w sample.Words) {
			app.show(sample.PasscodeStep(w))
			app.Update(mails(w))
			for range bannerHeight {
				app.Update(bannerMsg{app.banner.number})
			}
		})},
		{"passcode-problem", true, step(func(w sample.Words) login.Step {
			step := sample.PasscodeStep(w)
			step.Problem, step.TriesLeft = sample.Problem(w), 2
			return step
		})},
		{"passcode-dead", true, step(func(w sample.Words) login.Step {
			step := sample.PasscodeStep(w)
			step.Problem, step.TriesLeft, step.Dead = sample.Problem(w), 0, true
			return step
		})},
		{"passcode-expired", true, step(func(w sample.Words) login.Step {
			step := sample.PasscodeStep(w)
			step.SentAt = sample.Noon.Add(-time.Hour)
			return step
		})},
		{"passcode-wait", true, step(func(w sample.Words) login.Step {
			step := sample.PasscodeStep(w)
			step.ResendAt = sample.Noon.Add(42 * time.Second)
			return step
		})},
		{"passcode-third-party", true, step(func(sample.Words) login.Step { return login.EnterPasscode{SentAt: sample.Noon, TriesLeft: 3} })},
		{"offer", false, step(func(w sample.Words) login.Step { return login.OfferPasskey{Email: w.Email} })},
		{"signedin", false, step(func(w sample.Words) login.Step { return sample.SignedInStep(w) })},
		{"signedin-inspected", false, app(func(app *App, w sample.Words) {
			step := sample.SignedInStep(w)
			app.show(step)
			app.Update(InspectedMsg{step.Token.Raw, sample.Inspection(w)})
		})},
		{"signedin-refuted", false, app(func(app *App, w sample.Words) {
			step := sample.SignedInStep(w)
			step.Session.Cookie = nil
			step.Token.ExpiresAt = sample.Noon.Add(-time.Minute)
			app.show(step)
			said := errors.New(w.Said)
			app.Update(InspectedMsg{step.Token.Raw, login.Inspection{SignatureErr: said, MeErr: said, ValidationErr: said}})
		})},
		{"signedin-third-party", false, step(func(w sample.Words) login.Step {
			step := sample.SignedInStep(w)
			step.Method, step.Party, step.Email = login.ByThirdParty, w.RPName, ""
			return step
		})},
		{"signedin-registered", false, step(func(w sample.Words) login.Step {
			step := sample.SignedInStep(w)
			step.Method, step.Registered = login.ByPasscode, w.CredentialID
			return step
		})},
		{"failed", false, step(func(w sample.Words) login.Step { return login.Failed{Problem: *sample.Problem(w)} })},
		{"failed-third-party", false, step(func(w sample.Words) login.Step { return sample.ThirdPartyFailure(w) })},
		{"failed-wait", false, func(t testing.TB, w sample.Words) *App {
			app := testApp(t, w)
			app.show(sample.RefusedStep(t, w))
			return app
		}},
		{"form-password", true, step(func(w sample.Words) login.Step { return sample.PasswordForm(w) })},
		{"form-otp", true, step(func(w sample.Words) login.Step { return sample.OTPForm(w) })},
		{"form-chooser", false, step(func(w sample.Words) login.Step { return sample.ChooserForm(w) })},
		{"form-unknown", true, step(func(w sample.Words) login.Step { return sample.UnknownForm(w) })},
		{"form-without-a-way-on", false, step(func(w sample.Words) login.Step { return login.FillForm{State: hanko.State(w.Sentence), Email: w.Email} })},
		{"profile", false, step(func(w sample.Words) login.Step { return sample.ProfileStep(w) })},
		{"profile-confirm", false, app(func(app *App, w sample.Words) {
			app.show(sample.ProfileStep(w))
			app.press("d")
		})},
		{"profile-third-parties", false, app(func(app *App, w sample.Words) {
			app.show(sample.LastWayInStep(w))
			app.press("down")
		})},
		{"profile-last-way-in", false, app(func(app *App, w sample.Words) {
			app.show(sample.LastWayInStep(w))
			app.press("d")
		})},
		{"profile-rename", true, app(func(app *App, w sample.Words) {
			app.show(sample.ProfileStep(w))
			app.press("down", "down", "n")
		})},
		{"offer-in-a-flow", false, step(func(w sample.Words) login.Step { return login.OfferPasskey{Email: w.Email, Problem: sample.Problem(w)} })},
		{"consent-create", false, app(func(app *App, w sample.Words) {
			app.show(login.OfferPasskey{Email: w.Email})
			app.Update(ask(w, authenticator.Create, 1))
		})},
		{"consent-android", false, app(func(app *App, w sample.Words) {
			asked := ask(w, authenticator.Create, 1)
			asked.Profile = authenticator.Android(authenticator.AndroidApp{})
			app.Update(asked)
		})},
		{"consent-key", false, app(func(app *App, w sample.Words) {
			asked := ask(w, authenticator.Get, 1)
			asked.Profile = authenticator.SecurityKey("https://" + w.Domain)
			app.Update(asked)
		})},
		{"consent-get", false, app(func(app *App, w sample.Words) { app.Update(ask(w, authenticator.Get, 1)) })},
		{"consent-get-several", false, app(func(app *App, w sample.Words) {
			app.Update(ask(w, authenticator.Get, 9))
			app.press("down", "down")
		})},
		{"wire-empty", false, app(func(app *App, _ sample.Words) { app.press("tab") })},
		{"wire", false, app(func(app *App, w sample.Words) {
			app.Update(hanko.News{Ended: sample.Exchanges(w, 4)})
			app.press("tab")
		})},
		{"wire-open", false, app(func(app *App, w sample.Words) {
			app.Update(hanko.News{Ended: sample.Exchanges(w, 4)})
			app.press("tab", "enter")
		})},
		{"wire-decoded", false, app(func(app *App, w sample.Words) {
			app.Update(hanko.News{Ended: sample.Exchanges(w, 4)})
			app.press("tab", "up", "d")
		})},
		{"wire-kotlin", false, app(func(app *App, w sample.Words) {
			app.Update(hanko.News{Ended: sample.Exchanges(w, 4)})
			app.press("tab", "up", "d", "v", "v", "v")
		})},
		{"wire-secrets", false, app(func(app *App, w sample.Words) {
			app.Update(hanko.News{Ended: sample.Exchanges(w, 4)})
			app.press("tab", "enter", "m")
		})},
		{"wire-no-answer", false, app(func(app *App, w sample.Words) {
			app.Update(hanko.News{Ended: sample.Exchanges(w, 3)})
			app.press("tab", "enter")
		})},
		{"wire-browser", false, app(func(app *App, w sample.Words) {
			app.Update(hanko.News{Ended: sample.BrowserExchanges(w)})
			app.press("tab")
		})},
		{"wire-browser-decoded", false, app(func(app *App, w sample.Words) {
			app.Update(hanko.News{Ended: sample.BrowserExchanges(w)})
			app.press("tab", "up", "d")
		})},
		{"mail-empty", false, app(func(app *App, _ sample.Words) { app.turnTo(tabMail) })},
		{"mail", false, app(func(app *App, w sample.Words) {
			app.Update(mails(w))
			app.turnTo(tabMail)
		})},
		{"mail-open", false, app(func(app *App, w sample.Words) {
			app.Update(mails(w))
			app.turnTo(tabMail)
			app.press("enter")
		})},
		{"passkeys-empty", false, app(func(app *App, _ sample.Words) { app.turnTo(tabPasskeys) })},
		{"passkeys", false, app(func(app *App, w sample.Words) {
			app.Update(kit.PasskeysMsg{Passkeys: sample.Passkeys(w)})
			app.turnTo(tabPasskeys)
		})},
		{"passkeys-confirm", false, app(func(app *App, w sample.Words) {
			app.Update(kit.PasskeysMsg{Passkeys: sample.Passkeys(w)})
			app.turnTo(tabPasskeys)
			app.press("down", "d")
		})},
		{"passkeys-error", false, app(func(app *App, w sample.Words) {
			app.Update(kit.PasskeysMsg{Err: errors.New(w.Said)})
			app.turnTo(tabPasskeys)
		})},
		{"help", true, app(func(app *App, _ sample.Words) { app.press("f1") })},
		{"help-signedin", false, app(func(app *App, w sample.Words) {
			app.show(sample.SignedInStep(w))
			app.press("?")
		})},
	}...)
}

// offerThirdParties has the tenant offer n third parties.
func offerThirdParties(app *App, w sample.Words, n int) {
	app.Update(recognisedMsg{
		found: hanko.Recognition{API: hanko.FlowAPI, Found: "Hanko v3", Because: "it is"}, thirdParties: sample.ThirdParties(w, n),
	})
}

// away has the browser go somewhere, in the middle of an action.
func (a *App) away(visit login.Visit) tea.Cmd {
	a.busy = &busy{cancel: func() {}}
	return a.answer(a.bring(screen.NewAway(visit, a.options.OpenBrowser), "Third party"))
}

func ask(w sample.Words, ceremony authenticator.Ceremony, accounts int) screen.ConsentRequest {
	request := authenticator.ConsentRequest{Ceremony: ceremony, RP: authenticator.RelyingParty{ID: w.RPID, Name: w.RPName}}
	for i := range accounts {
		account := authenticator.Account{CredentialID: []byte{byte(i)}, Name: w.UserName, DisplayName: w.OtherUser}
		if i > 0 {
			account.LastUsedAt = sample.Noon.Add(-time.Duration(i) * time.Hour)
		}
		request.Accounts = append(request.Accounts, account)
	}
	return screen.ConsentRequest{Profile: authenticator.IPhone(), Request: request, Answer: make(chan screen.ConsentAnswer, 1), Done: make(chan struct{})}
}

// mails are those in the inbox, in somebody's words.
func mails(w sample.Words) InboxMsg {
	all := sample.MailsOf(w)
	return InboxMsg{all, len(all)}
}
