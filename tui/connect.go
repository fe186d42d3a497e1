package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/tui/screen"
)

// openConnect brings up the page that connects another tenant.
func (a *App) openConnect(embedded bool) tea.Cmd {
	below := a.below
	if below == nil {
		below = a.page
	}
	a.focus = onPhone
	a.place(screen.NewConnect(a.situation(onPhone), a.options.Connect, a.options.SaveTenant, embedded), below)
	return a.answer(a.page.Init(a.situation(onPhone)))
}
