package tui

import (
	"slices"
	"strings"
	"unicode"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

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
	input := textinput.New()
	input.Prompt = ""
	input.Placeholder = "you@example.com"
	input.CharLimit = 254 // RFC 5321: no address is longer
	input.PromptStyle, input.TextStyle = app.theme.title.UnsetBold(), app.theme.title
	input.PlaceholderStyle = app.theme.dim
	input.Cursor.SetMode(cursor.CursorStatic) // a blinking one would wake the program twice a second for nothing
	input.SetValue(string(printed([]rune(step.Email))))
	input.CursorEnd()
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
			return act(login.SignInWithPasskey{})
		case "enter":
			if p.button {
				return act(login.SignInWithPasskey{})
			}
			email := strings.TrimSpace(p.input.Value())
			if email == "" {
				return toast("Type an email address first, or press ↓ and enter to sign in with a passkey.")
			}
			return act(login.SubmitEmail{Email: email})
		case "esc":
			return toast("This is the first screen. ctrl+c leaves hankosim.")
		}
		if p.button {
			return nil
		}
	}
	if pressed, ok := msg.(tea.KeyMsg); ok {
		pressed.Paste, pressed.Runes = pasted(pressed), printed(pressed.Runes)
		msg = pressed
	}
	var cmd tea.Cmd
	p.input, cmd = p.input.Update(msg)
	return cmd
}

// printed leaves out what cannot be seen: no-break and zero-width spaces and direction marks, which come along when an
// address is copied from a web page.
func printed(text []rune) []rune {
	return slices.DeleteFunc(slices.Clone(text), func(r rune) bool { return !unicode.IsPrint(r) })
}

func (p *emailPage) View(width, height int) string {
	t := p.app.theme
	p.input.Width = max(1, width-3)
	lines := []string{"", t.title.Render("Sign in"), ""}
	if height < 12 {
		lines = lines[1:2]
	}
	if p.app.options.Notice != "" && height >= 16 {
		lines = append(lines, t.dim.Render(wrap(hanko.Printable(p.app.options.Notice), width)), "")
	}
	lines = append(lines, "Email", p.input.View())
	rule := strings.Repeat("─", max(0, width))
	if p.button {
		lines = append(lines, t.dim.Render(rule))
	} else {
		lines = append(lines, t.accent.Render(rule))
	}
	if p.problem != nil {
		lines = append(lines, describeProblem(t, *p.problem, width)...)
	}
	button := "[ Sign in with a passkey ]"
	if p.button {
		button = t.selected.Render(button)
	}
	return strings.Join(append(lines, "", button), "\n")
}

func (p *emailPage) Keys() []key.Binding {
	if p.button {
		return []key.Binding{binding("enter", "sign in with a passkey"), binding("up", "to the email")}
	}
	return []key.Binding{
		binding("enter", "continue"),
		binding("up", "choose"),
		binding("ctrl+p", "passkey sign-in"),
	}
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
