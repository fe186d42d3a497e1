package tui

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // times of day are drawn in the local time zone
	os.Exit(m.Run())
}

// noon is when the tests take place.
var noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

// words are the texts that come from a tenant, a mail, a keystore or a person's configuration.
type words struct {
	email, tenant, notice       string
	said, cause                 string
	rpID, rpName, userName      string
	subject, body               string
	keyID, claim, retention     string
	path, header, exchangeBody  string
	credentialID, cookieName    string
	sentence, domain, otherUser string
}

func ordinaryWords() words {
	return words{
		email: "ada@example.com", tenant: "embedded tenant", notice: "No tenant is configured, so this one runs inside hankosim, with a mailbox of its own.",
		said: `POST /passcode/login/finalize answered 401, "Unauthorized".`, cause: "The code was mistyped, or belongs to an older mail.",
		rpID: "example.com", rpName: "Hanko Authentication Service", userName: "ada@example.com",
		subject: "Your passcode is 123456", body: "Enter the following passcode on your login screen:\n\n123456\n\nThe passcode is valid for 5 minutes.",
		keyID: "0c9bd3c1-5a4c-4b56-8a13-9c5f0a5f1e2d", claim: "e0b514b6-9a46-4dc0-8623-39daf90703b2", retention: "persistent",
		path: "/passcode/login/initialize", header: "req-1", exchangeBody: `{"id":"7dd96165-30bb-4fee-927e-da0c8520bb63","code":"123456"}`,
		credentialID: "credential", cookieName: "hanko", sentence: "It was not possible to submit the passcode.", domain: "example.com",
		otherUser: "grace@example.com",
	}
}

// hostileWords puts one text wherever foreign text is drawn.
func hostileWords(text string) words {
	return words{text, text, text, text, text, text, text, text, text, text, text, text, text, text, text, text, text, text, text, text, text}
}

// testApp is an app on a tenant that never answers, at noon, without colours.
func testApp(t testing.TB, w words) *App {
	t.Helper()
	client, err := hanko.NewClient("http://localhost:8000", hanko.Options{Transport: silence{}})
	if err != nil {
		t.Fatal(err)
	}
	return appWith(t, Options{
		Client: client, Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(),
		Tenant: w.tenant, Inbox: mailbox.NewInbox(), Notice: w.notice,
	})
}

func appWith(t testing.TB, options Options) *App {
	t.Helper()
	return appUntil(t.Context(), options)
}

func appUntil(ctx context.Context, options Options) *App {
	options.Renderer = lipgloss.NewRenderer(io.Discard)
	options.Renderer.SetColorProfile(termenv.Ascii)
	if options.Now == nil {
		options.Now = func() time.Time { return noon }
	}
	app := New(ctx, options)
	app.ticking = true // no ticks: their commands would hold the tests up
	return app
}

// silence is a tenant that does not answer before the caller gives up.
type silence struct{}

func (silence) RoundTrip(request *http.Request) (*http.Response, error) {
	<-request.Context().Done()
	return nil, request.Context().Err()
}

// show brings a step on the screen, as the end of an action does.
func (a *App) show(step login.Step) {
	a.busy = &busy{cancel: func() {}}
	a.Update(ArrivedMsg{Step: step})
}

// press sends keys by their names; a command that comes of the last one is returned.
func (a *App) press(names ...string) (cmd tea.Cmd) {
	for _, name := range names {
		_, cmd = a.Update(KeyMsg(name))
	}
	return cmd
}

// answerTo has the page on the phone do what a key does, and returns the command that comes of it.
func (a *App) answerTo(name string) tea.Cmd {
	return a.answer(Press(a.page, a.situation(onPhone), KeyMsg(name)))
}

func passkeysOf(app *App) *passkeysTab { return app.tab(tabPasskeys).(*passkeysTab) }
func codeOfApp(app *App) *codeTab      { return app.tab(tabCode).(*codeTab) }
func guideOf(app *App) *guideTab       { return app.tab(tabGuide).(*guideTab) }

func paste(text string) tea.KeyMsg {
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true}
}

// screen is one thing that the app can show.
type screen struct {
	name   string
	typing bool // letters are typed there
	show   func(t testing.TB, w words) *App
}

// screens are all of them.
func screens() []screen {
	app := func(do func(app *App, w words)) func(testing.TB, words) *App {
		return func(t testing.TB, w words) *App {
			app := testApp(t, w)
			do(app, w)
			return app
		}
	}
	step := func(make func(w words) login.Step) func(testing.TB, words) *App {
		return app(func(app *App, w words) { app.show(make(w)) })
	}
	return append(tabScreens(app), []screen{
		{"email", true, app(func(*App, words) {})},
		{"email-filled", true, step(func(w words) login.Step { return login.EnterEmail{Email: w.email} })},
		{"email-button", false, app(func(app *App, _ words) { app.press("down") })},
		{"email-problem", true, step(func(w words) login.Step {
			return login.EnterEmail{Email: w.email, Problem: problem(w)}
		})},
		{"email-toast", true, app(func(app *App, w words) { app.Update(ToastMsg{w.said}) })},
		{"email-busy", true, app(func(app *App, w words) { app.Update(ActMsg{login.SubmitEmail{Email: w.email}}) })},
		{"email-connectable", true, app(func(app *App, w words) { offerConnect(app, w) })},
		{"email-remember", true, app(func(app *App, _ words) {
			app.Update(recognisedMsg{found: hanko.Recognition{API: hanko.FlowAPI, Found: "Hanko v3", Because: "it is"}, asksToRemember: true})
			app.press("ctrl+r")
		})},
		{"connect", true, app(func(app *App, w words) { openedConnect(app, w) })},
		{"connect-typed", true, app(func(app *App, w words) {
			openedConnect(app, w)
			app.Update(paste(w.domain + ":8000"))
		})},
		{"connect-asking", true, app(func(app *App, w words) {
			openedConnect(app, w)
			app.Update(paste("localhost:8000"))
			app.press("enter")
		})},
		{"connect-problem", true, app(func(app *App, w words) {
			openedConnect(app, w)
			app.page.(*connectPage).problem = problem(w)
		})},
		{"connect-found", true, app(func(app *App, w words) { foundTenant(app, w) })},
		{"connect-refused", false, app(func(app *App, w words) {
			foundTenant(app, w).problem = problem(w)
			app.press("down", "down")
		})},
		{"connect-saved", false, app(func(app *App, w words) {
			p := foundTenant(app, w)
			app.busy = &busy{cancel: func() {}}
			app.Update(workedMsg{savedMsg{page: p, saved: Saved{Path: w.path, Beaten: w.header}}})
		})},
		{"form-session", true, step(func(w words) login.Step { return sessionForm(w) })},
		{"email-android", true, func(t testing.TB, w words) *App {
			client, err := hanko.NewClient("http://localhost:8000", hanko.Options{Transport: silence{}})
			if err != nil {
				t.Fatal(err)
			}
			return appWith(t, Options{Client: client, Profile: authenticator.Android(authenticator.AndroidApp{}), Store: authenticator.NewMemoryKeystore(), Tenant: w.tenant})
		}},
		{"email-browser", true, func(t testing.TB, w words) *App {
			client, err := hanko.NewClient("http://localhost:8000", hanko.Options{Transport: silence{}})
			if err != nil {
				t.Fatal(err)
			}
			return appWith(t, Options{Client: client, Profile: authenticator.SecurityKey("https://" + w.domain), Store: authenticator.NewMemoryKeystore(), Tenant: w.tenant})
		}},
		{"palette", true, app(func(app *App, _ words) { app.press("ctrl+k") })},
		{"palette-narrowed", true, app(func(app *App, w words) {
			app.show(profileStep(w))
			app.press("ctrl+k", "d", "e", "l")
		})},
		{"palette-nothing", true, app(func(app *App, _ words) { app.press("ctrl+k", "z", "z", "z") })},
		{"account", false, step(func(w words) login.Step { return login.ConfirmAccount{Email: w.email} })},
		{"passcode", true, step(func(w words) login.Step { return passcodeStep(w) })},
		{"passcode-typed", true, app(func(app *App, w words) {
			app.show(passcodeStep(w))
			app.press("1", "2", "3")
		})},
		{"passcode-mail", true, app(func(app *App, w words) {
			app.Update(mails(w))
			app.show(passcodeStep(w))
		})},
		{"passcode-banner", true, app(func(app *App, w words) {
			app.show(passcodeStep(w))
			app.Update(mails(w))
			for range bannerHeight {
				app.Update(bannerMsg{app.banner.number})
			}
		})},
		{"passcode-problem", true, step(func(w words) login.Step {
			step := passcodeStep(w)
			step.Problem, step.TriesLeft = problem(w), 2
			return step
		})},
		{"passcode-dead", true, step(func(w words) login.Step {
			step := passcodeStep(w)
			step.Problem, step.TriesLeft, step.Dead = problem(w), 0, true
			return step
		})},
		{"passcode-expired", true, step(func(w words) login.Step {
			step := passcodeStep(w)
			step.SentAt = noon.Add(-time.Hour)
			return step
		})},
		{"passcode-wait", true, step(func(w words) login.Step {
			step := passcodeStep(w)
			step.ResendAt = noon.Add(42 * time.Second)
			return step
		})},
		{"offer", false, step(func(w words) login.Step { return login.OfferPasskey{Email: w.email} })},
		{"signedin", false, step(func(w words) login.Step { return signedInStep(w) })},
		{"signedin-inspected", false, app(func(app *App, w words) {
			step := signedInStep(w)
			app.show(step)
			app.Update(InspectedMsg{step.Token.Raw, inspection(w)})
		})},
		{"signedin-refuted", false, app(func(app *App, w words) {
			step := signedInStep(w)
			step.Session.Cookie = nil
			step.Token.ExpiresAt = noon.Add(-time.Minute)
			app.show(step)
			said := errors.New(w.said)
			app.Update(InspectedMsg{step.Token.Raw, login.Inspection{SignatureErr: said, MeErr: said, ValidationErr: said}})
		})},
		{"signedin-registered", false, step(func(w words) login.Step {
			step := signedInStep(w)
			step.Method, step.Registered = login.ByPasscode, w.credentialID
			return step
		})},
		{"failed", false, step(func(w words) login.Step { return login.Failed{Problem: *problem(w)} })},
		{"failed-wait", false, func(t testing.TB, w words) *App {
			app := testApp(t, w)
			app.show(refusedStep(t, w))
			return app
		}},
		{"form-password", true, step(func(w words) login.Step { return passwordForm(w) })},
		{"form-otp", true, step(func(w words) login.Step { return otpForm(w) })},
		{"form-chooser", false, step(func(w words) login.Step { return chooserForm(w) })},
		{"form-unknown", true, step(func(w words) login.Step { return unknownForm(w) })},
		{"form-without-a-way-on", false, step(func(w words) login.Step { return login.FillForm{State: hanko.State(w.sentence), Email: w.email} })},
		{"profile", false, step(func(w words) login.Step { return profileStep(w) })},
		{"profile-confirm", false, app(func(app *App, w words) {
			app.show(profileStep(w))
			app.press("d")
		})},
		{"profile-rename", true, app(func(app *App, w words) {
			app.show(profileStep(w))
			app.press("down", "down", "n")
		})},
		{"offer-in-a-flow", false, step(func(w words) login.Step { return login.OfferPasskey{Email: w.email, Problem: problem(w)} })},
		{"consent-create", false, app(func(app *App, w words) {
			app.show(login.OfferPasskey{Email: w.email})
			app.Update(ask(w, authenticator.Create, 1))
		})},
		{"consent-android", false, app(func(app *App, w words) {
			asked := ask(w, authenticator.Create, 1)
			asked.profile = authenticator.Android(authenticator.AndroidApp{})
			app.Update(asked)
		})},
		{"consent-key", false, app(func(app *App, w words) {
			asked := ask(w, authenticator.Get, 1)
			asked.profile = authenticator.SecurityKey("https://" + w.domain)
			app.Update(asked)
		})},
		{"consent-get", false, app(func(app *App, w words) { app.Update(ask(w, authenticator.Get, 1)) })},
		{"consent-get-several", false, app(func(app *App, w words) {
			app.Update(ask(w, authenticator.Get, 9))
			app.press("down", "down")
		})},
		{"wire-empty", false, app(func(app *App, _ words) { app.press("tab") })},
		{"wire", false, app(func(app *App, w words) {
			app.Update(WireMsg{exchanges(w, 4)})
			app.press("tab")
		})},
		{"wire-open", false, app(func(app *App, w words) {
			app.Update(WireMsg{exchanges(w, 4)})
			app.press("tab", "enter")
		})},
		{"wire-decoded", false, app(func(app *App, w words) {
			app.Update(WireMsg{exchanges(w, 4)})
			app.press("tab", "up", "d")
		})},
		{"wire-kotlin", false, app(func(app *App, w words) {
			app.Update(WireMsg{exchanges(w, 4)})
			app.press("tab", "up", "d", "v", "v", "v")
		})},
		{"wire-secrets", false, app(func(app *App, w words) {
			app.Update(WireMsg{exchanges(w, 4)})
			app.press("tab", "enter", "m")
		})},
		{"wire-no-answer", false, app(func(app *App, w words) {
			app.Update(WireMsg{exchanges(w, 3)})
			app.press("tab", "enter")
		})},
		{"mail-empty", false, app(func(app *App, _ words) { app.turnTo(tabMail) })},
		{"mail", false, app(func(app *App, w words) {
			app.Update(mails(w))
			app.turnTo(tabMail)
		})},
		{"mail-open", false, app(func(app *App, w words) {
			app.Update(mails(w))
			app.turnTo(tabMail)
			app.press("enter")
		})},
		{"passkeys-empty", false, app(func(app *App, _ words) { app.turnTo(tabPasskeys) })},
		{"passkeys", false, app(func(app *App, w words) {
			app.Update(PasskeysMsg{Passkeys: passkeys(w)})
			app.turnTo(tabPasskeys)
		})},
		{"passkeys-confirm", false, app(func(app *App, w words) {
			app.Update(PasskeysMsg{Passkeys: passkeys(w)})
			app.turnTo(tabPasskeys)
			app.press("down", "d")
		})},
		{"passkeys-error", false, app(func(app *App, w words) {
			app.Update(PasskeysMsg{Err: errors.New(w.said)})
			app.turnTo(tabPasskeys)
		})},
		{"help", true, app(func(app *App, _ words) { app.press("f1") })},
		{"help-signedin", false, app(func(app *App, w words) {
			app.show(signedInStep(w))
			app.press("?")
		})},
	}...)
}

// problem is a problem as package login makes one: all of its text is printable.
func problem(w words) *login.Problem {
	return &login.Problem{
		Sentence: hanko.Printable(w.sentence), Said: hanko.Printable(w.said), Cause: hanko.Printable(w.cause),
		Remedy: "Look at the newest mail and type its code.",
	}
}

func passcodeStep(w words) login.EnterPasscode {
	return login.EnterPasscode{Email: w.email, NewUser: true, SentAt: noon, TTL: 5 * time.Minute, TriesLeft: 3}
}

// refusedStep is a failure of a real walk, with its exchanges.
func refusedStep(t testing.TB, w words) login.Failed {
	t.Helper()
	client, err := hanko.NewClient("http://localhost:8000", hanko.Options{Transport: angryTenant{w.said}})
	if err != nil {
		t.Fatal(err)
	}
	phone := authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), nil)
	failed, ok := login.New(client, phone, "").Take(context.Background(), login.SubmitEmail{Email: "ada@example.com"}).(login.Failed)
	if !ok {
		t.Fatal("the walk went on after a 429")
	}
	failed.Problem.RetryAt = noon.Add(30 * time.Second) // it goes by the machine's clock
	return failed
}

// angryTenant is one that wants to be left in peace.
type angryTenant struct{ message string }

func (r angryTenant) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := json.Marshal(hanko.ErrorBody{Code: http.StatusTooManyRequests, Message: r.message})
	return &http.Response{
		StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"30"}}, Request: request,
		Body: io.NopCloser(strings.NewReader(string(body))),
	}, err
}

func signedInStep(w words) login.SignedIn {
	header, _ := json.Marshal(map[string]any{"alg": "RS256", "typ": "JWT", "kid": w.keyID}) // text can be marshalled
	claims, _ := json.Marshal(map[string]any{
		"sub": w.claim, "aud": []string{w.rpID}, "iat": noon.Add(-time.Minute).Unix(), "exp": noon.Add(12 * time.Hour).Unix(),
		"session_id": "3a5f1c52-33f8-4f3c-8f0f-2d1c3e4b5a69", "email": map[string]any{"address": w.email, "is_verified": true}, w.path: w.claim,
	})
	raw := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(claims) + ".c2lnbmF0dXJlLXNpZ25hdHVyZQ"
	token, err := hanko.ParseToken(raw)
	if err != nil {
		panic(err)
	}
	return login.SignedIn{
		Session: hanko.Session{
			Token: raw, Lifetime: 12 * time.Hour, Retention: w.retention,
			Cookie: &http.Cookie{
				Name: w.cookieName, Value: raw, Path: "/", Domain: w.domain, MaxAge: 43200, HttpOnly: true, Secure: true,
				SameSite: http.SameSiteNoneMode,
			},
		},
		Token: token, Email: w.email, Method: login.ByPasskey,
	}
}

func inspection(w words) login.Inspection {
	return login.Inspection{
		KeyIDs:     []string{w.keyID},
		Me:         hanko.Me{ID: w.claim, Emails: []hanko.Email{{Address: w.email}}},
		Validation: hanko.Validation{IsValid: true},
	}
}

func ask(w words, ceremony authenticator.Ceremony, accounts int) consentAsk {
	request := authenticator.ConsentRequest{Ceremony: ceremony, RP: authenticator.RelyingParty{ID: w.rpID, Name: w.rpName}}
	for i := range accounts {
		account := authenticator.Account{CredentialID: []byte{byte(i)}, Name: w.userName, DisplayName: w.otherUser}
		if i > 0 {
			account.LastUsedAt = noon.Add(-time.Duration(i) * time.Hour)
		}
		request.Accounts = append(request.Accounts, account)
	}
	return consentAsk{profile: authenticator.IPhone(), request: request, answer: make(chan consentAnswer, 1), done: make(chan struct{})}
}

// exchanges are n of them; the third got no answer.
func exchanges(w words, n int) []hanko.Exchange {
	var made []hanko.Exchange
	for i := range n {
		exchange := hanko.Exchange{
			Method: http.MethodPost, URL: "http://localhost:8000" + w.path, Path: w.path,
			RequestHeader: http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + strings.Repeat("secret", 6)}},
			RequestBody:   []byte(w.exchangeBody),
			Status:        []int{200, 401, 0, 500}[i%4], Start: noon.Add(time.Duration(i) * time.Second), Duration: 7 * time.Millisecond,
			ResponseHeader: http.Header{"X-Request-Id": {w.header}, w.cookieName: {w.retention}},
			ResponseBody:   []byte(w.exchangeBody),
		}
		if exchange.Status == 0 {
			exchange.ResponseHeader, exchange.ResponseBody = nil, nil
			exchange.Err = &hanko.Error{Kind: hanko.Refused, Call: "POST /user", Status: 401, Message: w.said, Means: "It is not known why."}
		}
		made = append(made, exchange)
	}
	return made
}

func mails(w words) InboxMsg {
	var all []mailbox.Mail
	for i := range 3 {
		all = append(all, mailbox.Mail{
			To: w.email, From: "Hanko <noreply@example.com>", Subject: w.subject, Body: w.body, Code: "123456", At: noon.Add(-time.Duration(i) * time.Minute),
		})
	}
	return InboxMsg{all, len(all)}
}

func passkeys(w words) []authenticator.Passkey {
	var all []authenticator.Passkey
	for i := range 3 {
		passkey := authenticator.Passkey{
			CredentialID: []byte(fmt.Sprint(w.credentialID, i)), RPID: w.rpID, UserName: w.userName, CreatedAt: noon.Add(-48 * time.Hour),
		}
		if i > 0 {
			passkey.LastUsedAt = noon.Add(-time.Duration(i) * time.Hour)
		}
		all = append(all, passkey)
	}
	return all
}
