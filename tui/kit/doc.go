// Package kit has what the screens of the phone, the tabs beside it and the app share: Page and Key, what a page may read
// (Situation), what it asks of the app (messages), themes, the layout of text, inputs, and the texts of Hanko's states and
// actions.
package kit

import (
	// Keeps Bubble Tea from asking the terminal for its background, which can take five seconds.
	_ "example.com/hankosim/tui/background"
)
