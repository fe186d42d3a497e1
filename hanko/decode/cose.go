package decode

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"

	"github.com/fxamacker/cbor/v2"

	"example.com/hankosim/authenticator"
)

// COSEKey reads a public key as authenticators write it, raw CBOR (COSE_Key, RFC 9052 section 7; RFC 9053; RFC 8230). It
// fails with an *Error, and the Part has what could be read.
func COSEKey(b []byte) (Part, error) {
	part := Part{Kind: KindCOSEKey, Title: "Public key (COSE)"}
	var lines list
	err := coseKey(&lines, 0, b)
	part.Lines = lines
	return part, err
}

// The labels of a COSE key's members that we know by name (IANA, COSE Key Common and Key Type Parameters).
const (
	coseKeyType, coseAlgorithm = 1, 3
	coseEC2, coseOKP, coseRSA  = 2, 1, 3
)

var (
	coseTypes  = map[int64]string{coseOKP: "OKP, an Edwards curve", coseEC2: "EC2, an elliptic curve", coseRSA: "RSA"}
	coseCurves = map[int64]string{1: "P-256", 2: "P-384", 3: "P-521", 6: "Ed25519", 7: "Ed448", 8: "secp256k1"}
	coseNames  = map[int64]map[int64]string{
		coseOKP: {-1: "crv", -2: "x"},
		coseEC2: {-1: "crv", -2: "x", -3: "y"},
		coseRSA: {-1: "n", -2: "e"},
	}
)

func coseKey(lines *list, depth int, b []byte) error {
	var members map[int64]cbor.RawMessage
	rest, err := cbor.UnmarshalFirst(b, &members)
	if err != nil {
		return &Error{Kind: KindCOSEKey, Reason: "it is not a CBOR map with numbers for labels", Err: err}
	}
	keyType, known := coseNumber(members[coseKeyType])
	if !known {
		lines.add(depth, "CBOR", diagnose(b[:len(b)-len(rest)]), "")
		return &Error{Kind: KindCOSEKey, Reason: "it has no type (label 1)"}
	}
	lines.add(depth, "kty (1)", fmt.Sprint(keyType), coseTypes[keyType])
	if algorithm, ok := coseNumber(members[coseAlgorithm]); ok {
		lines.add(depth, "alg (3)", fmt.Sprint(algorithm), authenticator.Algorithm(algorithm).String())
	}
	shown := map[int64]bool{coseKeyType: true, coseAlgorithm: true}
	for label := int64(-1); label >= -3; label-- {
		name, ok := coseNames[keyType][label]
		value, has := members[label]
		if !ok || !has {
			continue
		}
		shown[label] = true
		title := fmt.Sprintf("%s (%d)", name, label)
		var raw []byte
		if number, ok := coseNumber(value); ok {
			lines.add(depth, title, fmt.Sprint(number), coseCurves[number])
		} else if cbor.Unmarshal(value, &raw) == nil {
			lines.add(depth, title, hex.EncodeToString(raw), count(len(raw), "byte"))
		} else {
			lines.add(depth, title, diagnose(value), "not the expected type")
		}
	}
	if len(shown) < len(members) || len(coseNames[keyType]) == 0 {
		lines.add(depth, "CBOR", diagnose(b[:len(b)-len(rest)]), "it has unknown members")
	}
	if len(rest) > 0 {
		return &Error{Kind: KindCOSEKey, Reason: count(len(rest), "byte") + " left over at the end"}
	}
	return nil
}

func coseNumber(raw cbor.RawMessage) (int64, bool) {
	var number int64
	if len(raw) == 0 || raw[0]>>5 > 1 || cbor.Unmarshal(raw, &number) != nil { // only the major types 0 and 1 are integers
		return 0, false
	}
	return number, true
}

// PublicKey reads a public key as browsers and Android give it, raw DER (SubjectPublicKeyInfo, RFC 5280 section 4.1.2.7).
// It fails with an *Error.
func PublicKey(b []byte) (Part, error) {
	part := Part{Kind: KindPublicKey, Title: "Public key (SubjectPublicKeyInfo)"}
	parsed, err := x509.ParsePKIXPublicKey(b)
	if err != nil {
		return part, &Error{Kind: KindPublicKey, Reason: "it is not a SubjectPublicKeyInfo", Err: err}
	}
	var lines list
	switch key := parsed.(type) {
	case *ecdsa.PublicKey:
		lines.add(0, "type", "elliptic curve", key.Params().Name)
		point, err := key.Bytes()
		if err != nil {
			return part, &Error{Kind: KindPublicKey, Reason: "its point is not on the curve", Err: err}
		}
		half := (len(point) - 1) / 2
		lines.add(0, "x", hex.EncodeToString(point[1:half+1]), count(half, "byte"))
		lines.add(0, "y", hex.EncodeToString(point[half+1:]), count(half, "byte"))
	case ed25519.PublicKey:
		lines.add(0, "type", "Ed25519", "")
		lines.add(0, "x", hex.EncodeToString(key), count(len(key), "byte"))
	case *rsa.PublicKey:
		lines.add(0, "type", "RSA", count(key.N.BitLen(), "bit"))
		lines.add(0, "n", key.N.Text(16), "")
		lines.add(0, "e", fmt.Sprint(key.E), "")
	default:
		lines.add(0, "type", fmt.Sprintf("%T", parsed), "not a type that passkeys use")
	}
	part.Lines = lines
	return part, nil
}

// Signature reads a raw signature of a passkey. ECDSA's is DER with the numbers r and s; the others have no structure. It
// fails with an *Error.
func Signature(b []byte) (Part, error) {
	part := Part{Kind: KindSignature, Title: "Signature"}
	var lines list
	if r, s, err := parseDER(b); err == nil {
		lines.add(0, "form", "ECDSA, DER", count(len(b), "byte")+" over authenticatorData‖SHA-256(clientDataJSON)")
		lines.add(0, "r", r.Text(16), count(r.BitLen(), "bit"))
		lines.add(0, "s", s.Text(16), count(s.BitLen(), "bit"))
		part.Lines = lines
		return part, nil
	}
	switch len(b) {
	case 64:
		lines.add(0, "form", "64 raw bytes", "as for Ed25519")
	case 256, 384, 512:
		lines.add(0, "form", count(len(b), "raw byte"), fmt.Sprintf("as for RSA with %d bits", len(b)*8))
	default:
		return part, &Error{Kind: KindSignature, Reason: count(len(b), "byte") + " that are neither DER nor as long as another algorithm's signature"}
	}
	lines.add(0, "bytes", hex.EncodeToString(b), "")
	part.Lines = lines
	return part, nil
}

func base64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// parseDER reads SEQUENCE { r INTEGER, s INTEGER } and nothing else.
func parseDER(b []byte) (r, s *big.Int, err error) {
	var pair struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(b, &pair)
	if err == nil && (len(rest) > 0 || pair.R.Sign() <= 0 || pair.S.Sign() <= 0) {
		err = errors.New("not two positive numbers")
	}
	return pair.R, pair.S, err
}
