package tui

import (
	"net/url"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/screen"
)

// handset is how a device looks around the app.
type handset struct {
	clock    string // the time of day in its maker's pictures
	camera   string // in the middle of the status bar
	signs    string // at the right end of the status bar
	gesture  string // the bar at the lower edge
	left     []int  // rows of the frame where buttons stand out, counted from the top
	right    []int
	address  string // of the page that a browser shows; "" for an app
	barBelow bool   // the address stands below the page
	window   bool   // a window on a desk, not a phone
}

// handsetOf returns the look of a profile's device.
func handsetOf(profile authenticator.Profile) handset {
	shown := handset{clock: "12:30", camera: "●", signs: "LTE ▂▄▆ ■■", gesture: "━━━━━━━━", right: []int{4, 7, 8, 9}}
	switch {
	case profile.Attachment == "cross-platform":
		shown = handset{window: true}
	case profile.Maker == authenticator.Apple:
		shown = handset{
			clock: "9:41", camera: "▐█████▌", signs: "▂▄▆ 5G ■■■", gesture: "━━━━━━━━━━━━━━",
			left: []int{4, 6, 7, 9, 10}, right: []int{6, 7, 8}, barBelow: true,
		}
	}
	if profile.PageOrigin != "" {
		shown.address = profile.PageOrigin
		if origin, err := url.Parse(profile.PageOrigin); err == nil && origin.Scheme == "https" {
			shown.address = origin.Host
		}
	}
	return shown
}

// Sizes of the phone's screen, with its frame, below which something is left out.
const (
	roomForFrame     = 8  // columns
	roomForStatusBar = 18 // rows
	roomForAddress   = 12 // rows
	roomForSheet     = 18 // rows
	roomForBanner    = 30 // rows; with less the notification is one line
	roomForMargin    = 42 // columns
)

// phoneView draws the phone, and the app on it, width × height cells.
func (a *App) phoneView(width, height int) string {
	if width < 1 || height < 1 {
		return ""
	}
	s := a.situation(onPhone)
	if width < roomForFrame || height < 4 {
		return a.page.View(s, width, height)
	}
	look := handsetOf(a.phone.Profile())
	columns := width - 2
	above, below := look.around(a.theme, columns, height)
	rows := height - 2 - len(above) - len(below)
	screen := pageOn(a.page, s, columns, rows)
	switch {
	case height >= roomForBanner: // the page leaves its first rows blank
		if over := a.banner.view(a.theme, columns, s.VeiledText); len(over) > 0 {
			screen = kit.Overlay(screen, strings.Join(over, "\n"), 0, 0)
		}
	case height >= roomForStatusBar: // only the status bar can be covered
		if line := a.banner.line(a.theme, columns, s.VeiledText); line != "" {
			above[0] = line
		}
	}
	content := strings.Join(append(append(above, screen), below...), "\n")
	return look.frame(a.theme, content, width, height)
}

// pageOn draws a page on the phone's screen, with margins if there is room.
func pageOn(page kit.Page, s kit.Situation, width, height int) string {
	margin := 1
	if width >= roomForMargin {
		margin = 2
	}
	inner := max(1, width-2*margin)
	return kit.Pad(kit.Indent(kit.Clamp(page.View(s, inner, height), inner, height), margin), width, height)
}

// around returns the rows that the device shows above and below the app.
func (h handset) around(t *kit.Theme, width, height int) (above, below []string) {
	if height >= roomForStatusBar {
		above = append(above, t.Bezel.Render(h.statusBar(width)))
		if h.gesture != "" {
			below = append(below, t.Bezel.Render(kit.Centre(h.gesture, width)))
		}
	}
	if h.address != "" && height >= roomForAddress {
		bar := t.Dim.Render(kit.Centre(kit.Clamp("⌂ "+hanko.Printable(h.address), width, 1), width))
		if h.barBelow {
			below = append([]string{bar}, below...)
		} else {
			above = append(above, bar)
		}
	}
	return above, below
}

// sheetOver draws the system's sheet at the foot of the phone's screen, as far as it has risen. On a small phone it takes
// the whole screen.
func (a *App) sheetOver(phone rect) (string, rect) {
	s := a.situation(onPhone)
	if phone.height < roomForSheet || phone.width < 30 {
		at := rect{phone.x + 1, phone.y + 1, max(1, phone.width-2), max(1, phone.height-2)}
		return kit.Pad(kit.Indent(kit.Clamp(a.sheet.View(s, max(1, at.width-2), at.height), max(1, at.width-2), at.height), 1), at.width, at.height), at
	}
	width := phone.width - 4
	room := phone.height - 8 // the app is seen above it
	if _, away := a.sheet.(*screen.Away); away {
		room = phone.height - 5 // a QR code needs that
	}
	content := a.sheet.View(s, width-4, room)
	height := strings.Count(content, "\n") + 3
	sheet := a.theme.Panel(content, width, height)
	if risen := a.risen(height); risen < height {
		sheet, height = strings.Join(strings.SplitN(sheet, "\n", risen+1)[:risen], "\n"), risen
	}
	return sheet, rect{phone.x + 2, phone.y + phone.height - 2 - height, width, height}
}

// statusBar draws the top line of the phone's screen.
func (h handset) statusBar(width int) string {
	if h.window {
		return kit.Clamp("  ● ● ●", width, 1)
	}
	left := width/2 - ansi.StringWidth("  "+h.clock) - ansi.StringWidth(h.camera)/2
	right := width - width/2 - (ansi.StringWidth(h.camera)+1)/2 - ansi.StringWidth(h.signs+"  ")
	if left < 1 || right < 1 {
		return kit.Clamp("  "+h.clock, width, 1)
	}
	return "  " + h.clock + strings.Repeat(" ", left) + h.camera + strings.Repeat(" ", right) + h.signs + "  "
}

// frame draws the device around its content.
func (h handset) frame(t *kit.Theme, content string, width, height int) string {
	edge := strings.Repeat("─", width-2)
	lines := []string{t.Bezel.Render("╭" + edge + "╮")}
	for line := range strings.SplitSeq(kit.Pad(content, width-2, height-2), "\n") {
		lines = append(lines, t.Bezel.Render("│")+line+t.Bezel.Render("│"))
	}
	lines = append(lines, t.Bezel.Render("╰"+edge+"╯"))
	if h.window || height < roomForStatusBar {
		return strings.Join(lines, "\n")
	}
	button := t.Bezel.Render("┃")
	for _, row := range h.left {
		lines[row] = button + ansi.TruncateLeft(lines[row], 1, "")
	}
	for _, row := range h.right {
		lines[row] = ansi.Truncate(lines[row], width-1, "") + button
	}
	return strings.Join(lines, "\n")
}
