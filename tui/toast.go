package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/tui/kit"
)

// showToast shows a toast for a while.
func (a *App) showToast(msg kit.ToastMsg) tea.Cmd {
	a.toast = hanko.Printable(msg.Text)
	a.toasts++
	number := a.toasts
	return tea.Tick(5*time.Second, func(time.Time) tea.Msg { return toastOverMsg{number} })
}
