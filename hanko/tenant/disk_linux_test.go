package tenant

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"example.com/hankosim/hanko/tenant/store"
)

// smallDisk mounts a file system of the given size ("200k"), and returns its folder. Without root rights, it skips the test.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("no file system can be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// TestDiskRunsFull fills the disk while the tenant runs. Requests that find no room say so, nothing is lost, and everything
// works again once there is room.
func TestDiskRunsFull(t *testing.T) {
	folder := smallDisk(t, "400k")
	path := filepath.Join(folder, "tenant.db")
	a := openTenant(t, Options{Path: path})
	userID, _ := a.signUp("ada@example.com")
	token := a.token
	filler := filepath.Join(folder, "filler")
	if err := os.WriteFile(filler, make([]byte, 1<<20), 0o600); err == nil {
		t.Fatal("there is room for more than the disk has")
	}
	untilFull := func(path string, body func(n int) any) string {
		t.Helper()
		for n := range 10_000 {
			if answer := a.call("POST", path, body(n)); answer.status != 200 {
				return answer.want(t, 507, "").text(t, "message")
			}
		}
		t.Fatal("the disk does not run full")
		return ""
	}
	flows := untilFull("/login", func(int) any { return nil })
	users := untilFull("/users", func(n int) any { return object{"email": fmt.Sprintf("user%d@example.com", n)} })
	for _, told := range []string{flows, users} {
		if !strings.Contains(told, path) || !strings.Contains(told, "no space left on device. Free some space, or start hankosim with --ephemeral") {
			t.Errorf("on a full disk a request is answered %q", told)
		}
	}
	if me := a.call("GET", "/me", nil).want(t, 200, ""); me.text(t, "id") != userID {
		t.Errorf("what can be read is %s", me.raw)
	}

	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	a.create("bob@example.com")
	if err := a.tenant.Close(); err != nil {
		t.Fatal(err)
	}
	again := openTenant(t, Options{Path: path})
	again.token = token
	if me := again.call("GET", "/me", nil).want(t, 200, ""); me.text(t, "id") != userID {
		t.Errorf("after that the session is %s", me.raw)
	}
	again.call("POST", "/users", object{"email": "carol@example.com"}).want(t, 200, "")
}

// TestNoRoomForANewFile opens a tenant on a full disk. The error says so, and no half-written file is left, which would count
// as damaged.
func TestNoRoomForANewFile(t *testing.T) {
	for _, room := range []int{0, 8 << 10, 20 << 10} {
		folder := smallDisk(t, "64k")
		path := filepath.Join(folder, "tenant.db")
		filler := filepath.Join(folder, "filler")
		if err := os.WriteFile(filler, make([]byte, 64<<10-room), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(Options{Path: path})
		wantStoreError(t, err, path, store.Full)
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		tenant, err := Open(Options{Path: path})
		if err != nil {
			t.Fatalf("once there is room, after %d bytes: %v", room, err)
		}
		if tenant.StartedEmpty() {
			t.Errorf("with room for %d bytes an empty file was left", room)
		}
		if err := tenant.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestReadOnlyDisk opens a tenant in a folder that is read-only.
func TestReadOnlyDisk(t *testing.T) {
	folder := smallDisk(t, "64k")
	if err := syscall.Mount("", folder, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("the file system cannot be made read-only: %v", err)
	}
	for _, path := range []string{filepath.Join(folder, "tenant.db"), filepath.Join(folder, "new", "tenant.db")} {
		_, err := Open(Options{Path: path})
		wantStoreError(t, err, path, store.Unreachable)
		if text := err.Error(); !strings.Contains(text, "read-only file system. ") || !strings.Contains(text, "--ephemeral") {
			t.Errorf("the error is %q", text)
		}
	}
}
