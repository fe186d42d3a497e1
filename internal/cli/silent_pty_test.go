//go:build unix

package cli

import (
	"strings"
	"testing"
	"time"
)

// No command but the app waits for the terminal. Bubble Tea v1 asks it for its background colour in its package init,
// and waits five seconds for an answer unless package tui/background comes first; many terminals never answer.
//
// The wait cannot be seen but in time. A command that takes a second would be a defect, but a busy machine may need
// that long for a process with the race detector, so the limit is halfway to the five seconds, beyond what the same
// command needs without a terminal.
func TestNoCommandWaitsForTheTerminal(t *testing.T) {
	const limit = 2500 * time.Millisecond
	for _, test := range []struct {
		args   string
		status int
		want   string
	}{
		{"version", 0, "hankosim "},
		{"--help", 0, "Usage:"},
		{"passkeys list", 0, "No passkeys yet"},
		{"apk-key-hash k8MLWN1ElblwJdlr8h31M2Y5AQrnMIFu3VuakrnAvrk", 0, "android:apk-key-hash:k8MLWN1"},
		{"completion bash", 0, "bash completion"},
		{"frobnicate", exitUsage, "is no command"},
		{"--config nowhere.yaml", exitUsage, "there is no such file"},
	} {
		t.Run(test.args, func(t *testing.T) {
			home := t.TempDir()
			args := strings.Fields(test.args)

			began := time.Now()
			plain := child(t, home, args...)
			_, _ = plain.CombinedOutput() // its status is looked at below
			alone := time.Since(began)

			command := child(t, home, args...)
			output, took, err := runOnSilentTerminal(t, command)
			if code := command.ProcessState.ExitCode(); code != test.status || code != plain.ProcessState.ExitCode() {
				t.Errorf("it ended with status %d (%v) on a terminal, %d without, not %d", code, err, plain.ProcessState.ExitCode(), test.status)
			}
			if !strings.Contains(output, test.want) {
				t.Errorf("it does not write %q but:\n%s", test.want, output)
			}
			if strings.Contains(output, "\x1b]11;?") || strings.Contains(output, "\x1b[6n") {
				t.Errorf("it asks the terminal something: %.60q…", output)
			}
			if took-alone > limit {
				t.Errorf("it takes %s on a terminal that answers nothing, and %s without one", took, alone)
			}
		})
	}
}
