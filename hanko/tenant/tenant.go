package tenant

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/flow"
	"example.com/hankosim/hanko/tenant/store"
)

// Tenant is an embedded Hanko tenant. Make one with Open; it is safe for concurrent use.
type Tenant struct {
	accounts *account.Accounts
	flows    *flow.Machine
	guard    *guard
	handler  http.Handler

	sweeping  sync.Mutex
	lastSweep time.Time
	unswept   int // requests that may have stored something since then
}

// Open makes a tenant, with what its file remembers. A file that is locked by another process, damaged, or not a
// tenant's, and one that cannot be written, gives a *StoreError and is left as it is; an option that cannot be meant gives
// a plain error.
func Open(options Options) (*Tenant, error) {
	o, err := options.filled()
	if err != nil {
		return nil, fmt.Errorf("the embedded tenant cannot be opened: %w", err)
	}
	doorkeeper, err := newGuard(o)
	if err != nil {
		return nil, fmt.Errorf("the embedded tenant cannot be opened: %w", err)
	}
	page, err := template.New("inbox").Parse(inboxHTML)
	if err != nil {
		return nil, fmt.Errorf("the inbox page of the embedded tenant is broken: %w", err)
	}
	var s store.Store = store.NewMemory()
	if o.Path != "" {
		if s, err = store.Open(o.Path); err != nil {
			return nil, err
		}
	}
	shared, err := account.New(account.Config{
		RPID: o.RPID, RPName: o.RPName, Origins: o.Origins, Settings: o.Settings,
		Store: s, Inbox: o.Inbox, Log: o.Log, Clock: o.Now, Keys: o.Keys, PasswordCost: o.PasswordCost,
	})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	t := &Tenant{accounts: shared, flows: flow.New(shared), guard: doorkeeper}
	t.handler = t.frame(t.belowBasePath(t.routes(page)))
	return t, nil
}

// StartedEmpty reports whether the tenant's file was there when it was opened, and was empty. If there ever was something
// in it, it is gone.
func (t *Tenant) StartedEmpty() bool {
	file, ok := t.accounts.Store.(*store.File)
	return ok && file.WasEmpty
}

// Handler serves the tenant's API and its inbox, at the root of its URL.
func (t *Tenant) Handler() http.Handler { return t.handler }

// BasePath is the path below which the API is: "" or, on a multi-tenant server, "/" and the tenant's id. It belongs to
// the tenant's URL; the hrefs of flows do not contain it. The inbox is at the root as well.
func (t *Tenant) BasePath() string {
	if t.accounts.Settings.TenantID == "" {
		return ""
	}
	return "/" + t.accounts.Settings.TenantID
}

// belowBasePath answers like a multi-tenant server, where the tenant is one.
func (t *Tenant) belowBasePath(routes http.Handler) http.Handler {
	base := t.BasePath()
	if base == "" {
		return routes
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		id, ok := parseUUID(first)
		switch {
		case r.URL.Path == "/inbox" || r.URL.Path == "/inbox.json":
			routes.ServeHTTP(w, r)
		case !ok:
			t.serve(func(http.ResponseWriter, *http.Request) error {
				return refuseWith(http.StatusBadRequest, "invalid tenant ID format")
			})(w, r)
		case id != t.accounts.Settings.TenantID:
			t.serve(func(http.ResponseWriter, *http.Request) error {
				return refuseWith(http.StatusNotFound, "tenant not found")
			})(w, r)
		default:
			http.StripPrefix("/"+first, routes).ServeHTTP(w, r)
		}
	})
}

// Inbox is where the tenant's mails arrive.
func (t *Tenant) Inbox() *mailbox.Inbox { return t.accounts.Inbox }

// Close frees the tenant's file once running requests are done with it. Requests after that are answered with 500.
func (t *Tenant) Close() error { return t.accounts.Close() }

// routes are Hanko's, with what the settings take away. As with Hanko a wrong method is a 404, not a 405.
func (t *Tenant) routes(inbox *template.Template) http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, e endpoint) { mux.HandleFunc(pattern, t.serve(e)) }

	for _, name := range []hanko.FlowName{hanko.LoginFlow, hanko.RegistrationFlow, hanko.ProfileFlow} {
		handle("POST /"+string(name), t.flowEndpoint(name))
	}
	if !t.accounts.Settings.DisableREST {
		t.restRoutes(handle)
	}
	handle("GET /me", t.withSession(t.me))
	handle("POST /logout", t.withSession(t.logout))
	handle("GET /sessions/validate", t.validateRequest)
	handle("POST /sessions/validate", t.validateBody)
	handle("GET /.well-known/jwks.json", t.publicKeys)
	handle("GET /health/alive", healthy("alive"))
	handle("GET /health/ready", healthy("ready"))

	handle("GET /{$}", start)
	handle("GET /inbox", t.guard.unlessCrossSite(t.inboxPage(inbox)))
	handle("GET /inbox.json", t.guard.unlessCrossSite(t.inboxJSON))
	handle("/", notFound)
	return mux
}

// restRoutes are those that v3.0 took away.
func (t *Tenant) restRoutes(handle func(pattern string, e endpoint)) {
	handle("GET /.well-known/config", t.config)
	handle("POST /user", t.lookUp)
	handle("POST /users", t.createUser)
	handle("GET /users/{id}", t.withSession(t.getUser))
	handle("GET /emails", t.withSession(t.listEmails))
	handle("POST /emails", t.withSession(t.addEmail))
	handle("POST /emails/{id}/set_primary", t.withSession(t.setPrimaryEmail))
	handle("DELETE /emails/{id}", t.withSession(t.deleteEmail))
	if !t.accounts.Settings.DisableDeletion {
		handle("DELETE /user", t.withSession(t.deleteUser))
	}

	if !t.accounts.Settings.MFA {
		handle("POST /passcode/login/initialize", t.initializePasscode)
		handle("POST /passcode/login/finalize", t.finalizePasscode)
	}

	if !t.accounts.Settings.DisablePasskeys {
		handle("POST /webauthn/registration/initialize", t.withSession(t.initializeRegistration))
		handle("POST /webauthn/registration/finalize", t.withSession(t.finalizeRegistration))
		handle("POST /webauthn/login/initialize", t.initializeLogin)
		handle("POST /webauthn/login/finalize", t.finalizeLogin)
		handle("GET /webauthn/credentials", t.withSession(t.listCredentials))
		handle("PATCH /webauthn/credentials/{id}", t.withSession(t.renameCredential))
		handle("DELETE /webauthn/credentials/{id}", t.withSession(t.deleteCredential))
	}
}
