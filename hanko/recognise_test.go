package hanko_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/hanko"
)

func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

const (
	notFound  = `{"code":404,"message":"Not Found"}`
	config    = `{"account":{"allow_deletion":false,"allow_signup":true},"emails":{},"password":{},"providers":null}`
	preflight = `{"name":"preflight","status":200,"csrf_token":"x","actions":{}}`
)

// Tenants are recognised in two requests.
func TestRecogniseTenants(t *testing.T) {
	for _, test := range []struct {
		name     string
		config   http.HandlerFunc
		passcode http.HandlerFunc
		login    http.HandlerFunc
		api      hanko.API
		found    string
	}{
		{"v2 with the REST API", answering(200, config), answering(400, `{"code":400,"message":"user_id is a required field"}`), answering(200, preflight), hanko.REST, "v1 or v2"},
		{"v2 with MFA on", answering(200, config), answering(404, notFound), answering(200, preflight), hanko.FlowAPI, "MFA"},
		{"v3", answering(404, notFound), answering(404, notFound), answering(200, preflight), hanko.FlowAPI, "v3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			mux := http.NewServeMux()
			mux.HandleFunc("/tenant/.well-known/config", test.config)
			mux.HandleFunc("/tenant/passcode/login/initialize", test.passcode)
			mux.HandleFunc("/tenant/login", test.login)
			server := httptest.NewServer(mux)
			defer server.Close()
			client, err := hanko.NewClient(server.URL+"/tenant", hanko.Options{})
			if err != nil {
				t.Fatal(err)
			}
			found, err := client.Recognise(context.Background())
			if err != nil || found.API != test.api || !strings.Contains(found.String(), test.found) {
				t.Errorf("recognised %q as %q, %v", found, found.API, err)
			}
			if n := client.Log().Len(); n != 2 {
				t.Errorf("it took %d requests", n)
			}
		})
	}
}

// For anything that is not a tenant, the error says what it is.
func TestRecogniseOtherThings(t *testing.T) {
	html := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = w.Write([]byte("<!doctype html><title>Welcome</title>"))
		}
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, test := range []struct {
		name    string
		handler http.HandlerFunc // nil: nothing listens
		kind    hanko.Kind
		says    string
	}{
		{"a static site", html(404), hanko.NotHanko, "web page"},
		{"an SPA that answers everything with its page", html(200), hanko.NotHanko, "web page"},
		{"a captive portal", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://portal.example/login", http.StatusFound)
		}, hanko.Redirected, "captive portal"},
		{"an API gateway", answering(401, `{"message":"Missing Authentication Token"}`), hanko.NotHanko, "gateway"},
		{"a closed port", nil, hanko.Unreachable, "Nothing listens"},
		{"no HTTP server", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, hanko.Unreachable, "closed the connection without an answer"},
		{"another API", answering(404, `{"error":"no route"}`), hanko.NotHanko, "not a Hanko tenant"},
		{"another API with a login", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/login" {
				answering(200, `{"name":"welcome"}`)(w, r)
				return
			}
			answering(404, notFound)(w, r)
		}, hanko.NotHanko, "not a Hanko tenant"},
		{"a multi-tenant server without a tenant's id", answering(400, `{"code":400,"message":"invalid tenant ID format"}`), hanko.Refused, "lacks the tenant's ID"},
		{"a multi-tenant server without that tenant", answering(404, `{"code":404,"message":"tenant not found"}`), hanko.NotHanko, "no tenant with the ID"},
		{"a server in trouble", answering(503, `{}`), hanko.Refused, "does not accept requests"},
	} {
		t.Run(test.name, func(t *testing.T) {
			base := "http://" + closed.Addr().String()
			if test.handler != nil {
				server := httptest.NewServer(test.handler)
				defer server.Close()
				base = server.URL
			}
			client, err := hanko.NewClient(base, hanko.Options{Timeout: time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			found, err := client.Recognise(context.Background())
			var failure *hanko.Error
			if !errors.As(err, &failure) || failure.Kind != test.kind || !strings.Contains(failure.Error(), test.says) || failure.Do == "" {
				t.Errorf("recognised as %q, %v", found, err)
			}
		})
	}
}
