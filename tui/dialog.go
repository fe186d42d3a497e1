package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/tui/kit"
)

// The largest size of a box over the window.
const (
	dialogWidth  = 70
	dialogHeight = 20
)

// dialog returns the box of the palette or the help: centred, or the whole of a small window.
func (a *App) dialog(l layout) rect {
	width, height := min(dialogWidth, l.inner.width), min(dialogHeight, max(1, a.height-l.foot.height))
	if a.width < 40 || a.height < 10 {
		return rect{0, 0, a.width, max(1, a.height-l.foot.height)}
	}
	return rect{(a.width - width) / 2, (a.height - height) / 2, width, height}
}

// dialogView draws the palette or the help, with its title in the first row.
func (a *App) dialogView(box rect) string {
	if box.width < 8 || box.height < 6 {
		return a.dialogContent(box.width, box.height)
	}
	width, height := box.width-4, box.height-2
	title := "Keys"
	if !a.help {
		title = a.palette.Title()
	}
	return a.theme.Panel(a.theme.Title.Render(title)+"\n\n"+a.dialogContent(width, height-2), box.width, box.height)
}

func (a *App) dialogContent(width, height int) string {
	if a.help {
		var shown string
		shown, a.helpAt = a.theme.Scroll(a.helpText(width), a.helpAt, width, height)
		return shown
	}
	return a.palette.View(a.situation(a.focus), width, height)
}

// helpKeys returns the keys that work while the help is open.
func (a *App) helpKeys() []kit.Key {
	return []kit.Key{
		kit.Moving("↑↓", "scroll", func(name string) { a.turnHelp(name) }, "up", "down"),
		kit.NewKey("close", func() tea.Msg { return a.turnHelp("esc") }, "esc").As("any other key"),
	}
}

// helpText lists every key, with the reason for each that does nothing now.
func (a *App) helpText(width int) string {
	t := a.theme
	var lines []string
	add := func(keys []kit.Key) {
		for _, key := range keys {
			lines = append(lines, keyRow(t, key.Help, key.Shown, width))
		}
	}
	lines = append(lines, t.Dim.Render(a.focused().Title()))
	add(kit.Working(a.current()))
	for _, key := range kit.Idle(a.focused().Keys(a.situation(a.focus))) {
		lines = append(lines, t.Dim.Render(kit.Spread("  "+key.Help, key.Shown, width)),
			t.Dim.Render(kit.Indent(kit.Wrap(key.Why, max(1, width-4)), 4)))
	}
	lines = append(lines, "", t.Dim.Render("Everywhere"))
	always, others := a.listedWindowKeys()
	add(always)
	add(others)
	return strings.Join(lines, "\n")
}

// keyRow draws what a key does and, right-aligned, the key.
func keyRow(t *kit.Theme, does, key string, width int) string {
	room := width - 2 - ansi.StringWidth(key) - 1
	lines := strings.Split(kit.Wrap(does, max(8, room)), "\n")
	for i, line := range lines {
		lines[i] = "  " + line
	}
	lines[0] = kit.Spread(lines[0], t.Dim.Render(key), width)
	return strings.Join(lines, "\n")
}
