package hanko_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/hankosim/hanko"
)

// flowExchange is an exchange of a recorded run of Hanko v3.0.4.
type flowExchange struct {
	Note            string            `json:"note"`
	Method          string            `json:"method"`
	Path            string            `json:"path"`
	RequestBody     json.RawMessage   `json:"request_body"`
	Status          int               `json:"status"`
	ResponseHeaders map[string]string `json:"response_headers"`
	ResponseBody    json.RawMessage   `json:"response_body"`
}

func recordedFlows(t *testing.T, path string) []flowExchange {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var exchanges []flowExchange
	if err := json.Unmarshal(content, &exchanges); err != nil {
		t.Fatal(err)
	}
	return exchanges
}

// The client walks through each recorded flow. It must send what was recorded, and read each recorded answer, whatever its
// status.
func TestFlowsAsRecorded(t *testing.T) {
	files, err := filepath.Glob("testdata/flow-*.json")
	if err != nil || len(files) != 4 {
		t.Fatalf("%d recordings, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { replayFlows(t, recordedFlows(t, file)) })
	}
}

func replayFlows(t *testing.T, recorded []flowExchange) {
	recorded = slices.DeleteFunc(recorded, func(e flowExchange) bool {
		return !strings.Contains(e.Path, "?action=") && !slices.Contains([]string{"/login", "/registration", "/profile"}, e.Path)
	})
	var served int
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next := recorded[served]
		served++
		if r.Method != next.Method || r.URL.RequestURI() != "/base"+next.Path {
			t.Errorf("%s: the client sent %s %s, recorded is %s", next.Note, r.Method, r.URL.RequestURI(), next.Path)
		}
		var sent any
		_ = json.NewDecoder(r.Body).Decode(&sent)
		if got, want := canonical(t, sent), canonical(t, next.RequestBody); got != want {
			t.Errorf("%s: the client sent\n%s, recorded is\n%s", next.Note, got, want)
		}
		for name, value := range next.ResponseHeaders {
			w.Header().Set(name, value)
		}
		w.WriteHeader(next.Status)
		_, _ = w.Write(next.ResponseBody)
	}))
	defer server.Close()
	client, err := hanko.NewClient(server.URL+"/base/", hanko.Options{})
	if err != nil {
		t.Fatal(err)
	}

	var at hanko.Flow
	for served < len(recorded) {
		exchange := recorded[served]
		flow, err := replayOne(t, client, at, exchange)
		exchange = recorded[served-1] // the preflight, which goes by itself, is behind us
		var want hanko.Flow
		if err := json.Unmarshal(exchange.ResponseBody, &want); err != nil {
			t.Fatal(err)
		}
		if want.Name == hanko.StateError {
			var failure *hanko.Error
			if !errors.As(err, &failure) || failure.Kind != hanko.Refused || failure.Status != exchange.Status ||
				failure.Message != string(want.Error.Code) || failure.Means == "" || failure.Do == "" {
				t.Errorf("%s: the error is %v", exchange.Note, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", exchange.Note, err)
		}
		checkFlow(t, exchange, flow, want)
		at = flow
	}
}

// replayOne makes a recorded call: it opens a flow, or takes an action of the previous state.
func replayOne(t *testing.T, client *hanko.Client, at hanko.Flow, exchange flowExchange) (hanko.Flow, error) {
	t.Helper()
	path, action, isAction := strings.Cut(exchange.Path, "?action=")
	if !isAction {
		return client.StartFlow(context.Background(), hanko.FlowName(strings.TrimPrefix(path, "/")), "")
	}
	word, _, _ := strings.Cut(action, "%40")
	name := hanko.ActionName(word)
	var body hanko.FlowInputs
	if err := json.Unmarshal(exchange.RequestBody, &body); err != nil {
		t.Fatal(err)
	}
	if offered := at.Actions[name]; exchange.Note != "unknown flow" && offered.Href != exchange.Path {
		t.Errorf("%s: the state offers %q, recorded is %q", exchange.Note, offered.Href, exchange.Path)
	}
	at.CSRFToken = body.CSRFToken // the recorded run also sent a stale one, on purpose
	at.Actions = map[hanko.ActionName]hanko.FlowAction{name: {Action: name, Href: exchange.Path}}
	return client.Act(context.Background(), at, name, body.InputData, "")
}

func checkFlow(t *testing.T, exchange flowExchange, got, want hanko.Flow) {
	t.Helper()
	if got.Name != want.Name || got.Status != exchange.Status || got.CSRFToken != want.CSRFToken {
		t.Errorf("%s: the state is %q, %d, %q", exchange.Note, got.Name, got.Status, got.CSRFToken)
	}
	if canonical(t, got.Actions) != canonical(t, want.Actions) || len(got.Actions) != len(want.Actions) {
		t.Errorf("%s: the actions are %v", exchange.Note, got.Actions)
	}
	if (got.Error == nil) != (want.Error == nil) || got.Error != nil && *got.Error != *want.Error {
		t.Errorf("%s: the error is %v", exchange.Note, got.Error)
	}
	if got.Error != nil {
		if means, do := got.Error.Explain(); means == "" || do == "" {
			t.Errorf("%s: nothing explains %q", exchange.Note, got.Error.Code)
		}
	}
	token := exchange.ResponseHeaders["X-Auth-Token"]
	if cookie, found := strings.CutPrefix(exchange.ResponseHeaders["Set-Cookie"], "hanko="); found {
		token, _, _ = strings.Cut(cookie, ";")
	}
	switch {
	case token == "" && got.Session != nil:
		t.Errorf("%s: there is a session, but none was recorded", exchange.Note)
	case token != "" && (got.Session == nil || got.Session.Token != token || got.Session.Lifetime.Seconds() != 43200 || got.Session.Retention != "persistent"):
		t.Errorf("%s: the session is %+v", exchange.Note, got.Session)
	}
}

func canonical(t *testing.T, value any) string {
	t.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var generic any
	_ = json.Unmarshal(encoded, &generic)
	encoded, _ = json.Marshal(generic)
	return string(encoded)
}

// The client follows an action's href only if it is a path below the base URL.
func TestActionsDoNotLeadElsewhere(t *testing.T) {
	client, err := hanko.NewClient("http://127.0.0.1:1", hanko.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, href := range []string{"//evil.example/login", "https://evil.example/", "", "login?action=x"} {
		flow := hanko.Flow{Name: "login_init", Actions: map[hanko.ActionName]hanko.FlowAction{"skip": {Action: "skip", Href: href}}}
		_, err := client.Act(context.Background(), flow, "skip", nil, "a token")
		var failure *hanko.Error
		var foreign *hanko.ForeignHrefError
		if !errors.As(err, &failure) || failure.Kind != hanko.NotHanko || !errors.As(err, &foreign) || foreign.Href != href {
			t.Errorf("the href %q gives %v", href, err)
		}
		if said := failure.Summary(); !strings.HasPrefix(said, "POST skip could not be taken: the href ") {
			t.Errorf("the href %q is reported as %q", href, said)
		}
	}
	if _, err := client.Act(context.Background(), hanko.Flow{Name: "success"}, "skip", nil, ""); err == nil {
		t.Error("an action that is not offered was taken")
	}
	if client.Log().Len() != 0 {
		t.Errorf("%d requests were sent", client.Log().Len())
	}
}

// The client sends the cookie of a trusted device, but not the session's cookie.
func TestDeviceCookies(t *testing.T) {
	token := recordedToken(t)
	var sent []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent = append(sent, r.Header.Get("Cookie"))
		http.SetCookie(w, &http.Cookie{Name: "hanko-device-token", Value: "trusted", Secure: true})
		http.SetCookie(w, &http.Cookie{Name: "hanko", Value: token})
		_, _ = w.Write([]byte(`{"name":"success","status":200}`))
	}))
	defer server.Close()
	client, err := hanko.NewClient(server.URL, hanko.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		flow, err := client.StartFlow(context.Background(), hanko.LoginFlow, "")
		if err != nil || flow.Session == nil || flow.Session.Token != token {
			t.Fatalf("%+v, %v", flow.Session, err)
		}
	}
	if want := []string{"", "hanko-device-token=trusted"}; !slices.Equal(sent, want) {
		t.Errorf("the cookies sent are %q, want %q", sent, want)
	}
}

// The client keeps as many cookies as a browser keeps for a host, and ignores longer ones.
func TestDeviceCookiesAreBounded(t *testing.T) {
	var sent []*http.Cookie
	set := func(name string, length int) http.Cookie {
		return http.Cookie{Name: name, Value: strings.Repeat("v", length-len(name))}
	}
	answers := [][]http.Cookie{{{Name: "first", Value: "1"}, {Name: "again", Value: "1"}}}
	for n := range 10 {
		var some []http.Cookie
		for i := range 150 {
			some = append(some, set(fmt.Sprintf("cookie-%d", n*150+i), 100))
		}
		answers = append(answers, append(some, http.Cookie{Name: "again", Value: "2"}))
	}
	answers = append(answers, []http.Cookie{set("longest", 4096), set("too-long", 4097), {Name: "cookie-1499", MaxAge: -1}}, nil)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent = r.Cookies()
		for _, cookie := range answers[0] {
			http.SetCookie(w, &cookie)
		}
		answers = answers[1:]
		_, _ = w.Write([]byte(`{"name":"login_init","status":200}`))
	}))
	defer server.Close()
	client := newClient(t, server.URL, hanko.Options{})
	for len(answers) > 0 {
		if _, err := client.StartFlow(t.Context(), hanko.LoginFlow, ""); err != nil {
			t.Fatal(err)
		}
	}
	names := map[string]string{}
	for _, cookie := range sent {
		names[cookie.Name] = cookie.Value
	}
	if len(sent) != len(names) || len(sent) != 179 {
		t.Errorf("%d cookies are sent, of %d names, want 179", len(sent), len(names))
	}
	for name, want := range map[string]bool{
		"first": false, "cookie-1319": false, "cookie-1323": true, "cookie-1498": true, "cookie-1499": false,
		"longest": true, "too-long": false, "again": true,
	} {
		if _, kept := names[name]; kept != want {
			t.Errorf("the cookie %s is sent: %t", name, kept)
		}
	}
	if names["again"] != "2" || len(names["longest"]) != 4096-len("longest") {
		t.Errorf("the values are %q and %d bytes", names["again"], len(names["longest"]))
	}
}

// JSON without a state's name is not a flow, and the exchange has that error.
func TestNoFlow(t *testing.T) {
	for _, body := range []string{
		`null`, `{}`, `{"name":""}`, `{"name":null,"actions":{}}`, `[]`, `"preflight"`, `7`, `true`,
		`{"name":7}`, `{"name":"login_init","actions":[]}`, `{"id":"7dd96165"}`,
	} {
		t.Run(body, func(t *testing.T) {
			client := answer{status: 200, body: body}.client(t)
			start := func() error {
				_, err := client.StartFlow(t.Context(), hanko.LoginFlow, "")
				return err
			}
			act := func() error {
				offers := hanko.Flow{Name: "login_init", Actions: map[hanko.ActionName]hanko.FlowAction{"skip": {Action: "skip", Href: "/login?action=skip"}}}
				_, err := client.Act(t.Context(), offers, "skip", nil, "")
				return err
			}
			for _, call := range []func() error{start, act} {
				err := call()
				var failure *hanko.Error
				if !errors.As(err, &failure) || failure.Kind != hanko.NotHanko || !errors.Is(err, hanko.ErrNoFlow) ||
					!strings.Contains(err.Error(), "that is not a flow") || strings.Contains(err.Error(), "json") {
					t.Errorf("the error is %v", err)
				}
				logged := client.Log().From(client.Log().Len() - 1)[0]
				if logged.Err == nil || string(logged.ResponseBody) != body {
					t.Errorf("the exchange is %+v", logged)
				}
			}
		})
	}
	client := answer{status: 404, body: `{}`}.client(t)
	if _, err := client.StartFlow(t.Context(), hanko.LoginFlow, ""); !isRefused(err, 404) {
		t.Errorf("a refusal without a state is reported as %v", err)
	}
}

func isRefused(err error, status int) bool {
	var failure *hanko.Error
	return errors.As(err, &failure) && failure.Kind == hanko.Refused && failure.Status == status
}

func recordedToken(t *testing.T) string {
	t.Helper()
	for _, exchange := range recordedFlows(t, "testdata/flow-3.0.4-default.json") {
		if token := exchange.ResponseHeaders["X-Auth-Token"]; token != "" {
			return token
		}
	}
	t.Fatal("the recording has no token")
	return ""
}

// An error of an action names it without the ID of the flow, which tells a person nothing.
func TestFlowErrorsAreShort(t *testing.T) {
	server := httptest.NewServer(answering(http.StatusInternalServerError, `{"name":"error","error":{"code":"technical_error"}}`))
	defer server.Close()
	client, err := hanko.NewClient(server.URL, hanko.Options{})
	if err != nil {
		t.Fatal(err)
	}
	flow := hanko.Flow{Actions: map[hanko.ActionName]hanko.FlowAction{hanko.ActionBack: {Action: hanko.ActionBack, Href: "/login?action=back%40e0df6b15-2e78-443b-bee3-9f61a348126b"}}}
	_, err = client.Act(t.Context(), flow, hanko.ActionBack, nil, "")
	var failure *hanko.Error
	if !errors.As(err, &failure) || failure.Call != "POST /login?action=back" {
		t.Errorf("the error is %v", err)
	}
}
