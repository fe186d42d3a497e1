package authenticator

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// testScryptWork makes trying a passphrase quick. The usual work takes seconds with the race detector.
const testScryptWork = 10

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func openSealed(t *testing.T, path, passphrase string) *Keystore {
	t.Helper()
	k, err := OpenKeystore(path, WithPassphrase(passphrase), WithScryptWork(testScryptWork))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestASealedKeystoreNeedsItsPassphrase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keystore.json")
	store := openSealed(t, path, "correct horse")
	phone := NewPhone(IPhone(), store, AlwaysApprove)
	walk(t, phone)

	raw := readFile(t, path)
	if bytes.Contains(raw, []byte(testRPID)) || bytes.Contains(raw, []byte("privateKey")) || !bytes.Contains(raw, []byte(`"sealed"`)) {
		t.Errorf("the file can be read: %s", raw)
	}
	for _, passphrase := range []string{"", "battery staple"} {
		_, err := OpenKeystore(path, WithPassphrase(passphrase), WithScryptWork(testScryptWork))
		if e := wantKeystoreError(t, err, KeystoreSealed); e.KeptAs != "" {
			t.Errorf("a copy was kept as %s", e.KeptAs)
		}
	}
	again := NewPhone(IPhone(), openSealed(t, path, "correct horse"), AlwaysApprove)
	if _, err := again.Get(t.Context(), testRequest()); err != nil {
		t.Fatal(err)
	}
	if list, err := phone.Passkeys(); err != nil || len(list) != 1 || list[0].LastUsedAt.IsZero() {
		t.Errorf("the other process's change is not seen: %v, %v", list, err)
	}
	if !bytes.Contains(readFile(t, path), identityOf(t, raw)) {
		t.Error("the identity was made anew: every save would cost one scrypt")
	}
}

func identityOf(t *testing.T, raw []byte) []byte {
	t.Helper()
	var file struct {
		Sealed struct {
			Identity string `json:"identity"`
		} `json:"sealed"`
	}
	if err := json.Unmarshal(raw, &file); err != nil || file.Sealed.Identity == "" {
		t.Fatalf("no identity in %s: %v", raw, err)
	}
	return []byte(file.Sealed.Identity)
}

func TestChangingThePassphrase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keystore.json")
	store := openKeystore(t, path)
	walk(t, NewPhone(IPhone(), store, AlwaysApprove))
	plain := readFile(t, path)

	if err := store.SetPassphrase("one"); err != nil {
		t.Fatal(err)
	}
	one := openSealed(t, path, "one")
	if err := one.SetPassphrase("two"); err != nil {
		t.Fatal(err)
	}
	_, err := store.Passkeys() // it still has the old one
	_ = wantKeystoreError(t, err, KeystoreSealed)
	two := openSealed(t, path, "two")
	if err := two.SetPassphrase(""); err != nil {
		t.Fatal(err)
	}
	if now := readFile(t, path); !bytes.Equal(now, plain) {
		t.Errorf("without a passphrase the file is\n%s\nit was\n%s", now, plain)
	}
	if err := NewMemoryKeystore().SetPassphrase("x"); err != nil {
		t.Error(err)
	}
}

func TestAPassphraseSealsAPlainKeystoreOnTheNextSave(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keystore.json")
	walk(t, NewPhone(IPhone(), openKeystore(t, path), AlwaysApprove))
	store := openSealed(t, path, "one")
	if !bytes.Contains(readFile(t, path), []byte("privateKey")) {
		t.Fatal("opening changed the file")
	}
	if _, err := NewPhone(IPhone(), store, AlwaysApprove).Get(t.Context(), testRequest()); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(readFile(t, path), []byte("privateKey")) {
		t.Error("the save did not encrypt the file")
	}
}

func TestADamagedSealIsDamageAndNotAWrongPassphrase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keystore.json")
	walk(t, NewPhone(IPhone(), openSealed(t, path, "one"), AlwaysApprove))
	type sealedBox struct {
		Identity Bytes `json:"identity"`
		Passkeys Bytes `json:"passkeys"`
	}
	type sealedJSON struct {
		Version int        `json:"version"`
		Sealed  *sealedBox `json:"sealed"`
	}
	var file sealedJSON
	if err := json.Unmarshal(readFile(t, path), &file); err != nil {
		t.Fatal(err)
	}
	flip := func(b Bytes) Bytes { b = bytes.Clone(b); b[len(b)-1] ^= 1; return b }
	for name, box := range map[string]sealedBox{
		"passkeys":      {file.Sealed.Identity, flip(file.Sealed.Passkeys)},
		"passkeys cut":  {file.Sealed.Identity, file.Sealed.Passkeys[:10]},
		"identity":      {flip(file.Sealed.Identity), file.Sealed.Passkeys},
		"identity gone": {nil, file.Sealed.Passkeys},
		"too much work": {Bytes(strings.Replace(string(file.Sealed.Identity), " 10\n", " 30\n", 1)), file.Sealed.Passkeys},
	} {
		damaged := mustJSON(t, sealedJSON{1, &box})
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := OpenKeystore(path, WithPassphrase("one"), WithScryptWork(testScryptWork))
		var e *KeystoreError
		if !errors.As(err, &e) || e.Reason != KeystoreDamaged || !bytes.Equal(readFile(t, e.KeptAs), damaged) {
			t.Errorf("%s: %v, want damage, kept aside", name, err)
		}
	}
}

func BenchmarkSealedCreateAndGet(b *testing.B) {
	store, err := OpenKeystore(filepath.Join(b.TempDir(), "keystore.json"), WithPassphrase("one"), WithScryptWork(testScryptWork))
	if err != nil {
		b.Fatal(err)
	}
	phone := NewPhone(IPhone(), store, AlwaysApprove)
	for b.Loop() {
		if _, err := phone.Create(b.Context(), testCreation()); err != nil {
			b.Fatal(err)
		}
		if _, err := phone.Get(b.Context(), testRequest()); err != nil {
			b.Fatal(err)
		}
	}
}
