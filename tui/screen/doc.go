// Package screen has the phone's screens, one for each step of a walk, and the system's sheet that asks for consent.
package screen

import (
	// Before Bubble Tea, which would ask the terminal for its background and may wait five seconds for it.
	_ "example.com/hankosim/tui/background"
)
