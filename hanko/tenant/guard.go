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
// It has no secret to tell its own apps by, so it goes by what a browser says and a page cannot change: the host that the
// request is for, and the site that it comes from.

// ParseHost returns a host name in the form in which browsers send it: in lower case, international names in Punycode,
// without the dot at the end. An IP address is a host too. An error completes the sentence "the host …".
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
		return "", errors.New("is a pattern; each host has to be named")
	case strings.Contains(host, ":"):
		return "", errors.New("has a port; every port is meant")
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if hostPattern.MatchString(name) {
		return name, nil
	}
	name, err := idna.Lookup.ToASCII(name)
	if err != nil || !hostPattern.MatchString(name) {
		return "", errors.New("is no host name")
	}
	return name, nil
}

// hostPattern matches host names, with the underscore that container networks have in theirs.
var hostPattern = regexp.MustCompile(`^[a-z0-9_-]+(\.[a-z0-9_-]+)*$`)

// guard decides which requests get in.
type guard struct {
	hosts []string // the names by which the tenant is reached
	below []string // ".localhost" and such: every name that ends so is the tenant's too
	sites *http.CrossOriginProtection
}

func newGuard(o Options) (*guard, error) {
	g := &guard{sites: http.NewCrossOriginProtection()}
	for _, domain := range []string{"localhost", o.Settings.RPID} {
		g.hosts = append(g.hosts, domain)
		g.below = append(g.below, "."+domain)
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
			continue // an app's, which no web page has
		}
		if err := g.sites.AddTrustedOrigin(site); err != nil {
			return nil, err
		}
		// A page's development server may pass requests on, for the host that the page has.
		if u, err := url.Parse(site); err == nil {
			g.hosts = append(g.hosts, u.Hostname())
		}
	}
	return g, nil
}

// check refuses a request for a host that is not the tenant's, and one that changes something for another site.
func (g *guard) check(r *http.Request) error {
	if !g.knows(r.Host) {
		return refuseWith(http.StatusMisdirectedRequest, fmt.Sprintf(
			"This tenant takes no requests for the host %q. If the name is yours, start hankosim with --allow-host and that name.", r.Host))
	}
	if g.sites.Check(r) == nil {
		return nil
	}
	if site, ok := setting.WebOrigin(r.Header.Get("Origin")); ok {
		return refuseWith(http.StatusForbidden, fmt.Sprintf(
			"This request comes from a web page at %s, which is not one of the tenant's origins. If the page is yours, start hankosim with --set origins=%s, and with --set cors=%s if the page is to read the answers.", site, site, site))
	}
	return refuseWith(http.StatusForbidden,
		"This request comes from a web page of another site. Pages whose origin is set with --set origins=ORIGIN may send requests, when they send their origin along.")
}

// knows reports whether the tenant is reached by a host, as the Host header has it. A page that wants to read the
// tenant's answers gives its own name the tenant's address (DNS rebinding), so a name has to be known. An IP address
// cannot be rebound, and is how an emulator or a phone reaches the tenant. A request without a host, as HTTP/1.0 allows,
// comes from no browser.
func (g *guard) knows(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil { // there is no port
		name = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if _, err := netip.ParseAddr(name); err == nil || host == "" || slices.Contains(g.hosts, name) {
		return true
	}
	return slices.ContainsFunc(g.below, func(suffix string) bool { return strings.HasSuffix(name, suffix) })
}

// unlessCrossSite guards a page that tells secrets: to read it from another site is refused as a change would be.
func (g *guard) unlessCrossSite(e endpoint) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		asChange := r.WithContext(r.Context())
		asChange.Method = http.MethodPost
		if g.sites.Check(asChange) != nil {
			return refuseWith(http.StatusForbidden,
				"The inbox is not shown to other sites, nor by a link on them. Type its address into the browser, or follow the link on the tenant's start page.")
		}
		return e(w, r)
	}
}
