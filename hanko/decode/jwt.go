package decode

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/hankosim/hanko"
)

// JWT decodes a token in compact form (RFC 7519): the header, the claims, and the length of the signature. It leaves the
// signature out, so that nobody can use the part as a token. It verifies nothing. It fails with an *Error that wraps
// hanko.ErrNotAToken.
func JWT(raw string) (Part, error) {
	part := Part{Kind: KindJWT, Title: "Token"}
	token, err := hanko.ParseToken(raw)
	if err != nil {
		return part, &Error{Kind: KindJWT, Reason: "it is not a token", Err: err}
	}
	var lines list
	lines.add(0, "header", "", "")
	claims(&lines, 1, token.Header, headerNotes)
	lines.add(0, "claims", "", "not verified here")
	notes := maps.Clone(claimNotes)
	for name, at := range map[string]time.Time{"iat": token.IssuedAt, "exp": token.ExpiresAt} {
		if !at.IsZero() {
			notes[name] += ": " + at.UTC().Format("2006-01-02 15:04:05 UTC")
		}
	}
	if !token.IssuedAt.IsZero() && token.ExpiresAt.After(token.IssuedAt) {
		notes["exp"] += ", " + token.ExpiresAt.Sub(token.IssuedAt).String() + " after it was issued"
	}
	claims(&lines, 1, token.Claims, notes)
	signature := raw[strings.LastIndexByte(raw, '.')+1:]
	switch {
	case signature == "":
		lines.add(0, "signature", "none", "an unsigned token proves nothing")
	default:
		lines.add(0, "signature", count(len(signature)*6/8, "byte"), "with the key "+strconv.Quote(token.KeyID)+" of /.well-known/jwks.json")
	}
	part.Lines = lines
	return part, nil
}

var headerNotes = map[string]string{
	"alg": "the signature algorithm",
	"kid": "the tenant's key that signed it",
	"typ": "the type of token",
}

var claimNotes = map[string]string{
	"sub":        "the user's ID",
	"aud":        "the audience: the RP ID, unless the tenant is configured otherwise",
	"iss":        "the issuer",
	"iat":        "issued",
	"exp":        "expires",
	"session_id": "the session at the tenant; ending it revokes the token",
	"amr":        "how the person signed in",
	"email":      "the primary email address",
	"username":   "the username",
}

// claimOrder lists the claims that are shown first; the others follow by name.
var claimOrder = []string{"alg", "kid", "typ", "sub", "email", "username", "aud", "iss", "iat", "exp", "amr", "session_id"}

func claims(lines *list, depth int, members map[string]any, notes map[string]string) {
	for _, name := range inOrder(members, claimOrder) {
		claim(lines, depth, name, members[name], notes[name])
	}
}

func claim(lines *list, depth int, name string, value any, note string) {
	switch v := value.(type) {
	case map[string]any:
		lines.add(depth, name, "", note)
		claims(lines, depth+1, v, nil)
	case []any:
		texts := make([]string, len(v))
		for i, item := range v {
			texts[i] = scalar(item)
		}
		lines.add(depth, name, strings.Join(texts, ", "), note)
	default:
		lines.add(depth, name, scalar(v), note)
	}
}

func scalar(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case nil:
		return "null"
	case map[string]any, []any:
		text, err := json.Marshal(v)
		if err != nil {
			return err.Error()
		}
		return string(text)
	default:
		return fmt.Sprint(v)
	}
}

// inOrder returns a map's keys, those of order first.
func inOrder[V any](members map[string]V, order []string) []string {
	names := slices.Sorted(maps.Keys(members))
	slices.SortStableFunc(names, func(a, b string) int { return rank(a, order) - rank(b, order) })
	return names
}

func rank(name string, order []string) int {
	if at := slices.Index(order, name); at >= 0 {
		return at
	}
	return len(order)
}
