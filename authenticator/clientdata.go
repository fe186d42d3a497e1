package authenticator

import (
	"encoding/base64"
	"fmt"
	"unicode/utf8"
)

// ClientData is what the client adds to what is signed (CollectedClientData, WebAuthn Level 3 section 5.8.1).
type ClientData struct {
	Type               string // "webauthn.create" or "webauthn.get"
	Challenge          string // base64url without padding
	Origin             string
	CrossOrigin        *bool  // nil leaves the member out, as native apps do; web pages write it
	AndroidPackageName string // left out when empty
}

// JSON serialises the client data byte for byte as section 5.8.1.1 demands: fixed order, no white space, and
// only what JSON itself demands escaped. Android's own member comes last.
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
	if c.AndroidPackageName != "" {
		b = append(b, `,"androidPackageName":`...)
		b = appendString(b, c.AndroidPackageName)
	}
	return append(b, '}')
}

// appendString is CCDToString of section 5.8.1.2. encoding/json cannot do it: it escapes < > & U+2028 U+2029.
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
