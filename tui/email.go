package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// emailPage is the app's first screen: an email, and "Sign in with a passkey" under it.
type emailPage struct {
	app     *App
	input   textinput.Model
	button  bool // the button has the focus, not the input
	problem *login.Problem
}

func newEmailPage(app *App, step login.EnterEmail) *emailPage {
	input := app.newInput("you@example.com", step.Email)
	input.Focus()
	return &emailPage{app: app, input: input, problem: step.Problem}
}

func (p *emailPage) Init() tea.Cmd { return nil }

func (p *emailPage) Update(msg tea.Msg) tea.Cmd {
	if pressed, ok := msg.(tea.KeyMsg); ok && !pasted(pressed) {
		switch pressed.String() {
		case "up", "down":
			p.button = !p.button
			if p.button {
				p.input.Blur()
				return nil
			}
			return p.input.Focus()
		case "ctrl+p":
			return p.passkey()
		case "ctrl+r":
			if p.app.asksToRemember {
				p.app.staySignedIn = !p.app.staySignedIn
				return nil
			}
		case "ctrl+o":
			return p.app.openConnect(p)
		case "ctrl+n":
			return p.submit(true)
		case "ctrl+d":
			p.problem = nil
			email := strings.TrimSpace(p.input.Value())
			return p.app.changePhone(func(phone *authenticator.Phone) *login.Walk {
				return login.New(p.app.options.Client, phone, email)
			})
		case "enter":
			if p.button {
				return p.passkey()
			}
			return p.submit(false)
		case "esc":
			return toast("This is the first screen. ctrl+c leaves hankosim.")
		}
		if p.button {
			return nil
		}
	}
	return typeInto(&p.input, msg)
}

func (p *emailPage) submit(create bool) tea.Cmd {
	email := strings.TrimSpace(p.input.Value())
	if email == "" {
		return toast("Type an email address first, or press ↓ and enter to sign in with a passkey.")
	}
	return act(login.SubmitEmail{Email: email, Create: create, Remember: p.app.staySignedIn})
}

func (p *emailPage) passkey() tea.Cmd {
	return act(login.SignInWithPasskey{Remember: p.app.staySignedIn})
}

// mayCreate tells that the person chooses between signing in and signing up: over the Flow API nobody else can.
func (p *emailPage) mayCreate() bool { return p.app.recognised.API == hanko.FlowAPI }

func (p *emailPage) View(width, height int) string {
	t := p.app.theme
	lines := []string{"", t.title.Render("Sign in"), ""}
	if height < 12 {
		lines = lines[1:2]
	}
	if p.app.options.Notice != "" && height >= 16 {
		lines = append(lines, t.dim.Render(wrap(hanko.Printable(p.app.options.Notice), width)), "")
	}
	if p.app.recognition != "" && height >= 16 && !p.app.knowsTenant() {
		lines = append(lines, t.dim.Render(wrap(p.app.recognition, width)), "")
	}
	lines = append(append(lines, "Email"), t.inputView(&p.input, width, !p.button)...)
	if p.problem != nil {
		lines = append(lines, describeProblem(t, *p.problem, width)...)
	}
	if p.app.asksToRemember {
		lines = append(lines, clamp(p.app.rememberBox(), width, 1))
	}
	lines = append(lines, "", t.button("Sign in with a passkey", p.button))
	if p.app.connectable() && p.app.options.Inbox != nil && height >= 16 {
		lines = append(lines, "", wrap(t.key.Render("ctrl+o")+" connects your own tenant.", width))
	}
	return strings.Join(lines, "\n")
}

// rememberBox is what `session.cookie.retention: prompt` asks.
func (a *App) rememberBox() string {
	box := "[ ]"
	if a.staySignedIn {
		box = "[x]"
	}
	return box + " Keep me signed in  " + a.theme.dim.Render("ctrl+r")
}

// knowsTenant tells that the tenant is hankosim's own, and that it has answered: what it is needs no words.
func (a *App) knowsTenant() bool { return a.options.Inbox != nil && a.recognised.API != "" }

func (p *emailPage) Keys() []key.Binding {
	if p.button {
		return append([]key.Binding{binding("enter", "sign in with a passkey"), binding("up", "to the email")}, p.moreKeys()...)
	}
	keys := []key.Binding{binding("enter", "continue")}
	if p.mayCreate() {
		keys = []key.Binding{binding("enter", "sign in"), binding("ctrl+n", "create an account")}
	}
	return append(append(keys, binding("ctrl+p", "passkey sign-in"), binding("up", "choose")), p.moreKeys()...)
}

// moreKeys are those that do something where there is something to be done.
func (p *emailPage) moreKeys() []key.Binding {
	var keys []key.Binding
	if p.app.asksToRemember && p.app.staySignedIn {
		keys = append(keys, binding("ctrl+r", "do not stay signed in"))
	} else if p.app.asksToRemember {
		keys = append(keys, binding("ctrl+r", "stay signed in"))
	}
	if p.app.connectable() {
		keys = append(keys, binding("ctrl+o", "connect your own tenant"))
	}
	return append(keys, p.app.otherPhone()...)
}

// Refusals are the keys that do nothing on this tenant, or with these phones.
func (p *emailPage) Refusals() []refusal {
	refused := p.app.noOtherPhone()
	if !p.mayCreate() {
		refused = append(refused, refuse("ctrl+n", "create an account", "This tenant says whether an address has a user: type it and press enter."))
	}
	return refused
}

func (p *emailPage) Typing() bool  { return !p.button }
func (p *emailPage) Ticking() bool { return false }
func (p *emailPage) Title() string { return "Email" }

// describeProblem is a problem in a few lines, for a screen that stays: the sentence, the tenant's words, the remedy.
func describeProblem(t *theme, problem login.Problem, width int) []string {
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
