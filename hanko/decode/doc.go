// Package decode makes what goes over the wire readable: tokens, client data, authenticator data, attestation objects,
// keys and signatures, field by field; and it says in one line what an exchange was about, in the words of Hanko's
// mobile guide and of the Flow API.
//
// Everything here is foreign: what cannot be read is said, beside what could be, and nothing panics. All text that comes
// back is printable and holds no token.
package decode

import (
	"fmt"
	"unicode/utf8"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/secret"
)

// Part is one thing that was found in an exchange and taken apart.
type Part struct {
	In    Place  // where in the exchange; "" for what was decoded on its own
	Path  string // the member's path in the body, as "response.clientDataJSON", or the header's name
	Kind  Kind
	Title string
	Lines []Line
}

// Line is one field of a Part: what it is called, what it is, and what that means.
type Line struct {
	Name  string
	Value string
	Note  string // "" when there is nothing to say
	Depth int    // how deep the field is nested; 0 is the Part's own
}

// Place is a side of an exchange.
type Place string

// The places.
const (
	Request  Place = "request"
	Response Place = "response"
)

// Kind says what a Part is.
type Kind string

// The kinds.
const (
	KindJWT               Kind = "JWT"
	KindClientData        Kind = "client data"
	KindAuthenticatorData Kind = "authenticator data"
	KindAttestationObject Kind = "attestation object"
	KindCOSEKey           Kind = "COSE key"
	KindPublicKey         Kind = "public key"
	KindSignature         Kind = "signature"
	KindUserHandle        Kind = "user handle"
	KindChallenge         Kind = "challenge"
	KindAAGUID            Kind = "AAGUID"
)

// Error says what could not be read.
type Error struct {
	Kind   Kind
	Reason string // the rest of the sentence "the … cannot be read: …"
	Err    error  // the cause below; may be nil
}

// Error is the whole sentence, printable.
func (e *Error) Error() string {
	text := fmt.Sprintf("the %s cannot be read: %s", e.Kind, e.Reason)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return clean(text)
}

// Unwrap gives the cause below.
func (e *Error) Unwrap() error { return e.Err }

// maxText is how many bytes of one value are shown: an attestation's certificates fit, a hostile body does not.
const maxText = 8192

// clean makes foreign text fit to be shown: printable, not endless, and without a token.
func clean(text string) string {
	if len(text) > maxText {
		cut := maxText
		for !utf8.RuneStart(text[cut]) && cut > 0 {
			cut--
		}
		text = fmt.Sprintf("%s… (%d bytes in all)", text[:cut], len(text))
	}
	return secret.MaskedText(hanko.Printable(text)) // a token's claims may carry another token
}

// list collects lines; everything foreign goes through it.
type list []Line

func (l *list) add(depth int, name, value, note string) {
	*l = append(*l, Line{Name: clean(name), Value: clean(value), Note: clean(note), Depth: depth})
}

// unreadable ends a part that could be read in part only.
func (p Part) unreadable(err error) Part {
	if err != nil {
		p.Lines = append(p.Lines, Line{Name: "unreadable", Value: clean(err.Error())})
	}
	return p
}

func count(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
