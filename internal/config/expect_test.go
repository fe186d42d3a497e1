package config

import (
	"os"
	"path/filepath"
	"testing"
)

// TestExpectations checks that each tenant of the file has only its own expectations.
func TestExpectations(t *testing.T) {
	emptyHome(t)
	file := filepath.Join(t.TempDir(), "hankosim.yaml")
	content := `
tenants:
  local: {url: "http://localhost:8000", expect: {token.lifetime: ">= 1h", token.audience: [a, B], guide.alone: true}}
  other: {url: "http://localhost:8001"}
`
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	for tenant, want := range map[string]string{"--tenant=local": "token.lifetime >= 1h; token.audience a, B; guide.alone yes; ", "--tenant=other": "", "--tenant=embedded": ""} {
		config, err := load(t, file, tenant)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, expected := range config.Expect {
			got += string(expected.Name) + " " + expected.String() + "; "
		}
		if got != want {
			t.Errorf("%s expects %q, not %q", tenant, got, want)
		}
	}
}
