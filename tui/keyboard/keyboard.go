//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

// Package keyboard lets ctrl+c through to a program that does not take its keys any more.
package keyboard

import (
	"bytes"
	"io"
	"sync"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// terminal is what Bubble Tea needs of an input that it puts into raw mode and stops reading from.
type terminal interface {
	io.ReadWriteCloser
	Fd() uintptr
	Name() string
}

// Keyboard is a terminal to read keys from. In raw mode ctrl+c is a key like others, which nobody reads while the program
// is stuck. So every ctrl+c that is read also becomes a SIGINT to this process, which its handler can count. And after the
// first one, and while the program takes no keys, the terminal itself makes a SIGINT of ctrl+c, as it does without raw mode.
//
// It does not do so all the time, because its signals go to every process that was started from here: the helper that
// keeps what was copied would end, too.
type Keyboard struct {
	terminal
	taken func() bool

	mu      sync.Mutex
	asking  bool // whether what was read is taken
	leaving bool // ctrl+c was pressed
	stopped bool
}

const (
	shortly  = 50 * time.Millisecond  // when what was read is on its way to the program
	patience = 500 * time.Millisecond // how long it may be on its way until the program counts as stuck
)

// New returns the keyboard of an input, and false where the input is no terminal. The function taken returns true
// when the program has taken what was read before it was called, and false when the program has ended. Stop ends the
// keyboard.
func New(in io.Reader, taken func() bool) (*Keyboard, bool) {
	file, is := in.(terminal)
	if !is || !term.IsTerminal(int(file.Fd())) {
		return nil, false
	}
	return &Keyboard{terminal: file, taken: taken}, true
}

// Read reads keys as the terminal sends them.
func (k *Keyboard) Read(p []byte) (int, error) {
	n, err := k.terminal.Read(p)
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.stopped || n == 0:
	case bytes.HasSuffix(p[:n], []byte{ctrlC}): // in the middle of more it is part of a paste
		k.leaving = true
		k.makeSignals(true)
		_ = unix.Kill(unix.Getpid(), unix.SIGINT) // a process may always signal itself
	case !k.asking:
		k.asking = true
		time.AfterFunc(shortly, k.ask)
	}
	return n, err
}

const ctrlC = 0x03

// ask finds out whether the program takes keys. While it does not, the terminal makes the signals.
func (k *Keyboard) ask() {
	late := time.AfterFunc(patience, func() { k.set(true) })
	if k.taken() && !late.Stop() {
		k.set(false)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asking = false
}

func (k *Keyboard) set(signals bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.stopped && !k.leaving {
		k.makeSignals(signals)
	}
}

// Stop leaves the terminal as it is from now on.
func (k *Keyboard) Stop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stopped = true
}

// makeSignals has a terminal in raw mode make a signal of ctrl+c, or a key. Out of raw mode it does so anyway.
func (k *Keyboard) makeSignals(on bool) {
	mode, err := unix.IoctlGetTermios(int(k.Fd()), getMode)
	if err != nil || mode.Lflag&unix.ICANON != 0 {
		return
	}
	mode.Lflag &^= unix.ISIG
	if on {
		mode.Lflag |= unix.ISIG | unix.NOFLSH // or what is about to be drawn would be lost
		mode.Cc[unix.VQUIT], mode.Cc[unix.VSUSP] = noKey, noKey
	}
	_ = unix.IoctlSetTermios(int(k.Fd()), setMode, mode) // ctrl+c stays a key then
}
