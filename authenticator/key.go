package authenticator

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"io"
)

// Algorithm is a COSE algorithm identifier (the IANA COSE registry).
type Algorithm int64

// The algorithms a Phone can make keys for.
const (
	ES256 Algorithm = -7 // ECDSA on P-256 with SHA-256
)

// String names the algorithm as the COSE registry does.
func (a Algorithm) String() string {
	switch a {
	case ES256:
		return "ES256"
	}
	return fmt.Sprintf("COSE algorithm %d", int64(a))
}

// key is a credential's key pair, parsed once and kept: parsing per signature costs more than signing.
type key struct {
	algorithm Algorithm
	signer    crypto.Signer
	point     []byte // 0x04‖X‖Y
}

func generateKey(a Algorithm) (*key, error) {
	switch a {
	case ES256:
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		return newKey(k)
	}
	return nil, fmt.Errorf("%v is not an algorithm this phone makes keys for", a)
}

// newKey takes a parsed private key of any supported kind.
func newKey(private crypto.PrivateKey) (*key, error) {
	switch private := private.(type) {
	case *ecdsa.PrivateKey:
		if private.Curve != elliptic.P256() {
			return nil, fmt.Errorf("curve %s is not supported", private.Curve.Params().Name)
		}
		point, err := private.PublicKey.Bytes()
		if err != nil {
			return nil, err
		}
		return &key{algorithm: ES256, signer: private, point: point}, nil
	}
	return nil, fmt.Errorf("a %T is not a key this phone can sign with", private)
}

func parseKey(pkcs8 []byte) (*key, error) {
	private, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return nil, err
	}
	return newKey(private)
}

func (k *key) pkcs8() ([]byte, error) { return x509.MarshalPKCS8PrivateKey(k.signer) }

// spki is the public key as SubjectPublicKeyInfo, DER: what getPublicKey() of a response gives.
func (k *key) spki() ([]byte, error) {
	return append([]byte(spkiP256), k.point...), nil
}

// spkiP256 is what comes before the point in the SubjectPublicKeyInfo of any P-256 key. Writing it is 40
// times faster than x509.MarshalPKIXPublicKey, and creation is measured against the bare key generation.
const spkiP256 = "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00"

// cose is the public key as a COSE_Key in CTAP2's canonical form (RFC 9053). Coordinates keep their leading
// zeros: an ES256 key is always 77 bytes.
func (k *key) cose() []byte {
	x, y := k.point[1:33], k.point[33:]
	b := make([]byte, 0, 77)
	b = appendCBORHead(b, cborMap, 5)
	b = appendCBORInt(appendCBORInt(b, 1), 2) // kty: EC2
	b = appendCBORInt(appendCBORInt(b, 3), int64(k.algorithm))
	b = appendCBORInt(appendCBORInt(b, -1), 1) // crv: P-256
	b = appendCBORBytes(appendCBORInt(b, -2), x)
	return appendCBORBytes(appendCBORInt(b, -3), y)
}

// sign signs authenticatorData‖SHA-256(clientDataJSON). random is rand.Reader on a phone; nil gives the
// deterministic signatures of RFC 6979, with which published test vectors can be reproduced.
func (k *key) sign(random io.Reader, authData, clientDataJSON []byte) ([]byte, error) {
	clientDataHash := sha256.Sum256(clientDataJSON)
	h := sha256.New()
	h.Write(authData)
	h.Write(clientDataHash[:])
	return k.signer.Sign(random, h.Sum(nil), crypto.SHA256)
}
