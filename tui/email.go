package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// emailPage is the app's first screen: an email, and "Sign in with a passkey" under it.
type emailPage struct {
	Still
	input   textinput.Model
	button  bool // the button has the focus, not the input
	problem *login.Problem
}

func newEmailPage(s Situation, step login.EnterEmail) *emailPage {
	input := s.Theme.newInput("you@example.com", step.Email)
	input.Focus()
	return &emailPage{input: input, problem: step.Problem}
}

// Update types into the input.
func (p *emailPage) Update(_ Situation, msg tea.Msg) tea.Msg {
	if p.button {
		return nil
	}
	return typeInto(&p.input, msg)
}

// turn moves between the input and the button.
func (p *emailPage) turn(string) {
	p.button = !p.button
	if p.button {
		p.input.Blur()
	} else {
		p.input.Focus()
	}
}

func (p *emailPage) submit(s Situation, create bool) tea.Msg {
	email := strings.TrimSpace(p.input.Value())
	if email == "" {
		return Toast("Type an email address first, or press ↓ and enter to sign in with a passkey.")
	}
	return Act(login.SubmitEmail{Email: email, Create: create, Remember: s.StaySigned})
}

// mayCreate reports whether the person chooses between signing in and signing up: over the Flow API nobody else can.
func (p *emailPage) mayCreate(s Situation) bool { return s.Tenant.API == hanko.FlowAPI }

func (p *emailPage) View(s Situation, width, height int) string {
	t := s.Theme
	lines := []string{"", t.title.Render("Sign in"), ""}
	if height < 12 {
		lines = lines[1:2]
	}
	if s.Notice != "" && height >= 16 {
		lines = append(lines, t.dim.Render(wrap(hanko.Printable(s.Notice), width)), "")
	}
	if s.Tenant.Recognition != "" && height >= 16 && !(s.Tenant.Embedded && s.Tenant.API != "") {
		lines = append(lines, t.dim.Render(wrap(s.Tenant.Recognition, width)), "")
	}
	lines = append(append(lines, "Email"), t.inputView(&p.input, width, !p.button)...)
	if p.problem != nil {
		lines = append(lines, describeProblem(t, *p.problem, width)...)
	}
	if s.Tenant.AsksToRemember {
		lines = append(lines, clamp(rememberBox(s), width, 1))
	}
	lines = append(lines, "", t.button("Sign in with a passkey", p.button))
	if s.CanConnect && s.Tenant.Embedded && height >= 16 {
		lines = append(lines, "", wrap(t.key.Render("ctrl+o")+" connects your own tenant.", width))
	}
	return strings.Join(lines, "\n")
}

// rememberBox is what `session.cookie.retention: prompt` asks.
func rememberBox(s Situation) string {
	box := "[ ]"
	if s.StaySigned {
		box = "[x]"
	}
	return box + " Keep me signed in  " + s.Theme.dim.Render("ctrl+r")
}

// Keys implements Page.
func (p *emailPage) Keys(s Situation) []Key {
	passkey := pressAct(login.SignInWithPasskey{Remember: s.StaySigned})
	var keys []Key
	if p.button {
		keys = []Key{NewKey("sign in with a passkey", passkey, "enter"), Arrows("to the email", p.turn), Unlisted(passkey, "ctrl+p")}
	} else {
		enter := "continue"
		if p.mayCreate(s) {
			enter = "sign in"
		}
		keys = []Key{NewKey(enter, func() tea.Msg { return p.submit(s, false) }, "enter")}
	}
	create := NewKey("create an account", func() tea.Msg { return p.submit(s, true) }, "ctrl+n")
	switch {
	case p.mayCreate(s) && p.button:
		keys = append(keys, create.unlisted())
	case p.mayCreate(s):
		keys = append(keys, create)
	}
	if !p.button {
		keys = append(keys, NewKey("passkey sign-in", passkey, "ctrl+p"), Arrows("choose", p.turn))
	}
	if s.Tenant.AsksToRemember {
		help := "stay signed in"
		if s.StaySigned {
			help = "do not stay signed in"
		}
		keys = append(keys, NewKey(help, pressFor(ToggleStaySignedInMsg{}), "ctrl+r"))
	}
	if s.CanConnect {
		keys = append(keys, NewKey("connect your own tenant", pressFor(OpenConnectMsg{}), "ctrl+o"))
	}
	keys = append(keys, otherPhone(s, func() tea.Msg {
		p.problem = nil
		email := strings.TrimSpace(p.input.Value())
		return ChangePhoneMsg{func(client *hanko.Client, phone *authenticator.Phone) *login.Walk {
			return login.New(client, phone, email)
		}}
	}))
	if !p.mayCreate(s) {
		keys = append(keys, create.Unless("This tenant says whether an address has a user: type it and press enter."))
	}
	return append(keys, Unlisted(pressToast("This is the first screen. ctrl+c leaves hankosim."), "esc"))
}

// otherPhone is the key that changes the phone.
func otherPhone(s Situation, change func() tea.Msg) Key {
	return NewKey("other phone", change, "ctrl+d").
		Unless(unlessSo(s.MorePhones, "There is one phone only. The configuration can name others, under phones."))
}

func (p *emailPage) Typing() bool  { return !p.button }
func (p *emailPage) Title() string { return "Email" }

// describeProblem is a problem in a few lines, for a screen that stays: the sentence, the tenant's words, the remedy.
func describeProblem(t *Theme, problem login.Problem, width int) []string {
	lines := []string{t.bad.Render(wrap("✗ "+problem.Sentence, width))}
	if problem.Said != "" {
		lines = append(lines, t.dim.Render(wrap(hanko.Printable(problem.Said), width)))
	}
	for _, text := range []string{problem.Cause, problem.Remedy} {
		if text != "" {
			lines = append(lines, wrap(hanko.Printable(text), width))
		}
	}
	return lines
}
