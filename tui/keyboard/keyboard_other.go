//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

// Package keyboard lets ctrl+c through to a program that does not take its keys any more.
package keyboard

import "io"

// Keyboard is a terminal to read keys from. On this system ctrl+c is a key like others.
type Keyboard struct{ io.Reader }

// New returns false: the input is to be read as it is.
func New(io.Reader, func() bool) (*Keyboard, bool) { return nil, false }

// Stop does nothing.
func (*Keyboard) Stop() {}
