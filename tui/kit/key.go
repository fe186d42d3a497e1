package kit

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// Key is something that a key does: a page, or the window, declares it once, and the foot of the window, the help, the
// list of commands, the mouse and the keyboard go by it.
type Key struct {
	Names []string // as tea.KeyMsg.String has them; a click presses the first
	Shown string   // how the key is written
	Help  string   // what it does, in a few words; "" for a key that works and is not listed
	Why   string   // a sentence that says why it does nothing now; "" when it works
	Moves bool     // it moves about, so it is not listed among the commands
	Do    func(name string) tea.Msg
}

// NewKey declares a key that does something under one or more names. It is listed under the first.
func NewKey(help string, do func() tea.Msg, name string, more ...string) Key {
	return Key{
		Names: append([]string{name}, more...), Shown: shownName(name), Help: help,
		Do: func(string) tea.Msg { return do() },
	}
}

// Unlisted declares a key that works and is not listed.
func Unlisted(do func() tea.Msg, names ...string) Key { return NewKey("", do, names[0], names[1:]...) }

// Moving declares keys that move about; move is told which of them was pressed.
func Moving(shown, help string, move func(name string), names ...string) Key {
	return Key{
		Names: names, Shown: shown, Help: help, Moves: true,
		Do: func(name string) tea.Msg { move(name); return nil },
	}
}

// UpDown declares the keys that go up and down by a line.
func UpDown(help string, move func(name string)) Key {
	return Moving("↑↓", help, move, "up", "down", "k", "j")
}

// Arrows declares the arrows up and down alone, for a page on which letters are typed.
func Arrows(help string, move func(name string)) Key {
	return Moving("↑↓", help, move, "up", "down")
}

// Paging declares the keys that go up and down by a page.
func Paging(move func(name string)) Key {
	return Moving("pgdn pgup", "by a page; ctrl+d ctrl+u by half of one, g G to the ends", move, PagingNames...)
}

// PagingNames are the names of the keys that go up and down by a page.
var PagingNames = []string{"pgdown", "pgup", " ", "ctrl+f", "ctrl+b", "ctrl+d", "ctrl+u", "g", "G", "home", "end"}

// Moved is by how many lines a key moves in a page of so many; 0 when it does not.
func Moved(name string, page int) int {
	page = max(page, 2)
	switch name {
	case "up", "k":
		return -1
	case "down", "j":
		return 1
	case "pgup", "ctrl+b":
		return -page
	case "pgdown", "ctrl+f", " ":
		return page
	case "ctrl+u":
		return -page / 2
	case "ctrl+d":
		return page / 2
	case "home", "g":
		return -1 << 20
	case "end", "G":
		return 1 << 20
	}
	return 0
}

// As lists a key under another name than its first.
func (k Key) As(shown string) Key {
	k.Shown = shown
	return k
}

// Unless has the key say why instead of doing anything; "" leaves it as it is.
func (k Key) Unless(why string) Key {
	k.Why = why
	return k
}

// UnlessSo is why where something is not so, and "" where it is: for Unless.
func UnlessSo(so bool, why string) string {
	if so {
		return ""
	}
	return why
}

// Press does what the key does, or says why it does nothing.
func (k Key) Press(name string) tea.Msg {
	if k.Why != "" {
		return Toast("%s", k.Why)
	}
	return k.Do(name)
}

// keyNamed finds the first of some keys that has a name.
func keyNamed(keys []Key, name string) (Key, bool) {
	at := slices.IndexFunc(keys, func(key Key) bool { return slices.Contains(key.Names, name) })
	if at < 0 {
		return Key{}, false
	}
	return keys[at], true
}

// Working are the keys that are listed and do something now.
func Working(keys []Key) []Key {
	return slices.DeleteFunc(slices.Clone(keys), func(key Key) bool { return key.Help == "" || key.Why != "" })
}

// Idle are the keys that are listed and do nothing now.
func Idle(keys []Key) []Key {
	return slices.DeleteFunc(slices.Clone(keys), func(key Key) bool { return key.Help == "" || key.Why == "" })
}

func shownName(name string) string {
	if name == " " {
		return "space"
	}
	return name
}

// KeyMsg is the message of the key with a name, as tea.KeyMsg.String has it.
func KeyMsg(name string) tea.KeyMsg {
	name, alt := strings.CutPrefix(name, "alt+")
	if name == " " {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}, Alt: alt} // as a terminal's input brings it
	}
	for kind := tea.KeyType(-100); kind <= 127; kind++ { // around ASCII's control characters
		if kind != tea.KeyRunes && (tea.Key{Type: kind}).String() == name {
			return tea.KeyMsg{Type: kind, Alt: alt}
		}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name), Alt: alt}
}

// Unlisted is a key that works and is not listed.
func (k Key) Unlisted() Key {
	k.Help = ""
	return k
}

// Scrolling are the keys that scroll a page by a line, which says itself that there is more.
func Scrolling(move func(name string)) Key { return Moving("", "", move, "up", "down", "k", "j") }
