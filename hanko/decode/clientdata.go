package decode

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"example.com/hankosim/authenticator"
)

// ClientData reads the client data that a passkey signs, as raw JSON (CollectedClientData, WebAuthn Level 3 section
// 5.8.1). It fails with an *Error.
func ClientData(b []byte) (Part, error) {
	part := Part{Kind: KindClientData, Title: "Client data"}
	var members map[string]any
	if err := json.Unmarshal(b, &members); err != nil {
		return part, &Error{Kind: KindClientData, Reason: "it is not a JSON object", Err: err}
	}
	if len(members) == 0 {
		return part, &Error{Kind: KindClientData, Reason: "it is empty"}
	}
	var lines list
	for _, name := range inOrder(members, []string{"type", "challenge", "origin", "crossOrigin", "topOrigin", "androidPackageName"}) {
		text, note := scalar(members[name]), ""
		switch name {
		case "type":
			note = map[string]string{
				"webauthn.create": "a passkey was created",
				"webauthn.get":    "a passkey was used",
			}[text]
		case "challenge":
			note = "it must be the tenant's challenge"
			if raw, err := decodeBase64(text); err == nil {
				note = count(len(raw), "byte") + "; " + note
			}
		case "origin":
			note = originNote(text)
		case "crossOrigin":
			note = "whether the page was embedded in another site's page"
		case "androidPackageName":
			note = "the Android app"
		}
		lines.add(0, name, text, note)
	}
	part.Lines = lines
	return part, nil
}

const apkKeyHash = "android:apk-key-hash:"

// originNote explains an origin. It writes an Android app's hash as keytool and assetlinks.json do, too.
func originNote(origin string) string {
	if hash, ok := strings.CutPrefix(origin, apkKeyHash); ok {
		raw, err := decodeBase64(hash)
		if err != nil || len(raw) != 32 {
			return "an Android app, but its hash is not a SHA-256 in base64url"
		}
		pairs := make([]string, len(raw))
		for i, b := range raw {
			pairs[i] = strings.ToUpper(hex.EncodeToString([]byte{b}))
		}
		return "an Android app, signed by the certificate with the SHA-256 " + strings.Join(pairs, ":")
	}
	switch parsed, err := url.Parse(origin); {
	case err != nil || parsed.Host == "":
		return "not an origin that a phone sends"
	case parsed.Scheme == "https":
		return "a web page, or an iOS app, whose origin is https:// and the RP ID"
	case parsed.Hostname() == "localhost":
		return "a web page on a developer's machine"
	default:
		return "a web page without https, which cannot use passkeys"
	}
}

// UserHandle reads a raw user handle: the tenant's ID for a user, which the phone stores with the passkey and returns. Hanko
// uses the 16 bytes of the user's UUID. It fails with an *Error.
func UserHandle(b []byte) (Part, error) {
	part := Part{Kind: KindUserHandle, Title: "User handle"}
	var lines list
	switch id, err := uuid.FromBytes(b); {
	case err == nil:
		lines.add(0, "user", id.String(), "the user's ID at the tenant, as 16 bytes")
	case len(b) == 0:
		return part, &Error{Kind: KindUserHandle, Reason: "it is empty"}
	case len(b) > 64:
		lines.add(0, "bytes", hex.EncodeToString(b), count(len(b), "byte")+"; WebAuthn allows 64")
	case utf8.Valid(b):
		lines.add(0, "text", string(b), count(len(b), "byte")+"; Hanko's has 16, a UUID")
	default:
		lines.add(0, "bytes", hex.EncodeToString(b), count(len(b), "byte")+"; Hanko's has 16, a UUID")
	}
	part.Lines = lines
	return part, nil
}

// Challenge reads a raw challenge. Only its length has a meaning. It fails with an *Error if it is empty.
func Challenge(b []byte) (Part, error) {
	part := Part{Kind: KindChallenge, Title: "Challenge"}
	if len(b) == 0 {
		return part, &Error{Kind: KindChallenge, Reason: "it is empty"}
	}
	note := "random, and valid once"
	if len(b) < 16 {
		note = "shorter than the 16 bytes that WebAuthn requires"
	}
	var lines list
	lines.add(0, "length", count(len(b), "byte"), note)
	lines.add(0, "bytes", hex.EncodeToString(b), "")
	part.Lines = lines
	return part, nil
}

// decodeBase64 reads base64url, padded or not, and standard base64, which older apps send.
func decodeBase64(text string) ([]byte, error) {
	var raw authenticator.Bytes
	err := raw.UnmarshalText([]byte(text))
	if err == nil {
		return raw, nil
	}
	if plain, plainErr := base64.StdEncoding.DecodeString(text); plainErr == nil {
		return plain, nil
	}
	return nil, err
}
