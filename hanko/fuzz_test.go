package hanko_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"example.com/hankosim/hanko"
)

func FuzzParseToken(f *testing.F) {
	keys := recordedKeys(f)
	good := find(f, "right passcode").ResponseHeaders["X-Auth-Token"]
	f.Add(good)
	f.Add(jwt(`{"alg":"none"}`, `{"exp":1e400}`, ""))
	f.Add(jwt(`{"alg":"RS256","kid":"68b07951-13d3-413f-8086-e5a80f2b11a4"}`, `{"aud":[[],1]}`, "s"))
	f.Add("..")
	f.Fuzz(func(t *testing.T, raw string) {
		token, err := hanko.ParseToken(raw)
		if err != nil {
			if !errors.Is(err, hanko.ErrNotAToken) {
				t.Errorf("fails with %v", err)
			}
			return
		}
		if token.Raw != raw || token.Algorithm == "" || token.Claims == nil || token.Header == nil {
			t.Errorf("%q gives %+v", raw, token)
		}
		for _, at := range []int{token.IssuedAt.Year(), token.ExpiresAt.Year()} {
			if at < 1 || at > 10000 {
				t.Errorf("%q has a time in the year %d", raw, at)
			}
		}
		err = keys.Verify(token)
		if err == nil && strings.Join(strings.Split(raw, ".")[:2], ".") != strings.Join(strings.Split(good, ".")[:2], ".") {
			t.Errorf("%q is verified by keys that did not sign it", raw)
		}
		if err != nil {
			printable(t, "the error", err.Error())
		}
	})
}

func FuzzPrintable(f *testing.F) {
	f.Add("\x1b[31m\u202e\r\n\t\x00\u0085\xff")
	f.Add("plain")
	f.Fuzz(func(t *testing.T, text string) {
		for _, made := range []struct {
			text   string
			breaks string
			again  func(string) string
		}{
			{hanko.Printable(text), "", hanko.Printable[string]},
			{hanko.PrintableLines(text), "\n", hanko.PrintableLines},
		} {
			if !utf8.ValidString(made.text) || made.again(made.text) != made.text {
				t.Errorf("%q becomes %q, which is not stable UTF-8", text, made.text)
			}
			if at := strings.IndexFunc(made.text, func(r rune) bool {
				return (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) && !strings.ContainsRune(made.breaks, r)
			}); at >= 0 {
				t.Errorf("%q becomes %q, with a control character at %d", text, made.text, at)
			}
		}
	})
}

// FuzzAnswer gives each call any answer: the call succeeds, or fails with an explained error.
func FuzzAnswer(f *testing.F) {
	for _, r := range recording(f) {
		f.Add(r.Status, r.ResponseHeaders["Content-Type"], r.ResponseHeaders["X-Auth-Token"], r.ResponseHeaders["Retry-After"], r.ResponseHeaders["Set-Cookie"], []byte(r.ResponseBody))
	}
	f.Add(200, "text/html", "", "", "", []byte("<html>"))
	f.Add(200, "application/json", "", "", "", []byte(`{"name":"preflight","csrf_token":"x","actions":{"register_client_capabilities":{"href":"/login?action=x%zz"}}}`))
	f.Add(403, "application/json", "", "", "", []byte(`{"name":"error","error":{"code":"\u001b[31m"}}`))
	f.Add(302, "", "", "-1", "", []byte(nil))
	f.Add(400, "a/b;;", "x", "99999999999999999999", "=;", []byte(`{"message":{"a":[]}}`))
	f.Add(200, "application/json", "", "", "", []byte(`{"keys":[{"kty":"RSA","n":"AQ","e":"AQAB"},{"kty":"EC","crv":"P-256","x":"","y":""},null]}`))
	recordedToken, err := hanko.ParseToken(find(f, "right passcode").ResponseHeaders["X-Auth-Token"])
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, contentType, token, wait, cookie string, body []byte) {
		header := http.Header{
			"Content-Type": {contentType}, "X-Auth-Token": {token}, "Retry-After": {wait}, "X-Session-Lifetime": {wait},
			"X-Ratelimit-Limit": {wait}, "X-Ratelimit-Remaining": {wait}, "X-Ratelimit-Reset": {wait}, "Set-Cookie": {cookie}, "Location": {cookie},
		}
		for _, call := range calls {
			client := answer{status, header, string(body)}.client(t)
			err := call.make(t.Context(), client)
			logged := client.Log().From(0)
			if len(logged) != 1 || (logged[0].Err != nil) != (err != nil) {
				t.Fatalf("%s fails with %v, and logged is %+v", call.name, err, logged)
			}
			if err == nil {
				continue
			}
			var failure *hanko.Error
			if !errors.As(err, &failure) {
				t.Fatalf("%s fails with a %T: %v", call.name, err, err)
			}
			if failure.Kind == 0 || failure.Means == "" || failure.Do == "" || failure.RetryAfter < 0 {
				t.Errorf("%s fails with %+v, which lacks an explanation", call.name, failure)
			}
			printable(t, "the error", err.Error())
		}
		several := answer{status, header, string(body)}.client(t)
		_, startErr := several.StartFlow(t.Context(), hanko.LoginFlow, "")
		_, recogniseErr := several.Recognise(t.Context())
		for _, err := range []error{startErr, recogniseErr} {
			var failure *hanko.Error
			if err != nil && (!errors.As(err, &failure) || failure.Kind == 0) {
				t.Errorf("fails with %T: %v", err, err)
			}
			if err != nil {
				printable(t, "the error", err.Error())
			}
		}
		if keys, err := (answer{status, header, string(body)}).client(t).Keys(t.Context()); err == nil {
			if err := keys.Verify(recordedToken); err != nil {
				printable(t, "the error", err.Error())
			}
		}
	})
}

// FuzzKeys reads any key set: no key in it is private, and only the tenant's key verifies a token.
func FuzzKeys(f *testing.F) {
	real := string(find(f, "keys").ResponseBody)
	for _, set := range []string{
		real, `{"keys":[]}`, `{"keys":null}`, `{"keys":[{"kty":"oct","k":"AAAA","kid":"a"}]}`, `{"keys":[{"kty":"RSA","n":"AQ","e":"AQAB","kid":"a"},{"kty":"OKP","crv":"X448","x":"AA"},null]}`,
		`{"keys":[{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}],"keys":{}}`, `{"keys":[{"kty":"RSA","n":"","e":"","x5c":["AAAA"]}]}`,
	} {
		f.Add(set)
	}
	token, err := hanko.ParseToken(find(f, "right passcode").ResponseHeaders["X-Auth-Token"])
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, set string) {
		keys, err := answer{200, http.Header{"Content-Type": {"application/json"}}, set}.client(t).Keys(t.Context())
		if err != nil {
			var failure *hanko.Error
			if !errors.As(err, &failure) {
				t.Errorf("it fails with a %T: %v", err, err)
			}
			printable(t, "the error", err.Error())
			return
		}
		err = keys.Verify(token)
		var refused *hanko.SignatureError
		if err != nil && !errors.As(err, &refused) {
			t.Errorf("the token is refused with a %T: %v", err, err)
		}
		if err == nil && !slices.Contains(keys.IDs(), token.KeyID) {
			t.Errorf("the token's key %q is not among %q", token.KeyID, keys.IDs())
		}
	})
}

func FuzzParseURL(f *testing.F) {
	for _, text := range []string{
		"https://f4.hanko.io", "http://localhost:8000/", "http://[::1]:8000", "https://me:secret@x", "https://x:99999", "https://x/%2F/..?",
		"\x1b", "https://\u202ex", "http://[fe80::1%25lo]:1", "https://x/\u0085",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		base, err := hanko.ParseURL(text)
		if err != nil {
			var refused *hanko.URLError
			if !errors.As(err, &refused) || refused.Reason == "" {
				t.Errorf("%q fails with %v, want a *URLError", text, err)
			}
			printable(t, "the error", err.Error())
			return
		}
		again, err := hanko.ParseURL(base.String())
		if err != nil || again.String() != base.String() || strings.HasSuffix(base.Path, "/") {
			t.Errorf("%q gives %q, which gives %v, %v", text, base, again, err)
		}
		var asked string
		client, err := hanko.NewClient(text, hanko.Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			asked = r.URL.Path
			return nil, errors.New("no network here")
		})})
		if err != nil {
			t.Fatalf("%q is a URL, and NewClient says %v", text, err)
		}
		_, err = client.PublicConfig(t.Context())
		if asked != base.Path+"/.well-known/config" {
			t.Errorf("%q leads to the path %q", text, asked)
		}
		printable(t, "the error", err.Error())
	})
}
