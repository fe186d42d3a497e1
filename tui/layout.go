package tui

import (
	"example.com/hankosim/tui/kit"
)

// Sizes of the window, in cells.
const (
	wideWindow  = 100 // from here on the phone and a tab stand side by side
	roomyWindow = 30  // rows from which on a wide window has a margin, and any window blank rows

	phoneWidth      = 46 // a cell is about twice as high as wide, so this looks like a phone
	phoneHeight     = 34
	tallPhoneHeight = 46 // in windows that have room for it
	phoneApart      = 2  // columns between the phone and the tab
)

// rect is a rectangle of the window, in cells.
type rect struct{ x, y, width, height int }

func (r rect) has(x, y int) bool {
	return x >= r.x && x < r.x+r.width && y >= r.y && y < r.y+r.height
}

// layout says where everything is in the window. It depends only on the window's size and the focus, so nothing jumps during
// a walk.
type layout struct {
	inner       rect // the window without its margin
	head        rect
	phone, side rect // a narrow window has one of them
	foot        rect
}

func (a *App) layout() layout {
	l := layout{inner: rect{0, 0, a.width, a.height}}
	if a.width >= wideWindow && a.height >= roomyWindow {
		l.inner = rect{2, 1, a.width - 4, a.height - 2}
	}
	head, foot := 1, 2
	switch {
	case a.height >= roomyWindow:
		head = 4 // the status, the steps, and a blank row below each
	case a.height < 10:
		foot = 1
	}
	if a.options.Misbehaviour() != "" {
		head++
	}
	if a.narrated {
		foot = 1
	}
	head = min(head, max(1, l.inner.height-foot-3))
	foot = max(0, min(foot, l.inner.height-head-1))
	l.head = rect{l.inner.x, l.inner.y, l.inner.width, head}
	body := rect{l.inner.x, l.inner.y + head, l.inner.width, max(0, l.inner.height-head-foot)}
	l.foot = rect{l.inner.x, body.y + body.height, l.inner.width, foot}

	switch {
	case a.width >= wideWindow:
		column := body
		column.width = phoneWidth
		if body.width >= 3*phoneWidth {
			column.width = phoneWidth + (body.width-3*phoneWidth)/4
		}
		l.phone = phoneIn(column)
		l.side = rect{body.x + column.width + phoneApart, body.y, body.width - column.width - phoneApart, body.height}
	case a.focus == onPhone:
		l.phone = phoneIn(body)
	default:
		l.side = body
	}
	return l
}

// phoneIn centres the phone in a rectangle.
func phoneIn(room rect) rect {
	width, height := min(phoneWidth, room.width), min(phoneHeight, room.height)
	if room.height >= tallPhoneHeight {
		height = tallPhoneHeight
	}
	return rect{room.x + (room.width-width)/2, room.y + (room.height-height)/2, width, height}
}

// Rows of a tab above its content.
const (
	tabBar       = 2  // the names of the tabs, and a blank row
	tightTabBar  = 1  // where there is little room
	roomForBlank = 12 // rows of a tab from which on it has the blank row
)

// content returns the part of a tab below the names of the tabs.
func (l layout) content() rect {
	bar := tabBar
	if l.side.height < roomForBlank {
		bar = tightTabBar
	}
	bar = min(bar, max(0, l.side.height-1))
	return rect{l.side.x, l.side.y + bar, l.side.width, l.side.height - bar}
}

// tabRoom returns the size of a tab, even while a narrow window shows the phone instead.
func (a *App) tabRoom() kit.Room {
	shown := a.focus
	if a.width < wideWindow && a.focus == onPhone {
		a.focus = a.side
	}
	content := a.layout().content()
	a.focus = shown
	return kit.Room{Width: max(1, content.width), Height: max(1, content.height)}
}
