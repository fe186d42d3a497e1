// Package screen has the phone's screens, one for each step of a walk, and the system's sheet that asks for consent.
package screen

import (
	// Keeps Bubble Tea from asking the terminal for its background, which can take five seconds.
	_ "example.com/hankosim/tui/background"
)
