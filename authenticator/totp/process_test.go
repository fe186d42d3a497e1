package totp

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The test binary runs itself again, as a process that adds accounts to the file in jobVariable.
const (
	jobVariable = "TOTP_TEST_JOB"
	secret      = "JBSWY3DPEHPK3PXP"
	addedByJob  = 25
)

func TestMain(m *testing.M) {
	path, job := os.LookupEnv(jobVariable)
	if !job {
		os.Exit(m.Run())
	}
	app, err := Open(path, "")
	for n := 0; err == nil && (n < addedByJob || os.Args[2] == "forever"); n++ {
		if err = app.Add("issuer", fmt.Sprint(os.Args[1], n), secret); err == nil {
			fmt.Println(os.Args[1], n)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func job(t *testing.T, path string, args ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), jobVariable+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

// has opens the file, and reports whether it has an account.
func has(t *testing.T, path, account string) bool {
	t.Helper()
	app, err := Open(path, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = app.Code("issuer", account, time.Now())
	return err == nil
}

func TestTwoProcessesLoseNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "totp.json")
	writers := []string{"ada", "bob"}
	var jobs []*exec.Cmd
	for _, who := range writers {
		cmd, _ := job(t, path, who, "once")
		jobs = append(jobs, cmd)
	}
	for _, cmd := range jobs {
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	for _, who := range writers {
		for n := range addedByJob {
			if !has(t, path, fmt.Sprint(who, n)) {
				t.Errorf("%s's account %d is lost", who, n)
			}
		}
	}
}

// TestKilledWhileSaving kills a process that saves. Everything that it has saved is there.
func TestKilledWhileSaving(t *testing.T) {
	path := filepath.Join(t.TempDir(), "totp.json")
	for round := range 10 {
		who := fmt.Sprint("round", round, "n")
		cmd, lines := job(t, path, who, "forever")
		saved := ""
		for n := 0; n <= round && lines.Scan(); n++ {
			saved = strings.ReplaceAll(lines.Text(), " ", "")
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		if saved == "" || !has(t, path, saved) {
			t.Fatalf("round %d: %q was saved, and is lost", round, saved)
		}
	}
}
