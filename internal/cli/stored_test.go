package cli

import (
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"example.com/hankosim/authenticator/totp"
	"example.com/hankosim/internal/config"
	"example.com/hankosim/tui/kit"
)

// The files in testdata/stored were written by released versions, by a person who walked a v3-mfa login on the embedded
// tenant and saved a tenant on the connect page. Every later version opens them. A file whose format changes gets a new
// sample beside the old one; no sample is ever rewritten. The script stored.txtar opens the keystore and the tenant.

const storedPassphrase = "correct-horse"

// The secret of the authenticator app is found under the names that the walk looks for.
func TestStoredTOTP(t *testing.T) {
	t.Parallel()
	codes := map[string]string{}
	for file, passphrase := range map[string]string{"totp.json": "", "totp-sealed.json": storedPassphrase} {
		app, err := totp.Open(filepath.Join("testdata/stored", file), passphrase)
		if err != nil {
			t.Fatal(err)
		}
		code, err := app.Code(kit.Tenant{Embedded: true}.Issuer(), "ada@example.com", time.Unix(1_800_000_000, 0))
		if err != nil || !regexp.MustCompile(`^[0-9]{6}$`).MatchString(code) {
			t.Errorf("%s: code %q, %v", file, code, err)
		}
		codes[file] = code
	}
	if codes["totp.json"] != codes["totp-sealed.json"] {
		t.Errorf("one secret, two codes: %v", codes)
	}
}

// The configuration is that of the saved tenant; the rest of the example around it is still understood.
func TestStoredConfiguration(t *testing.T) {
	sample, err := filepath.Abs("testdata/stored/hankosim.yaml")
	if err != nil {
		t.Fatal(err)
	}
	emptyHome(t)
	cfg, err := config.Load(t.Context(), sample, rootCommand(exampleConfig()).Flags())
	if err != nil {
		t.Fatal(err)
	}
	if cfg.URL != "http://localhost:8100" || cfg.Tenant != "local" {
		t.Errorf("the tenant is %q at %q", cfg.Tenant, cfg.URL)
	}
}
