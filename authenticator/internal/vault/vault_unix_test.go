//go:build unix

package vault

import (
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A pipe or a device is refused, because reading it would wait for its other end.
func TestIrregular(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, says := range map[string]string{pipe: "a pipe", "/dev/null": "a device", t.TempDir(): "a folder"} {
		_, err := Open("keystore", path)
		var irregular *Error
		if !errors.As(err, &irregular) || irregular.Reason != Irregular || !strings.Contains(err.Error(), says) {
			t.Errorf("%s is refused with %v, and it is %s", path, err, says)
		}
	}
}
