// Package replay plays recordings of walks on a terminal, and writes them as text.
package replay

import (
	// Before Bubble Tea, which would ask the terminal for its background and may wait five seconds for it.
	_ "example.com/hankosim/tui/background"
)
