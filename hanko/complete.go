package hanko

import (
	"net"
	"net/url"
	"regexp"
	"strings"
)

// assignment matches how a URL is written into a .env file, quotes included.
var assignment = regexp.MustCompile(`^(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=\s*`)

// CompleteURL makes a tenant's base URL of what a person types or pastes: a missing scheme becomes https://, and
// http:// where the host is this machine; a variable's name before it and quotes around it are left out, and so is a
// slash behind it. It fails with a *URLError, as ParseURL does.
func CompleteURL(text string) (string, error) {
	text = strings.TrimSpace(text)
	text = assignment.ReplaceAllString(text, "")
	text = strings.TrimSpace(strings.Trim(text, "\"'`<>"))
	if text != "" && !strings.Contains(text, "://") {
		text = strings.TrimLeft(text, "/")
		scheme := "https://"
		if guess, err := url.Parse(scheme + text); err == nil && thisMachine(guess.Hostname()) {
			scheme = "http://"
		}
		text = scheme + text
	}
	base, err := ParseURL(text)
	if err != nil {
		return "", err
	}
	base.Host = strings.ToLower(base.Host)
	return base.String(), nil
}

// thisMachine tells a host that is reached without a network: people have no certificate for it.
func thisMachine(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}
