//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

// Package keyboard makes ctrl+c interrupt a program that no longer handles its keys.
package keyboard

import "io"

// Keyboard is not used on this system. Here ctrl+c is always an ordinary key.
type Keyboard struct{ io.Reader }

// New always returns false.
func New(io.Reader, func() bool) (*Keyboard, bool) { return nil, false }

// Stop does nothing.
func (*Keyboard) Stop() {}
