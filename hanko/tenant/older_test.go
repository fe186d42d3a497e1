package tenant

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"example.com/hankosim/hanko/tenant/store"
)

// TestRecordedFile opens a file that the tenant of 2026-11-26 wrote, and finds its session, its user with everything, and a
// login in progress.
func TestRecordedFile(t *testing.T) {
	packed, err := os.Open("testdata/tenant-1.db.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "tenant.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	var known struct {
		Token string
		Href  string
		CSRF  string `json:"csrf_token"`
	}
	beside, err := os.ReadFile("testdata/tenant-1.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(beside, &known); err != nil {
		t.Fatal(err)
	}

	at := time.Date(2026, 11, 26, 9, 1, 0, 0, time.UTC)
	a := openTenant(t, Options{Path: path, Now: func() time.Time { return at }, Settings: settingsOf(t, PresetV3, "username=optional", "rest=on")})
	a.token = known.Token
	me := a.call("GET", "/me", nil).want(t, 200, "")
	if me.text(t, "username", "username") != "ada" || len(me.at(t, "passkeys").([]any)) != 1 || len(me.at(t, "security_keys").([]any)) != 1 {
		t.Errorf("the user of the file is %s", me.raw)
	}
	if emails := me.at(t, "emails").([]any); len(emails) != 1 {
		t.Errorf("the addresses of the file are %v", emails)
	}
	a.token = ""
	a.call("POST", "/users", object{"email": "ada@example.com"}).want(t, 409, "Conflict")
	created := a.post("/users", object{"email": "second@example.com"}) // was given, and never verified
	if created.text(t, "email_id") == "" {
		t.Errorf("the address that nobody verified is %s", created.raw)
	}
	login := a.call("POST", known.Href, object{"csrf_token": known.CSRF, "input_data": object{"password": "correct-horse"}}).want(t, 200, "")
	if state := login.text(t, "name"); state != "login_security_key" {
		t.Errorf("the login goes on with %s", login.raw)
	}
}

// TestOlderFile opens the file of a version that had no flows.
func TestOlderFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tenant.db")
	first, err := Open(Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	userID, _ := (&app{t: t, tenant: first}).signUp("ada@example.com")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, b := range []store.Bucket{store.Flows, store.Usernames, store.Devices} {
			if err := tx.DeleteBucket([]byte(b)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	got, w := walkLines(t, Options{Path: path}, "open login", "continue_with_login_identifier email=$EMAIL", "verify_passcode code=$CODE", "skip")
	if !strings.HasPrefix(got, "200 success") || at(w.last, "payload", "user", "id") != userID {
		t.Errorf("the user of the older file is answered with %s", got)
	}
}
