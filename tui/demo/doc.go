// Package demo plays stories: it presses the app's keys, and shows the narration below the screen or as plain lines.
package demo

import (
	// Before Bubble Tea, which would ask the terminal for its background and may wait five seconds for it.
	_ "example.com/hankosim/tui/background"
)
