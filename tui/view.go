package tui

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/tui/kit"
)

// View draws the window: a status line and the steps, the phone and what is beside it, and the keys. What asks for
// something stands over all of it. Whatever its parts draw, it is never larger than the terminal.
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

// window is the window without what stands over it, row by row.
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

// head is the status line, how the phone misbehaves, if it does, and how far the guide has been walked. Where there is
// little room the steps stand at the end of the status line.
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

// status says which tenant, over which API, with which phone. Where there is little room the tenant's address goes first.
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

// sideView is a tab below the names of all of them.
func (a *App) sideView(l layout) string {
	if l.side.width < 1 || l.side.height < 1 {
		return ""
	}
	content := l.content()
	view := a.tab(a.side).View(a.situation(a.side), max(1, content.width), max(1, content.height))
	return kit.Clamp(a.tabBar(l.side.width)+strings.Repeat("\n", content.y-l.side.y), l.side.width, content.y-l.side.y+1) + view
}

// tabLabel is a tab's name above the tab that is shown.
type tabLabel struct {
	tab  part
	text string
}

// shortTabName is what a tab is called where there is little room.
var shortTabName = map[part]string{tabToken: "JWT", tabPasskeys: "Keys"}

// tabLabels names all tabs by number. Where there is no room for all names they are shorter, and where there is none for
// these only the one that is shown has its name.
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

// notice is what there is to say at the foot of the window: what has just happened, that the tenant is asked, or, where
// the phone stands alone, the last call. It takes the first row of the foot, and as many above it as it needs.
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

// current are the listed keys of what has the focus.
func (a *App) current() []kit.Key {
	if a.phoneIsBusy() && a.palette == nil {
		return []kit.Key{a.cancelKey()}
	}
	return a.focused().Keys(a.situation(a.focus))
}

// inLine are the keys of the window's that keep their place at the end of the last line, and others those that do not.
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

// keysApart stands between the keys of the last line.
func (a *App) keysApart() string {
	if a.width >= wideWindow {
		return "   "
	}
	return "  "
}

// keysInLine are the keys that the last line has room for: those of what has the focus at its beginning, those of the
// window at its end, where they keep their place. Help has them all.
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
