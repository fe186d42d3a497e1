//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package keyboard

import "golang.org/x/sys/unix"

// The requests that read and set a terminal's mode, and the character that disables a key (_POSIX_VDISABLE).
const getMode, setMode, noKey = unix.TIOCGETA, unix.TIOCSETA, 0xff
