//go:build unix

package cli

import (
	"strings"
	"testing"
)

// No command but the app waits for the terminal. Bubble Tea v1 asks it for its background colour in its package init,
// and waits five seconds for an answer unless package tui/background comes first; many terminals never answer. Whoever does
// not ask does not wait.
func TestNoCommandWaitsForTheTerminal(t *testing.T) {
	for _, test := range []struct {
		args   string
		status int
		want   string
	}{
		{"version", 0, "hankosim "},
		{"--help", 0, "Usage:"},
		{"passkeys list", 0, "There are no passkeys yet"},
		{"apk-key-hash k8MLWN1ElblwJdlr8h31M2Y5AQrnMIFu3VuakrnAvrk", 0, "android:apk-key-hash:k8MLWN1"},
		{"completion bash", 0, "bash completion"},
		{"frobnicate", exitUsage, "has no command"},
		{"--config nowhere.yaml", exitUsage, "there is no such file"},
	} {
		t.Run(test.args, func(t *testing.T) {
			home := t.TempDir()
			args := strings.Fields(test.args)

			plain := child(t, home, args...)
			_, _ = plain.CombinedOutput() // its status is looked at below

			command := child(t, home, args...)
			output, err := runOnSilentTerminal(t, command)
			if code := command.ProcessState.ExitCode(); code != test.status || code != plain.ProcessState.ExitCode() {
				t.Errorf("it ended with status %d (%v) on a terminal, %d without, not %d", code, err, plain.ProcessState.ExitCode(), test.status)
			}
			if !strings.Contains(output, test.want) {
				t.Errorf("it does not write %q but:\n%s", test.want, output)
			}
			if strings.Contains(output, "\x1b]11;?") || strings.Contains(output, "\x1b[6n") {
				t.Errorf("it asks the terminal something: %.60q…", output)
			}
		})
	}
}
