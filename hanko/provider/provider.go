// Package provider is a third party to sign in with: an OpenID Connect provider with two invented people and as many
// newcomers as anybody likes, and a page that asks for their consent. It is for tenants that are being tried out. Anybody who
// reaches it can be any of these people.
//
// It has the authorization code flow (OpenID Connect Core 1.0, section 3.1) with PKCE (RFC 7636), discovery, and userinfo.
package provider

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Options say how a provider is reached. All of it may be left out.
type Options struct {
	// Issuer is the provider's own URL, without a slash at its end. "" takes it from each request: http, its host, and Path.
	Issuer string
	// Path is the path below which the provider is, as in "/provider"; "" is the root.
	Path string
	// Now is the provider's clock. nil is time.Now.
	Now func() time.Time
}

// The client that every tenant is. The provider knows no other.
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

// People are the two that stay the same. Everybody's domain is one that cannot exist (RFC 2606).
func People() []Person {
	return []Person{
		{"ada", "Ada Example", "Ada", "Example", "ada@provider.example"},
		{"ben", "Ben Example", "Ben", "Example", "ben@provider.example"},
	}
}

// newcomerID begins the ID of somebody whom no tenant knows yet.
const newcomerID = "new-"

var newcomerTag = regexp.MustCompile(`^[a-z2-7]{8}$`)

// Newcomer invents somebody whom no tenant knows yet. The provider knows them again by their ID, without remembering it.
func Newcomer() Person { return newcomer(strings.ToLower(rand.Text()[:8])) }

func newcomer(tag string) Person {
	return Person{newcomerID + tag, "Cleo Example", "Cleo", "Example", "cleo-" + tag + "@provider.example"}
}

// personOf returns the person with an ID.
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

// Address is what the provider says of a person's address.
type Address string

// What it may say.
const (
	Verified   Address = "verified"
	Unverified Address = "unverified" // it is told, but the provider has not verified it
	Withheld   Address = "withheld"   // it is not told
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
	challenge   string // PKCE's, S256; "" when there was none
	nonce       string
	access      bool // it is an access token's, not a code's
	expires     time.Time
}

// How long a code and an access token are good.
const (
	codeLife   = time.Minute
	accessLife = 5 * time.Minute
)

// New makes a provider. It has nobody's consent yet.
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
		http.Error(w, "no key can be made", http.StatusInternalServerError)
		return
	}
	writeJSON(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: key.Public(), KeyID: keyID, Algorithm: string(jose.RS256), Use: "sig"},
	}})
}

const keyID = "1"

// maxGrants is how many consents a provider remembers: many more than are under way at once.
const maxGrants = 1000

// keep remembers a grant for its life, and returns what it is kept under.
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

// take returns a grant that has not expired. A code is good once.
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
	_ = json.NewEncoder(w).Encode(body) // the client has gone: nobody is left to tell
}
