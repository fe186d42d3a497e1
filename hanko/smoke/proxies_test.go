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

	"origins-of-quickstart": refusesPasskeys(func(p passkey) bool { return p.origin != "http://localhost:8888" }),
	"origins-of-others":     refusesPasskeys(func(passkey) bool { return true }),
	"wants-attestation":     refusesPasskeys(func(p passkey) bool { return p.format == "none" }),
	"refuses-verified":      refusesPasskeys(func(p passkey) bool { return p.flags&0x04 != 0 }),
	"refuses-synced":        refusesPasskeys(func(p passkey) bool { return p.flags&0x08 != 0 }),

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
	"one-session":    oneSession,
	"keeps-sessions": func(next http.Handler) http.Handler { return at("/logout", answers(204, "", ""), next) },
	"caches-me":      cachesMe,

	"no-passkeys-allowed": passkeyLimit(0),
	"no-identifiers": func(next http.Handler) http.Handler {
		return withoutActions(hanko.StateRegistrationInit, hanko.ActionRegisterLoginIdentifier)(
			withoutActions(hanko.StateLoginInit, hanko.ActionContinueWithLoginIdentifier)(next))
	},
	"no-passcodes": func(next http.Handler) http.Handler {
		return at("/passcode/login/initialize", answers(404, asJSON, `{"code":404,"message":"Not Found"}`),
			withoutActions(hanko.StateLoginMethodChooser, hanko.ActionContinueToPasscodeConfirmation)(next))
	},
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

// oneSession ends a user's older session when a new one begins (session.limit: 1).
func oneSession(next http.Handler) http.Handler {
	var (
		mu     sync.Mutex
		newest = map[string]string{} // by user
	)
	old := func(raw string) bool {
		token, err := hanko.ParseToken(raw)
		return err == nil && newest[token.Subject] != "" && newest[token.Subject] != raw
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		var body struct {
			Token string `json:"session_token"`
		}
		_ = json.Unmarshal([]byte(readBody(r)), &body)
		_, bearer, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		switch ended := old(bearer) || old(body.Token); {
		case ended && r.URL.Path == "/sessions/validate":
			answers(200, asJSON, `{"is_valid":false}`).ServeHTTP(w, r)
		case ended:
			answers(401, asJSON, `{"code":401,"message":"Unauthorized"}`).ServeHTTP(w, r)
		default:
			rewrites(func(_ *http.Request, a *httptest.ResponseRecorder) {
				if token, err := hanko.ParseToken(a.Header().Get("X-Auth-Token")); err == nil {
					newest[token.Subject] = token.Raw
				}
			})(next).ServeHTTP(w, r)
		}
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
