package authenticator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// domainToASCII is "domain to ASCII" of the URL standard with beStrict. It returns a valid domain string or an error.
var domainToASCII = idna.New(idna.MapForLookup(), idna.StrictDomainName(true), idna.BidiRule(), idna.VerifyDNSLength(true))

// CheckRPID checks that WebAuthn clients accept an RP ID: it must be a domain in ASCII and lower case, not an IP address,
// and not a public suffix such as "com" or "co.uk" (or a host name without a dot, which is its own public suffix).
// "localhost" is allowed, for development.
func CheckRPID(rpID string) error {
	if rpID == "" {
		return errors.New("the RP ID is empty")
	}
	if rpID == "localhost" {
		return nil
	}
	if net.ParseIP(strings.Trim(rpID, "[]")) != nil || numericHost(rpID) {
		return fmt.Errorf("%q is an IP address, but passkeys need a domain", rpID)
	}
	ascii, err := domainToASCII.ToASCII(rpID)
	if err != nil || strings.HasSuffix(ascii, ".") {
		return fmt.Errorf("%q is not a domain: an RP ID has no scheme, port, path or underscore", rpID)
	}
	if ascii != rpID {
		return fmt.Errorf("%q is not in ASCII form; write %q", rpID, ascii)
	}
	if suffix, _ := publicsuffix.PublicSuffix(rpID); suffix == rpID {
		return fmt.Errorf("%q is a public suffix, which nobody owns", rpID)
	}
	return nil
}

// numericHost reports whether URL parsers read the host as an IPv4 address (WHATWG URL, "ends in a number").
func numericHost(host string) bool {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	last := strings.ToLower(labels[len(labels)-1])
	if last == "" {
		return false
	}
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == ""
}

// defaultRPID returns the RP ID, or the page's own domain if a web page names none. Native apps must name one.
func (p *Phone) defaultRPID(rpID string) string {
	if rpID == "" && p.profile.PageOrigin != "" {
		if domain, err := pageDomain(p.profile.PageOrigin); err == nil {
			return domain
		}
	}
	return rpID
}

// checkRP refuses an RP ID that no client accepts, or that this page or app may not use.
func (p *Phone) checkRP(ctx context.Context, ceremony Ceremony, rpID string) error {
	refused := &Error{Ceremony: ceremony, Name: SecurityError}
	if err := CheckRPID(rpID); err != nil {
		refused.Platform = p.profile.Platform.words(refusedRPID, ceremony)
		refused.Sentence = "the RP ID is not valid"
		refused.Hint = "configure the relying party with its domain, such as example.com, as the RP ID"
		refused.Err = err
		return refused
	}
	if p.profile.PageOrigin != "" {
		if err := p.checkPage(ctx, rpID); err != nil {
			refused.Sentence = "this page may not use the RP ID " + rpID
			refused.Hint = "use the page's domain or a parent of it as the RP ID, or list the page in the RP ID's /.well-known/webauthn"
			refused.Err = err
			return refused
		}
		return nil
	}
	if p.association == nil {
		return nil
	}
	err := p.association(ctx, p.profile, rpID)
	if err == nil {
		return nil
	}
	refused.Platform = p.profile.Platform.words(refusedNotAssociated, ceremony)
	refused.Sentence = "the app is not associated with the domain " + rpID
	refused.Err = err
	if p.strict {
		return refused
	}
	if p.report != nil {
		p.report(refused)
	}
	return nil
}

// checkPage checks that a page may use an RP ID: it must be the page's effective domain, a registrable suffix of that, or
// another domain that lists the page (sections 5.1.3 and 5.11).
func (p *Phone) checkPage(ctx context.Context, rpID string) error {
	domain, err := pageDomain(p.profile.PageOrigin)
	if err != nil {
		return err
	}
	// CheckRPID has refused public suffixes, so any suffix left is registrable.
	if domain == rpID || strings.HasSuffix(domain, "."+rpID) {
		return nil
	}
	if p.related == nil {
		return fmt.Errorf("%s is not a registrable suffix of %s", rpID, domain)
	}
	return p.related(ctx, rpID, p.profile.PageOrigin)
}
