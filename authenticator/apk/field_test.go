package apk

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// origin has a signer's name and key hash.
type origin struct{ Name, Hash string }

func originsOf(signers []Signer) []origin {
	var list []origin
	for _, s := range signers {
		list = append(list, origin{s.Name, s.Hash.String()})
	}
	return list
}

// fieldCases are files like those in public bug reports, with new keys and names. The hashes were computed with keytool and
// OpenSSL.
var fieldCases = []struct {
	file, password string // no password: none is asked for
	want           []origin
	kind           Kind
}{
	{file: "apksigner-public-key-lines.txt", kind: PublicKeyDigest},
	{file: "apksigner-print-certs.txt", want: []origin{{"Signer #1", "FG3pg8VzBlDY7rmVLzT8ZBagg0LmHb6oigSWsj_PROU"}}},
	{file: "gradle-signing-report.txt", want: []origin{
		{"debug", "FG3pg8VzBlDY7rmVLzT8ZBagg0LmHb6oigSWsj_PROU"}, {"release", "vm4Db54TO1kXa9LAwrGc4p6xxC26LDdBBt8AR6LoDfI"},
	}},
	{file: "list.txt", want: []origin{{"upload", "vm4Db54TO1kXa9LAwrGc4p6xxC26LDdBBt8AR6LoDfI"}}},
	{file: "up-utf16.pem", want: []origin{{"", "vm4Db54TO1kXa9LAwrGc4p6xxC26LDdBBt8AR6LoDfI"}}},
	{file: "cert.p7b", want: []origin{{"", "vm4Db54TO1kXa9LAwrGc4p6xxC26LDdBBt8AR6LoDfI"}}},
	{file: "negative-serial.pem", want: []origin{{"", "a49K2WnlZ5BfRJ0MbcJWPbk3lp-lohUlC_NNA5KV9jg"}}},
	{file: "dsa-debug.keystore", password: "android", want: []origin{{"androiddebugkey", "GcKECHmSVRooEsZ3fjUKDrbFq4IY9FbfoSeyToyHxAA"}}},
	{file: "rsa-and-dsa.p12", password: "geheim1", want: []origin{
		{"k1", "2epi2ibB-qBi9mEILk0CGcHmAbF86HzyS-blZJ4-oCo"}, {"k2", "_GM1v-JDIpneStko23wWm31bIMmAVG90O7QuXPGYFqA"},
	}},
	// Its certificate is in the open, and no checksum is there to check.
	{file: "ossl-nomac.p12", want: []origin{{"upload", "vm4Db54TO1kXa9LAwrGc4p6xxC26LDdBBt8AR6LoDfI"}}},
}

// encodings are ways in which a file may have been encoded.
func encodings(data []byte) map[string][]byte {
	wrapped := base64.StdEncoding.EncodeToString(data)
	forms := map[string][]byte{
		"as it is":       data,
		"base64":         []byte(wrapped),
		"base64, UTF-16": utf16File(wrapped + "\r\n"),
		"certutil":       []byte("-----BEGIN CERTIFICATE-----\r\n" + wrapped + "\r\n-----END CERTIFICATE-----\r\n"),
		"data URL":       []byte("data:application/x-pkcs12;base64," + wrapped),
	}
	if text := string(data); recognise(data) == plainText {
		delete(forms, "certutil")
		delete(forms, "data URL")
		if !strings.Contains(Text(data), "-----BEGIN") { // nobody keeps a tool's output in base64
			delete(forms, "base64")
			delete(forms, "base64, UTF-16")
		}
		if Text(data) == text {
			forms["UTF-8 with a mark"] = []byte("\ufeff" + text)
			forms["UTF-16"] = utf16File(text)
			forms["Windows"] = []byte(strings.ReplaceAll(text, "\n", "\r\n"))
		}
	}
	return forms
}

// utf16File returns a text as PowerShell writes it.
func utf16File(text string) []byte {
	var b []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return b
}

func TestFieldCases(t *testing.T) {
	for _, test := range fieldCases {
		data, err := os.ReadFile(filepath.Join("testdata", "field", test.file))
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range encodings(data) {
			t.Run(test.file+"/"+name, func(t *testing.T) {
				asked := false
				signers, err := Decode(t.Context(), "", data, func(context.Context, string) (string, error) {
					asked = true
					return test.password, nil
				})
				if kindOf(err) != test.kind {
					t.Fatalf("error %v, want kind %q", err, test.kind)
				}
				if diff := cmp.Diff(test.want, originsOf(signers)); diff != "" {
					t.Errorf("(-keytool +Decode)\n%s", diff)
				}
				if asked != (test.password != "") {
					t.Errorf("the password was asked for: %t", asked)
				}
			})
		}
	}
}

// A text in an unknown encoding is read, too, because only its ASCII matters.
func TestDecodeOfAnUnknownEncoding(t *testing.T) {
	text := "Aliasname: upload\nEigent\xfcmer: CN=Upload\n\t SHA256: " + uploadFingerprint + "\nG\xfcltig\n"
	signers, err := Decode(t.Context(), "", []byte(text), unasked(t))
	if diff := cmp.Diff([]origin{{"upload", uploadBase64}}, originsOf(signers)); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestText(t *testing.T) {
	const text = "Schlüssel 🔑\n"
	bigEndian := func(text string) []byte {
		b := utf16File(text)
		for i := 0; i < len(b); i += 2 {
			b[i], b[i+1] = b[i+1], b[i]
		}
		return b
	}
	for name, data := range map[string][]byte{
		"UTF-8":                     []byte(text),
		"UTF-8 with a mark":         []byte("\ufeff" + text),
		"UTF-16":                    utf16File(text),
		"UTF-16 without a mark":     utf16File(text)[2:],
		"big-endian":                bigEndian(text),
		"big-endian without a mark": bigEndian(text)[2:],
	} {
		if got := Text(data); got != text {
			t.Errorf("%s: %q, want %q", name, got, text)
		}
	}
	if got := Text([]byte("p\xe4ss")); got != "p\xe4ss" {
		t.Errorf("Latin-1 comes back as %q", got)
	}
}

// A command in a hint can be copied unchanged.
func TestHintNamesTheFile(t *testing.T) {
	_, err := Decode(t.Context(), "my key.jks", []byte("\xce\xce\xce\xce"), nil)
	own, ok := errors.AsType[*Error](err)
	if !ok || !strings.Contains(own.Hint, "`keytool -list -v -storetype JCEKS -keystore 'my key.jks'`") {
		t.Errorf("the command cannot be copied: %v", err)
	}
}
