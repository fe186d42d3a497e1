package store

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// jobVariable names the file to which the test binary, run again as a process of its own, saves records until it is killed.
const jobVariable = "STORE_TEST_JOB"

func TestMain(m *testing.M) {
	path, job := os.LookupEnv(jobVariable)
	if !job {
		os.Exit(m.Run())
	}
	file, err := Open(path)
	for n := 0; err == nil; n++ {
		key := fmt.Sprint(os.Args[1], n)
		if err = file.Update(func(tx Tx) error { return Save(tx, Users, key, n) }); err == nil {
			fmt.Println(key)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// TestKilledWhileSaving kills a process that saves, and finds all that it had saved. While it runs, nobody else gets the
// file.
func TestKilledWhileSaving(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tenant.db")
	for round := range 10 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], fmt.Sprint("round", round, "n"))
		cmd.Env = append(os.Environ(), jobVariable+"="+path)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var saved []string
		for lines := bufio.NewScanner(out); len(saved) <= round && lines.Scan(); {
			saved = append(saved, lines.Text())
		}
		if round == 0 {
			var locked *Error
			if _, err := Open(path); !errors.As(err, &locked) || locked.Problem != Locked {
				t.Errorf("opening the file of a running process: %v, want that it is locked", err)
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		file, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(saved) <= round {
			t.Fatalf("round %d: the process saved only %d records", round, len(saved))
		}
		for _, key := range saved {
			if err := file.View(func(tx Tx) error {
				record, err := Load[int](tx, Users, key)
				if record == nil {
					t.Errorf("round %d: %s was saved, and is lost", round, key)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
