package smoke_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"

	"github.com/fxamacker/cbor/v2"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant"
)

// proxies are what may stand in front of a tenant, by the names that docs/misconfigurations.md has for them.
var proxies = map[string]func(http.Handler) http.Handler{
	"strips-token":      strips("X-Auth-Token"),
	"strips-cookies":    strips("Set-Cookie"),
	"strips-rate-limit": strips("Retry-After", "X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset"),
	"cookie-domain": rewrites(func(_ *http.Request, a *httptest.ResponseRecorder) {
		for i, cookie := range a.Header()["Set-Cookie"] {
			a.Header()["Set-Cookie"][i] = cookie + "; Domain=example.org"
		}
	}),
	"rpid-an-address":  replaces(`"localhost"`, `"192.0.2.10"`),
	"rpid-a-bare-name": replaces(`"localhost"`, `"intranet"`),
	"rpid-with-scheme": replaces(`"localhost"`, `"https://localhost"`),
	"rpid-with-port":   replaces(`"localhost"`, `"localhost:8000"`),
	"rpid-miscased":    replaces(`"rpId"`, `"rpid"`),
	"user-miscased":    replaces(`"displayName"`, `"displayname"`),

	"no-challenge": replaces(`"challenge"`, `"chalenge"`),
	"wants-rs256":  replaces(`"alg":-7}`, `"alg":-257}`),

	"only-slash":        originsAre("https://app.example.test/"),
	"only-port":         originsAre("https://app.example.test:443"),
	"wants-attestation": refusesPasskeys(func(p passkey) bool { return p.format == "none" }),
	"refuses-verified":  refusesPasskeys(func(p passkey) bool { return p.flags&0x04 != 0 }),
	"refuses-synced":    refusesPasskeys(func(p passkey) bool { return p.flags&0x08 != 0 }),

	"keys-of-another": func(next http.Handler) http.Handler {
		other, err := tenant.Open(tenant.Options{})
		if err != nil {
			panic(err)
		}
		return at("/.well-known/jwks.json", other.Handler(), next)
	},
	"session-limit": rewrites(func(r *http.Request, a *httptest.ResponseRecorder) {
		if r.URL.Path == "/sessions/validate" {
			setBody(a, []byte(`{"is_valid":false}`))
		}
	}),
	"caches-me":     cachesMe,
	"caches-tokens": cachesTokens,
	"cookie-sibling": rewrites(func(_ *http.Request, a *httptest.ResponseRecorder) {
		for i, cookie := range a.Header()["Set-Cookie"] {
			a.Header()["Set-Cookie"][i] = cookie + "; Domain=login.localhost"
		}
	}),

	"keys-website":   answersAt("/.well-known/jwks.json", 200, "text/html", "<!doctype html><title>Welcome</title>"),
	"keys-missing":   answersAt("/.well-known/jwks.json", 404, asJSON, `{"code":404,"message":"Not Found"}`),
	"no-me":          answersAt("/me", 404, asJSON, `{"code":404,"message":"Not Found"}`),
	"validate-fails": answersAt("/sessions/validate", 500, asJSON, `{"code":500,"message":"Internal Server Error"}`),
	"health-missing": answersAt("/health/alive", 404, "text/html", "<html><title>404</title></html>"),
	"health-fails":   answersAt("/health/alive", 500, asJSON, `{"alive":false}`),
	"user-fails":     answersAt("/user", 500, asJSON, `{"code":500,"message":"Internal Server Error"}`),
	// As with SAML switched on, for each address.
	"saml": rewrites(func(r *http.Request, a *httptest.ResponseRecorder) {
		action := r.URL.Query().Get("action")
		if strings.HasPrefix(action, string(hanko.ActionContinueWithLoginIdentifier)) || strings.HasPrefix(action, string(hanko.ActionRegisterLoginIdentifier)) {
			setBody(a, edited(a.Body.Bytes(), func(flow map[string]any) {
				flow["name"], flow["payload"] = hanko.StateThirdParty, map[string]any{"redirect_url": "http://localhost:8000/saml/auth?domain=example.com"}
			}))
		}
	}),
	"locker-down": rewrites(func(r *http.Request, a *httptest.ResponseRecorder) {
		if strings.HasPrefix(r.URL.Query().Get("action"), string(hanko.ActionRegisterClientCapabilities)) {
			a.Code = http.StatusInternalServerError
			setBody(a, []byte(`{"name":"error","status":500,"csrf_token":"","actions":{},"error":{"code":"technical_error","message":""},"links":null}`))
		}
	}),
	"breaks-off-passkeys": func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/profile" && strings.HasPrefix(r.URL.Query().Get("action"), string(hanko.ActionWebAuthnVerifyAttestationResponse)) {
				panic(http.ErrAbortHandler)
			}
			next.ServeHTTP(w, r)
		})
	},
	"no-flows": answersAt("/login", 403, "text/html", "<html><title>403 Forbidden</title></html>"),
	"strips-authorization": func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Del("Authorization")
			next.ServeHTTP(w, r)
		})
	},
	"too-many":        instead(429, "text/html", "<html><title>429 Too Many Requests</title></html>"),
	"cuts-off":        rewrites(func(_ *http.Request, a *httptest.ResponseRecorder) { setBody(a, a.Body.Bytes()[:a.Body.Len()/2]) }),
	"own-json":        instead(200, asJSON, `{"status":"ok"}`),
	"forbidden":       instead(403, "text/html", "<html><title>403 Forbidden</title></html>"),
	"maintenance":     instead(503, "text/html", "<html><title>Back soon</title></html>"),
	"gateway-timeout": instead(504, "text/html", "<html><title>504 Gateway Time-out</title></html>"),
	"website": func(http.Handler) http.Handler {
		return answers(200, "text/html", "<!doctype html><title>Welcome</title><div id=app></div>")
	},
	"gateway": func(http.Handler) http.Handler {
		return answers(401, "application/json", `{"message":"no API key was found"}`)
	},
	"bad-gateway": func(http.Handler) http.Handler {
		return answers(502, "text/html", "<html><title>502 Bad Gateway</title></html>")
	},
	"redirects": func(http.Handler) http.Handler {
		return http.RedirectHandler("https://elsewhere.example.test/", http.StatusMovedPermanently)
	},
	"nothing": func(http.Handler) http.Handler {
		return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	},
}

// answersAt answers one path by itself.
func answersAt(path string, status int, kind, body string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler { return at(path, answers(status, kind, body), next) }
}

// instead answers everything by itself.
func instead(status int, kind, body string) func(http.Handler) http.Handler {
	return func(http.Handler) http.Handler { return answers(status, kind, body) }
}

// cachesTokens gives a user the token of the first sign-in at each further one.
func cachesTokens(next http.Handler) http.Handler {
	var first sync.Map // by user ID
	return withTokens(func(token hanko.Token) string {
		given, _ := first.LoadOrStore(token.Subject, token.Raw)
		return given.(string)
	})(next)
}

// withTokens gives out other tokens than the tenant has issued, and hands the tenant its own.
func withTokens(other func(hanko.Token) string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		var issued sync.Map // the tenant's, by those that were given out
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, bearer, _ := strings.Cut(r.Header.Get("Authorization"), " "); bearer != "" {
				if raw, known := issued.Load(bearer); known {
					r.Header.Set("Authorization", "Bearer "+raw.(string))
				}
			}
			rewrites(func(_ *http.Request, a *httptest.ResponseRecorder) {
				if token, err := hanko.ParseToken(a.Header().Get("X-Auth-Token")); err == nil {
					raw := token.Raw
					given := other(token)
					issued.Store(given, raw)
					a.Header().Set("X-Auth-Token", given)
				}
			})(next).ServeHTTP(w, r)
		})
	}
}

// at serves one path by another handler.
func at(path string, there, elsewhere http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path {
			there.ServeHTTP(w, r)
			return
		}
		elsewhere.ServeHTTP(w, r)
	})
}

func answers(status int, kind, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if kind != "" {
			w.Header().Set("Content-Type", kind)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// rewrites changes answers on their way to the app.
func rewrites(change func(*http.Request, *httptest.ResponseRecorder)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := httptest.NewRecorder()
			next.ServeHTTP(answer, r)
			change(r, answer)
			for name, values := range answer.Header() {
				w.Header()[name] = values
			}
			w.WriteHeader(answer.Code)
			_, _ = w.Write(answer.Body.Bytes())
		})
	}
}

func setBody(answer *httptest.ResponseRecorder, body []byte) {
	answer.Header().Del("Content-Length")
	answer.Body = bytes.NewBuffer(body)
}

func strips(headers ...string) func(http.Handler) http.Handler {
	return rewrites(func(_ *http.Request, a *httptest.ResponseRecorder) {
		for _, name := range headers {
			a.Header().Del(name)
		}
	})
}

func replaces(old, fresh string) func(http.Handler) http.Handler {
	return rewrites(func(_ *http.Request, a *httptest.ResponseRecorder) {
		setBody(a, bytes.ReplaceAll(a.Body.Bytes(), []byte(old), []byte(fresh)))
	})
}

// cachesMe answers GET /me with the first answer that there was, whoever asks.
func cachesMe(next http.Handler) http.Handler {
	var (
		mu     sync.Mutex
		cached []byte
	)
	return rewrites(func(r *http.Request, a *httptest.ResponseRecorder) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.URL.Path != "/me":
		case cached != nil && r.Header.Get("Authorization") == "":
			a.Code = http.StatusOK
			setBody(a, cached)
		case a.Code == http.StatusOK:
			cached = slices.Clone(a.Body.Bytes())
		}
	})(next)
}

// passkey is what a relying party looks at in a registration.
type passkey struct {
	origin string
	format string
	flags  byte
}

// refusesPasskeys answers registrations as Hanko answers those that it does not accept.
func refusesPasskeys(refused func(passkey) bool) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				panic(err)
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			if r.URL.Path == "/webauthn/registration/finalize" {
				if seen, err := passkeyIn(body); err != nil || refused(seen) {
					answers(400, "application/json", `{"code":400,"message":"failed to validate attestation"}`).ServeHTTP(w, r)
					return
				}
			}
			next.ServeHTTP(w, r)
		})
	}
}

func passkeyIn(body []byte) (passkey, error) {
	var sent struct {
		Response struct {
			ClientData  string `json:"clientDataJSON"`
			Attestation string `json:"attestationObject"`
		} `json:"response"`
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		return passkey{}, err
	}
	clientData, err := base64.RawURLEncoding.DecodeString(sent.Response.ClientData)
	if err != nil {
		return passkey{}, err
	}
	encoded, err := base64.RawURLEncoding.DecodeString(sent.Response.Attestation)
	if err != nil {
		return passkey{}, err
	}
	var (
		client struct {
			Origin string `json:"origin"`
		}
		attestation struct {
			Format   string `cbor:"fmt"`
			AuthData []byte `cbor:"authData"`
		}
	)
	if err := json.Unmarshal(clientData, &client); err != nil {
		return passkey{}, err
	}
	if err := cbor.Unmarshal(encoded, &attestation); err != nil {
		return passkey{}, err
	}
	if len(attestation.AuthData) < 33 {
		return passkey{}, fmt.Errorf("%d bytes are no authenticator data", len(attestation.AuthData))
	}
	return passkey{origin: strings.TrimSpace(client.Origin), format: attestation.Format, flags: attestation.AuthData[32]}, nil
}

// readBody reads a request's body and leaves it as it was.
func readBody(r *http.Request) string {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return string(body)
}
