package apk

import (
	"bytes"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// definite converts BER elements of indefinite length, as NSS and others write them, to definite length, and joins strings
// that come in pieces. Elements that need no conversion, and bytes that are not BER, stay as they are.
func definite(data []byte) []byte {
	const deepest = 32
	element, rest, ok := definiteElement(data, deepest)
	if !ok || len(rest) > 0 {
		return data
	}
	return element
}

const (
	constructed       = 0x20
	constructedString = 0x24 // OCTET STRING in pieces
)

// definiteElement converts the first element of data.
func definiteElement(data []byte, depth int) (element, rest []byte, ok bool) {
	const indefinite = 0x80
	if depth == 0 || len(data) < 2 {
		return nil, nil, false
	}
	if data[1] == indefinite {
		content, rest, ok := definiteElements(data[2:], depth-1, true)
		return encode(data[0], content), rest, ok && data[0]&constructed != 0
	}
	s := cryptobyte.String(data)
	var whole, content cryptobyte.String
	var tag asn1.Tag
	if !s.ReadAnyASN1Element(&whole, &tag) {
		return nil, nil, false
	}
	inner := whole
	if data[0]&constructed == 0 || !inner.ReadAnyASN1(&content, &tag) {
		return whole, s, true
	}
	converted, _, ok := definiteElements(content, depth-1, false)
	if !ok || bytes.Equal(converted, content) && data[0] != constructedString {
		return whole, s, true
	}
	return encode(data[0], converted), s, true
}

// definiteElements converts all elements of data, or those up to the two zero bytes that mark the end.
func definiteElements(data []byte, depth int, marked bool) (converted, rest []byte, ok bool) {
	end := []byte{0, 0}
	for len(data) > 0 {
		if marked && bytes.HasPrefix(data, end) {
			return converted, data[len(end):], true
		}
		var element []byte
		if element, data, ok = definiteElement(data, depth); !ok {
			return nil, nil, false
		}
		converted = append(converted, element...)
	}
	return converted, nil, !marked
}

func encode(tag byte, content []byte) []byte {
	if tag == constructedString {
		tag, content = byte(asn1.OCTET_STRING), joinOctets(content)
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.Tag(tag), func(b *cryptobyte.Builder) { b.AddBytes(content) })
	encoded, err := b.Bytes()
	if err != nil { // a tag of several bytes, which these formats do not use
		return nil
	}
	return encoded
}

// joinOctets joins OCTET STRINGs that are the pieces of one.
func joinOctets(s cryptobyte.String) []byte {
	var joined []byte
	var piece cryptobyte.String
	for s.ReadASN1(&piece, asn1.OCTET_STRING) {
		joined = append(joined, piece...)
	}
	return joined
}
