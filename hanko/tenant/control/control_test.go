package control_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/exchange"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/hanko/tenant/control"
	"example.com/hankosim/internal/tenanttest"
)

// bench is a served tenant, with its control API and the phone.
type bench struct {
	t       *testing.T
	tenant  *tenanttest.Served
	control *control.Control
	url     string
	log     *strings.Builder
	store   *authenticator.Keystore
}

func newBench(t *testing.T, start control.Start, settings tenant.Settings) *bench {
	t.Helper()
	settings.TokenInHeader = true
	b := &bench{t: t, tenant: tenanttest.Serve(t, tenant.Options{Settings: settings}), log: new(strings.Builder), store: authenticator.NewMemoryKeystore()}
	b.control = control.New(b.tenant.Tenant, authenticator.IPhone(), b.store, start)
	if err := b.control.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(b.control.Handler(slog.New(slog.NewTextHandler(b.log, nil))))
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

// call sends a request, and returns the status, header and body. Only the control API gets the token.
func (b *bench) call(method, url, body string) (int, http.Header, string) {
	b.t.Helper()
	if strings.HasPrefix(url, "/") {
		url = b.url + url
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(url, b.url) {
		r.Header.Set("Authorization", "Bearer "+b.control.Token())
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(content)
}

func (b *bench) want(method, url, body string, status int, part string) string {
	b.t.Helper()
	got, _, answer := b.call(method, url, body)
	if got != status || !strings.Contains(answer, part) {
		b.t.Fatalf("%s %s %s is answered %d %s, want %d with %q", method, url, body, got, answer, status, part)
	}
	return answer
}

// passcode asks for a passcode and returns its ID.
func (b *bench) passcode(email string) string {
	b.t.Helper()
	var user hanko.UserLookup
	var sent hanko.Passcode
	decode(b.t, b.want("POST", b.tenant.URL+"/user", `{"email":"`+email+`"}`, 200, ""), &user)
	decode(b.t, b.want("POST", b.tenant.URL+"/passcode/login/initialize", `{"user_id":"`+user.ID+`"}`, 200, ""), &sent)
	return sent.ID
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// TestToken sends requests without the token, which are refused, and looks for the token in the log.
func TestToken(t *testing.T) {
	b := newBench(t, control.Start{}, tenant.Settings{})
	for _, header := range []string{"", "Bearer", "Bearer ", "Bearer wrong", b.control.Token(), "Bearer " + b.control.Token() + "x", "Basic " + b.control.Token()} {
		for _, path := range []string{"/reset", "/inbox", "/nothing"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.url+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", header)
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != http.StatusUnauthorized {
				t.Errorf("%q at %s is answered %s", header, path, response.Status)
			}
		}
	}
	if err := b.tenant.Close(); err != nil { // the next requests fail, and are logged
		t.Fatal(err)
	}
	if other := newBench(t, control.Start{}, tenant.Settings{}); other.control.Token() == b.control.Token() {
		t.Error("two controls have the same token")
	}
	if strings.Contains(b.log.String(), b.control.Token()) {
		t.Error("the token is in the log")
	}
}

// TestUsers adds users, who can sign in at once: with a passcode, and with the passkey on the phone.
func TestUsers(t *testing.T) {
	b := newBench(t, control.Start{Passcode: "123456", Users: []control.User{{Email: "ada@example.com", Passkey: true}}}, tenant.Settings{})
	id := b.passcode("Ada@example.com")
	_, header, _ := b.call("POST", b.tenant.URL+"/passcode/login/finalize", `{"id":"`+id+`","code":"123456"}`)
	if header.Get("X-Auth-Token") == "" {
		t.Error("the seeded user does not sign in with the fixed passcode")
	}
	phone := authenticator.NewPhone(authenticator.IPhone(), b.store, authenticator.AlwaysApprove)
	b.signIn(phone, 200)

	var added control.Added
	decode(t, b.want("POST", "/users", `{"email":"bob@example.com","passkey":true}`, 201, ""), &added)
	found, err := exchange.Parse([]byte(`{"credential":` + string(added.Credential) + `}`))
	if err != nil || len(found.Passkeys) != 1 {
		t.Fatalf("the credential %s is %+v, %v", added.Credential, found, err)
	}
	b.want("POST", "/users", `{"email":"bob@example.com"}`, 422, "already has a user")
	b.want("POST", "/users", `{"email":"bob"}`, 422, "not an email address")
	b.want("POST", "/users", `{}`, 422, "needs an email or a username")
	b.want("POST", "/users", `{"mail":"bob@example.com"}`, 400, "unknown field")
	b.want("POST", "/users", `{"username":"Cy","password":"correct-horse"}`, 201, "")
	b.want("POST", "/users", `{"username":"cy"}`, 422, "already has a user")
	b.want("POST", "/users", `{"email":"`+strings.Repeat("a", 70<<10)+`"}`, 413, "too long")

	// After a reset, everything is as at the start: with a new passkey for Ada, and without Bob and his.
	b.want("POST", "/reset", "", 204, "")
	b.want("POST", b.tenant.URL+"/user", `{"email":"bob@example.com"}`, 404, "")
	passkeys, err := b.store.Passkeys()
	if err != nil || len(passkeys) != 1 || passkeys[0].UserName != "ada@example.com" {
		t.Errorf("the phone has %+v, %v", passkeys, err)
	}
	b.signIn(phone, 200)
	if err := b.control.Forget(); err != nil {
		t.Fatal(err)
	}
	if passkeys, err := b.store.Passkeys(); err != nil || len(passkeys) != 0 {
		t.Errorf("the phone still has %+v, %v", passkeys, err)
	}
}

func (b *bench) signIn(phone *authenticator.Phone, status int) {
	b.t.Helper()
	options, err := authenticator.ParseRequestOptions([]byte(b.want("POST", b.tenant.URL+"/webauthn/login/initialize", `{}`, 200, "")))
	if err != nil {
		b.t.Fatal(err)
	}
	proof, err := phone.Get(b.t.Context(), options)
	if err != nil {
		b.t.Fatal(err)
	}
	body, err := json.Marshal(proof)
	if err != nil {
		b.t.Fatal(err)
	}
	b.want("POST", b.tenant.URL+"/webauthn/login/finalize", string(body), status, "")
}

// TestClock moves the clock: passcodes expire, and new tokens have another time.
func TestClock(t *testing.T) {
	b := newBench(t, control.Start{Passcode: "123456", Users: []control.User{{Email: "ada@example.com"}}}, tenant.Settings{})
	id := b.passcode("ada@example.com")
	b.want("PUT", "/clock", `{"offset":"5m1s"}`, 200, "now")
	b.want("POST", b.tenant.URL+"/passcode/login/finalize", `{"id":"`+id+`","code":"123456"}`, 408, "timed out")
	b.want("PUT", "/clock", `{"offset":"-48h"}`, 200, "now")
	id = b.passcode("ada@example.com")
	_, header, _ := b.call("POST", b.tenant.URL+"/passcode/login/finalize", `{"id":"`+id+`","code":"123456"}`)
	token, err := hanko.ParseToken(header.Get("X-Auth-Token"))
	if err != nil {
		t.Fatal(err)
	}
	if away := time.Until(token.ExpiresAt); away > -35*time.Hour || away < -37*time.Hour {
		t.Errorf("the token of two days ago expires in %s", away)
	}
	for _, bad := range []string{`{"offset":"soon"}`, `{"offset":1}`, `{}`, `[]`, ``, `{"offset":"1s"} {}`} {
		b.want("PUT", "/clock", bad, 400, "error")
	}
	b.want("POST", "/reset", "", 204, "")
	var now struct{ Now time.Time }
	decode(t, b.want("GET", "/clock", "", 200, ""), &now)
	if away := time.Since(now.Now); away.Abs() > time.Hour {
		t.Errorf("after a reset the clock is %s off", away)
	}
}

// TestInbox waits for a mail, and gets it when it arrives, without mails to other addresses.
func TestInbox(t *testing.T) {
	b := newBench(t, control.Start{Users: []control.User{{Email: "ada@example.com"}, {Email: "bob@example.com"}}}, tenant.Settings{})
	type inbox struct {
		Mails []struct{ To, Code string }
		Next  int
	}
	var empty inbox
	decode(t, b.want("GET", "/inbox?to=ada@example.com", "", 200, `"mails":[]`), &empty)
	came := make(chan string)
	go func() {
		_, _, answer := b.call("GET", "/inbox?to=ADA@example.com&wait=5m", "")
		came <- answer
	}()
	b.passcode("bob@example.com")
	b.passcode("ada@example.com")
	var first, second inbox
	decode(t, <-came, &first)
	if len(first.Mails) != 1 || first.Mails[0].To != "ada@example.com" || len(first.Mails[0].Code) != 6 {
		t.Fatalf("the mails are %+v", first)
	}
	b.passcode("ada@example.com")
	decode(t, b.want("GET", "/inbox?to=ada@example.com&wait=5m&after=2", "", 200, ""), &second)
	if len(second.Mails) != 1 || second.Next != 3 {
		t.Errorf("after the first one, the mails are %+v", second)
	}
	for _, bad := range []string{"wait=soon", "wait=-1s", "wait=1h", "after=x", "after=-1"} {
		b.want("GET", "/inbox?"+bad, "", 400, "error")
	}
	b.want("GET", "/inbox?after=999999", "", 200, `"mails":[]`)
}

// TestPasscode fixes the passcode, and makes it random again.
func TestPasscode(t *testing.T) {
	b := newBench(t, control.Start{Users: []control.User{{Email: "ada@example.com"}}}, tenant.Settings{PasscodesPerMinute: -1})
	b.want("PUT", "/passcode", `{"code":"abc234"}`, 204, "")
	b.passcode("ada@example.com")
	b.want("GET", "/inbox", "", 200, `"code":"abc234"`)
	for _, bad := range []string{`{"code":"12345"}`, `{"code":"12345 "}`, `{"code":"<b>456"}`, `{"code":123456}`} {
		b.want("PUT", "/passcode", bad, 400, "error")
	}
	b.want("PUT", "/passcode", `{"code":""}`, 204, "")
	b.passcode("ada@example.com")
	_, _, after := b.call("GET", "/inbox?after=1", "")
	if strings.Contains(after, "abc234") {
		t.Errorf("the passcode is still fixed: %s", after)
	}
}

// TestAnswers plans answers: the next one that matches is an error or late, and the one after it is the tenant's own.
func TestAnswers(t *testing.T) {
	answer, err := control.ParseAnswer("POST /user 503")
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, control.Start{Answers: []tenant.PlannedAnswer{answer}}, tenant.Settings{})
	url := b.tenant.URL
	b.want("GET", url+"/health/alive", "", 200, "alive")
	b.want("POST", url+"/user", `{"email":"ada@example.com"}`, 503, `"message":"Service Unavailable"`)
	b.want("POST", url+"/user", `{"email":"ada@example.com"}`, 404, "")
	b.want("POST", "/answers", `{"status":429,"times":2,"header":{"Retry-After":"30"}}`, 204, "")
	for range 2 {
		status, header, _ := b.call("GET", url+"/me", "")
		if status != 429 || header.Get("Retry-After") != "30" {
			t.Errorf("the planned answer is %d %v", status, header)
		}
	}
	b.want("GET", url+"/me", "", 401, "")
	b.want("POST", "/answers", `{"path":"/me","delay":"50ms"}`, 204, "")
	before := time.Now()
	b.want("GET", url+"/me", "", 401, "")
	if took := time.Since(before); took < 50*time.Millisecond {
		t.Errorf("the late answer took %s", took)
	}
	b.want("POST", "/answers", `{"path":"/me","status":500}`, 204, "")
	b.want("DELETE", "/answers", "", 204, "")
	b.want("GET", url+"/me", "", 401, "")
	for _, bad := range []string{`{}`, `{"status":200}`, `{"status":600}`, `{"delay":"1h"}`, `{"delay":"-1s"}`, `{"status":500,"path":"me"}`, `{"status":500,"method":"post"}`, `{"status":500,"times":-1}`, `{"status":500,"header":{"A":"b\r\nc"}}`} {
		b.want("POST", "/answers", bad, 400, "error")
	}
}

func TestParseAnswer(t *testing.T) {
	for text, want := range map[string]tenant.PlannedAnswer{
		"503":               {Status: 503},
		"2s /login":         {Path: "/login", Delay: 2 * time.Second},
		"GET /me 500 100ms": {Method: "GET", Path: "/me", Status: 500, Delay: 100 * time.Millisecond},
	} {
		got, err := control.ParseAnswer(text)
		if err != nil || got.Method != want.Method || got.Path != want.Path || got.Status != want.Status || got.Delay != want.Delay {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "POST", "/users", "POST POST 500", "503 503", "soon", "99", "700", "-2s", "1h"} {
		if got, err := control.ParseAnswer(text); err == nil {
			t.Errorf("%q is %+v", text, got)
		}
	}
}

// FuzzParseAnswer checks that what is parsed is possible as an answer.
func FuzzParseAnswer(f *testing.F) {
	for _, text := range []string{"POST /users 503 2s", "503", "2s", "/", "GET\x00 /me"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := control.ParseAnswer(text)
		if err == nil && (a.Status == 0 && a.Delay <= 0 || a.Status != 0 && (a.Status < 400 || a.Status > 599) || a.Delay > time.Hour) {
			t.Errorf("%q is %+v", text, a)
		}
	})
}
