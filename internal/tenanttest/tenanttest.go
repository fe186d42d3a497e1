// Package tenanttest starts embedded tenants for tests.
package tenanttest

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/hanko/tenant/account"
)

// sharedKeys are made once for all tests of a package: making them takes longer than most tests.
var sharedKeys = sync.OnceValues(account.NewKeys)

// Open opens a tenant that is closed with the test. Its passwords are hashed at the lowest cost, and it shares its signing
// keys with other tenants, where the options do not say otherwise.
func Open(t testing.TB, options tenant.Options) *tenant.Tenant {
	t.Helper()
	if options.Keys == nil {
		options.Keys = sharedKeys
	}
	options.PasswordCost = cmp.Or(options.PasswordCost, bcrypt.MinCost)
	opened, err := tenant.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	return opened
}

// Served is a tenant behind real HTTP on loopback.
type Served struct {
	*tenant.Tenant
	Root string // URL of the server, which has the inbox
	URL  string // URL of the API
}

// Serve opens a tenant as Open does and serves it until the test ends. The proxies stand in front of the tenant, the last
// one outermost.
func Serve(t testing.TB, options tenant.Options, proxies ...func(http.Handler) http.Handler) *Served {
	t.Helper()
	opened := Open(t, options)
	handler := opened.Handler()
	for _, proxy := range proxies {
		handler = proxy(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &Served{opened, server.URL, server.URL + opened.BasePath()}
}

// Client returns a new client of the tenant.
func (s *Served) Client(t testing.TB, options hanko.Options) *hanko.Client {
	t.Helper()
	client, err := hanko.NewClient(s.URL, options)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// Settings returns a preset's settings, changed by switches such as "retention=prompt".
func Settings(t testing.TB, preset tenant.Preset, switches ...string) tenant.Settings {
	t.Helper()
	settings, err := preset.Settings()
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range switches {
		name, value, _ := strings.Cut(word, "=")
		if err := settings.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	return settings
}
