package cli

import (
	"errors"
	"fmt"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// An app whose loop hangs takes no keys. Two times ctrl+c, or two signals, end it all the same, and give the terminal back.
func TestSecondInterruptEndsAStalledApp(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		interrupt func(term *terminal, honoured func())
		code      int
	}{
		{"ctrl+c is the first key that is not taken", func(term *terminal, honoured func()) {
			term.press("ctrl+c")
			honoured()
			term.press("ctrl+c")
		}, 130},
		{"other keys were not taken before", func(term *terminal, honoured func()) {
			term.press("a", "b")
			term.waitForMode(unix.ISIG)
			term.press("ctrl+c")
			honoured()
			term.press("ctrl+c")
		}, 130},
		{"SIGTERM", func(term *terminal, honoured func()) {
			_ = term.end(syscall.SIGTERM) // fails when it has ended, which is seen below
			honoured()
			_ = term.end(syscall.SIGTERM)
		}, 143},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			term, home := startFaulty(t)
			if mode := term.mode(); mode.Lflag&(unix.ICANON|unix.ISIG) != 0 {
				t.Fatalf("the app is on a terminal in the mode %#x", mode.Lflag)
			}
			if err := os.WriteFile(filepath.Join(home, stallFile), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			term.press("enter")
			term.until("hang", exists(home, stalledFile))
			test.interrupt(term, func() { term.until("honour the first interrupt", exists(home, interruptedFile)) })
			term.endsWith(test.code)
			term.mu.Lock()
			defer term.mu.Unlock()
			if term.screen.IsAltScreen() || term.screen.CursorHidden() {
				t.Error("the terminal was left on the alternate screen or without its cursor")
			}
		})
	}
}

func exists(folder, name string) func() bool {
	return func() bool {
		_, err := os.Stat(filepath.Join(folder, name))
		return err == nil
	}
}

// A terminal whose output is stopped takes nothing of what a program draws, and so the app cannot end by itself.
func TestSecondInterruptEndsAnAppOnAStoppedTerminal(t *testing.T) {
	t.Parallel()
	term, home := startFaulty(t)
	number, err := unix.IoctlGetInt(int(term.pty.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetInt(int(tty.Fd()), unix.TCXONC, unix.TCOOFF); err != nil {
		t.Fatal(err)
	}
	_ = tty.Close() // it was only opened for that
	term.press("ctrl+c")
	term.until("honour the first interrupt", exists(home, interruptedFile))
	term.press("ctrl+c")
	term.endsWith(130)
}

// startFaulty starts hankosim-faulty in a new home folder.
func startFaulty(t *testing.T) (term *terminal, home string) {
	t.Helper()
	home = t.TempDir()
	faulty := child(t, home)
	path, err := exec.LookPath("hankosim-faulty")
	if err != nil {
		t.Fatal(err)
	}
	faulty.Path, faulty.Args[0] = path, path
	term = startCommand(t, color.Black, faulty, columns, rows)
	term.wait("Sign in with a passkey")
	return term, home
}

// mode is how the terminal is set.
func (term *terminal) mode() *unix.Termios {
	term.t.Helper()
	mode, err := unix.IoctlGetTermios(int(term.pty.Fd()), unix.TCGETS)
	if err != nil {
		term.t.Fatal(err)
	}
	return mode
}

// waitForMode waits until a local mode of the terminal is on.
func (term *terminal) waitForMode(flag uint32) {
	term.t.Helper()
	term.until("set the terminal's mode", func() bool { return term.mode().Lflag&flag != 0 })
}

// until waits for what the program is to do beside its screen. Nothing tells when it has, so it is looked at often.
func (term *terminal) until(do string, done func() bool) {
	term.t.Helper()
	giveUp := outOfTime(term.t)
	for !done() {
		select {
		case err := <-term.done:
			term.done <- err
			term.t.Fatalf("hankosim ended with %v", err)
		case <-giveUp:
			term.t.Fatalf("hankosim does not %s", do)
		case <-time.After(time.Millisecond):
		}
	}
}

// endsWith waits for the program to end with a code, and holds it to a terminal that is as a shell wants it.
func (term *terminal) endsWith(code int) {
	term.t.Helper()
	select {
	case err := <-term.done:
		term.done <- err
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != code {
			term.t.Errorf("hankosim ended with %v, want the code %d", err, code)
		}
	case <-outOfTime(term.t):
		term.t.Fatalf("hankosim does not end. It shows:\n%s", term.text())
	}
	const shell = unix.ICANON | unix.ISIG | unix.ECHO
	if mode := term.mode(); mode.Lflag&shell != shell {
		term.t.Errorf("the terminal was left in the mode %#x", mode.Lflag)
	}
}
