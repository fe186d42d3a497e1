package authenticator

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"path/filepath"
	"testing"
)

// BenchmarkBareP256 is the lower bound: one key generation and one signature, as creating and using a passkey needs.
func BenchmarkBareP256(b *testing.B) {
	digest := sha256.Sum256(testChallenge)
	for b.Loop() {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := k.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCreateAndGet(b *testing.B) {
	file, err := OpenKeystore(filepath.Join(b.TempDir(), "keystore.json"))
	if err != nil {
		b.Fatal(err)
	}
	for _, bench := range []struct {
		name    string
		profile Profile
		store   *Keystore
	}{
		{"iphone/memory", IPhone(), NewMemoryKeystore()},
		{"android/memory", Android(testApp), NewMemoryKeystore()},
		{"iphone/file", IPhone(), file},
	} {
		b.Run(bench.name, func(b *testing.B) {
			phone := NewPhone(bench.profile, bench.store, AlwaysApprove)
			create, get := testCreation(), testRequest()
			for b.Loop() {
				if _, err := phone.Create(b.Context(), create); err != nil {
					b.Fatal(err)
				}
				if _, err := phone.Get(b.Context(), get); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
