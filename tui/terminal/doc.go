// Package terminal shows a Bubble Tea model on a terminal, asks what the terminal's background is, and keeps the frames.
package terminal

import (
	// Before Bubble Tea, which would ask the terminal for its background and may wait five seconds for it.
	_ "example.com/hankosim/tui/background"
)
