package kit

import (
	tea "github.com/charmbracelet/bubbletea"
)

// Page is one screen of the phone, a sheet of the system's over it, or a tab beside it. It is told the situation in
// every call and knows nothing else of the app. What it wants of the app it answers: a message, which the app handles
// before it takes the next key, or a tea.Cmd; nil for nothing.
type Page interface {
	// Title stands in the frame.
	Title() string
	// Init is called once, when the page is shown for the first time.
	Init(s Situation) tea.Msg
	// Keys declares every key that the page has in this situation, in the order in which they are listed.
	Keys(s Situation) []Key
	// Update is given the keys that Keys does not declare while the page has the focus, and every message that is no
	// key.
	Update(s Situation, msg tea.Msg) tea.Msg
	// View draws the page in a box of width × height cells; what it draws outside is cut.
	View(s Situation, width, height int) string
	// Typing reports whether letters go into an input, so they are no shortcuts.
	Typing() bool
	// Ticking reports whether the page shows a time that moves and has to be drawn every second.
	Ticking(s Situation) bool
	// Secrets are what stands on the page and must not be seen by others than the person at the keyboard.
	Secrets() []string
}

// Still is a page without inputs, times, secrets and messages of its own; others embed it.
type Still struct{}

// Init does nothing.
func (Still) Init(Situation) tea.Msg { return nil }

// Update does nothing.
func (Still) Update(Situation, tea.Msg) tea.Msg { return nil }

// Typing reports false.
func (Still) Typing() bool { return false }

// Ticking reports false.
func (Still) Ticking(Situation) bool { return false }

// Secrets are none.
func (Still) Secrets() []string { return nil }

// Press gives a page a key: to what it declares for it, with the reason where that does nothing now, else to Update.
func Press(page Page, s Situation, msg tea.KeyMsg) tea.Msg {
	if !Pasted(msg) {
		if key, ok := keyNamed(page.Keys(s), msg.String()); ok {
			return key.Press(msg.String())
		}
	}
	return page.Update(s, msg)
}

// Pasted reports whether text was pasted, whether the terminal marks it or not. Nothing in it is a shortcut: it may
// spell "esc" or "ctrl+c".
func Pasted(msg tea.KeyMsg) bool { return msg.Paste || len(msg.Runes) > 1 }
