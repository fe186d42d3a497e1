package association

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/authenticator"
)

const (
	rpID  = "example.com"
	appID = "ABCDE12345.com.example.app"
)

var (
	hash = bytes.Repeat([]byte{0xa1, 0x0b}, 16)
	app  = authenticator.AndroidApp{PackageName: "com.example.app", APKKeyHash: base64.RawURLEncoding.EncodeToString(hash)}
)

// serve serves every domain over TLS, and returns a Checker that sends all requests there.
func serve(t *testing.T, handler http.HandlerFunc) *Checker {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	client := server.Client()
	transport := client.Transport.(*http.Transport).Clone()
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}
	// The server's certificate is for example.com, whatever domain was meant.
	transport.TLSClientConfig.ServerName = "example.com"
	client.Transport = transport
	return New(client)
}

// file serves one file at one path, and 404 elsewhere.
func file(path, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write([]byte(body))
	}
}

func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host == "" && !strings.HasSuffix(r.URL.Path, "/moved") {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"origins":["https://other.example"],"webcredentials":{"apps":["` + appID + `"]}}`))
	}
}

func wantProblem(t *testing.T, err error, problem string) {
	t.Helper()
	if problem == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	var e *Error
	if !errors.As(err, &e) || !strings.Contains(err.Error(), problem) || !strings.HasPrefix(e.URL, "https://") {
		t.Errorf("error %v, want one that says %q", err, problem)
	}
}

func TestApple(t *testing.T) {
	const path = "/.well-known/apple-app-site-association"
	good := `{"applinks":{},"webcredentials":{"apps":["OTHER12345.com.example.app","` + appID + `"]}}`
	tests := []struct {
		name    string
		handler http.HandlerFunc
		appID   string
		problem string
	}{
		{"listed", file(path, "application/json", good), appID, ""},
		{"charset", file(path, "application/json; charset=utf-8", good), appID, ""},
		{"another team", file(path, "application/json", good), "ZZZZZ12345.com.example.app", "does not list ZZZZZ12345.com.example.app"},
		{"only applinks", file(path, "application/json", `{"applinks":{"apps":["`+appID+`"]}}`), appID, "under webcredentials"},
		{"no app id", file(path, "application/json", good), "", "no app id"},
		{"wrong type", file(path, "text/html", good), appID, `type "text/html"`},
		{"not there", http.NotFound, appID, "404"},
		{"not JSON", file(path, "application/json", "<html>"), appID, "is not an apple-app-site-association"},
		{"redirect", redirect("/moved"), appID, "redirects"},
		{"too large", file(path, "application/json", good+strings.Repeat(" ", maxSize)), appID, "larger than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantProblem(t, serve(t, tt.handler).Apple(t.Context(), tt.appID, rpID), tt.problem)
		})
	}
}

func TestAndroid(t *testing.T) {
	const path = "/.well-known/assetlinks.json"
	links := func(relation, packageName, fingerprint string) string {
		return `[{"relation":["` + relation + `"],"target":{"namespace":"web","site":"https://example.com"}},
			{"relation":["delegate_permission/common.handle_all_urls","` + relation + `"],
			"target":{"namespace":"android_app","package_name":"` + packageName + `","sha256_cert_fingerprints":["00:11","` + fingerprint + `"]}}]`
	}
	good := links(loginRelation, "com.example.app", fingerprint(hash))
	including := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		body := `[{"include":"https://example.com/.well-known/assetlinks.json"},{"include":"http://example.com/x"},{"include":"https://example.com/more.json"}]`
		if r.URL.Path == "/more.json" {
			body = good
		}
		_, _ = w.Write([]byte(body))
	}
	endless := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`[{"include":"https://example.com/` + r.URL.Path + `x"}]`))
	}
	tests := []struct {
		name    string
		handler http.HandlerFunc
		app     authenticator.AndroidApp
		problem string
	}{
		{"listed", file(path, "application/json", good), app, ""},
		{"included", including, app, ""},
		{"endless includes", endless, app, "does not name the package"},
		{"another package", file(path, "application/json", links(loginRelation, "com.example.other", fingerprint(hash))), app, "does not name the package com.example.app"},
		{"another certificate", file(path, "application/json", links(loginRelation, "com.example.app", "AA:BB")), app, "other certificates than A1:0B:"},
		{"another relation", file(path, "application/json", links("delegate_permission/common.handle_all_urls", "com.example.app", fingerprint(hash))), app, "without the relation"},
		{"padded hash", file(path, "application/json", good), authenticator.AndroidApp{PackageName: "com.example.app", APKKeyHash: app.APKKeyHash + "="}, "cannot be compared"},
		{"wrong type", file(path, "text/plain", good), app, `type "text/plain"`},
		{"not there", http.NotFound, app, "404"},
		{"not a list", file(path, "application/json", `{}`), app, "is not a list of statements"},
		{"redirect", redirect("/moved"), app, "redirects"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantProblem(t, serve(t, tt.handler).Android(t.Context(), tt.app, rpID), tt.problem)
		})
	}
}

func TestRelatedOrigins(t *testing.T) {
	const path = "/.well-known/webauthn"
	const origin = "https://other.example"
	list := func(origins string) http.HandlerFunc {
		return file(path, "application/json", `{"origins":[`+origins+`]}`)
	}
	tests := []struct {
		name    string
		handler http.HandlerFunc
		problem string
	}{
		{"listed", list(`"https://first.example","https://other.example"`), ""},
		{"with a path", list(`"https://other.example/"`), ""},
		{"another port", list(`"https://other.example:8443"`), "does not list"},
		{"another scheme", list(`"http://other.example"`), "does not list"},
		{"a suffix", list(`"https://notother.example","https://example"`), "does not list"},
		{"sixth name", list(`"https://a.example","https://b.example","https://c.example","https://d.example","https://e.example","https://other.example"`), "does not list"},
		{"sixth origin, fifth name", list(`"https://a.example","https://a.test","https://b.example","https://c.example","https://d.example","https://other.example"`), ""},
		{"nonsense before", list(`"com","","://","https://other.example"`), ""},
		{"no list", file(path, "application/json", `{}`), "it has no origins"},
		{"another case", file(path, "application/json", `{"Origins":["https://other.example"]}`), `it has no origins: "Origins" should be "origins"`},
		{"not JSON", file(path, "application/json", `<html>`), "is not a list"},
		{"wrong type", file(path, "text/plain", `{"origins":["https://other.example"]}`), "type"},
		{"redirect on https", redirect("https://example.com/moved"), ""},
		{"redirect to http", redirect("http://example.com/moved"), "redirects away from https"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantProblem(t, serve(t, tt.handler).RelatedOrigin(t.Context(), rpID, origin), tt.problem)
		})
	}
}

func TestAnUnreachableDomain(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	wantProblem(t, New(nil).Apple(t.Context(), appID, server.Listener.Addr().String()), "cannot be reached") // an untrusted certificate
	server.Close()
	wantProblem(t, New(nil).Apple(t.Context(), appID, server.Listener.Addr().String()), "cannot be reached")

	hanging := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		panic(http.ErrAbortHandler) // over HTTP/2, an empty answer can still arrive together with the deadline
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := hanging.Apple(ctx, appID, rpID)
	wantProblem(t, err, "cannot be reached")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v hides the deadline", err)
	}
}

// The Checker's methods fit the phone's options.
func TestAPhoneThatChecks(t *testing.T) {
	checker := serve(t, file("/.well-known/webauthn", "application/json", `{"origins":["https://other.example"]}`))
	options := authenticator.CreationOptions{
		RP:        authenticator.RelyingParty{ID: rpID, Name: "Example"},
		User:      authenticator.User{ID: []byte("ada"), Name: "ada", DisplayName: "Ada"},
		Challenge: []byte("challenge"),
	}
	page := authenticator.NewPhone(authenticator.IPhoneBrowser("https://other.example"), authenticator.NewMemoryKeystore(),
		authenticator.AlwaysApprove, authenticator.WithRelatedOrigins(checker.RelatedOrigin))
	if _, err := page.Create(t.Context(), options); err != nil {
		t.Errorf("a related page: %v", err)
	}
	for _, profile := range []authenticator.Profile{authenticator.IPhone(), authenticator.Android(app)} {
		profile.AppleAppID = appID
		native := authenticator.NewPhone(profile, authenticator.NewMemoryKeystore(),
			authenticator.AlwaysApprove, authenticator.Strict(), authenticator.WithAppAssociation(checker.App, nil))
		_, err := native.Create(t.Context(), options)
		var refused *authenticator.Error
		var cause *Error
		if !errors.As(err, &refused) || refused.Name != authenticator.SecurityError || !errors.As(err, &cause) {
			t.Errorf("an app that is not associated: %v", err)
		}
	}
	if err := checker.App(t.Context(), authenticator.SecurityKey("https://example.com"), rpID); err != nil {
		t.Errorf("no platform asks for a security key: %v", err)
	}
}

// upgrading answers 101 and keeps the connection. net/http then returns a body that ignores the request's context.
func upgrading(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		t.Cleanup(func() { _ = connection.Close() })
		_, _ = io.WriteString(connection, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	}
}

func TestSwitchingProtocolsIsNoAnswer(t *testing.T) {
	err := serve(t, upgrading(t)).Apple(t.Context(), appID, rpID) // were it one, its body would never end
	wantProblem(t, err, "answers 101 Switching Protocols")
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A body ends with the context, even if the transport ignores it.
func TestBodyEndsWithContext(t *testing.T) {
	body, writer := io.Pipe()
	defer writer.Close()
	checker := New(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: body, Request: r}, nil
	})})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := checker.Apple(ctx, appID, rpID)
	wantProblem(t, err, "cannot be read")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v hides the deadline", err)
	}
}
