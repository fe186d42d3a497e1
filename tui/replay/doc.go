// Package replay plays recordings of walks on a terminal, and writes them as text.
package replay

import (
	// Keeps Bubble Tea from asking the terminal for its background, which can take five seconds.
	_ "example.com/hankosim/tui/background"
)
