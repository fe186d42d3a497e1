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

// emailPage is the app's first screen: an input for the email address, and a button to sign in with a passkey.
type emailPage struct {
	kit.Still
	input   textinput.Model
	button  bool // the button has the focus, not the input
	problem *login.Problem
	offset  int // of what is scrolled in a small window
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
	email := hanko.CompleteEmail(p.input.Value())
	if email == "" {
		return kit.Toast("Type an email address first, or press ↓ and enter to sign in with a passkey.")
	}
	return kit.Act(login.SubmitEmail{Email: email, Create: create, Remember: s.StaySigned})
}

// mayCreate reports whether the person chooses between signing in and signing up, as they must over the Flow API.
func (p *emailPage) mayCreate(s kit.Situation) bool { return s.Tenant.API == hanko.FlowAPI }

func (p *emailPage) View(s kit.Situation, width, height int) string {
	t := s.Theme
	var top []string
	switch {
	case height >= 24:
		top = []string{kit.Centre("◈", width), "", kit.Centre(t.Title.Render("Example App"), width), kit.Centre(t.Dim.Render("Sign in or create an account"), width), "", ""}
	case height >= 14:
		top = []string{kit.Centre(t.Title.Render("Example App"), width), kit.Centre(t.Dim.Render("Sign in or create an account"), width), ""}
	}
	top = append(append(top, t.Dim.Render("Email")), t.InputView(&p.input, width, !p.button)...)
	if p.problem != nil && s.Waiting == "" {
		top = append(top, describeProblem(t, *p.problem, width)...)
	}
	if unknown := s.Tenant.Recognition; s.Tenant.API == "" && unknown != "" && p.problem == nil {
		top = append(top, t.Warn.Render(kit.Wrap(unknown, width)))
	}
	if s.Tenant.Unexpected != "" {
		top = append(top, t.Warn.Render(kit.Wrap(s.Tenant.Unexpected, width)))
	}
	if s.Tenant.AsksToRemember {
		top = append(top, kit.Clamp(rememberBox(s), width, 1))
	}
	first, second, text := kit.Primary, kit.Secondary, "Continue"
	if p.button {
		first, second = kit.Secondary, kit.Focused
	}
	if p.mayCreate(s) {
		text = "Sign in"
	}
	buttons := []string{s.Button(text, width, first)}
	if height >= 14 {
		buttons = append(buttons, orRule(t, width))
	}
	buttons = append(buttons, s.Button("Sign in with a passkey", width, second))
	var foot []string
	if p.mayCreate(s) && height >= 14 {
		foot = append(foot, t.QuietButton("ctrl+n  create an account", width))
	}
	if s.CanConnect && height >= 14 {
		foot = append(foot, t.QuietButton("ctrl+o  "+connectText(s), width))
	}
	if len(foot) > 0 && height >= 20 {
		foot = append(foot, "")
	}
	return s.Page(top, buttons, foot, &p.offset, width, height)
}

// orRule stands between two ways to sign in.
func orRule(t *kit.Theme, width int) string {
	rule := strings.Repeat("─", max(0, (width-8)/2))
	return t.Dim.Render(kit.Centre(rule+"   or   "+rule, width))
}

// rememberBox asks what `session.cookie.retention: prompt` wants to know.
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
		keys = append(keys, kit.NewKey(connectText(s), kit.PressFor(kit.OpenConnectMsg{}), "ctrl+o"))
	}
	keys = append(keys, otherPhone(s, func() tea.Msg {
		p.problem = nil
		email := hanko.CompleteEmail(p.input.Value())
		return kit.ChangePhoneMsg{Begin: func(client *hanko.Client, phone *authenticator.Phone) *login.Walk {
			return login.New(client, phone, email)
		}}
	}))
	if !p.mayCreate(s) {
		keys = append(keys, create.Unless("This tenant says whether an address has a user: type it and press enter."))
	}
	return append(keys, kit.Unlisted(kit.PressToast("This is the first screen. Press ctrl+c to quit hankosim."), "esc"))
}

func (p *emailPage) Typing() bool  { return !p.button }
func (p *emailPage) Title() string { return "Email" }
