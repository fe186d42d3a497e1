package authenticator

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// The test vectors of WebAuthn Level 3, section "Test Vectors". Their RP ID is example.org, and their signatures are
// deterministic (RFC 6979).
const vectorRPID = "example.org"

type vector struct {
	Title        string
	Anchor       string
	Registration map[string]hexBytes
	Auth         map[string]hexBytes `json:"authentication"`
}

type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

func loadVectors(t *testing.T) map[string]vector {
	t.Helper()
	data, err := os.ReadFile("testdata/webauthn-l3-test-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	vectors := map[string]vector{}
	for _, v := range list {
		vectors[v.Anchor] = v
	}
	return vectors
}

// flags returns the flags of a vector's registration. One byte decides UV, BE and BS, and BS needs BE.
func (v vector) createFlags() Flags {
	var chosen Flags // FIDO U2F has no such flags
	if bits := v.Registration["auth_data_UV_BE_BS"]; len(bits) > 0 {
		chosen = Flags(bits[0])
	}
	f := chosen&(UserVerified|BackupEligible|BackedUp) | UserPresent | AttestedData
	if f&BackupEligible == 0 {
		f &^= BackedUp
	}
	return f
}

func (v vector) getFlags() Flags {
	f := Flags(v.Auth["auth_data_UV_BS"][0])&(UserVerified|BackedUp) | UserPresent | v.createFlags()&BackupEligible
	if f&BackupEligible == 0 {
		f &^= BackedUp
	}
	return f
}

// clientData checks the client data JSON of either ceremony, to the byte. Which optional members it has is read from the
// vector.
func (v vector) clientData(t *testing.T, typ string, values map[string]hexBytes) {
	t.Helper()
	want := values["clientDataJSON"]
	var chosen struct {
		CrossOrigin *bool
		TopOrigin   string
	}
	if err := json.Unmarshal(want, &chosen); err != nil {
		t.Fatal(err)
	}
	c := ClientData{
		Type:        typ,
		Challenge:   encodeChallenge(values["challenge"]),
		Origin:      "https://" + vectorRPID,
		CrossOrigin: chosen.CrossOrigin,
		TopOrigin:   chosen.TopOrigin,
	}
	if random := values["extraData_random"]; random != nil {
		c.Extra = `,"extraData":"clientDataJSON may be extended with additional fields in the future, such as this: ` + encodeChallenge(random) + `"`
	}
	if got := c.JSON(); !bytes.Equal(got, want) {
		t.Errorf("clientDataJSON\n got %s\nwant %s", got, want)
	}
}

func vectorECKey(t *testing.T, curve elliptic.Curve, scalar []byte) *key {
	t.Helper()
	size := (curve.Params().BitSize + 7) / 8
	scalar = append(make([]byte, size-len(scalar)), scalar...) // the vectors leave leading zeros out
	private, err := ecdsa.ParseRawPrivateKey(curve, scalar)
	if err != nil {
		t.Fatalf("scalar of %d bytes: %v", len(scalar), err)
	}
	return vectorKey(t, private)
}

func vectorKey(t *testing.T, private any) *key {
	t.Helper()
	k, err := newKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// vectorRSAKey returns the vector's key, which is made of the Mersenne primes 2^1279-1 and 2^2203-1.
func vectorRSAKey(t *testing.T) *key {
	t.Helper()
	one := big.NewInt(1)
	p := new(big.Int).Sub(new(big.Int).Lsh(one, 1279), one)
	q := new(big.Int).Sub(new(big.Int).Lsh(one, 2203), one)
	e := big.NewInt(65537)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	return vectorKey(t, &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537},
		D:         new(big.Int).ModInverse(e, phi),
		Primes:    []*big.Int{p, q},
	})
}

// TestW3CVectors reproduces, byte for byte, each registration and each signature of the vectors whose algorithm and
// attestation this package supports.
func TestW3CVectors(t *testing.T) {
	vectors := loadVectors(t)
	p256 := func(v vector) *key { return vectorECKey(t, elliptic.P256(), v.Registration["credential_private_key"]) }
	tests := []struct {
		anchor      string
		key         func(vector) *key
		attestation Attestation // "" where only the assertion can be reproduced: a format of other authenticators
	}{
		{"none-es256", p256, NoAttestation},
		{"none-es256-crossOrigin", p256, NoAttestation},
		{"none-es256-topOrigin", p256, NoAttestation},
		{"none-es256-long-credential-id", p256, NoAttestation},
		{"packed-self-es256", p256, SelfAttestation},
		{"packed-es256", p256, PackedAttestation},
		{"packed-es384", func(v vector) *key { return vectorECKey(t, elliptic.P384(), v.Registration["credential_private_key"]) }, PackedAttestation},
		{"packed-es512", func(v vector) *key { return vectorECKey(t, elliptic.P521(), v.Registration["credential_private_key"]) }, PackedAttestation},
		{"packed-rs256", func(vector) *key { return vectorRSAKey(t) }, PackedAttestation},
		{"packed-eddsa", func(v vector) *key { return vectorKey(t, ed25519.NewKeyFromSeed(v.Registration["private_key"])) }, PackedAttestation},
		{"tpm-es256", p256, ""},
		{"android-key-es256", p256, ""},
		{"apple-es256", p256, ""},
		{"fido-u2f-es256", p256, ""},
	}
	for _, tt := range tests {
		t.Run(tt.anchor, func(t *testing.T) {
			v, ok := vectors["sctn-test-vectors-"+tt.anchor]
			if !ok {
				t.Fatal("there is no such vector")
			}
			k := tt.key(v)
			v.clientData(t, "webauthn.create", v.Registration)
			v.clientData(t, "webauthn.get", v.Auth)
			if tt.attestation != "" {
				v.attestation(t, tt.attestation, k)
			}
			v.assertion(t, k)
		})
	}
}

func (v vector) attestation(t *testing.T, kind Attestation, k *key) {
	t.Helper()
	authData := AuthenticatorData{
		RPIDHash: sha256.Sum256([]byte(vectorRPID)),
		Flags:    v.createFlags(),
		Attested: &AttestedCredential{
			AAGUID:       AAGUID(v.Registration["aaguid"]),
			CredentialID: v.Registration["credential_id"],
			PublicKey:    k.cose(),
		},
	}.Bytes()
	clientDataJSON, want := v.Registration["clientDataJSON"], v.Registration["attestationObject"]
	statement := noStatement()
	var err error
	switch kind {
	case SelfAttestation:
		statement, err = selfStatement(nil, k, authData, clientDataJSON)
	case PackedAttestation:
		var parsed struct {
			AttStmt struct {
				X5C [][]byte `cbor:"x5c"`
			} `cbor:"attStmt"`
		}
		if err := cbor.Unmarshal(want, &parsed); err != nil || len(parsed.AttStmt.X5C) != 1 {
			t.Fatalf("the vector's x5c has %d certificates, %v", len(parsed.AttStmt.X5C), err)
		}
		attestation := vectorECKey(t, elliptic.P256(), v.Registration["attestation_private_key"])
		statement, err = chainStatement(nil, attestation, parsed.AttStmt.X5C[0], authData, clientDataJSON)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := attestationObject(statement, authData); !bytes.Equal(got, want) {
		t.Errorf("attestationObject\n got %x\nwant %x", got, want)
	}
}

func (v vector) assertion(t *testing.T, k *key) {
	t.Helper()
	authData := AuthenticatorData{RPIDHash: sha256.Sum256([]byte(vectorRPID)), Flags: v.getFlags()}.Bytes()
	if want := v.Auth["authenticatorData"]; !bytes.Equal(authData, want) {
		t.Errorf("authenticatorData\n got %x\nwant %x", authData, want)
	}
	signature, err := k.sign(nil, authData, v.Auth["clientDataJSON"])
	if err != nil {
		t.Fatal(err)
	}
	if want := v.Auth["signature"]; !bytes.Equal(signature, want) {
		t.Errorf("signature\n got %x\nwant %x", signature, want)
	}
}
