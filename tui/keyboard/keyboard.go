//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

// Package keyboard makes ctrl+c interrupt a program that no longer handles its keys.
package keyboard

import (
	"bytes"
	"io"
	"sync"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// terminal has the methods that Bubble Tea needs to put an input into raw mode and to cancel reading from it.
type terminal interface {
	io.ReadWriteCloser
	Fd() uintptr
	Name() string
}

// Keyboard reads keys from a terminal, and keeps ctrl+c working while the program is stuck. In raw mode, ctrl+c is an
// ordinary key, and a stuck program does not handle it. So each ctrl+c that is read also sends a SIGINT to this process,
// whose handler can count them. After the first one, and while the program handles no keys, the terminal itself turns
// ctrl+c into a SIGINT, as it does outside raw mode.
//
// It does not do so all the time because a terminal signals all processes that the program has started. That would also
// end the helper that keeps copied text on the clipboard.
type Keyboard struct {
	terminal
	responds func() bool

	mu          sync.Mutex
	checking    bool // a check is scheduled or running
	interrupted bool // ctrl+c was pressed
	stopped     bool // Stop was called
}

const (
	checkDelay = 50 * time.Millisecond  // from a key to the check whether the program responds
	stuckAfter = 500 * time.Millisecond // without a response, the program counts as stuck
)

// New returns a Keyboard that reads from in, or false if in is not a terminal. The function responds waits until the
// program has handled everything that was read before the call, and returns true. If the program ends first, it returns
// false. Call Stop when the program ends.
func New(in io.Reader, responds func() bool) (*Keyboard, bool) {
	file, is := in.(terminal)
	if !is || !term.IsTerminal(int(file.Fd())) {
		return nil, false
	}
	return &Keyboard{terminal: file, responds: responds}, true
}

// Read reads what the terminal sends, and looks for ctrl+c in it.
func (k *Keyboard) Read(p []byte) (int, error) {
	n, err := k.terminal.Read(p)
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.stopped || n == 0:
	case bytes.HasSuffix(p[:n], []byte{ctrlC}): // anywhere else it is part of a paste
		k.interrupted = true
		k.setSignals(true)
		_ = unix.Kill(unix.Getpid(), unix.SIGINT) // a process may always signal itself
	case !k.checking:
		k.checking = true
		time.AfterFunc(checkDelay, k.check)
	}
	return n, err
}

const ctrlC = 0x03

// check finds out whether the program handles keys. While it does not, the terminal makes the signals.
func (k *Keyboard) check() {
	stuck := time.AfterFunc(stuckAfter, func() { k.switchSignals(true) })
	if k.responds() && !stuck.Stop() {
		k.switchSignals(false)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.checking = false
}

func (k *Keyboard) switchSignals(signals bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.stopped && !k.interrupted {
		k.setSignals(signals)
	}
}

// Stop makes sure that the Keyboard does not change the terminal's mode any more.
func (k *Keyboard) Stop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stopped = true
}

// setSignals sets whether a terminal in raw mode turns ctrl+c into a signal. Outside raw mode it changes nothing: there
// ctrl+c is a signal anyway.
func (k *Keyboard) setSignals(on bool) {
	mode, err := unix.IoctlGetTermios(int(k.Fd()), getMode)
	if err != nil || mode.Lflag&unix.ICANON != 0 {
		return
	}
	mode.Lflag &^= unix.ISIG
	if on {
		mode.Lflag |= unix.ISIG | unix.NOFLSH // without NOFLSH, a signal discards output that is not drawn yet
		mode.Cc[unix.VQUIT], mode.Cc[unix.VSUSP] = noKey, noKey
	}
	_ = unix.IoctlSetTermios(int(k.Fd()), setMode, mode) // if it fails, ctrl+c stays a key
}
