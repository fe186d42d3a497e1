package tui

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/tui/kit"
)

const (
	wideWindow = 100 // from here on the phone and a tab stand side by side
	phoneWidth = 50  // of the phone's frame beside a tab
)

// View draws the window: a status line, the phone and what is beside it, and the keys. Whatever its parts draw, it is
// never larger than the terminal.
func (a *App) View() string {
	if a.width < 1 || a.height < 1 {
		return ""
	}
	footer := a.footer()
	head := a.head()
	room := a.height - len(head) - len(footer)
	if room < 3 {
		head, footer, room = head[:1], footer[:min(len(footer), 1)], max(a.height-2, 1)
	}
	rows := append(append(head, a.body(a.width, room)), footer...)
	return kit.Clamp(strings.Join(rows, "\n"), a.width, a.height)
}

// head is the status line, how far the guide has been walked, and how the phone misbehaves, if it does.
func (a *App) head() []string {
	lines := []string{a.status()}
	if how := a.options.Misbehaviour(); how != "" {
		lines = append(lines, a.theme.Warn.Render(kit.Clamp("! "+how, a.width, 1)))
	}
	if a.height >= 20 {
		lines = append(lines, a.journey.view(a.theme, a.width))
	}
	return lines
}

// status is the line that says which tenant, over which API, with which phone.
func (a *App) status() string {
	t := a.theme
	parts := []string{
		t.Accent.Render("hankosim"),
		hanko.Printable(a.options.Tenant) + " " + t.Dim.Render(hanko.Printable(a.options.Client.BaseURL())+a.api()),
		a.phone.Profile().Label + a.strictly(),
	}
	if a.options.Record != nil {
		parts = append(parts, t.Bad.Render("● recorded"))
	}
	return strings.Join(parts, t.Dim.Render(" · "))
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
		return " · REST"
	case hanko.FlowAPI:
		return " · Flow API"
	default:
		return ""
	}
}

func (a *App) body(width, height int) string {
	if a.help {
		var shown string
		shown, a.helpAt = a.theme.Scroll(kit.Wrap(a.helpText(), max(1, width-2)), a.helpAt, max(1, width-2), max(1, height-2))
		return a.theme.Box("Keys", shown, width, height, true)
	}
	if a.palette != nil {
		return a.theme.Box(a.palette.Title(), kit.Indent(a.palette.View(a.situation(a.focus), max(1, width-4), max(1, height-2))), width, height, true)
	}
	if width >= wideWindow {
		return lipgloss.JoinHorizontal(lipgloss.Top,
			a.phoneView(phoneWidth, height), " ", a.sideView(width-phoneWidth-1, height))
	}
	if a.focus == onPhone {
		return a.phoneView(width, height)
	}
	return a.sideView(width, height)
}

func (a *App) sideView(width, height int) string {
	tab := a.tab(a.side)
	if width < 8 || height < 4 {
		return kit.Pad(tab.View(a.situation(a.side), max(1, width), max(1, height)), width, height)
	}
	inner := max(1, width-4)
	content := kit.Indent(kit.Clamp(tab.View(a.situation(a.side), inner, height-2), inner, height-2))
	return a.theme.Box(a.tabTitle(), content, width, height, a.focus != onPhone)
}

// tabLabel is a tab's name in the frame of the tabs.
type tabLabel struct {
	tab  part
	text string
}

// shortTabName is what a tab is called where there is little room.
var shortTabName = map[part]string{tabToken: "JWT", tabPasskeys: "Keys"}

// tabLabels names all tabs by number and marks the one that is shown. Where there is no room for all names they are
// shorter, and where there is none for these the others have their numbers alone.
func (a *App) tabLabels() []tabLabel {
	room, _ := a.tabRoom()
	room -= 2 // the frame's corners are wider than its sides
	label := func(name func(tab part) string) (labels []tabLabel, cells int) {
		for i, tab := range a.tabs {
			text := strings.TrimSpace(fmt.Sprintf("%d %s", i+1, name(tab.part)))
			if tab.part == a.side {
				text = "[" + text + "]"
			}
			labels = append(labels, tabLabel{tab.part, text})
			cells += len(text) + 1
		}
		return labels, cells - 1
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

func (a *App) tabTitle() string {
	var texts []string
	for _, label := range a.tabLabels() {
		texts = append(texts, label.text)
	}
	return strings.Join(texts, " ")
}

// footer is what there is to tell, and the keys.
func (a *App) footer() []string {
	if a.narrated {
		return a.notices()
	}
	return append(a.notices(), a.keysLine())
}

// notices are the toast, or what is going on.
func (a *App) notices() []string {
	t := a.theme
	switch {
	case a.toast != "":
		return strings.Split(t.Warn.Render(kit.Wrap(a.toast, a.width)), "\n")
	case a.busy != nil && a.sheet == nil:
		return []string{a.spinner.View() + " asking the tenant…  " + a.hint(a.cancelKey())}
	}
	return nil
}

// tabRoom is how much room a tab has inside its frame.
func (a *App) tabRoom() (width, height int) {
	width, height = a.width-4, a.height-len(a.head())-len(a.notices())-2
	if a.width >= wideWindow {
		width -= phoneWidth + 1
	}
	if !a.narrated {
		height-- // the keys
	}
	return width, height
}

func (a *App) hint(key kit.Key) string {
	return a.theme.Key.Render(key.Shown) + " " + key.Help
}

// current are the listed keys of what has the focus.
func (a *App) current() []kit.Key {
	if a.phoneIsBusy() && a.palette == nil {
		return nil
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

// keysInLine are the keys that the last line has room for. Those of the window keep their place at its end; help has
// them all.
func (a *App) keysInLine() []kit.Key {
	var shown []kit.Key
	room := a.width
	cells := func(key kit.Key) int {
		return ansi.StringWidth(key.Shown) + 1 + ansi.StringWidth(key.Help) + ansi.StringWidth(keysApart)
	}
	always, others := a.listedWindowKeys()
	for _, key := range always {
		room -= cells(key)
	}
	room += ansi.StringWidth(keysApart)
	for _, key := range append(kit.Working(a.current()), others[0]) { // the first of the others opens the palette
		if cells(key) <= room {
			shown = append(shown, key)
			room -= cells(key)
		}
	}
	return append(shown, always...)
}

// keysApart stands between the keys of the last line.
const keysApart = " · "

func (a *App) keysLine() string {
	var hints []string
	for _, key := range a.keysInLine() {
		hints = append(hints, a.hint(key))
	}
	return strings.Join(hints, a.theme.Dim.Render(keysApart))
}

// helpText lists every key, and why those do nothing that do nothing now.
func (a *App) helpText() string {
	var lines []string
	add := func(keys []kit.Key) {
		for _, key := range keys {
			lines = append(lines, fmt.Sprintf("  %s %s", a.theme.Key.Render(fmt.Sprintf("%-10s", key.Shown)), key.Help))
		}
	}
	lines = append(lines, "", a.theme.Title.Render(" "+a.focused().Title()), "")
	add(kit.Working(a.current()))
	for _, key := range kit.Idle(a.focused().Keys(a.situation(a.focus))) {
		lines = append(lines, a.theme.Dim.Render(fmt.Sprintf("  %-10s %s: %s", key.Shown, key.Help, key.Why)))
	}
	lines = append(lines, "", a.theme.Title.Render(" Everywhere"), "")
	always, others := a.listedWindowKeys()
	add(always)
	add(others)
	lines = append(lines, "", a.theme.Dim.Render(" ↑↓ scroll, any other key closes this"))
	return strings.Join(lines, "\n")
}
