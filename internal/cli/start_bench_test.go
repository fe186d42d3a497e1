//go:build unix

package cli

import "testing"

// A command that asks nobody anything: the process, the initialisation of every package, the command line.
func BenchmarkVersion(b *testing.B) {
	home := b.TempDir()
	for b.Loop() {
		if output, err := child(b, home, "version").CombinedOutput(); err != nil {
			b.Fatalf("version ended with %v:\n%s", err, output)
		}
	}
}

// From the command to the first screen on a terminal: the process, the embedded tenant, the phone's keystore, the drawing.
func BenchmarkFirstFrame(b *testing.B) {
	for b.Loop() {
		term := start(b, b.TempDir(), "--ephemeral")
		term.wait("Sign in with a passkey")
		b.StopTimer()
		term.quit()
		b.StartTimer()
	}
}
