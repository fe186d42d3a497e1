//go:build unix

package cli

import (
	"fmt"
	"image/color"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/faultproxy"
)

// TestFaultsOnATerminal meets faults in the real program: the screen says what is wrong, what a tenant says draws nothing,
// ctrl+c still ends the program, and it has not taken much memory.
func TestFaultsOnATerminal(t *testing.T) {
	t.Parallel()
	faults := map[string]faultproxy.Fault{}
	for _, fault := range faultproxy.Faults() {
		faults[fault.Name] = fault
	}
	for name, said := range map[string]string{
		"no answer":                        "got no answer",
		"half a body":                      "got no answer",
		"reset":                            "did not reach",
		"the body is cut off":              "broke off",
		"no HTTP":                          "not HTTP",
		"an endless list":                  "more than 1024 KiB",
		"a header over the limit":          "too long",
		"a redirect elsewhere":             "redirected",
		"a website":                        "not with Hanko's JSON",
		"400 in control characters":        "answered 400",
		"deep lists":                       "not with Hanko's JSON",
		"each text has control characters": "",
	} {
		fault, known := faults[name]
		if !known {
			t.Fatalf("there is no fault %q", name)
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := served(t, tenant.Settings{}, fault.In(func(r *http.Request) bool { return r.URL.Path == "/user" || r.URL.Path == "/users" }))
			cmd := child(t, t.TempDir(), "--url", server.URL, "--ephemeral")
			if fault.Stalls {
				cmd.Env = append(cmd.Env, "HANKOSIM_TIMEOUT=200ms")
			}
			term := startCommand(t, color.Black, cmd, columns, rows)
			term.wait("Sign in with a passkey")
			term.typeText(ada)
			term.press("enter")
			if said == "" {
				term.wait("Passcode")
			} else {
				term.waitUntil("say "+said, func(screen string) bool { return strings.Contains(strings.Join(strings.Fields(screen), " "), said) })
			}
			if written := term.written(); strings.Contains(written, "\x1b]0;owned") || strings.Contains(written, "\u009b") || strings.Contains(written, "\u202e") {
				t.Errorf("the tenant draws on the screen:\n%q", written)
			}
			if taken := peakMemory(t, cmd.Process.Pid); taken > 100 {
				t.Errorf("the program took %d MB of memory", taken)
			}
			term.quit()
		})
	}
}

// peakMemory returns the most memory that a process has used, in MB, and 0 where that is not known: Linux alone tells, and the
// race detector needs several times as much. The usage that a process leaves behind would include its parent's at the fork.
func peakMemory(t *testing.T, pid int) int {
	t.Helper()
	build, _ := debug.ReadBuildInfo()
	if runtime.GOOS != "linux" || slices.Contains(build.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return 0
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes int
	if _, err := fmt.Sscan(after, &kilobytes); err != nil {
		t.Fatal(err)
	}
	return kilobytes >> 10
}
