// Package terminal shows a Bubble Tea model on a terminal, asks the terminal for its background colour, and records the
// frames.
package terminal

import (
	// Keeps Bubble Tea from asking the terminal for its background, which can take five seconds.
	_ "example.com/hankosim/tui/background"
)
