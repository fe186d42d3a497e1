package apk

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"
)

func selfSigned(t testing.TB, name string, key crypto.Signer) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Unix(1_700_000_000, 0), NotAfter: time.Unix(2_700_000_000, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

// Keystores of other tools than keytool: without a password, with newer checksums, with keys keytool seldom makes.
func TestReadPKCS12OfOtherTools(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	authority := selfSigned(t, "CA", ec)

	for name, test := range map[string]struct {
		encoder  *pkcs12.Encoder
		password string
		key      crypto.Signer
	}{
		"no password, key in the clear": {pkcs12.Passwordless, "", ec},
		"empty password":                {pkcs12.Modern2023, "", ec},
		"PBMAC1":                        {pkcs12.Modern2026, "secret1", ec},
		"triple DES":                    {pkcs12.LegacyDES, "secret1", ec},
		"Ed25519":                       {pkcs12.Modern2023, "secret1", ed},
		"password outside ASCII":        {pkcs12.Modern2023, "пароль", ec},
	} {
		t.Run(name, func(t *testing.T) {
			leaf := selfSigned(t, "leaf", test.key)
			others := []*x509.Certificate{authority}
			if test.key == crypto.Signer(ec) {
				others = nil // an authority with the same key could not be told from the leaf
			}
			data, err := test.encoder.Encode(test.key, leaf, others, test.password)
			if err != nil {
				t.Fatal(err)
			}
			ask := unasked(t)
			if test.password != "" {
				ask = given(test.password)
			}
			signers, err := decode(t.Context(), "x", data, ask)
			if err != nil {
				t.Fatal(err)
			}
			if len(signers) != 1 || signers[0].Hash != sha256.Sum256(leaf.Raw) || signers[0].Subject != "CN=leaf" {
				t.Errorf("signers %v, want the leaf alone", signers)
			}
		})
	}
}

// The certificate that belongs to the key counts, wherever it is stored.
func TestReadPKCS12FindsTheLeaf(t *testing.T) {
	_, caKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf, authority := selfSigned(t, "leaf", key), selfSigned(t, "CA", caKey)
	data, err := pkcs12.Modern2023.Encode(key, authority, []*x509.Certificate{leaf}, "secret1")
	if err != nil {
		t.Fatal(err)
	}
	signers, err := decode(t.Context(), "x", data, given("secret1"))
	if err != nil {
		t.Fatal(err)
	}
	if len(signers) != 1 || signers[0].Hash != sha256.Sum256(leaf.Raw) {
		t.Errorf("signers %v, want the leaf alone", signers)
	}
	// No certificate of the key's at all.
	data, err = pkcs12.Modern2023.Encode(key, authority, nil, "secret1")
	if err != nil {
		t.Fatal(err)
	}
	if signers, err := decode(t.Context(), "x", data, given("secret1")); kindOf(err) != NoCertificate {
		t.Errorf("%v, %v, want kind %q", signers, err, NoCertificate)
	}
}
