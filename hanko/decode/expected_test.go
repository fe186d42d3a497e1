package decode

import (
	"testing"

	"example.com/hankosim/hanko"
)

func TestExpected(t *testing.T) {
	for _, test := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/.well-known/config", "", 404, "probe"},
		{"GET", "/.well-known/config", "", 200, ""},
		{"GET", "/.well-known/config", "", 500, ""},
		{"POST", "/passcode/login/initialize", "{}", 400, "probe"},
		{"POST", "/passcode/login/initialize", "{}", 404, "probe"},
		{"POST", "/passcode/login/initialize", `{"user_id":"1"}`, 400, ""},
		{"POST", "/passcode/login/initialize", "{}", 429, ""},
		{"POST", "/user", `{"email":"ada@example.com"}`, 404, "new"},
		{"POST", "/user", `{"email":"ada@example.com"}`, 400, ""},
		{"POST", "/passcode/login/finalize", `{"id":"1","code":"1"}`, 401, ""},
	} {
		exchange := hanko.Exchange{Method: test.method, Path: test.path, URL: "https://tenant.example" + test.path, Status: test.status, RequestBody: []byte(test.body)}
		if got := Expected(exchange); got != test.want {
			t.Errorf("%s %s %s, %d: %q, not %q", test.method, test.path, test.body, test.status, got, test.want)
		}
	}
}
