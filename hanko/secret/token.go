package secret

import (
	"regexp"
	"strings"
)

// Dots stand for a secret, or for the middle of a token.
const Dots = "••••••"

// jwt finds compact JWS anywhere, unsigned ones too: a token in a place we do not know is still a token. The signature may
// be on the next line.
var jwt = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?`)

// shortestShown is how long a token must be for its ends to be shown. Shorter ones would be guessed from them.
const shortestShown = 24

// MaskedToken leaves the first and last few characters of a token, so that a person can tell two apart. What is shorter
// than any token, or has characters that no token has, is hidden whole.
func MaskedToken(token string) string {
	if len(token) < shortestShown || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return Dots
	}
	return token[:6] + Dots + token[len(token)-4:]
}

// MaskedText is text with the tokens in it masked that are known by their look.
func MaskedText(text string) string { return jwt.ReplaceAllStringFunc(text, MaskedToken) }

// IsToken reports whether a text begins as the session tokens do, masked or not.
func IsToken(text string) bool { return strings.HasPrefix(text, "eyJ") }

// IsMasked reports whether a secret was hidden in a text.
func IsMasked(text string) bool { return strings.Contains(text, Dots) }
