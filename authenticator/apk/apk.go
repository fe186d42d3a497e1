// Package apk computes an Android app's key hash, which a Hanko tenant needs to accept the app's passkeys.
//
// An Android app's passkeys carry the origin "android:apk-key-hash:" followed by the SHA-256 of the DER of its signing
// certificate, base64url without padding. The tenant refuses them unless its webauthn.relying_party.origins contains that
// origin. This package finds it from what people have: a fingerprint ([ParseFingerprint]), the output of keytool, Gradle,
// apksigner, OpenSSL or the Play Console, the certificate, or the keystore ([ReadFile], [Decode]).
package apk

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
)

// OriginPrefix is the start of every native Android app's origin. The key hash follows it.
const OriginPrefix = "android:apk-key-hash:"

// KeyHash is the SHA-256 of the DER of an app's signing certificate.
type KeyHash [32]byte

// Origin returns the origin in the app's passkeys, for a Hanko tenant's webauthn.relying_party.origins: [OriginPrefix]
// followed by [KeyHash.String].
func (h KeyHash) Origin() string { return OriginPrefix + h.String() }

// String returns the hash in base64url without padding, 43 characters.
func (h KeyHash) String() string { return base64.RawURLEncoding.EncodeToString(h[:]) }

// Fingerprint returns the hash as keytool and assetlinks.json (sha256_cert_fingerprints) write it: pairs of upper-case
// hexadecimal digits, separated by colons.
func (h KeyHash) Fingerprint() string {
	return strings.ReplaceAll(fmt.Sprintf("% X", h[:]), " ", ":")
}

// ParseFingerprint parses a SHA-256 fingerprint in any usual form: hexadecimal digits in either case, plain or separated
// by colons, dashes or spaces; base64 or base64url, padded or not; or the origin itself. Labels and quotation marks that
// tools print around it are allowed, and so is the whole output of a tool about one certificate.
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

// parseHash parses one fingerprint without its label.
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

	// No text fits both: 64 and 40 hexadecimal digits would be 48 and 30 bytes in base64.
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

// decodeBase64 decodes base64 and base64url, padded or not.
func decodeBase64(s string) ([]byte, error) {
	s = strings.NewReplacer("+", "-", "/", "_").Replace(s)
	for range 2 {
		s = strings.TrimSuffix(s, "=")
	}
	return base64.RawURLEncoding.Strict().DecodeString(s)
}
