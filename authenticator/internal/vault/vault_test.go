package vault

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Reading any file gives a document or an *Error, and does not change the file.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"", "null", "[]", `{"version":1,"sealed":{"identity":"AAAA","passkeys":"AAAA"}}`, `{"version":1,"sealed":{}}`, `{"version":2,"sealed":{"identity":"?"}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := Open("file", path)
		if err != nil {
			t.Fatal(err)
		}
		file.SetPassphrase("secret")
		var told *Error
		err = file.Read(func(document []byte) error {
			if !bytes.Equal(document, content) {
				t.Errorf("%q is read as %q", content, document)
			}
			return nil
		})
		if err != nil && !errors.As(err, &told) {
			t.Errorf("it fails with %v", err)
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, content) {
			t.Errorf("the file has become %q, %v", now, err)
		}
	})
}
