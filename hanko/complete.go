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
	// assignment matches what a URL is given to in a .env file, a script, JSON or YAML.
	assignment = regexp.MustCompile(`^(?:(?:export|set|const|let|var)\s+)?["']?[A-Za-z_][A-Za-z0-9_]*["']?\s*(?:=\s*|:\s+|:\s*["'])`)
	// uuid matches a tenant's id at Hanko Cloud, and on a multi-tenant server.
	uuid = regexp.MustCompile(`^(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$`)
)

// What a URL is wrapped in where it is copied from.
const (
	quotes  = "\"'`<>“”„‘’«»"
	closers = quotes + ",;.)"
)

// CompleteURL makes a tenant's base URL of what a person types or pastes: a missing scheme becomes https://, and
// http:// where the host is this machine; a variable's name before it, quotes and brackets around it and what belongs to
// a sentence are left out, and so is the path of an endpoint. The id of a tenant alone means Hanko Cloud's. note is a
// sentence for the person where more was guessed than how the URL is written, or where it is likely not the public API's;
// else it is "". It fails with a *URLError, as ParseURL does.
func CompleteURL(pasted string) (baseURL, note string, err error) {
	text := unwrap(assignment.ReplaceAllString(visible(pasted), ""))
	switch {
	case uuid.MatchString(text):
		text = "https://" + strings.ToLower(text) + ".hanko.io"
		note = fmt.Sprintf("A tenant's id alone is taken for one at Hanko Cloud: %s.", text)
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
		note = Printable(fmt.Sprintf("%s is one of a tenant's endpoints: %s is taken for its base URL.", endpoint, base))
	case base.Port() == "8001" || base.Port() == "8081":
		note = fmt.Sprintf("Port %s is likely that of Hanko's Admin API. The public API is wanted here, which is usually at port 8000.", base.Port())
	case strings.HasSuffix(base.Path, "/admin"):
		note = "A path that ends in /admin is likely that of Hanko's Admin API. The public API is wanted here."
	}
	return base.String(), note, nil
}

// visible is a text without what cannot be seen, and without the spaces around it.
func visible(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text))
}

// unwrap takes off the quotes, brackets and points that are around what is copied from a text.
func unwrap(text string) string {
	text = strings.TrimRightFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(closers, r) })
	return strings.TrimLeftFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(quotes+"(", r) })
}

// thisMachine tells a host that is reached without a network: people have no certificate for it.
func thisMachine(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// Where the endpoints of a tenant's public API are, below its base URL.
var (
	endpointWords = strings.Fields("login registration profile me user users passcode password webauthn emails sessions logout token thirdparty saml health")
	endpointPairs = []string{
		"passcode/login", "password/login", "webauthn/login", "webauthn/registration", "webauthn/credentials",
		"sessions/validate", "thirdparty/auth", "thirdparty/callback", "health/alive", "health/ready",
	}
)

// cutEndpoint cuts the path of an endpoint off a URL, with the query behind it, and returns it; "" where there is none. A
// word such as /login may be where a proxy has the tenant. Alone it is an endpoint only where there is no such proxy: at
// Hanko Cloud, on this machine, and behind a tenant's id.
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
