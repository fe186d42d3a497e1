// Package background keeps bubbletea from asking the terminal for its background colour when the program starts.
//
// Bubble Tea v1 asks in its package init and waits up to five seconds for an answer, in every command, on every
// terminal that does not know the question. A colour that is set already is not asked for. Go initialises packages
// that are ready in the order of their import paths, so this package must import nothing but lipgloss, and its path
// must sort before github.com/charmbracelet/bubbletea. What is set here decides nothing else: the app asks the
// terminal itself, once its screen is there and without waiting, and chooses its colours by the answer.
package background

import "github.com/charmbracelet/lipgloss"

func init() {
	lipgloss.SetHasDarkBackground(true)
}
