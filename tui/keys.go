package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/tab"
)

// part is a part of the window that takes keys: the phone, or a tab beside it.
type part int

const (
	onPhone part = iota
	tabWire
	tabToken
	tabPasskeys
	tabMail
	tabCode
	tabGuide
)

// partName has the names of the parts.
var partName = map[part]string{
	onPhone: "Phone", tabWire: "Wire", tabToken: "Token", tabPasskeys: "Passkeys", tabMail: "Mail", tabCode: "Code", tabGuide: "Guide",
}

// sideTab is a tab beside the phone.
type sideTab struct {
	part part
	page kit.Page
}

// newTabs returns the tabs in the order of the tab key. There is a Mail tab only if mails can be read.
func (a *App) newTabs() []sideTab {
	all := []sideTab{
		{tabWire, a.wire},
		{tabToken, &tab.Token{}},
		{tabPasskeys, &tab.Passkeys{}},
		{tabMail, &tab.Mail{}},
		{tabCode, tab.NewCode()},
		{tabGuide, tab.NewGuide(a.step)},
	}
	if a.options.Inbox == nil && a.options.Mailbox == nil {
		all = slices.DeleteFunc(all, func(tab sideTab) bool { return tab.part == tabMail })
	}
	return all
}

// windowKey is a key of the window itself.
type windowKey struct {
	kit.Key
	reach  reach
	inLine bool // it has a fixed place at the end of the last line
}

// reach says when a key of the window works.
type reach int

const (
	wherePagesDo    reach = iota // unless letters are being typed
	whileTyping                  // unless the palette or the help is open
	abovePalette                 // unless the help is open
	aboveEverything              // always
)

// windowKeys returns all keys of the window, in the order in which they are listed.
func (a *App) windowKeys() []windowKey {
	turning := func(shown, help string, turn func(name string) tea.Cmd, names ...string) kit.Key {
		return kit.Key{Names: names, Shown: shown, Help: help, Moves: true, Do: func(name string) tea.Msg { return turn(name) }}
	}
	turn := func(by int) func(string) tea.Cmd {
		return func(string) tea.Cmd { return a.turnTo(a.nextPart(by)) }
	}
	next := turning("tab", "", turn(1), "tab")
	if a.palette == nil && a.width >= 60 { // in less room what the screen is about comes first
		next.Help = strings.ToLower(partName[a.nextPart(1)])
	}
	help := func() tea.Msg { a.help = true; return nil }
	f1, question := kit.NewKey("help", help, "f1"), kit.NewKey("help", help, "?")
	if a.focused().Typing() {
		question = question.Unlisted()
	} else {
		f1 = f1.Unlisted()
	}
	numbers, alts := a.partNumbers()
	return []windowKey{
		{next, whileTyping, true},
		{f1, abovePalette, true},
		{question, wherePagesDo, true},
		{kit.NewKey("quit", func() tea.Msg { return a.quit() }, "ctrl+c", "alt+ctrl+c"), aboveEverything, true}, // the latter is what esc and then ctrl+c may come as
		{kit.NewKey("commands", func() tea.Msg { a.openPalette(); return nil }, "ctrl+k"), whileTyping, false},
		{turning("shift+tab", "the tab before", turn(-1), "shift+tab"), whileTyping, false},
		{turning("alt+1", "that tab; its number alone, where nothing is being typed", a.turnToNumber, alts...), whileTyping, false},
		{turning("", "", a.turnToNumber, numbers...), wherePagesDo, false},
		{kit.NewKey("quit, where nothing is being typed", func() tea.Msg { return tea.Quit }, "q"), wherePagesDo, false},
		{kit.NewKey("suspend", func() tea.Msg { return tea.Cmd(tea.Suspend) }, "ctrl+z"), aboveEverything, false},
	}
}

// windowKey finds the window's key with a name, if it works that far.
func (a *App) windowKey(name string, far reach) (kit.Key, bool) {
	for _, key := range a.windowKeys() {
		if key.reach >= far && slices.Contains(key.Names, name) {
			return key.Key, true
		}
	}
	return kit.Key{}, false
}

// cancelKey returns the key that cancels the current action.
func (a *App) cancelKey() kit.Key {
	return kit.NewKey("cancel", kit.PressFor(kit.CancelMsg{}), "esc")
}

// pressed sends a key to the first that takes it: the window's keys that always work, the help, the palette, the sheet, the
// cancelling of an action, the part of the window that has the focus.
func (a *App) pressed(msg tea.KeyMsg) tea.Cmd {
	if keys := severalKeys(msg); keys != nil && !a.focused().Typing() {
		var cmds []tea.Cmd
		for _, key := range keys {
			cmds = append(cmds, a.pressed(key))
		}
		return tea.Batch(cmds...)
	}
	name := msg.String()
	if kit.Pasted(msg) {
		name = ""
	}
	far := wherePagesDo
	switch {
	case a.help:
		far = aboveEverything
	case a.palette != nil:
		far = abovePalette
	case a.focused().Typing() || a.phoneIsBusy():
		far = whileTyping
	}
	key, own := a.windowKey(name, max(far, whileTyping))
	switch {
	case own:
		return a.answer(key.Press(name))
	case a.help:
		return a.turnHelp(name)
	case a.palette != nil:
		return a.answer(kit.Press(a.palette, a.situation(a.focus), msg))
	case a.phoneIsBusy():
		if cancel := a.cancelKey(); slices.Contains(cancel.Names, name) {
			return a.answer(cancel.Press(name))
		}
		return nil
	}
	target := a.focused()
	if a.focus == onPhone && a.tooSoon(name, target.Typing()) || name == "" && !target.Typing() {
		return nil
	}
	if key, own := a.windowKey(name, far); own {
		return a.answer(key.Press(name))
	}
	return a.answer(kit.Press(target, a.situation(a.focus), msg))
}

// severalKeys splits a message with several letters, which a slow connection sends while a key is held down. It returns nil
// for any other message. Only the letters that move up and down count: anything else may be an unmarked paste.
func severalKeys(msg tea.KeyMsg) []tea.KeyMsg {
	if msg.Type != tea.KeyRunes || msg.Paste || msg.Alt || len(msg.Runes) < 2 || strings.Trim(string(msg.Runes), "jkJK") != "" {
		return nil
	}
	var keys []tea.KeyMsg
	for _, letter := range msg.Runes {
		keys = append(keys, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{letter}})
	}
	return keys
}

// phoneIsBusy reports whether the phone takes no keys because it waits for the tenant.
func (a *App) phoneIsBusy() bool { return a.focus == onPhone && a.busy != nil && a.sheet == nil }

func (a *App) quit() tea.Cmd {
	if a.busy != nil {
		a.busy.cancel()
	}
	return tea.Quit
}

func (a *App) openPalette() {
	if a.busy == nil || a.sheet != nil {
		a.palette = newCommandPalette(a.theme, a.commands())
	}
}

// turnHelp scrolls the help. Any other key closes it.
func (a *App) turnHelp(name string) tea.Cmd {
	switch name {
	case "down", "j", "pgdown", " ":
		a.helpAt += 5
	case "up", "k", "pgup":
		a.helpAt -= 5
	default:
		a.help, a.helpAt = false, 0
	}
	return nil
}

// tooSoon reports whether a key was probably meant for the screen before this one. Letters that go into an input are never too
// soon: people type ahead.
func (a *App) tooSoon(name string, typing bool) bool {
	return (name == "enter" || len(name) == 1 && !typing) && a.now().Sub(a.shownAt) < a.options.Grace
}

// focused returns the page that takes the keys.
func (a *App) focused() kit.Page {
	if a.palette != nil {
		return a.palette
	}
	return a.part(a.focus)
}

// part returns the page in a part of the window.
func (a *App) part(which part) kit.Page {
	switch {
	case which != onPhone:
		return a.tab(which)
	case a.sheet != nil:
		return a.sheet
	default:
		return a.page
	}
}

// tab returns the page of a tab.
func (a *App) tab(which part) kit.Page {
	for _, tab := range a.tabs {
		if tab.part == which {
			return tab.page
		}
	}
	return a.wire
}

// parts returns the parts of the window in the order of the tab key.
func (a *App) parts() []part {
	all := []part{onPhone}
	for _, tab := range a.tabs {
		all = append(all, tab.part)
	}
	return all
}

// partNumbers returns the number keys of the parts, alone and with alt.
func (a *App) partNumbers() (numbers, alts []string) {
	for number := range len(a.tabs) + 1 {
		numbers, alts = append(numbers, fmt.Sprint(number)), append(alts, fmt.Sprintf("alt+%d", number))
	}
	return numbers, alts
}

// nextPart returns the part of the window that is so many further on.
func (a *App) nextPart(by int) part {
	parts := a.parts()
	return parts[(slices.Index(parts, a.focus)+by+len(parts))%len(parts)]
}

// turnTo moves the focus to a part of the window.
func (a *App) turnTo(part part) tea.Cmd {
	if part != a.focus {
		a.toast = "" // it was about what is left
	}
	a.focus = part
	if part != onPhone {
		a.side = part
	}
	if part == tabPasskeys {
		return a.loadPasskeys
	}
	return nil
}

// turnToNumber is turnTo for a number key, with or without alt.
func (a *App) turnToNumber(name string) tea.Cmd {
	return a.turnTo(a.parts()[name[len(name)-1]-'0'])
}
