// Package tab has what stands beside the phone: the wire, the token, the phone's passkeys, the mails, the code of a step,
// and the mobile guide.
package tab

import (
	// Keeps Bubble Tea from asking the terminal for its background, which can take five seconds.
	_ "example.com/hankosim/tui/background"
)
