package tui

import (
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

// head is the status line and, where the phone misbehaves, how.
func (a *App) head() []string {
	if how := a.options.misbehaviour(); how != "" {
		return []string{a.status(), a.theme.warn.Render(clamp("! "+how, a.width, 1))}
	}
	return []string{a.status()}
}

// status is the line that says which tenant, over which API, with which phone.
func (a *App) status() string {
	t := a.theme
	parts := []string{
		t.accent.Render("hankosim"),
		hanko.Printable(a.options.Tenant) + " " + t.dim.Render(hanko.Printable(a.options.Client.BaseURL())+a.api()),
		a.phone.Profile().Label + a.strictly(),
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
		shown, a.helpAt = a.theme.scroll(a.helpText(), a.helpAt, max(1, width-2), max(1, height-2))
		return a.theme.box("Keys", shown, width, height, true)
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

func (a *App) phoneView(width, height int) string {
	inner := max(1, width-4)
	title := a.phone.Profile().Label + " · " + a.page.Title()
	shown := a.page
	if a.sheet != nil {
		shown = a.sheet
	}
	switch {
	case width < 8 || height < 4:
		return pad(shown.View(max(1, width), max(1, height)), width, height)
	case a.sheet != nil && width >= 30 && height >= 18:
		return a.theme.box(title, a.underSheet(width-2, height-2), width, height, a.focus == onPhone)
	case a.sheet != nil:
		title = a.sheet.Title() + " asks"
	}
	content := indent(clamp(shown.View(inner, height-2), inner, height-2))
	return a.theme.box(title, content, width, height, a.focus == onPhone)
}

// underSheet draws the sheet at the foot of the phone, over the page, which is dimmed.
func (a *App) underSheet(width, height int) string {
	sheet := a.sheet.View(width-6, height-4)
	rows := min(strings.Count(sheet, "\n")+3, height)
	framed := a.theme.box(a.sheet.Title()+" asks", indent(sheet), width-2, rows, true)
	page := ansi.Strip(pad(indent(a.page.View(width-2, height-rows)), width, height-rows))
	return a.theme.dim.Render(page) + "\n" + indent(framed)
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

// tabTitle names all tabs by number and marks the one that is shown.
func (a *App) tabTitle() string {
	var shown []string
	for i, tab := range a.tabs() {
		switch {
		case tab == onPhone:
			continue
		case tab == a.side:
			shown = append(shown, fmt.Sprintf("[%d %s]", i, tabName[tab]))
		default:
			shown = append(shown, fmt.Sprintf("%d %s", i, tabName[tab]))
		}
	}
	return strings.Join(shown, " ")
}

func indent(text string) string {
	return " " + strings.ReplaceAll(text, "\n", "\n ")
}

// footer is the toast or what is going on, and the keys.
func (a *App) footer() []string {
	t := a.theme
	var lines []string
	switch {
	case a.toast != "":
		lines = strings.Split(t.warn.Render(wrap(a.toast, a.width)), "\n")
	case a.busy != nil && a.sheet == nil:
		lines = []string{a.spinner.View() + " asking the tenant…  " + a.hint(binding("esc", "cancel"))}
	}
	return append(lines, a.keysLine())
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

// always are the keys that hold everywhere.
func (a *App) always() []key.Binding {
	keys := []key.Binding{binding("tab", a.nextTab())}
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

// keysLine lists the keys in one line. The keys that hold always keep their place at its end; of the others as many
// are shown as there is room for, and help has them all.
func (a *App) keysLine() string {
	separator := a.theme.dim.Render(" · ")
	var tail []string
	for _, binding := range a.always() {
		tail = append(tail, a.hint(binding))
	}
	end := strings.Join(tail, separator)
	line := ""
	for _, binding := range a.current() {
		next := a.hint(binding) + separator
		if ansi.StringWidth(line)+ansi.StringWidth(next)+ansi.StringWidth(end) > a.width {
			continue
		}
		line += next
	}
	return line + end
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
	lines = append(lines, "", a.theme.title.Render(" Everywhere"), "")
	add(a.always())
	add([]key.Binding{
		binding("shift+tab", "the tab before"), binding("q", "quit, where nothing is being typed"), binding("ctrl+z", "suspend"),
	})
	lines = append(lines, "", a.theme.dim.Render(" ↑↓ scroll, any other key closes this"))
	return strings.Join(lines, "\n")
}
