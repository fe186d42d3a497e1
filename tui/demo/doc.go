// Package demo plays stories: it presses the app's keys, and shows the narration below the screen or as plain lines.
package demo

import (
	// Keeps Bubble Tea from asking the terminal for its background, which can take five seconds.
	_ "example.com/hankosim/tui/background"
)
