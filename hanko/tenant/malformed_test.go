package tenant

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
)

// malformed has the answers of a real backend: to each method at each path, without a session, and to each body at each
// endpoint, with a session if it needs one. An answer is the status with the allowed methods, the message or the error code.
type malformed struct {
	Methods map[string]map[string]string
	Bodies  map[string]map[string]string
}

// malformedBodies are the recorded bodies, in the order in which they were sent.
var malformedBodies = []struct{ name, contentType, body string }{
	{"xml", "application/xml", "<a><email>x@example.com</email></a>"},
	{"xmlE", "application/xml", "<a><Email>x@example.com</Email></a>"},
	{"textxml", "text/xml; charset=utf-8", "<a></a>"},
	{"badxml", "application/xml", "<a"},
	{"badxml2", "application/xml", "<a></b>"},
	{"notxml", "application/xml", `{"email":"a@example.com"}`},
	{"emptyxml", "application/xml", " "},
	{"plain", "text/plain", `{"email":"a@example.com"}`},
	{"none", "", `{"email":"a@example.com"}`},
	{"badct", "///", `{"email":"a@example.com"}`},
	{"jsonp", "application/json; charset=utf-8", `{"email":"nobody@example.com"}`},
	{"json;bad", "application/json; x", `{"email":"nobody@example.com"}`},
	{"jsonx", "application/jsonx", `{"email":"nobody@example.com"}`},
	{"JSON", "Application/JSON", `{"email":"nobody@example.com"}`},
	{"vndjson", "application/vnd.api+json", `{"email":"nobody@example.com"}`},
	{"form", "application/x-www-form-urlencoded", "email=a%40example.com"},
	{"badform", "application/x-www-form-urlencoded", "email=%zz"},
	{"multi", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\na@example.com\r\n--x--\r\n"},
	{"multinob", "multipart/form-data", "zzz"},
	{"300k", "application/json", `{"email":"a@example.com","x":"` + strings.Repeat("a", 300_000) + `"}`},
	{"300kaddr", "application/json", `{"email":"` + strings.Repeat("a", 300_000) + `@example.com"}`},
	{"utf8", "application/json", "{\"email\":\"a\xff@example.com\"}"},
	{"utf8key", "application/json", "{\"em\xffail\":\"a@example.com\"}"},
	{"utf8other", "application/json", "{\"email\":\"nobody@example.com\",\"x\":\"\xff\"}"},
	{"nul", "application/json", `{"email":"a\u0000b@example.com"}`},
	{"surrogate", "application/json", `{"email":"a\ud800b@example.com"}`},
	{"number", "application/json", `{"email":5,"user_id":5,"id":5,"session_token":5,"address":5,"name":5,"code":5,"input_data":5,"csrf_token":5}`},
	{"object", "application/json", `{"email":{},"user_id":{},"id":{},"session_token":{},"address":{},"name":{},"input_data":[],"csrf_token":{}}`},
	{"array", "application/json", "[]"},
	{"string", "application/json", `"x"`},
	{"num", "application/json", "7"},
	{"true", "application/json", "true"},
	{"null", "application/json", "null"},
	{"empty", "application/json", ""},
	{"space", "application/json", "  "},
	{"half", "application/json", "{"},
	{"bad", "application/json", `{"email" "a"}`},
	{"trail", "application/json", `{"email":"nobody@example.com"} x`},
	{"dup", "application/json", `{"email":"nobody@example.com","EMAIL":"x"}`},
	{"bom", "application/json", "\xef\xbb\xbf" + `{"email":"nobody@example.com"}`},
	{"deep", "application/json", strings.Repeat("[", 20_000)},
	{"deepobj", "application/json", strings.Repeat(`{"a":`, 11_000)},
	{"long int", "application/json", `{"email":1e999}`},
}

// ask sends a body, and returns the answer in the form of the recording.
func (a *app) ask(method, path, contentType, body string) string {
	r := httptest.NewRequestWithContext(a.t.Context(), method, path, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if a.token != "" {
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	answer := a.send(r)
	told := fmt.Sprint(answer.status)
	var failed struct {
		Message string
		Error   struct{ Code string }
	}
	if answer.status >= 400 {
		_ = json.Unmarshal([]byte(answer.raw), &failed) // HEAD has no body
		told += " " + failed.Message + failed.Error.Code
	}
	return told
}

// TestMalformed compares the answers to malformed requests with those of two real backends: v2.7.0 with MFA off, and v3.0.4.
func TestMalformed(t *testing.T) {
	for release, settings := range map[string]Settings{
		"2.7.0": {TokenInHeader: true, PasscodesPerMinute: -1}, "3.0.4": settingsOf(t, PresetV3),
	} {
		t.Run(release, func(t *testing.T) {
			data, err := os.ReadFile("testdata/malformed-" + release + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var recorded malformed
			if err := json.Unmarshal(data, &recorded); err != nil {
				t.Fatal(err)
			}
			a := openTenant(t, Options{Settings: settings})
			for _, path := range slices.Sorted(maps.Keys(recorded.Methods)) {
				for method, want := range recorded.Methods[path] {
					r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
					answer := a.send(r)
					got := fmt.Sprint(answer.status)
					if allow := answer.header.Get("Allow"); allow != "" {
						got += " " + allow
					}
					if got != want {
						t.Errorf("%s %s is answered %s, want %s", method, path, got, want)
					}
				}
			}
			token := ""
			if !settings.DisableREST {
				a.signUp("ada@example.com")
				token = a.token
			}
			for _, endpoint := range slices.Sorted(maps.Keys(recorded.Bodies)) {
				method, path, _ := strings.Cut(endpoint, " ")
				a.token = ""
				for _, prefix := range []string{"/webauthn/registration", "/emails", "/webauthn/credentials", "/profile"} {
					if strings.HasPrefix(path, prefix) {
						a.token = token
					}
				}
				for _, sent := range malformedBodies {
					if got, want := a.ask(method, path, sent.contentType, sent.body), recorded.Bodies[endpoint][sent.name]; got != want {
						t.Errorf("%s, sent the body %q, answers %s, want %s", endpoint, sent.name, got, want)
					}
				}
			}
		})
	}
}

// TestXML sends XML, in which the fields have the names of Hanko's Go code. A real v2.7.0 gives the same answers.
func TestXML(t *testing.T) {
	a := openTenant(t, Options{})
	for _, test := range []struct{ path, body, want string }{
		{"/webauthn/login/initialize", "<a><UserID>x</UserID></a>", "400 failed to parse UserID as uuid"},
		{"/passcode/login/initialize", "<a><UserId>x</UserId></a>", "400 user_id must be a valid uuid"},
		{"/passcode/login/initialize", "<a><UserID>x</UserID></a>", "400 user_id is a required field"},
		{"/passcode/login/finalize", "<a><Id>x</Id><Code>1</Code></a>", "400 id must be a valid uuid4"},
		{"/sessions/validate", "<a><SessionToken>x</SessionToken></a>", "200"},
	} {
		if got := a.ask("POST", test.path, "application/xml", test.body); got != test.want {
			t.Errorf("%s answers %s to %s, want %s", test.path, got, test.body, test.want)
		}
	}
}

// TestNumbersThatAreTooLarge sends numbers that fit no type. The answer is a technical error, and the flow is unchanged.
func TestNumbersThatAreTooLarge(t *testing.T) {
	a := openTenant(t, Options{})
	flow := a.post("/login", nil)
	href, csrf := flow.text(t, "actions", "register_client_capabilities", "href"), flow.text(t, "csrf_token")
	for inputs, want := range map[string]string{`{"webauthn_available":1e400}`: "500 technical_error", `{"x":[1e400]}`: "500 technical_error"} {
		if got := a.ask("POST", href, "application/json", `{"csrf_token":"`+csrf+`","input_data":`+inputs+"}"); got != want {
			t.Errorf("%s is answered %s, want %s", inputs, got, want)
		}
	}
	a.call("POST", href, object{"csrf_token": csrf, "input_data": object{"webauthn_available": true}}).want(t, 200, "")
}

// TestEmptyMetadata patches metadata until nothing is left: then there is none.
func TestEmptyMetadata(t *testing.T) {
	for _, patches := range [][]string{
		{"patch_metadata patch_metadata=json:{}"},
		{`patch_metadata patch_metadata=json:{"a":1}`, `patch_metadata patch_metadata=json:{"a":null}`},
	} {
		_, w := walkLines(t, Options{Settings: settingsOf(t, PresetV3)}, slices.Concat(signUpLines, []string{"open profile"}, patches)...)
		if metadata := at(w.last, "payload", "user").(map[string]any)["metadata"]; w.last["name"] != "profile_init" || metadata != nil {
			t.Errorf("after %s, %v has the metadata %v", patches, w.last["name"], metadata)
		}
	}
}
