package screen

import (
	"context"
	"errors"
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// Connect takes the URL of another tenant, shows what it is, and keeps it. Without a URL it is the embedded tenant.
type Connect struct {
	kit.Still
	connect func(ctx context.Context, url string) (kit.Connection, error) // asks what another tenant is
	toBegin bool                                                          // the page starts with the embedded tenant
	write   func(kit.Connection) (kit.Saved, error)                       // saves one

	url textinput.Model

	found  *kit.Connection // nil until a tenant has answered
	saved  *kit.Saved      // nil until it is in the configuration
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

// The messages of this page's commands.
type (
	connectedMsg struct {
		page  *Connect
		found kit.Connection
		err   error
	}
	savedMsg struct {
		page  *Connect
		saved kit.Saved
		err   error
	}
)

// NewConnect returns the page. connect asks what a tenant is, and save writes one to the configuration. With embedded, the
// page starts with the embedded tenant.
func NewConnect(s kit.Situation, connect func(context.Context, string) (kit.Connection, error), save func(kit.Connection) (kit.Saved, error), embedded bool) *Connect {
	p := &Connect{connect: connect, write: save, toBegin: embedded, url: s.Theme.NewInput("https://<tenant_id>.hanko.io", ""), name: s.Theme.NewInput("tenant", "")}
	p.url.CharLimit, p.name.CharLimit = 2048, 40
	p.url.Focus()
	return p
}

// Init looks the embedded tenant up if the page starts with it.
func (p *Connect) Init(kit.Situation) tea.Msg {
	if p.toBegin {
		return p.survey("", "")
	}
	return nil
}

// Update types into the input that has the focus, and takes the answers of the tenant and the file.
func (p *Connect) Update(_ kit.Situation, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case connectedMsg:
		return p.answered(msg)
	case savedMsg:
		return p.written(msg)
	}
	switch {
	case p.found == nil:
		return kit.TypeInto(&p.url, msg)
	case p.Typing():
		return kit.TypeInto(&p.name, msg)
	}
	return nil
}

func (p *Connect) focus(choice connectChoice) {
	if p.found == nil || p.saved != nil {
		return
	}
	first := onName
	if p.found.Embedded() {
		first = onSave // its name is fixed
	}
	p.choice = min(max(choice, first), onBack)
	if p.choice == onName {
		p.name.Focus()
	} else {
		p.name.Blur()
	}
}

// back leads to the URL, and from there to the page below.
func (p *Connect) back() tea.Msg {
	if p.found != nil && p.saved == nil && !p.toBegin {
		p.found, p.problem, p.offset = nil, nil, 0
		p.name.Blur()
		return p.url.Focus()
	}
	return kit.CloseMsg{}
}

func (p *Connect) enter() tea.Msg {
	switch {
	case p.saved != nil:
		return kit.ReconnectMsg{To: kit.Reconnect{URL: p.found.URL, Name: p.found.Name, Saved: *p.saved}}
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
		return kit.ReconnectMsg{To: kit.Reconnect{URL: p.found.URL, Name: p.called()}}
	default:
		return p.back()
	}
}

// called returns the name that the person typed, or the suggested one.
func (p *Connect) called() string {
	if name := strings.TrimSpace(p.name.Value()); name != "" {
		return name
	}
	return p.found.Name
}

// ask asks the tenant what it is.
func (p *Connect) ask() tea.Msg {
	url, note, problem := kit.CompleteURL(p.url.Value())
	if problem != nil {
		p.problem = problem
		return nil
	}
	p.problem = nil
	p.url.SetValue(url)
	p.url.CursorEnd()
	return p.survey(url, note)
}

// survey asks the tenant at a URL what it is; "" is the embedded tenant. note says how the URL was read.
func (p *Connect) survey(url, note string) tea.Msg {
	return kit.WorkMsg{Do: func(ctx context.Context) tea.Msg {
		found, err := p.connect(ctx, url)
		found.Note = note // also where the tenant did not answer: it may be why
		return connectedMsg{p, found, err}
	}}
}

func (p *Connect) answered(msg connectedMsg) tea.Msg {
	switch {
	case msg.page != p:
		return nil
	case canceled(msg.err):
		return kit.Toast("Cancelled.")
	case msg.err != nil:
		problem := login.ProblemOf("connect the tenant", msg.err)
		problem.Remedy = strings.TrimSpace(problem.Remedy + " " + msg.found.Note)
		p.problem, p.offset = &problem, 0
		return nil
	}
	p.url.Blur()
	p.found, p.offset = &msg.found, 0
	p.name.SetValue(msg.found.Name)
	p.name.CursorEnd()
	p.focus(onName)
	return kit.ChangedMsg{}
}

func canceled(err error) bool {
	var api *hanko.Error
	return errors.Is(err, context.Canceled) || errors.As(err, &api) && api.Kind == hanko.Canceled
}

func (p *Connect) save() tea.Msg {
	wanted := *p.found
	wanted.Name = p.called()
	p.problem = nil
	return kit.WorkMsg{Do: func(context.Context) tea.Msg {
		saved, err := p.write(wanted)
		return savedMsg{p, saved, err}
	}}
}

func (p *Connect) written(msg savedMsg) tea.Msg {
	if msg.page != p {
		return nil
	}
	if msg.err != nil {
		problem := kit.NotSaved(msg.err)
		p.problem, p.offset = &problem, 0
		return nil
	}
	p.found.Name = p.called()
	p.saved, p.offset = &msg.saved, 0
	p.name.Blur()
	return kit.ChangedMsg{}
}

// Keys implements Page.
func (p *Connect) Keys(s kit.Situation) []kit.Key {
	enter, leave := "go on", strings.ToLower(p.leaving()[:1])+p.leaving()[1:]
	choose := kit.Arrows("choose", func(name string) { p.focus(p.choice + connectChoice(kit.Moved(name, 1))) })
	switch {
	case p.saved != nil:
		enter, leave, choose = "continue with it", "stay here", choose.Unlisted()
	case p.found == nil:
		enter, leave, choose = "ask the tenant", "back", choose.Unlisted()
	}
	keys := []kit.Key{
		kit.NewKey(enter, func() tea.Msg { return p.enter() }, "enter"), choose,
		kit.NewKey(leave, func() tea.Msg { return p.back() }, "esc"),
	}
	if p.found == nil && !s.Tenant.Embedded {
		keys = append(keys, kit.NewKey("use the embedded tenant", func() tea.Msg { return p.survey("", "") }, "ctrl+t"))
	}
	return keys
}

// leaving says where esc leads to from a tenant that was found.
func (p *Connect) leaving() string {
	if p.toBegin {
		return "Back"
	}
	return "Another URL"
}

// connectText is the name of the key that opens this page.
func connectText(s kit.Situation) string {
	if s.Tenant.Embedded {
		return "connect your own tenant"
	}
	return "connect another tenant"
}

// Typing reports whether an input has the focus.
func (p *Connect) Typing() bool {
	return p.saved == nil && (p.found == nil || p.choice == onName)
}

// Title implements kit.Page.
func (p *Connect) Title() string { return "Another tenant" }
