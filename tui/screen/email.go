package screen

import (
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// emailPage is the app's first screen: an email, and "Sign in with a passkey" under it.
type emailPage struct {
	kit.Still
	input   textinput.Model
	button  bool // the button has the focus, not the input
	problem *login.Problem
}

func newEmailPage(s kit.Situation, step login.EnterEmail) *emailPage {
	input := s.Theme.NewInput("you@example.com", step.Email)
	input.Focus()
	return &emailPage{input: input, problem: step.Problem}
}

// Update types into the input.
func (p *emailPage) Update(_ kit.Situation, msg tea.Msg) tea.Msg {
	if p.button {
		return nil
	}
	return kit.TypeInto(&p.input, msg)
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

func (p *emailPage) submit(s kit.Situation, create bool) tea.Msg {
	email := strings.TrimSpace(p.input.Value())
	if email == "" {
		return kit.Toast("Type an email address first, or press ↓ and enter to sign in with a passkey.")
	}
	return kit.Act(login.SubmitEmail{Email: email, Create: create, Remember: s.StaySigned})
}

// mayCreate reports whether the person chooses between signing in and signing up: over the Flow API nobody else can.
func (p *emailPage) mayCreate(s kit.Situation) bool { return s.Tenant.API == hanko.FlowAPI }

func (p *emailPage) View(s kit.Situation, width, height int) string {
	t := s.Theme
	lines := []string{"", t.Title.Render("Sign in"), ""}
	if height < 12 {
		lines = lines[1:2]
	}
	if s.Notice != "" && height >= 16 {
		lines = append(lines, t.Dim.Render(kit.Wrap(hanko.Printable(s.Notice), width)), "")
	}
	if s.Tenant.Recognition != "" && height >= 16 && !(s.Tenant.Embedded && s.Tenant.API != "") {
		lines = append(lines, t.Dim.Render(kit.Wrap(s.Tenant.Recognition, width)), "")
	}
	lines = append(append(lines, "Email"), t.InputView(&p.input, width, !p.button)...)
	if p.problem != nil {
		lines = append(lines, describeProblem(t, *p.problem, width)...)
	}
	if s.Tenant.AsksToRemember {
		lines = append(lines, kit.Clamp(rememberBox(s), width, 1))
	}
	lines = append(lines, "", t.Button("Sign in with a passkey", p.button))
	if s.CanConnect && s.Tenant.Embedded && height >= 16 {
		lines = append(lines, "", kit.Wrap(t.Key.Render("ctrl+o")+" connects your own tenant.", width))
	}
	return strings.Join(lines, "\n")
}

// rememberBox is what `session.cookie.retention: prompt` asks.
func rememberBox(s kit.Situation) string {
	box := "[ ]"
	if s.StaySigned {
		box = "[x]"
	}
	return box + " Keep me signed in  " + s.Theme.Dim.Render("ctrl+r")
}

// Keys implements Page.
func (p *emailPage) Keys(s kit.Situation) []kit.Key {
	passkey := kit.PressAct(login.SignInWithPasskey{Remember: s.StaySigned})
	var keys []kit.Key
	if p.button {
		keys = []kit.Key{kit.NewKey("sign in with a passkey", passkey, "enter"), kit.Arrows("to the email", p.turn), kit.Unlisted(passkey, "ctrl+p")}
	} else {
		enter := "continue"
		if p.mayCreate(s) {
			enter = "sign in"
		}
		keys = []kit.Key{kit.NewKey(enter, func() tea.Msg { return p.submit(s, false) }, "enter")}
	}
	create := kit.NewKey("create an account", func() tea.Msg { return p.submit(s, true) }, "ctrl+n")
	switch {
	case p.mayCreate(s) && p.button:
		keys = append(keys, create.Unlisted())
	case p.mayCreate(s):
		keys = append(keys, create)
	}
	if !p.button {
		keys = append(keys, kit.NewKey("passkey sign-in", passkey, "ctrl+p"), kit.Arrows("choose", p.turn))
	}
	if s.Tenant.AsksToRemember {
		help := "stay signed in"
		if s.StaySigned {
			help = "do not stay signed in"
		}
		keys = append(keys, kit.NewKey(help, kit.PressFor(kit.ToggleStaySignedInMsg{}), "ctrl+r"))
	}
	if s.CanConnect {
		keys = append(keys, kit.NewKey("connect your own tenant", kit.PressFor(kit.OpenConnectMsg{}), "ctrl+o"))
	}
	keys = append(keys, otherPhone(s, func() tea.Msg {
		p.problem = nil
		email := strings.TrimSpace(p.input.Value())
		return kit.ChangePhoneMsg{Begin: func(client *hanko.Client, phone *authenticator.Phone) *login.Walk {
			return login.New(client, phone, email)
		}}
	}))
	if !p.mayCreate(s) {
		keys = append(keys, create.Unless("This tenant says whether an address has a user: type it and press enter."))
	}
	return append(keys, kit.Unlisted(kit.PressToast("This is the first screen. ctrl+c leaves hankosim."), "esc"))
}

func (p *emailPage) Typing() bool  { return !p.button }
func (p *emailPage) Title() string { return "Email" }
