package authenticator

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func openKeystore(t *testing.T, path string) *Keystore {
	t.Helper()
	k, err := OpenKeystore(path)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func wantKeystoreError(t *testing.T, err error, reason KeystoreReason) *KeystoreError {
	t.Helper()
	var e *KeystoreError
	if !errors.As(err, &e) || e.Reason != reason {
		t.Fatalf("error %v, want a KeystoreError: %s", err, reason)
	}
	return e
}

func TestAPasskeyOutlivesTheProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "phones", "keystore.json")
	rp := newRelyingParty(t)
	rp.register(NewPhone(IPhone(), openKeystore(t, path), AlwaysApprove))

	again := NewPhone(IPhone(), openKeystore(t, path), AlwaysApprove)
	rp.signIn(again)
	list, err := again.Passkeys()
	if err != nil || len(list) != 1 {
		t.Fatalf("passkeys %v, %v", list, err)
	}
	p := list[0]
	if p.RPID != testRPID || p.RPName != "Example" || p.UserName != "ada@example.com" || p.DisplayName != "Ada Lovelace" ||
		p.Keychain != "iCloud Keychain" || p.Profile != "iphone" || p.Algorithm != ES256 || p.LastUsedAt.Before(p.CreatedAt) {
		t.Errorf("passkey %+v", p)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for name, mode := range map[string]os.FileMode{path: 0o600, path + ".lock": 0o600, filepath.Dir(path): 0o700 | os.ModeDir} {
		if info, err := os.Stat(name); err != nil || info.Mode() != mode {
			t.Errorf("%s: %v, %v, want mode %v", name, info.Mode(), err, mode)
		}
	}
}

func TestAKeystoreOpenToOthersIsClosedAgain(t *testing.T) {
	if runtime.GOOS == "windows" {
		return
	}
	path := filepath.Join(t.TempDir(), "keystore.json")
	walk(t, NewPhone(IPhone(), openKeystore(t, path), AlwaysApprove))
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	openKeystore(t, path)
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestReadingKeepsParsedKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keystore.json")
	mine := NewPhone(IPhone(), openKeystore(t, path), AlwaysApprove)
	other := NewPhone(Android(testApp), openKeystore(t, path), AlwaysApprove)
	walk(t, mine)
	before, err := mine.own(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	walk(t, other) // the file changes behind mine's back
	after, err := mine.own(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if before[0] == after[0] || before[0].key != after[0].key {
		t.Error("the file was not read again, or the key was parsed again")
	}
	if list, err := mine.store.Passkeys(); err != nil || len(list) != 2 {
		t.Errorf("passkeys %v, %v, want both phones'", list, err)
	}
}

func TestADamagedKeystoreIsKeptAsideAndNeverOverwritten(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "keystore.json")
	walk(t, NewPhone(IPhone(), openKeystore(t, whole), AlwaysApprove))
	good, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	key := bytes.Index(good, []byte(`"privateKey": "`)) + len(`"privateKey": "`)
	damages := map[string][]byte{
		"empty":               {},
		"cut":                 good[:len(good)/2],
		"zeros":               make([]byte, len(good)),
		"not ours":            []byte(`{"passkeys":[]}`),
		"null":                []byte("null"),
		"something follows":   append(bytes.Clone(good), "{}"...),
		"unknown member":      bytes.Replace(good, []byte(`"rpId"`), []byte(`"rpID2"`), 1),
		"unknown eligibility": bytes.Replace(good, []byte(`"rpId"`), []byte(`"eligibility":"perhaps","rpId"`), 1),
		"key damaged":         append(append(bytes.Clone(good[:key]), "AAAA"...), good[key+4:]...),
		"key gone":            bytes.Replace(good, []byte(`"privateKey"`), []byte(`"profile"`), 1),
		"credential ID gone":  bytes.Replace(good, []byte(`"credentialId"`), []byte(`"userHandle"`), 1),
		"credential ID twice": fmt.Appendf(nil, `{"version":1,"passkeys":[%[1]s,%[1]s]}`, good[bytes.IndexByte(good, '[')+1:bytes.LastIndexByte(good, ']')]),
	}
	for name, damaged := range damages {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "keystore.json")
			store := openKeystore(t, path)
			phone := NewPhone(IPhone(), store, AlwaysApprove)
			walk(t, phone)
			if err := os.WriteFile(path, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := store.Passkeys()
			first := wantKeystoreError(t, err, KeystoreDamaged)
			if kept, err := os.ReadFile(first.KeptAs); err != nil || !bytes.Equal(kept, damaged) {
				t.Errorf("kept as %q: %q, %v", first.KeptAs, kept, err)
			}
			if !strings.Contains(first.Error(), path) || !strings.Contains(first.Error(), first.KeptAs) {
				t.Errorf("error %q names neither file", first)
			}
			_, created := phone.Create(t.Context(), testCreation())
			_, got := phone.Get(t.Context(), testRequest())
			_, opened := OpenKeystore(path)
			for _, err := range []error{created, got, opened, store.Delete([]byte("x")), phone.Delete([]byte("x"))} {
				if again := wantKeystoreError(t, err, KeystoreDamaged); again.KeptAs != first.KeptAs || again.Error() != first.Error() {
					t.Errorf("later error %q, want the first again, %q", again, first)
				}
			}
			if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, damaged) {
				t.Errorf("the file was changed: %q, %v", now, err)
			}
			moved, err := SetKeystoreAside(path)
			if err != nil {
				t.Fatal(err)
			}
			if now, err := os.ReadFile(moved); err != nil || !bytes.Equal(now, damaged) {
				t.Errorf("moved to %s: %q, %v", moved, now, err)
			}
			walk(t, phone)
		})
	}
}

func TestAnUnknownVersionIsRefusedAndUntouched(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keystore.json")
	newer := []byte(`{"version":2,"vault":"of the future"}`)
	if err := os.WriteFile(path, newer, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := OpenKeystore(path)
	if e := wantKeystoreError(t, err, KeystoreNewer); e.KeptAs != "" || !strings.Contains(e.Error(), "version 2") {
		t.Errorf("error %q", e)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, newer) {
		t.Errorf("the file was changed: %q, %v", now, err)
	}
}

func TestALockHeldTooLongIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keystore.json")
	mine, other := openKeystore(t, path), openKeystore(t, path)
	unlock, err := other.acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mine.file.LockTimeout = 30 * time.Millisecond
	_, err = mine.Passkeys()
	_ = wantKeystoreError(t, err, KeystoreLocked)
	_, err = NewPhone(IPhone(), mine, AlwaysApprove).Create(t.Context(), testCreation())
	_ = wantKeystoreError(t, err, KeystoreLocked)
	unlock()
	if _, err := mine.Passkeys(); err != nil {
		t.Errorf("after the lock was given back: %v", err)
	}
}

func TestAnUnreadableKeystoreIsNamed(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "keystore.json")
	if err := os.MkdirAll(folder, 0o700); err != nil { // a folder where the file should be
		t.Fatal(err)
	}
	_, err := OpenKeystore(folder)
	_ = wantKeystoreError(t, err, KeystoreIrregular)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = OpenKeystore(filepath.Join(file, "keystore.json")) // a file where the folder should be
	_ = wantKeystoreError(t, err, KeystoreUnreadable)
}

func TestAFailedSaveKeepsTheOldPasskeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keystore.json")
	store := openKeystore(t, path)
	phone := NewPhone(IPhone(), store, AlwaysApprove)
	created, _ := walk(t, phone)
	if err := os.MkdirAll(filepath.Join(path+".new", "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	options := testCreation()
	options.User.ID = []byte("someone else")
	_, err := phone.Create(t.Context(), options)
	wantKeystoreError(t, err, KeystoreUnwritable)
	if list, err := store.Passkeys(); err != nil || len(list) != 1 || !bytes.Equal(list[0].CredentialID, created.RawID) {
		t.Errorf("passkeys %v, %v, want the old one", list, err)
	}
}

func TestALinkedKeystoreStaysALink(t *testing.T) {
	folder := t.TempDir()
	link, target := filepath.Join(folder, "link.json"), filepath.Join(folder, "target.json")
	walk(t, NewPhone(IPhone(), openKeystore(t, target), AlwaysApprove))
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	walk(t, NewPhone(Android(testApp), openKeystore(t, link), AlwaysApprove))
	if list, err := openKeystore(t, target).Passkeys(); err != nil || len(list) != 2 {
		t.Errorf("passkeys %v, %v, want two in the link's target", list, err)
	}
}

func TestManyGoroutinesLoseNothing(t *testing.T) {
	for name, store := range map[string]*Keystore{"memory": NewMemoryKeystore(), "file": openKeystore(t, filepath.Join(t.TempDir(), "k.json"))} {
		t.Run(name, func(t *testing.T) {
			var wg sync.WaitGroup
			for i := range 8 {
				wg.Go(func() {
					phone := NewPhone(IPhone(), store, AlwaysApprove)
					for j := range 4 {
						options := testCreation()
						options.User.ID = fmt.Appendf(nil, "%d/%d", i, j)
						if _, err := phone.Create(t.Context(), options); err != nil {
							t.Error(err)
						}
						if _, err := phone.Get(t.Context(), testRequest()); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			if list, err := store.Passkeys(); err != nil || len(list) != 32 {
				t.Errorf("%d passkeys, %v, want 32", len(list), err)
			}
		})
	}
}

func FuzzKeystore(f *testing.F) {
	k, err := generateKey(ES256)
	if err != nil {
		f.Fatal(err)
	}
	good, err := encodeKeystore([]*credential{{Passkey: Passkey{CredentialID: []byte("id"), RPID: testRPID, UserHandle: []byte("u")}, key: k}})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(good), `{"version":1,"passkeys":[]}`, `{"version":2}`, `{"version":1}`, ``, `null`, `[]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, err := decodeKeystore(raw, nil)
		if err != nil {
			return
		}
		// Whatever is accepted survives being written and read again, to the byte.
		once, err := encodeKeystore(list)
		if err != nil {
			t.Fatal(err)
		}
		again, err := decodeKeystore(once, list)
		if err != nil || len(again) != len(list) {
			t.Fatalf("%s is accepted but its rewriting is not: %v", raw, err)
		}
		if twice, err := encodeKeystore(again); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("rewriting changes the content: %v\n%s\n%s", err, once, twice)
		}
	})
}
