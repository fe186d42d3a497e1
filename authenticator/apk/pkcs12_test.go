package apk

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
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

// Keystores of tools other than keytool: without a password, with newer checksums, or with keys that keytool rarely creates.
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
			signers, err := Decode(t.Context(), "x", data, ask)
			if err != nil {
				t.Fatal(err)
			}
			if len(signers) != 1 || signers[0].Hash != sha256.Sum256(leaf.Raw) || signers[0].Subject != "CN=leaf" {
				t.Errorf("signers %v, want the leaf alone", signers)
			}
		})
	}
}

// Keystores of OpenSSL 3, with keys that Go does not support, and encryption that Java does not use.
func TestReadPKCS12OfOpenSSL(t *testing.T) {
	const (
		pss   = "8D:36:80:2A:C1:E1:02:38:47:30:27:97:C3:C6:DE:B5:3D:90:34:F6:78:F1:2C:77:5A:5F:5D:48:61:3B:3D:23"
		ed448 = "2A:25:D7:DD:60:E6:96:52:C2:92:EA:73:5B:41:5B:63:52:03:5D:7A:28:0A:FE:22:AC:1E:37:93:68:96:0A:C3"
		ec    = "99:89:FB:5E:23:25:63:CC:6F:F9:43:4D:61:4C:D1:94:B0:12:AB:91:BB:D5:2A:57:33:AB:7F:38:43:7C:34:FA"
	)
	for file, want := range map[string]entry{
		"pss.p12":           {Name: "pss", Fingerprint: pss},
		"ed448.p12":         {Name: "ed448", Fingerprint: ed448},
		"rc2-128.p12":       {Name: "ec", Fingerprint: ec},
		"two-keys-3des.p12": {Name: "ec", Fingerprint: ec},
		"pbes2-3des.p12":    {Name: "ec", Fingerprint: ec},
		"aes192.p12":        {Name: "ec", Fingerprint: ec},
	} {
		t.Run(file, func(t *testing.T) {
			want.Subject, want.NotAfter = "CN="+want.Name+",O=Example", "Tue Jul 18 17:25:36 UTC 2051"
			data, err := os.ReadFile(filepath.Join("testdata", "openssl", file))
			if err != nil {
				t.Fatal(err)
			}
			for name, data := range map[string][]byte{"as it is": data, "without a MAC": withoutMAC(t, data), "BER": indefinitely(t, data)} {
				signers, err := Decode(t.Context(), "x", data, given("secret1"))
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if diff := cmp.Diff([]entry{want}, entries(signers)); diff != "" {
					t.Errorf("%s: (-openssl +Decode)\n%s", name, diff)
				}
				if _, err := Decode(t.Context(), "x", data, given("secret2")); kindOf(err) != WrongPassword {
					t.Errorf("%s: with another password: %v", name, err)
				}
				if _, err := Decode(t.Context(), "x", data, nil); kindOf(err) != PasswordNeeded {
					t.Errorf("%s: without a password: %v", name, err)
				}
			}
		})
	}
}

// withoutMAC removes the checksum of a keystore.
func withoutMAC(t testing.TB, data []byte) []byte {
	var pfx, version, authSafe cryptobyte.String
	s := cryptobyte.String(data)
	if !s.ReadASN1(&pfx, asn1.SEQUENCE) || !pfx.ReadASN1Element(&version, asn1.INTEGER) || !pfx.ReadASN1Element(&authSafe, asn1.SEQUENCE) {
		t.Fatal("the keystore is no PFX")
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(version); b.AddBytes(authSafe) })
	return b.BytesOrPanic()
}

// indefinitely returns a keystore as NSS writes it: without lengths, and with its content in pieces.
func indefinitely(t testing.TB, data []byte) []byte {
	var convert func(s cryptobyte.String) []byte
	convert = func(s cryptobyte.String) []byte {
		var out []byte
		for !s.Empty() {
			var element, content cryptobyte.String
			var tag asn1.Tag
			if !s.ReadAnyASN1Element(&element, &tag) {
				t.Fatal("the keystore is no DER")
			}
			whole := element
			element.ReadAnyASN1(&content, &tag)
			switch {
			case tag == asn1.OCTET_STRING && len(content) > 200:
				var pieces cryptobyte.Builder
				for piece := range slices.Chunk([]byte(content), 100) {
					pieces.AddASN1OctetString(piece)
				}
				out = slices.Concat(out, []byte{0x24, 0x80}, pieces.BytesOrPanic(), []byte{0, 0})
			case tag == 0x80 && len(content) > 200:
				var pieces cryptobyte.Builder
				pieces.AddASN1OctetString(content[:8])
				pieces.AddASN1OctetString(content[8:])
				out = slices.Concat(out, []byte{0xa0, 0x80}, pieces.BytesOrPanic(), []byte{0, 0})
			case tag&0x20 != 0:
				out = slices.Concat(out, []byte{byte(tag), 0x80}, convert(content), []byte{0, 0})
			default:
				out = append(out, whole...)
			}
		}
		return out
	}
	return convert(data)
}

func TestDefiniteLeavesDERAlone(t *testing.T) {
	data, err := os.ReadFile("testdata/openssl/two.p7b")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(definite(data), data) {
		t.Error("DER was changed")
	}
	if ber := indefinitely(t, data); bytes.Equal(ber, data) || !bytes.Equal(definite(ber), data) {
		t.Error("BER does not come back as the DER it was made of")
	}
}

// The vectors of RFC 2268 section 5 that use all bits of the key.
func TestRC2(t *testing.T) {
	for _, test := range []struct{ key, plain, encrypted string }{
		{"ffffffffffffffff", "ffffffffffffffff", "278b27e42e2f0d49"},
		{"3000000000000000", "1000000000000001", "30649edf9be7d2c2"},
		{"88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "2269552ab0f85ca6"},
	} {
		bytesOf := func(s string) []byte {
			b, err := hex.DecodeString(s)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		block, err := newRC2(bytesOf(test.key))
		if err != nil {
			t.Fatal(err)
		}
		plain := make([]byte, block.BlockSize())
		block.Decrypt(plain, bytesOf(test.encrypted))
		if !bytes.Equal(plain, bytesOf(test.plain)) {
			t.Errorf("%s with %s gives %x, want %s", test.encrypted, test.key, plain, test.plain)
		}
	}
}
