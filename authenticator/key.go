package authenticator

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	_ "crypto/sha512" // for ES384 and ES512
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"
)

// key is a credential's parsed key pair. It is kept, because parsing a key takes longer than signing.
type key struct {
	algorithm Algorithm
	signer    crypto.Signer
	public    []byte // elliptic curves: 0x04‖X‖Y; Ed25519: the 32 bytes; RSA: PKCS#1
}

func generateKey(a Algorithm) (*key, error) {
	switch a {
	case ES256:
		return asKey(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	case ES384:
		return asKey(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	case ES512:
		return asKey(ecdsa.GenerateKey(elliptic.P521(), rand.Reader))
	case EdDSA:
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return asKey(private, err)
	case RS256:
		return asKey(rsa.GenerateKey(rand.Reader, 2048))
	}
	return nil, fmt.Errorf("there are no keys for %v", a)
}

func asKey[P crypto.PrivateKey](private P, err error) (*key, error) {
	if err != nil {
		return nil, err
	}
	return newKey(private)
}

// newKey returns the key for a parsed private key of any supported kind.
func newKey(private crypto.PrivateKey) (*key, error) {
	switch private := private.(type) {
	case *ecdsa.PrivateKey:
		var algorithm Algorithm
		switch private.Curve {
		case elliptic.P256():
			algorithm = ES256
		case elliptic.P384():
			algorithm = ES384
		case elliptic.P521():
			algorithm = ES512
		default:
			return nil, fmt.Errorf("curve %s is not supported", private.Curve.Params().Name)
		}
		point, err := private.PublicKey.Bytes()
		if err != nil {
			return nil, err
		}
		return &key{algorithm: algorithm, signer: private, public: point}, nil
	case ed25519.PrivateKey:
		return &key{algorithm: EdDSA, signer: private, public: private.Public().(ed25519.PublicKey)}, nil
	case *rsa.PrivateKey:
		if bits := private.N.BitLen(); bits < 2048 || bits > 4096 || private.E != 65537 {
			return nil, fmt.Errorf("an RSA key of %d bits with exponent %d is not supported", bits, private.E)
		}
		return &key{algorithm: RS256, signer: private, public: x509.MarshalPKCS1PublicKey(&private.PublicKey)}, nil
	}
	return nil, errors.New("a key of this kind cannot sign for a passkey")
}

func parseKey(pkcs8 []byte) (*key, error) {
	if len(pkcs8) == 0 {
		return nil, errors.New("it is missing")
	}
	private, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil { // its text is only for the parser's developers
		return nil, errors.New("it is not a private key in the form PKCS#8")
	}
	return newKey(private)
}

func (k *key) pkcs8() ([]byte, error) { return x509.MarshalPKCS8PrivateKey(k.signer) }

// spki returns the public key as SubjectPublicKeyInfo, DER, as getPublicKey() of a response does.
func (k *key) spki() ([]byte, error) {
	if k.algorithm == ES256 {
		return append([]byte(spkiP256), k.public...), nil
	}
	return x509.MarshalPKIXPublicKey(k.signer.Public())
}

// spkiP256 is the part before the point in the SubjectPublicKeyInfo of any P-256 key. It makes encoding fast, because
// benchmarks compare creating a passkey with the bare key generation.
const spkiP256 = "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00"

// cose returns the public key as a COSE_Key in CTAP2's canonical form (RFC 9053, RFC 8230). Coordinates keep their leading
// zeros, so an ES256 key always has 77 bytes.
func (k *key) cose() []byte {
	const kty, alg, crv, x, y, n, e = 1, 3, -1, -2, -3, -1, -2
	const okp, ec2, rsaType = 1, 2, 3
	var b []byte
	number := func(label, value int64) { b = appendCBORInt(appendCBORInt(b, label), value) }
	bytes := func(label int64, value []byte) { b = appendCBORBytes(appendCBORInt(b, label), value) }
	switch public := k.signer.Public().(type) {
	case *ecdsa.PublicKey:
		half := len(k.public) / 2
		b = appendCBORHead(make([]byte, 0, len(k.public)+16), cborMap, 5)
		number(kty, ec2)
		number(alg, int64(k.algorithm))
		number(crv, map[Algorithm]int64{ES256: 1, ES384: 2, ES512: 3}[k.algorithm])
		bytes(x, k.public[1:half+1])
		bytes(y, k.public[half+1:])
	case ed25519.PublicKey:
		const ed25519Curve = 6
		b = appendCBORHead(nil, cborMap, 4)
		number(kty, okp)
		number(alg, int64(k.algorithm))
		number(crv, ed25519Curve)
		bytes(x, public)
	case *rsa.PublicKey:
		b = appendCBORHead(nil, cborMap, 4)
		number(kty, rsaType)
		number(alg, int64(k.algorithm))
		bytes(n, public.N.Bytes())
		bytes(e, []byte{1, 0, 1}) // newKey accepts no other exponent
	}
	return b
}

// sign signs authenticatorData‖SHA-256(clientDataJSON). random is rand.Reader on a phone. nil gives the deterministic
// signatures of RFC 6979, which published test vectors have.
func (k *key) sign(random io.Reader, authData, clientDataJSON []byte) ([]byte, error) {
	clientDataHash := sha256.Sum256(clientDataJSON)
	message := slices.Concat(authData, clientDataHash[:])
	hash := k.algorithm.hash()
	if hash == 0 {
		return k.signer.Sign(random, message, crypto.Hash(0))
	}
	h := hash.New()
	h.Write(message)
	return k.signer.Sign(random, h.Sum(nil), hash)
}
