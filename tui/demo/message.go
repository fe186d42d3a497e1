package demo

import (
	"reflect"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/tui/terminal"
)

// appMsg is a message of an app's own commands, with the app that it is for: a player may have another by the time that
// it arrives.
type appMsg struct {
	app App
	msg tea.Msg
}

// toApp gives the app a message.
func (p *player) toApp(msg tea.Msg) tea.Cmd {
	_, cmd := p.app.Update(msg)
	return p.fromApp(cmd)
}

// fromApp has the messages of an app's command come back to that app. While the story is played the app can neither quit
// nor hand the terminal to something else: its keys are the story's, not the person's.
func (p *player) fromApp(cmd tea.Cmd) tea.Cmd {
	return envelope{p.app, p.state == taken}.command(cmd)
}

// envelope puts the messages of an app's commands into appMsgs.
type envelope struct {
	app   App
	taken bool // the person has the phone
}

func (e envelope) command(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg { return e.message(cmd()) }
}

var bubbleTea = reflect.TypeFor[tea.QuitMsg]().PkgPath()

// message is what a command has brought, for the player. Bubble Tea's own messages are for its loop, and of most kinds the
// types are not exported; of those that are lists of commands (tea.Batch and tea.Sequence) each command is wrapped.
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
