//go:build unix

package cli

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A browser is opened where there is a screen for it, and what it says is not seen.
func TestOpenBrowser(t *testing.T) {
	if runtime.GOOS == "darwin" {
		t.Skip("macOS opens browsers by another program, on any screen")
	}
	folder := t.TempDir()
	opened := filepath.Join(folder, "opened")
	script := "#!/bin/sh\necho noise; echo noise >&2\nprintf %s \"$1\" > " + opened + "\n"
	if err := os.WriteFile(filepath.Join(folder, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	for _, variable := range []string{"DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY"} {
		t.Setenv(variable, "")
	}
	const url = "http://127.0.0.1:8000/thirdparty/auth?provider=google&redirect_to=x"
	if err := openBrowser(url); !errors.Is(err, errNoDisplay) {
		t.Errorf("without a screen: %v", err)
	}
	t.Setenv("DISPLAY", ":0")
	t.Setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
	if err := openBrowser(url); !errors.Is(err, errRemote) {
		t.Errorf("in an SSH session: %v", err)
	}
	if _, err := os.Stat(opened); err == nil {
		t.Error("a browser was opened all the same")
	}
	t.Setenv("SSH_CONNECTION", "")
	if err := openBrowser(url); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(opened); err != nil || string(got) != url {
		t.Errorf("opened is %q, %v", got, err)
	}
	if err := os.WriteFile(filepath.Join(folder, "xdg-open"), []byte("#!/bin/sh\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := openBrowser(url); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("a browser that does not open: %v", err)
	}
}
