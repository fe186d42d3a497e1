package hanko

import (
	"regexp"
	"strings"
)

// scheme matches the start of a URL.
var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:?//`)

// MaskUserinfo hides the user name and password in a URL (RFC 3986, section 3.2.1), even in one that is badly written: it
// hides everything up to the last @. An email address stays as it is.
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
