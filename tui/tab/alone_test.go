package tab

import (
	"os"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/tui/internal/pagetest"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // times of day are drawn in the local time zone
	os.Exit(m.Run())
}

// wireAlone is the wire's tab without an app.
type wireAlone struct {
	*pagetest.Alone
	wire *Wire
}

func showWire(t testing.TB) *wireAlone {
	t.Helper()
	wire := NewWire()
	return &wireAlone{pagetest.Show(t, wire), wire}
}

// wideWindow is from how many columns on the phone stands beside the tab.
const wideWindow = 100

// Send gives the tab a message; the size of a window becomes the room that a tab has in it.
func (a *wireAlone) Send(msg tea.Msg) tea.Cmd {
	if size, ok := msg.(tea.WindowSizeMsg); ok {
		size.Width, size.Height = size.Width-4, size.Height-5
		if size.Width+4 >= wideWindow {
			size.Width -= 51
		}
		msg = size
	}
	return a.Alone.Send(msg)
}

func pasted(text string) tea.KeyMsg {
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true}
}
