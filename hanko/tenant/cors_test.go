package tenant

import (
	"net/http/httptest"
	"testing"
)

// crossOrigin sends a request as a browser sends it for a page at the origin.
func crossOrigin(a *app, method, path, origin string) reply {
	a.t.Helper()
	r := httptest.NewRequestWithContext(a.t.Context(), method, "http://localhost:8000"+path, nil)
	r.Header.Set("Origin", origin)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if method == "OPTIONS" {
		r.Header.Set("Access-Control-Request-Method", "POST")
		r.Header.Set("Access-Control-Request-Headers", "authorization,content-type")
	}
	return a.send(r)
}

// TestCORS sends requests from pages. A page at an origin of CORS may send them and read the answers. A page at an origin of
// passkeys may only send them, and any other page may do neither.
func TestCORS(t *testing.T) {
	settings := Settings{TokenInHeader: true, Origins: []string{"https://passkeys.example"}}
	if err := settings.Set("cors", "http://localhost:5173, HTTPS://Shop.example:443"); err != nil {
		t.Fatal(err)
	}
	a := openTenant(t, Options{Settings: settings})
	for _, origin := range []string{"http://localhost:5173", "https://shop.example"} {
		asked := crossOrigin(a, "OPTIONS", "/users", origin).want(t, 204, "")
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin":      origin,
			"Access-Control-Allow-Credentials": "true",
			"Access-Control-Allow-Methods":     "GET,POST,PUT,PATCH,DELETE,OPTIONS",
			"Access-Control-Allow-Headers":     "authorization,content-type",
			"Access-Control-Max-Age":           "7200",
		} {
			if got := asked.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", origin, name, got, want)
			}
		}
		answer := crossOrigin(a, "POST", "/user", origin).want(t, 400, "email is a required field")
		if got := answer.header.Get("Access-Control-Expose-Headers"); got != exposed+",X-Auth-Token" {
			t.Errorf("%s: it may read the headers %q", origin, got)
		}
		if got := answer.header.Get("Access-Control-Allow-Origin"); got != origin {
			t.Errorf("%s: the answer is for %q", origin, got)
		}
	}
	for origin, status := range map[string]int{"https://passkeys.example": 400, "https://evil.example": 403, "null": 403} {
		asked := crossOrigin(a, "OPTIONS", "/users", origin).want(t, 204, "")
		answer := crossOrigin(a, "POST", "/user", origin).want(t, status, "")
		for _, header := range []string{asked.header.Get("Access-Control-Allow-Origin"), answer.header.Get("Access-Control-Allow-Origin")} {
			if header != "" {
				t.Errorf("%s may read answers for %q", origin, header)
			}
		}
	}
	if header := openTenant(t, Options{}).call("GET", "/health/alive", nil).header; header.Get("Vary") != "" {
		t.Errorf("without CORS the answer varies by %q", header.Get("Vary"))
	}
}
