package login_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
)

// stage is a tenant behind real HTTP, with a transport that can replace single answers.
type stage struct {
	t      testing.TB
	tenant *tenant.Tenant
	url    string
	wire   *wire
	users  int
}

// newStage opens a tenant in memory, behind real HTTP on loopback.
func newStage(t testing.TB, options tenant.Options) *stage {
	t.Helper()
	served := tenanttest.Serve(t, options)
	return &stage{t: t, tenant: served.Tenant, url: served.URL, wire: &wire{faults: map[string][]http.RoundTripper{}}}
}

// unlimited are the settings of a tenant without a limit on passcodes.
var unlimited = tenant.Options{Settings: tenant.Settings{PasscodesPerMinute: -1}}

// wire sends the app's calls to the tenant, except for those that a test replaces.
type wire struct {
	mu     sync.Mutex
	faults map[string][]http.RoundTripper // by "METHOD path", each used once
}

// once replaces the answer of the next such call.
func (w *wire) once(call string, fault http.RoundTripper) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults[call] = append(w.faults[call], fault)
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	call := r.Method + " " + r.URL.Path
	next := http.DefaultTransport
	if waiting := w.faults[call]; len(waiting) > 0 {
		next, w.faults[call] = waiting[0], waiting[1:]
	}
	w.mu.Unlock()
	return next.RoundTrip(r)
}

// unused returns a call that was to be replaced, but was not made.
func (w *wire) unused() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for call, waiting := range w.faults {
		if len(waiting) > 0 {
			return call
		}
	}
	return ""
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// elsewhere answers a call from another server.
func elsewhere(base string, transport http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		target, err := url.Parse(base)
		if err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.URL.Scheme, r.URL.Host, r.Host = target.Scheme, target.Host, target.Host
		return transport.RoundTrip(r)
	})
}

// served answers a call with a handler behind real HTTP.
func served(t testing.TB, handler http.HandlerFunc) http.RoundTripper {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return elsewhere(server.URL, http.DefaultTransport)
}

// says returns a handler that answers with a status, a message and pairs of header names and values.
func says(status int, message string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "{\"code\":%d,\"message\":%q}\n", status, message)
	}
}

// page returns a handler that answers with a web page.
func page(status int, title string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "<!doctype html>\n<title>%s</title>\n<p>%s", title, strings.Repeat("Lorem ipsum. ", 50))
	}
}

// person has an address, a phone and a walk.
type person struct {
	*stage
	t       testing.TB
	email   string
	client  *hanko.Client
	phone   *authenticator.Phone
	walk    *login.Walk
	consent authenticator.Consent // nil says yes
}

// newPerson returns a person without an account, with an empty iPhone.
func (s *stage) newPerson(t testing.TB) *person {
	s.users++
	return s.personWith(t, fmt.Sprintf("ada%d@example.com", s.users), authenticator.NewMemoryKeystore(), hanko.Options{})
}

func (s *stage) personWith(t testing.TB, email string, store *authenticator.Keystore, options hanko.Options) *person {
	t.Helper()
	options.Transport = s.wire
	client, err := hanko.NewClient(s.url, options)
	if err != nil {
		t.Fatal(err)
	}
	p := &person{stage: s, t: t, email: email, client: client}
	p.phone = authenticator.NewPhone(authenticator.IPhone(), store, func(ctx context.Context, request authenticator.ConsentRequest) (authenticator.Decision, error) {
		if p.consent != nil {
			return p.consent(ctx, request)
		}
		return authenticator.AlwaysApprove(ctx, request)
	})
	p.walk = login.New(client, p.phone, email)
	p.walk.UseAPI(hanko.REST) // these are the answers of the REST API; what a tenant is, is recognised elsewhere
	return p
}

func (p *person) take(action login.Action) login.Step {
	p.t.Helper()
	return p.walk.Take(p.t.Context(), action)
}

// to takes an action, which must lead to a step of type S.
func to[S login.Step](p *person, action login.Action) S {
	p.t.Helper()
	step, ok := p.take(action).(S)
	if !ok {
		p.t.Fatalf("%T leads to %s, want a %T", action, described(p.walk.Step()), step)
	}
	return step
}

// code returns the newest passcode that was mailed to the person.
func (p *person) code() string {
	p.t.Helper()
	for _, mail := range p.tenant.Inbox().Mails() {
		if mail.To == p.email {
			return mail.Code
		}
	}
	p.t.Fatalf("no mail came for %s", p.email)
	return ""
}

// wrongCode returns a code that was not mailed.
func (p *person) wrongCode() string {
	p.t.Helper()
	if p.code() == "000000" {
		return "000001"
	}
	return "000000"
}

// finish continues from any step until the person is signed in, with a passkey on the phone.
func (p *person) finish() login.SignedIn {
	p.t.Helper()
	for range 8 {
		switch at := p.walk.Step().(type) {
		case login.EnterEmail:
			p.take(login.SubmitEmail{Email: p.email})
		case login.ConfirmAccount:
			p.take(login.CreateAccount{})
		case login.EnterPasscode:
			if at.Dead || at.Problem != nil {
				p.take(login.ResendPasscode{})
			} else {
				p.take(login.SubmitPasscode{Code: p.code()})
			}
		case login.OfferPasskey:
			p.take(login.RegisterPasskey{})
		case login.SignedIn:
			if passkeys, err := p.phone.Passkeys(); err != nil || len(passkeys) == 0 {
				p.t.Fatalf("signed in, and on the phone are %d passkeys (%v)", len(passkeys), err)
			}
			return at
		case login.FillForm, login.Profile, login.Failed:
			p.t.Fatalf("the walk cannot be finished: it stands at %s", described(at))
		}
	}
	p.t.Fatalf("the walk goes round in circles: it stands at %s", described(p.walk.Step()))
	return login.SignedIn{}
}

// problemOf returns a step's problem, or nil.
func problemOf(step login.Step) *login.Problem {
	switch at := step.(type) {
	case login.EnterEmail:
		return at.Problem
	case login.EnterPasscode:
		return at.Problem
	case login.OfferPasskey:
		return at.Problem
	case login.FillForm:
		return at.Problem
	case login.SignedIn:
		return at.Problem
	case login.Profile:
		return at.Problem
	case login.Failed:
		return &at.Problem
	case login.ConfirmAccount: // it has none
	}
	return nil
}

// described returns a step with its problem, for a test's message.
func described(step login.Step) string {
	if problem := problemOf(step); problem != nil {
		return fmt.Sprintf("%T: %s", step, problem.Error())
	}
	return fmt.Sprintf("%T", step)
}

// texts returns all texts of a step that a screen shows unchanged. Session and Token are not among them.
func texts(step login.Step) []string {
	var found []string
	switch at := step.(type) {
	case login.EnterEmail:
		found = append(found, at.Email)
	case login.ConfirmAccount:
		found = append(found, at.Email)
	case login.EnterPasscode:
		found = append(found, at.Email)
	case login.OfferPasskey:
		found = append(found, at.Email)
	case login.FillForm:
		found = append(found, at.Email)
	case login.SignedIn:
		found = append(found, at.Email, at.Registered, string(at.Method))
	case login.Profile:
		found = append(found, at.Email, at.Done)
	case login.Failed: // its problem is all
	}
	if problem := problemOf(step); problem != nil {
		found = append(found, problem.Sentence, problem.Said, problem.Cause, problem.Remedy, problem.Error())
	}
	return found
}

// drawable fails the test if a step has text that a terminal would not draw in its place.
func drawable(t testing.TB, step login.Step) {
	t.Helper()
	for _, text := range texts(step) {
		if hanko.Printable(text) != text {
			t.Errorf("%T has text with characters that do not belong on a screen: %q", step, text)
		}
		if len(text) > 3000 {
			t.Errorf("%T has a text of %d characters", step, len(text))
		}
	}
}

// calls checks the exchanges that led to a step, as "METHOD path status".
func calls(step login.Step) []string {
	var made []string
	for _, e := range step.Exchanges() {
		made = append(made, fmt.Sprintf("%s %s %d", e.Method, e.Path, e.Status))
	}
	return made
}

func wantCalls(t testing.TB, step login.Step, want ...string) {
	t.Helper()
	if got := calls(step); !slices.Equal(got, want) {
		t.Errorf("%T came about by the calls %q, want %q", step, got, want)
	}
}

// near reports whether a time is about that far from now, on a slow machine, too.
func near(at time.Time, wait time.Duration) bool {
	return (time.Until(at) - wait).Abs() < 20*time.Second
}
