package export_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/export"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/hanko/tenant"
)

func TestGolden(t *testing.T) {
	for name, walk := range map[string][]hanko.Exchange{"rest": restWalk(t), "flow": flowWalk(t)} {
		var curls []string
		for _, e := range walk {
			curls = append(curls, export.Curl(e, export.Options{}))
		}
		golden(t, name+".curl.txt", strings.Join(curls, "\n\n")+"\n")
		golden(t, name+".sh.txt", export.Script(walk, export.Options{}))
	}
}

// secretsIn are all values of an exchange that let somebody in, found by where Hanko puts them.
func secretsIn(e hanko.Exchange) []string {
	var found []string
	add := func(text string) {
		if text != "" {
			found = append(found, text)
		}
	}
	for _, header := range []http.Header{e.RequestHeader, e.ResponseHeader} {
		add(strings.TrimPrefix(header.Get("Authorization"), "Bearer "))
		add(header.Get("X-Auth-Token"))
		for _, name := range []string{"Cookie", "Set-Cookie"} {
			for _, line := range header.Values(name) {
				pair, _, _ := strings.Cut(line, ";")
				if _, value, _ := strings.Cut(pair, "="); uuid.Validate(value) != nil { // an ID is in bodies as well
					add(value)
				}
			}
		}
	}
	if address, err := url.Parse(e.URL); err == nil {
		add(address.Query().Get("hanko_token"))
	}
	var walk func(name string, value any)
	walk = func(name string, value any) {
		switch v := value.(type) {
		case map[string]any:
			for member, inner := range v {
				walk(member, inner)
			}
		case []any:
			for _, inner := range v {
				walk(name, inner)
			}
		case string:
			switch name {
			case "value":
				if e.Path == "/token" {
					add(v)
				}
			case "token", "code_verifier", "csrf_token", "password", "new_password", "otp_code", "otp_secret", "session_token":
				add(v)
			case "code":
				if strings.Trim(v, "0123456789") == "" {
					add(v)
				}
			}
		}
	}
	for _, body := range [][]byte{e.RequestBody, e.ResponseBody} {
		var value any
		if json.Unmarshal(body, &value) == nil {
			walk("", value)
		}
	}
	return found
}

// exports is all that can be written of exchanges.
func exports(t *testing.T, exchanges []hanko.Exchange, o export.Options) map[string]string {
	t.Helper()
	har, err := export.HAR(exchanges, "1.0", o)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{
		"Script": export.Script(exchanges, o), "HAR": string(har),
	}
	for _, language := range []export.Language{export.Swift, export.Kotlin} {
		files, err := export.App(language, exchanges)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			all[file.Name] = file.Text
		}
		all[fmt.Sprint("step in ", language)] = export.Step(language, exchanges)
	}
	for i, e := range exchanges {
		all[fmt.Sprint("Curl ", i)] = export.Curl(e, o)
	}
	return all
}

// TestNoSecretExported holds that no export has a secret in it unless asked, of recordings and of live walks.
func TestNoSecretExported(t *testing.T) {
	walks := map[string][]hanko.Exchange{}
	for _, name := range []string{"rest-2.7.0", "flow-3.0.4-default", "flow-3.0.4-passwordless", "flow-3.0.4-totp", "flow-3.0.4-bad-attestation"} {
		walks[name] = record(t, name).exchanges
	}
	walks["guide"] = newStage(t, tenant.PresetGuide).walk("ada@example.com", "")
	walks["v3"] = newStage(t, tenant.PresetV3).walk("ada@example.com", "")
	walks["third party over REST"] = newStage(t, tenant.PresetGuide, "third-parties=custom_example", "token=header").thirdPartyWalk()
	walks["third party over a flow"] = newStage(t, tenant.PresetV3, "third-parties=custom_example").thirdPartyWalk()
	for name, exchanges := range walks {
		secrets := map[string]bool{}
		for _, e := range exchanges {
			for _, text := range secretsIn(e) {
				secrets[text] = true
			}
		}
		if len(secrets) < 2 {
			t.Fatalf("%s has %d secrets", name, len(secrets))
		}
		var masked []hanko.Exchange
		for _, e := range exchanges {
			masked = append(masked, secret.Masked(e))
		}
		for _, all := range []map[string]string{exports(t, exchanges, export.Options{}), exports(t, masked, export.Options{Secrets: true})} {
			for kind, text := range all {
				for value := range secrets {
					if containsWord(text, value) {
						t.Errorf("%s, %s: has the secret %q", name, kind, value)
					}
				}
			}
		}
		// What is asked for is there: else the search above finds nothing anywhere.
		shown := exports(t, exchanges, export.Options{Secrets: true})
		for i, e := range exchanges {
			token := strings.TrimPrefix(e.RequestHeader.Get("Authorization"), "Bearer ")
			if token == "" {
				continue
			}
			for _, kind := range []string{"HAR", fmt.Sprint("Curl ", i)} {
				if !strings.Contains(shown[kind], token) {
					t.Errorf("%s, %s: asked for secrets, it has no token", name, kind)
				}
			}
		}
	}
}

// TestNoExtensionSecretExported holds that what a browser keeps for the page is in no export, wherever it came from.
func TestNoExtensionSecretExported(t *testing.T) {
	const output, blob = "b3V0cHV0IG9mIHByZiwgMzIgYnl0ZXMgbG9uZyEhISE", "Y29udGVudHMgb2YgYSBsYXJnZSBibG9i"
	results := `"clientExtensionResults":{"prf":{"results":{"first":"` + output + `"}},"largeBlob":{"blob":"` + blob + `"}}`
	var exchanges []hanko.Exchange
	for path, body := range map[string]string{
		"/webauthn/login/finalize":                             `{"id":"x",` + results + `}`,
		"/login?action=webauthn_verify_assertion_response%40f": `{"input_data":{"assertion_response":{` + results + `}}}`,
		"/else": `{` + results + `}`,
	} {
		exchanges = append(exchanges, hanko.Exchange{
			Method: "POST", Path: path, URL: "https://tenant.example.com" + path, Status: 200,
			RequestBody: []byte(body), ResponseBody: []byte(`{` + results + `}`), RequestHeader: http.Header{}, ResponseHeader: http.Header{},
		})
	}
	for kind, text := range exports(t, exchanges, export.Options{}) {
		if strings.Contains(text, output) || strings.Contains(text, blob) {
			t.Errorf("%s has a secret in it:\n%s", kind, text)
		}
	}
}

// containsWord finds a value that is not a part of a longer run of letters and digits: a passcode's digits are in many.
func containsWord(text, word string) bool {
	for rest := text; ; {
		at := strings.Index(rest, word)
		if at < 0 {
			return false
		}
		before, after := rest[:at], rest[at+len(word):]
		if !endsInLetter(before) && !beginsWithLetter(after) {
			return true
		}
		rest = after
	}
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

func endsInLetter(s string) bool     { return s != "" && strings.IndexByte(letters, s[len(s)-1]) >= 0 }
func beginsWithLetter(s string) bool { return s != "" && strings.IndexByte(letters, s[0]) >= 0 }

func TestCurl(t *testing.T) {
	token := strings.TrimPrefix(record(t, "rest-2.7.0").steps(t, "who am I")[0].RequestHeader.Get("Authorization"), "Bearer ")
	for _, test := range []struct {
		name string
		e    hanko.Exchange
		o    export.Options
		want string
	}{
		{"quotes", hanko.Exchange{Method: "POST", URL: "http://h/user", Path: "/user", RequestBody: []byte(`{"email":"o'b@x.y"}`)}, export.Options{}, `--data-raw '{"email":"o'\''b@x.y"}'`},
		{"a secret", hanko.Exchange{Method: "POST", URL: "http://h/x", Path: "/x", RequestBody: []byte(`{"a":[1,null,true,{"code":"123456"}]}`)}, export.Options{}, `--data-raw '{"a":[1,null,true,{"code":"'"${PASSCODE:?the passcode from the mail}"'"}]}'`},
		{"a secret shown", hanko.Exchange{Method: "POST", URL: "http://h/x", Path: "/x", RequestBody: []byte(`{"code":"123456"}`)}, export.Options{Secrets: true}, `--data-raw '{"code":"123456"}'`},
		{"a token", hanko.Exchange{Method: "GET", URL: "http://h/me", Path: "/me", RequestHeader: http.Header{"Authorization": {"Bearer " + token}}}, export.Options{}, `-H 'Authorization: Bearer '"${TOKEN:?the session token}"`},
		{"a token shown", hanko.Exchange{Method: "GET", URL: "http://h/me", Path: "/me", RequestHeader: http.Header{"Authorization": {"Bearer " + token}}}, export.Options{Secrets: true}, `-H 'Authorization: Bearer ` + token + `'`},
		{"a cookie", hanko.Exchange{Method: "GET", URL: "http://h/me", Path: "/me", RequestHeader: http.Header{"Cookie": {"hanko=abc"}}}, export.Options{}, `-H 'Cookie: '"${COOKIE:?a secret}"`},
		{"a flow", hanko.Exchange{Method: "POST", URL: "http://h/t/login?action=skip%40f", Path: "/login?action=skip%40f"}, export.Options{}, `'http://h/t/login?action=skip%40f'`},
		{"brackets", hanko.Exchange{Method: "GET", URL: "http://[::1]:8000/me", Path: "/me"}, export.Options{}, `curl -sS -g 'http://[::1]:8000/me'`},
		{"escapes", hanko.Exchange{Method: "POST", URL: "http://h/x", Path: "/x", RequestBody: []byte("{\"a\":\"\x7f\u202e\u0085\"}")}, export.Options{}, `--data-raw '{"a":"\u007f\u202e\u0085"}'`},
		{"a method and a header that act", hanko.Exchange{Method: "\xff\x1b", URL: "http://h/x", Path: "/x", RequestHeader: http.Header{"X-\u202e\x1b": {"a"}}}, export.Options{}, "-X '�␛' http://h/x \\\n  -H 'X-�␛: a'"},
		{"a browser that is opened", hanko.Exchange{Browser: true, Method: "GET", URL: "http://p/authorize?prompt=s'", Path: "http://p/authorize?prompt=s'"}, export.Options{}, `payload.redirect_url of the answer before in a browser. In this run it was:' 'http://p/authorize?prompt=s%27'`},
		{"a browser that begins at the tenant", hanko.Exchange{Browser: true, Method: "GET", URL: "http://h/thirdparty/auth?provider=a", Path: "/thirdparty/auth?provider=a"}, export.Options{}, `printf '%s\n' 'Open this in a browser:' 'http://h/thirdparty/auth?provider=a'`},
		{"a browser that brings a token", hanko.Exchange{Browser: true, Method: "GET", URL: "http://a/?hanko_token=a", Path: "http://a/?hanko_token=a"}, export.Options{}, `read -r HANKO_TOKEN`},
		{"a browser that brings an error", hanko.Exchange{Browser: true, Method: "GET", URL: "http://a/?error=it's", Path: "http://a/?error=it's"}, export.Options{}, `: 'The browser returned to the app with the error "it'\''s".'`},
		{"a browser's token, handed in", hanko.Exchange{Method: "POST", URL: "http://h/token", Path: "/token", RequestBody: []byte(`{"value":"7v5ORlfoVVAboYMvbvBGk3zJBMHHMGKb"}`)}, export.Options{}, `{"value":"'"${HANKO_TOKEN:?hanko_token of the address that the browser came back to}"'"}`},
		{"no URL", hanko.Exchange{Method: "GET", Path: "/me"}, export.Options{}, "curl -sS /me"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := export.Curl(test.e, test.o); !strings.Contains(got, test.want) {
				t.Errorf("%s\nhas no %s", got, test.want)
			}
		})
	}
}

// FuzzExports holds every export to a stranger's exchange: none panics, none lets a terminal or an editor act.
func FuzzExports(f *testing.F) {
	for _, e := range append(restWalk(f), flowWalk(f)...) {
		f.Add(e.Method, e.Path, e.RequestBody, e.ResponseBody, e.RequestHeader.Get("Authorization"))
	}
	for _, api := range []hanko.API{hanko.REST, hanko.FlowAPI} {
		for _, e := range thirdPartyWalk(api) {
			f.Add(e.Method, e.Path, e.RequestBody, e.ResponseBody, "")
		}
	}
	f.Add("GET", "http://a/?error=\x1b';evil", []byte(nil), []byte(nil), "")
	f.Add("\xff", "/user", []byte("{}"), []byte("{}"), "") // a method that is not UTF-8
	f.Fuzz(func(t *testing.T, method, path string, request, response []byte, authorization string) {
		e := hanko.Exchange{
			Method: method, URL: "https://tenant.example.com/base" + path, Path: path, RequestBody: request, ResponseBody: response,
			RequestHeader: http.Header{"Authorization": {authorization}}, Status: 200,
		}
		browser := hanko.Exchange{Browser: true, Method: "GET", URL: path, Path: path}
		step := []hanko.Exchange{e, browser, e, browser}
		for _, o := range []export.Options{{}, {Secrets: true}} {
			for kind, text := range map[string]string{
				"curl": export.Curl(e, o), "the browser's curl": export.Curl(browser, o), "swift": export.Step(export.Swift, step), "kotlin": export.Step(export.Kotlin, step), "script": export.Script(step, o),
			} {
				if hanko.PrintableLines(text) != text {
					t.Errorf("%s has characters that act: %q", kind, text)
				}
			}
			if archive, err := export.HAR(step, "1", o); err != nil || !json.Valid(archive) {
				t.Errorf("the archive is %q (%v)", archive, err)
			}
		}
	})
}
