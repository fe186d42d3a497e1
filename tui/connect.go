package tui

import (
	"context"
	"errors"
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// Connection is a tenant that has answered, and how it can be kept.
type Connection struct {
	URL    string // as the configuration has it
	Survey hanko.Survey
	Name   string // what it is called: at first a name that is free, then the person's
	Path   string // the configuration file that it can be saved in
}

// Saved tells how a tenant was written into the configuration.
type Saved struct {
	Path   string // the file
	Beaten string // what the next start goes by instead, as in "HANKO_API_URL"; "" when nothing beats the file
}

// Reconnect is what a run ends with that is to go on, on another tenant.
type Reconnect struct {
	URL, Name string
	Saved     Saved // where the configuration has it; zero when it is for this time only
}

// wayBack is how the embedded tenant is had when the configuration has another.
const wayBack = "`hankosim --tenant embedded` starts on the embedded one, whatever is configured."

// connectPage takes the URL of a tenant of the person's own, shows what it is, and keeps it.
type connectPage struct {
	Still
	connect func(ctx context.Context, url string) (Connection, error) // asks what another tenant is
	write   func(Connection) (Saved, error)                           // saves one

	url textinput.Model

	found  *Connection // nil until a tenant has answered
	saved  *Saved      // nil until it is in the configuration
	name   textinput.Model
	choice connectChoice

	problem *login.Problem
	offset  int
}

// connectChoice is what has the focus when a tenant is found.
type connectChoice int

const (
	onName connectChoice = iota
	onSave
	onThisRun
	onBack
)

// What a command of this page brings back to it.
type (
	connectedMsg struct {
		page  *connectPage
		found Connection
		err   error
	}
	savedMsg struct {
		page  *connectPage
		saved Saved
		err   error
	}
)

// newConnectPage makes the page on which connect asks what another tenant is, and save writes one into the configuration.
func newConnectPage(s Situation, connect func(context.Context, string) (Connection, error), save func(Connection) (Saved, error)) *connectPage {
	p := &connectPage{connect: connect, write: save, url: s.Theme.newInput("https://<tenant_id>.hanko.io", ""), name: s.Theme.newInput("tenant", "")}
	p.url.CharLimit, p.name.CharLimit = 2048, 40
	p.url.Focus()
	return p
}

// Update types into the input that has the focus, and takes the answers of the tenant and the file.
func (p *connectPage) Update(_ Situation, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case connectedMsg:
		return p.answered(msg)
	case savedMsg:
		return p.written(msg)
	}
	switch {
	case p.found == nil:
		return typeInto(&p.url, msg)
	case p.Typing():
		return typeInto(&p.name, msg)
	}
	return nil
}

func (p *connectPage) focus(choice connectChoice) {
	if p.found == nil || p.saved != nil {
		return
	}
	p.choice = min(max(choice, onName), onBack)
	if p.choice == onName {
		p.name.Focus()
	} else {
		p.name.Blur()
	}
}

// back leads to the URL, and from there to the page below.
func (p *connectPage) back() tea.Msg {
	if p.found != nil && p.saved == nil {
		p.found, p.problem, p.offset = nil, nil, 0
		p.name.Blur()
		return p.url.Focus()
	}
	return CloseMsg{}
}

func (p *connectPage) enter() tea.Msg {
	switch {
	case p.saved != nil:
		return ReconnectMsg{Reconnect{URL: p.found.URL, Name: p.found.Name, Saved: *p.saved}}
	case p.found == nil:
		return p.ask()
	}
	switch p.choice {
	case onName:
		p.focus(onSave)
		return nil
	case onSave:
		return p.save()
	case onThisRun:
		return ReconnectMsg{Reconnect{URL: p.found.URL, Name: p.called()}}
	default:
		return p.back()
	}
}

// called is the name that the person leaves or gives.
func (p *connectPage) called() string {
	if name := strings.TrimSpace(p.name.Value()); name != "" {
		return name
	}
	return p.found.Name
}

// ask asks the tenant what it is.
func (p *connectPage) ask() tea.Msg {
	url, problem := completeURL(p.url.Value())
	if problem != nil {
		p.problem = problem
		return nil
	}
	p.problem = nil
	p.url.SetValue(url)
	p.url.CursorEnd()
	return WorkMsg{func(ctx context.Context) tea.Msg {
		found, err := p.connect(ctx, url)
		return connectedMsg{p, found, err}
	}}
}

// completeURL is hanko.CompleteURL, with a problem that can be shown.
func completeURL(text string) (string, *login.Problem) {
	url, err := hanko.CompleteURL(text)
	if err == nil {
		return url, nil
	}
	problem := login.ProblemOf("use this URL", err)
	var bad *hanko.URLError
	if errors.As(err, &bad) {
		problem.Sentence = "That is not a tenant's URL."
		problem.Cause = hanko.Printable(strings.ToUpper(bad.Reason[:1]) + bad.Reason[1:] + ".")
		problem.Remedy = "It looks like https://<tenant_id>.hanko.io or http://localhost:8000."
	}
	return "", &problem
}

// mayHoldPassword tells that a URL names a user, as none of a tenant does: what is pasted by mistake is not recorded.
func mayHoldPassword(url string) bool { return strings.Contains(url, "@") }

func (p *connectPage) answered(msg connectedMsg) tea.Msg {
	switch {
	case msg.page != p:
		return nil
	case canceled(msg.err):
		return Toast("Cancelled.")
	case msg.err != nil:
		problem := login.ProblemOf("connect the tenant", msg.err)
		p.problem, p.offset = &problem, 0
		return nil
	}
	p.url.Blur()
	p.found, p.offset = &msg.found, 0
	p.name.SetValue(msg.found.Name)
	p.name.CursorEnd()
	p.focus(onName)
	return nil
}

func canceled(err error) bool {
	var api *hanko.Error
	return errors.Is(err, context.Canceled) || errors.As(err, &api) && api.Kind == hanko.Canceled
}

func (p *connectPage) save() tea.Msg {
	wanted := *p.found
	wanted.Name = p.called()
	p.problem = nil
	return WorkMsg{func(context.Context) tea.Msg {
		saved, err := p.write(wanted)
		return savedMsg{p, saved, err}
	}}
}

func (p *connectPage) written(msg savedMsg) tea.Msg {
	if msg.page != p {
		return nil
	}
	if msg.err != nil {
		problem := notSaved(msg.err)
		p.problem, p.offset = &problem, 0
		return nil
	}
	p.found.Name = p.called()
	p.saved, p.offset = &msg.saved, 0
	p.name.Blur()
	return nil
}

func notSaved(err error) login.Problem {
	problem := login.ProblemOf("save the tenant", err)
	problem.Sentence = "The tenant was not saved, and nothing was changed."
	problem.Remedy = "It can be used for this run all the same."
	return problem
}

// Keys implements Page.
func (p *connectPage) Keys(Situation) []Key {
	enter, leave := "go on", "another URL"
	choose := Arrows("choose", func(name string) { p.focus(p.choice + connectChoice(Moved(name, 1))) })
	switch {
	case p.saved != nil:
		enter, leave, choose = "go on with it", "stay here", choose.unlisted()
	case p.found == nil:
		enter, leave, choose = "ask the tenant", "back", choose.unlisted()
	}
	return []Key{
		NewKey(enter, func() tea.Msg { return p.enter() }, "enter"), choose,
		NewKey(leave, func() tea.Msg { return p.back() }, "esc"),
	}
}

func (p *connectPage) Typing() bool {
	return p.saved == nil && (p.found == nil || p.choice == onName)
}
func (p *connectPage) Title() string { return "Your own tenant" }
