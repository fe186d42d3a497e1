package totp

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// The secret of RFC 6238, appendix B: the ASCII string "12345678901234567890".
const rfcSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

func TestCodesOfRFC6238(t *testing.T) {
	app, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Add("Hanko", "ada@example.com", rfcSecret); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if code, err := app.Code("Hanko", "Ada@example.com", time.Unix(at, 0)); err != nil || code != want {
			t.Errorf("at %d: %q, %v; want %q", at, code, err, want)
		}
	}
	if _, err := app.Code("Hanko", "eve@example.com", time.Unix(59, 0)); !errors.Is(err, ErrNoSecret) {
		t.Errorf("an unknown account gives %v", err)
	}
	if err := app.Add("Hanko", "eve@example.com", "not base32!"); err == nil {
		t.Error("a secret that is none was taken")
	}
}

func TestSecretsStayOnDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "totp.json")
	app, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Add("Hanko", "ada@example.com", rfcSecret); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Fatalf("the file is %v, %v", info.Mode(), err)
	}
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if code, err := again.Code("Hanko", "ada@example.com", time.Unix(59, 0)); err != nil || code != "287082" {
		t.Errorf("after reopening: %q, %v", code, err)
	}
}

func TestDamagedFileIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "totp.json")
	if err := os.WriteFile(path, []byte("{oops"), 0o600); err != nil {
		t.Fatal(err)
	}
	var damaged *FileError
	if _, err := Open(path); !errors.As(err, &damaged) || damaged.Path != path {
		t.Fatalf("a damaged file gives %v", err)
	}
	if content, _ := os.ReadFile(path); string(content) != "{oops" {
		t.Errorf("the file was changed to %q", content)
	}
}
