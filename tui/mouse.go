package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/tui/kit"
)

// region is a part of the window under the mouse.
type region struct {
	part      part
	x, y      int // within the part
	inFooter  bool
	inSidebar bool // the part is beside the phone, or in its place
}

// clicked handles the mouse. The wheel scrolls what is under it. A click focuses a part of the window, opens a tab, presses
// a button of the phone, or presses a key in the last line.
func (a *App) clicked(msg tea.MouseMsg) tea.Cmd {
	under := a.regionAt(msg.X, msg.Y)
	wheel := map[tea.MouseButton]string{tea.MouseButtonWheelUp: "up", tea.MouseButtonWheelDown: "down"}[msg.Button]
	switch {
	case msg.Action != tea.MouseActionPress:
		return nil
	case wheel != "" && a.help:
		return a.turnHelp(wheel)
	case wheel != "" && a.palette != nil:
		return a.answer(kit.Press(a.palette, a.situation(a.focus), kit.KeyMsg(wheel)))
	case wheel != "" && under.inFooter, wheel != "" && under.part == onPhone && a.busy != nil && a.sheet == nil:
		return nil
	case wheel != "":
		return a.answer(kit.Press(a.part(under.part), a.situation(under.part), kit.KeyMsg(wheel)))
	case msg.Button != tea.MouseButtonLeft:
		return nil
	case under.inFooter:
		return a.clickedKey(under.x)
	case a.help:
		return a.turnHelp("esc")
	case a.palette != nil:
		return nil
	case under.inSidebar && under.y == 0:
		return a.clickedTab(under.x)
	}
	if under.part != a.focus {
		return a.turnTo(under.part)
	}
	if under.part == onPhone {
		return a.clickedButton(a.rowOnPhone(msg.Y))
	}
	return nil
}

// rowOnPhone returns what is in a row of the phone's screen.
func (a *App) rowOnPhone(y int) string {
	lines, phone := strings.Split(ansi.Strip(a.View()), "\n"), a.layout().phone
	if y >= len(lines) {
		return ""
	}
	return strings.Trim(ansi.Cut(lines[y], phone.x, phone.x+phone.width), " │┃[]")
}

// clickedButton presses the button in a row: the one that has the focus, or one that says what a key does, with the key or
// without.
func (a *App) clickedButton(row string) tea.Cmd {
	if strings.HasPrefix(row, "▸ ") {
		return a.pressed(kit.KeyMsg("enter"))
	}
	for _, key := range kit.Working(a.current()) {
		for _, text := range []string{key.Help, key.Shown + "  " + key.Help, key.Help + "  " + key.Shown} {
			if strings.EqualFold(row, text) {
				return a.pressed(kit.KeyMsg(key.Names[0]))
			}
		}
	}
	return nil
}

// regionAt returns what is at a cell of the window.
func (a *App) regionAt(x, y int) region {
	l := a.layout()
	switch {
	case l.foot.has(x, y):
		return region{x: x - l.foot.x, inFooter: y == l.foot.y+l.foot.height-1}
	case l.side.has(x, y):
		return region{part: a.side, x: x - l.side.x, y: y - l.side.y, inSidebar: true}
	case l.phone.width == 0:
		return region{part: a.side, y: -1}
	default:
		return region{part: onPhone, x: x - l.phone.x, y: y - l.phone.y}
	}
}

// clickedTab opens the tab whose name is in a column of the bar.
func (a *App) clickedTab(column int) tea.Cmd {
	at := 0
	for _, label := range a.tabLabels(a.layout().side.width) {
		cells := ansi.StringWidth(label.text)
		if column >= at && column < at+cells {
			return a.turnTo(label.tab)
		}
		at += cells
	}
	return a.turnTo(a.side)
}

// clickedKey presses the key in a column of the last line.
func (a *App) clickedKey(column int) tea.Cmd {
	width := a.layout().foot.width
	here, always := a.keysInLine(width)
	cells := func(key kit.Key) int { return ansi.StringWidth(ansi.Strip(a.hint(key))) }
	press := func(at int, keys []kit.Key) (tea.Cmd, bool) {
		for _, key := range keys {
			if column >= at && column < at+cells(key) {
				return a.pressed(kit.KeyMsg(key.Names[0])), true
			}
			at += cells(key) + len(a.keysApart())
		}
		return nil, false
	}
	if cmd, found := press(0, here); found {
		return cmd
	}
	begin := width + len(a.keysApart())
	for _, key := range always {
		begin -= cells(key) + len(a.keysApart())
	}
	cmd, _ := press(begin, always)
	return cmd
}
