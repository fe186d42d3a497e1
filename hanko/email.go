package hanko

import (
	"net/url"
	"strings"
)

// CompleteEmail returns the email address that a person means by what they type or paste, such as the address in
// `Ada Lovelace <ada@example.com>` or `mailto:ada@example.com?subject=Hi`. It returns any other text without the spaces
// around it.
func CompleteEmail(text string) string {
	text = visible(text)
	typed := text
	if start := strings.LastIndexByte(text, '<'); start >= 0 {
		text, _, _ = strings.Cut(text[start+1:], ">")
	}
	if scheme := "mailto:"; len(text) > len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
		text, _, _ = strings.Cut(text[len(scheme):], "?")
		if decoded, err := url.PathUnescape(text); err == nil {
			text = decoded
		}
	}
	if text = unwrap(text); strings.Contains(text, "@") {
		return text
	}
	return typed
}
