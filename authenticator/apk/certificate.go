package apk

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509/pkix"
	encodingasn1 "encoding/asn1"
	"errors"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// certificate is what can be read from a certificate's DER. Android hashes the bytes, and accepts certificates that a
// strict parser refuses, so only the outer structure has to be right.
type certificate struct {
	der             []byte
	subject, issuer []byte // the DER of the names
	notAfter        time.Time
}

// cutCertificate reads the first certificate from s.
func cutCertificate(s *cryptobyte.String) (certificate, bool) {
	// Certificate ::= SEQUENCE { tbsCertificate SEQUENCE, signatureAlgorithm SEQUENCE, signature BIT STRING },
	// RFC 5280 section 4.1.
	var der, inner, tbs cryptobyte.String
	if !s.ReadASN1Element(&der, asn1.SEQUENCE) {
		return certificate{}, false
	}
	outer := der
	if !outer.ReadASN1(&inner, asn1.SEQUENCE) || !inner.ReadASN1(&tbs, asn1.SEQUENCE) ||
		!inner.SkipASN1(asn1.SEQUENCE) || !inner.SkipASN1(asn1.BIT_STRING) {
		return certificate{}, false
	}
	c := certificate{der: der}
	// TBSCertificate ::= SEQUENCE { version [0] DEFAULT v1, serialNumber INTEGER, signature SEQUENCE, issuer Name,
	// validity SEQUENCE { notBefore, notAfter }, subject Name, … }.
	var issuer, subject, validity cryptobyte.String
	if !tbs.SkipOptionalASN1(asn1.Tag(0).Constructed().ContextSpecific()) || !tbs.SkipASN1(asn1.INTEGER) || !tbs.SkipASN1(asn1.SEQUENCE) ||
		!tbs.ReadASN1Element(&issuer, asn1.SEQUENCE) || !tbs.ReadASN1(&validity, asn1.SEQUENCE) || !tbs.ReadASN1Element(&subject, asn1.SEQUENCE) {
		return certificate{}, false
	}
	c.issuer, c.subject = issuer, subject
	var notBefore cryptobyte.String
	var tag asn1.Tag
	if validity.ReadAnyASN1(&notBefore, &tag) {
		c.notAfter = readTime(validity)
	}
	return c, true
}

// readTime reads a UTCTime or a GeneralizedTime. It returns the zero time if it cannot.
func readTime(s cryptobyte.String) time.Time {
	var t time.Time
	if s.PeekASN1Tag(asn1.UTCTime) {
		s.ReadASN1UTCTime(&t)
	} else {
		s.ReadASN1GeneralizedTime(&t)
	}
	return t.UTC()
}

func (c certificate) signer(name string) Signer {
	return Signer{Name: printable(name), Subject: printable(nameText(c.subject)), NotAfter: c.notAfter, Hash: sha256.Sum256(c.der)}
}

// nameText returns a distinguished name in the form of RFC 4514, or "" if it cannot be read.
func nameText(der []byte) string {
	var sequence pkix.RDNSequence
	if rest, err := encodingasn1.Unmarshal(der, &sequence); err != nil || len(rest) > 0 {
		return ""
	}
	var name pkix.Name
	name.FillFromRDNSequence(&sequence)
	return name.String()
}

// parseCertificates parses one or more certificates that follow one another.
func parseCertificates(der []byte) ([]certificate, error) {
	var certificates []certificate
	for s := cryptobyte.String(der); !s.Empty(); {
		c, ok := cutCertificate(&s)
		if !ok {
			return nil, errCertificate()
		}
		certificates = append(certificates, c)
	}
	return certificates, nil
}

// parseFirst parses the certificate at the start of der.
func parseFirst(der []byte) ([]certificate, error) {
	s := cryptobyte.String(der)
	c, ok := cutCertificate(&s)
	if !ok {
		return nil, errCertificate()
	}
	return []certificate{c}, nil
}

func errCertificate() *Error {
	return &Error{
		Kind: NotDecodable, Message: "The certificate cannot be read", Err: errors.New("it is cut short, or no certificate"), Hint: hintCertificate,
	}
}

// parsePKCS7 returns the certificates in a PKCS#7 file (.p7b), or in the signature of a signed app (META-INF/*.RSA).
func parsePKCS7(data []byte) ([]certificate, error) {
	// ContentInfo ::= SEQUENCE { contentType OID, content [0] SignedData }, SignedData ::= SEQUENCE { version INTEGER,
	// digestAlgorithms SET, contentInfo SEQUENCE, certificates [0] IMPLICIT SET OPTIONAL, … }, RFC 2315 section 9.
	var info, content, signed, certificates cryptobyte.String
	var present bool
	s := cryptobyte.String(definite(data))
	if !s.ReadASN1(&info, asn1.SEQUENCE) || !info.SkipASN1(asn1.OBJECT_IDENTIFIER) || !info.ReadASN1(&content, tag0) ||
		!content.ReadASN1(&signed, asn1.SEQUENCE) || !signed.SkipASN1(asn1.INTEGER) || !signed.SkipASN1(asn1.SET) ||
		!signed.SkipASN1(asn1.SEQUENCE) || !signed.ReadOptionalASN1(&certificates, &present, tag0) {
		return nil, &Error{
			Kind: NotDecodable, Message: "The PKCS#7 file is damaged", Hint: hintCertificate,
		}
	}
	found, err := parseCertificates(certificates)
	return leaves(found, func(c certificate) certificate { return c }), err
}

// leaves returns the certificates that signed no other one in the list: the first of each chain.
func leaves[T any](list []T, certificateOf func(T) certificate) []T {
	made := map[string]bool{}
	for _, one := range list {
		if c := certificateOf(one); !bytes.Equal(c.issuer, c.subject) {
			made[string(c.issuer)] = true
		}
	}
	left := slices.DeleteFunc(slices.Clone(list), func(one T) bool { return made[string(certificateOf(one).subject)] })
	if len(left) == 0 {
		return list
	}
	return left
}

func signersOf(certificates []certificate) []Signer {
	var signers []Signer
	for _, c := range certificates {
		signers = append(signers, c.signer(""))
	}
	return signers
}
