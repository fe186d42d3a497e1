package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/sahilm/fuzzy"

	"example.com/hankosim/tui/kit"
)

// command is an entry of the palette.
type command struct {
	where string // the part of the window that it is of
	name  string
	key   string // that does the same; "" when there is none
	why   string // it cannot be done; "" when it can
	run   func() tea.Cmd
}

// commandPalette lists everything that can be done now, and filters the list by what is typed.
type commandPalette struct {
	kit.Still
	input    textinput.Model
	commands []command
	shown    []command
	choice   int
}

type (
	// closePaletteMsg closes the palette.
	closePaletteMsg struct{}
	// commandMsg closes the palette and runs the chosen command.
	commandMsg struct{ command command }
)

func newCommandPalette(theme *kit.Theme, commands []command) *commandPalette {
	p := &commandPalette{input: theme.NewInput("type to search", ""), commands: commands}
	p.input.Focus()
	p.narrow()
	return p
}

// commands returns everything that can be done now, each command once, followed by what cannot be done, with the reason.
func (a *App) commands() []command {
	var all, cannot []command
	of := func(part part) {
		target, listed := a.part(part), map[string]bool{}
		keys := target.Keys(a.situation(part))
		working := kit.Working(keys)
		slices.SortStableFunc(working, func(one, other kit.Key) int { return leaving(one) - leaving(other) })
		for _, key := range working {
			if key.Moves || key.Names[0] == "esc" && part != a.focus || listed[key.Help] {
				continue // ways to move, not something to do, or a second key for the same
			}
			listed[key.Help] = true
			all = append(all, a.commandOf(part, target, key))
		}
		for _, key := range kit.Idle(keys) {
			cannot = append(cannot, a.commandOf(part, target, key))
		}
	}
	of(a.focus)
	for i, part := range a.parts() {
		if part != a.focus {
			all = append(all, command{"Go to", strings.ToLower(partName[part]), fmt.Sprintf("alt+%d", i), "", func() tea.Cmd { return a.turnTo(part) }})
		}
	}
	for _, part := range a.parts() {
		if part != a.focus && (part == onPhone || part == a.side) {
			of(part)
		}
	}
	if a.options.Connect != nil && !a.tenant.Embedded {
		use := command{"Tenant", "use the embedded tenant", "", "", func() tea.Cmd { return a.openConnect(true) }}
		if a.sheet != nil {
			use.why = "Answer what the phone asks first."
			cannot = append(cannot, use)
		} else {
			all = append(all, use)
		}
	}
	all = append(all, command{"Window", "colours …", "", "", func() tea.Cmd { a.palette = newCommandPalette(a.theme, a.themes()); return nil }},
		a.windowCommand("f1", "help: the keys of this screen"), a.windowCommand("ctrl+c", "quit hankosim"))
	return append(all, cannot...)
}

// leaving ranks a key that leaves a page below its other keys: nobody opens the palette for it.
func leaving(key kit.Key) int {
	if key.Names[0] == "esc" {
		return 1
	}
	return 0
}

// themes returns the commands that change the theme.
func (a *App) themes() []command {
	var all []command
	for _, theme := range kit.Themes() {
		all = append(all, command{"Colours", string(theme), "", "", func() tea.Cmd {
			a.dressIn(theme)
			return kit.Toast("The theme is %s now; `theme: %s` in the configuration, or --theme %s, keeps it.", theme, theme, theme)
		}})
	}
	return all
}

// commandOf returns the command for a key of a part of the window.
func (a *App) commandOf(part part, target kit.Page, key kit.Key) command {
	return command{target.Title(), key.Help, key.Shown, key.Why, func() tea.Cmd {
		turned := a.turnTo(part)
		return tea.Batch(turned, a.answer(kit.Press(a.part(part), a.situation(part), kit.KeyMsg(key.Names[0]))))
	}}
}

// windowCommand returns the command for a key of the window.
func (a *App) windowCommand(key, name string) command {
	return command{"Window", name, key, "", func() tea.Cmd {
		key, _ := a.windowKey(key, whileTyping)
		return a.answer(key.Press(key.Names[0]))
	}}
}

// narrow filters the commands by what is typed, the best match first.
func (p *commandPalette) narrow() {
	p.choice = 0
	typed := strings.TrimSpace(p.input.Value())
	if typed == "" {
		p.shown = p.commands
		return
	}
	p.shown = nil
	for _, match := range fuzzy.FindFrom(typed, searchable(p.commands)) {
		p.shown = append(p.shown, p.commands[match.Index])
	}
}

// searchable implements fuzzy.Source.
type searchable []command

func (s searchable) String(i int) string { return s[i].where + " " + s[i].name }
func (s searchable) Len() int            { return len(s) }

// Keys implements Page.
func (p *commandPalette) Keys(kit.Situation) []kit.Key {
	closing := kit.PressFor(closePaletteMsg{})
	choose := kit.Moving("↑↓", "choose", p.choose, "up", "down", "ctrl+p", "ctrl+n")
	return []kit.Key{kit.NewKey("do it", func() tea.Msg { return p.run() }, "enter"), choose, kit.NewKey("close", closing, "esc"), kit.Unlisted(closing, "ctrl+k")}
}

func (p *commandPalette) choose(name string) {
	by := 1
	if name == "up" || name == "ctrl+p" {
		by = -1
	}
	p.choice = max(0, min(p.choice+by, len(p.shown)-1))
}

// Update narrows the list as a name is typed.
func (p *commandPalette) Update(_ kit.Situation, msg tea.Msg) tea.Msg {
	before := p.input.Value()
	cmd := kit.TypeInto(&p.input, msg)
	if p.input.Value() != before {
		p.narrow()
	}
	return cmd
}

// run runs the chosen command, or says why it cannot be done.
func (p *commandPalette) run() tea.Msg {
	if p.choice >= len(p.shown) {
		return kit.Toast("No command has that name.")
	}
	chosen := p.shown[p.choice]
	if chosen.why != "" {
		return kit.Toast("%s", chosen.why)
	}
	return commandMsg{chosen}
}

// View implements Page: the list around the chosen command, with headings while nothing is typed. The last row says why the
// chosen command cannot be done, or else how much of the list is out of sight.
func (p *commandPalette) View(s kit.Situation, width, height int) string {
	t := s.Theme
	t.StyleInput(&p.input)
	head := []string{t.Dim.Render("> ") + p.input.View(), ""}
	if height < 8 {
		head = head[:1]
	}
	if len(p.shown) == 0 {
		return strings.Join(append(head, t.Dim.Render(kit.Wrap("No command has that name. Type less of it.", width))), "\n")
	}
	grouped := strings.TrimSpace(p.input.Value()) == ""
	var rows []string
	chosen := 0
	for i, command := range p.shown {
		if heading := command.heading(); grouped && (i == 0 || heading != p.shown[i-1].heading()) {
			if i > 0 {
				rows = append(rows, "")
			}
			rows = append(rows, t.Dim.Render(kit.Clamp(heading, width, 1)))
		}
		if i == p.choice {
			chosen = len(rows)
		}
		rows = append(rows, command.row(t, width, i == p.choice, !grouped))
	}
	room := max(1, height-len(head)-1)
	first := min(max(0, chosen-room/2), max(0, len(rows)-room))
	if chosen < room {
		first = 0
	}
	lines := append(head, rows[first:min(first+room, len(rows))]...)
	for len(lines) < height-1 {
		lines = append(lines, "")
	}
	last, below := "", max(0, len(rows)-first-room)
	if why := p.shown[p.choice].why; why != "" {
		last = t.Warn.Render(kit.Clamp(why, width, 1))
	} else if first > 0 || below > 0 {
		last = t.Dim.Render(kit.MoreMark(first, below))
	}
	return strings.Join(append(lines, last), "\n")
}

// heading returns the heading that the command is listed under.
func (c command) heading() string {
	if c.why != "" {
		return "Not now"
	}
	return c.where
}

// row draws a command: its name and, right-aligned, its key.
func (c command) row(t *kit.Theme, width int, chosen, withWhere bool) string {
	name := "  " + c.name
	if withWhere {
		name += t.Dim.Render("  " + c.where)
	}
	if chosen {
		return t.SelectedRow(kit.Spread(name, c.key+" ", width), width)
	}
	if c.why != "" {
		name = t.Dim.Render(name)
	}
	return kit.Spread(name, t.Dim.Render(c.key)+" ", width)
}

// Typing reports true.
func (p *commandPalette) Typing() bool { return true }

// Title implements Page.
func (p *commandPalette) Title() string { return "What to do" }
