package apk

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"software.sslmate.com/src/go-pkcs12"
)

// FuzzDecode decodes any file. It corrects the checksum of a JKS, because otherwise no changed one would be read to its end.
func FuzzDecode(f *testing.F) {
	err := filepath.WalkDir("testdata", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Dir(path) == filepath.Join("testdata", "fuzz") {
			return err
		}
		data, err := os.ReadFile(path)
		f.Add(data)
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	// Without a checksum, a changed PKCS#12 is read to its end too.
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	open, err := pkcs12.Passwordless.Encode(key, selfSigned(f, "leaf", key), nil, "")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(open)
	f.Add([]byte("0\x80\x02\x01\x03"))
	f.Add([]byte("0\xff"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		const password = "secret1"
		if end := len(data) - sha1.Size; recognise(data) == keystoreJKS && end > 0 {
			h := sha1.New()
			for _, c := range []byte(password) {
				h.Write([]byte{0, c})
			}
			h.Write([]byte("Mighty Aphrodite"))
			h.Write(data[:end])
			data = h.Sum(append([]byte{}, data[:end]...))
		}
		signers, err := Decode(t.Context(), "x", data, given(password))
		if err != nil {
			if own, ok := errors.AsType[*Error](err); !ok || own.Kind == "" || own.Hint == "" {
				t.Fatalf("error %#v", err)
			}
			return
		}
		if len(signers) == 0 {
			t.Fatal("neither a signer nor an error")
		}
		for i, s := range signers {
			if s.Hash == (KeyHash{}) || printable(s.Name) != s.Name || printable(s.Subject) != s.Subject {
				t.Fatalf("signer %#v", s)
			}
			if slices.ContainsFunc(signers[:i], func(other Signer) bool { return other.Hash == s.Hash }) {
				t.Fatalf("%#v is there twice", s)
			}
		}
	})
}

// FuzzReadText reads any text, as UTF-8 and as UTF-16.
func FuzzReadText(f *testing.F) {
	for _, pattern := range []string{"testdata/tools/*.txt", "testdata/field/*.txt", "testdata/openssl/*.txt", "testdata/cert/*.pem"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(data))
		}
	}
	f.Add("SHA-256\n\n" + uploadFingerprint)
	f.Add("Variant: a\nSHA-256: " + uploadFingerprint[:40] + "\n" + uploadFingerprint[40:])
	f.Fuzz(func(t *testing.T, text string) {
		signers, err := readText(text)
		if err != nil {
			if own, ok := errors.AsType[*Error](err); !ok || own.Kind == "" || own.Hint == "" {
				t.Fatalf("error %#v", err)
			}
			if len(signers) > 0 {
				t.Fatalf("signers beside the error: %v", signers)
			}
		} else if len(signers) == 0 {
			t.Fatal("neither a signer nor an error")
		}
		for _, s := range signers {
			if s.Hash == (KeyHash{}) && !strings.Contains(text, "00") && !strings.Contains(text, "AA") || printable(s.Name) != s.Name || printable(s.Subject) != s.Subject {
				t.Fatalf("signer %#v", s)
			}
		}
		if file := utf16File(text); utf8.ValidString(text) && Text([]byte(text)) == text && Text(file) != text {
			t.Fatalf("as UTF-16 it is %q", Text(file))
		}
	})
}

// FuzzPKCS12 reads keystores without their checksums, so that changed ones are read to their ends.
func FuzzPKCS12(f *testing.F) {
	for _, pattern := range []string{"testdata/pkcs12/*", "testdata/openssl/*.p12", "testdata/field/*.p12"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(withoutMAC(f, data))
			f.Add(indefinitely(f, withoutMAC(f, data)))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if again := definite(definite(data)); !bytes.Equal(again, definite(data)) {
			t.Fatalf("%x is changed twice", data)
		}
		signers, err := readPKCS12(data, "secret1")
		if own, ok := errors.AsType[*Error](err); err != nil && !errors.Is(err, errWrongPassword) && (!ok || own.Kind == "" || own.Hint == "") {
			t.Fatalf("error %#v", err)
		}
		if err != nil && len(signers) > 0 {
			t.Fatalf("signers beside the error: %v", signers)
		}
	})
}
