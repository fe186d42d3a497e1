//go:build unix

package cli

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/hankosim/hanko/mailbox"
)

// castLine is an event as the format's documentation describes it.
type castLine struct {
	interval   float64
	code, data string
}

// readCast reads a recording strictly as https://docs.asciinema.org/manual/asciicast/v3 describes it.
func readCast(t *testing.T, path string) (cols, rows int, events []castLine) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the recording is %v, %v", info, err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	for line := 1; scanner.Scan(); line++ {
		if line == 1 {
			var header struct {
				Version   int
				Timestamp int64
				Term      struct{ Cols, Rows int }
			}
			if err := json.Unmarshal(scanner.Bytes(), &header); err != nil || header.Version != 3 || time.Since(time.Unix(header.Timestamp, 0)) > time.Hour {
				t.Fatalf("the header is %s, %v", scanner.Text(), err)
			}
			cols, rows = header.Term.Cols, header.Term.Rows
			continue
		}
		var event []any
		if err := json.Unmarshal(scanner.Bytes(), &event); err != nil || len(event) != 3 {
			t.Fatalf("line %d is %.200s, %v", line, scanner.Text(), err)
		}
		interval, isNumber := event[0].(float64)
		code, isCode := event[1].(string)
		data, isText := event[2].(string)
		if !isNumber || !isCode || !isText || interval < 0 || len(code) != 1 || !strings.Contains("omrx", code) {
			t.Fatalf("line %d is %.200s", line, scanner.Text())
		}
		events = append(events, castLine{interval, code, data})
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	if last := len(events) - 1; last < 0 || events[last].code != "x" || events[last].data != "0" {
		t.Fatalf("the recording does not end with its exit: %+v", events)
	}
	return cols, rows, events
}

// textOf returns all text that a recording writes to the terminal, and its chapters.
func textOf(events []castLine) (text string, chapters []string) {
	for _, event := range events {
		switch event.code {
		case "o":
			text += event.data
		case "m":
			chapters = append(chapters, event.data)
		}
	}
	return text, chapters
}

// A recorded walk can be replayed to its last screen. The recording has no token and no passcode, not even those that the
// person made visible.
func TestRecordedWalkIsReplayed(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	path := filepath.Join(home, "walk.cast")
	term := startSized(t, home, 100, 30, "--record", "walk.cast")
	tenant := signUp(term)
	var mails []mailbox.Mail
	get(t, tenant+"/inbox.json", "", &mails)
	code := mails[0].Code
	term.settle()
	term.press("enter")
	term.wait("save a passkey for", ada)
	term.settle()
	term.press("enter")
	term.wait("✓ Signed in", "Your account", ada)
	checked(term)
	term.settle()
	// The three after it are the checks of the token, in any order.
	term.press("tab", "m", "up", "up", "up", "enter")
	term.wait("/webauthn/registration/finalize", "eyJ", "esc close") // the keys of the open exchange; the previous tab has eyJ, too
	term.press("esc")                                                // not two at once: that would be alt+esc
	term.wait("/sessions/validate", "enter open")
	term.press("esc")
	term.wait("enter log out")
	term.press("l")
	term.wait("Sign in with a passkey", ada)
	term.settle()
	term.press("tab", "tab", "tab", "tab")
	live := term.wait(code+" is your passcode", "copy the passcode")
	term.quit()

	cols, rows, events := readCast(t, path)
	if cols != 100 || rows != 30 {
		t.Errorf("the recording has %d×%d cells", cols, rows)
	}
	text, chapters := textOf(events)
	if want := []string{"Email", "New here", "Passcode", "Passkey", "Consent", "Signed in", "Email"}; !slices.Equal(chapters, want) {
		t.Errorf("its chapters are %q", chapters)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text, code) || strings.Contains(string(whole), code) || regexp.MustCompile(`eyJ[\w-]{8}`).MatchString(text) {
		t.Error("a passcode or a token is in the recording")
	}

	// There is one row more than in the recording, for the player's footer, and no tenant.
	term = startSized(t, home, 100, 31, "replay", "--speed", "100", "walk.cast")
	replayed := term.wait("■ 0:", "· Email ·")
	term.press("p", "p")
	term.wait("▶ 0:", "· ×100")
	term.wait("■ 0:")
	want := strings.Split(strings.ReplaceAll(live, code, "••••••"), "\n")
	got := strings.Split(replayed, "\n")
	if diff := cmp.Diff(want[:30], got[:30]); diff != "" {
		t.Errorf("the last screen (-live +replayed):\n%s", diff)
	}
	term.press("q")
	if err := <-term.done; err != nil {
		t.Errorf("the player ended with %v", err)
	}

	// With --exit it ends by itself, and leaves nothing on the terminal.
	command := child(t, home, "replay", "--speed", "100", "--exit", "walk.cast")
	if _, err := runOnSilentTerminal(t, command); err != nil {
		t.Errorf("with --exit the player ended with %v", err)
	}
}

// However a session ends, its recording is complete.
func TestRecordingEndsWhole(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		args []string
		text string
		end  func(term *terminal)
	}{
		{"ctrl+c", nil, "Sign in with a passkey", (*terminal).quit},
		{"the end of the context", nil, "Sign in with a passkey", terminated},
		{"a plain walk", []string{"--plain"}, "type your email", terminated},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			term := start(t, home, append(test.args, "--record", "walk.cast")...)
			term.wait(test.text)
			test.end(term)
			cols, rows, events := readCast(t, filepath.Join(home, "walk.cast"))
			if text, _ := textOf(events); cols != columns || !strings.Contains(text, test.text) {
				t.Errorf("the recording of %d×%d cells holds %q", cols, rows, text)
			}
		})
	}
}

// terminated ends a program as a service manager would.
func terminated(term *terminal) {
	if err := term.end(syscall.SIGTERM); err != nil {
		term.t.Fatal(err)
	}
	select {
	case err := <-term.done:
		term.done <- err
	case <-outOfTime(term.t):
		term.t.Fatalf("SIGTERM did not end hankosim. It shows:\n%s", term.text())
	}
}
