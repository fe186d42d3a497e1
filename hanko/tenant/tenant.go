package tenant

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/flow"
	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
	"example.com/hankosim/hanko/tenant/thirdparty"
)

// Tenant is an embedded Hanko tenant. Create one with Open. It is safe for concurrent use.
type Tenant struct {
	accounts *account.Accounts
	flows    *flow.Machine
	parties  *thirdparty.Service
	guard    *guard
	handler  http.Handler

	offset  atomic.Int64 // of the clock, see SetClock
	planned plans

	sweeping  sync.Mutex
	lastSweep time.Time
	unswept   int // requests since then that may have stored something
}

// Open opens a tenant, with what its file contains. A file that is locked by another process, damaged, not a tenant's, or
// not writable gives a *StoreError, and is left unchanged. An impossible option gives a plain error.
func Open(options Options) (*Tenant, error) {
	o, err := options.filled()
	if err != nil {
		return nil, fmt.Errorf("the embedded tenant cannot be opened: %w", err)
	}
	party, err := account.NewRelyingParty(o.RPName, o.Origins, o.Settings)
	if err != nil {
		return nil, fmt.Errorf("the embedded tenant cannot be a relying party: %w", err)
	}
	g, err := newGuard(o)
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
	t := &Tenant{guard: g}
	t.accounts = account.New(account.Config{
		RPName: o.RPName, RelyingParty: party, Settings: o.Settings,
		Store: s, Inbox: o.Inbox, Log: o.Log, Keys: o.Keys, PasswordCost: o.PasswordCost,
		Clock:        func() time.Time { return o.Now().Add(time.Duration(t.offset.Load())) },
		ThirdParties: slices.Concat(o.Settings.Providers(), o.ThirdParties),
	})
	if t.parties, err = thirdparty.New(t.accounts, t.BasePath()); err != nil {
		return nil, errors.Join(err, t.accounts.Close())
	}
	t.flows = flow.New(t.accounts, t.parties)
	t.handler = t.frame(t.belowBasePath(t.routes(page, o)))
	return t, nil
}

// StartedEmpty reports whether the tenant's file existed when it was opened, but was empty. Whatever was in it before is
// lost.
func (t *Tenant) StartedEmpty() bool {
	file, ok := t.accounts.Store.(*store.File)
	return ok && file.WasEmpty
}

// Handler serves the tenant's API and its inbox, at the root of its URL.
func (t *Tenant) Handler() http.Handler { return t.handler }

// BasePath returns the path of the API: "" or, on a multi-tenant server, "/" and the tenant's ID. It is part of the tenant's
// URL; the hrefs of flows do not contain it. The inbox and the files for apps are at the root, too.
func (t *Tenant) BasePath() string {
	if t.accounts.Settings.TenantID == "" {
		return ""
	}
	return "/" + t.accounts.Settings.TenantID
}

// belowBasePath serves the routes below the base path, and answers other paths as a multi-tenant server does.
func (t *Tenant) belowBasePath(routes http.Handler) http.Handler {
	base := t.BasePath()
	if base == "" {
		return routes
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		id, ok := parseUUID(first)
		switch {
		case slices.Contains([]string{"/inbox", "/inbox.json", "/error", assetLinksPath, applePath, relatedPath}, r.URL.Path),
			strings.HasPrefix(r.URL.Path, thirdparty.OwnPath+"/"):
			routes.ServeHTTP(w, r)
		case !ok:
			t.serve(func(http.ResponseWriter, *http.Request) error {
				return refuseWith(http.StatusBadRequest, "invalid tenant ID format")
			})(w, r)
		case id != t.accounts.Settings.TenantID:
			t.serve(func(http.ResponseWriter, *http.Request) error {
				return refuseWith(http.StatusNotFound, "tenant not found")
			})(w, r)
		case r.URL.Path == "/"+first:
			t.serve(nowhere)(w, r)
		default:
			http.StripPrefix("/"+first, routes).ServeHTTP(w, r)
		}
	})
}

// Inbox returns the inbox where the tenant's mails arrive.
func (t *Tenant) Inbox() *mailbox.Inbox { return t.accounts.Inbox }

// Close waits for running requests, and closes the tenant's file. Later requests are answered with 500.
func (t *Tenant) Close() error { return t.accounts.Close() }

// routes returns Hanko's routes, without those that the settings remove.
func (t *Tenant) routes(inbox *template.Template, o Options) http.Handler {
	r := newRouter(t)
	for _, name := range []hanko.FlowName{hanko.LoginFlow, hanko.RegistrationFlow, hanko.ProfileFlow} {
		r.handle("POST /"+string(name), t.flowEndpoint(name))
	}
	if t.accounts.Settings.DisableREST {
		r.group("", notFound) // in v3.0, every path is in a group
	} else {
		t.restRoutes(r)
	}
	r.handle("GET /me", t.withSession(t.me))
	r.handle("POST /logout", t.withSession(t.logout))
	if t.accounts.Settings.Sessions != setting.SessionsNone {
		r.handle("GET /sessions/validate", t.validateRequest)
		r.handle("POST /sessions/validate", t.validateBody)
	}
	r.handle("GET /.well-known/jwks.json", t.publicKeys)
	r.handle("GET /health/alive", healthy("alive"))
	r.handle("GET /health/ready", healthy("ready"))

	t.appFiles(r, o)
	r.handle("GET /{$}", start)
	r.handle("GET /inbox", t.guard.unlessCrossSite(t.inboxPage(inbox)))
	r.handle("GET /inbox.json", t.guard.unlessCrossSite(t.inboxJSON))
	t.thirdPartyRoutes(r)
	return r.handler()
}

// restRoutes adds the routes that v3.0 removed. The groups are those of v2.7.0 that have middleware.
func (t *Tenant) restRoutes(r *router) {
	behindSession := t.withSession(func(http.ResponseWriter, *http.Request, *account.Claims) error {
		return refuse(http.StatusNotFound)
	})
	r.handle("GET /.well-known/config", t.config)
	r.handle("POST /user", t.lookUp)
	r.handle("POST /token", t.exchangeToken)
	r.handle("GET /thirdparty/auth", t.thirdPartyAuth)
	r.group("/users", notFound)
	r.handle("POST /users", t.createUser)
	r.handle("GET /users/{id}", t.withSession(t.getUser))
	r.group("/emails", behindSession)
	r.handle("GET /emails", t.withSession(t.listEmails))
	r.handle("POST /emails", t.withSession(t.addEmail))
	r.handle("POST /emails/{id}/set_primary", t.withSession(t.setPrimaryEmail))
	r.handle("DELETE /emails/{id}", t.withSession(t.deleteEmail))
	if !t.accounts.Settings.DisableDeletion {
		r.handle("DELETE /user", t.withSession(t.deleteUser))
	}

	if !t.accounts.Settings.MFA && t.accounts.Settings.Passcodes() {
		r.group("/passcode/login", notFound)
		r.handle("POST /passcode/login/initialize", t.initializePasscode)
		r.handle("POST /passcode/login/finalize", t.finalizePasscode)
	}

	if !t.accounts.Settings.DisablePasskeys {
		r.group("/webauthn/registration", behindSession)
		r.handle("POST /webauthn/registration/initialize", t.withSession(t.initializeRegistration))
		r.handle("POST /webauthn/registration/finalize", t.withSession(t.finalizeRegistration))
		r.handle("POST /webauthn/login/initialize", t.initializeLogin)
		r.handle("POST /webauthn/login/finalize", t.finalizeLogin)
		r.group("/webauthn/credentials", behindSession)
		r.handle("GET /webauthn/credentials", t.withSession(t.listCredentials))
		r.handle("PATCH /webauthn/credentials/{id}", t.withSession(t.renameCredential))
		r.handle("DELETE /webauthn/credentials/{id}", t.withSession(t.deleteCredential))
	}
}
