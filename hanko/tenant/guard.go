package tenant

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"example.com/hankosim/hanko/tenant/setting"
)

// The tenant listens on the developer's own machine, where any web page that is open in a browser can send it requests.
// There is no secret by which it could recognise its own apps. So it looks at what a page cannot fake: the browser names the
// host that a request is for, and the site that it comes from.

// ParseHost returns a host name or IP address as browsers send it: in lower case, with international names in Punycode, and
// without the dot at the end. An error completes the sentence "the host …".
func ParseHost(host string) (string, error) {
	if address, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return address.String(), nil
	}
	switch {
	case host == "":
		return "", errors.New("is empty")
	case strings.ContainsAny(host, "/@"):
		return "", errors.New("is a URL, not a host name")
	case strings.Contains(host, "*"):
		return "", errors.New("is a pattern; name each host")
	case strings.Contains(host, ":"):
		return "", errors.New("has a port; leave it out, because every port is allowed")
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if hostPattern.MatchString(name) {
		return name, nil
	}
	name, err := idna.Lookup.ToASCII(name)
	if err != nil || !hostPattern.MatchString(name) {
		return "", errors.New("is not a host name")
	}
	return name, nil
}

// hostPattern matches host names, and allows underscores, which the names in container networks have.
var hostPattern = regexp.MustCompile(`^[a-z0-9_-]+(\.[a-z0-9_-]+)*$`)

// guard decides which requests get in.
type guard struct {
	hosts    []string // the tenant's host names
	suffixes []string // of its subdomains, such as ".localhost"
	sites    *http.CrossOriginProtection
}

func newGuard(o Options) (*guard, error) {
	g := &guard{sites: http.NewCrossOriginProtection()}
	for _, domain := range []string{"localhost", o.Settings.RPID} {
		g.hosts = append(g.hosts, domain)
		g.suffixes = append(g.suffixes, "."+domain)
	}
	for _, host := range o.Hosts {
		name, err := ParseHost(host)
		if err != nil {
			return nil, fmt.Errorf("the host %q %w", host, err)
		}
		g.hosts = append(g.hosts, name)
	}
	for _, origin := range slices.Concat(o.Origins, o.Settings.CORS) {
		site, ok := setting.WebOrigin(origin)
		if !ok {
			continue // an app's origin
		}
		if err := g.sites.AddTrustedOrigin(site); err != nil {
			return nil, err
		}
		// The page's development server may pass its requests on with the page's host.
		if u, err := url.Parse(site); err == nil {
			g.hosts = append(g.hosts, u.Hostname())
		}
	}
	return g, nil
}

// check refuses requests for other hosts, and requests that change something and come from another site.
func (g *guard) check(r *http.Request) error {
	if !g.knows(r.Host) {
		return refuseWith(http.StatusMisdirectedRequest, fmt.Sprintf(
			"This tenant does not answer requests for the host %q. If the name is yours, start hankosim with --allow-host and that name.", r.Host))
	}
	if g.sites.Check(r) == nil {
		return nil
	}
	if site, ok := setting.WebOrigin(r.Header.Get("Origin")); ok {
		return refuseWith(http.StatusForbidden, fmt.Sprintf(
			"This request comes from a web page at %s, which is not one of the tenant's origins. If the page is yours, start hankosim with --set origins=%s, and also with --set cors=%s if the page reads the answers.", site, site, site))
	}
	return refuseWith(http.StatusForbidden,
		"This request comes from a web page of another site, and does not name its origin. If the page is yours, start hankosim with --set origins=ORIGIN, and let the page send the header Origin.")
}

// knows reports whether the value of a Host header names the tenant. A page could point its own name to the tenant's address
// to read the tenant's answers (DNS rebinding), so unknown names are refused. An IP address cannot be rebound, and emulators
// and phones use one. A request without a host, as HTTP/1.0 allows, does not come from a browser.
func (g *guard) knows(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil { // there is no port
		name = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if _, err := netip.ParseAddr(name); err == nil || host == "" || slices.Contains(g.hosts, name) {
		return true
	}
	return slices.ContainsFunc(g.suffixes, func(suffix string) bool { return strings.HasSuffix(name, suffix) })
}

// unlessCrossSite guards a page with secrets: another site may read it only if it could also change something.
func (g *guard) unlessCrossSite(e endpoint) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		asChange := r.WithContext(r.Context())
		asChange.Method = http.MethodPost
		if g.sites.Check(asChange) != nil {
			return refuseWith(http.StatusForbidden,
				"The inbox is not shown to other sites, not even through a link there. Type its address into the browser, or follow the link on the tenant's start page.")
		}
		return e(w, r)
	}
}
