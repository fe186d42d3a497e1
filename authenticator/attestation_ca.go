package authenticator

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"sync"
	"time"
)

// AttestationCA is a certificate authority for tests, which vouches for simulated authenticators in packed attestation. A
// relying party trusts them if it has the CA's certificate. An AttestationCA is safe for concurrent use.
type AttestationCA struct {
	certificate *x509.Certificate
	key         *key

	mu      sync.Mutex
	issuers map[AAGUID]*issuer
}

// issuer is the attestation key and certificate of one AAGUID.
type issuer struct {
	key         *key
	certificate []byte // DER
}

// aaguidExtension is id-fido-gen-ce-aaguid (WebAuthn Level 3 section 8.2.1).
var aaguidExtension = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 45724, 1, 1, 4}

const (
	pemCertificate = "CERTIFICATE"
	pemPrivateKey  = "PRIVATE KEY"
)

// NewAttestationCA returns a CA with a new key. It is valid for ten years.
func NewAttestationCA() (*AttestationCA, error) {
	k, err := generateKey(ES256)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "Simulated authenticators test CA", Organization: []string{"Test only"}, Country: []string{"AA"}},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	certificate, err := sign(template, template, k, k)
	if err != nil {
		return nil, err
	}
	return newAttestationCA(certificate, k)
}

// ParseAttestationCA parses what AttestationCA.PEM returns.
func ParseAttestationCA(data []byte) (*AttestationCA, error) {
	var certificate []byte
	var k *key
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case pemCertificate:
			certificate = block.Bytes
		case pemPrivateKey:
			var err error
			if k, err = parseKey(block.Bytes); err != nil {
				return nil, fmt.Errorf("the CA's private key cannot be read: %w", err)
			}
		}
	}
	if certificate == nil || k == nil {
		return nil, errors.New("a CA needs a CERTIFICATE and a PRIVATE KEY in PEM")
	}
	return newAttestationCA(certificate, k)
}

func newAttestationCA(der []byte, k *key) (*AttestationCA, error) {
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("the CA's certificate cannot be read: %w", err)
	}
	public, ok := certificate.PublicKey.(*ecdsa.PublicKey)
	if !ok || !public.Equal(k.signer.Public()) || !certificate.IsCA {
		return nil, errors.New("the certificate does not belong to a CA with this key")
	}
	return &AttestationCA{certificate: certificate, key: k, issuers: map[AAGUID]*issuer{}}, nil
}

// Certificate returns the CA's certificate, which is the trust anchor for a relying party.
func (ca *AttestationCA) Certificate() *x509.Certificate { return ca.certificate }

// CertificatePEM returns the CA's certificate in PEM.
func (ca *AttestationCA) CertificatePEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: pemCertificate, Bytes: ca.certificate.Raw})
}

// PEM returns the CA with its private key (PKCS#8), for use in another run. It is a secret.
func (ca *AttestationCA) PEM() ([]byte, error) {
	pkcs8, err := ca.key.pkcs8()
	if err != nil {
		return nil, err
	}
	return append(ca.CertificatePEM(), pem.EncodeToMemory(&pem.Block{Type: pemPrivateKey, Bytes: pkcs8})...), nil
}

// issuer returns the attestation certificate for an AAGUID. All authenticators with that AAGUID share it, for privacy
// (section 14.4.1). It has the form of section 8.2.1.
func (ca *AttestationCA) issuer(aaguid AAGUID) (*issuer, error) {
	if ca == nil {
		return nil, errors.New("the profile has packed attestation, but no attestation CA")
	}
	ca.mu.Lock()
	defer ca.mu.Unlock()
	if known := ca.issuers[aaguid]; known != nil {
		return known, nil
	}
	k, err := generateKey(ES256)
	if err != nil {
		return nil, err
	}
	value, err := asn1.Marshal(aaguid[:])
	if err != nil {
		return nil, err
	}
	certificate, err := sign(&x509.Certificate{
		Subject: pkix.Name{
			Country:            []string{"AA"},
			Organization:       []string{"Test only"},
			OrganizationalUnit: []string{"Authenticator Attestation"},
			CommonName:         "Simulated authenticator",
		},
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtraExtensions:       []pkix.Extension{{Id: aaguidExtension, Value: value}},
	}, ca.certificate, k, ca.key)
	if err != nil {
		return nil, err
	}
	fresh := &issuer{key: k, certificate: certificate}
	ca.issuers[aaguid] = fresh
	return fresh, nil
}

func sign(template, parent *x509.Certificate, subject, by *key) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	template.NotBefore = time.Now().Add(-time.Hour)
	template.NotAfter = time.Now().AddDate(10, 0, 0)
	return x509.CreateCertificate(rand.Reader, template, parent, subject.signer.Public(), by.signer)
}
