package cli

import (
	"os"
	"path/filepath"
	"testing"

	"example.com/hankosim/authenticator"
)

// The attestation CA is made when the phones are opened, for those that have a use for it, and is the same the next time.
func TestOpenPhones(t *testing.T) {
	folder := emptyHome(t)
	const phones = "phones:\n- {name: Ada, profile: iphone}\n- {name: Key, profile: security-key, attestation: packed, page_origin: https://odd.example}\n"
	if err := os.WriteFile(filepath.Join(folder, "hankosim.yaml"), []byte(phones), 0o600); err != nil {
		t.Fatal(err)
	}
	open := func() []authenticator.Profile {
		t.Helper()
		phones, err := openPhones(loadConfig(t))
		if err != nil {
			t.Fatal(err)
		}
		return phones
	}
	first, again := open(), open()
	if ca := first[1].AttestationCA; ca == nil || !ca.Certificate().Equal(again[1].AttestationCA.Certificate()) {
		t.Errorf("the attestation CA does not last: %v and %v", ca, again[1].AttestationCA)
	}
	if first[0].AttestationCA != nil {
		t.Error("an iPhone has no use for an attestation CA")
	}
	if err := first[1].Check(); err != nil {
		t.Error(err)
	}
}
