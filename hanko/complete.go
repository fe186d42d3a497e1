package hanko

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var (
	// assignment matches the name that a URL is assigned to in a .env file, a script, JSON or YAML.
	assignment = regexp.MustCompile(`^(?:(?:export|set|const|let|var)\s+)?["']?[A-Za-z_][A-Za-z0-9_]*["']?\s*(?:=\s*|:\s+|:\s*["'])`)
	// uuid matches a tenant's ID at Hanko Cloud and on a multi-tenant server.
	uuid = regexp.MustCompile(`^(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$`)
)

// The characters around a URL that is copied from text.
const (
	quotes  = "\"'`<>“”„‘’«»"
	closers = quotes + ",;.)"
)

// CompleteURL returns the tenant's base URL that a person means by what they type or paste. It adds a missing scheme
// (http:// if the host is this machine, otherwise https://), and removes a variable's name before the URL, quotes, brackets
// and punctuation around it, and the path of an endpoint. A tenant's ID alone means Hanko Cloud. note is a sentence for the
// person if more was guessed than spelling, or if the URL is probably not that of the public API; otherwise it is "". It
// fails with a *URLError, as ParseURL does.
func CompleteURL(pasted string) (baseURL, note string, err error) {
	text := unwrap(assignment.ReplaceAllString(visible(pasted), ""))
	switch {
	case uuid.MatchString(text):
		text = "https://" + strings.ToLower(text) + ".hanko.io"
		note = fmt.Sprintf("A tenant's ID alone means Hanko Cloud: %s.", text)
	case text != "" && !strings.Contains(text, "://"):
		text = strings.TrimLeft(text, "/")
		scheme := "https://"
		if guess, err := url.Parse(scheme + text); err == nil && thisMachine(guess.Hostname()) {
			scheme = "http://"
		}
		text = scheme + text
	}
	base, err := readURL(text)
	endpoint := ""
	if err == nil {
		base.Host = strings.ToLower(base.Host)
		endpoint = cutEndpoint(base)
		err = checkBase(base, text)
	}
	if bad := (*URLError)(nil); errors.As(err, &bad) {
		return "", "", &URLError{MaskUserinfo(strings.TrimSpace(pasted)), bad.Reason}
	}
	base.Path = strings.TrimRight(base.Path, "/"+closers)
	if base.Path == "" {
		base.Host = strings.TrimRight(base.Host, ".")
	}
	switch {
	case endpoint != "":
		note = Printable(fmt.Sprintf("%s is an endpoint of a tenant, so %s is used as its base URL.", endpoint, base))
	case base.Port() == "8001" || base.Port() == "8081":
		note = fmt.Sprintf("Port %s is probably that of Hanko's Admin API. Use the public API, which is usually at port 8000.", base.Port())
	case strings.HasSuffix(base.Path, "/admin"):
		note = "A path that ends in /admin is probably that of Hanko's Admin API. Use the public API."
	}
	return base.String(), note, nil
}

// visible returns text without invisible characters and surrounding spaces.
func visible(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text))
}

// unwrap removes the quotes, brackets and punctuation around text that was copied.
func unwrap(text string) string {
	text = strings.TrimRightFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(closers, r) })
	return strings.TrimLeftFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(quotes+"(", r) })
}

// thisMachine reports whether a host is reached without a network. People have no certificate for such a host.
func thisMachine(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// The endpoints of a tenant's public API, below its base URL.
var (
	endpointWords = strings.Fields("login registration profile me user users passcode password webauthn emails sessions logout token thirdparty saml health")
	endpointPairs = []string{
		"passcode/login", "password/login", "webauthn/login", "webauthn/registration", "webauthn/credentials",
		"sessions/validate", "thirdparty/auth", "thirdparty/callback", "health/alive", "health/ready",
	}
)

// cutEndpoint cuts the path and query of an endpoint off a URL and returns them, or "". A word such as /login alone may be
// the path under which a proxy serves the tenant. It counts as an endpoint only where there is no such proxy: at Hanko
// Cloud, on this machine, and after a tenant's ID.
func cutEndpoint(base *url.URL) string {
	words := strings.Split(strings.TrimPrefix(base.Path, "/"), "/")
	direct := strings.HasSuffix(base.Hostname(), ".hanko.io") || thisMachine(base.Hostname())
	for i, word := range words {
		behind := i == 0 && direct || i > 0 && uuid.MatchString(words[i-1])
		pair := strings.Join(words[i:min(i+2, len(words))], "/")
		if word == ".well-known" || slices.Contains(endpointPairs, pair) || behind && slices.Contains(endpointWords, word) {
			base.Path = strings.Join(append([]string{""}, words[:i]...), "/")
			base.RawPath, base.RawQuery, base.ForceQuery, base.Fragment, base.RawFragment = "", "", false, "", ""
			return "/" + strings.Join(words[i:], "/")
		}
	}
	return ""
}
