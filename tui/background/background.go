// Package background keeps Bubble Tea from asking the terminal for its background colour when the program starts.
//
// Bubble Tea v1 asks in its package init and waits up to five seconds for an answer, in every command, on every terminal that
// does not know the question. While it is initialised, package quiet makes standard output look like no terminal. That is over
// when this package, which imports both, is initialised. What is set here decides nothing else: the app asks the terminal
// itself, once its screen is there and without waiting, and chooses its colours by the answer.
package background

import (
	_ "github.com/charmbracelet/bubbletea" // which would ask
	"github.com/charmbracelet/lipgloss"

	"example.com/hankosim/tui/background/quiet"
)

func init() {
	quiet.Restore()
	lipgloss.SetHasDarkBackground(true) // so that nobody else asks later
}
