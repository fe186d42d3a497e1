package tui

import (
	"net/url"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/tui/kit"
)

// handset is how a device looks around the app that it shows.
type handset struct {
	clock    string // the time of day that its maker's pictures show
	camera   string // in the middle of the status bar
	signs    string // at the right end of the status bar
	gesture  string // in the lower edge
	left     []int  // rows of the frame where buttons stand out, counted from the top
	right    []int
	address  string // of the page that a browser shows; "" for an app
	barBelow bool   // the address stands below the page
	window   bool   // a window on a desk, not a phone
}

// handsetOf is the handset that a profile looks like.
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
	roomForBanner    = 14 // rows of the screen
)

// phoneView draws the phone, and the app on it, width × height cells.
func (a *App) phoneView(width, height int) string {
	if width < roomForFrame || height < 4 {
		return kit.Pad(a.part(onPhone).View(a.situation(onPhone), max(1, width), max(1, height)), width, height)
	}
	look := handsetOf(a.phone.Profile())
	columns, rows := width-2, height-2
	var above, below []string
	if height >= roomForStatusBar {
		above = append(above, a.theme.Bezel.Render(look.statusBar(columns)))
	}
	if look.address != "" && height >= roomForAddress {
		bar := a.theme.Dim.Render(kit.Clamp(" ⌂ "+hanko.Printable(look.address), columns, 1))
		if look.barBelow {
			below = append(below, bar)
		} else {
			above = append(above, bar)
		}
	}
	screen := a.screen(columns, rows-len(above)-len(below))
	content := strings.Join(append(append(above, screen), below...), "\n")
	title := a.phone.Profile().Label + " · " + a.page.Title()
	if a.sheet != nil && height < roomForSheet {
		title = a.sheet.Title() + " asks"
	}
	return drawHandset(a.theme, look, title, content, width, height, a.focus == onPhone)
}

// screen is what the phone shows below its status bar: the app's page, a sheet of the system's over its foot, a
// notification over its head.
func (a *App) screen(width, height int) string {
	s := a.situation(onPhone)
	page := func(rows int) string {
		return kit.Pad(lowered(kit.Indent(kit.Clamp(a.page.View(s, max(1, width-2), rows), max(1, width-2), rows)), rows), width, rows)
	}
	if a.sheet == nil {
		return under(a.banner.view(a.theme, width, s.VeiledText), page(height))
	}
	if height < roomForSheet-3 || width < 30 {
		return kit.Pad(kit.Indent(kit.Clamp(a.sheet.View(s, max(1, width-2), height), max(1, width-2), height)), width, height)
	}
	sheet := drawSheet(a.theme, a.sheet.View(s, width-6, height-3), width, height-1)
	rows := height - strings.Count(sheet, "\n") - 1
	return a.theme.Dim.Render(ansi.Strip(kit.Pad(page(height), width, max(1, rows)))) + "\n" + sheet
}

// lowered moves a short page down a little on a tall screen, where a thumb reaches it.
func lowered(page string, rows int) string {
	if margin := rows / 10; rows >= 26 && freeBelow(page, rows) >= margin {
		return strings.Repeat("\n", margin) + page
	}
	return page
}

// freeBelow is how many rows below a page are empty.
func freeBelow(page string, rows int) int {
	return rows - strings.Count(strings.TrimRight(ansi.Strip(page), " \n"), "\n") - 1
}

// under moves content down below other lines where it has room to go, else lays them over its first lines.
func under(over []string, content string) string {
	lines := strings.Split(content, "\n")
	if freeBelow(content, len(lines)) >= len(over) {
		return strings.Join(append(over, lines[:len(lines)-len(over)]...), "\n")
	}
	if len(lines) < roomForBanner {
		return content // it would hide what the mail is wanted for
	}
	return strings.Join(append(over, lines[len(over):]...), "\n")
}

// statusBar is the line at the top of a phone's screen.
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

// drawHandset draws a device around content, with a title in its upper edge.
func drawHandset(t *kit.Theme, look handset, title, content string, width, height int, focused bool) string {
	lines := strings.Split(t.Box(title, content, width, height, focused), "\n")
	edge := t.Frame
	if focused {
		edge = t.FocusedFrame
	}
	stroke := t.Bezel.Foreground(edge.GetBorderTopForeground())
	button := func(rows []int, at func(line string) string) {
		for _, row := range rows {
			if row < len(lines)-1 {
				lines[row] = at(lines[row])
			}
		}
	}
	if look.window || height < roomForStatusBar {
		return strings.Join(lines, "\n")
	}
	button(look.left, func(line string) string { return stroke.Render("┃") + ansi.TruncateLeft(line, 1, "") })
	button(look.right, func(line string) string { return ansi.Truncate(line, width-1, "") + stroke.Render("┃") })
	if space := (width - ansi.StringWidth(look.gesture)) / 2; space > 2 {
		rest := width - space - ansi.StringWidth(look.gesture)
		lines[len(lines)-1] = stroke.Render("╰"+strings.Repeat("─", space-1)) + t.Bezel.Render(look.gesture) + stroke.Render(strings.Repeat("─", rest-1)+"╯")
	}
	return strings.Join(lines, "\n")
}

// drawSheet draws a sheet of the system's at the foot of a screen: as high as its content, at most maxHeight.
func drawSheet(t *kit.Theme, content string, width, maxHeight int) string {
	lines := strings.Split(content, "\n")
	lines = lines[:min(len(lines), maxHeight-1)]
	for i, line := range lines {
		lines[i] = " " + t.Bezel.Render("│") + " " + kit.Pad(line, width-6, 1) + " " + t.Bezel.Render("│") + " "
	}
	grabber := lipgloss.PlaceHorizontal(width-4, lipgloss.Center, " ━━━━ ", lipgloss.WithWhitespaceChars("─"))
	return strings.Join(append([]string{" " + t.Bezel.Render("╭"+grabber+"╮") + " "}, lines...), "\n")
}
