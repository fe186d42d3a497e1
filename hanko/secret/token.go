package secret

import (
	"regexp"
	"strings"
)

// Dots replace a secret, or the middle of a token.
const Dots = "••••••"

// jwt finds compact JWS anywhere, even unsigned ones: a token in an unknown place is still a token. The signature may be on
// the next line.
var jwt = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?`)

// shortestShown is how long a token must be for its ends to be shown. Shorter ones could be guessed from them.
const shortestShown = 24

// MaskedToken returns a token with only its first and last few characters, so that a person can tell two apart. It hides
// all of a text that is too short or has characters that no token has.
func MaskedToken(token string) string {
	if len(token) < shortestShown || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return Dots
	}
	return token[:6] + Dots + token[len(token)-4:]
}

// MaskedText returns text with everything masked that looks like a token.
func MaskedText(text string) string { return jwt.ReplaceAllStringFunc(text, MaskedToken) }

// IsToken reports whether a text starts like a session token, masked or not.
func IsToken(text string) bool { return strings.HasPrefix(text, "eyJ") }

// IsMasked reports whether a text contains a hidden secret.
func IsMasked(text string) bool { return strings.Contains(text, Dots) }
