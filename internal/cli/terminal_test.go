//go:build unix

package cli

import (
	"bytes"
	"errors"
	"image/color"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// terminal runs the program on a real pty and is the terminal at its other end: it draws what the program writes,
// answers what the program asks (colours, cursor position), and types.
type terminal struct {
	t    testing.TB
	pty  *os.File
	end  func(os.Signal) error
	done chan error // takes the end of the program

	mu     sync.Mutex
	screen *vt.Emulator
	output bytes.Buffer  // everything written since the last forget
	drawn  chan struct{} // closed, and made anew, when the program has written
}

// start runs the program in a home folder of its own, on a dark terminal of columns × rows.
func start(t testing.TB, home string, args ...string) *terminal {
	t.Helper()
	return startOn(t, color.Black, home, args...)
}

// startOn is start on a terminal with a background.
func startOn(t testing.TB, background color.Color, home string, args ...string) *terminal {
	t.Helper()
	return startSizedOn(t, background, home, columns, rows, args...)
}

// startSized is start on a terminal of another size.
func startSized(t testing.TB, home string, columns, rows int, args ...string) *terminal {
	t.Helper()
	return startSizedOn(t, color.Black, home, columns, rows, args...)
}

func startSizedOn(t testing.TB, background color.Color, home string, columns, rows int, args ...string) *terminal {
	t.Helper()
	return startCommand(t, background, child(t, home, args...), columns, rows)
}

// startCommand is start for a command that is made already.
func startCommand(t testing.TB, background color.Color, command *exec.Cmd, columns, rows int) *terminal {
	t.Helper()
	file, err := pty.StartWithSize(command, &pty.Winsize{Cols: uint16(columns), Rows: uint16(rows)})
	if err != nil {
		t.Fatalf("hankosim cannot be started on a pty: %v", err)
	}
	term := &terminal{t: t, pty: file, end: command.Process.Signal, done: make(chan error, 1), screen: vt.NewEmulator(columns, rows), drawn: make(chan struct{})}
	term.screen.SetBackgroundColor(background)
	answers := make(chan struct{})
	go func() { // what the terminal has to say, typed or answered
		defer close(answers)
		_, _ = io.Copy(file, term.screen)
	}()
	go func() {
		term.draw()
		term.done <- command.Wait()
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill() // an error means that it has ended by itself
		_ = file.Close()
		_ = term.screen.InputPipe().(io.Closer).Close()
		<-answers
	})
	return term
}

// program is the command, in an environment that holds nothing of this machine's.
func child(t testing.TB, home string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("hankosim")
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(path, args...)
	command.Dir = home
	command.Env = []string{
		"HOME=" + home, "XDG_DATA_HOME=" + home + "/data", "XDG_CONFIG_HOME=" + home + "/config", "TERM=xterm-256color", "TZ=UTC",
		noRaceSleep,
	}
	return command
}

// draw shows what the program writes until it ends.
func (term *terminal) draw() {
	buffer := make([]byte, 4096)
	for {
		n, err := term.pty.Read(buffer)
		term.mu.Lock()
		_, _ = term.screen.Write(buffer[:n]) // fails only when closed
		term.output.Write(buffer[:n])
		close(term.drawn)
		term.drawn = make(chan struct{})
		term.mu.Unlock()
		if err != nil { // EIO on Linux: nobody has the other end open any more
			return
		}
	}
}

// text is the screen, without colours and without blanks at the ends of lines.
func (term *terminal) text() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	lines := strings.Split(term.screen.String(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// written is everything the program has written since the last forget, byte by byte.
func (term *terminal) written() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.output.String()
}

func (term *terminal) forget() {
	term.mu.Lock()
	defer term.mu.Unlock()
	term.output.Reset()
}

// wait returns the screen once all the wanted texts are on it.
func (term *terminal) wait(wanted ...string) string {
	term.t.Helper()
	return term.waitUntil("show "+strings.Join(wanted, " and "), func(screen string) bool {
		for _, text := range wanted {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// waitUntil returns the screen once it is as wanted.
func (term *terminal) waitUntil(what string, wanted func(screen string) bool) string {
	term.t.Helper()
	giveUp := outOfTime(term.t)
	for {
		term.mu.Lock()
		drawn := term.drawn
		term.mu.Unlock()
		screen := term.text()
		if wanted(screen) {
			return screen
		}
		select {
		case <-drawn:
		case err := <-term.done:
			term.done <- err
			term.t.Fatalf("hankosim ended (%v) and did not %s. It left:\n%s", err, what, screen)
		case <-giveUp:
			term.t.Fatalf("the screen does not %s. It shows:\n%s", what, screen)
		}
	}
}

// keys are what a terminal sends for the keys that are not letters.
var keys = map[string]string{
	"enter": "\r", "esc": "\x1b", "tab": "\t", "up": "\x1b[A", "down": "\x1b[B",
	"ctrl+c": "\x03", "ctrl+f": "\x06", "ctrl+k": "\x0b", "ctrl+n": "\x0e", "ctrl+o": "\x0f", "ctrl+p": "\x10", "ctrl+u": "\x15",
}

// press presses keys, one after the other, each known by its name or a single letter.
func (term *terminal) press(names ...string) {
	term.t.Helper()
	for _, name := range names {
		sequence, known := keys[name]
		if !known && len(name) != 1 {
			term.t.Fatalf("no key is called %q", name)
		}
		if !known {
			sequence = name
		}
		term.send(sequence)
	}
}

// type types text, key by key.
func (term *terminal) typeText(text string) {
	for _, letter := range text {
		term.send(string(letter))
	}
}

// paste pastes text the way a terminal does: marked as a paste if the program has asked for that.
func (term *terminal) paste(text string) {
	term.mu.Lock()
	defer term.mu.Unlock()
	term.screen.Paste(text)
}

func (term *terminal) send(text string) {
	term.mu.Lock()
	defer term.mu.Unlock()
	term.screen.SendText(text)
}

// settle waits out the moment in which a new screen takes no keys: they could have been meant for the one before.
func (term *terminal) settle() { time.Sleep(grace + 50*time.Millisecond) }

// quit leaves the program and holds it to a clean end: status 0, the cursor and the own screen of the terminal back.
func (term *terminal) quit() {
	term.t.Helper()
	term.press("ctrl+c")
	term.left()
}

// left waits for the program to end, and holds it to a clean end like quit.
func (term *terminal) left() {
	term.t.Helper()
	select {
	case err := <-term.done:
		term.done <- err
		if err != nil {
			term.t.Fatalf("hankosim ended with %v. It left:\n%s", err, term.text())
		}
	case <-outOfTime(term.t):
		term.t.Fatalf("hankosim does not end. It shows:\n%s", term.text())
	}
	term.mu.Lock()
	defer term.mu.Unlock()
	if term.screen.IsAltScreen() || term.screen.CursorHidden() {
		term.t.Error("the terminal was left on the alternate screen or without its cursor")
	}
}

// run runs a command that is no screen to its end on a terminal that answers nothing, and returns what it wrote.
func runOnSilentTerminal(t testing.TB, command *exec.Cmd) (output string, err error) {
	t.Helper()
	file, err := pty.StartWithSize(command, &pty.Winsize{Cols: 80, Rows: 24})
	if err != nil {
		t.Fatalf("%v cannot be started on a pty: %v", command.Args, err)
	}
	defer file.Close()
	read := make(chan struct{})
	defer close(read)
	go func() {
		select {
		case <-outOfTime(t):
			_ = command.Process.Kill()
		case <-read:
		}
	}()
	content, readErr := io.ReadAll(file)
	if readErr != nil && !isEndOfPTY(readErr) {
		t.Fatal(readErr)
	}
	err = command.Wait()
	return string(content), err
}

// isEndOfPTY tells the end of a pty's other side, which Linux calls an input/output error.
func isEndOfPTY(err error) bool {
	var path *os.PathError
	return errors.As(err, &path)
}
