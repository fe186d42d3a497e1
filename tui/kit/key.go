package kit

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// Key is a key and what it does. A page or the window declares it once, for the foot of the window, the help, the list of
// commands, the mouse and the keyboard.
type Key struct {
	Names []string // as in tea.KeyMsg.String; a click presses the first
	Shown string   // how the key is written
	Help  string   // what it does, in a few words; "" for a key that works but is not listed
	Why   string   // a sentence that says why it does nothing now; "" if it works
	Moves bool     // it only scrolls or moves a choice, so it is not listed among the commands
	Do    func(name string) tea.Msg
}

// NewKey declares a key that does something under one or more names. It is listed under the first.
func NewKey(help string, do func() tea.Msg, name string, more ...string) Key {
	return Key{
		Names: append([]string{name}, more...), Shown: shownName(name), Help: help,
		Do: func(string) tea.Msg { return do() },
	}
}

// Unlisted declares a key that works but is not listed.
func Unlisted(do func() tea.Msg, names ...string) Key { return NewKey("", do, names[0], names[1:]...) }

// Moving declares keys that scroll or move a choice. move gets the name of the key that was pressed.
func Moving(shown, help string, move func(name string), names ...string) Key {
	return Key{
		Names: names, Shown: shown, Help: help, Moves: true,
		Do: func(name string) tea.Msg { move(name); return nil },
	}
}

// UpDown declares the keys that move up and down by a line.
func UpDown(help string, move func(name string)) Key {
	return Moving("↑↓", help, move, "up", "down", "k", "j")
}

// Arrows declares only the arrow keys of UpDown, for a page into which letters are typed.
func Arrows(help string, move func(name string)) Key {
	return Moving("↑↓", help, move, "up", "down")
}

// Paging declares the keys that move up and down by a page.
func Paging(move func(name string)) Key {
	return Moving("pgdn pgup", "by a page; ctrl+d ctrl+u by half a page, g G to the ends", move, PagingNames...)
}

// PagingNames are the names of the keys that Paging declares.
var PagingNames = []string{"pgdown", "pgup", " ", "ctrl+f", "ctrl+b", "ctrl+d", "ctrl+u", "g", "G", "home", "end"}

// Moved returns by how many lines a key moves if a page has so many lines; 0 if the key does not move.
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

// As returns the key as it is listed under another name than its first.
func (k Key) As(shown string) Key {
	k.Shown = shown
	return k
}

// Unless returns a key that does nothing but say why. If why is "", it returns the key as it is.
func (k Key) Unless(why string) Key {
	k.Why = why
	return k
}

// UnlessSo returns "" if so is true, and otherwise why, as an argument for Unless.
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

// keyNamed returns the first of the keys that has a name.
func keyNamed(keys []Key, name string) (Key, bool) {
	at := slices.IndexFunc(keys, func(key Key) bool { return slices.Contains(key.Names, name) })
	if at < 0 {
		return Key{}, false
	}
	return keys[at], true
}

// Working returns the keys that are listed and do something now.
func Working(keys []Key) []Key {
	return slices.DeleteFunc(slices.Clone(keys), func(key Key) bool { return key.Help == "" || key.Why != "" })
}

// Idle returns the keys that are listed and do nothing now.
func Idle(keys []Key) []Key {
	return slices.DeleteFunc(slices.Clone(keys), func(key Key) bool { return key.Help == "" || key.Why == "" })
}

func shownName(name string) string {
	if name == " " {
		return "space"
	}
	return name
}

// KeyMsg returns the message of the key with a name, which is spelt as in tea.KeyMsg.String.
func KeyMsg(name string) tea.KeyMsg {
	name, alt := strings.CutPrefix(name, "alt+")
	if name == " " {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}, Alt: alt} // as Bubble Tea reads it from a terminal
	}
	for kind := tea.KeyType(-100); kind <= 127; kind++ { // the range of Bubble Tea's key types
		if kind != tea.KeyRunes && (tea.Key{Type: kind}).String() == name {
			return tea.KeyMsg{Type: kind, Alt: alt}
		}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name), Alt: alt}
}

// Unlisted returns the key without its help, so that it is not listed.
func (k Key) Unlisted() Key {
	k.Help = ""
	return k
}

// Scrolling declares the keys that scroll a page by a line. They are not listed: the page itself says that there is more.
func Scrolling(move func(name string)) Key { return Moving("", "", move, "up", "down", "k", "j") }
