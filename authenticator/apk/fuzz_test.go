package apk

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"software.sslmate.com/src/go-pkcs12"
)

// FuzzDecode feeds the recogniser and the readers behind it. A JKS gets a checksum that agrees with the password,
// as otherwise no changed one would be read to its end.
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
			if i > 0 && signers[i-1].Name > s.Name {
				t.Fatalf("%q sorted before %q", signers[i-1].Name, s.Name)
			}
		}
	})
}
