package demo

import (
	"reflect"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/tui/terminal"
)

// appMsg is a message from one of the app's commands, with the app that it is for: the player may have another app when it
// arrives.
type appMsg struct {
	app App
	msg tea.Msg
}

// toApp passes a message to the app.
func (p *player) toApp(msg tea.Msg) tea.Cmd {
	_, cmd := p.app.Update(msg)
	return p.fromApp(cmd)
}

// fromApp sends the messages of an app's command back to that app. While the story plays, the app can neither quit nor hand
// over the terminal: the story presses its keys, not the person.
func (p *player) fromApp(cmd tea.Cmd) tea.Cmd {
	return envelope{p.app, p.state == taken}.command(cmd)
}

// envelope wraps the messages of an app's commands in appMsgs.
type envelope struct {
	app   App
	taken bool // the person has taken over
}

func (e envelope) command(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg { return e.message(cmd()) }
}

var bubbleTea = reflect.TypeFor[tea.QuitMsg]().PkgPath()

// message wraps a command's message for the player. Bubble Tea's own messages go to its loop; most of their types are not
// exported. In lists of commands (tea.Batch and tea.Sequence), each command is wrapped.
func (e envelope) message(msg tea.Msg) tea.Msg {
	list, isList := terminal.EachCommand(msg, e.command)
	switch {
	case msg == nil:
		return nil
	case isList:
		return list
	case reflect.TypeOf(msg).PkgPath() != bubbleTea:
		return appMsg{e.app, msg}
	case e.taken:
		return msg
	}
	return nil
}
