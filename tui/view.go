package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
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
	return clamp(strings.Join(rows, "\n"), a.width, a.height)
}

// head is the status line, how far the guide has been walked, and how the phone misbehaves, if it does.
func (a *App) head() []string {
	lines := []string{a.status()}
	if how := a.options.misbehaviour(); how != "" {
		lines = append(lines, a.theme.warn.Render(clamp("! "+how, a.width, 1)))
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
		t.accent.Render("hankosim"),
		hanko.Printable(a.options.Tenant) + " " + t.dim.Render(hanko.Printable(a.options.Client.BaseURL())+a.api()),
		a.phone.Profile().Label + a.strictly(),
	}
	if a.options.Record != nil {
		parts = append(parts, t.bad.Render("● recorded"))
	}
	return strings.Join(parts, t.dim.Render(" · "))
}

func (a *App) strictly() string {
	if a.options.Strict {
		return " (strict)"
	}
	return ""
}

func (a *App) api() string {
	switch a.recognised.API {
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
		shown, a.helpAt = a.theme.scroll(wrap(a.helpText(), max(1, width-2)), a.helpAt, max(1, width-2), max(1, height-2))
		return a.theme.box("Keys", shown, width, height, true)
	}
	if a.palette != nil {
		return a.theme.box(a.palette.Title(), indent(a.palette.View(max(1, width-4), max(1, height-2))), width, height, true)
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
		return pad(tab.View(max(1, width), max(1, height)), width, height)
	}
	inner := max(1, width-4)
	content := indent(clamp(tab.View(inner, height-2), inner, height-2))
	return a.theme.box(a.tabTitle(), content, width, height, a.focus != onPhone)
}

// tabLabel is a tab's name in the frame of the tabs.
type tabLabel struct {
	tab  focus
	text string
}

// shortTabName is what a tab is called where there is little room.
var shortTabName = map[focus]string{tabToken: "JWT", tabPasskeys: "Keys"}

// tabLabels names all tabs by number and marks the one that is shown. Where there is no room for all names they are
// shorter, and where there is none for these the others have their numbers alone.
func (a *App) tabLabels() []tabLabel {
	room, _ := a.tabRoom()
	room -= 2 // the frame's corners are wider than its sides
	label := func(name func(tab focus) string) (labels []tabLabel, cells int) {
		for i, tab := range a.tabs()[1:] {
			text := strings.TrimSpace(fmt.Sprintf("%d %s", i+1, name(tab)))
			if tab == a.side {
				text = "[" + text + "]"
			}
			labels = append(labels, tabLabel{tab, text})
			cells += len(text) + 1
		}
		return labels, cells - 1
	}
	for _, name := range []func(tab focus) string{
		func(tab focus) string { return tabName[tab] },
		func(tab focus) string { return cmp.Or(shortTabName[tab], tabName[tab]) },
	} {
		if labels, cells := label(name); cells <= room {
			return labels
		}
	}
	labels, _ := label(func(tab focus) string {
		if tab == a.side {
			return tabName[tab]
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

func indent(text string) string {
	return " " + strings.ReplaceAll(text, "\n", "\n ")
}

// footer is what there is to tell, and the keys.
func (a *App) footer() []string {
	if a.told {
		return a.notices()
	}
	return append(a.notices(), a.keysLine())
}

// notices are the toast, or what is going on.
func (a *App) notices() []string {
	t := a.theme
	switch {
	case a.toast != "":
		return strings.Split(t.warn.Render(wrap(a.toast, a.width)), "\n")
	case a.busy != nil && a.sheet == nil:
		return []string{a.spinner.View() + " asking the tenant…  " + a.hint(binding("esc", "cancel"))}
	}
	return nil
}

// tabRoom is how much room a tab has inside its frame.
func (a *App) tabRoom() (width, height int) {
	width, height = a.width-4, a.height-len(a.head())-len(a.notices())-2
	if a.width >= wideWindow {
		width -= phoneWidth + 1
	}
	if !a.told {
		height-- // the keys
	}
	return width, height
}

func (a *App) hint(binding key.Binding) string {
	help := binding.Help()
	return a.theme.key.Render(help.Key) + " " + help.Desc
}

// current are the keys of what has the focus.
func (a *App) current() []key.Binding {
	switch {
	case a.busy != nil && a.sheet == nil && a.focus == onPhone:
		return nil
	default:
		return a.focused().Keys()
	}
}

// theCommands opens the palette.
var theCommands = binding("ctrl+k", "commands")

// always are the keys that hold everywhere.
func (a *App) always() []key.Binding {
	var keys []key.Binding
	if a.palette == nil && a.width >= 60 { // in less room what the screen is about comes first
		keys = append(keys, binding("tab", a.nextTab()))
	}
	if a.focused().Typing() {
		keys = append(keys, binding("f1", "help"))
	} else {
		keys = append(keys, binding("?", "help"))
	}
	return append(keys, binding("ctrl+c", "quit"))
}

func (a *App) nextTab() string {
	tabs := a.tabs()
	return strings.ToLower(tabName[tabs[(slices.Index(tabs, a.focus)+1)%len(tabs)]])
}

// keysInLine are the keys that the last line has room for. Those that hold always keep their place at its end; help has
// them all.
func (a *App) keysInLine() []key.Binding {
	var shown []key.Binding
	room := a.width
	cells := func(binding key.Binding) int {
		return ansi.StringWidth(binding.Help().Key) + 1 + ansi.StringWidth(binding.Help().Desc) + ansi.StringWidth(keysApart)
	}
	for _, binding := range a.always() {
		room -= cells(binding)
	}
	room += ansi.StringWidth(keysApart)
	for _, binding := range append(a.current(), theCommands) {
		if cells(binding) <= room {
			shown = append(shown, binding)
			room -= cells(binding)
		}
	}
	return append(shown, a.always()...)
}

// keysApart stands between the keys of the last line.
const keysApart = " · "

func (a *App) keysLine() string {
	var hints []string
	for _, binding := range a.keysInLine() {
		hints = append(hints, a.hint(binding))
	}
	return strings.Join(hints, a.theme.dim.Render(keysApart))
}

// helpText lists every key that does something now.
func (a *App) helpText() string {
	var lines []string
	add := func(keys []key.Binding) {
		for _, binding := range keys {
			help := binding.Help()
			lines = append(lines, fmt.Sprintf("  %s %s", a.theme.key.Render(fmt.Sprintf("%-10s", help.Key)), help.Desc))
		}
	}
	lines = append(lines, "", a.theme.title.Render(" "+a.focused().Title()), "")
	add(a.current())
	for _, refusal := range refusals(a.focused()) {
		help := refusal.binding.Help()
		lines = append(lines, a.theme.dim.Render(fmt.Sprintf("  %-10s %s: %s", help.Key, help.Desc, refusal.why)))
	}
	lines = append(lines, "", a.theme.title.Render(" Everywhere"), "")
	add(a.always())
	add([]key.Binding{
		theCommands, binding("shift+tab", "the tab before"), binding("alt+1", "that tab; its number alone, where nothing is being typed"), binding("q", "quit, where nothing is being typed"), binding("ctrl+z", "suspend"),
	})
	lines = append(lines, "", a.theme.dim.Render(" ↑↓ scroll, any other key closes this"))
	return strings.Join(lines, "\n")
}
