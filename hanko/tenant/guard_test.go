package tenant

import (
	"bufio"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// served serves a tenant on loopback and returns its address, host and port.
func served(t *testing.T, options Options) string {
	t.Helper()
	server := httptest.NewServer(openTenant(t, options).tenant.Handler())
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// ask sends a request over HTTP. The header "Host" sets its host.
func ask(t *testing.T, address, method, path string, header map[string]string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+path, strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	r.Host = header["Host"]
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(content)
}

// message returns the message in an error's body.
func message(t *testing.T, body string) string {
	t.Helper()
	var answer struct {
		Message string `json:"message"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("%q is not an error's body: %v", body, err)
	}
	return answer.Message
}

// TestHosts sends requests for the tenant's hosts, which are answered, and for names that a page could point to the tenant's
// address, which are not.
func TestHosts(t *testing.T) {
	address := served(t, Options{Hosts: []string{"devbox.local", "Tunnel.Example.", "bücher.example", "hanko_tenant"}})
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]int{
		"localhost":        200,
		"LocalHost":        200,
		"localhost.":       200,
		"app.localhost":    200,
		"127.0.0.1":        200,
		"10.0.2.2":         200, // the Android emulator's name for the machine that it runs on
		"192.168.1.17":     200,
		"[::1]":            200,
		"[fe80::1%25eth0]": 200,
		"devbox.local":     200,
		"DEVBOX.local.":    200,
		"tunnel.example":   200,
		"hanko_tenant":     200,

		"xn--bcher-kva.example": 200,

		"evil.example":           421,
		"localhost.evil.example": 421,
		"notlocalhost":           421,
		"evil.example.":          421,
		"EVIL.example":           421,
		"sub.devbox.local":       421,
		"127.0.0.1.evil.example": 421,
		"example":                421,
	} {
		for _, host := range []string{host, host + ":" + port, host + ":1"} {
			for _, path := range []string{"/health/alive", "/inbox.json", "/"} {
				status, body := ask(t, address, "GET", path, map[string]string{"Host": host})
				if status != want {
					t.Errorf("GET %s for the host %s is answered %d %s, want %d", path, host, status, body, want)
				}
				if want == 421 && !strings.Contains(message(t, body), "--allow-host") {
					t.Errorf("the answer does not say what to do: %s", body)
				}
			}
		}
	}
	if status, _ := ask(t, address, "POST", "/login", map[string]string{"Host": "evil.example"}); status != 421 {
		t.Errorf("a flow of another host is answered %d", status)
	}
	if status, _ := ask(t, address, "HEAD", "/inbox", map[string]string{"Host": "evil.example"}); status != 421 {
		t.Errorf("HEAD of another host is answered %d", status)
	}
}

// TestHostsOnTheWire sends what net/http's client would not: no host, and a whole URL in the request's first line.
func TestHostsOnTheWire(t *testing.T) {
	address := served(t, Options{})
	for request, want := range map[string]int{
		"GET /health/alive HTTP/1.0\r\n\r\n":                                                                200,
		"GET /health/alive HTTP/1.0\r\nHost: evil.example\r\n\r\n":                                          421,
		"GET /health/alive HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n":                                  200,
		"GET http://evil.example/health/alive HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n":     421,
		"GET /health/alive HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: localhost\r\n\r\n":           421,
		"GET /health/alive HTTP/1.1\r\nHost: evil.example@localhost\r\nConnection: close\r\n\r\n":           400,
		"GET /health/alive HTTP/1.1\r\nHost: [::ffff:127.0.0.1]:8000\r\nConnection: close\r\n\r\n":          200,
		"GET /health/alive HTTP/1.1\r\nHost: localhost:\r\nConnection: close\r\n\r\n":                       200,
		"GET /health/alive HTTP/1.1\r\nHost: 127.0.0.1:80:evil.example\r\nConnection: close\r\n\r\n":        421,
		"GET /health/alive HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n":  400,
		"POST /login HTTP/1.1\r\nHost: evil.example:80\r\nContent-Length: 0\r\nConnection: close\r\n\r\n":   421,
		"OPTIONS /inbox.json HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n":                   421,
		"GET //inbox.json HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n":                      421,
		"GET /%69nbox.json HTTP/1.1\r\nHost: LOCALHOST.:8000\r\nConnection: close\r\n\r\n":                  404,
		"GET /%69nbox.json HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\r\n":             404,
		"GET /inbox.json HTTP/1.1\r\nHost: localhost\r\nsec-fetch-site: cross-site\r\n\r\n":                 403,
		"GET /inbox.json HTTP/1.0\r\nOrigin: null\r\nSec-Fetch-Site: cross-site\r\n\r\n":                    403,
		"PROPFIND /inbox HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site\r\n\r\n":                 403,
		"DELETE /user HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\r\n":                  403,
		"PATCH /webauthn/credentials/x HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\r\n": 403,
	} {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(connection, request); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatalf("%q: %v", request, err)
		}
		if response.StatusCode != want {
			t.Errorf("%q is answered %s, want %d", request, response.Status, want)
		}
		_, _ = response.Body.Close(), connection.Close()
	}
}

// TestHostsOfTheRelyingParty sends requests for the RP ID and its subdomains.
func TestHostsOfTheRelyingParty(t *testing.T) {
	address := served(t, Options{Settings: Settings{RPID: "login.example"}})
	for host, want := range map[string]int{
		"login.example": 200, "api.login.example:8000": 200, "localhost": 200, "example": 421, "evil-login.example": 421,
	} {
		if status, _ := ask(t, address, "GET", "/health/alive", map[string]string{"Host": host}); status != want {
			t.Errorf("the host %s gets %d, want %d", host, status, want)
		}
	}
}

// TestHostsOfOrigins sends requests for the hosts of web origins, as a page's development server does.
func TestHostsOfOrigins(t *testing.T) {
	address := served(t, Options{Settings: Settings{
		Origins: []string{"http://devbox.local:5173", "android:apk-key-hash:abc"}, CORS: []string{"https://shop.example"},
	}})
	for host, want := range map[string]int{
		"devbox.local:5173": 200, "devbox.local": 200, "shop.example": 200, "sub.devbox.local": 421, "evil.example": 421,
	} {
		if status, _ := ask(t, address, "GET", "/health/alive", map[string]string{"Host": host}); status != want {
			t.Errorf("the host %s gets %d, want %d", host, status, want)
		}
	}
}

func TestParseHost(t *testing.T) {
	for text, want := range map[string]string{
		"devbox":          "devbox",
		"DevBox.Local.":   "devbox.local",
		"bücher.example":  "xn--bcher-kva.example",
		"BÜCHER.example.": "xn--bcher-kva.example",
		"a_b":             "a_b",
		"10.0.0.1":        "10.0.0.1",
		"[::1]":           "::1",
		"::1":             "::1",
	} {
		if got, err := ParseHost(text); err != nil || got != want {
			t.Errorf("ParseHost(%q) is %q, %v, want %q", text, got, err, want)
		}
	}
	for text, why := range map[string]string{
		"": "empty", "http://a.example": "URL", "a.example/": "URL", "a.example:80": "port", "*.example": "pattern",
		"a b": "not a host name", "a..example": "not a host name", ".": "not a host name", "ü..example": "not a host name", "a\n": "not a host name",
	} {
		if got, err := ParseHost(text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("ParseHost(%q) is %q, %v, want an error with %q", text, got, err, why)
		}
	}
	if _, err := Open(Options{Hosts: []string{"http://a.example"}}); err == nil || !strings.Contains(err.Error(), `the host "http://a.example" is a URL`) {
		t.Errorf("an impossible host gives %v", err)
	}
}

// TestSites sends requests from pages. A page of another site can change nothing and read no mail. The tenant's own pages
// can, and so can apps, which name no site.
func TestSites(t *testing.T) {
	address := served(t, Options{
		Origins:  []string{"android:apk-key-hash:abc", "http://localhost:5173"},
		Settings: Settings{Origins: []string{"HTTPS://Shop.example:443", "capacitor://localhost"}},
	})
	const refusedRead, refusedWrite = "The inbox is not shown to other sites", "This request comes from a web page"
	own := "http://" + address
	for _, test := range []struct {
		name                 string
		origin, site         string // the headers Origin and Sec-Fetch-Site; "" sends none
		mayWrite, mayReadBox bool
	}{
		{"an app", "", "", true, true},
		{"the address bar", "", "none", true, true},
		{"the tenant's own page", own, "same-origin", true, true},
		{"the tenant's own page, whose referrer policy hides the origin", "null", "same-origin", true, true},
		{"a link on the tenant's own page", "", "same-origin", true, true},
		{"the tenant's own page in a browser without Sec-Fetch-Site", own, "", true, true},
		{"an origin of the tenant", "http://localhost:5173", "same-site", true, true},
		{"an origin that is one by default", "http://localhost:8888", "same-site", true, true},
		{"an origin in another spelling", "https://shop.example", "cross-site", true, true},
		{"an origin in a browser without Sec-Fetch-Site", "https://shop.example", "", true, true},

		{"another site", "https://evil.example", "cross-site", false, false},
		{"another site in a browser without Sec-Fetch-Site", "https://evil.example", "", false, false},
		{"another port of this machine", "http://localhost:3000", "same-site", false, false},
		{"another port, without Sec-Fetch-Site", "http://localhost:3000", "", false, false},
		{"a link or an image on another site", "", "cross-site", false, false},
		{"a link on another port of this machine", "", "same-site", false, false},
		{"a page without an origin", "null", "cross-site", false, false},
		{"a page without an origin, without Sec-Fetch-Site", "null", "", false, false},
		{"an origin's other port", "http://localhost:51730", "same-site", false, false},
		{"an origin's other scheme", "http://shop.example", "cross-site", false, false},
		{"an origin that is no web page's", "capacitor://localhost", "cross-site", false, false},
		{"an app's key hash", "android:apk-key-hash:abc", "cross-site", false, false},
		{"a site that no browser knows", "", "elsewhere", false, false},
		{"nonsense", "%%%", "", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			header := map[string]string{}
			if test.origin != "" {
				header["Origin"] = test.origin
			}
			if test.site != "" {
				header["Sec-Fetch-Site"] = test.site
			}
			check := func(method, path string, may bool, told string) {
				t.Helper()
				status, body := ask(t, address, method, path, header)
				if (status == 403) == may {
					t.Errorf("%s %s is answered %d %s", method, path, status, body)
				}
				if !may && !strings.Contains(message(t, body), told) {
					t.Errorf("%s %s says %q, want %q", method, path, message(t, body), told)
				}
			}
			for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
				for _, path := range []string{"/user", "/login", "/passcode/login/initialize", "/sessions/validate", "/nothing", "/inbox"} {
					check(method, path, test.mayWrite, refusedWrite)
				}
			}
			for _, path := range []string{"/inbox", "/inbox.json", "/inbox?to=ada%40example.com"} {
				check("GET", path, test.mayReadBox, refusedRead)
			}
			for _, path := range []string{"/", "/health/alive", "/.well-known/jwks.json", "/me"} { // have no secrets
				check("GET", path, true, "")
			}
		})
	}
	_, body := ask(t, address, "POST", "/user", map[string]string{"Origin": "http://localhost:3000"})
	if told := message(t, body); !strings.Contains(told, "http://localhost:3000") || !strings.Contains(told, "--set origins=http://localhost:3000") {
		t.Errorf("the answer does not say which switch lets the page in: %s", told)
	}
}

// TestSitesOfAMultiTenantServer finds the inbox at the root and below the tenant's path, guarded at both.
func TestSitesOfAMultiTenantServer(t *testing.T) {
	a := openTenant(t, Options{Settings: settingsOf(t, PresetV3Multitenant)})
	server := httptest.NewServer(a.tenant.Handler())
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, base := range []string{"", a.tenant.BasePath(), strings.ToUpper(a.tenant.BasePath())} {
		for _, page := range []string{"/inbox", "/inbox.json"} {
			if status, body := ask(t, u.Host, "GET", base+page, nil); status != 200 {
				t.Errorf("%s is answered %d %s", base+page, status, body)
			}
			if status, body := ask(t, u.Host, "GET", base+page, map[string]string{"Sec-Fetch-Site": "cross-site"}); status != 403 {
				t.Errorf("%s for another site is answered %d %s", base+page, status, body)
			}
		}
	}
	if status, body := ask(t, u.Host, "POST", a.tenant.BasePath()+"/login", map[string]string{"Origin": "https://evil.example"}); status != 403 {
		t.Errorf("a flow for another site is answered %d %s", status, body)
	}
}

// TestGuardIsLogged finds a refused request in the log, with its path, host and reason.
func TestGuardIsLogged(t *testing.T) {
	var out strings.Builder
	a := openTenant(t, Options{Log: slog.New(slog.NewTextHandler(&out, nil))})
	r := httptest.NewRequestWithContext(t.Context(), "GET", "http://evil.example/inbox.json", nil)
	a.send(r).want(t, 421, "")
	for _, part := range []string{"path=/inbox.json", "host=evil.example", "--allow-host", "status=421"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("the log has no %s: %s", part, out.String())
		}
	}
}
