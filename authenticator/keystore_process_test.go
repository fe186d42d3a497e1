package authenticator

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"
)

// These tests need processes that can be killed and that share only the file. The test binary runs itself again, with one of
// these jobs.
const (
	jobVariable = "AUTHENTICATOR_TEST_JOB"
	jobSave     = "save" // save over and over, one line out per finished save
	jobAdd      = "add"  // add some passkeys, then end
	addedByJob  = 25
)

var kills = flag.Int("kills", 50, "how often TestKilledWhileSaving kills the saving process")

func TestMain(m *testing.M) {
	switch os.Getenv(jobVariable) {
	case "":
		os.Exit(m.Run())
	case jobSave:
		saveForever(os.Args[1])
	case jobAdd:
		addPasskeys(os.Args[1], os.Args[2])
	}
}

func startJob(t *testing.T, job string, args ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), jobVariable+"="+job)
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

func must[T any](v T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return v
}

// saveForever counts up in the user name of one of several passkeys.
func saveForever(path string) {
	store := must(OpenKeystore(path))
	list := must(store.Passkeys())
	n := must(strconv.Atoi(list[len(list)-1].UserName))
	c := *store.credentials[indexOf(store.credentials, list[len(list)-1].CredentialID)]
	for {
		n++
		next := c
		next.UserName = strconv.Itoa(n)
		must(0, store.put(context.Background(), &next))
		fmt.Println(n)
	}
}

func addPasskeys(path, who string) {
	phone := NewPhone(IPhone(), must(OpenKeystore(path)), AlwaysApprove)
	for i := range addedByJob {
		options := testCreation()
		options.User.ID = fmt.Appendf(nil, "%s %d", who, i)
		must(phone.Create(context.Background(), options))
	}
}

func TestTwoProcessesLoseNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keystore.json")
	var jobs []*exec.Cmd
	for _, who := range []string{"ada", "bob"} {
		cmd, _ := startJob(t, jobAdd, path, who)
		jobs = append(jobs, cmd)
	}
	addPasskeys(path, "here")
	for _, cmd := range jobs {
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := openKeystore(t, path).Passkeys(); err != nil || len(list) != 3*addedByJob {
		t.Errorf("%d passkeys, %v, want %d", len(list), err, 3*addedByJob)
	}
}

func TestKilledWhileSaving(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keystore.json")
	phone := NewPhone(IPhone(), openKeystore(t, path), AlwaysApprove)
	for i := range 10 {
		options := testCreation()
		options.User.ID, options.User.Name = fmt.Append(nil, i), "0"
		if _, err := phone.Create(t.Context(), options); err != nil {
			t.Fatal(err)
		}
	}
	saved, between := 0, 0
	for range *kills {
		cmd, lines := startJob(t, jobSave, path)
		var reading sync.WaitGroup
		started := make(chan struct{})
		reading.Go(func() {
			for first := true; lines.Scan(); first = false {
				n, err := strconv.Atoi(lines.Text())
				if err != nil {
					break // half a line: the kill came while it was printed
				}
				if saved = n; first {
					close(started)
				}
			}
		})
		<-started
		time.Sleep(rand.N(3 * time.Millisecond))
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		reading.Wait()
		_ = cmd.Wait()

		list, err := openKeystore(t, path).Passkeys()
		if err != nil {
			t.Fatalf("after %d saves: %v", saved, err)
		}
		if len(list) != 10 {
			t.Fatalf("after %d saves: %d passkeys, want 10", saved, len(list))
		}
		now, err := strconv.Atoi(list[len(list)-1].UserName)
		if err != nil || now != saved && now != saved+1 {
			t.Fatalf("the file holds %d, %v; the last finished save was %d", now, err, saved)
		}
		if now != saved {
			between++
		}
	}
	t.Logf("%d kills during %d saves; %d after the new content was in place and before the save returned", *kills, saved, between)
}
