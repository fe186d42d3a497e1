// Package apk names the certificate an Android app is signed with the way a Hanko tenant has to be told about it.
//
// An Android app's passkeys carry the origin "android:apk-key-hash:" followed by the SHA-256 of the DER of its signing
// certificate, base64url without padding. The tenant refuses them unless that origin stands in its
// webauthn.relying_party.origins. This package makes it from what people have: a fingerprint ([ParseFingerprint]), or
// what keytool, Gradle, apksigner, OpenSSL or the Play Console print, the certificate or the keystore itself
// ([ReadFile], [Decode]).
package apk

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
)

// OriginPrefix begins the origin of every native Android app; the key hash follows it.
const OriginPrefix = "android:apk-key-hash:"

// KeyHash is the SHA-256 of the DER of an app's signing certificate.
type KeyHash [32]byte

// Origin is the origin the app's passkeys carry, to be listed in a Hanko tenant's webauthn.relying_party.origins:
// [OriginPrefix] and [KeyHash.String].
func (h KeyHash) Origin() string { return OriginPrefix + h.String() }

// String is the hash as base64url without padding, 43 characters.
func (h KeyHash) String() string { return base64.RawURLEncoding.EncodeToString(h[:]) }

// Fingerprint is the hash as keytool prints it and as assetlinks.json wants it in sha256_cert_fingerprints: pairs of
// upper-case hexadecimal digits with colons between them.
func (h KeyHash) Fingerprint() string {
	return strings.ReplaceAll(fmt.Sprintf("% X", h[:]), " ", ":")
}

// ParseFingerprint reads a SHA-256 fingerprint in any of the usual spellings: hexadecimal digits in either case,
// plain or with colons, dashes or spaces between them; base64 or base64url, padded or not; the origin itself; each
// with or without the label or the quotation marks that tools print around it. The whole output of a tool will do when
// it is about one certificate.
//
// The error is an [*Error] of kind [NotFingerprint], [SHA1Fingerprint] for the 20 bytes of a SHA-1 fingerprint, or
// [PublicKeyDigest].
func ParseFingerprint(s string) (KeyHash, error) {
	signers, err := readText(s)
	switch {
	case err != nil:
		return KeyHash{}, err
	case len(signers) > 1:
		return KeyHash{}, notFingerprint(fmt.Sprintf("it names %d certificates", len(signers)))
	}
	return signers[0].Hash, nil
}

// parseHash reads one fingerprint without its label.
func parseHash(s string) (KeyHash, error) {
	s = strings.Trim(s, " \t\r\n\u00a0\"'`,;|*[]{}")
	s = strings.TrimPrefix(s, OriginPrefix)
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
	if s == "" {
		return KeyHash{}, notFingerprint("there is nothing in it")
	}

	// No spelling fits both readings: 64 and 40 hexadecimal digits are 48 and 30 bytes of base64.
	raw, err := decodeBase64(s)
	if err != nil || (len(raw) != 32 && len(raw) != 20) {
		raw, err = hex.DecodeString(strings.NewReplacer(":", "", "-", "").Replace(s))
	}
	switch {
	case err != nil:
		return KeyHash{}, notFingerprint("it is neither hexadecimal nor base64 of 32 bytes")
	case len(raw) == 20:
		return KeyHash{}, errSHA1()
	case len(raw) != 32:
		return KeyHash{}, notFingerprint(fmt.Sprintf("it has %d bytes and not 32", len(raw)))
	}
	return KeyHash(raw), nil
}

// decodeBase64 reads base64 and base64url, padded or not.
func decodeBase64(s string) ([]byte, error) {
	s = strings.NewReplacer("+", "-", "/", "_").Replace(s)
	for range 2 {
		s = strings.TrimSuffix(s, "=")
	}
	return base64.RawURLEncoding.Strict().DecodeString(s)
}
