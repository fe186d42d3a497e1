package decode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/secret"
)

// maxParts limits how many parts are taken from one body. Hanko's answers have fewer.
const maxParts = 64

// Exchange decodes everything that it can in an exchange, masked or not: first in the request's headers and body, then in the
// answer's, in the order in which it appears. A part that cannot be read has a line that says so. rpIDs are RP IDs that the
// tenant may have, in addition to those that the exchange suggests.
func Exchange(e hanko.Exchange, rpIDs ...string) []Part {
	if e.Browser {
		return []Part{address(e)}
	}
	candidates := slices.Concat(rpIDs, suggestedRPIDs(e))
	parts := headers(Request, e.RequestHeader)
	parts = append(parts, body(Request, e.RequestBody, candidates)...)
	parts = append(parts, headers(Response, e.ResponseHeader)...)
	return append(parts, body(Response, e.ResponseBody, candidates)...)
}

// Body decodes everything that it can in a JSON body, in the order in which it appears. It returns nothing if the body is not
// JSON.
func Body(b []byte, rpIDs ...string) []Part { return body("", b, rpIDs) }

// suggestedRPIDs returns the domains that an exchange suggests: the tenant's host, the origins in client data, the RP IDs in
// options, and the parent domains of these.
func suggestedRPIDs(e hanko.Exchange) []string {
	found := []string{"localhost"}
	add := func(domain string) {
		for range 5 {
			if domain == "" || slices.Contains(found, domain) {
				return
			}
			found = append(found, domain)
			_, domain, _ = strings.Cut(domain, ".")
		}
	}
	if parsed, err := url.Parse(e.URL); err == nil {
		add(parsed.Hostname())
	}
	for _, content := range [][]byte{e.RequestBody, e.ResponseBody} {
		visit(content, func(path, text string) bool {
			switch {
			case name(path) == "clientDataJSON":
				var data struct{ Origin string }
				raw, err := decodeBase64(text)
				if err == nil && json.Unmarshal(raw, &data) == nil {
					if parsed, err := url.Parse(data.Origin); err == nil {
						add(parsed.Hostname())
					}
				}
			case name(path) == "rpId", strings.HasSuffix(path, "rp.id"):
				add(text)
			}
			return len(found) < maxParts
		})
	}
	return found
}

func headers(in Place, header http.Header) []Part {
	var parts []Part
	token := func(path, raw string) {
		if part, ok := token(raw); ok {
			part.In, part.Path = in, path
			parts = append(parts, part)
		}
	}
	for _, value := range header.Values("Authorization") {
		_, raw, _ := strings.Cut(value, " ")
		token("Authorization", raw)
	}
	for _, value := range header.Values("X-Auth-Token") {
		token("X-Auth-Token", value)
	}
	for _, path := range []string{"Cookie", "Set-Cookie"} {
		for _, value := range header.Values(path) {
			pairs := strings.Split(value, ";")
			if path == "Set-Cookie" {
				pairs = pairs[:1]
			}
			for _, pair := range pairs {
				cookie, raw, _ := strings.Cut(strings.TrimSpace(pair), "=")
				token(path+" "+clean(cookie), raw)
			}
		}
	}
	return parts
}

// token decodes a token, and reports whether the text is one, masked or not.
func token(raw string) (Part, bool) {
	if part, err := JWT(raw); err == nil {
		return part, true
	}
	if !secret.IsToken(raw) || !secret.IsMasked(raw) {
		return Part{}, false
	}
	var lines list
	lines.add(0, "token", raw, "masked; show secrets to read it")
	return Part{Kind: KindJWT, Title: "Token", Lines: lines}, true
}

func body(in Place, content []byte, rpIDs []string) []Part {
	var parts []Part
	visit(content, func(path, text string) bool {
		if part, ok := member(path, text, rpIDs); ok {
			part.In, part.Path = in, clean(path)
			parts = append(parts, part)
		}
		return len(parts) < maxParts
	})
	return parts
}

// member decodes the member at a path by its name, and tokens wherever they are.
func member(path, text string, rpIDs []string) (Part, bool) {
	if text == "" {
		return Part{}, false
	}
	if part, ok := token(text); ok {
		return part, true
	}
	var decode func([]byte) (Part, error)
	switch name(path) {
	case "clientDataJSON":
		decode = ClientData
	case "authenticatorData":
		decode = func(b []byte) (Part, error) { return AuthenticatorData(b, rpIDs...) }
	case "attestationObject":
		decode = func(b []byte) (Part, error) { return AttestationObject(b, rpIDs...) }
	case "signature":
		decode = Signature
	case "userHandle":
		decode = UserHandle
	case "challenge":
		decode = Challenge
	case "publicKey":
		decode = PublicKey
	case "public_key":
		decode = COSEKey
	case "aaguid":
		part, err := aaguid(text)
		return part.unreadable(err), true
	case "id":
		if !strings.HasSuffix(path, "publicKey.user.id") {
			return Part{}, false
		}
		decode = UserHandle
	default:
		return Part{}, false
	}
	raw, err := decodeBase64(text)
	if err != nil {
		part, _ := decode(nil) // for its kind and title
		return part.unreadable(err), true
	}
	part, err := decode(raw)
	return part.unreadable(err), true
}

func aaguid(text string) (Part, error) {
	part := Part{Kind: KindAAGUID, Title: "Authenticator"}
	parsed, err := authenticator.ParseAAGUID(text)
	if err != nil {
		return part, &Error{Kind: KindAAGUID, Reason: "it is not a UUID", Err: err}
	}
	var lines list
	lines.add(0, "aaguid", parsed.String(), providerNote(parsed))
	part.Lines = lines
	return part, nil
}

// name returns the last member of a path.
func name(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// maxDepth limits how deep JSON is read; Hanko's is less than ten deep.
const maxDepth = 50

// visit calls found with every string in a JSON text, in order, until found returns false or the text is not JSON.
func visit(content []byte, found func(path, text string) bool) {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	visitValue(decoder, "", 0, found)
}

// visitValue reports whether to continue.
func visitValue(decoder *json.Decoder, path string, depth int, found func(path, text string) bool) bool {
	read, err := decoder.Token()
	if err != nil || depth > maxDepth {
		return false
	}
	switch value := read.(type) {
	case string:
		return found(path, value)
	case json.Delim:
		for i := 0; decoder.More(); i++ {
			inner := path + "[" + fmt.Sprint(i) + "]"
			if value == '{' {
				key, err := decoder.Token()
				text, ok := key.(string)
				if err != nil || !ok {
					return false
				}
				inner = text
				if path != "" {
					inner = path + "." + text
				}
			}
			if !visitValue(decoder, inner, depth+1, found) {
				return false
			}
		}
		_, err = decoder.Token() // the closing delimiter
		return err == nil
	default:
		return true
	}
}
