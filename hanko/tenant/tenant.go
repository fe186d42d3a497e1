package tenant

import (
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"example.com/hankosim/hanko/mailbox"
)

// Tenant is an embedded Hanko tenant. Make one with Open; it is safe for concurrent use.
type Tenant struct {
	rpID, rpName string
	settings     Settings
	inbox        *mailbox.Inbox
	log          *slog.Logger
	clock        func() time.Time
	webauthn     *webauthn.WebAuthn
	store        store
	keys         *keyring
	limiter      *limiter
	handler      http.Handler

	sweeping  sync.Mutex
	lastSweep time.Time
}

// Open makes a tenant, with what its file remembers. A file that is locked by another process, damaged, or not a
// tenant's gives a *StoreError and is left as it is; an option that cannot be meant gives a plain error.
func Open(options Options) (*Tenant, error) {
	o, err := options.filled()
	if err != nil {
		return nil, fmt.Errorf("the embedded tenant cannot be opened: %w", err)
	}
	wa, err := newWebAuthn(o)
	if err != nil {
		return nil, fmt.Errorf("the embedded tenant cannot be a relying party: %w", err)
	}
	page, err := template.New("inbox").Parse(inboxHTML)
	if err != nil {
		return nil, fmt.Errorf("the inbox page of the embedded tenant is broken: %w", err)
	}
	var s store = newMemoryStore()
	if o.Path != "" {
		if s, err = openBolt(o.Path); err != nil {
			return nil, err
		}
	}
	t := &Tenant{
		rpID: o.RPID, rpName: o.RPName, settings: o.Settings,
		inbox: o.Inbox, log: o.Log, clock: o.Now, webauthn: wa, store: s,
		keys:    &keyring{store: s},
		limiter: &limiter{perMinute: o.Settings.PasscodesPerMinute, windows: make(map[string]*window)},
	}
	t.handler = t.frame(t.routes(page))
	return t, nil
}

// Handler serves the tenant's API and its inbox, at the root of its URL.
func (t *Tenant) Handler() http.Handler { return t.handler }

// Inbox is where the tenant's mails arrive.
func (t *Tenant) Inbox() *mailbox.Inbox { return t.inbox }

// Close frees the tenant's file once running requests are done with it. Requests after that are answered with 500.
func (t *Tenant) Close() error { return t.store.close() }

// now is the time as the tenant writes it: in UTC, to the microsecond like Hanko's database.
func (t *Tenant) now() time.Time { return t.clock().UTC().Truncate(time.Microsecond) }

// sweepNowAndThen sweeps the store, once a minute at most.
func (t *Tenant) sweepNowAndThen(tx txn) error {
	t.sweeping.Lock()
	defer t.sweeping.Unlock()
	now := t.now()
	if now.Sub(t.lastSweep) < time.Minute {
		return nil
	}
	t.lastSweep = now
	return sweep(tx, now)
}

// routes are Hanko's, with what the settings take away. As with Hanko a wrong method is a 404, not a 405.
func (t *Tenant) routes(inbox *template.Template) http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, e endpoint) { mux.HandleFunc(pattern, t.serve(e)) }

	handle("POST /user", t.lookUp)
	handle("POST /users", t.createUser)
	handle("GET /users/{id}", t.withSession(t.getUser))
	handle("GET /me", t.withSession(t.me))
	handle("GET /emails", t.withSession(t.listEmails))
	handle("POST /logout", t.withSession(t.logout))
	if !t.settings.DisableDeletion {
		handle("DELETE /user", t.withSession(t.deleteUser))
	}

	if !t.settings.MFA {
		handle("POST /passcode/login/initialize", t.initializePasscode)
		handle("POST /passcode/login/finalize", t.finalizePasscode)
	}

	if !t.settings.DisablePasskeys {
		handle("POST /webauthn/registration/initialize", t.withSession(t.initializeRegistration))
		handle("POST /webauthn/registration/finalize", t.withSession(t.finalizeRegistration))
		handle("POST /webauthn/login/initialize", t.initializeLogin)
		handle("POST /webauthn/login/finalize", t.finalizeLogin)
		handle("GET /webauthn/credentials", t.withSession(t.listCredentials))
		handle("PATCH /webauthn/credentials/{id}", t.withSession(t.renameCredential))
		handle("DELETE /webauthn/credentials/{id}", t.withSession(t.deleteCredential))
	}

	handle("GET /sessions/validate", t.validateRequest)
	handle("POST /sessions/validate", t.validateBody)
	handle("GET /.well-known/config", t.config)
	handle("GET /.well-known/jwks.json", t.publicKeys)
	handle("GET /health/alive", healthy("alive"))
	handle("GET /health/ready", healthy("ready"))

	handle("GET /{$}", start)
	handle("GET /inbox", t.inboxPage(inbox))
	handle("GET /inbox.json", t.inboxJSON)
	handle("/", notFound)
	return mux
}
