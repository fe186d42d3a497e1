package tui

import (
	"context"
	"errors"
	"strings"

	"github.com/charmbracelet/bubbles/key"
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
	app  *App
	from page // where esc leads
	url  textinput.Model

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

// connectable tells that another tenant can be connected.
func (a *App) connectable() bool { return a.options.Connect != nil }

// openConnect brings up the page; nothing of the one below is lost.
func (a *App) openConnect(from page) tea.Cmd {
	if !a.connectable() {
		return nil
	}
	p := &connectPage{app: a, from: from, url: a.newInput("https://<tenant_id>.hanko.io", ""), name: a.newInput("tenant", "")}
	p.url.CharLimit, p.name.CharLimit = 2048, 40
	a.page, a.shownAt = p, a.now()
	return p.url.Focus()
}

func (p *connectPage) Init() tea.Cmd { return nil }

func (p *connectPage) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case connectedMsg:
		return p.answered(msg)
	case savedMsg:
		return p.written(msg)
	case tea.KeyMsg:
		if !pasted(msg) {
			if cmd, done := p.pressed(msg.String()); done {
				return cmd
			}
		}
	}
	switch {
	case p.found == nil:
		return typeInto(&p.url, msg)
	case p.Typing():
		return typeInto(&p.name, msg)
	}
	return nil
}

// pressed does what a key means here; done is false for one that is typed.
func (p *connectPage) pressed(name string) (cmd tea.Cmd, done bool) {
	switch name {
	case "esc":
		return p.back(), true
	case "enter":
		return p.enter(), true
	case "up":
		return p.focus(p.choice - 1), true
	case "down":
		return p.focus(p.choice + 1), true
	}
	return nil, !p.Typing()
}

func (p *connectPage) focus(choice connectChoice) tea.Cmd {
	if p.found == nil || p.saved != nil {
		return nil
	}
	p.choice = min(max(choice, onName), onBack)
	if p.choice == onName {
		return p.name.Focus()
	}
	p.name.Blur()
	return nil
}

// back leads to the URL, and from there to the page below.
func (p *connectPage) back() tea.Cmd {
	if p.found != nil && p.saved == nil {
		p.found, p.problem, p.offset = nil, nil, 0
		p.name.Blur()
		return p.url.Focus()
	}
	p.app.page, p.app.shownAt = p.from, p.app.now()
	return nil
}

func (p *connectPage) enter() tea.Cmd {
	switch {
	case p.saved != nil:
		return p.app.reconnect(Reconnect{URL: p.found.URL, Name: p.found.Name, Saved: *p.saved})
	case p.found == nil:
		return p.ask()
	}
	switch p.choice {
	case onName:
		return p.focus(onSave)
	case onSave:
		return p.save()
	case onThisRun:
		return p.app.reconnect(Reconnect{URL: p.found.URL, Name: p.called()})
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
func (p *connectPage) ask() tea.Cmd {
	url, problem := completeURL(p.url.Value())
	if problem != nil {
		p.problem = problem
		return nil
	}
	p.problem = nil
	p.url.SetValue(url)
	p.url.CursorEnd()
	connect := p.app.options.Connect
	return p.app.wait(func(ctx context.Context) tea.Msg {
		found, err := connect(ctx, url)
		return connectedMsg{p, found, err}
	})
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

func (p *connectPage) answered(msg connectedMsg) tea.Cmd {
	if msg.page != p {
		return nil
	}
	p.app.rested()
	switch {
	case canceled(msg.err):
		return toast("Cancelled.")
	case msg.err != nil:
		problem := login.ProblemOf("connect the tenant", msg.err)
		p.problem, p.offset = &problem, 0
		return nil
	}
	p.url.Blur()
	p.found, p.offset, p.app.shownAt = &msg.found, 0, p.app.now()
	p.name.SetValue(msg.found.Name)
	p.name.CursorEnd()
	return p.focus(onName)
}

func canceled(err error) bool {
	var api *hanko.Error
	return errors.Is(err, context.Canceled) || errors.As(err, &api) && api.Kind == hanko.Canceled
}

func (p *connectPage) save() tea.Cmd {
	wanted, save := *p.found, p.app.options.SaveTenant
	wanted.Name = p.called()
	p.problem = nil
	return p.app.wait(func(context.Context) tea.Msg {
		saved, err := save(wanted)
		return savedMsg{p, saved, err}
	})
}

func (p *connectPage) written(msg savedMsg) tea.Cmd {
	if msg.page != p {
		return nil
	}
	p.app.rested()
	if msg.err != nil {
		problem := notSaved(msg.err)
		p.problem, p.offset = &problem, 0
		return nil
	}
	p.found.Name = p.called()
	p.saved, p.offset, p.app.shownAt = &msg.saved, 0, p.app.now()
	p.name.Blur()
	return nil
}

func notSaved(err error) login.Problem {
	problem := login.ProblemOf("save the tenant", err)
	problem.Sentence = "The tenant was not saved, and nothing was changed."
	problem.Remedy = "It can be used for this run all the same."
	return problem
}

// reconnect ends this run, for another on that tenant.
func (a *App) reconnect(next Reconnect) tea.Cmd {
	a.next = &next
	return tea.Quit
}

func (p *connectPage) Keys() []key.Binding {
	switch {
	case p.saved != nil:
		return []key.Binding{binding("enter", "go on with it"), binding("esc", "stay here")}
	case p.found == nil:
		return []key.Binding{binding("enter", "ask the tenant"), binding("esc", "back")}
	}
	return []key.Binding{binding("enter", "go on"), binding("up", "choose", "down"), binding("esc", "another URL")}
}

func (p *connectPage) Typing() bool {
	return p.saved == nil && (p.found == nil || p.choice == onName)
}
func (p *connectPage) Ticking() bool { return false }
func (p *connectPage) Title() string { return "Your own tenant" }
