package faultproxy_test

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/faultproxy"
	"example.com/hankosim/internal/tenanttest"
)

const (
	limit      = 200 * time.Millisecond // of a call that stalls
	mostMemory = 100 << 20
)

// endpoint is an endpoint that a walk calls. Over the Flow API, call ends with the start of an action.
type endpoint struct {
	preset tenant.Preset
	call   string
	gives  faultproxy.Group // Tokens or Keys if its answer has them
}

func (e endpoint) matches(r *http.Request) bool {
	call := r.Method + " " + r.URL.RequestURI()
	return call == e.call || strings.Contains(e.call, "?") && strings.HasPrefix(call, e.call)
}

// meets reports whether a fault makes sense at the endpoint.
func (e endpoint) meets(fault faultproxy.Fault) bool {
	return fault.Group != faultproxy.Tokens && fault.Group != faultproxy.Keys || fault.Group == e.gives
}

var endpoints = []endpoint{
	{tenant.PresetGuide, "GET /.well-known/config", ""},
	{tenant.PresetGuide, "POST /user", ""},
	{tenant.PresetGuide, "POST /users", ""},
	{tenant.PresetGuide, "POST /passcode/login/initialize", ""},
	{tenant.PresetGuide, "POST /passcode/login/finalize", faultproxy.Tokens},
	{tenant.PresetGuide, "POST /webauthn/registration/initialize", ""},
	{tenant.PresetGuide, "POST /webauthn/registration/finalize", ""},
	{tenant.PresetGuide, "POST /webauthn/login/initialize", ""},
	{tenant.PresetGuide, "POST /webauthn/login/finalize", faultproxy.Tokens},
	{tenant.PresetGuide, "GET /me", ""},
	{tenant.PresetGuide, "GET /webauthn/credentials", ""},
	{tenant.PresetGuide, "GET /.well-known/jwks.json", faultproxy.Keys},
	{tenant.PresetGuide, "POST /logout", ""},
	{tenant.PresetV3Passwordless, "POST /login", ""},
	{tenant.PresetV3Passwordless, "POST /login?action=continue_with_login_identifier", ""},
	{tenant.PresetV3Passwordless, "POST /registration", ""},
	{tenant.PresetV3Passwordless, "POST /registration?action=register_login_identifier", ""},
	{tenant.PresetV3Passwordless, "POST /registration?action=verify_passcode", ""},
	{tenant.PresetV3Passwordless, "POST /registration?action=webauthn_generate_creation_options", ""},
	{tenant.PresetV3Passwordless, "POST /registration?action=webauthn_verify_attestation_response", faultproxy.Tokens},
	{tenant.PresetV3Passwordless, "POST /login?action=webauthn_generate_request_options", ""},
	{tenant.PresetV3Passwordless, "POST /login?action=webauthn_verify_assertion_response", faultproxy.Tokens},
	{tenant.PresetV3Passwordless, "POST /profile", ""},
}

// TestWalks has each fault occur at each endpoint, on a walk that signs up, registers a passkey, opens the profile, logs out,
// and signs in with the passkey. The walk continues, or says what is wrong, with an error of the right kind and in printable
// text. A call that stalls ends at its limit, and memory is bounded.
func TestWalks(t *testing.T) {
	faults := faultproxy.Faults()
	t.Run("at", func(t *testing.T) {
		for _, at := range endpoints {
			t.Run(string(at.preset)+" "+at.call, func(t *testing.T) {
				t.Parallel()
				settings := tenanttest.Settings(t, at.preset, "passcodes-per-minute=off")
				settings.TokenInHeader = true
				served := tenanttest.Serve(t, tenant.Options{Settings: settings}, spoiled(at, faults))
				var stalled sync.WaitGroup
				defer stalled.Wait()
				for n, fault := range faults {
					if !at.meets(fault) {
						continue
					}
					p := newPerson(t, served, at, fault, fmt.Sprintf("ada%d@example.com", n))
					if fault.Stalls { // they mostly wait
						stalled.Go(p.walk)
					} else {
						p.walk()
					}
				}
			})
		}
	})
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	t.Logf("%d MB of memory", memory.HeapSys>>20)
	if memory.HeapSys > mostMemory {
		t.Errorf("the walks took %d MB of memory", memory.HeapSys>>20)
	}
}

// spoiled returns a proxy that spoils an endpoint's answers with the fault that the user agent names.
func spoiled(at endpoint, faults []faultproxy.Fault) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		proxies := map[string]http.Handler{}
		for _, fault := range faults {
			proxies[fault.Name] = fault.In(at.matches)(next)
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { proxies[r.UserAgent()].ServeHTTP(w, r) })
	}
}

// person walks past a fault.
type person struct {
	t      *testing.T
	at     endpoint
	fault  faultproxy.Fault
	email  string
	served *tenanttest.Served
	client *hanko.Client
	login  *login.Walk
	said   []string // what the walk has said to the person
	calls  *limited
}

// limited counts the calls that are spoiled, and limits the time of those that stall. The others have time, because machines
// are busy.
type limited struct {
	matches func(*http.Request) bool
	stalls  bool
	next    http.RoundTripper
	met     int
}

func (l *limited) RoundTrip(r *http.Request) (*http.Response, error) {
	if l.matches(r) {
		l.met++
	}
	if l.stalls && l.matches(r) {
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		context.AfterFunc(ctx, cancel)
		r = r.WithContext(ctx)
	}
	return l.next.RoundTrip(r)
}

func newPerson(t *testing.T, served *tenanttest.Served, at endpoint, fault faultproxy.Fault, email string) *person {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxResponseHeaderBytes = 256 << 10 // as the client's own
	t.Cleanup(transport.CloseIdleConnections)
	calls := &limited{matches: at.matches, stalls: fault.Stalls, next: transport}
	client := served.Client(t, hanko.Options{UserAgent: fault.Name, Timeout: time.Minute, Transport: calls})
	phone := authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)
	return &person{t: t, at: at, fault: fault, email: email, served: served, client: client, login: login.New(client, phone, email), calls: calls}
}

// walk walks until the end or until a problem, and checks what the walk has said.
func (p *person) walk() {
	defer p.look()
	ctx := p.t.Context()
	var token string
	opened, left := false, false
	step := p.login.Take(ctx, login.SubmitEmail{Email: p.email})
	for range 20 {
		var next login.Action
		switch at := step.(type) {
		case login.EnterEmail:
			if p.hears(at.Problem) || !left {
				break
			}
			next = login.SignInWithPasskey{}
		case login.ConfirmAccount:
			next = login.CreateAccount{}
		case login.EnterPasscode:
			if !p.hears(at.Problem) {
				next = login.SubmitPasscode{Code: p.code()}
			}
		case login.OfferPasskey:
			if !p.hears(at.Problem) {
				next = login.RegisterPasskey{}
			}
		case login.FillForm:
			p.hears(at.Problem)
		case login.SignedIn:
			token = at.Session.Token
			switch {
			case p.hears(at.Problem):
			case !opened:
				next, opened = login.OpenProfile{}, true
			case !left:
				next, left = login.LogOut{}, true
			}
		case login.Profile:
			if !p.hears(at.Problem) {
				next = login.Back{}
			}
		case login.Failed:
			p.hears(&at.Problem)
		}
		if next == nil {
			break
		}
		step = p.login.Take(ctx, next)
	}
	if keys, err := p.client.Keys(ctx); err != nil {
		p.said = append(p.said, err.Error())
	} else if read, err := hanko.ParseToken(token); err != nil {
		p.said = append(p.said, err.Error())
	} else if err := keys.Verify(read); err != nil {
		p.said = append(p.said, err.Error())
	}
}

// hears notes a problem, and reports whether there is one.
func (p *person) hears(problem *login.Problem) bool {
	if problem == nil {
		return false
	}
	p.said = append(p.said, problem.Error())
	if problem.Err == nil {
		p.t.Errorf("%s: the problem has no cause: %s", p.fault.Name, problem.Error())
	}
	return true
}

// code returns the newest code that was mailed to the person.
func (p *person) code() string {
	for _, mail := range p.served.Tenant.Inbox().Mails() {
		if mail.To == p.email {
			return mail.Code
		}
	}
	return ""
}

// look compares what the calls and the walk have said with the fault.
func (p *person) look() {
	if p.calls.met == 0 {
		p.t.Errorf("%s: it did not occur in the walk, which says %q", p.fault.Name, p.said)
	}
	for _, exchange := range p.client.Log().From(0) {
		if exchange.Err == nil {
			continue
		}
		p.said = append(p.said, exchange.Err.Error())
		met := exchange.Method+" "+exchange.Path == p.at.call || strings.Contains(p.at.call, "?") && strings.HasPrefix(exchange.Method+" "+exchange.Path, p.at.call)
		if met && p.fault.Kind != 0 && exchange.Err.Kind != p.fault.Kind {
			p.t.Errorf("%s: the error is of the kind %d, want %d: %v", p.fault.Name, exchange.Err.Kind, p.fault.Kind, exchange.Err)
		}
	}
	if p.fault.Kind != 0 && len(p.said) == 0 {
		p.t.Errorf("%s: nothing was said", p.fault.Name)
	}
	for _, said := range p.said {
		if hanko.Printable(said) != said {
			p.t.Errorf("%s: this is not printable: %q", p.fault.Name, said)
		}
	}
}
