package hanko_test

import (
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/hankosim/hanko"
)

// answer is a transport that gives every request the same answer.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) RoundTrip(r *http.Request) (*http.Response, error) {
	header := a.header
	if header == nil {
		header = http.Header{"Content-Type": {"application/json"}}
	}
	return &http.Response{
		Status: http.StatusText(a.status), StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(strings.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: r,
	}, nil
}

func (a answer) client(t testing.TB) *hanko.Client {
	return newClient(t, "http://tenant.test", hanko.Options{Transport: a})
}

// jwt joins a token's parts. It does not change the signature.
func jwt(header, claims, signature string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(header)) + "." + encode([]byte(claims)) + "." + encode([]byte(signature))
}

// find returns the recorded exchange with a note.
func find(t testing.TB, note string) recorded {
	t.Helper()
	for _, r := range recording(t) {
		if r.Note == note {
			return r
		}
	}
	t.Fatalf("no exchange %q is recorded", note)
	return recorded{}
}

func recordedKeys(t testing.TB) hanko.KeySet {
	t.Helper()
	keys, err := answer{status: http.StatusOK, body: string(find(t, "keys").ResponseBody)}.client(t).Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestParseToken(t *testing.T) {
	raw := find(t, "right passcode").ResponseHeaders["X-Auth-Token"]
	token, err := hanko.ParseToken(raw)
	if err != nil {
		t.Fatal(err)
	}
	want := hanko.Token{
		Raw: raw, Algorithm: "RS256", KeyID: "68b07951-13d3-413f-8086-e5a80f2b11a4",
		Subject: "e0b514b6-9a46-4dc0-8623-39daf90703b2", SessionID: "a8000970-eb31-454d-935d-85281a519dde",
		Audience: []string{"localhost"}, IssuedAt: time.Unix(1795445230, 0), ExpiresAt: time.Unix(1795488430, 0),
		Header: map[string]any{"alg": "RS256", "kid": "68b07951-13d3-413f-8086-e5a80f2b11a4", "typ": "JWT"},
		Claims: map[string]any{
			"aud": []any{"localhost"}, "exp": 1795488430.0, "iat": 1795445230.0,
			"sub": "e0b514b6-9a46-4dc0-8623-39daf90703b2", "session_id": "a8000970-eb31-454d-935d-85281a519dde",
			"email": map[string]any{"address": "ada6420@example.com", "is_primary": true, "is_verified": true},
		},
	}
	if diff := cmp.Diff(want, token); diff != "" {
		t.Errorf("the recorded token (-want +parsed):\n%s", diff)
	}
}

func TestParseTokenOddities(t *testing.T) {
	for _, test := range []struct {
		name, raw string
		want      hanko.Token // Raw, Header and Claims are not compared
		refused   bool
	}{
		{name: "one audience as text", raw: jwt(`{"alg":"RS256"}`, `{"aud":"app","iss":"me","amr":["otp",7]}`, "s"), want: hanko.Token{Algorithm: "RS256", Audience: []string{"app"}, Issuer: "me", Methods: []string{"otp"}}},
		{name: "claims of other types", raw: jwt(`{"alg":"RS256","kid":7}`, `{"sub":1,"session_id":{},"aud":5,"exp":"tomorrow","iat":true,"amr":"otp"}`, "s"), want: hanko.Token{Algorithm: "RS256", Methods: []string{"otp"}}},
		{name: "times no clock shows", raw: jwt(`{"alg":"RS256"}`, `{"exp":1e300,"iat":-5}`, "s"), want: hanko.Token{Algorithm: "RS256"}},
		{name: "half a second", raw: jwt(`{"alg":"RS256"}`, `{"exp":1.5}`, "s"), want: hanko.Token{Algorithm: "RS256", ExpiresAt: time.Unix(1, 0)}},
		{name: "unsigned", raw: jwt(`{"alg":"none"}`, `{}`, ""), want: hanko.Token{Algorithm: "none"}},
		{name: "empty", raw: "", refused: true},
		{name: "two parts", raw: "eyJ9.e30", refused: true},
		{name: "four parts", raw: jwt(`{"alg":"RS256"}`, `{}`, "s") + ".x", refused: true},
		{name: "encrypted", raw: jwt(`{"alg":"RSA-OAEP"}`, `{}`, "a") + ".b.c", refused: true},
		{name: "no algorithm", raw: jwt(`{"kid":"a"}`, `{}`, "s"), refused: true},
		{name: "null claims", raw: jwt(`{"alg":"RS256"}`, `null`, "s"), refused: true},
		{name: "claims in a list", raw: jwt(`{"alg":"RS256"}`, `[]`, "s"), refused: true},
		{name: "padded", raw: strings.Replace(jwt(`{"alg":"RS256"}`, `{}`, "s"), ".", "==.", 1), refused: true},
		{name: "a UUID", raw: "7dd96165-30bb-4fee-927e-da0c8520bb63", refused: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			token, err := hanko.ParseToken(test.raw)
			if test.refused {
				if !errors.Is(err, hanko.ErrNotAToken) {
					t.Errorf("gives %+v, %v, want ErrNotAToken", token, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			token.Raw, token.Header, token.Claims = "", nil, nil
			if diff := cmp.Diff(test.want, token); diff != "" {
				t.Errorf("(-want +parsed):\n%s", diff)
			}
		})
	}
}

func TestVerify(t *testing.T) {
	keys := recordedKeys(t)
	raw := find(t, "right passcode").ResponseHeaders["X-Auth-Token"]
	parts := strings.Split(raw, ".")
	if token, err := hanko.ParseToken(raw); err != nil || keys.Verify(token) != nil {
		t.Fatalf("the recorded token: %v, its signature: %v", err, keys.Verify(token))
	}
	if token, err := hanko.ParseToken(find(t, "passkey login").ResponseHeaders["X-Auth-Token"]); err != nil || keys.Verify(token) != nil {
		t.Fatalf("the recorded token of the passkey login: %v, its signature: %v", err, keys.Verify(token))
	}
	header := func(changed string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(changed))
	}
	kid := `"kid":"68b07951-13d3-413f-8086-e5a80f2b11a4"`
	flipped := []byte(parts[2])
	flipped[40] = 'A'
	if parts[2][40] == 'A' {
		flipped[40] = 'B'
	}
	for _, test := range []struct{ name, raw, reason string }{
		{"a byte of the signature flipped", parts[0] + "." + parts[1] + "." + string(flipped), "was not made with the key"},
		{"another user", parts[0] + "." + header(`{"sub":"7dd96165-30bb-4fee-927e-da0c8520bb63"}`) + "." + parts[2], "was not made with the key"},
		{"alg none", header(`{"alg":"none",`+kid+`}`) + "." + parts[1] + ".", `signed with "none"`},
		{"alg none, signature kept", header(`{"alg":"none",`+kid+`}`) + "." + parts[1] + "." + parts[2], `signed with "none"`},
		{"alg None", header(`{"alg":"None",`+kid+`}`) + "." + parts[1] + ".", `signed with "None"`},
		{"HS256 with the public key as the secret", hs256(t, kid, parts[1]), `signed with "HS256"`},
		{"PS256", header(`{"alg":"PS256",`+kid+`}`) + "." + parts[1] + "." + parts[2], `signed with "PS256"`},
		{"unknown kid", header(`{"alg":"RS256","kid":"nobody"}`) + "." + parts[1] + "." + parts[2], `no key of the tenant has the id "nobody"`},
		{"no kid", header(`{"alg":"RS256"}`) + "." + parts[1] + "." + parts[2], `no key of the tenant has the id ""`},
		{"the tenant's other key", header(`{"alg":"RS256","kid":"9d66e19f-6372-42d8-b411-4e1f11546dfe"}`) + "." + parts[1] + "." + parts[2], "was not made with the key"},
		{"a key of its own in the header", ownKey(t, parts[1]), `no key of the tenant has the id ""`},
		{"no signature", parts[0] + "." + parts[1] + ".", ""},
		{"an escape sequence for a kid", header(`{"alg":"RS256","kid":"\u001b]0;boo\u0007"}`) + "." + parts[1] + "." + parts[2], "no key of the tenant"},
	} {
		t.Run(test.name, func(t *testing.T) {
			token, err := hanko.ParseToken(test.raw)
			if err != nil {
				t.Fatal(err)
			}
			var refused *hanko.SignatureError
			if err := keys.Verify(token); !errors.As(err, &refused) {
				t.Fatalf("Verify gives %v, want a *SignatureError", err)
			}
			if len(refused.Known) != 2 || refused.KeyID != token.KeyID || !strings.Contains(refused.Error(), test.reason) {
				t.Errorf("Verify gives %+v: %s, want %q in it", refused, refused, test.reason)
			}
			printable(t, "the error", refused.Error())
		})
	}
	if token, _ := hanko.ParseToken(raw); (hanko.KeySet{}).Verify(token) == nil {
		t.Error("an empty key set verifies a token")
	}
}

// hs256 signs with the tenant's public key as a shared secret, which a verifier accepts if it trusts "alg".
func hs256(t *testing.T, kid, claims string) string {
	var set struct {
		Keys []struct{ Kid, N, E string }
	}
	if err := json.Unmarshal(find(t, "keys").ResponseBody, &set); err != nil {
		t.Fatal(err)
	}
	for _, key := range set.Keys {
		if !strings.Contains(kid, key.Kid) {
			continue
		}
		n, err := base64.RawURLEncoding.DecodeString(key.N)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537})
		if err != nil {
			t.Fatal(err)
		}
		mac := hmac.New(sha256.New, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
		signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256",`+kid+`}`)) + "." + claims
		mac.Write([]byte(signed))
		return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	t.Fatalf("no key with %s is recorded", kid)
	return ""
}

// ownKey signs correctly, but with a key in the token's own header.
func ownKey(t *testing.T, claims string) string {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"RS256","jwk":{"kty":"RSA","n":"`+encode(private.N.Bytes())+`","e":"AQAB"}}`)) + "." + claims
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, private, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + encode(signature)
}

// TestKeysOfOtherKinds reads key sets with unknown kinds of keys. The other keys are still usable.
func TestKeysOfOtherKinds(t *testing.T) {
	var recordedSet struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(find(t, "keys").ResponseBody, &recordedSet); err != nil {
		t.Fatal(err)
	}
	token, err := hanko.ParseToken(find(t, "right passcode").ResponseHeaders["X-Auth-Token"])
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, key string }{
		{"an unknown type", `{"kty":"LWE","kid":"q","k":"AA"}`},
		{"an unknown curve", `{"kty":"EC","crv":"P-999","x":"AA","y":"AA","kid":"c"}`},
		{"a point off its curve", `{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA","kid":"c"}`},
		{"no type", `{"kid":"q"}`},
		{"null", `null`},
		{"text", `"key"`},
		{"a list", `[]`},
		{"bad base64", `{"kty":"RSA","n":"***","e":"AQAB","kid":"b"}`},
		{"no modulus", `{"kty":"RSA","e":"AQAB","kid":"b"}`},
		{"a bad certificate", `{"kty":"RSA","n":"AQAB","e":"AQAB","x5c":["AAAA"]}`},
		{"a shared secret", `{"kty":"oct","k":"c2VjcmV0","kid":"68b07951-13d3-413f-8086-e5a80f2b11a4"}`},
		{"a modulus of 400 kB", `{"kty":"RSA","n":"` + strings.Repeat("w", 400_000) + `","e":"AQAB","kid":"68b07951-13d3-413f-8086-e5a80f2b11a4"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, order := range []string{"first", "last"} {
				set := test.key + "," + string(recordedSet.Keys[0]) + "," + string(recordedSet.Keys[1])
				if order == "last" {
					set = string(recordedSet.Keys[0]) + "," + string(recordedSet.Keys[1]) + "," + test.key
				}
				keys, err := answer{status: http.StatusOK, body: `{"keys":[` + set + `]}`}.client(t).Keys(t.Context())
				if err != nil {
					t.Fatalf("%s in the set: %v", order, err)
				}
				if err := keys.Verify(token); err != nil {
					t.Errorf("%s in the set: %v", order, err)
				}
			}
			keys, err := answer{status: http.StatusOK, body: `{"keys":[` + test.key + `]}`}.client(t).Keys(t.Context())
			if err == nil {
				err = keys.Verify(token)
			}
			if err == nil {
				t.Error("alone in the set, it verifies the token")
			}
		})
	}
}

// TestSessionFrom finds the token in each place where a tenant may deliver it.
func TestSessionFrom(t *testing.T) {
	token := jwt(`{"alg":"RS256","kid":"a"}`, `{"sub":"u"}`, "signature")
	other := jwt(`{"alg":"ES256","kid":"edge"}`, `{"sub":"gateway"}`, "signature")
	older := jwt(`{"alg":"RS256","kid":"a"}`, `{"sub":"old"}`, "signature")
	const life = "43200"
	for _, test := range []struct {
		name   string
		header http.Header
		want   hanko.Session // Cookie is compared by its name and Secure
		cookie string
		secure bool
		words  string // of the error, when there is no session
	}{
		{name: "header", header: http.Header{"X-Auth-Token": {token}, "X-Session-Lifetime": {life}, "X-Session-Retention": {"session"}}, want: hanko.Session{Token: token, Lifetime: 12 * time.Hour, Retention: "session"}},
		{name: "header with blanks", header: http.Header{"X-Auth-Token": {" " + token + " "}}, want: hanko.Session{Token: token}},
		{name: "cookie", header: http.Header{"Set-Cookie": {"hanko=" + token + "; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"}, "X-Session-Lifetime": {life}}, want: hanko.Session{Token: token, Lifetime: 12 * time.Hour}, cookie: "hanko"},
		{name: "secure cookie over http", header: http.Header{"Set-Cookie": {"hanko=" + token + "; Path=/; Secure"}}, want: hanko.Session{Token: token}, cookie: "hanko", secure: true},
		{name: "cookie of another name", header: http.Header{"Set-Cookie": {"hanko_email_id=7dd96165; HttpOnly", "__Host-sid=" + token + "; Secure"}}, want: hanko.Session{Token: token}, cookie: "__Host-sid", secure: true},
		{name: "both, the header counts", header: http.Header{"X-Auth-Token": {token}, "Set-Cookie": {"hanko=" + older}}, want: hanko.Session{Token: token}},
		{name: "no token in the header, one in the cookie", header: http.Header{"X-Auth-Token": {"undefined"}, "Set-Cookie": {"hanko=" + token}}, want: hanko.Session{Token: token}, cookie: "hanko"},
		{name: "quoted cookie", header: http.Header{"Set-Cookie": {`hanko="` + token + `"; Path=/`}}, want: hanko.Session{Token: token}, cookie: "hanko"},
		{name: "the cookie twice, the later holds", header: http.Header{"Set-Cookie": {"sid=" + older, "sid=" + token}}, want: hanko.Session{Token: token}, cookie: "sid"},
		{name: "an old cookie ended, a new one set", header: http.Header{"Set-Cookie": {"hanko=" + token, "old=" + older + "; Max-Age=0"}}, want: hanko.Session{Token: token}, cookie: "hanko"},
		{name: "ended first", header: http.Header{"Set-Cookie": {"old=" + older + "; Max-Age=0", "sid=" + token}}, want: hanko.Session{Token: token}, cookie: "sid"},
		{name: "a gateway's JWT before Hanko's", header: http.Header{"Set-Cookie": {"CF_Authorization=" + other, "hanko=" + token}}, want: hanko.Session{Token: token}, cookie: "hanko"},
		{name: "a gateway's JWT after Hanko's", header: http.Header{"Set-Cookie": {"hanko=" + token, "CF_Authorization=" + other}}, want: hanko.Session{Token: token}, cookie: "hanko"},
		{name: "lifetime beyond reason", header: http.Header{"X-Auth-Token": {token}, "X-Session-Lifetime": {"9223372036854775807"}}, want: hanko.Session{Token: token, Lifetime: 100 * 365 * 24 * time.Hour}},
		{name: "lifetime below zero", header: http.Header{"X-Auth-Token": {token}, "X-Session-Lifetime": {"-1"}}, want: hanko.Session{Token: token}},
		{name: "lifetime in words", header: http.Header{"X-Auth-Token": {token}, "X-Session-Lifetime": {"12h"}}, want: hanko.Session{Token: token}},
		{name: "nothing", header: http.Header{}, words: "neither in the header X-Auth-Token nor in a cookie"},
		{name: "cookies without a token", header: http.Header{"Set-Cookie": {"hanko=; Max-Age=0", "lang=de"}}, words: "neither in the header"},
		{name: "garbage in the header", header: http.Header{"X-Auth-Token": {"\x1b[31mtoken"}}, words: "does not contain a session token"},
	} {
		t.Run(test.name, func(t *testing.T) {
			login := answer{status: http.StatusOK, header: test.header, body: `{"id":"p","ttl":300,"created_at":"2026-11-23T14:47:09Z"}`}
			for name, signIn := range map[string]func(*hanko.Client) (hanko.Session, error){
				"passcode": func(c *hanko.Client) (hanko.Session, error) {
					return c.FinalizePasscode(context.Background(), "p", "843575")
				},
				"passkey": func(c *hanko.Client) (hanko.Session, error) {
					return c.FinalizeLogin(context.Background(), map[string]string{})
				},
			} {
				client := login.client(t)
				session, err := signIn(client)
				if test.words != "" {
					var failure *hanko.Error
					if !errors.As(err, &failure) || failure.Kind != hanko.NotHanko || failure.Status != http.StatusOK || !strings.Contains(err.Error(), test.words) {
						t.Errorf("%s: the error is %+v, want one with %q", name, err, test.words)
					}
					printable(t, "the error", err.Error())
					if logged := client.Log().From(0); len(logged) != 1 || logged[0].Err == nil {
						t.Errorf("%s: the login without a token is logged as a success", name)
					}
					continue
				}
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				cookie := session.Cookie
				session.Cookie = nil
				if diff := cmp.Diff(test.want, session); diff != "" {
					t.Errorf("%s (-want +found):\n%s", name, diff)
				}
				switch {
				case (cookie != nil) != (test.cookie != ""):
					t.Errorf("%s: the cookie is %v, want %q", name, cookie, test.cookie)
				case cookie != nil && (cookie.Name != test.cookie || cookie.Secure != test.secure || cookie.Value != session.Token):
					t.Errorf("%s: the cookie is %v, want %q, secure %v", name, cookie, test.cookie, test.secure)
				}
			}
		})
	}
}

// printable fails the test for text that a terminal would not draw in its place.
func printable(t testing.TB, what, text string) {
	t.Helper()
	if clean := hanko.Printable(text); clean != text {
		t.Errorf("%s has characters that do not belong on a screen: %q", what, text)
	}
}
