package secret_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/secret"
)

func TestMaskedBodies(t *testing.T) {
	token := jwt(`{"alg":"RS256","kid":"a"}`, `{"sub":"u"}`, "0123456789abcdef")
	short := token[:6] + dots + token[len(token)-4:]
	for _, test := range []struct{ name, body, want string }{
		{"passcode", `{"code":"843575","id":"p"}`, `{"code":"` + dots + `","id":"p"}`},
		{"alphanumeric passcode", `{"code":"aB3xYz"}`, `{"code":"` + dots + `"}`},
		{"passcode as a number", `{"code":843575}`, `{"code":"` + dots + `"}`},
		{"long passcode", `{"code":"abcdefghijklmnopqrstuvwxyz0123"}`, `{"code":"` + dots + `"}`},
		{"an error's status", `{"code":401,"message":"Unauthorized"}`, `{"code":401,"message":"Unauthorized"}`},
		{"a flow's error", `{"error":{"code":"passcode_invalid"}}`, `{"error":{"code":"passcode_invalid"}}`},
		{"a token where a flow's error is", `{"code":"` + strings.ReplaceAll(token, "0", "_") + `"}`, `{"code":"` + dots + `"}`},
		{"passwords", `{"password":"correct horse","new_password":"battery-staple-battery-staple"}`, `{"new_password":"` + dots + `","password":"` + dots + `"}`},
		{"a password inside", `{"input_data":{"password":"hunter2"}}`, `{"input_data":{"password":"` + dots + `"}}`},
		{"a password in capitals", `{"Password":"hunter2"}`, `{"Password":"` + dots + `"}`},
		{"secrets in a list", `{"otp_code":["123456","654321"]}`, `{"otp_code":["` + dots + `","` + dots + `"]}`},
		{"TOTP", `{"otp_secret":"JBSWY3DPEHPK3PXP","otp_image_url":"otpauth://totp/x?secret=JBSWY3DPEHPK3PXP"}`, `{"otp_image_url":"` + dots + `","otp_secret":"` + dots + `"}`},
		{"session token", `{"session_token":"` + token + `"}`, `{"session_token":"` + short + `"}`},
		{"a token where none is known", `{"deep":[{"note":"Bearer ` + token + `."}]}`, `{"deep":[{"note":"Bearer ` + short + `."}]}`},
		{"a token as a member's name", `{"` + token + `":1}`, `{"` + short + `":1}`},
		{"an unsigned token", `["` + jwt(`{"alg":"none"}`, `{"sub":"u"}`, "") + `"]`, `["eyJhbG` + dots + `In0.` + `"]`},
		{"a token in escapes", `["\u0065` + token[1:] + `"]`, `["` + short + `"]`},
		{"not JSON", `<p>` + token + `</p>`, `<p>` + short + `</p>`},
		{"cut off in a passcode", `{"id":"p","code":"8435`, `{"id":"p","code":"` + dots + `"`},
		{"cut off after a passcode", `{"code": "843575","id":"p`, `{"code": "` + dots + `","id":"p`},
		{"cut off after a quote", `{"password":"a\"bc","id":"p`, `{"password":"` + dots + `","id":"p`},
		{"cut off in an escape", `{"password":"a\`, `{"password":"` + dots + `"`},
		{"more after the JSON", `{"a":1} {"code":"843575"}`, `{"a":1} {"code":"` + dots + `"}`},
		{"text after the JSON", `{"a":1} and ` + token, `{"a":1} and ` + short},
		{"what is no secret stays", `{"challenge":"pqJSYMDro-q_t24-_cc4GBgv8HJuJ0D15oNg-tx_FhI","n":1e400,"big":12345678901234567890,"html":"<&>"}`, `{"big":12345678901234567890,"challenge":"pqJSYMDro-q_t24-_cc4GBgv8HJuJ0D15oNg-tx_FhI","html":"<&>","n":1e400}`},
		{"empty secret", `{"code":"","token":null}`, `{"code":"","token":null}`},
		{
			"outputs of prf", `{"clientExtensionResults":{"prf":{"enabled":true,"results":{"first":"c2VjcmV0MQ","second":"c2VjcmV0Mg"}}}}`,
			`{"clientExtensionResults":{"prf":{"enabled":true,"results":{"first":"` + dots + `","second":"` + dots + `"}}}}`,
		},
		{
			"inputs of prf", `{"extensions":{"prf":{"eval":{"first":"c2FsdA"},"evalByCredential":{"AAAA":{"first":"c2FsdA"}}}}}`,
			`{"extensions":{"prf":{"eval":{"first":"c2FsdA"},"evalByCredential":{"AAAA":{"first":"c2FsdA"}}}}}`,
		},
		{"outputs of prf in other shapes", `{"PRF":[{"Results":["c2VjcmV0",7,null,{"x":"c2VjcmV0"}]}]}`, `{"PRF":[{"Results":["` + dots + `","` + dots + `",null,{"x":"` + dots + `"}]}]}`},
		{"a large blob", `{"largeBlob":{"blob":"Y2VydA"}}`, `{"largeBlob":{"blob":"` + dots + `"}}`},
		{"a large blob to write", `{"largeBlob":{"support":"required","write":"Y2VydA"}}`, `{"largeBlob":{"support":"required","write":"` + dots + `"}}`},
		{"results of something else", `{"results":{"first":"a"},"blob":"b"}`, `{"blob":"b","results":{"first":"a"}}`},
		{"cut off in an output of prf", `{"prf":{"results":{"first":"c2Vj`, `{"prf":{"results":{"first":"` + dots + `"`},
		{"cut off after a large blob", `{"largeBlob":{"blob":"Y2VydA"},"x`, `{"largeBlob":{"blob":"` + dots + `"},"x`},
		{"a code verifier", `{"code_verifier":"abcdefghijklmnopqrstuvwxyz0123","provider":"custom_example"}`, `{"code_verifier":"abcdef` + dots + `0123","provider":"custom_example"}`},
		{"values of fields", `{"value":"7v5ORlfoVVAboYMvbvBGk3zJBMHHMGKb"}`, `{"value":"7v5ORlfoVVAboYMvbvBGk3zJBMHHMGKb"}`},
		{"white space", " \n", " \n"},
		{"nothing", "", ""},
		{"null", "null", "null"},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "_"), func(t *testing.T) {
			e := hanko.Exchange{RequestBody: []byte(test.body), ResponseBody: []byte(test.body)}
			masked := secret.Masked(e)
			if string(masked.RequestBody) != test.want || string(masked.ResponseBody) != test.want {
				t.Errorf("%s\nbecomes %s\n   want %s", test.body, masked.ResponseBody, test.want)
			}
			if string(e.RequestBody) != test.body || string(e.ResponseBody) != test.body {
				t.Error("the exchange itself was changed")
			}
		})
	}
}

func TestMaskedElsewhere(t *testing.T) {
	token := jwt(`{"alg":"RS256","kid":"a"}`, `{"sub":"u"}`, "0123456789abcdef")
	short := token[:6] + dots + token[len(token)-4:]
	const emailID = "7dd96165-30bb-4fee-927e-da0c8520bb63"
	e := hanko.Exchange{
		URL: "https://tenant.test/x?session=" + token, Path: "/x?session=" + token,
		RequestHeader: http.Header{
			"Authorization": {"Bearer " + token, token, "Basic aGFua286c2VjcmV0"},
			"Cookie":        {"hanko=" + token + "; lang=de; pin=1234", "anonymous"},
			"X-Other":       {"was " + token},
		},
		ResponseHeader: http.Header{
			"X-Auth-Token": {token, "undefined"},
			"Set-Cookie":   {"hanko=" + token + "; Path=/; HttpOnly", "hanko_email_id=" + emailID, "hanko=; Max-Age=0", "pin=1234; Path=/" + token, token + "; Secure"},
			"Location":     {"https://app.test/#" + token},
			"Content-Type": {"application/json"},
		},
		Err: &hanko.Error{
			Kind: hanko.Refused, Call: "GET /me", Status: 401, Message: "unknown token " + token,
			Err: fmt.Errorf("parsing %q", token),
		},
	}
	before := everything(e)
	got := secret.Masked(e)
	want := hanko.Exchange{
		URL: "https://tenant.test/x?session=" + short, Path: "/x?session=" + short,
		RequestHeader: http.Header{
			"Authorization": {"Bearer " + short, short, "Basic " + dots},
			"Cookie":        {"hanko=" + short + "; lang=" + dots + "; pin=" + dots, dots},
			"X-Other":       {"was " + short},
		},
		ResponseHeader: http.Header{
			"X-Auth-Token": {short, dots},
			"Set-Cookie":   {"hanko=" + short + "; Path=/; HttpOnly", "hanko_email_id=" + emailID, "hanko=; Max-Age=0", "pin=" + dots + "; Path=/" + short, short + "; Secure"},
			"Location":     {"https://app.test/#" + short},
			"Content-Type": {"application/json"},
		},
		Err: &hanko.Error{
			Kind: hanko.Refused, Call: "GET /me", Status: 401, Message: "unknown token " + short,
			Err: fmt.Errorf("parsing %q", short),
		},
	}
	byText := cmp.Comparer(func(a, b error) bool { return a.Error() == b.Error() })
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.FilterPath(func(p cmp.Path) bool {
		return p.Last().String() == ".Err" && p.Last().Type().Kind().String() == "interface"
	}, byText)); diff != "" {
		t.Errorf("(-want +masked):\n%s", diff)
	}
	if everything(e) != before {
		t.Error("the exchange itself was changed")
	}
	if kept := secret.Masked(hanko.Exchange{Err: &hanko.Error{Err: errNothing}}); !errors.Is(kept.Err, errNothing) {
		t.Error("a cause without a secret is not kept for errors.Is")
	}
}

var errNothing = errors.New("nothing secret")

// A browser returns from a third party with a token in the address, and the app sends it over REST as a value.
func TestMaskedThirdParty(t *testing.T) {
	const token = "7v5ORlfoVVAboYMvbvBGk3zJBMHHMGKb_ttaq5uLviQ="
	const short = "7v5ORl" + dots + "viQ="
	for _, test := range []struct{ address, want string }{
		{"http://127.0.0.1:8899/callback?hanko_token=7v5ORlfoVVAboYMvbvBGk3zJBMHHMGKb_ttaq5uLviQ%3D", "http://127.0.0.1:8899/callback?hanko_token=" + short},
		{"http://127.0.0.1:8899/callback?x=1&hanko_token=" + token + "#y", "http://127.0.0.1:8899/callback?x=1&hanko_token=" + short + "#y"},
		{"http://t.test/thirdparty/callback?code=4iu2f088ZZHpVPiOcV8v2g&state=s", "http://t.test/thirdparty/callback?code=" + dots + "&state=" + dots},
		{"http://127.0.0.1:8899/callback?error=access_denied", "http://127.0.0.1:8899/callback?error=access_denied"},
		{"http://t.test/login?action=exchange_token%40b6f4a9d9", "http://t.test/login?action=exchange_token%40b6f4a9d9"},
	} {
		masked := secret.Masked(hanko.Exchange{URL: test.address, Path: test.address})
		if masked.URL != test.want || masked.Path != test.want {
			t.Errorf("%s\nbecomes %s\n   want %s", test.address, masked.URL, test.want)
		}
	}
	var known secret.Keeper
	known.Learn(hanko.Exchange{Method: "GET", URL: "http://127.0.0.1:8899/callback?hanko_token=" + token, Browser: true})
	if got := known.Text("the token is " + token); got != "the token is "+short {
		t.Errorf("once it is known, it is shown as %q", got)
	}
	if got := secret.Masked(hanko.Exchange{Path: "/token", RequestBody: []byte(`{"value":"` + token + `"}`)}); string(got.RequestBody) != `{"value":"`+short+`"}` {
		t.Errorf("POST /token becomes %s", got.RequestBody)
	}
}

// The state is in a cookie, in the address that the browser opens, and in the body that has this address.
func TestMaskedState(t *testing.T) {
	const state, short = "0pSH_i1GJyHSFpKxoh8R1wvD", "0pSH_i" + dots + "1wvD"
	const address = "https://party.test/auth?client_id=c&state="
	masked := secret.Masked(hanko.Exchange{
		URL:            address + state,
		RequestHeader:  http.Header{"Cookie": {"hanko_email_id=8f0b; hanko_thirdparty_state=" + state}},
		ResponseHeader: http.Header{"Set-Cookie": {"hanko_thirdparty_state=" + state + "; Path=/"}},
		ResponseBody:   []byte(`{"payload":{"redirect_url":"` + address + state + `"}}`),
	})
	for got, want := range map[string]string{
		masked.URL:                              address + short,
		masked.RequestHeader.Get("Cookie"):      "hanko_email_id=8f0b; hanko_thirdparty_state=" + short,
		masked.ResponseHeader.Get("Set-Cookie"): "hanko_thirdparty_state=" + short + "; Path=/",
		string(masked.ResponseBody):             `{"payload":{"redirect_url":"` + address + short + `"}}`,
	} {
		if got != want {
			t.Errorf("%s is shown, not %s", got, want)
		}
	}
}

// TestMaskedLosesSecrets puts a secret into each place that can have one, and looks for it in the masked exchange.
func TestMaskedLosesSecrets(t *testing.T) {
	const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_!§$%&/()?ß€字"
	draw := func(random *rand.Rand, length int) string {
		letters := []rune(alphabet)
		var b strings.Builder
		for range length {
			b.WriteRune(letters[random.IntN(len(letters))])
		}
		return b.String()
	}
	property := func(seed uint64) bool {
		random := rand.New(rand.NewPCG(seed, 7))
		secrets := secretsOf(draw(random, 8+random.IntN(40)), jwt(
			`{"alg":"RS256","kid":"`+draw(random, 4)+`"}`, `{"sub":"`+draw(random, 8)+`"}`, draw(random, 32)))
		masked := everything(secret.Masked(secrets.exchange()))
		for _, value := range []string{secrets.text, secrets.token} {
			if strings.Contains(masked, value) || strings.Contains(masked, encodedText(value)) {
				t.Errorf("%q survives in %s", value, masked)
				return false
			}
		}
		return true
	}
	if err := quick.Check(property, &quick.Config{MaxCount: 500}); err != nil {
		t.Error(err)
	}
}

// secrets are a passcode, password or cookie value, and a JWT.
type secrets struct{ text, token string }

func secretsOf(text, token string) secrets { return secrets{text, token} }

// exchange returns an exchange with the secrets in all known places, and the token in others, too.
func (s secrets) exchange() hanko.Exchange {
	request, _ := json.Marshal(map[string]any{
		"id": "831a04fa-99b3-4b1b-b4f4-552a879dc389", "code": s.text, "password": s.text, "new_password": []string{s.text},
		"clientExtensionResults": map[string]any{
			"prf": map[string]any{"results": map[string]any{"first": s.text}}, "largeBlob": map[string]any{"blob": s.text},
		},
		"session_token": s.token, "input_data": map[string]any{"otp_code": s.text, "otp_secret": s.text},
	})
	response, _ := json.Marshal(map[string]any{
		"token": s.text, "csrf_token": s.text, "message": "it was " + s.token, s.token: []any{map[string]any{"x": s.token}},
	})
	return hanko.Exchange{
		Method: "POST", URL: "http://tenant.test/?t=" + s.token, Path: "/?t=" + s.token,
		RequestHeader:  http.Header{"Authorization": {"Bearer " + s.token}, "Cookie": {"a=b; hanko=" + s.text}},
		ResponseHeader: http.Header{"X-Auth-Token": {s.text}, "Set-Cookie": {"sid=" + s.text, "hanko=" + s.token + "; Secure"}, "X-Echo": {s.token}},
		RequestBody:    request, ResponseBody: response,
		Err: &hanko.Error{Message: s.token, Err: errors.New(s.token)},
	}
}

func TestMaskedToken(t *testing.T) {
	for _, test := range []struct{ token, want string }{
		{"", dots},
		{"843575", dots},
		{"12345678901234567890123", dots},
		{"123456789012345678901234", "123456" + dots + "1234"},
		{"correct horse battery staple", dots},
		{"ßßßßßßßßßßßßßßßßßßßßßßßß", dots},
	} {
		if got := secret.MaskedToken(test.token); got != test.want {
			t.Errorf("%q becomes %q, want %q", test.token, got, test.want)
		}
	}
}

// TestRecordingMasked masks the recorded run. No token, passcode or cookie value is left.
func TestRecordingMasked(t *testing.T) {
	found := regexp.MustCompile(`eyJ[\w-]{16,}\.[\w-]{16,}\.[\w-]{16,}`)
	for _, r := range recording(t) {
		e := hanko.Exchange{Method: r.Method, Path: r.Path, RequestBody: r.RequestBody, ResponseBody: r.ResponseBody, RequestHeader: http.Header{}, ResponseHeader: http.Header{}}
		for name, value := range r.RequestHeaders {
			e.RequestHeader.Set(name, value)
		}
		for name, value := range r.ResponseHeaders {
			e.ResponseHeader.Set(name, value)
		}
		masked := secret.Masked(e)
		if left := found.FindString(everything(masked)); left != "" {
			t.Errorf("%s: a token is left: %s", r.Note, left)
		}
		for _, code := range []string{"843575", "000000"} {
			if strings.Contains(string(masked.RequestBody), code) {
				t.Errorf("%s: the passcode is left in %s", r.Note, masked.RequestBody)
			}
		}
		for _, cookie := range (&http.Response{Header: masked.ResponseHeader}).Cookies() {
			if cookie.Name == "hanko_email_id" {
				continue // it names an address and lets nobody in
			}
			if cookie.Value != "" && !strings.Contains(r.ResponseHeaders["Set-Cookie"], cookie.Name) || strings.Contains(r.ResponseHeaders["Set-Cookie"], "="+cookie.Value+";") && cookie.Value != "" {
				t.Errorf("%s: the cookie is left in %v", r.Note, cookie)
			}
		}
	}
}

func FuzzMasked(f *testing.F) {
	token := jwt(`{"alg":"RS256"}`, `{"sub":"7dd96165"}`, "0123456789abcdef")
	for _, r := range recording(f) {
		f.Add("843575", []byte(r.ResponseBody), r.ResponseHeaders["Set-Cookie"])
	}
	f.Add("a_b", []byte(`{"code":"x`), "hanko="+token)
	f.Add("correct horse battery staple", []byte(`{"a":1}{"`+token+`":[]}`), token)
	f.Add("\\\"", []byte(`"\u0065yJ`), ";;=;")
	jwtLeft := regexp.MustCompile(`eyJ[\w-]{16,}\.[\w-]{16,}\.[\w-]{16,}`)
	f.Fuzz(func(t *testing.T, value string, body []byte, header string) {
		e := hanko.Exchange{
			URL: header, Path: header, RequestBody: body, ResponseBody: body,
			RequestHeader:  http.Header{"Cookie": {header}, "Authorization": {header}, "X-Other": {header}},
			ResponseHeader: http.Header{"Set-Cookie": {header}, "X-Auth-Token": {header}},
			Err:            &hanko.Error{Message: header, Err: errors.New(header)},
		}
		before := everything(e)
		masked := secret.Masked(e)
		if left := jwtLeft.FindString(everything(masked)); left != "" {
			t.Errorf("a token is left: %s", left)
		}
		if json.Valid(body) && !json.Valid(masked.ResponseBody) {
			t.Errorf("%q was JSON and becomes %q", body, masked.ResponseBody)
		}
		if everything(e) != before {
			t.Error("the exchange itself was changed")
		}

		if strings.ContainsAny(value, ";=") || value != strings.TrimSpace(value) || strings.Contains(dots, value) {
			return // no cookie can hold that, or the dots do
		}
		if regexp.MustCompile(`^[a-z_]+$`).MatchString(value) || !utf8.ValidString(value) {
			return // a flow's error code looks like that; JSON cannot hold invalid UTF-8
		}
		if strings.Contains(everything(secret.Masked(secretsOf("", token).exchange())), value) {
			return // it is found where it is not a secret
		}
		if left := everything(secret.Masked(secretsOf(value, token).exchange())); strings.Contains(left, value) || strings.Contains(left, encodedText(value)) {
			t.Errorf("%q survives in %s", value, left)
		}
	})
}
