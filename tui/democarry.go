package tui

import (
	"reflect"

	tea "github.com/charmbracelet/bubbletea"
)

// carriedMsg is a message of an app's own commands, with the app that it is for: a player may have another by the time
// that it arrives.
type carriedMsg struct {
	app *App
	msg tea.Msg
}

// toApp gives the app a message.
func (p *demoPlayer) toApp(msg tea.Msg) tea.Cmd {
	_, cmd := p.app.Update(msg)
	return p.carry(cmd)
}

// carry has a command's messages come back to the app that wants them. While the story is played the app can neither
// quit nor hand the terminal to something else: its keys are the story's, not the person's.
func (p *demoPlayer) carry(cmd tea.Cmd) tea.Cmd {
	return carrier{p.app, p.state == taken}.command(cmd)
}

type carrier struct {
	app   *App
	taken bool // the person has the phone
}

func (c carrier) command(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg { return c.message(cmd()) }
}

var (
	bubbleTea = reflect.TypeFor[tea.QuitMsg]().PkgPath()
	commands  = reflect.TypeFor[[]tea.Cmd]()
)

// message wraps what is for the app. Bubble Tea's own messages are for its loop, and of most kinds the types are not
// exported; those that are lists of commands (tea.Batch and tea.Sequence) are carried command by command.
func (c carrier) message(msg tea.Msg) tea.Msg {
	kind := reflect.TypeOf(msg)
	switch {
	case msg == nil:
		return nil
	case kind.PkgPath() != bubbleTea:
		return carriedMsg{c.app, msg}
	case !kind.ConvertibleTo(commands):
		if c.taken {
			return msg
		}
		return nil
	}
	list := reflect.ValueOf(msg)
	carried := reflect.MakeSlice(kind, list.Len(), list.Len())
	for i := range list.Len() {
		carried.Index(i).Set(reflect.ValueOf(c.command(list.Index(i).Interface().(tea.Cmd))))
	}
	return carried.Interface()
}
