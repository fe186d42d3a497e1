package hanko_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/hankosim/hanko"
)

// recorded is an exchange of a recorded run of a real Hanko v2.7.0.
type recorded struct {
	Note            string            `json:"note"`
	Method          string            `json:"method"`
	Path            string            `json:"path"`
	RequestHeaders  map[string]string `json:"request_headers"`
	RequestBody     json.RawMessage   `json:"request_body"`
	Status          int               `json:"status"`
	ResponseHeaders map[string]string `json:"response_headers"`
	ResponseBody    json.RawMessage   `json:"response_body"`
}

// token returns the session token of the request.
func (r recorded) token() string {
	return strings.TrimPrefix(r.RequestHeaders["Authorization"], "Bearer ")
}

// text returns a member of the request's body.
func (r recorded) text(t *testing.T, member string) string {
	t.Helper()
	var body map[string]string
	if err := json.Unmarshal(r.RequestBody, &body); err != nil {
		t.Fatalf("the recorded request %q: %v", r.Note, err)
	}
	return body[member]
}

// message returns the message of a recorded refusal.
func (r recorded) message(t *testing.T) string {
	t.Helper()
	var body hanko.ErrorBody
	if err := json.Unmarshal(r.ResponseBody, &body); err != nil {
		t.Fatalf("the recorded answer %q: %v", r.Note, err)
	}
	return body.Message
}

func recording(t testing.TB) []recorded {
	t.Helper()
	data, err := os.ReadFile("testdata/rest-2.7.0.json")
	if err != nil {
		t.Fatal(err)
	}
	var run []recorded
	if err := json.Unmarshal(data, &run); err != nil {
		t.Fatal(err)
	}
	return run
}

// notOurs are the recorded calls that do not belong to the REST API.
var notOurs = []string{"flow api"}

// needsSession has the calls that take a session token. The recorder, unlike an app, sent its token with other calls, too.
func needsSession(r recorded) bool {
	return r.Path == "/me" || r.Path == "/logout" || r.Method == http.MethodGet && r.Path == "/sessions/validate" ||
		strings.HasPrefix(r.Path, "/users/") ||
		strings.HasPrefix(r.Path, "/webauthn/registration/") || strings.HasPrefix(r.Path, "/webauthn/credentials")
}

// onWire is an exchange as the replaying server saw it.
type onWire struct {
	request  *http.Request
	body     []byte
	status   int
	header   http.Header
	response []byte
}

// replay serves recorded answers in order, and fails the test if a request differs from the recorded one.
type replay struct {
	t *testing.T

	mu    sync.Mutex
	queue []recorded
	seen  []onWire
}

func (r *replay) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, err := io.ReadAll(request.Body)
	if err != nil {
		r.t.Errorf("%s %s: %v", request.Method, request.URL, err)
	}
	if len(r.queue) == 0 {
		r.t.Errorf("%s %s came after the end of the recording", request.Method, request.URL)
		http.Error(w, "no answer left", http.StatusTeapot)
		return
	}
	next := r.queue[0]
	r.queue = r.queue[1:]
	if request.Method != next.Method || request.URL.RequestURI() != next.Path {
		r.t.Errorf("%s: came %s %s, recorded is %s %s", next.Note, request.Method, request.URL.RequestURI(), next.Method, next.Path)
		http.Error(w, "not the recorded request", http.StatusTeapot)
		return
	}
	if diff := cmp.Diff(decoded(r.t, next.RequestBody), decoded(r.t, body)); diff != "" {
		r.t.Errorf("%s: the request's body is not the recorded one (-recorded +came):\n%s", next.Note, diff)
	}
	if len(body) > 0 && request.Header.Get("Content-Type") != "application/json" {
		r.t.Errorf("%s: the body has the Content-Type %q, which Hanko answers with 415", next.Note, request.Header.Get("Content-Type"))
	}
	want := ""
	if needsSession(next) {
		want = next.RequestHeaders["Authorization"]
	}
	if got := request.Header.Get("Authorization"); got != want {
		r.t.Errorf("%s: came with Authorization %q, want %q", next.Note, got, want)
	}
	for name, value := range next.ResponseHeaders {
		w.Header().Set(name, value)
	}
	response := next.ResponseBody
	if string(response) == "null" {
		response = nil
	}
	w.WriteHeader(next.Status)
	_, _ = w.Write(response)
	r.seen = append(r.seen, onWire{request, body, next.Status, w.Header().Clone(), response})
}

// decoded returns decoded JSON, or nil if there is none.
func decoded(t *testing.T, data []byte) any {
	t.Helper()
	if len(data) == 0 {
		return nil
	}
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		t.Errorf("not JSON: %q: %v", data, err)
	}
	return value
}

// equalJSON checks that a result has everything from the answer, and nothing else.
func equalJSON(t *testing.T, got any, answer json.RawMessage) {
	t.Helper()
	encoded, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(decoded(t, answer), decoded(t, encoded)); diff != "" {
		t.Errorf("the result is not what the tenant said (-recorded +parsed):\n%s", diff)
	}
}

// equalSession compares a session with the headers of its answer.
func equalSession(t *testing.T, session hanko.Session, r recorded) {
	t.Helper()
	want := hanko.Session{Token: r.ResponseHeaders["X-Auth-Token"], Lifetime: 12 * time.Hour}
	if diff := cmp.Diff(want, session); diff != "" {
		t.Errorf("the session is not the recorded one (-recorded +found):\n%s", diff)
	}
}

// TestContract makes each recorded call of an app, with the recorded values, and compares the client's results with the
// recording.
func TestContract(t *testing.T) {
	run := slices.DeleteFunc(recording(t), func(r recorded) bool { return slices.Contains(notOurs, r.Note) })
	server := &replay{t: t, queue: slices.Clone(run)}
	listener := httptest.NewServer(server)
	defer listener.Close()
	var observed []hanko.Exchange
	client, err := hanko.NewClient(listener.URL, hanko.Options{
		UserAgent: "contract",
		Observe:   func(e hanko.Exchange) { observed = append(observed, e) },
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range run {
		t.Run(strings.ReplaceAll(r.Note, " ", "_"), func(t *testing.T) {
			err := replayCall(t, client, r)
			refused(t, err, r)
			if got := client.Log().Len(); got != i+1 {
				t.Fatalf("%d exchanges are in the log, want %d", got, i+1)
			}
		})
	}
	if len(server.queue) != 0 {
		t.Errorf("%d recorded answers were not asked for, the first is %q", len(server.queue), server.queue[0].Note)
	}
	logged := client.Log().From(0)
	equalWire(t, listener.URL, logged, server.seen)
	byValue := cmp.Comparer(func(a, b *hanko.Error) bool { return a == b })
	if diff := cmp.Diff(logged, observed, byValue); diff != "" {
		t.Errorf("Observe did not get what is in the log (-log +observed):\n%s", diff)
	}
}

// replayCall makes the client's call for a recorded request, and compares a success with the recorded answer.
func replayCall(t *testing.T, client *hanko.Client, r recorded) error {
	t.Helper()
	ctx := t.Context()
	var (
		result any // compared with the answer's body
		err    error
	)
	path, id := r.Path, ""
	if found, ok := strings.CutPrefix(path, "/users/"); ok {
		path, id = "/users/{id}", found
	}
	switch r.Method + " " + path {
	case "POST /user":
		result, err = client.FindUser(ctx, r.text(t, "email"))
	case "POST /users":
		result, err = client.CreateUser(ctx, r.text(t, "email"))
	case "POST /passcode/login/initialize":
		var limit hanko.RateLimit
		result, limit, err = client.InitializePasscode(ctx, r.text(t, "user_id"), r.text(t, "email_id"))
		equalRateLimit(t, limit, r)
	case "POST /passcode/login/finalize":
		var session hanko.Session
		session, err = client.FinalizePasscode(ctx, r.text(t, "id"), r.text(t, "code"))
		if err == nil {
			equalSession(t, session, r)
		}
	case "POST /webauthn/registration/initialize":
		result, err = client.InitializeRegistration(ctx, r.token())
	case "POST /webauthn/registration/finalize":
		result, err = client.FinalizeRegistration(ctx, r.token(), r.RequestBody)
	case "POST /webauthn/login/initialize":
		result, err = client.InitializeLogin(ctx, r.text(t, "user_id"))
	case "POST /webauthn/login/finalize":
		var session hanko.Session
		session, err = client.FinalizeLogin(ctx, r.RequestBody)
		if err == nil {
			equalSession(t, session, r)
		}
	case "GET /me":
		result, err = client.Me(ctx, r.token())
	case "GET /users/{id}":
		err = client.User(ctx, r.token(), id)
	case "POST /sessions/validate":
		result, err = client.ValidateToken(ctx, r.text(t, "session_token"))
	case "GET /health/alive":
		err = client.Alive(ctx)
	case "GET /webauthn/credentials":
		result, err = client.Credentials(ctx, r.token())
	case "GET /sessions/validate":
		result, err = client.ValidateSession(ctx, r.token())
	case "POST /logout":
		err = client.LogOut(ctx, r.token())
	case "GET /.well-known/config":
		result, err = client.PublicConfig(ctx)
	case "GET /.well-known/jwks.json":
		var keys hanko.KeySet
		keys, err = client.Keys(ctx)
		if want := keyIDs(t, r.ResponseBody); !slices.Equal(keys.IDs(), want) {
			t.Errorf("the key set has the ids %q, want %q", keys.IDs(), want)
		}
	default:
		t.Fatalf("the client has no call for %s %s, and the test does not say why", r.Method, r.Path)
	}
	if err == nil && result != nil {
		equalJSON(t, result, r.ResponseBody)
	}
	return err
}

func keyIDs(t *testing.T, jwks []byte) []string {
	t.Helper()
	var set struct {
		Keys []struct {
			ID string `json:"kid"`
		} `json:"keys"`
	}
	if err := json.Unmarshal(jwks, &set); err != nil || len(set.Keys) < 2 {
		t.Fatalf("the recorded key set %s: %v", jwks, err)
	}
	var ids []string
	for _, key := range set.Keys {
		ids = append(ids, key.ID)
	}
	return ids
}

func equalRateLimit(t *testing.T, got hanko.RateLimit, r recorded) {
	t.Helper()
	seconds, _ := time.ParseDuration(r.ResponseHeaders["X-RateLimit-Reset"] + "s")
	want := hanko.RateLimit{Reset: seconds}
	if r.ResponseHeaders["X-RateLimit-Limit"] != "" {
		want.Limit = 3
		want.Remaining = int(r.ResponseHeaders["X-RateLimit-Remaining"][0] - '0')
	}
	if got != want {
		t.Errorf("the rate limit is %+v, want %+v", got, want)
	}
}

// refused compares a call's error with the recorded answer.
func refused(t *testing.T, err error, r recorded) {
	t.Helper()
	var got *hanko.Error
	switch {
	case r.Status < 400 && err != nil:
		t.Fatalf("answered %d, and the client says %v", r.Status, err)
	case r.Status < 400:
		return
	case !errors.As(err, &got):
		t.Fatalf("answered %d, and the client says %v, want a *hanko.Error", r.Status, err)
	}
	var wait time.Duration
	if after := r.ResponseHeaders["Retry-After"]; after != "" {
		wait, _ = time.ParseDuration(after + "s")
	}
	if got.Kind != hanko.Refused || got.Status != r.Status || got.Message != r.message(t) || got.RetryAfter != wait ||
		got.Call != r.Method+" "+r.Path {
		t.Errorf("answered %d %q, and the client says %+v", r.Status, r.message(t), got)
	}
	if got.Means == "" || got.Do == "" {
		t.Errorf("%d is not explained: %+v", r.Status, got)
	}
	if text := err.Error(); !strings.Contains(text, got.Message) || !strings.Contains(text, got.Means) || !strings.Contains(text, got.Do) {
		t.Errorf("the text %q lacks the tenant's words, the meaning or the remedy", text)
	}
}

// equalWire compares the exchanges in the log with what the server saw and sent.
func equalWire(t *testing.T, url string, logged []hanko.Exchange, seen []onWire) {
	t.Helper()
	if len(logged) != len(seen) {
		t.Fatalf("%d exchanges are in the log, %d were on the wire", len(logged), len(seen))
	}
	for i, e := range logged {
		wire := seen[i]
		if e.Method != wire.request.Method || e.Path != wire.request.URL.Path || e.URL != url+wire.request.URL.Path || e.Status != wire.status {
			t.Errorf("logged is %s %s (%s) %d, on the wire was %s %s %d",
				e.Method, e.URL, e.Path, e.Status, wire.request.Method, wire.request.URL, wire.status)
		}
		if !bytes.Equal(e.RequestBody, wire.body) || !bytes.Equal(e.ResponseBody, wire.response) {
			t.Errorf("%s %s: the bodies logged are %q and %q, on the wire were %q and %q",
				e.Method, e.Path, e.RequestBody, e.ResponseBody, wire.body, wire.response)
		}
		for name := range e.RequestHeader {
			if diff := cmp.Diff(wire.request.Header[name], e.RequestHeader[name]); diff != "" {
				t.Errorf("%s %s: the request's %s (-wire +logged):\n%s", e.Method, e.Path, name, diff)
			}
		}
		for _, name := range []string{"Accept", "Authorization", "Content-Type", "User-Agent"} {
			if diff := cmp.Diff(wire.request.Header[name], e.RequestHeader[name]); diff != "" {
				t.Errorf("%s %s: the request's %s (-wire +logged):\n%s", e.Method, e.Path, name, diff)
			}
		}
		for name := range wire.header {
			if diff := cmp.Diff(wire.header[name], e.ResponseHeader[name]); diff != "" {
				t.Errorf("%s %s: the answer's %s (-wire +logged):\n%s", e.Method, e.Path, name, diff)
			}
		}
		if (e.Err != nil) != (wire.status >= 400) || e.Start.IsZero() || e.Duration <= 0 {
			t.Errorf("%s %s %d: logged with the error %v, start %v and duration %v", e.Method, e.Path, e.Status, e.Err, e.Start, e.Duration)
		}
	}
}

// TestDeleteCredential is not in TestContract, because the recorded run deletes no passkey.
func TestDeleteCredential(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		status       int
		refused      bool
	}{
		{"deleted", "", http.StatusNoContent, false},
		{"unknown", `{"code":404,"message":"Not Found"}`, http.StatusNotFound, true},
		{"no session", `{"code":401,"message":"Unauthorized"}`, http.StatusUnauthorized, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodDelete || r.RequestURI != "/webauthn/credentials/UmoWOrsG-_0" || r.Header.Get("Authorization") != "Bearer t0k3n" {
					t.Errorf("came %s %s with %v", r.Method, r.RequestURI, r.Header)
				}
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.answer)
			}))
			defer server.Close()
			err := newClient(t, server.URL, hanko.Options{}).DeleteCredential(t.Context(), "t0k3n", "UmoWOrsG-_0")
			if (err != nil) != test.refused {
				t.Errorf("answered %d, and the client says %v", test.status, err)
			}
			if test.refused && !strings.Contains(err.Error(), "passkey") && !strings.Contains(err.Error(), "session") {
				t.Errorf("%d is explained as %q", test.status, err)
			}
		})
	}
}

// Follow reports a call when it is sent, and again when it has ended. It ends with its context.
func TestLogFollow(t *testing.T) {
	answer := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-answer
		http.NotFound(w, r)
	}))
	defer server.Close()
	client := newClient(t, server.URL, hanko.Options{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = client.PublicConfig(t.Context())
	}()
	sent, err := client.Log().Follow(t.Context(), hanko.News{})
	if err != nil || len(sent.Ended) != 0 || len(sent.Pending) != 1 {
		t.Fatalf("a call was sent, and Follow says %+v, %v", sent, err)
	}
	if call := sent.Pending[0]; call.Method != http.MethodGet || call.Path != "/.well-known/config" || call.Status != 0 || call.Start.IsZero() ||
		call.RequestHeader.Get("Accept") == "" {
		t.Errorf("the call that was sent is %+v", call)
	}
	close(answer)
	ended, err := client.Log().Follow(t.Context(), sent)
	if err != nil || len(ended.Ended) != 1 || len(ended.Pending) != 0 || ended.Ended[0].Status != http.StatusNotFound {
		t.Errorf("the call has ended, and Follow says %+v, %v", ended, err)
	}
	<-done
	if all, err := client.Log().Follow(t.Context(), hanko.News{}); err != nil || len(all.Ended) != 1 {
		t.Errorf("from the beginning Follow says %+v, %v", all, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Log().Follow(ctx, ended); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context's end Follow says %v", err)
	}
	if got := client.Log().From(-3); len(got) != 1 {
		t.Errorf("From(-3) gives %d exchanges, want 1", len(got))
	}
	if got := client.Log().From(7); got != nil {
		t.Errorf("From(7) gives %d exchanges, want none", len(got))
	}
}

func newClient(t testing.TB, url string, options hanko.Options) *hanko.Client {
	t.Helper()
	client, err := hanko.NewClient(url, options)
	if err != nil {
		t.Fatal(err)
	}
	return client
}
