package hanko

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// ErrNoToken is the cause of the *Error for a login that succeeded without a session token.
var ErrNoToken = errors.New("no session token in the answer")

// Session is the result of a login: a token, and how it came.
type Session struct {
	Token     string        // the JWT in compact form
	Cookie    *http.Cookie  // the cookie with the token and its attributes; nil if the token came in X-Auth-Token
	Lifetime  time.Duration // X-Session-Lifetime; 0 if absent
	Retention string        // X-Session-Retention, "persistent" or "session"; "" if absent
}

// sessionFrom returns the session in a response's header. The token is in X-Auth-Token, or in a cookie with any name.
// Secure does not matter without a browser.
func sessionFrom(header http.Header) (Session, bool) {
	session := Session{Retention: header.Get("X-Session-Retention")}
	if seconds, err := strconv.ParseInt(header.Get("X-Session-Lifetime"), 10, 64); err == nil && seconds > 0 {
		session.Lifetime = time.Duration(min(seconds, 100*365*86400)) * time.Second
	}
	if token := strings.TrimSpace(header.Get("X-Auth-Token")); isToken(token) {
		session.Token = token
		return session, true
	}
	session.Cookie = sessionCookie((&http.Response{Header: header}).Cookies())
	if session.Cookie == nil {
		return Session{}, false
	}
	session.Token = session.Cookie.Value
	return session, true
}

// sessionCookie returns the cookie with the session token. A proxy may set JWTs of its own, so Hanko's default name has
// priority. Of two cookies with the same name the later one counts (RFC 6265, section 5.3), and Max-Age=0 deletes a cookie.
func sessionCookie(cookies []*http.Cookie) *http.Cookie {
	var found *http.Cookie
	for _, cookie := range cookies {
		switch {
		case cookie.MaxAge < 0 || !isToken(cookie.Value):
		case found == nil || cookie.Name == found.Name || cookie.Name == "hanko":
			found = cookie
		}
	}
	return found
}

func isToken(text string) bool {
	_, err := ParseToken(text)
	return err == nil
}

// Token is a parsed session token. Do not trust it until KeySet.Verify has succeeded.
type Token struct {
	Raw       string         // the compact form
	Header    map[string]any // alg, kid, typ …
	Claims    map[string]any // all claims
	Algorithm string
	KeyID     string
	Subject   string    // the user's UUID
	SessionID string    // absent before v1.1
	Audience  []string  // the RP ID, unless the tenant is configured otherwise
	Issuer    string    // "" unless configured
	IssuedAt  time.Time // zero when absent
	ExpiresAt time.Time // zero when absent
	Methods   []string  // "amr", on newer tenants: otp, pwd, passkey, totp …
}

// ErrNotAToken is the error of ParseToken.
var ErrNotAToken = errors.New("that is not a JWT, which has three base64url parts, of which the first two are JSON objects")

// ParseToken parses a JWT in compact form without verifying it (RFC 7519, section 7.2). It fails with ErrNotAToken.
func ParseToken(raw string) (Token, error) {
	token := Token{Raw: raw}
	parts := strings.Split(raw, ".")
	if len(parts) != 3 || !decodePart(parts[0], &token.Header) || !decodePart(parts[1], &token.Claims) {
		return Token{}, ErrNotAToken
	}
	token.Algorithm, _ = token.Header["alg"].(string)
	token.KeyID, _ = token.Header["kid"].(string)
	if token.Algorithm == "" {
		return Token{}, ErrNotAToken
	}
	token.Subject, _ = token.Claims["sub"].(string)
	token.SessionID, _ = token.Claims["session_id"].(string)
	token.Issuer, _ = token.Claims["iss"].(string)
	token.Audience = stringsIn(token.Claims["aud"])
	token.Methods = stringsIn(token.Claims["amr"])
	token.IssuedAt = timeIn(token.Claims["iat"])
	token.ExpiresAt = timeIn(token.Claims["exp"])
	return token, nil
}

func decodePart(part string, out *map[string]any) bool {
	decoded, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(decoded, out) == nil && *out != nil
}

// stringsIn returns the strings of a claim that may be one string or a list, such as "aud".
func stringsIn(claim any) []string {
	switch value := claim.(type) {
	case string:
		return []string{value}
	case []any:
		var found []string
		for _, item := range value {
			if text, ok := item.(string); ok {
				found = append(found, text)
			}
		}
		return found
	default:
		return nil
	}
}

// timeIn returns the time of a NumericDate. Years that no clock can show count as absent.
func timeIn(claim any) time.Time {
	seconds, ok := claim.(float64)
	if !ok || seconds <= 0 || seconds > 253402300799 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}

// KeySet is a tenant's public keys. There can be several; a token's "kid" names the key that signed it.
type KeySet struct{ keys jose.JSONWebKeySet }

// Keys fetches a tenant's key set: GET /.well-known/jwks.json.
func (c *Client) Keys(ctx context.Context) (KeySet, error) {
	var answer struct {
		Keys []json.RawMessage `json:"keys"`
	}
	_, err := c.do(ctx, call{
		method: http.MethodGet, path: "/.well-known/jwks.json", out: &answer,
		check: func(http.Header) *Error {
			if len(answer.Keys) == 0 {
				return missing("keys")
			}
			return nil
		},
	})
	var set KeySet
	for _, encoded := range answer.Keys {
		var key jose.JSONWebKey
		// A key of an unknown kind is no reason to refuse the others (RFC 7517, section 5).
		if len(encoded) <= maxKey && json.Unmarshal(encoded, &key) == nil && key.IsPublic() {
			set.keys.Keys = append(set.keys.Keys, key)
		}
	}
	return set, err
}

// maxKey is the size limit of one key's JSON, in bytes. An RSA key of 8192 bits with certificates is smaller. The time to
// verify a signature grows with the square of the key's length.
const maxKey = 16 << 10

// IDs returns the IDs of the keys, in the tenant's order.
func (s KeySet) IDs() []string {
	var ids []string
	for _, key := range s.keys.Keys {
		ids = append(ids, key.KeyID)
	}
	return ids
}

// SignatureError reports why a token's signature cannot be verified with a key set.
type SignatureError struct {
	KeyID  string   // the key that the token names
	Known  []string // the IDs of the keys that the tenant publishes
	Reason string
}

// Error returns what is wrong, and with which key.
func (e *SignatureError) Error() string {
	return "The token's signature does not hold: " + Printable(e.Reason) + "."
}

// Verify verifies a token's signature with the key that it names. Only RS256 is accepted, which Hanko uses, so that a token
// cannot choose a weaker algorithm. It does not check the token's times. It fails with a *SignatureError.
func (s KeySet) Verify(token Token) error {
	failed := func(reason string) error {
		return &SignatureError{KeyID: token.KeyID, Known: s.IDs(), Reason: reason}
	}
	if token.Algorithm != string(jose.RS256) {
		return failed(fmt.Sprintf("it is signed with %q, and Hanko signs with RS256", token.Algorithm))
	}
	signature, err := jose.ParseSignedCompact(token.Raw, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return failed(err.Error())
	}
	keys := s.keys.Key(token.KeyID)
	if len(keys) == 0 {
		return failed(fmt.Sprintf("no key of the tenant has the id %q", token.KeyID))
	}
	for _, key := range keys {
		if _, err := signature.Verify(key.Key); err == nil {
			return nil
		}
	}
	return failed(fmt.Sprintf("it was not made with the key %q", token.KeyID))
}
