package tui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// focus is which part of the window takes the keys: the phone, or a tab beside it.
type focus int

const (
	onPhone focus = iota
	tabWire
	tabToken
	tabPasskeys
	tabMail
	tabCode
	tabGuide
)

// tabName is what a part of the window is called.
var tabName = map[focus]string{
	onPhone: "Phone", tabWire: "Wire", tabToken: "Token", tabPasskeys: "Passkeys", tabMail: "Mail", tabCode: "Code", tabGuide: "Guide",
}

// pressed sends a key to whom it is meant for: what holds always, then the sheet, the cancelling of an action, the
// part of the window that has the focus.
func (a *App) pressed(msg tea.KeyMsg) tea.Cmd {
	name := msg.String()
	if pasted(msg) {
		name = ""
	}
	switch name {
	case "ctrl+c", "alt+ctrl+c": // the latter is what esc and then ctrl+c may come as
		if a.busy != nil {
			a.busy.cancel()
		}
		return tea.Quit
	case "ctrl+z":
		return tea.Suspend
	}
	if a.help {
		return a.turnHelp(name)
	}
	if name == "f1" {
		a.help = true
		return nil
	}
	if a.palette != nil {
		return a.palette.Update(msg)
	}
	switch name {
	case "ctrl+k":
		if a.busy == nil || a.sheet != nil {
			a.palette = newCommandPalette(a)
		}
		return nil
	case "tab":
		return a.turn(1)
	case "shift+tab":
		return a.turn(-1)
	}
	if number, alt := strings.CutPrefix(name, "alt+"); alt {
		if cmd, turned := a.turnToNumber(number); turned {
			return cmd
		}
	}
	target := a.focused()
	if a.focus == onPhone && a.busy != nil && a.sheet == nil {
		if name == "esc" {
			a.busy.cancel()
		}
		return nil
	}
	if a.focus == onPhone && a.tooSoon(name, target.Typing()) {
		return nil
	}
	if !target.Typing() {
		switch name {
		case "q":
			return tea.Quit
		case "?":
			a.help = true
			return nil
		}
		if name == "" {
			return nil
		}
		if cmd, turned := a.turnToNumber(name); turned {
			return cmd
		}
	}
	if why := refused(target, name); why != "" {
		return toast("%s", why)
	}
	return target.Update(msg)
}

// turnHelp scrolls the help; every other key closes it.
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

// tooSoon tells that a key was on its way before the screen it would answer came up. Letters are welcome where they
// are typed: people type ahead.
func (a *App) tooSoon(name string, typing bool) bool {
	return (name == "enter" || len(name) == 1 && !typing) && a.now().Sub(a.shownAt) < a.options.Grace
}

// focused is what takes the keys.
func (a *App) focused() page {
	if a.palette != nil {
		return a.palette
	}
	return a.part(a.focus)
}

// part is what a part of the window shows.
func (a *App) part(which focus) page {
	switch {
	case which != onPhone:
		return a.tab(which)
	case a.sheet != nil:
		return a.sheet
	default:
		return a.page
	}
}

// tab is what is shown beside the phone.
func (a *App) tab(which focus) page {
	switch which {
	case tabToken:
		return a.token
	case tabPasskeys:
		return a.passkeys
	case tabMail:
		return a.mail
	case tabCode:
		return a.code
	case tabGuide:
		return a.guide
	default:
		return a.wire
	}
}

// tabs are the parts of the window in the order of the tab key.
func (a *App) tabs() []focus {
	all := []focus{onPhone, tabWire, tabToken, tabPasskeys, tabMail, tabCode, tabGuide}
	if a.options.Inbox == nil {
		all = slices.DeleteFunc(all, func(tab focus) bool { return tab == tabMail })
	}
	return all
}

// turn moves the focus to the next part of the window, or to the one before.
func (a *App) turn(by int) tea.Cmd {
	tabs := a.tabs()
	return a.turnTo(tabs[(slices.Index(tabs, a.focus)+by+len(tabs))%len(tabs)])
}

// turnTo gives the keys to a part of the window.
func (a *App) turnTo(part focus) tea.Cmd {
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

// turnToNumber is turnTo for a key that is a tab's number; it tells whether there is such a tab.
func (a *App) turnToNumber(key string) (tea.Cmd, bool) {
	tabs := a.tabs()
	if len(key) != 1 || key < "0" || int(key[0]-'0') >= len(tabs) {
		return nil, false
	}
	return a.turnTo(tabs[key[0]-'0']), true
}

// focusPhone gives the keys back to the phone.
func (a *App) focusPhone() tea.Cmd {
	a.focus = onPhone
	return nil
}
