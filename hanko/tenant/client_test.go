package tenant

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"example.com/hankosim/hanko/tenant/account"
)

// reply is a response with its decoded body.
type reply struct {
	status int
	header http.Header
	raw    string
	body   any
}

// at returns the value at a path of keys in the body.
func (a reply) at(t testing.TB, keys ...string) any {
	t.Helper()
	value := a.body
	for _, key := range keys {
		object, ok := value.(map[string]any)
		if !ok || object[key] == nil {
			t.Fatalf("the answer %d %s has no %s", a.status, a.raw, strings.Join(keys, "."))
		}
		value = object[key]
	}
	return value
}

func (a reply) text(t testing.TB, keys ...string) string {
	t.Helper()
	text, ok := a.at(t, keys...).(string)
	if !ok {
		t.Fatalf("%s in %s is no string", strings.Join(keys, "."), a.raw)
	}
	return text
}

// want checks status and message, and returns the answer.
func (a reply) want(t testing.TB, status int, message string) reply {
	t.Helper()
	if a.status != status {
		t.Fatalf("answered %d %s, want %d %s", a.status, a.raw, status, message)
	}
	if message != "" && a.text(t, "message") != message {
		t.Fatalf("answered %d %q, want the message %q", a.status, a.text(t, "message"), message)
	}
	return a
}

// app speaks to a tenant like a mobile app: it keeps the token, and no cookies.
type app struct {
	t       testing.TB
	tenant  *Tenant
	token   string
	cookies []*http.Cookie
}

// call sends a request. A string is sent as it is, any other body as JSON, and nil is no body.
func (a *app) call(method, path string, body any) reply {
	a.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			a.t.Fatal(err)
		}
		reader = bytes.NewReader(data)
	}
	r := httptest.NewRequestWithContext(a.t.Context(), method, path, reader)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if a.token != "" {
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	for _, cookie := range a.cookies {
		r.AddCookie(cookie)
	}
	return a.send(r)
}

func (a *app) send(r *http.Request) reply {
	a.t.Helper()
	if r.Host == "example.com" { // where httptest's requests go
		r.Host = "localhost:8000"
	}
	w := httptest.NewRecorder()
	a.tenant.Handler().ServeHTTP(w, r)
	answer := reply{status: w.Code, header: w.Result().Header, raw: w.Body.String()}
	if strings.HasPrefix(answer.header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(w.Body.Bytes(), &answer.body); err != nil {
			a.t.Fatalf("%s %s answered %d with JSON that is none: %v", r.Method, r.URL, w.Code, err)
		}
	}
	return answer
}

// post sends a POST request, which must succeed.
func (a *app) post(path string, body any) reply {
	a.t.Helper()
	return a.call(http.MethodPost, path, body).want(a.t, http.StatusOK, "")
}

// codeFor returns the newest passcode for an address from the inbox.
func (a *app) codeFor(address string) string {
	a.t.Helper()
	for _, m := range a.tenant.Inbox().Mails() {
		if m.To == address {
			return m.Code
		}
	}
	a.t.Fatalf("no mail to %s", address)
	return ""
}

// takeToken keeps the session token of an answer, which is in the header or in the cookie.
func (a *app) takeToken(answer reply) {
	a.t.Helper()
	a.token = answer.header.Get("X-Auth-Token")
	for _, cookie := range (&http.Response{Header: answer.header}).Cookies() {
		if a.token == "" {
			a.token = cookie.Value
		}
	}
	if a.token == "" {
		a.t.Fatalf("no session token in %v", answer.header)
	}
}

// create creates a user without verifying the address.
func (a *app) create(address string) (userID, emailID string) {
	a.t.Helper()
	created := a.post("/users", map[string]string{"email": address})
	return created.text(a.t, "id"), created.text(a.t, "email_id")
}

// signUp creates a user and signs in with a passcode.
func (a *app) signUp(address string) (userID, emailID string) {
	a.t.Helper()
	a.token = "" // Hanko gives no passcode to somebody who is signed in as another
	userID, emailID = a.create(address)
	sent := a.post("/passcode/login/initialize", map[string]string{"user_id": userID, "email_id": emailID})
	a.takeToken(a.post("/passcode/login/finalize",
		map[string]string{"id": sent.text(a.t, "id"), "code": a.codeFor(address)}))
	return userID, emailID
}

// signIn signs a user in with a passcode.
func (a *app) signIn(userID, address string) {
	a.t.Helper()
	a.token = ""
	sent := a.post("/passcode/login/initialize", map[string]string{"user_id": userID})
	a.takeToken(a.post("/passcode/login/finalize",
		map[string]string{"id": sent.text(a.t, "id"), "code": a.codeFor(address)}))
}

// addPasskey registers the key and returns the user handle it was given.
func (a *app) addPasskey(k *testKey) (handle string) {
	a.t.Helper()
	options := a.post("/webauthn/registration/initialize", nil)
	a.post("/webauthn/registration/finalize", k.register(a.t, options.text(a.t, "publicKey", "challenge")))
	return options.text(a.t, "publicKey", "user", "id")
}

// usePasskey signs in with the key, without a user ID.
func (a *app) usePasskey(k *testKey, handle string) reply {
	a.t.Helper()
	options := a.post("/webauthn/login/initialize", map[string]string{})
	return a.call(http.MethodPost, "/webauthn/login/finalize",
		k.assert(a.t, options.text(a.t, "publicKey", "challenge"), handle))
}

// clock is a tenant's clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 23, 14, 47, 9, 130338000, time.UTC)} }

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// sharedKeys saves most tests the time to create keys.
var sharedKeys = sync.OnceValues(account.NewKeys)

func openTenant(t testing.TB, options Options) *app {
	t.Helper()
	if options.Keys == nil {
		options.Keys = sharedKeys
	}
	options.PasswordCost = cmp.Or(options.PasswordCost, bcrypt.MinCost)
	tenant, err := Open(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tenant.Close(); err != nil {
			t.Error(err)
		}
	})
	return &app{t: t, tenant: tenant}
}

// stores runs a test on memory and on a file.
func stores(t *testing.T, test func(t *testing.T, options Options)) {
	t.Run("memory", func(t *testing.T) { test(t, Options{}) })
	t.Run("file", func(t *testing.T) { test(t, Options{Path: filepath.Join(t.TempDir(), "tenant.db")}) })
}
