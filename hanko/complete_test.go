package hanko_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"example.com/hankosim/hanko"
)

const cloudID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"

// URLs are completed as people mean them.
func TestCompleteURL(t *testing.T) {
	for _, test := range []struct{ typed, want string }{
		{"https://f4.hanko.io", "https://f4.hanko.io"},
		{" https://F4.Hanko.io/ \n", "https://f4.hanko.io"},
		{"f4.hanko.io", "https://f4.hanko.io"},
		{"//f4.hanko.io", "https://f4.hanko.io"},
		{"login.example.com:8443/tenant-7/", "https://login.example.com:8443/tenant-7"},
		{"localhost", "http://localhost"},
		{"localhost:8000", "http://localhost:8000"},
		{"LOCALHOST:8000/", "http://localhost:8000"},
		{"hanko.localhost:8000", "http://hanko.localhost:8000"},
		{"127.0.0.1:8000", "http://127.0.0.1:8000"},
		{"0.0.0.0:8000", "http://0.0.0.0:8000"},
		{"[::1]:8000", "http://[::1]:8000"},
		{"10.0.2.2:8000", "https://10.0.2.2:8000"},
		{"http://10.0.2.2:8000", "http://10.0.2.2:8000"},
		{"https://localhost:8000", "https://localhost:8000"},
		{"localhost.example.com", "https://localhost.example.com"},

		// With what is around it where it is copied from.
		{"HANKO_API_URL=https://f4.hanko.io", "https://f4.hanko.io"},
		{"HANKO_API_URL=localhost:8000", "http://localhost:8000"},
		{`export NEXT_PUBLIC_HANKO_API_URL = "https://f4.hanko.io/"`, "https://f4.hanko.io"},
		{`const hankoApi = "https://f4.hanko.io";`, "https://f4.hanko.io"},
		{`"apiUrl":"https://f4.hanko.io",`, "https://f4.hanko.io"},
		{`apiUrl: 'https://f4.hanko.io',`, "https://f4.hanko.io"},
		{"url: http://localhost:8000", "http://localhost:8000"},
		{"`http://localhost:8000`", "http://localhost:8000"},
		{"<https://f4.hanko.io>", "https://f4.hanko.io"},
		{" < https://f4.hanko.io/ > ", "https://f4.hanko.io"},
		{"“https://f4.hanko.io”", "https://f4.hanko.io"},
		{"«https://f4.hanko.io»", "https://f4.hanko.io"},
		{"(https://f4.hanko.io).", "https://f4.hanko.io"},
		{"https://f4.hanko.io, ", "https://f4.hanko.io"},
		{"\u200bhttps://f4.\u00adhanko.io\u2060", "https://f4.hanko.io"},
		{"\u00a0https://f4.hanko.io\u00a0", "https://f4.hanko.io"},
		{"\ufeffhttps://f4.hanko.io", "https://f4.hanko.io"},

		// A path that a proxy has the tenant at stays.
		{"https://example.com/login", "https://example.com/login"},
		{"https://example.com/hanko/profile", "https://example.com/hanko/profile"},
		{"https://example.com/" + cloudID + "/", "https://example.com/" + cloudID},

		{"", ""},
		{"  ", ""},
		{"ada@example.com", ""},
		{"https://<tenant_id>.hanko.io", ""},
		{"https://<tenant_id>.hanko.io/login", ""},
		{"mailto:ada", ""},
		{"ftp://f4.hanko.io", ""},
		{"cloud.hanko.io", ""},
		{"https://cloud.hanko.io/projects/7", ""},
		{"https://cloud.hanko.io/login", ""},
		{"f4.hanko.io?x=1", ""},
		{"f4.hanko.io:99999", ""},
		{"two words", ""},
		{"\x1b[31mf4.hanko.io", ""},
	} {
		got, note, err := hanko.CompleteURL(test.typed)
		var bad *hanko.URLError
		if got != test.want || test.want == "" && (!errors.As(err, &bad) || bad.Reason == "") {
			t.Errorf("%q becomes %q, %v, want %q", test.typed, got, err, test.want)
		}
		if note != "" {
			t.Errorf("%q has the note %q", test.typed, note)
		}
	}
}

// The note says what was guessed, and what is probably another API.
func TestCompleteURLNotes(t *testing.T) {
	const cloud = "https://" + cloudID + ".hanko.io"
	for _, test := range []struct{ typed, want, note string }{
		{cloudID, cloud, "A tenant's ID alone means Hanko Cloud: " + cloud + "."},
		{" \"" + strings.ToUpper(cloudID) + "\"\n", cloud, "means Hanko Cloud"},
		{"HANKO_TENANT_ID=" + cloudID, cloud, "means Hanko Cloud"},

		{cloud + "/.well-known/jwks.json", cloud, "/.well-known/jwks.json is an endpoint of a tenant, so " + cloud + " is used as its base URL."},
		{"localhost:8000/.well-known/config", "http://localhost:8000", "/.well-known/config is an endpoint"},
		{"https://example.com/hanko/.well-known/jwks.json?x=1#y", "https://example.com/hanko", "/.well-known/jwks.json is an endpoint"},
		{cloud + "/login?action=continue%40x", cloud, "/login is an endpoint"},
		{cloud + "/", cloud, ""},
		{cloud + "/me", cloud, "/me is an endpoint"},
		{cloud + "/users/1", cloud, "/users/1 is an endpoint"},
		{"http://localhost:8000/registration", "http://localhost:8000", "/registration is an endpoint"},
		{"https://example.com/auth/passcode/login/initialize", "https://example.com/auth", "/passcode/login/initialize is an endpoint"},
		{"https://example.com/webauthn/login/finalize/", "https://example.com", "/webauthn/login/finalize/ is an endpoint"},
		{"https://example.com/" + cloudID + "/login", "https://example.com/" + cloudID, "/login is an endpoint"},
		{"https://example.com/" + cloudID + "/.well-known/jwks.json", "https://example.com/" + cloudID, "/.well-known/jwks.json is an endpoint"},
		{"example.com/health/alive", "https://example.com", "/health/alive is an endpoint"},

		{"localhost:8001", "http://localhost:8001", "Port 8001 is probably that of Hanko's Admin API. Use the public API, which is usually at port 8000."},
		{"https://hanko.example.com:8081/", "https://hanko.example.com:8081", "Port 8081 is probably that of Hanko's Admin API"},
		{cloud + "/admin", cloud + "/admin", "A path that ends in /admin is probably that of Hanko's Admin API"},
	} {
		got, note, err := hanko.CompleteURL(test.typed)
		if got != test.want || err != nil || !strings.Contains(note, test.note) || test.note == "" && note != "" {
			t.Errorf("%q becomes %q, %q, %v, want %q, %q", test.typed, got, note, err, test.want, test.note)
		}
	}
}

// The reasons for refusing a URL can be understood.
func TestURLErrorsHaveNoGoWords(t *testing.T) {
	for _, test := range []struct{ typed, reason string }{
		{"https://cloud.hanko.io/organization/1/project/2", "the API URL is on the dashboard of your project there"},
		{"console.hanko.io", "the API URL is on the dashboard of your project there"},
		{"https://docs.hanko.io/api-reference", "on the dashboard of your project at cloud.hanko.io"},
		{"https://passkeys.hanko.io/" + cloudID, "a different product"},
		{"https://f4.hanko.io/a b", ""}, // a space in a path can be read
		{"https://f4 .hanko.io", "it contains a space"},
		{"https://f4.hanko.io:port", "its port is not one of 1 to 65535"},
		{"https://f4.hanko.io:80:80", "its port is not one of 1 to 65535"},
		{"https://[::1", "there is no ]"},
		{"https://f4.hanko.io/%zz", "it cannot be read as a URL"},
		{"https://f4.hanko.io\x7f", "it contains a control character"},
		{"://f4.hanko.io", "it cannot be read as a URL"},
		{"a b://f4.hanko.io", "it contains a space"},
		{"f4.hanko.io?x=://y", "it must begin with https:// or http://"},
		{"127.0.0.1:8000://", "it cannot be read as a URL"},
	} {
		_, _, err := hanko.CompleteURL(test.typed)
		if test.reason == "" {
			if err != nil {
				t.Errorf("%q is refused: %v", test.typed, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), test.reason) {
			t.Errorf("%q gives %v, want %q", test.typed, err, test.reason)
		}
	}
	for _, text := range []string{"127.0.0.1:8000", "f4.hanko.io", "localhost:8000/x"} { // which only people need completed
		if _, err := hanko.ParseURL(text); err == nil || !strings.Contains(err.Error(), "must begin with https://") {
			t.Errorf("%q gives %v", text, err)
		}
	}
}

// A completed URL is valid, and completing it again does not change it.
func FuzzCompleteURL(f *testing.F) {
	for _, text := range []string{
		"localhost:8000", "//\"\"#", "A=b", "export X='https://x'", "//x", "[::1%25lo]:1", "https://me:secret@x", "x=://", "\u202ex", "http:/x", "://", "x/../..", "X.LOCALHOST.",
		cloudID, "localhost/login?x#y", "https://x/.well-known/jwks.json", "https://x/" + cloudID + "/me", "x/a)/.,", "localhost:8001/admin", "\"a\":\"x\"", "x/%2Flogin//.well-known",
	} {
		f.Add(text)
	}
	goWords := regexp.MustCompile(`net/url|path segment|parse |invalid |escape|userinfo`)
	f.Fuzz(func(t *testing.T, text string) {
		completed, note, err := hanko.CompleteURL(text)
		if err != nil {
			var bad *hanko.URLError
			if !errors.As(err, &bad) || goWords.MatchString(bad.Reason) {
				t.Errorf("%q fails with %v, want a *URLError", text, err)
			}
			printable(t, "the error", err.Error())
			return
		}
		printable(t, "the URL", completed)
		printable(t, "the note", note)
		again, _, err := hanko.CompleteURL(completed)
		if err != nil || again != completed || !strings.HasPrefix(completed, "http") {
			t.Errorf("%q becomes %q, and that %q, %v", text, completed, again, err)
		}
	})
}
