package tenant

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"example.com/hankosim/hanko/tenant/store"
)

func TestPasskeySurvives(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "directory", "tenant.db")
	open := func() *app {
		t.Helper()
		tenant, err := Open(Options{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		return &app{t: t, tenant: tenant}
	}
	a := open()
	userID, _ := a.signUp("ada@example.com")
	key := newPhoneKey(t)
	handle := a.addPasskey(key)
	keys := a.call("GET", "/.well-known/jwks.json", nil).raw
	pending := a.post("/webauthn/login/initialize", nil).text(t, "publicKey", "challenge")
	token := a.token
	if err := a.tenant.Close(); err != nil {
		t.Fatal(err)
	}
	a.call("POST", "/user", object{"email": "ada@example.com"}).want(t, 500, "Internal Server Error")

	a = open()
	a.token = token
	if me := a.call("GET", "/me", nil).want(t, 200, ""); me.text(t, "id") != userID {
		t.Errorf("the session of before is %s now", me.raw)
	}
	if again := a.call("GET", "/.well-known/jwks.json", nil).raw; again != keys {
		t.Errorf("the keys are %s, were %s", again, keys)
	}
	a.call("POST", "/webauthn/login/finalize", key.assert(t, pending, handle)).want(t, 200, "")
	a.usePasskey(key, handle).want(t, 200, "")
	if err := a.tenant.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("the file is %v (%v), want it to be nobody else's to read", info.Mode(), err)
	}
}

// tenantFile creates a tenant's file with some records, and returns its bytes.
func tenantFile(t *testing.T, path string) []byte {
	t.Helper()
	tenant, err := Open(Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	a := &app{t: t, tenant: tenant}
	for n := range 20 {
		a.create(fmt.Sprintf("user%d@example.com", n))
	}
	a.call("GET", "/.well-known/jwks.json", nil).want(t, 200, "")
	if err := tenant.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestLockedStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tenant.db")
	first, err := Open(Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(Options{Path: path})
	wantStoreError(t, err, path, store.Locked)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(Options{Path: path})
	if err != nil {
		t.Fatalf("once the first is closed: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

func wantStoreError(t *testing.T, err error, path string, problem store.Problem) {
	t.Helper()
	var wrong *store.Error
	if !errors.As(err, &wrong) || wrong.Problem != problem || wrong.Path != path {
		t.Fatalf("Open says %v, want the problem %q with %s", err, problem, path)
	}
	if text := err.Error(); !strings.Contains(text, path) || !strings.HasSuffix(text, ".") {
		t.Errorf("the error %q is no sentence about %s", text, path)
	}
}

func TestBadStores(t *testing.T) {
	whole := tenantFile(t, filepath.Join(t.TempDir(), "tenant.db"))
	overwritten := func(from, to int) []byte {
		data := bytes.Clone(whole)
		for i := from; i < to; i++ {
			data[i] = 0xff
		}
		return data
	}
	page := os.Getpagesize()
	eaten := bytes.Clone(whole) // every page that has user7 on it is lost from there on, old copies included
	for start := 0; start < len(eaten); start += page {
		if at := bytes.Index(eaten[start:start+page], []byte("user7@")); at >= 0 {
			for i := start + at; i < start+page; i++ {
				eaten[i] = 0xff
			}
		}
	}
	foreign := func(t *testing.T, fill func(tx *bbolt.Tx) error) []byte {
		t.Helper()
		path := filepath.Join(t.TempDir(), "foreign.db")
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(db.Update(fill), db.Close()); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for _, test := range []struct {
		name    string
		data    []byte
		problem store.Problem
	}{
		{"text", []byte("passwords: hunter2\n"), store.Foreign},
		{"much text", bytes.Repeat([]byte("passwords: hunter2\n"), 10000), store.Foreign},
		{"another program's bbolt file", foreign(t, func(tx *bbolt.Tx) error {
			_, err := tx.CreateBucket([]byte("theirs"))
			return err
		}), store.Foreign},
		{"a later version's file", foreign(t, func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucket([]byte(store.Meta))
			if err != nil {
				return err
			}
			return b.Put([]byte("format"), []byte(`"hankosim tenant 2"`))
		}), store.Foreign},
		{"a record that is no JSON", bytes.ReplaceAll(whole, []byte(`{"id":"`), []byte(`{"id"::`)), store.Damaged},
		{"cut off after its first pages", whole[:3*page], store.Damaged},
		{"cut off in the middle", whole[:len(whole)/2/page*page], store.Damaged},
		{"overwritten after its first pages", overwritten(2*page, len(whole)), store.Damaged},
		{"overwritten in places", eaten, store.Damaged},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "tenant.db")
			if err := os.WriteFile(path, test.data, 0o600); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time shows that the first left no lock
				start := time.Now()
				tenant, err := Open(Options{Path: path})
				if err == nil {
					t.Fatal(tenant.Close())
				}
				wantStoreError(t, err, path, test.problem)
				if took := time.Since(start); took > time.Minute {
					t.Errorf("it took %s to say so", took)
				}
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, test.data) {
				t.Errorf("the file was changed (%v)", err)
			}
		})
	}
	t.Run("a directory", func(t *testing.T) {
		path := t.TempDir()
		_, err := Open(Options{Path: path})
		wantStoreError(t, err, path, store.Unreachable)
	})
	t.Run("below a file", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(file, "tenant.db")
		_, err := Open(Options{Path: path})
		wantStoreError(t, err, path, store.Unreachable)
	})
	t.Run("no file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "tenant.db")
		if a := openTenant(t, Options{Path: path}); a.tenant.StartedEmpty() {
			t.Error("a tenant that is new counts as one whose data are gone")
		}
	})
}

// TestNoFileForWrongOptions opens tenants with impossible options: no file is left behind.
func TestNoFileForWrongOptions(t *testing.T) {
	for name, options := range map[string]Options{
		"RP ID":   {Settings: Settings{RPID: "https://example.com"}},
		"origins": {Settings: Settings{DisableDefaultOrigins: true}},
		"host":    {Hosts: []string{"*.example.com"}},
		"charset": {Settings: Settings{PasscodeCharset: "runes"}},
		"cost":    {PasswordCost: 99},
	} {
		options.Path = filepath.Join(t.TempDir(), "tenant.db")
		if tenant, err := Open(options); err == nil {
			t.Errorf("%s: it opens (%v)", name, tenant.Close())
		}
		if _, err := os.Stat(options.Path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: there is a file (%v)", name, err)
		}
	}
}

// TestEmptyFile opens a file that was emptied. The tenant starts afresh in it, and says so once.
func TestEmptyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tenant.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for n, empty := range []bool{true, false} {
		tenant, err := Open(Options{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		if tenant.StartedEmpty() != empty {
			t.Errorf("opened for the %d. time, the tenant has started empty: %t", n+1, tenant.StartedEmpty())
		}
		a := &app{t: t, tenant: tenant}
		if a.create("ada@example.com"); tenant.Close() != nil {
			t.Error("it cannot be closed")
		}
	}
}

// failing is a store in which every write fails.
type failing struct {
	store.Store
	err error
}

func (f failing) Update(fn func(store.Tx) error) error {
	_ = f.View(fn) // fn may refuse the request before it writes
	return f.err
}

// TestUnwritableStore checks that every API reports a full disk, and other faults of the file, with what was tried and what
// to do.
func TestUnwritableStore(t *testing.T) {
	full := &fs.PathError{Op: "write", Path: "/home/ada/tenant.db", Err: syscall.ENOSPC}
	for _, test := range []struct {
		name   string
		err    error
		status int
		told   string
	}{
		{"full", full, 507, "The tenant's file /home/ada/tenant.db cannot be written, because the disk is full: write /home/ada/tenant.db: no space left on device. Free some space, or start hankosim with --ephemeral, which keeps nothing on disk."},
		{"full, by its text alone", errors.New("file resize error: " + syscall.ENOSPC.Error()), 507, "because the disk is full: file resize error: no space left on device. Free some space"},
		{"no quota", &fs.PathError{Op: "write", Path: "/home/ada/tenant.db", Err: syscall.EDQUOT}, 507, "because the disk is full: write /home/ada/tenant.db: disk quota exceeded"},
		{"broken", &fs.PathError{Op: "fsync", Path: "/home/ada/tenant.db", Err: syscall.EIO}, 500, "The tenant's file /home/ada/tenant.db cannot be written: fsync /home/ada/tenant.db: input/output error. Check the disk, or start hankosim with --ephemeral"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if runtime.GOOS == "windows" {
				t.Skip("its errors have other numbers")
			}
			var log bytes.Buffer
			a := openTenant(t, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
			a.tenant.accounts.Store = failing{a.tenant.accounts.Store, store.NewError("/home/ada/tenant.db", store.Unwritable, test.err)}
			for _, path := range []string{"/users", "/login", "/webauthn/login/initialize"} {
				answer := a.call("POST", path, object{"email": "ada@example.com"}).want(t, test.status, "")
				if told := answer.text(t, "message"); !strings.Contains(told, test.told) {
					t.Errorf("POST %s says %q, want %q", path, told, test.told)
				}
			}
			if n := strings.Count(log.String(), test.told); n < 3 {
				t.Errorf("it is %d times in the log: %s", n, log.String())
			}
		})
	}
}

// TestIrregularFiles opens what is not a regular file: the error says so at once, and nothing is changed.
func TestIrregularFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it has no such files")
	}
	folder := t.TempDir()
	pipe, link := filepath.Join(folder, "pipe"), filepath.Join(folder, "link")
	if err := errors.Join(exec.CommandContext(t.Context(), "mkfifo", pipe).Run(), os.Symlink(pipe, link)); err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("unix", filepath.Join(folder, "socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	for path, kind := range map[string]string{
		pipe: "a named pipe", link: "a named pipe", socket.Addr().String(): "a socket", folder: "a directory",
		os.DevNull: "a device", "/dev/zero": "a device",
	} {
		tenant, err := Open(Options{Path: path})
		if err == nil {
			t.Fatalf("%s: %v", path, tenant.Close())
		}
		wantStoreError(t, err, path, store.Unreachable)
		if !strings.Contains(err.Error(), "it is "+kind+", not a regular file") {
			t.Errorf("of %s it says %v", path, err)
		}
	}
}
