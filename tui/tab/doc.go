// Package tab has what stands beside the phone: the wire, the token, the phone's passkeys, the mails, the code of a step,
// and the mobile guide.
package tab

import (
	// Before Bubble Tea, which would ask the terminal for its background and may wait five seconds for it.
	_ "example.com/hankosim/tui/background"
)
