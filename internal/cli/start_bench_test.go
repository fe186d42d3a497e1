//go:build unix

package cli

import "testing"

// From the command to the first screen on a terminal: the process, the embedded tenant, the phone's keystore, the drawing.
func BenchmarkStartToFirstFrame(b *testing.B) {
	for b.Loop() {
		term := start(b, b.TempDir(), "--ephemeral")
		term.wait("Sign in with a passkey")
		term.quit()
	}
}
