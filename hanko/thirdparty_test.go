package hanko_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/hankosim/hanko"
)

// thirdPartyRun is a recorded run of sign-ins with a third party. The notes say who asked: [app], [browser to tenant],
// [browser to provider] or [tenant to provider].
func thirdPartyRun(t *testing.T, file string) []recorded {
	t.Helper()
	opened, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	content, err := gzip.NewReader(opened)
	if err != nil {
		t.Fatal(err)
	}
	var run []recorded
	if err := json.NewDecoder(content).Decode(&run); err != nil {
		t.Fatal(err)
	}
	return run
}

func thirdPartyFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/thirdparty-*.json.gz")
	if err != nil || len(files) != 5 {
		t.Fatalf("%d recordings, %v", len(files), err)
	}
	return files
}

// The client makes each request of the app. It must send what was recorded, and read each recorded answer.
func TestThirdPartiesAsRecorded(t *testing.T) {
	for _, file := range thirdPartyFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			run := slices.DeleteFunc(thirdPartyRun(t, file), func(r recorded) bool {
				path, _, _ := strings.Cut(r.Path, "?")
				notCalled := []string{"/token_exchange", "/emails"} // no call of the client uses these
				return !strings.HasPrefix(r.Note, "[app]") || slices.Contains(notCalled, path) || path == "/token" && len(r.RequestBody) == 0
			})
			walk := &thirdPartyWalk{t: t, run: run, at: map[string]hanko.Flow{}}
			server := httptest.NewServer(walk)
			defer server.Close()
			client, err := hanko.NewClient(server.URL, hanko.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for walk.served < len(run) && !t.Failed() {
				walk.replay(client, run[walk.served])
			}
			if walk.exchanged == 0 || walk.offered == 0 && !strings.Contains(file, "rest") {
				t.Errorf("%d tokens were exchanged, %d states offered a provider", walk.exchanged, walk.offered)
			}
		})
	}
}

// thirdPartyWalk serves a recorded run's answers to the client, and compares the client's requests and results with it.
type thirdPartyWalk struct {
	t                  *testing.T
	run                []recorded
	served             int
	at                 map[string]hanko.Flow // by the flow's id
	exchanged, offered int
}

func (w *thirdPartyWalk) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	next := w.run[w.served]
	w.served++
	if request.Method != next.Method || request.URL.RequestURI() != next.Path {
		w.t.Errorf("%s: the client sent %s %s, recorded is %s", next.Note, request.Method, request.URL.RequestURI(), next.Path)
	}
	var sent any
	_ = json.NewDecoder(request.Body).Decode(&sent)
	if got, want := canonical(w.t, sent), canonical(w.t, next.RequestBody); got != want {
		w.t.Errorf("%s: the client sent\n%s, recorded is\n%s", next.Note, got, want)
	}
	for name, value := range next.ResponseHeaders {
		writer.Header().Set(name, value)
	}
	writer.WriteHeader(next.Status)
	_, _ = writer.Write(next.ResponseBody)
}

func (w *thirdPartyWalk) replay(client *hanko.Client, r recorded) {
	path, query, isAction := strings.Cut(r.Path, "?action=")
	switch {
	case isAction:
		w.act(client, r, query)
	case slices.Contains([]string{"/login", "/registration", "/profile"}, path):
		flow, err := client.StartFlow(w.t.Context(), hanko.FlowName(path[1:]), r.token())
		if err != nil {
			w.t.Fatalf("%s: %v", r.Note, err)
		}
		_, action, _ := strings.Cut(w.run[w.served-1].Path, "?action=") // of the preflight, which the client sends on its own
		w.note(w.run[w.served-1], action, flow)
	case path == "/token":
		w.exchanged++
		session, err := client.ExchangeToken(w.t.Context(), r.text(w.t, "value"))
		refused(w.t, err, r)
		if err == nil && (session.Token != r.ResponseHeaders["X-Auth-Token"] || session.Lifetime.Hours() != 12) {
			w.t.Errorf("%s: the session is %+v", r.Note, session)
		}
	case path == "/me":
		me, err := client.Me(w.t.Context(), r.token())
		refused(w.t, err, r)
		if err == nil && !strings.Contains(string(r.ResponseBody), me.ID) {
			w.t.Errorf("%s: the user is %+v", r.Note, me)
		}
		if err == nil && strings.Contains(string(r.ResponseBody), "created_at") { // backends before v2.3 send only the ID
			equalJSON(w.t, me, r.ResponseBody)
		}
	default:
		refused(w.t, replayCall(w.t, client, r), r)
	}
}

func (w *thirdPartyWalk) act(client *hanko.Client, r recorded, query string) {
	name, id, _ := strings.Cut(query, "%40")
	at, known := w.at[id]
	action := hanko.ActionName(name)
	if offered := at.Actions[action]; !known || offered.Href != r.Path {
		w.t.Errorf("%s: the state offers %q", r.Note, offered.Href)
	}
	var body hanko.FlowInputs
	if err := json.Unmarshal(r.RequestBody, &body); err != nil {
		w.t.Fatal(err)
	}
	if body.CSRFToken != at.CSRFToken {
		w.t.Errorf("%s: the csrf token of the state before is %q", r.Note, at.CSRFToken)
	}
	if action == hanko.ActionExchangeToken {
		w.exchanged++
	}
	flow, err := client.Act(w.t.Context(), at, action, body.InputData, r.token())
	if r.Status == http.StatusInternalServerError {
		// The flow goes on with the state before.
		var failure *hanko.Error
		if !errors.As(err, &failure) || failure.Message != string(hanko.CodeTechnicalError) {
			w.t.Errorf("%s: %v", r.Note, err)
		}
		return
	}
	if err != nil {
		w.t.Fatalf("%s: %v", r.Note, err)
	}
	w.note(r, query, flow)
}

// note compares a flow's state with the recorded answer, and keeps it.
func (w *thirdPartyWalk) note(r recorded, query string, flow hanko.Flow) {
	var want hanko.Flow
	if err := json.Unmarshal(r.ResponseBody, &want); err != nil {
		w.t.Fatal(err)
	}
	checkFlow(w.t, flowExchange{
		Note: r.Note, Status: r.Status, ResponseHeaders: map[string]string{"X-Auth-Token": r.ResponseHeaders["X-Auth-Token"]},
	}, flow, want)
	_, id, _ := strings.Cut(query, "%40")
	w.at[id] = flow
	if (flow.RedirectURL() != "") != strings.Contains(string(r.ResponseBody), `"redirect_url"`) {
		w.t.Errorf("%s: the redirect URL is %q", r.Note, flow.RedirectURL())
	}
	for _, name := range []hanko.ActionName{hanko.ActionThirdPartyOAuth, hanko.ActionConnectThirdPartyOAuthProvider} {
		for _, party := range flow.ThirdParties(name) {
			w.offered++
			if !strings.HasPrefix(party.ID, "custom_") || party.Name == "" {
				w.t.Errorf("%s: a provider is %+v", r.Note, party)
			}
		}
		if _, offered := flow.Actions[name]; offered && flow.TakesVerifier(name) == strings.Contains(w.t.Name(), "2.0.0") {
			w.t.Errorf("%s: takes a verifier: %v; backends do since v2.2.0", r.Note, flow.TakesVerifier(name))
		}
	}
}

// Each recorded address to which a browser returned has a token, or an error that is explained.
func TestReturnsAsRecorded(t *testing.T) {
	tokens, codes := 0, map[hanko.ThirdPartyCode]bool{}
	for _, file := range thirdPartyFiles(t) {
		for _, r := range thirdPartyRun(t, file) {
			address, err := url.Parse(r.ResponseHeaders["Location"])
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(r.Note, "[browser to tenant") || !hanko.CameBack(address.Query()) {
				continue
			}
			token, err := hanko.ReturnedToken(address.Query())
			if err == nil {
				tokens++
				if len(token) != 44 || !strings.HasSuffix(token, "=") {
					t.Errorf("%s: the token is %q", r.Note, token)
				}
				continue
			}
			var failure *hanko.ThirdPartyError
			if !errors.As(err, &failure) {
				t.Fatalf("%s: %v", r.Note, err)
			}
			codes[failure.Code] = true
			if means, do := failure.Explain(); means == "" || do == "" {
				t.Errorf("%s: nothing explains %v", r.Note, failure)
			}
		}
	}
	if tokens != 90 {
		t.Errorf("%d tokens were read", tokens)
	}
	for _, code := range []hanko.ThirdPartyCode{
		hanko.ThirdPartyAccessDenied, hanko.ThirdPartyInvalidRequest, hanko.ThirdPartyUserConflict,
		hanko.ThirdPartyMultipleAccounts, hanko.ThirdPartySignUpDisabled, hanko.ThirdPartyUnverifiedEmail,
	} {
		if !codes[code] {
			t.Errorf("no recorded browser returned with %q", code)
		}
	}
}

// The causes of invalid_request are recognised by the tenant's words.
func TestInvalidRequestsAreToldApart(t *testing.T) {
	for description, want := range map[string]string{
		"redirect to 'http://127.0.0.1:8899/other' not allowed": "return to this app's address",
		"state is expired":                                                "longer than five minutes",
		"thirdparty state cookie is missing":                              "does not recognise this browser",
		"expected state must not be empty":                                "does not recognise this browser",
		"could not exchange authorization code for access token":          "did not accept the browser's code",
		"could not retrieve user data from provider":                      "did not say who the person is",
		"identity already exists for a different user":                    "connected with another account",
		"unknown provider: custom_nobody":                                 "does not have this provider",
		`Get "http://127.0.0.1:9179/.well-known/openid-configuration": …`: "cannot reach the third party",
		"something new": "does not accept what came back",
	} {
		means, _ := (&hanko.ThirdPartyError{Code: hanko.ThirdPartyInvalidRequest, Description: description}).Explain()
		if !strings.Contains(means, want) {
			t.Errorf("%q is explained as %q", description, means)
		}
	}
	if means, do := (&hanko.ThirdPartyError{Code: "interaction_required"}).Explain(); means+do != "" {
		t.Errorf("an unknown code is explained as %q, %q", means, do)
	}
}

// The browser's requests are in the log with the app's own calls, in order.
func TestNoteBrowser(t *testing.T) {
	var observed []hanko.Exchange
	client, err := hanko.NewClient("http://127.0.0.1:1/base", hanko.Options{Observe: func(e hanko.Exchange) { observed = append(observed, e) }})
	if err != nil {
		t.Fatal(err)
	}
	below := client.ThirdPartyURL("custom_example", "http://127.0.0.1:8899/callback")
	client.NoteBrowser(below, 0)
	client.NoteBrowser("http://127.0.0.1:8899/callback?hanko_token=a", http.StatusOK)
	log := client.Log().From(0)
	if len(log) != 2 || len(observed) != 2 {
		t.Fatalf("%d exchanges are in the log, %d were observed", len(log), len(observed))
	}
	const path = "/thirdparty/auth?provider=custom_example&redirect_to=http%3A%2F%2F127.0.0.1%3A8899%2Fcallback"
	if log[0].Path != path || log[0].URL != "http://127.0.0.1:1/base"+path || !log[0].Browser || log[0].Status != 0 {
		t.Errorf("the first is %+v", log[0])
	}
	if log[1].Path != log[1].URL || log[1].Status != http.StatusOK {
		t.Errorf("the second is %+v", log[1])
	}
}

func FuzzReturnedToken(f *testing.F) {
	for _, query := range []string{
		"hanko_token=7v5ORlfoVVAboYMvbvBGk3zJBMHHMGKb_ttaq5uLviQ%3D", "error=access_denied&error_description=The+person+said+no.",
		"error=invalid_request&error_description=state+is+expired", "error=%1b%5b31m&error_description=%ff", "",
	} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Skip()
		}
		token, err := hanko.ReturnedToken(values)
		if (token == "") == (err == nil) {
			t.Errorf("%q, %v", token, err)
		}
		if err != nil && err.Error() != hanko.Printable(err.Error()) {
			t.Errorf("%q is not printable", err)
		}
	})
}
