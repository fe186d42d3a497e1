package tui

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/tui/kit"
)

// View implements tea.Model. It draws the status line, the steps, the phone, the tab beside it and the keys, and over them
// a dialog or a sheet. It is never larger than the terminal.
func (a *App) View() string {
	if a.width < 1 || a.height < 1 {
		return ""
	}
	l := a.layout()
	view := a.window(l)
	draw := func(at rect, content string) {
		if at.width > 0 && at.height > 0 {
			view = kit.Overlay(view, kit.Pad(content, at.width, at.height), at.x, at.y)
		}
	}
	switch {
	case a.help || a.palette != nil:
		view = a.theme.Dimmed(view)
		box := a.dialog(l)
		draw(box, a.dialogView(box))
	case a.sheet != nil && l.phone.width > 0:
		if a.focus == onPhone {
			view = a.theme.Dimmed(view)
		} else {
			draw(l.phone, a.theme.Dimmed(a.phoneView(l.phone.width, l.phone.height)))
		}
		sheet, at := a.sheetOver(l.phone)
		draw(at, sheet)
	}
	said := a.notice(l.foot)
	if len(said) > 0 {
		top := l.foot.y + 1 - len(said) // a long one stands over the end of what is above
		draw(rect{l.foot.x, max(0, top), l.foot.width, len(said)}, strings.Join(said, "\n"))
	}
	if l.foot.height > 1 || l.foot.height == 1 && !a.narrated && said == nil {
		draw(rect{l.foot.x, l.foot.y + l.foot.height - 1, l.foot.width, 1}, a.keysLine(l.foot.width))
	}
	return kit.Clamp(view, a.width, a.height)
}

// window draws the window without dialogs and sheets.
func (a *App) window(l layout) string {
	rows := make([]string, a.height)
	put := func(at rect, content string) {
		if at.width < 1 || at.height < 1 {
			return
		}
		for i, line := range strings.Split(kit.Pad(content, at.width, at.height), "\n") {
			row := &rows[at.y+i]
			*row += strings.Repeat(" ", max(0, at.x-ansi.StringWidth(*row))) + line
		}
	}
	put(l.head, strings.Join(a.head(l.head), "\n"))
	put(l.phone, a.phoneView(l.phone.width, l.phone.height))
	put(l.side, a.sideView(l))
	for i, row := range rows {
		rows[i] = row + strings.Repeat(" ", max(0, a.width-ansi.StringWidth(row)))
	}
	return strings.Join(rows, "\n")
}

// head draws the status line, the warning of a phone that misbehaves, and the steps. In a small window the steps are at the
// end of the status line.
func (a *App) head(at rect) []string {
	how := a.options.Misbehaviour()
	lines := []string{a.status(at.width)}
	if at.height < 4 {
		steps := a.journey.short(a.theme)
		if room := at.width - ansi.StringWidth(steps) - 2; room >= 30 {
			lines[0] = kit.Spread(a.status(room), steps, at.width)
		}
	}
	if how != "" {
		lines = append(lines, a.theme.Warn.Render(kit.Clamp("! "+how, at.width, 1)))
	}
	if at.height >= 4 {
		lines = append(lines, "", a.journey.view(a.theme, at.width))
	}
	return lines
}

// status draws the tenant, its API and the phone. In a narrow window it leaves out the tenant's address.
func (a *App) status(width int) string {
	t := a.theme
	about := func(address bool) string {
		parts := []string{hanko.Printable(a.options.Tenant)}
		if address && a.options.Tenant != a.options.Client.BaseURL() {
			parts[0] += " " + t.Dim.Render(hanko.Printable(a.options.Client.BaseURL()))
		}
		for _, part := range []string{a.api(), a.phone.Profile().Label + a.strictly()} {
			if part != "" {
				parts = append(parts, t.Dim.Render(part))
			}
		}
		if a.options.Record != nil {
			parts = append(parts, t.Bad.Render("● recorded"))
		}
		return t.Chip("hankosim") + "  " + strings.Join(parts, t.Dim.Render(" · "))
	}
	if whole := about(true); ansi.StringWidth(whole) <= width {
		return whole
	}
	return kit.Clamp(about(false), width, 1)
}

func (a *App) strictly() string {
	if a.options.Strict {
		return " (strict)"
	}
	return ""
}

func (a *App) api() string {
	switch a.tenant.API {
	case hanko.REST:
		return "REST API"
	case hanko.FlowAPI:
		return "Flow API"
	default:
		return ""
	}
}

// sideView draws the tab below the names of all tabs.
func (a *App) sideView(l layout) string {
	if l.side.width < 1 || l.side.height < 1 {
		return ""
	}
	content := l.content()
	view := a.tab(a.side).View(a.situation(a.side), max(1, content.width), max(1, content.height))
	return kit.Clamp(a.tabBar(l.side.width)+strings.Repeat("\n", content.y-l.side.y), l.side.width, content.y-l.side.y+1) + view
}

// tabLabel is a tab's name in the tab bar.
type tabLabel struct {
	tab  part
	text string
}

// shortTabName has the names of tabs in a narrow window.
var shortTabName = map[part]string{tabToken: "JWT", tabPasskeys: "Keys"}

// tabLabels returns the labels of all tabs, each with its number. In a narrow window the names are shorter, and in a very
// narrow one only the current tab has a name.
func (a *App) tabLabels(room int) []tabLabel {
	label := func(name func(tab part) string) (labels []tabLabel, cells int) {
		for i, tab := range a.tabs {
			text := " " + strings.TrimSpace(fmt.Sprintf("%d %s", i+1, name(tab.part))) + " "
			labels = append(labels, tabLabel{tab.part, text})
			cells += len(text)
		}
		return labels, cells
	}
	for _, name := range []func(tab part) string{
		func(tab part) string { return partName[tab] },
		func(tab part) string { return cmp.Or(shortTabName[tab], partName[tab]) },
	} {
		if labels, cells := label(name); cells <= room {
			return labels
		}
	}
	labels, _ := label(func(tab part) string {
		if tab == a.side {
			return partName[tab]
		}
		return ""
	})
	return labels
}

func (a *App) tabBar(width int) string {
	var bar strings.Builder
	for _, label := range a.tabLabels(width) {
		bar.WriteString(a.theme.TabName(label.text, label.tab == a.side, a.focus == label.tab))
	}
	return bar.String()
}

// notice returns the lines above the keys: a toast, that the tenant is being asked, or, while the phone is shown without a
// tab, the last call. A long notice covers rows above the foot.
func (a *App) notice(foot rect) []string {
	t := a.theme
	switch {
	case a.toast != "":
		return strings.Split(t.Warn.Render(kit.Wrap(a.toast, foot.width)), "\n")
	case a.busy != nil && a.sheet == nil && foot.height < 2:
		return []string{a.spinner.View() + " asking the tenant…  " + a.hint(a.cancelKey())}
	case a.width < wideWindow && a.focus == onPhone && foot.height > 1 && !a.narrated:
		return []string{a.wire.LastCall(a.situation(tabWire), foot.width)}
	}
	return nil
}

func (a *App) hint(key kit.Key) string {
	return a.theme.Key.Render(key.Shown) + " " + a.theme.Dim.Render(key.Help)
}

// current returns the keys of the page that has the focus.
func (a *App) current() []kit.Key {
	if a.phoneIsBusy() && a.palette == nil {
		return []kit.Key{a.cancelKey()}
	}
	return a.focused().Keys(a.situation(a.focus))
}

// listedWindowKeys returns the listed keys of the window: inLine has those with a fixed place at the end of the last line.
func (a *App) listedWindowKeys() (inLine, others []kit.Key) {
	for _, key := range a.windowKeys() {
		if key.inLine {
			inLine = append(inLine, key.Key)
		} else {
			others = append(others, key.Key)
		}
	}
	return kit.Working(inLine), kit.Working(others)
}

// keysApart returns the space between the keys in the last line.
func (a *App) keysApart() string {
	if a.width >= wideWindow {
		return "   "
	}
	return "  "
}

// keysInLine returns the keys that fit into the last line: those of the page at its start, and those of the window at fixed
// places at its end. The help lists all keys.
func (a *App) keysInLine(width int) (here, always []kit.Key) {
	apart := len(a.keysApart())
	cells := func(key kit.Key) int { return ansi.StringWidth(key.Shown) + 1 + ansi.StringWidth(key.Help) + apart }
	if a.help {
		return a.helpKeys(), nil
	}
	always, others := a.listedWindowKeys()
	room := width + apart
	for _, key := range always {
		room -= cells(key)
	}
	listed := kit.Working(a.current())
	if a.palette == nil {
		listed = append(listed, others[0]) // the first of the others opens the palette
	}
	for _, key := range listed {
		if cells(key) <= room {
			here = append(here, key)
			room -= cells(key)
		}
	}
	return here, always
}

func (a *App) keysLine(width int) string {
	here, always := a.keysInLine(width)
	hints := func(keys []kit.Key) string {
		var all []string
		for _, key := range keys {
			all = append(all, a.hint(key))
		}
		return strings.Join(all, a.keysApart())
	}
	return kit.Spread(hints(here), hints(always), width)
}
