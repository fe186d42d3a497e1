package apk

import (
	encodingasn1 "encoding/asn1"
	"errors"
	"slices"
	"strings"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Other readers of PKCS#12 parse every key before they get to the certificates. This one skips the keys, so a key with its
// own password or of an unknown kind does not matter.

// Object identifiers of RFC 7292, RFC 2315 and RFC 2985.
const (
	oidData          = "1.2.840.113549.1.7.1"
	oidEncryptedData = "1.2.840.113549.1.7.6"

	oidKeyBag          = "1.2.840.113549.1.12.10.1.1"
	oidShroudedKeyBag  = "1.2.840.113549.1.12.10.1.2"
	oidCertBag         = "1.2.840.113549.1.12.10.1.3"
	oidSafeContentsBag = "1.2.840.113549.1.12.10.1.6"
	oidX509Certificate = "1.2.840.113549.1.9.22.1"

	oidFriendlyName = "1.2.840.113549.1.9.20"
	oidLocalKeyID   = "1.2.840.113549.1.9.21"
	oidJavaTrusted  = "2.16.840.1.113894.746875.1.1" // marks a trusted certificate in Java
)

var tag0 = asn1.Tag(0).Constructed().ContextSpecific()

var errNotDER = errors.New("it is cut short, or not ASN.1")

// readPKCS12 reads a PKCS#12 keystore.
func readPKCS12(data []byte, password string) ([]Signer, error) {
	// PFX ::= SEQUENCE { version INTEGER, authSafe ContentInfo, macData MacData OPTIONAL }, RFC 7292 section 4.
	var pfx, authSafe, mac cryptobyte.String
	s := cryptobyte.String(definite(data))
	if !s.ReadASN1(&pfx, asn1.SEQUENCE) || !s.Empty() || !pfx.SkipASN1(asn1.INTEGER) || !pfx.ReadASN1(&authSafe, asn1.SEQUENCE) {
		return nil, errPKCS12(errNotDER)
	}
	var kind string
	var content []byte
	if !readOID(&authSafe, &kind) || kind != oidData || !readOctets(&authSafe, &content) {
		return nil, errPKCS12(errors.New("it is sealed for somebody's certificate, or not with a password"))
	}
	lock := &lock{password: password, rounds: maxRounds}
	if !pfx.Empty() {
		if !pfx.ReadASN1(&mac, asn1.SEQUENCE) {
			return nil, errPKCS12(errNotDER)
		}
		if err := lock.checkMAC(mac, content); err != nil {
			return nil, lockError(err)
		}
	}
	var contents cryptobyte.String
	s = definite(content)
	if !s.ReadASN1(&contents, asn1.SEQUENCE) {
		return nil, errPKCS12(errNotDER)
	}
	var bags bags
	for !contents.Empty() {
		var one cryptobyte.String
		if !contents.ReadASN1(&one, asn1.SEQUENCE) {
			return nil, errPKCS12(errNotDER)
		}
		if err := bags.open(one, lock); err != nil {
			bags.err = err
		}
	}
	signers := bags.signers()
	if len(signers) == 0 && bags.err != nil {
		return nil, lockError(bags.err)
	}
	return signers, nil
}

func lockError(err error) error {
	if errors.Is(err, errWrongPassword) {
		return err
	}
	return errPKCS12(err)
}

func errPKCS12(cause error) *Error {
	if unknown, ok := errors.AsType[unknownAlgorithm](cause); ok {
		return &Error{
			Kind: NotDecodable, Message: "This is a PKCS#12 keystore, and it is locked in a way that cannot be opened here", Err: unknown,
			Hint: hintFingerprint + " Where keytool does not know the algorithm either, `openssl pkcs12 -nokeys -in FILE` may.",
		}
	}
	return &Error{
		Kind: NotDecodable, Message: "The PKCS#12 keystore is damaged or of an unusual make", Err: cause,
		Hint: "Take it from a backup, or copy it again as a binary file. " + hintFingerprint,
	}
}

// bags is what this package needs of a keystore.
type bags struct {
	certificates []certificateBag
	keys         []keyBag
	err          error // why something could not be opened
}

type keyBag struct{ id, name string }

type certificateBag struct {
	certificate certificate
	id, name    string
	trusted     bool
}

// open reads the bags of a ContentInfo.
func (b *bags) open(info cryptobyte.String, lock *lock) error {
	var kind string
	var content []byte
	if !readOID(&info, &kind) {
		return errNotDER
	}
	switch kind {
	case oidData:
		if !readOctets(&info, &content) {
			return errNotDER
		}
	case oidEncryptedData:
		var err error
		if content, err = lock.openEncryptedData(info); err != nil {
			return err
		}
	default:
		return errors.New("a part of it is sealed for somebody's certificate, and not with a password")
	}
	const deepest = 4 // bags in bags
	if !b.read(definite(content), deepest) {
		// With a wrong key, about one in 250 contents still has valid padding.
		if kind == oidEncryptedData && !lock.proven {
			return errWrongPassword
		}
		return errNotDER
	}
	return nil
}

// read reads the bags of SafeContents, and reports whether they are complete.
func (b *bags) read(s cryptobyte.String, depth int) bool {
	var contents cryptobyte.String
	if depth == 0 || !s.ReadASN1(&contents, asn1.SEQUENCE) {
		return false
	}
	for !contents.Empty() {
		// SafeBag ::= SEQUENCE { bagId OID, bagValue [0], bagAttributes SET OPTIONAL }, RFC 7292 section 4.2.
		var bag, value, attributes cryptobyte.String
		var kind string
		var present bool
		if !contents.ReadASN1(&bag, asn1.SEQUENCE) || !readOID(&bag, &kind) || !bag.ReadASN1(&value, tag0) ||
			!bag.ReadOptionalASN1(&attributes, &present, asn1.SET) {
			return false
		}
		id, name, trusted := readAttributes(attributes)
		switch kind {
		case oidKeyBag, oidShroudedKeyBag:
			b.keys = append(b.keys, keyBag{id, name})
		case oidSafeContentsBag:
			if !b.read(value, depth-1) {
				return false
			}
		case oidCertBag:
			c, err := readCertBag(value)
			if err != nil {
				b.err = err
				continue
			}
			b.certificates = append(b.certificates, certificateBag{c, id, name, trusted})
		}
	}
	return true
}

func readCertBag(s cryptobyte.String) (certificate, error) {
	// CertBag ::= SEQUENCE { certId OID, certValue [0] OCTET STRING }, RFC 7292 section 4.2.3.
	var bag cryptobyte.String
	var kind string
	var der []byte
	if !s.ReadASN1(&bag, asn1.SEQUENCE) || !readOID(&bag, &kind) || kind != oidX509Certificate || !readOctets(&bag, &der) {
		return certificate{}, errors.New("a certificate in it is not X.509")
	}
	rest := cryptobyte.String(der)
	c, ok := cutCertificate(&rest)
	if !ok {
		return certificate{}, errors.New("a certificate in it is cut short")
	}
	return c, nil
}

// readAttributes reads the attributes of a bag that matter here, and skips the others.
func readAttributes(attributes cryptobyte.String) (id, name string, trusted bool) {
	for !attributes.Empty() {
		var attribute, values, value cryptobyte.String
		var kind string
		var tag asn1.Tag
		if !attributes.ReadASN1(&attribute, asn1.SEQUENCE) || !readOID(&attribute, &kind) || !attribute.ReadASN1(&values, asn1.SET) {
			return id, name, trusted
		}
		switch kind {
		case oidJavaTrusted:
			trusted = true
		case oidLocalKeyID:
			if values.ReadAnyASN1(&value, &tag) {
				id = string(value)
			}
		case oidFriendlyName:
			const bmpString = asn1.Tag(30)
			if values.ReadASN1(&value, bmpString) {
				name = fromUTF16(value)
			}
		}
	}
	return id, name, trusted
}

// signers returns the certificates that share a local key ID (RFC 2985 section 5.5.2) with a key; the others belong to the
// authorities that signed them. If no key has an ID, it returns the first of each chain. Without a key, it returns all.
func (b *bags) signers() []Signer {
	names := map[string]string{} // of keys, by ID
	for _, key := range b.keys {
		if key.id != "" {
			names[key.id] = key.name
		}
	}
	var own, trusted, others []certificateBag
	for _, c := range b.certificates {
		keyName, ofKey := names[c.id]
		if c.name == "" {
			c.name = keyName
		}
		switch {
		case ofKey:
			own = append(own, c)
		case c.trusted:
			trusted = append(trusted, c)
		default:
			others = append(others, c)
		}
	}
	if len(own) == 0 {
		own = leaves(others, func(bag certificateBag) certificate { return bag.certificate })
	}
	if len(own) == 0 && len(b.keys) == 0 {
		own = trusted
	}
	var signers []Signer
	for _, c := range own {
		signers = append(signers, c.certificate.signer(c.name))
	}
	return byName(signers)
}

// byName sorts signers by name and removes duplicates.
func byName(signers []Signer) []Signer {
	slices.SortStableFunc(signers, func(a, b Signer) int { return strings.Compare(a.Name, b.Name) })
	return merge(signers)
}

func readOID(s *cryptobyte.String, oid *string) bool {
	var id encodingasn1.ObjectIdentifier
	if !s.ReadASN1ObjectIdentifier(&id) {
		return false
	}
	*oid = id.String()
	return true
}

// readOctets reads [0] EXPLICIT OCTET STRING.
func readOctets(s *cryptobyte.String, octets *[]byte) bool {
	var explicit, content cryptobyte.String
	if !s.ReadASN1(&explicit, tag0) || !explicit.ReadASN1(&content, asn1.OCTET_STRING) {
		return false
	}
	*octets = content
	return true
}

func fromUTF16(text []byte) string {
	var units []uint16
	for pair := range slices.Chunk(text, 2) {
		if len(pair) == 2 {
			units = append(units, uint16(pair[0])<<8|uint16(pair[1]))
		}
	}
	return string(utf16.Decode(units))
}
