package totp

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/authenticator/internal/vault"
)

// The secret of RFC 6238, appendix B: the ASCII string "12345678901234567890".
const rfcSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

func TestCodesOfRFC6238(t *testing.T) {
	app := NewMemoryApp()
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
	app, err := Open(path, "")
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
	again, err := Open(path, "")
	if err != nil {
		t.Fatal(err)
	}
	if code, err := again.Code("Hanko", "ada@example.com", time.Unix(59, 0)); err != nil || code != "287082" {
		t.Errorf("after reopening: %q, %v", code, err)
	}
}

// A damaged file is not overwritten, and the error names a copy of it.
func TestDamagedFileIsLeftAlone(t *testing.T) {
	for _, content := range []string{"{oops", "null", "[]", "", `{"a": 1}`} {
		path := filepath.Join(t.TempDir(), "totp.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		var damaged *FileError
		if _, err := Open(path, ""); !errors.As(err, &damaged) || damaged.Path != path || !strings.Contains(err.Error(), damaged.KeptAs) {
			t.Fatalf("a file of %q gives %v", content, err)
		}
		for _, file := range []string{path, damaged.KeptAs} {
			if now, err := os.ReadFile(file); err != nil || string(now) != content {
				t.Errorf("%s holds %q, %v; want %q", file, now, err, content)
			}
		}
	}
}

// Two apps with the same file lose nothing, and each sees what the other adds.
func TestTwoAppsOnOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "totp.json")
	one, two := open(t, path, ""), open(t, path, "")
	for account, app := range map[string]*App{"ada": one, "grace": two} {
		if err := app.Add("Hanko", account, rfcSecret); err != nil {
			t.Fatal(err)
		}
	}
	for _, app := range []*App{one, two, open(t, path, "")} {
		for _, account := range []string{"ada", "grace"} {
			if _, err := app.Code("Hanko", account, time.Unix(59, 0)); err != nil {
				t.Errorf("the secret of %s: %v", account, err)
			}
		}
	}
}

// A passphrase seals the file at the next save, or at once with SetPassphrase. From then on, it is needed.
func TestPassphrase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "totp.json")
	plain := open(t, path, "")
	if err := plain.SetPassphrase("not yet"); err != nil || plain.SetPassphrase("") != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a passphrase alone has made a file")
	}
	if err := plain.Add("Hanko", "ada", rfcSecret); err != nil {
		t.Fatal(err)
	}
	given := open(t, path, "secret")
	if !given.Exposed() || plain.Exposed() {
		t.Error("a plain file is not told from one that is to be sealed")
	}
	if err := given.Add("Hanko", "grace", rfcSecret); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(content), rfcSecret) || given.Exposed() {
		t.Errorf("after the save the file is %v:\n%s", err, content)
	}
	var sealed *FileError
	if _, err := Open(path, ""); !errors.As(err, &sealed) || sealed.Reason != vault.Sealed || len(given.Copies()) > 0 {
		t.Errorf("without the passphrase it opens with %v", err)
	}
	again := open(t, path, "secret")
	if _, err := again.Code("Hanko", "ada", time.Unix(59, 0)); err != nil {
		t.Error(err)
	}
	if err := again.SetPassphrase(""); err != nil {
		t.Fatal(err)
	}
	if code, err := open(t, path, "").Code("Hanko", "grace", time.Unix(59, 0)); err != nil || code != "287082" {
		t.Errorf("without a passphrase again: %q, %v", code, err)
	}
}

func open(t *testing.T, path, passphrase string) *App {
	t.Helper()
	app, err := Open(path, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// Any file is refused with a *FileError, or its secrets can be used. It is not changed.
func FuzzOpen(f *testing.F) {
	for _, seed := range []string{
		"", "null", "{}", "[]", `{"a":1}`, `{"Hanko\u0000ada@example.com":"` + rfcSecret + `"}`, `{"Hanko\u0000ada@example.com":"no secret"}`,
		`{"version":1,"sealed":{"identity":"AAAA","secrets":"AAAA"}}`, `{"x":"y"}{"x":"y"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "totp.json")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		app, err := Open(path, "")
		var told *FileError
		if err != nil && (!errors.As(err, &told) || app != nil) {
			t.Errorf("it fails with %v", err)
		}
		if err == nil {
			code, err := app.Code("Hanko", "ada@example.com", time.Unix(59, 0))
			if (err == nil) != (len(code) == 6) {
				t.Errorf("the code is %q, %v", code, err)
			}
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != string(content) {
			t.Errorf("the file has become %q, %v", now, err)
		}
	})
}
