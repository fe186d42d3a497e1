// Package provider is a third party to sign in with: an OpenID Connect provider with two invented people, any number of invented
// newcomers, and a page that asks for their consent. It is for trying out tenants. Anybody who can reach it can be any of these
// people.
//
// It supports the authorization code flow (OpenID Connect Core 1.0, section 3.1) with PKCE (RFC 7636), discovery, and userinfo.
package provider

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Options say how a provider is reached. All fields are optional.
type Options struct {
	// Issuer is the provider's URL, without a slash at its end. "" derives it from each request: http, its host, and Path.
	Issuer string
	// Path is the provider's path, such as "/provider"; "" is the root.
	Path string
	// Now is the provider's clock. nil is time.Now.
	Now func() time.Time
}

// The client credentials of every tenant. The provider accepts no others.
const (
	ClientID     = "hanko"
	ClientSecret = "invented-for-trying-out" //nolint:gosec // it guards nothing: the people are invented
)

// Person is one of the invented people.
type Person struct {
	ID         string // "ada"
	Name       string // "Ada Example"
	GivenName  string
	FamilyName string
	Email      string
}

// People returns the two people that are always there. Their domain cannot exist (RFC 2606).
func People() []Person {
	return []Person{
		{"ada", "Ada Example", "Ada", "Example", "ada@provider.example"},
		{"ben", "Ben Example", "Ben", "Example", "ben@provider.example"},
	}
}

// newcomerID is the prefix of newcomers' IDs.
const newcomerID = "new-"

var newcomerTag = regexp.MustCompile(`^[a-z2-7]{8}$`)

// Newcomer invents a person whom no tenant knows yet. The ID has everything about the person, so the provider need not store it.
func Newcomer() Person { return newcomer(strings.ToLower(rand.Text()[:8])) }

func newcomer(tag string) Person {
	return Person{newcomerID + tag, "Cleo Example", "Cleo", "Example", "cleo-" + tag + "@provider.example"}
}

// personOf returns the person with an ID, and whether there is one.
func personOf(id string) (person Person, known bool) {
	if tag, isNew := strings.CutPrefix(id, newcomerID); isNew && newcomerTag.MatchString(tag) {
		return newcomer(tag), true
	}
	people := People()
	at := slices.IndexFunc(people, func(p Person) bool { return p.ID == id })
	if at < 0 {
		return Person{}, false
	}
	return people[at], true
}

// Address says what the provider reveals about a person's address.
type Address string

// The values of Address.
const (
	Verified   Address = "verified"
	Unverified Address = "unverified" // the address, which the provider has not verified
	Withheld   Address = "withheld"   // nothing
)

// Provider is an http.Handler. It is safe for concurrent use.
type Provider struct {
	options Options
	mux     *http.ServeMux
	key     func() (*rsa.PrivateKey, error)

	mu     sync.Mutex
	grants map[string]grant // by code, and by access token
}

// grant is what somebody agreed to.
type grant struct {
	person      Person
	address     Address
	redirectURI string
	challenge   string // of PKCE, S256; "" if there was none
	nonce       string
	access      bool // it is for an access token, not a code
	expires     time.Time
}

// How long a code and an access token are valid.
const (
	codeLife   = time.Minute
	accessLife = 5 * time.Minute
)

// New returns a provider.
func New(options Options) *Provider {
	if options.Now == nil {
		options.Now = time.Now
	}
	p := &Provider{
		options: options, mux: http.NewServeMux(), grants: make(map[string]grant),
		key: sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) }),
	}
	at := func(pattern string, handle http.HandlerFunc) {
		method, path, _ := strings.Cut(pattern, " ")
		p.mux.HandleFunc(method+" "+options.Path+path, handle)
	}
	at("GET /{$}", p.root)
	at("GET /.well-known/openid-configuration", p.discovery)
	at("GET /jwks", p.jwks)
	at("GET /authorize", p.ask)
	at("POST /authorize", p.answered)
	at("POST /token", p.token)
	at("GET /userinfo", p.userinfo)
	at("GET /error", ErrorPage)
	return p
}

// ServeHTTP implements http.Handler.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.mux.ServeHTTP(w, r) }

func (p *Provider) issuer(r *http.Request) string {
	if p.options.Issuer != "" {
		return p.options.Issuer
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + p.options.Path
}

// root says what the provider is to somebody who opens its address.
func (p *Provider) root(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	// It fails only if the browser has gone.
	_, _ = fmt.Fprintf(w, "This is hankosim's provider, an OpenID Connect provider with invented people.\n"+
		"Start at an app's button: the tenant sends your browser here.\n"+
		"Its configuration is at %s/.well-known/openid-configuration\n", p.issuer(r))
}

// discovery answers GET /.well-known/openid-configuration (OpenID Connect Discovery 1.0, section 3).
func (p *Provider) discovery(w http.ResponseWriter, r *http.Request) {
	issuer := p.issuer(r)
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer":                                issuer,
		"authorization_endpoint":                issuer + "/authorize",
		"token_endpoint":                        issuer + "/token",
		"userinfo_endpoint":                     issuer + "/userinfo",
		"jwks_uri":                              issuer + "/jwks",
		"response_types_supported":              []string{"code"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported":                      []string{"openid", "email", "profile"},
		"code_challenge_methods_supported":      []string{"S256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
	})
}

func (p *Provider) jwks(w http.ResponseWriter, _ *http.Request) {
	key, err := p.key()
	if err != nil {
		http.Error(w, "The provider could not create a key.", http.StatusInternalServerError)
		return
	}
	writeJSON(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: key.Public(), KeyID: keyID, Algorithm: string(jose.RS256), Use: "sig"},
	}})
}

const keyID = "1"

// maxGrants limits how many consents a provider keeps. It is many more than are needed at once.
const maxGrants = 1000

// keep stores a grant for a time, and returns the secret under which it is stored.
func (p *Provider) keep(g grant, life time.Duration) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.options.Now()
	for secret, other := range p.grants {
		if len(p.grants) >= maxGrants || other.expires.Before(now) {
			delete(p.grants, secret)
		}
	}
	secret := rand.Text()
	g.expires = now.Add(life)
	p.grants[secret] = g
	return secret
}

// take returns a grant that has not expired. A code works only once.
func (p *Provider) take(secret string, access bool) (grant, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, known := p.grants[secret]
	if !known || g.access != access || g.expires.Before(p.options.Now()) {
		return grant{}, false
	}
	if !access {
		delete(p.grants, secret)
	}
	return g, true
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // it fails only if the client has gone
}
