package apk

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
	"software.sslmate.com/src/go-pkcs12"
)

// readPKCS12 reads a PKCS#12 keystore. No function of the library reads all that keytool writes: ToPEM alone takes
// several keys and gives aliases, but no certificate that Java marks as trusted; DecodeChain takes those beside a
// single key; DecodeTrustStore takes them alone.
func readPKCS12(data []byte, password string) ([]Signer, error) {
	if err := checkRounds(data); err != nil {
		return nil, &Error{
			Kind: NotDecodable, Message: "The PKCS#12 keystore is damaged or of an unusual make", Err: err,
			Hint: "Take it from a backup, or copy it again as a binary file. " + hintFingerprint,
		}
	}
	blocks, err := pkcs12.ToPEM(data, password) //nolint:staticcheck // deprecated for how it writes private keys, which are not looked at
	if errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return nil, errWrongPassword
	}
	if err == nil {
		if signers, err := signersOfBags(blocks); err != nil || len(signers) > 0 {
			return signers, err
		}
	}
	key, first, others, err := pkcs12.DecodeChain(data, password)
	if err == nil {
		return signersOfKey(key, append(others, first)), nil
	}
	if trusted, err := pkcs12.DecodeTrustStore(data, password); err == nil {
		return signersOf("", trusted...), nil
	}
	return nil, &Error{
		Kind: NotDecodable, Message: "The PKCS#12 keystore cannot be read", Err: err,
		Hint: "It is damaged, or it has what is not understood here: a key with a password other than the keystore's," +
			" several keys beside trusted certificates, no entry at all. " + hintFingerprint,
	}
}

// signersOfBags gives the certificates that share a local key id (RFC 7292 section 4.2, RFC 2985 section 5.5.2) with
// a key; the others are of the authorities that signed them. Without any key every certificate counts.
func signersOfBags(blocks []*pem.Block) ([]Signer, error) {
	const localKeyID, friendlyName = "localKeyId", "friendlyName"
	keys := map[string]bool{}
	for _, b := range blocks {
		if b.Type == "PRIVATE KEY" {
			keys[b.Headers[localKeyID]] = true
		}
	}
	var signers []Signer
	for _, b := range blocks {
		id := b.Headers[localKeyID]
		if b.Type != "CERTIFICATE" || len(keys) > 0 && (id == "" || !keys[id]) {
			continue
		}
		found, err := parseCertificates(b.Headers[friendlyName], b.Bytes)
		if err != nil {
			return nil, err
		}
		signers = append(signers, found...)
	}
	return signers, nil
}

// signersOfKey gives the certificates of the key. The library takes the first certificate for it, which is wrong
// when a trusted one is stored before it.
func signersOfKey(key any, certificates []*x509.Certificate) []Signer {
	private, ok := key.(interface{ Public() crypto.PublicKey })
	if !ok {
		return nil
	}
	public, ok := private.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok {
		return nil
	}
	var signers []Signer
	for _, c := range certificates {
		if public.Equal(c.PublicKey) {
			signers = append(signers, signersOf("", c)...)
		}
	}
	return signers
}

// maxRounds of key derivation take a second or so; keytool and OpenSSL ask for 2048 to 100,000.
const maxRounds = 2_000_000

// checkRounds refuses a keystore whose checksum demands more than maxRounds: one wrong byte there would keep the
// library busy for hours. It looks at nothing else, as the library reads the rest only if the checksum agrees.
func checkRounds(data []byte) error {
	// PFX ::= SEQUENCE { version INTEGER, authSafe ContentInfo, macData MacData OPTIONAL }, RFC 7292 section 4.
	var pfx cryptobyte.String
	s := cryptobyte.String(data)
	if !s.ReadASN1(&pfx, asn1.SEQUENCE) || !s.Empty() || !pfx.SkipASN1(asn1.INTEGER) || !pfx.SkipASN1(asn1.SEQUENCE) {
		return errors.New("it is cut short, or not DER")
	}
	// All integers in there are rounds, or the length of a key (PBMAC1, RFC 9579).
	const deepest = 8
	return checkIntegers(pfx, deepest)
}

func checkIntegers(s cryptobyte.String, depth int) error {
	for !s.Empty() {
		var content cryptobyte.String
		var tag asn1.Tag
		if depth == 0 || !s.ReadAnyASN1(&content, &tag) {
			return errors.New("its checksum is not DER")
		}
		if tag == asn1.INTEGER {
			var rounds uint64
			for _, b := range content {
				if rounds = rounds<<8 | uint64(b); rounds > maxRounds {
					return errors.New("its checksum demands too many rounds of key derivation")
				}
			}
		}
		if tag == asn1.SEQUENCE {
			if err := checkIntegers(content, depth-1); err != nil {
				return err
			}
		}
	}
	return nil
}
