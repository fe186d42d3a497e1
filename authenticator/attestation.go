package authenticator

import (
	"crypto/rand"
	"io"
)

// Attestation says how an authenticator vouches for a new key, if a relying party asks for it.
type Attestation string

// The kinds of attestation.
const (
	NoAttestation     Attestation = "none"   // format none, which phones always send
	SelfAttestation   Attestation = "self"   // format packed, signed with the new key itself
	PackedAttestation Attestation = "packed" // format packed, signed by a certificate of Profile.AttestationCA
)

// AttestationStatement is a format with its statement (WebAuthn Level 3 section 6.5).
type AttestationStatement struct {
	Format string
	CBOR   []byte // attStmt, an encoded map
}

// noStatement is format none: an empty map.
func noStatement() AttestationStatement {
	return AttestationStatement{Format: "none", CBOR: []byte{0xa0}}
}

// attest returns the profile's statement for a new key. asked is the relying party's attestation conveyance preference.
// Without one, it gets no authenticator's statement (section 5.1.3).
func (p Profile) attest(asked string, k *key, authData, clientDataJSON []byte) (AttestationStatement, error) {
	if asked == "" || asked == "none" {
		return noStatement(), nil
	}
	switch p.Attestation {
	case SelfAttestation:
		return selfStatement(rand.Reader, k, authData, clientDataJSON)
	case PackedAttestation:
		issuer, err := p.AttestationCA.issuer(p.AAGUID)
		if err != nil {
			return AttestationStatement{}, err
		}
		return chainStatement(rand.Reader, issuer.key, issuer.certificate, authData, clientDataJSON)
	}
	return noStatement(), nil
}

// selfStatement returns a packed self attestation (section 8.2): {"alg", "sig"}, signed with the credential's key.
func selfStatement(random io.Reader, k *key, authData, clientDataJSON []byte) (AttestationStatement, error) {
	signature, err := k.sign(random, authData, clientDataJSON)
	if err != nil {
		return AttestationStatement{}, err
	}
	return AttestationStatement{Format: "packed", CBOR: packedStatement(k.algorithm, signature, nil)}, nil
}

// chainStatement returns a packed attestation with a certificate: {"alg", "sig", "x5c"}. The chain has only this
// certificate, in DER, because the CA's own is the trust anchor.
func chainStatement(random io.Reader, attestation *key, certificate, authData, clientDataJSON []byte) (AttestationStatement, error) {
	signature, err := attestation.sign(random, authData, clientDataJSON)
	if err != nil {
		return AttestationStatement{}, err
	}
	return AttestationStatement{Format: "packed", CBOR: packedStatement(attestation.algorithm, signature, certificate)}, nil
}

func packedStatement(algorithm Algorithm, signature, certificate []byte) []byte {
	members := uint64(2)
	if certificate != nil {
		members++
	}
	b := appendCBORHead(nil, cborMap, members)
	b = appendCBORInt(appendCBORText(b, "alg"), int64(algorithm))
	b = appendCBORBytes(appendCBORText(b, "sig"), signature)
	if certificate != nil {
		b = appendCBORHead(appendCBORText(b, "x5c"), cborArray, 1)
		b = appendCBORBytes(b, certificate)
	}
	return b
}
