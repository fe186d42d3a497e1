package authenticator

import (
	"encoding/base64"
	"fmt"
	"unicode/utf8"
)

// ClientData is the client's part of what is signed (CollectedClientData, WebAuthn Level 3 section 5.8.1).
type ClientData struct {
	Type               string // "webauthn.create" or "webauthn.get"
	Challenge          string // base64url without padding
	Origin             string
	CrossOrigin        *bool  // nil leaves the member out, as native apps do; web pages write it
	TopOrigin          string // the page around a cross-origin frame; left out if empty
	AndroidPackageName string // left out if empty
	// Extra is added before the closing brace, and starts with a comma: `,"name":"value"`. Clients may add unknown members,
	// which relying parties must ignore.
	Extra string
}

// JSON returns the client data exactly as section 5.8.1.1 requires: in a fixed order, without white space, and with no more
// escapes than JSON requires. Android's own member comes last.
func (c ClientData) JSON() []byte {
	b := make([]byte, 0, 192)
	b = append(b, `{"type":`...)
	b = appendString(b, c.Type)
	b = append(b, `,"challenge":`...)
	b = appendString(b, c.Challenge)
	b = append(b, `,"origin":`...)
	b = appendString(b, c.Origin)
	if c.CrossOrigin != nil {
		b = append(b, `,"crossOrigin":`...)
		b = fmt.Append(b, *c.CrossOrigin)
	}
	if c.TopOrigin != "" {
		b = append(b, `,"topOrigin":`...)
		b = appendString(b, c.TopOrigin)
	}
	if c.AndroidPackageName != "" {
		b = append(b, `,"androidPackageName":`...)
		b = appendString(b, c.AndroidPackageName)
	}
	b = append(b, c.Extra...)
	return append(b, '}')
}

// appendString appends a string like CCDToString of section 5.8.1.2. encoding/json cannot do that, because it escapes < > &
// U+2028 U+2029.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < 0x20:
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

func encodeChallenge(challenge []byte) string {
	return base64.RawURLEncoding.EncodeToString(challenge)
}
