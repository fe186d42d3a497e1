package cli

import (
	"io"
	"os"

	"github.com/charmbracelet/lipgloss"
	"golang.org/x/term"

	"example.com/hankosim/hanko/smoke/report"
	"example.com/hankosim/tui/kit"
)

// terminalOf returns how a report is shown where w leads, and whether a line there can be drawn again. The colours are
// the terminal's own red, green and yellow, which can be read on its background whatever that is. There are none with
// NO_COLOR, with the theme "none", or if w is no terminal.
func terminalOf(w io.Writer, theme string) (report.Terminal, bool) {
	file, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(file.Fd())) {
		return report.Terminal{}, false
	}
	terminal := report.Terminal{Width: 80}
	if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
		terminal.Width = width
	}
	if kit.ThemeName(theme) != kit.NoColours {
		renderer := lipgloss.NewRenderer(file)
		styles := map[report.Role]lipgloss.Style{
			report.Good:    renderer.NewStyle().Foreground(lipgloss.Color("2")),
			report.Bad:     renderer.NewStyle().Foreground(lipgloss.Color("1")).Bold(true),
			report.Unclear: renderer.NewStyle().Foreground(lipgloss.Color("3")),
			report.Strong:  renderer.NewStyle().Bold(true),
			report.Muted:   renderer.NewStyle().Faint(true),
		}
		terminal.Paint = func(role report.Role, text string) string { return styles[role].Render(text) }
	}
	return terminal, os.Getenv("TERM") != "dumb"
}
