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

// clicked answers the mouse: the wheel scrolls what is under it, a click gives the keys to a part of the window, turns
// to a tab, presses the button that has the focus, or stands for a key at the foot of the window.
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
	if lines := strings.Split(ansi.Strip(a.View()), "\n"); msg.Y < len(lines) && strings.Contains(lines[msg.Y], "▸ [ ") && under.part == onPhone {
		return a.pressed(kit.KeyMsg("enter"))
	}
	return nil
}

// regionAt is what stands at a cell of the window.
func (a *App) regionAt(x, y int) region {
	head, footer := len(a.head()), len(a.footer())
	if y >= a.height-footer {
		return region{x: x, inFooter: y == a.height-1}
	}
	switch {
	case a.width >= wideWindow && x > phoneWidth:
		return region{part: a.side, x: x - phoneWidth - 1, y: y - head, inSidebar: true}
	case a.width >= wideWindow:
		return region{part: onPhone, x: x, y: y - head}
	default:
		return region{part: a.focus, x: x, y: y - head, inSidebar: a.focus != onPhone}
	}
}

// clickedTab turns to the tab whose name stands in a column of the tabs' frame.
func (a *App) clickedTab(column int) tea.Cmd {
	at := ansi.StringWidth("╭─ ")
	for _, label := range a.tabLabels() {
		cells := ansi.StringWidth(label.text)
		if column >= at && column < at+cells {
			return a.turnTo(label.tab)
		}
		at += cells + 1
	}
	return a.turnTo(a.side)
}

// clickedKey presses the key that stands in a column of the last line.
func (a *App) clickedKey(column int) tea.Cmd {
	at := 0
	for _, key := range a.keysInLine() {
		cells := ansi.StringWidth(ansi.Strip(a.hint(key)))
		if column >= at && column < at+cells {
			return a.pressed(kit.KeyMsg(key.Names[0]))
		}
		at += cells + ansi.StringWidth(keysApart)
	}
	return nil
}
