package config

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// The test binary runs itself again, as a process that saves tenants to the file in jobVariable.
const (
	jobVariable = "CONFIG_TEST_JOB"
	savedByJob  = 20
)

func TestMain(m *testing.M) {
	path, job := os.LookupEnv(jobVariable)
	if !job {
		os.Exit(m.Run())
	}
	for n := 0; n < savedByJob || os.Args[2] == "forever"; n++ {
		name := fmt.Sprint(os.Args[1], n)
		if err := SaveTenant(path, "", name, "https://"+name+".example.com"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(name)
	}
}

func job(t *testing.T, path string, args ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), jobVariable+"="+path, "XDG_DATA_HOME="+filepath.Join(filepath.Dir(path), "data"))
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

// starts reports whether the configuration in a file can start on a tenant.
func starts(t *testing.T, path, name string) bool {
	t.Helper()
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	AddFlags(flags)
	if err := flags.Parse([]string{"--tenant", name}); err != nil {
		t.Fatal(err)
	}
	config, err := Load(context.WithoutCancel(t.Context()), path, flags)
	return err == nil && config.URL == "https://"+name+".example.com"
}

func TestTwoProcessesLoseNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hankosim.yaml")
	writers := []string{"left", "right"}
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
		for n := range savedByJob {
			if name := fmt.Sprint(who, n); !starts(t, path, name) {
				t.Errorf("the tenant %s is lost", name)
			}
		}
	}
}

// TestKilledWhileSaving kills a process that saves. Everything that it has saved is there.
func TestKilledWhileSaving(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hankosim.yaml")
	for round := range 10 {
		cmd, lines := job(t, path, fmt.Sprint("round", round, "n"), "forever")
		saved := ""
		for n := 0; n <= round && lines.Scan(); n++ {
			saved = strings.TrimSpace(lines.Text())
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		if saved == "" || !starts(t, path, saved) {
			t.Fatalf("round %d: the tenant %q was saved, and is lost", round, saved)
		}
	}
}
