package authenticator

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// domainToASCII is "domain to ASCII" of the URL standard with beStrict: a valid domain string or an error.
var domainToASCII = idna.New(idna.MapForLookup(), idna.StrictDomainName(true), idna.BidiRule(), idna.VerifyDNSLength(true))

// CheckRPID says whether an RP id is one that WebAuthn clients accept at all: a domain in its ASCII,
// lower-case form, not an IP address, and not a public suffix such as "com" or "co.uk" (or a bare host name,
// which is its own public suffix). "localhost" is allowed, for development.
func CheckRPID(rpID string) error {
	if rpID == "" {
		return errors.New("the RP id is empty")
	}
	if rpID == "localhost" {
		return nil
	}
	if net.ParseIP(strings.Trim(rpID, "[]")) != nil || numericHost(rpID) {
		return fmt.Errorf("%q is an IP address, and passkeys need a domain", rpID)
	}
	ascii, err := domainToASCII.ToASCII(rpID)
	if err != nil || strings.HasSuffix(ascii, ".") {
		return fmt.Errorf("%q is not a domain: no scheme, port, path or underscore belongs in an RP id", rpID)
	}
	if ascii != rpID {
		return fmt.Errorf("%q is not in its ASCII form, which is %q", rpID, ascii)
	}
	if suffix, _ := publicsuffix.PublicSuffix(rpID); suffix == rpID {
		return fmt.Errorf("%q is a public suffix, which belongs to nobody", rpID)
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
