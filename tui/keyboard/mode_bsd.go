//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package keyboard

import "golang.org/x/sys/unix"

// How a terminal's mode is read and set, and what disables a key (_POSIX_VDISABLE).
const getMode, setMode, noKey = unix.TIOCGETA, unix.TIOCSETA, 0xff
