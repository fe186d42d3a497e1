package decode_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
	"example.com/hankosim/hanko/secret"
)

func b64(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// TestRecordingsExplained compares the explanations of all recorded exchanges with a text that a person has read.
func TestRecordingsExplained(t *testing.T) {
	var text strings.Builder
	runs := recordings(t)
	for _, name := range []string{"rest-2.7.0.json", "flow-3.0.4-passwordless.json", "flow-3.0.4-totp.json", "flow-3.0.4-default.json", "flow-3.0.4-bad-attestation.json"} {
		fmt.Fprintf(&text, "== %s\n", name)
		for _, step := range runs[name] {
			guide, flow := decode.GuideStep(step.Exchange)
			explained := decode.Explain(step.Exchange)
			fmt.Fprintf(&text, "%d %s: %s\n    REST: %s\n    Flow: %s\n", step.Status, step.note, explained, guide, flow)
			if guide == "" && flow == "" {
				t.Errorf("%s, %s: in no row of the table", name, step.note)
			}
			if masked := decode.Explain(secret.Masked(step.Exchange)); masked != explained {
				t.Errorf("%s, %s: masked it is explained as %q", name, step.note, masked)
			}
			if strings.Contains(explained, "the next state is") || strings.Contains(explained, "\n") {
				t.Errorf("%s, %s: explained as %q", name, step.note, explained)
			}
		}
	}
	golden(t, "explained.txt", text.String())
}

// TestTableIsComplete checks that every action of a flow, and every endpoint that the client calls, has exactly one row.
func TestTableIsComplete(t *testing.T) {
	walks, err := os.ReadFile("../tenant/testdata/flow-walks.txt")
	if err != nil {
		t.Fatal(err)
	}
	actions := map[string]bool{}
	for _, match := range regexp.MustCompile(` ([a-z_]+)\(`).FindAllStringSubmatch(string(walks), -1) {
		actions[match[1]] = true
	}
	if len(actions) < 30 {
		t.Fatalf("the walks have %d actions", len(actions))
	}
	client, err := os.ReadFile("../rest.go")
	if err != nil {
		t.Fatal(err)
	}
	endpoints := regexp.MustCompile(`: ((?:GET|POST|PATCH|DELETE) /[a-z_/{}.-]*[a-z}])`).FindAllStringSubmatch(string(client), -1)
	if len(endpoints) < 15 {
		t.Fatalf("the client's documentation has %d endpoints", len(endpoints))
	}
	rows := map[string]int{}
	for _, row := range decode.Rows() {
		sides := slices.Concat(row.REST, row.Flow)
		slices.Sort(sides)
		for _, side := range slices.Compact(sides) {
			rows[side]++
		}
	}
	for _, row := range decode.Rows() {
		if row.Note == "" && len(row.REST) > 0 {
			t.Errorf("no note says what changes for an app that wants to %s", row.What)
		}
	}
	for action := range actions {
		if rows[action] != 1 {
			t.Errorf("the action %s has %d rows", action, rows[action])
		}
	}
	for _, endpoint := range endpoints {
		if rows[endpoint[1]] != 1 {
			t.Errorf("%s has %d rows", endpoint[1], rows[endpoint[1]])
		}
	}
}

func TestGuideStep(t *testing.T) {
	for _, test := range []struct{ method, path, guide, flow string }{
		{"POST", "/user", "1 · POST /user", "continue_with_login_identifier"},
		{"POST", "/login?action=continue_with_login_identifier%40f1", "1 · POST /user", "login · continue_with_login_identifier"},
		{"POST", "/users", "2 · POST /users", "register_login_identifier"},
		{"POST", "/passcode/login/finalize", "3 · POST /passcode/login/finalize", "verify_passcode"},
		{"POST", "/registration?action=verify_passcode%40f1", "3 · POST /passcode/login/finalize", "registration · verify_passcode"},
		{"POST", "/profile?action=webauthn_credential_create%40f1", "4 · POST /webauthn/registration/initialize", "profile · webauthn_credential_create"},
		{"POST", "/login?action=webauthn_verify_assertion_response@f1", "5 · POST /webauthn/login/finalize", "login · webauthn_verify_assertion_response"},
		{"POST", "/login?action=skip%40f1", "", "login · skip"},
		{"POST", "/login", "", "POST /login"},
		{"GET", "/me", "GET /me", "GET /me"},
		{"POST", "/profile", "GET /me", "POST /profile"},
		{"GET", "/.well-known/config", "GET /.well-known/config", ""},
		{"DELETE", "/webauthn/credentials/abc", "DELETE /webauthn/credentials/{id}", "webauthn_credential_delete"},
		{"POST", "/emails/1/set_primary", "POST /emails/{id}/set_primary", "email_set_primary"},
		{"GET", "/login", "", ""},
		{"GET", "/else", "", ""},
		{"POST", "/login?action=unheard_of%40f1", "", ""},
		{"POST", "/login?action=%zz", "", "POST /login"},
	} {
		exchange := hanko.Exchange{Method: test.method, Path: test.path}
		guide, flow := decode.GuideStep(exchange)
		if place, ok := decode.RowOf(exchange); ok != (guide != "" || flow != "") || ok && !strings.HasPrefix(guide, decode.Rows()[place].Step) {
			t.Errorf("%s %s is in row %d (%t)", test.method, test.path, place, ok)
		}
		if guide != test.guide || flow != test.flow {
			t.Errorf("%s %s is %q and %q, want %q and %q", test.method, test.path, guide, flow, test.guide, test.flow)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, test := range []struct {
		method, path string
		status       int
		want         bool
	}{
		{"POST", "/user", 200, false},
		{"POST", "/user", 404, false}, // there is no such user, which is what was asked
		{"POST", "/user", 400, true},
		{"GET", "/.well-known/config", 404, false},
		{"POST", "/logout", 401, false},
		{"POST", "/users", 409, true},
		{"POST", "/passcode/login/finalize", 401, true},
		{"GET", "/else", 404, true},
		{"GET", "/me", 0, true},
	} {
		if got := decode.Refused(hanko.Exchange{Method: test.method, Path: test.path, Status: test.status}); got != test.want {
			t.Errorf("%s %s, %d: refused is %t", test.method, test.path, test.status, got)
		}
	}
}

func TestExplain(t *testing.T) {
	for _, test := range []struct {
		name string
		e    hanko.Exchange
		want string
	}{
		{"no answer", hanko.Exchange{
			Method: "POST", Path: "/user",
			Err: &hanko.Error{Kind: hanko.Unreachable, Call: "POST /user", Host: "h", Means: "Nothing listens there."},
		}, "POST /user did not reach h. Nothing listens there."},
		{"a code that never reached the tenant", hanko.Exchange{
			Method: "POST", Path: "/passcode/login/finalize",
			Err: &hanko.Error{Kind: hanko.TimedOut, Call: "POST /passcode/login/finalize", Host: "h", Means: "The tenant is slow."},
		}, "POST /passcode/login/finalize got no answer from h in time. The tenant is slow."},
		{"a code whose answer is lost", hanko.Exchange{
			Method: "POST", Path: "/passcode/login/finalize",
			Err: &hanko.Error{Kind: hanko.TimedOut, Sent: true, Call: "POST /passcode/login/finalize", Host: "h", Means: "The tenant is slow."},
		}, "It is unknown whether the tenant has done this: POST /passcode/login/finalize got no answer from h in time. The tenant is slow."},
		{"a code in a flow whose answer breaks off", hanko.Exchange{
			Method: "POST", Path: "/login?action=verify_passcode%40f", Status: 200,
			Err: &hanko.Error{Kind: hanko.Broken, Sent: true, Call: "POST /login", Status: 200, Means: "The server hung up."},
		}, "It is unknown whether the tenant has done this: POST /login got an answer that broke off. The server hung up."},
		{"a code without an answer, recorded", hanko.Exchange{Method: "POST", Path: "/passcode/login/finalize"}, "It is unknown whether the tenant has done this: there was no answer."},
		{"no answer, recorded", hanko.Exchange{Method: "GET", Path: "/me"}, "The tenant did not say whose session this is: there was no answer."},
		{"not Hanko", hanko.Exchange{
			Method: "GET", Path: "/me", Status: 200,
			Err: &hanko.Error{Kind: hanko.NotHanko, Call: "GET /me", Status: 200, Means: "The answer is a web page."},
		}, "The tenant did not say whose session this is: GET /me answered 200, but not with Hanko's JSON. The answer is a web page."},
		{"refused", hanko.Exchange{
			Method: "POST", Path: "/passcode/login/finalize", Status: 401,
			Err: &hanko.Error{Kind: hanko.Refused, Status: 401, Means: "The code is wrong."},
		}, "The passcode was not accepted: the code is wrong."},
		{"refused, recorded", hanko.Exchange{Method: "POST", Path: "/passcode/login/finalize", Status: 401, ResponseBody: []byte(`{"code":401,"message":"Unauthorized"}`)}, `The passcode was not accepted: the tenant answered 401, "Unauthorized".`},
		{"probe", hanko.Exchange{Method: "POST", Path: "/passcode/login/initialize", RequestBody: []byte("{}"), Status: 400}, "The app asked, without a user and so without sending a mail, whether the tenant has passcodes over REST: it does."},
		{"probe without an answer to it", hanko.Exchange{Method: "POST", Path: "/passcode/login/initialize", RequestBody: []byte("{}"), Status: 429}, "No passcode was sent: the tenant answered 429."},
		{"a session", hanko.Exchange{Method: "POST", Path: "/passcode/login/finalize", Status: 200, ResponseHeader: http.Header{"X-Auth-Token": {unsigned}}}, "The passcode was right; the person is signed in, and this answer has the session token."},
		{"unknown", hanko.Exchange{Method: "GET", Path: "/else", Status: 200}, "The tenant answered GET /else."},
		{"unknown action", hanko.Exchange{Method: "POST", Path: "/login?action=x%40f", Status: 200, ResponseBody: []byte(`{"name":"new_state"}`)}, `The tenant answered x; the next state is "new_state".`},
		{"back, which a browser's error leads to as well as a person", hanko.Exchange{Method: "POST", Path: "/profile?action=back%40f", Status: 200, ResponseBody: []byte(`{"name":"new_state"}`)}, `The app took the flow back to an earlier state; the next state is "new_state".`},
		{"no flow", hanko.Exchange{Method: "POST", Path: "/login", Status: 404, ResponseBody: []byte(`{"code":404}`)}, "The tenant has no Flow API at this URL."},
		{"JSON that is no flow, recorded", hanko.Exchange{Method: "POST", Path: "/login", Status: 200, ResponseBody: []byte(`{}`)}, "The flow could not be started: the answer is not a flow, because it has no state."},
		{"an unknown error", hanko.Exchange{Method: "POST", Path: "/login?action=skip%40f", Status: 400, ResponseBody: []byte(`{"name":"x","error":{"code":"new_error","message":"New."}}`)}, `This cannot be skipped: the tenant says "New.".`},
		{
			"several fields",
			hanko.Exchange{Method: "POST", Path: "/registration?action=register_login_identifier%40f", Status: 400, ResponseBody: []byte(`{
			"name":"registration_init","error":{"code":"form_data_invalid_error","message":"No."},"actions":{
			"register_login_identifier":{"inputs":{"username":{"error":{"code":"new_error","message":"New."}},"email":{"error":{"code":"email_already_exists","message":"Taken."}}}},
			"remember_me":{"inputs":{"remember_me":{"error":{"code":"value_missing_error","message":"Missing."}}}}}}`)},
			`No account was created: the address already has a user. The tenant says "New.". The tenant needs a value here.`,
		},
		{"escapes", hanko.Exchange{Method: "GET", Path: "/\x1b[31m", Status: 200}, "The tenant answered GET /␛[31m."},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := decode.Explain(test.e); got != test.want {
				t.Errorf("explained as %q, want %q", got, test.want)
			}
		})
	}
}

// A browser's requests are explained by their addresses. Only one with an error counts as refused.
func TestExplainBrowser(t *testing.T) {
	for _, test := range []struct {
		path, want string
		refused    bool
	}{
		{"https://provider.test/authorize?state=s", "The app sends the person's browser to the sign-in at provider.test. The app does not see where it goes from there.", false},
		{"/thirdparty/auth?provider=google&redirect_to=a", "The app sends the person's browser to the tenant, which sends it on to the third party. The app does not see where it goes from there.", false},
		{"http://127.0.0.1:8899/callback?hanko_token=••••••", "The browser returned to the app with a one-time token, which the app sends to the tenant.", false},
		{"http://127.0.0.1:8899/callback?error=access_denied", `The browser returned to the app with the error "access_denied": the person declined at the third party, or it refused to let them in.`, true},
		{"http://127.0.0.1:8899/callback?error=new&error_description=Not+%1Btoday.", `The browser returned to the app with the error "new": not ␛today.`, true},
		{"http://127.0.0.1:8899/callback?error=new", `The browser returned to the app with the error "new".`, true},
		{"http://127.0.0.1:8899/callback?error=", "The browser returned to the app without a token and without an error.", true},
		{"%zz", "The app sends the person's browser to the sign-in at the third party. The app does not see where it goes from there.", false},
	} {
		exchange := hanko.Exchange{Browser: true, Method: http.MethodGet, URL: test.path, Path: test.path}
		if got := decode.Explain(exchange); got != test.want {
			t.Errorf("%s is explained as %q, want %q", test.path, got, test.want)
		}
		if decode.Refused(exchange) != test.refused {
			t.Errorf("%s counts as refused: %t", test.path, !test.refused)
		}
	}
}

// The members of a browser's address are explained, decoded, and without the token.
func TestBrowserAddress(t *testing.T) {
	parts := decode.Exchange(hanko.Exchange{
		Browser: true, Method: http.MethodGet,
		URL: "http://127.0.0.1:8899/callback?hanko_token=7v5ORlfoVVAboYMvbvBGk3zJBMHHMGKb_ttaq5uLviQ%3D&error_description=not+%C3%A4+&new=1&x",
	})
	if len(parts) != 1 || parts[0].Kind != decode.KindAddress {
		t.Fatalf("it has the parts %+v", parts)
	}
	var text strings.Builder
	for _, line := range parts[0].Lines {
		fmt.Fprintf(&text, "%s=%s (%s)\n", line.Name, line.Value, line.Note)
	}
	const want = `address=http://127.0.0.1:8899/callback ()
hanko_token=7v5ORl••••••viQ= (the one-time token, which the app sends to the tenant within a minute; its = is %3D in the address)
error_description=not ä  (the reason in the tenant's or the third party's words)
new=1 ()
x= ()
`
	if text.String() != want {
		t.Errorf("it is\n%s\nwant\n%s", text.String(), want)
	}
}

// Each member of the addresses that real tenants and hankosim's own provider have is explained.
func TestEveryMemberOfAnAddressIsExplained(t *testing.T) {
	for _, address := range []string{
		"http://127.0.0.1:9180/authorize?client_id=hanko&code_challenge=c&code_challenge_method=S256&prompt=consent&redirect_uri=u&response_type=code&scope=openid+email&state=s&nonce=n",
		"http://127.0.0.1:8000/thirdparty/auth?provider=custom_example&redirect_to=u",
		"http://127.0.0.1:8899/callback?error=access_denied&error_description=d",
	} {
		for _, line := range decode.Exchange(hanko.Exchange{Browser: true, URL: address})[0].Lines[1:] {
			if line.Note == "" {
				t.Errorf("%s is not explained", line.Name)
			}
		}
	}
}
