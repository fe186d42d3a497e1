package kit

import (
	tea "github.com/charmbracelet/bubbletea"
)

// Page is a screen of the phone, a sheet of the system over it, or a tab beside it. It gets the situation in each call,
// and knows nothing else about the app. If it wants something of the app, it returns a message, which the app handles
// before the next key, or a tea.Cmd. It returns nil if it wants nothing.
type Page interface {
	// Title returns the title in the frame.
	Title() string
	// Init is called once, when the page is shown for the first time.
	Init(s Situation) tea.Msg
	// Keys returns all keys that the page has in this situation, in the order in which they are listed.
	Keys(s Situation) []Key
	// Update handles all messages that are not keys. While the page has the focus, it also handles keys that Keys does not
	// return.
	Update(s Situation, msg tea.Msg) tea.Msg
	// View draws the page in a box of width × height cells. Anything outside the box is cut off.
	View(s Situation, width, height int) string
	// Typing reports whether letters go into an input, so that they are not shortcuts.
	Typing() bool
	// Ticking reports whether the page shows a running time, and must be drawn every second.
	Ticking(s Situation) bool
	// Secrets returns texts on the page that only the person at the keyboard may see.
	Secrets() []string
}

// Still is embedded by pages that have no inputs, running times, secrets or messages of their own.
type Still struct{}

// Init does nothing.
func (Still) Init(Situation) tea.Msg { return nil }

// Update does nothing.
func (Still) Update(Situation, tea.Msg) tea.Msg { return nil }

// Typing reports false.
func (Still) Typing() bool { return false }

// Ticking reports false.
func (Still) Ticking(Situation) bool { return false }

// Secrets returns nil.
func (Still) Secrets() []string { return nil }

// Press gives a page a key. If the page declares the key, Press does what the key does, or says why it does nothing.
// Otherwise the page's Update handles it.
func Press(page Page, s Situation, msg tea.KeyMsg) tea.Msg {
	if !Pasted(msg) {
		if key, ok := keyNamed(page.Keys(s), msg.String()); ok {
			return key.Press(msg.String())
		}
	}
	return page.Update(s, msg)
}

// Pasted reports whether a message is pasted text, even if the terminal does not mark it. Pasted text is never a shortcut,
// even if it spells "esc" or "ctrl+c".
func Pasted(msg tea.KeyMsg) bool { return msg.Paste || len(msg.Runes) > 1 }
