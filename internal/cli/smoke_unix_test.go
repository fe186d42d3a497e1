//go:build unix

package cli

import (
	"bytes"
	"image/color"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/charmbracelet/x/ansi"

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

// TestSmokeInterruptedWhileAsking presses ctrl-C where a passcode is to be typed.
func TestSmokeInterruptedWhileAsking(t *testing.T) {
	server := served(t, tenant.Settings{})
	cmd := command(t, program{}, "smoke", "--url", server.URL, "--email", "ada@example.com", "--mailbox", "ask", "--patience", "20s")
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	stdin, err := cmd.StdinPipe() // nobody types
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stderr, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	told := ""
	for part := make([]byte, 1<<10); ; {
		n, err := stderr.Read(part)
		if told += string(part[:n]); err != nil {
			break
		}
		if strings.HasSuffix(told, "@example.com:  ") {
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // the exit code says it
	if code := cmd.ProcessState.ExitCode(); code != 130 || !strings.Contains(stdout.String(), "Interrupted: these are the results so far.\n"+server.URL) {
		t.Errorf("exit code %d\n%s\n%s", code, stdout.String(), told)
	}
}

// TestSmokeOnATerminal shows the report in a small window: progress in one line that is gone at the end, text that fits,
// colours unless nobody wants them.
func TestSmokeOnATerminal(t *testing.T) {
	for _, test := range []struct {
		name     string
		env      string
		coloured bool
	}{
		{"in colour", "COLORTERM=", true},
		{"with NO_COLOR", "NO_COLOR=1", false},
		{"with the theme none", "HANKOSIM_THEME=none", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			const columns, rows = 60, 70 // the whole report fits
			cmd := child(t, t.TempDir(), "smoke", "--set", "mail-down=on")
			cmd.Env = append(cmd.Env, test.env)
			term := startCommand(t, color.Black, cmd, columns, rows)
			term.wait("✗ email_delivery.smtp, or email_delivery.from_address: ", "(embedded tenant)", "5 passed,")
			if screen := term.text(); strings.Contains(screen, "reach.tenant: A Hanko") || !strings.HasPrefix(screen, "Judging http") {
				t.Errorf("the progress is left behind:\n%s", screen)
			}
			if written := term.written(); !strings.Contains(written, "\r\x1b[K") || !strings.Contains(written, "  reach.tenant: A Hanko tenant answers") {
				t.Errorf("there was no progress:\n%q", written)
			}
			report, found := "", false
			if _, report, found = strings.Cut(term.written(), "✗"); !found {
				t.Fatal("there is no report")
			}
			if coloured := ansi.Strip(report) != report; coloured != test.coloured {
				t.Errorf("in colour: %t, want %t:\n%q", coloured, test.coloured, report)
			}
			for line := range strings.Lines(ansi.Strip(report)) {
				if ansi.StringWidth(strings.TrimRight(line, "\r\n")) > columns {
					t.Errorf("a line is wider than the window: %s", line)
				}
			}
		})
	}
}
