//go:build unix

package cli

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"syscall"
	"testing"

	"example.com/hankosim/hanko/tenant"
)

// The first signal is honoured: the run breaks off, and its user is deleted. When the tenant does not answer to that, the
// second ends the process.
func TestSecondSignalEndsTheProcess(t *testing.T) {
	t.Parallel()
	for signal, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			reading, deleting, over := make(chan struct{}), make(chan struct{}), make(chan struct{})
			var onceReading, onceDeleting sync.Once
			server := served(t, tenant.Settings{}, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					switch {
					case r.Method == http.MethodDelete:
						onceDeleting.Do(func() { close(deleting) })
						<-over
					case r.URL.Path == "/me":
						_, _ = io.Copy(io.Discard, r.Body)
						onceReading.Do(func() { close(reading) })
						<-r.Context().Done()
					default:
						next.ServeHTTP(w, r)
					}
				})
			})
			t.Cleanup(func() { close(over) }) // before the server is closed
			cmd := command(t, program{env: []string{"HANKOSIM_TIMEOUT=5m"}}, "smoke", "--url", server.URL, "--email", "ada@example.com",
				"--mailbox", "inbox:"+server.URL, "--only", "session.me")
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() {
				_ = cmd.Wait() // the exit code says it
				close(ended)
			}()
			for _, asks := range []chan struct{}{reading, deleting} {
				select {
				case <-asks:
				case <-ended:
					t.Fatalf("it ended with %d before its time\n%s", cmd.ProcessState.ExitCode(), stderr.String())
				case <-outOfTime(t):
					t.Fatal("the tenant is not asked")
				}
				if err := cmd.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
			}
			select {
			case <-ended:
			case <-outOfTime(t):
				t.Fatal("it does not end")
			}
			if got := cmd.ProcessState.ExitCode(); got != code || stdout.Len() > 0 { // the report would come after the deletion
				t.Errorf("exit code %d, want %d\n%s\n%s", got, code, stdout.String(), stderr.String())
			}
		})
	}
}
