// Package demo plays stories on the app: it presses the app's keys and tells the story under its screen, or in plain lines.
package demo

import (
	// Before Bubble Tea, which would ask the terminal for its background and may wait five seconds for it.
	_ "example.com/hankosim/tui/background"
)
