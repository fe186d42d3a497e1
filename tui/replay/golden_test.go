package replay

import (
	"fmt"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/tui/internal/golden"
)

// The player, which has no colours of its own.
func TestGoldenReplay(t *testing.T) {
	for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 120, Height: 40}, {Width: 200, Height: 60}} {
		t.Run(fmt.Sprintf("%dx%d", size.Width, size.Height), func(t *testing.T) {
			m := player(t, recordedStory(t))
			m.Update(size)
			golden.Check(t, fmt.Sprintf("%dx%d/%s", size.Width, size.Height, "replay"), golden.Trimmed(ansi.Strip(m.View())))
		})
	}
}
