// Package kit is what the screens of the phone, the tabs beside it and whoever shows them share: Page and Key, what a page
// may read (Situation), what it asks of the app (messages), themes, the layout of text, inputs, and the texts of Hanko's
// states and actions.
package kit

import (
	// Before Bubble Tea, which would ask the terminal for its background and may wait five seconds for it.
	_ "example.com/hankosim/tui/background"
)
