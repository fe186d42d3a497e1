// Package decode makes exchanges readable. It takes tokens, client data, authenticator data, attestation objects, keys and
// signatures apart, field by field, and it explains an exchange in one line, in the terms of Hanko's mobile guide and of
// the Flow API.
//
// Its input comes from others. It says what it cannot read, next to what it could read, and never panics. All text that it
// returns is printable and has no tokens.
package decode

import (
	"fmt"
	"unicode/utf8"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/secret"
)

// Part is something in an exchange that was taken apart.
type Part struct {
	In    Place  // where in the exchange; "" if it was decoded on its own
	Path  string // the member's path in the body, as "response.clientDataJSON", or the header's name
	Kind  Kind
	Title string
	Lines []Line
}

// Line is a field of a Part: its name, its value, and what that means.
type Line struct {
	Name  string
	Value string
	Note  string // may be ""
	Depth int    // how deep the field is nested, from 0
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
	KindAddress           Kind = "address"
)

// Error is the error of something that cannot be read.
type Error struct {
	Kind   Kind
	Reason string // the rest of the sentence "the … cannot be read: …"
	Err    error  // the cause below; may be nil
}

// Error returns the whole sentence, printable.
func (e *Error) Error() string {
	text := fmt.Sprintf("the %s cannot be read: %s", e.Kind, e.Reason)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return clean(text)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// maxText limits how many bytes of a value are shown. An attestation's certificates fit.
const maxText = 8192

// clean makes text from others safe to show: printable, limited in length, and without tokens.
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

// list collects lines, and cleans them.
type list []Line

func (l *list) add(depth int, name, value, note string) {
	*l = append(*l, Line{Name: clean(name), Value: clean(value), Note: clean(note), Depth: depth})
}

// unreadable adds a line to a part that could be read only partly.
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
