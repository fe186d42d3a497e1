// Package pagetest shows one page alone, without an app around it.
package pagetest

import (
	"io"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	// Keeps Bubble Tea from asking the terminal for its background, which can take five seconds.
	_ "example.com/hankosim/tui/background"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/totp"
	"example.com/hankosim/tui/internal/golden"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
)

// Alone is a page in a window of its own, and what it has asked of the app that is not there.
type Alone struct {
	Page  kit.Page
	S     kit.Situation
	Asked []tea.Msg // the latest last
}

// Situation is that of a page on an iPhone at noon, without colours, in 76 × 19 cells: a terminal of 80 × 24.
func Situation(t testing.TB) kit.Situation {
	t.Helper()
	renderer := lipgloss.NewRenderer(io.Discard)
	renderer.SetColorProfile(termenv.Ascii)
	return kit.Situation{
		Theme: kit.NewTheme(renderer, kit.DarkTheme, true), Now: sample.Noon, Focused: true, Room: kit.Room{Width: 76, Height: 19},
		Tenant: kit.Tenant{URL: "http://localhost:8000", Embedded: true}, Phone: authenticator.IPhone(), OTP: totp.NewMemoryApp(),
	}
}

// Show shows a page in the situation of Situation.
func Show(t testing.TB, page kit.Page) *Alone {
	t.Helper()
	return &Alone{Page: page, S: Situation(t)}
}

// Press presses keys by their names, and returns the command that comes of the last.
func (a *Alone) Press(names ...string) (cmd tea.Cmd) {
	for _, name := range names {
		cmd = a.answer(kit.Press(a.Page, a.S, kit.KeyMsg(name)))
	}
	return cmd
}

// Send gives the page a message, and returns the command that comes of it. A tea.WindowSizeMsg sets the size of the page.
func (a *Alone) Send(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.S.Room = kit.Room{Width: msg.Width, Height: msg.Height}
		return nil
	case tea.KeyMsg:
		return a.answer(kit.Press(a.Page, a.S, msg))
	default:
		return a.answer(a.Page.Update(a.S, msg))
	}
}

// answer takes what the page asks for.
func (a *Alone) answer(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case nil:
		return nil
	case tea.Cmd:
		return msg
	case func() tea.Msg:
		return msg
	case kit.ToggleSecretsMsg:
		a.S.Secrets = !a.S.Secrets
	}
	a.Asked = append(a.Asked, msg)
	return nil
}

// View draws the page, and fails the test when that is larger than its room or would do something to a terminal but
// draw.
func (a *Alone) View(t testing.TB) string {
	t.Helper()
	view := kit.Clamp(a.Page.View(a.S, a.S.Room.Width, a.S.Room.Height), a.S.Room.Width, a.S.Room.Height)
	golden.CheckBox(t, view, a.S.Room.Width, a.S.Room.Height, a.Page.Title())
	return view
}

// Last is the latest that was asked for; nil for nothing.
func (a *Alone) Last() tea.Msg {
	if len(a.Asked) == 0 {
		return nil
	}
	return a.Asked[len(a.Asked)-1]
}
