package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/sahilm/fuzzy"
)

// command is something that can be done now, under a name that can be searched for.
type command struct {
	where string // the part of the window that it is of
	name  string
	key   string // that does the same; "" when there is none
	why   string // it cannot be done; "" when it can
	run   func() tea.Cmd
}

// commandPalette lists everything that can be done now, on the phone and beside it, and narrows the list as a name is typed.
type commandPalette struct {
	still
	app      *App
	input    textinput.Model
	commands []command
	shown    []command
	choice   int
}

func newCommandPalette(app *App) *commandPalette {
	p := &commandPalette{app: app, input: app.newInput("what to do", "")}
	p.input.Focus()
	p.commands = app.commands()
	p.narrow()
	return p
}

// commands are all that can be done now.
func (a *App) commands() []command {
	var all, cannot []command
	of := func(part focus) {
		target := a.part(part)
		for _, binding := range target.Keys() {
			name := binding.Keys()[0]
			if slices.Contains([]string{"up", "pgdown", "J"}, name) || name == "esc" && part != a.focus {
				continue // ways to move, not something to do
			}
			all = append(all, a.commandOf(part, target, binding, ""))
		}
		for _, refused := range refusals(target) {
			cannot = append(cannot, a.commandOf(part, target, refused.binding, refused.why))
		}
	}
	of(a.focus)
	for i, tab := range a.tabs() {
		if tab != a.focus {
			all = append(all, command{"Go to", strings.ToLower(tabName[tab]), fmt.Sprintf("alt+%d", i), "", func() tea.Cmd { return a.turnTo(tab) }})
		}
	}
	for _, part := range a.tabs() {
		if part != a.focus && (part == onPhone || part == a.side) {
			of(part)
		}
	}
	for _, theme := range Themes() {
		all = append(all, command{"Theme", string(theme), "", "", func() tea.Cmd {
			a.dressIn(theme)
			return toast("The theme is %s now; `theme: %s` in the configuration, or --theme %s, keeps it.", theme, theme, theme)
		}})
	}
	all = append(all,
		command{"Window", "help: the keys of this screen", "f1", "", func() tea.Cmd { a.help = true; return nil }},
		command{"Window", "quit hankosim", "ctrl+c", "", func() tea.Cmd { return tea.Quit }})
	return append(all, cannot...)
}

// commandOf is a key of a part of the window as a command.
func (a *App) commandOf(part focus, target page, bound key.Binding, why string) command {
	name := bound.Keys()[0]
	return command{target.Title(), bound.Help().Desc, bound.Help().Key, why, func() tea.Cmd {
		turned := a.turnTo(part)
		return tea.Batch(turned, a.part(part).Update(keyMsg(name)))
	}}
}

// keyMsg is the key with a name, as tea.KeyMsg.String has it.
func keyMsg(name string) tea.KeyMsg {
	name, alt := strings.CutPrefix(name, "alt+")
	if name == " " {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}, Alt: alt} // as a terminal's input brings it
	}
	for kind := tea.KeyType(-100); kind <= 127; kind++ { // around ASCII's control characters
		if kind != tea.KeyRunes && (tea.Key{Type: kind}).String() == name {
			return tea.KeyMsg{Type: kind, Alt: alt}
		}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name), Alt: alt}
}

// narrow lists the commands that what is typed may mean, the likeliest first.
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

// searchable are commands as the search sees them.
type searchable []command

func (s searchable) String(i int) string { return s[i].where + " " + s[i].name }
func (s searchable) Len() int            { return len(s) }

func (p *commandPalette) Update(msg tea.Msg) tea.Cmd {
	if pressed, ok := msg.(tea.KeyMsg); ok && !pasted(pressed) {
		switch pressed.String() {
		case "esc", "ctrl+k":
			p.app.palette = nil
			return nil
		case "up", "ctrl+p":
			p.choice = max(0, p.choice-1)
			return nil
		case "down", "ctrl+n":
			p.choice = max(0, min(p.choice+1, len(p.shown)-1))
			return nil
		case "enter":
			return p.run()
		}
	}
	before := p.input.Value()
	cmd := typeInto(&p.input, msg)
	if p.input.Value() != before {
		p.narrow()
	}
	return cmd
}

// run does what is chosen, or says why that cannot be done.
func (p *commandPalette) run() tea.Cmd {
	if p.choice >= len(p.shown) {
		return toast("Nothing is called that.")
	}
	chosen := p.shown[p.choice]
	if chosen.why != "" {
		return toast("%s", chosen.why)
	}
	p.app.palette = nil
	return chosen.run()
}

func (p *commandPalette) View(width, height int) string {
	t := p.app.theme
	lines := t.inputView(&p.input, width, true)
	room := max(1, height-len(lines))
	if len(p.shown) == 0 {
		return strings.Join(append(lines, t.dim.Render(wrap("Nothing is called that. Type less of it.", width))), "\n")
	}
	first := min(max(0, p.choice-room/2), max(0, len(p.shown)-room))
	widest := 0
	for _, command := range p.shown {
		widest = max(widest, len([]rune(command.where)))
	}
	for i, command := range p.shown[first:min(first+room, len(p.shown))] {
		where := command.where + strings.Repeat(" ", max(0, widest-len([]rune(command.where))))
		name := command.name
		if command.why != "" {
			name = t.dim.Render(name + ": " + command.why)
		}
		line := t.dim.Render(where) + "  " + name
		if command.key != "" {
			line += "  " + t.key.Render(command.key)
		}
		lines = append(lines, t.row(clamp(line, width-2, 1), first+i == p.choice))
	}
	return strings.Join(lines, "\n")
}

func (p *commandPalette) Keys() []key.Binding {
	return []key.Binding{binding("enter", "do it"), binding("up", "choose", "down"), binding("esc", "close")}
}

func (p *commandPalette) Typing() bool  { return true }
func (p *commandPalette) Title() string { return "What to do" }

// refusal is a key that does nothing now, and why.
type refusal struct {
	binding key.Binding
	why     string // a sentence
}

// refusing is a page whose keys do not all do something now.
type refusing interface {
	// Refusals are the keys that it would have in other circumstances.
	Refusals() []refusal
}

func refuse(keys, help, why string) refusal { return refusal{binding(keys, help), why} }

func refusals(target page) []refusal {
	if refuses, ok := target.(refusing); ok {
		return refuses.Refusals()
	}
	return nil
}

// refused is why a page does nothing for a key now; "" when the key is not one of those.
func refused(target page, name string) string {
	for _, refusal := range refusals(target) {
		if slices.Contains(refusal.binding.Keys(), name) {
			return refusal.why
		}
	}
	return ""
}
