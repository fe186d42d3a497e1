// Package background keeps bubbletea from asking the terminal for its background colour when the program starts.
//
// Bubble Tea v1 asks in its package init and waits up to five seconds for an answer, in every command, on every
// terminal that does not know the question. A colour that is set already is not asked for. Go initialises packages
// that are ready in the order of their import paths, so this package must import nothing but lipgloss, and its path
// must sort before github.com/charmbracelet/bubbletea. The colours of package tui are the terminal's own sixteen,
// which read on light and on dark, so what is set here decides nothing else.
package background

import "github.com/charmbracelet/lipgloss"

func init() {
	lipgloss.SetHasDarkBackground(true)
}
