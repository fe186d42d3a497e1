package apk

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// named is a name with the fingerprint below it.
type namedFingerprint struct{ Name, Fingerprint string }

func fingerprintsOf(signers []Signer) []namedFingerprint {
	var list []namedFingerprint
	for _, s := range signers {
		list = append(list, namedFingerprint{s.Name, s.Hash.Fingerprint()})
	}
	return list
}

// What the tools print for the files in testdata (testdata/generate.sh).
func TestReadTextOfTools(t *testing.T) {
	const (
		ec  = "99:89:FB:5E:23:25:63:CC:6F:F9:43:4D:61:4C:D1:94:B0:12:AB:91:BB:D5:2A:57:33:AB:7F:38:43:7C:34:FA"
		pss = "8D:36:80:2A:C1:E1:02:38:47:30:27:97:C3:C6:DE:B5:3D:90:34:F6:78:F1:2C:77:5A:5F:5D:48:61:3B:3D:23"
	)
	for file, want := range map[string][]namedFingerprint{
		// Of a key's chain the first counts, and trusted certificates do not.
		"tools/keytool-list-v-german.txt":     {{"release", chainedFingerprint}},
		"tools/keytool-list-japanese.txt":     {{"release", chainedFingerprint}},
		"tools/keytool-list-rfc-chain.txt":    {{"release", chainedFingerprint}},
		"tools/keytool-printcert-jarfile.txt": {{"Signer #1", chainedFingerprint}},
		"tools/keytool-list-v-two-keys.txt":   {{"play", playFingerprint}, {"upload", uploadFingerprint}},
		"tools/keytool-list-trusted.txt":      {{"upload", uploadFingerprint}},
		"tools/keytool-printcert-two.txt":     {{"", ec}, {"", pss}},
		"openssl/bag-attributes.txt":          {{"pss", pss}},
	} {
		t.Run(file, func(t *testing.T) {
			data, err := os.ReadFile("testdata/" + file)
			if err != nil {
				t.Fatal(err)
			}
			signers, err := readText(string(data))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, fingerprintsOf(signers)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestReadText(t *testing.T) {
	plain := func(fingerprint string) string { return strings.ToLower(strings.ReplaceAll(fingerprint, ":", "")) }
	const sha1 = "DB:73:2E:1A:9B:66:1D:CD:D5:AD:A5:62:0F:A1:B9:34:0F:7E:A8:5F"
	upload, play := namedFingerprint{"", uploadFingerprint}, namedFingerprint{"", playFingerprint}
	for name, test := range map[string]struct {
		text string
		want []namedFingerprint
	}{
		"Gradle, a keystore for several variants": {
			"Variant: debug\nAlias: AndroidDebugKey\nSHA-256: " + playFingerprint + "\n----------\n" +
				"Variant: release\nAlias: upload\nSHA-256: " + uploadFingerprint + "\n----------\n" +
				"Variant: bare\nConfig: null\nStore: null\nAlias: null\n----------\n" +
				"Variant: debugAndroidTest\nAlias: AndroidDebugKey\nSHA-256: " + playFingerprint + "\n----------\n",
			[]namedFingerprint{{"debug, debugAndroidTest", playFingerprint}, {"release", uploadFingerprint}},
		},
		"apksigner, verbose, with the store's stamp": {
			"Verifies\nVerified using v2 scheme (APK Signature Scheme v2): true\nNumber of signers: 1\n" +
				"Signer #1 certificate DN: CN=Upload\nSigner #1 certificate SHA-256 digest: " + plain(uploadFingerprint) + "\n" +
				"Signer #1 public key SHA-256 digest: " + plain(betaFingerprint) + "\n" +
				"Source Stamp Signer certificate SHA-256 digest: " + plain(playFingerprint) + "\n",
			[]namedFingerprint{{"Signer #1", uploadFingerprint}},
		},
		"apksigner, one signer by scheme": {
			"V2 Signer: certificate SHA-256 digest: " + plain(uploadFingerprint) + "\nV3 Signer: certificate SHA-256 digest: " + plain(uploadFingerprint) + "\n",
			[]namedFingerprint{{"V2 Signer, V3 Signer", uploadFingerprint}},
		},
		"apksigner, after a rotation": {
			"Signer (minSdkVersion=24, maxSdkVersion=32) certificate SHA-256 digest: " + plain(uploadFingerprint) + "\n" +
				"Signer (minSdkVersion=33, maxSdkVersion=2147483647) certificate SHA-256 digest: " + plain(playFingerprint) + "\n",
			[]namedFingerprint{
				{"Signer (minSdkVersion=24, maxSdkVersion=32)", uploadFingerprint},
				{"Signer (minSdkVersion=33, maxSdkVersion=2147483647)", playFingerprint},
			},
		},
		"Play Console": {
			"App signing key certificate\nSHA-1 certificate fingerprint\n" + sha1 + "\nSHA-256 certificate fingerprint\n" + playFingerprint +
				"\nUpload key certificate\nSHA-256 certificate fingerprint\n\n" + uploadFingerprint + "\n",
			[]namedFingerprint{play, upload},
		},
		"EAS": {
			"Key Alias            upload\nMD5 Fingerprint      00\nSHA1 Fingerprint     " + sha1 + "\nSHA256 Fingerprint   " + uploadFingerprint + "\n",
			[]namedFingerprint{upload},
		},
		"assetlinks.json": {
			`[{"target":{"sha256_cert_fingerprints":["` + uploadFingerprint + `","` + playFingerprint + `"]}}]`, []namedFingerprint{upload, play},
		},
		"a list of origins": {
			"origins:\n - https://example.com\n - " + OriginPrefix + uploadBase64 + "\n", []namedFingerprint{upload},
		},
		"side by side":     {uploadFingerprint + " " + playFingerprint, []namedFingerprint{upload, play}},
		"a JSON member":    {`{"sha256": "` + uploadFingerprint + `"}`, []namedFingerprint{upload}},
		"wrapped":          {"SHA256: " + uploadFingerprint[:48] + "\n   " + uploadFingerprint[48:] + "\nVersion: 3", []namedFingerprint{upload}},
		"both in one line": {"SHA1: " + sha1 + " SHA256: " + uploadFingerprint, []namedFingerprint{upload}},
		"with a remark":    {"SHA256: " + uploadFingerprint + " (upload key)", []namedFingerprint{upload}},
		"in a table":       {"| SHA-256 | " + uploadFingerprint + " |\n", []namedFingerprint{upload}},
		"in Markdown":      {"- **SHA-256:** `" + uploadFingerprint + "`\n", []namedFingerprint{upload}},
		"in colours":       {"\x1b[32mSHA256:\x1b[0m \x1b[1m" + uploadFingerprint + "\x1b[0m", []namedFingerprint{upload}},
		"other words":      {"Digest algorithm: SHA-256\nSHA-256 is used\nSHA256: " + uploadFingerprint, []namedFingerprint{upload}},
	} {
		t.Run(name, func(t *testing.T) {
			signers, err := readText(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, fingerprintsOf(signers)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestReadTextRefuses(t *testing.T) {
	const sha1 = "DB:73:2E:1A:9B:66:1D:CD:D5:AD:A5:62:0F:A1:B9:34:0F:7E:A8:5F"
	for name, test := range map[string]struct {
		text string
		kind Kind
	}{
		"the public key's alone":       {"Signer #1 public key SHA-256 digest: " + strings.Repeat("ab", 32), PublicKeyDigest},
		"a pin":                        {`pin-sha256="` + uploadBase64 + `="`, PublicKeyDigest},
		"SHA-1 alone, an old keytool":  {"Alias name: a\nCertificate fingerprints:\n\t MD5:  00:11\n\t SHA1: " + sha1 + "\n", SHA1Fingerprint},
		"cut off beside a good one":    {"SHA256: " + uploadFingerprint + "\nSHA256: " + playFingerprint[:50] + "\n\n\n", NotFingerprint},
		"the stamp alone":              {"Source Stamp Signer certificate SHA-256 digest: " + strings.Repeat("ab", 32), NotFingerprint},
		"no signer at all":             {"Keystore type: PKCS12\n\nYour keystore contains 0 entries\n\n", NotFingerprint},
		"a key":                        {"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", NoCertificate},
		"a certificate without an end": {"SHA256: " + uploadFingerprint + "\n-----BEGIN CERTIFICATE-----\nAAAA\n", NotDecodable},
		"a certificate not in base64":  {"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", NotDecodable},
	} {
		t.Run(name, func(t *testing.T) {
			signers, err := readText(test.text)
			own, ok := errors.AsType[*Error](err)
			if !ok || own.Kind != test.kind || own.Hint == "" {
				t.Errorf("%v, error %v; want kind %q and a hint", signers, err, test.kind)
			}
		})
	}
}

// In a configuration, a value names one certificate.
func TestParseFingerprintOfSeveral(t *testing.T) {
	if _, err := ParseFingerprint("SHA256: " + uploadFingerprint + "\nSHA256: " + playFingerprint); kindOf(err) != NotFingerprint {
		t.Errorf("error %v, want kind %q", err, NotFingerprint)
	}
}
