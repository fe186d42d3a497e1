// Package background keeps Bubble Tea from asking the terminal for its background colour when the program starts.
//
// Bubble Tea v1 asks in its package init. In every command, it would wait up to five seconds on a terminal that does not
// know the question. So package quiet makes standard output look like no terminal while Bubble Tea is initialised. This
// package imports both, is initialised after them, and ends that. The background that is set here has no other effect:
// the app asks the terminal itself, without waiting, once its screen is shown, and chooses its colours by the answer.
package background

import (
	_ "github.com/charmbracelet/bubbletea" // asks during its init
	"github.com/charmbracelet/lipgloss"

	"example.com/hankosim/tui/background/quiet"
)

func init() {
	quiet.Restore()
	lipgloss.SetHasDarkBackground(true) // so that Lip Gloss does not ask later
}
