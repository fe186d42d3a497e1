package hanko

import (
	"regexp"
	"strings"
)

// scheme matches how a URL begins.
var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:?//`)

// MaskUserinfo returns a URL, or what somebody takes for one, without the user name and the password in it (RFC 3986,
// section 3.2.1), however badly it is written: all up to the last @ is hidden. An email address stays as it is.
func MaskUserinfo(text string) string {
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return text
	}
	start := scheme.FindString(text)
	if at < len(start) || start == "" && !strings.Contains(text[:at], ":") {
		return text
	}
	return start + "••••••" + text[at:]
}
