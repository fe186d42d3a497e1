package authenticator

import (
	"crypto"
	"fmt"
)

// Algorithm is a COSE algorithm identifier (the IANA COSE registry).
type Algorithm int64

// The algorithms for which keys can be created.
const (
	ES256 Algorithm = -7   // ECDSA on P-256 with SHA-256, which every phone supports
	EdDSA Algorithm = -8   // Ed25519
	ES384 Algorithm = -35  // ECDSA on P-384 with SHA-384
	ES512 Algorithm = -36  // ECDSA on P-521 with SHA-512
	RS256 Algorithm = -257 // RSASSA-PKCS1-v1_5, 2048 bits, with SHA-256
)

// Algorithms returns all algorithms. A Profile supports some of them.
func Algorithms() []Algorithm { return []Algorithm{ES256, ES384, ES512, EdDSA, RS256} }

// String returns the algorithm's name in the COSE registry.
func (a Algorithm) String() string {
	switch a {
	case ES256:
		return "ES256"
	case ES384:
		return "ES384"
	case ES512:
		return "ES512"
	case EdDSA:
		return "EdDSA"
	case RS256:
		return "RS256"
	}
	return fmt.Sprintf("COSE algorithm %d", int64(a))
}

// ParseAlgorithm parses a name that String returns, for configurations.
func ParseAlgorithm(name string) (Algorithm, error) {
	for _, a := range Algorithms() {
		if a.String() == name {
			return a, nil
		}
	}
	return 0, fmt.Errorf("%q is not one of the algorithms %v", name, Algorithms())
}

// hash returns the hash of the algorithm, or 0 for EdDSA, which signs the message itself.
func (a Algorithm) hash() crypto.Hash {
	switch a {
	case ES256, RS256:
		return crypto.SHA256
	case ES384:
		return crypto.SHA384
	case ES512:
		return crypto.SHA512
	}
	return 0
}
