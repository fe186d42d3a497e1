//go:build unix

package cli

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"example.com/hankosim/hanko/tenant"
)

// TestSmokeInterrupted presses ctrl-C in the middle of a run.
func TestSmokeInterrupted(t *testing.T) {
	arrived := make(chan struct{})
	var once sync.Once
	server := served(t, tenant.Settings{}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/passcode/login/finalize" {
				_, _ = io.Copy(io.Discard, r.Body) // the server looks for hanging up once the body was read
				once.Do(func() { close(arrived) })
				<-r.Context().Done()
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	cmd := command(t, program{}, "smoke", "--url", server.URL, "--email", "ada@example.com", "--mailbox", "inbox:"+server.URL, "--json")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-arrived
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the exit code says it
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit code %d\n%s", code, stderr.String())
	}
	for _, part := range []string{`"interrupted": true`, `"id": "reach.tenant"`, `"passed": 3`, `"inconclusive": 1`} {
		if !strings.Contains(stdout.String(), part) {
			t.Errorf("the report lacks %s:\n%s", part, stdout.String())
		}
	}
}
