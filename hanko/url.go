package hanko

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// URLError reports why a text cannot be a tenant's base URL.
type URLError struct {
	URL    string // without user name and password
	Reason string
}

// Error returns the URL, what is wrong with it, and an example.
func (e *URLError) Error() string {
	return fmt.Sprintf("%q is not a tenant's URL: %s. It looks like https://<tenant_id>.hanko.io or http://localhost:8000.",
		Printable(e.URL), e.Reason)
}

// ParseURL checks a tenant's base URL and returns it in the form to which paths are appended: it keeps a path, which
// multi-tenant servers have, and removes a trailing slash. It fails with a *URLError, which never repeats a password.
func ParseURL(text string) (*url.URL, error) {
	base, err := readURL(text)
	if err == nil {
		err = checkBase(base, text)
	}
	if err != nil {
		return nil, err
	}
	base.Path = strings.TrimRight(base.Path, "/")
	base.RawPath = ""
	return base, nil
}

// readURL parses a URL on a tenant's host. It fails with a *URLError.
func readURL(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	refuse := func(reason string) (*url.URL, error) { return nil, &URLError{MaskUserinfo(text), reason} }
	if text == "" {
		return refuse("it is empty")
	}
	base, err := url.Parse(text)
	switch {
	case err != nil:
		return refuse(unreadable(text))
	case base.Scheme != "http" && base.Scheme != "https":
		return refuse("it must begin with https:// or http://")
	case strings.Trim(base.Hostname(), ".") == "":
		return refuse("it has no host")
	case base.User != nil, strings.Contains(base.Path, "@"): // a slash in a password ends the host
		return refuse("it has a user name, but Hanko's API takes none")
	case !validPort(base.Port()):
		return refuse("its port is not one of 1 to 65535")
	case strings.ContainsAny(base.Host, "<>{}$\"'`!&()*+,;="):
		return refuse("no host has such a name; replace a placeholder with your tenant's ID")
	}
	if reason := websites[strings.ToLower(base.Hostname())]; reason != "" {
		return refuse(reason)
	}
	return base, nil
}

// checkBase checks that a URL, which was parsed from text, ends with its path. It fails with a *URLError.
func checkBase(base *url.URL, text string) error {
	if base.RawQuery != "" || base.ForceQuery || base.Fragment != "" {
		return &URLError{MaskUserinfo(strings.TrimSpace(text)), "a query or a fragment cannot be part of it"}
	}
	return nil
}

// unreadable returns why a text is not a URL, without repeating the text, which may contain a password.
func unreadable(text string) string {
	_, behind, hasScheme := strings.Cut(text, "://")
	host, _, _ := strings.Cut(behind, "/")
	bracket := strings.LastIndexByte(host, ']')
	switch {
	case strings.Contains(text, "@"):
		return "it cannot be read as a URL"
	case strings.ContainsFunc(text, unicode.IsControl):
		return "it contains a control character"
	case strings.ContainsFunc(text, unicode.IsSpace):
		return "it contains a space"
	case !hasScheme:
		return "it must begin with https:// or http://"
	case strings.Contains(host, "[") && bracket < 0:
		return "there is no ] at the end of the address that begins with ["
	case strings.Contains(host[bracket+1:], ":"):
		return "its port is not one of 1 to 65535"
	}
	return "it cannot be read as a URL"
}

// websites are Hanko's own sites, which people copy from their browser, and the API of another product, each with the
// reason why it is not a tenant.
var websites = map[string]string{
	"cloud.hanko.io":    consolePage,
	"console.hanko.io":  consolePage,
	"hanko.io":          otherPage,
	"www.hanko.io":      otherPage,
	"docs.hanko.io":     otherPage,
	"passkeys.hanko.io": "it is Hanko's Passkey API, a different product, at which hankosim cannot sign in",
}

const (
	consolePage = "it is a web page for people, the console of Hanko Cloud; the API URL is on the dashboard of your project there"
	otherPage   = "it is a web page for people; the API URL is on the dashboard of your project at cloud.hanko.io"
)

func validPort(port string) bool {
	if port == "" {
		return true
	}
	number, err := strconv.ParseUint(port, 10, 16)
	return err == nil && number > 0
}
