//go:build unix

package input

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestRead(t *testing.T) {
	folder := t.TempDir()
	file, pipe, silent := filepath.Join(folder, "file"), filepath.Join(folder, "pipe"), filepath.Join(folder, "silent")
	if err := os.WriteFile(file, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, silent} {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	go func() { _ = os.WriteFile(pipe, []byte("piped"), 0o600) }()
	for path, want := range map[string]string{file: "content", pipe: "piped"} {
		if content, err := Read(t.Context(), path, 7); err != nil || string(content) != want {
			t.Errorf("%s holds %q, %v; want %q", path, content, err, want)
		}
	}
	var large *TooLargeError
	if _, err := Read(t.Context(), file, 6); !errors.As(err, &large) || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a file that is too long gives %v", err)
	}
	if _, err := Read(t.Context(), "/dev/zero", 1<<20); !errors.As(err, &large) {
		t.Errorf("a device without an end gives %v", err)
	}
	if _, err := Read(t.Context(), filepath.Join(folder, "none"), 7); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file gives %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, silent, 7); !errors.Is(err, context.Canceled) {
		t.Errorf("a pipe that nobody writes to gives %v", err)
	}
}
