package apk

import (
	"errors"
	"strings"
	"testing"
)

// The certificate of testdata/cert/upload.der, as keytool -printcert printed it.
const uploadFingerprint = "93:C3:0B:58:DD:44:95:B9:70:25:D9:6B:F2:1D:F5:33:66:39:01:0A:E7:30:81:6E:DD:5B:9A:92:B9:C0:BE:B9"

// The same certificate's hash, computed by other tools: openssl dgst -sha256 -binary upload.der | basenc --base64url.
const uploadBase64 = "k8MLWN1ElblwJdlr8h31M2Y5AQrnMIFu3VuakrnAvrk"

func TestParseFingerprint(t *testing.T) {
	plain := strings.ReplaceAll(uploadFingerprint, ":", "")
	standard := strings.NewReplacer("-", "+", "_", "/").Replace(uploadBase64)
	for name, in := range map[string]string{
		"keytool":                   uploadFingerprint,
		"keytool's line":            "\t SHA256: " + uploadFingerprint + "\n",
		"keytool's short list":      "Certificate fingerprint (SHA-256): " + uploadFingerprint,
		"keytool's block":           "Certificate fingerprints:\r\n\t SHA1: DB:73:2E:1A:9B:66:1D:CD:D5:AD:A5:62:0F:A1:B9:34:0F:7E:A8:5F\r\n\t SHA256: " + uploadFingerprint + "\r\nSignature algorithm name: SHA256withECDSA\r\n",
		"Gradle":                    "SHA-256: " + uploadFingerprint,
		"OpenSSL 3":                 "sha256 Fingerprint=" + uploadFingerprint,
		"OpenSSL 1":                 "SHA256 Fingerprint=" + uploadFingerprint,
		"apksigner":                 "Signer #1 certificate SHA-256 digest: " + strings.ToLower(plain),
		"label without a colon":     "SHA-256 " + uploadFingerprint,
		"label without a space":     "SHA256:" + uploadFingerprint,
		"lower case":                strings.ToLower(uploadFingerprint),
		"plain hex":                 plain,
		"plain lower hex":           strings.ToLower(plain),
		"spaces":                    strings.ReplaceAll(uploadFingerprint, ":", " "),
		"dashes":                    strings.ReplaceAll(uploadFingerprint, ":", "-"),
		"wrapped":                   uploadFingerprint[:48] + "\r\n    " + uploadFingerprint[48:],
		"assetlinks.json":           `  "` + uploadFingerprint + `",`,
		"invisible characters":      "\ufeff" + uploadFingerprint[:30] + "\u200b" + uploadFingerprint[30:] + "\u00a0",
		"base64url":                 uploadBase64,
		"base64url, padded":         uploadBase64 + "=",
		"base64":                    standard,
		"base64, padded, labelled":  "SHA256: " + standard + "=",
		"OpenSSH's way of labels":   "SHA256:" + standard,
		"origin":                    OriginPrefix + uploadBase64,
		"origin, quoted, with line": "'" + OriginPrefix + uploadBase64 + "'\n",
	} {
		t.Run(name, func(t *testing.T) {
			h, err := ParseFingerprint(in)
			if err != nil {
				t.Fatal(err)
			}
			if h.Fingerprint() != uploadFingerprint {
				t.Errorf("fingerprint %s, want %s", h.Fingerprint(), uploadFingerprint)
			}
			if h.String() != uploadBase64 {
				t.Errorf("base64url %s, want %s", h.String(), uploadBase64)
			}
			if want := "android:apk-key-hash:" + uploadBase64; h.Origin() != want {
				t.Errorf("origin %s, want %s", h.Origin(), want)
			}
		})
	}
}

// Base64 text may contain the letters of a label.
func TestParseFingerprintLabelInsideBase64(t *testing.T) {
	for _, in := range []string{"sha256/" + strings.Repeat("A", 36), strings.Repeat("A", 36) + "/sha25A="} {
		h, err := ParseFingerprint(in)
		if err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		if want := strings.TrimSuffix(strings.ReplaceAll(in, "/", "_"), "="); h.String() != want {
			t.Errorf("%s, want %s", h, want)
		}
	}
}

func TestParseFingerprintRefuses(t *testing.T) {
	const sha1 = "DB:73:2E:1A:9B:66:1D:CD:D5:AD:A5:62:0F:A1:B9:34:0F:7E:A8:5F"
	for name, test := range map[string]struct {
		in    string
		kind  Kind
		cause string
	}{
		"nothing":                {"", NotFingerprint, "there is nothing in it"},
		"white space":            {" \n\t", NotFingerprint, "there is nothing in it"},
		"a label alone":          {"SHA256: ", NotFingerprint, "neither hexadecimal nor base64"},
		"the prefix alone":       {OriginPrefix, NotFingerprint, "there is nothing in it"},
		"words":                  {"androiddebugkey", NotFingerprint, "neither hexadecimal nor base64"},
		"a byte short":           {uploadFingerprint[3:], NotFingerprint, "31 bytes"},
		"a byte more":            {uploadFingerprint + ":00", NotFingerprint, "33 bytes"},
		"a digit short":          {uploadFingerprint[1:], NotFingerprint, "neither hexadecimal nor base64"},
		"not a digit":            {"GG" + uploadFingerprint[2:], NotFingerprint, "neither hexadecimal nor base64"},
		"base64, last bits lost": {uploadBase64[:42] + "l", NotFingerprint, "neither hexadecimal nor base64"},
		"MD5":                    {sha1[:47], NotFingerprint, "16 bytes"},
		"another origin":         {"https://example.com", NotFingerprint, "neither hexadecimal nor base64"},
		"SHA-1":                  {sha1, SHA1Fingerprint, "20 bytes"},
		"SHA-1, plain":           {strings.ToLower(strings.ReplaceAll(sha1, ":", "")), SHA1Fingerprint, "20 bytes"},
		"SHA-1, keytool":         {"SHA1: " + sha1, SHA1Fingerprint, "20 bytes"},
		"SHA-1, labelled wrong":  {"SHA-256: " + sha1, SHA1Fingerprint, "20 bytes"},
		"SHA-1, Facebook's hash": {"23MuGptmHc3VraViD6G5NA9+qF8=", SHA1Fingerprint, "20 bytes"},
		"SHA-1, old FIDO origin": {OriginPrefix + "23MuGptmHc3VraViD6G5NA9-qF8", SHA1Fingerprint, "20 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := ParseFingerprint(test.in)
			own, ok := errors.AsType[*Error](err)
			if !ok || own.Kind != test.kind {
				t.Fatalf("error %v, want kind %q", err, test.kind)
			}
			if h != (KeyHash{}) {
				t.Errorf("a hash beside the error: %s", h)
			}
			if !strings.Contains(err.Error(), test.cause) || own.Hint == "" {
				t.Errorf("error %q, want the cause %q and a hint", err, test.cause)
			}
		})
	}
}

func FuzzParseFingerprint(f *testing.F) {
	for _, s := range []string{
		uploadFingerprint, "SHA256: " + uploadFingerprint, uploadBase64, OriginPrefix + uploadBase64, uploadBase64 + "=",
		uploadFingerprint[:59], "SHA1: " + uploadFingerprint[:59], "", "\"" + uploadFingerprint + "\",", "sha256 Fingerprint=AA:BB",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := ParseFingerprint(s)
		if err != nil {
			if own, ok := errors.AsType[*Error](err); !ok || own.Kind != NotFingerprint && own.Kind != SHA1Fingerprint {
				t.Fatalf("error %#v", err)
			}
			return
		}
		for _, again := range []string{h.Origin(), h.String(), h.Fingerprint()} {
			if back, err := ParseFingerprint(again); err != nil || back != h {
				t.Fatalf("%q read back as %s, %v; want %s", again, back, err, h)
			}
		}
	})
}
