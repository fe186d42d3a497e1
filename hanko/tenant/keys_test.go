package tenant

import (
	"crypto/rsa"
	"errors"
	"path/filepath"
	"testing"
)

// TestKeysAreMadeFromTheStart checks that keys are created before anybody needs them, and that Close waits for it.
func TestKeysAreMadeFromTheStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tenant.db")
	begun, release := make(chan struct{}), make(chan struct{})
	tenant, err := Open(Options{Path: path, Keys: func() ([]*rsa.PrivateKey, error) {
		close(begun)
		<-release
		return sharedKeys()
	}})
	if err != nil {
		t.Fatal(err)
	}
	<-begun
	closed := make(chan error)
	go func() { closed <- tenant.Close() }()
	close(release)
	if err := <-closed; err != nil {
		t.Fatal(err)
	}

	again := openTenant(t, Options{Path: path, Keys: func() ([]*rsa.PrivateKey, error) {
		t.Error("the keys are not in the file")
		return sharedKeys()
	}})
	again.call("GET", "/.well-known/jwks.json", nil).want(t, 200, "")
}

// TestKeysAreTriedAgain checks that a request creates the keys if that failed at the start.
func TestKeysAreTriedAgain(t *testing.T) {
	tries := 0
	a := openTenant(t, Options{Keys: func() ([]*rsa.PrivateKey, error) {
		if tries++; tries < 3 {
			return nil, errors.New("no randomness")
		}
		return sharedKeys()
	}})
	answers := 0
	for status := 500; status == 500 && answers < 9; answers++ {
		status = a.call("GET", "/.well-known/jwks.json", nil).status
	}
	if answers > 3 || tries != 3 {
		t.Errorf("the keys are there after %d tries and %d requests", tries, answers)
	}
}
