package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// signedInPage is the end of the walk, as an app would show it. The token has a tab of its own.
type signedInPage struct {
	app    *App
	step   login.SignedIn
	choice int // of the buttons
	offset int
	moved  bool // by keys that scroll: else the chosen button is in sight
}

func newSignedInPage(app *App, step login.SignedIn) *signedInPage {
	p := &signedInPage{app: app, step: step, moved: step.Problem != nil}
	if step.Registered != "" || step.Method == login.ByPasskey {
		p.choice = 1 // a habitual enter creates no second passkey, and logs nobody out
	}
	return p
}

// signedInButtons are what can be done next, with the keys that do it too.
var signedInButtons = []struct {
	key, text string
	action    login.Action
}{
	{"p", "Create a passkey", login.RegisterPasskey{}},
	{"o", "Your account", login.OpenProfile{}},
	{"l", "Log out", login.LogOut{}},
}

func (p *signedInPage) Init() tea.Cmd { return p.app.token.inspect() }

func (p *signedInPage) Update(msg tea.Msg) tea.Cmd {
	pressed, ok := msg.(tea.KeyMsg)
	if !ok || pasted(pressed) {
		return nil
	}
	name := pressed.String()
	for _, button := range signedInButtons {
		if name == button.key {
			return act(button.action)
		}
	}
	switch name {
	case "enter":
		return act(signedInButtons[p.choice].action)
	case "down", "j":
		p.choice, p.moved = min(p.choice+1, len(signedInButtons)-1), false
	case "up", "k":
		p.choice, p.moved = max(0, p.choice-1), false
	case "ctrl+d":
		return p.app.changePhone(func(phone *authenticator.Phone) *login.Walk {
			return login.Continue(p.app.options.Client, phone, p.step)
		})
	case "esc":
		return toast("You are signed in: l logs out, ctrl+c leaves hankosim.")
	default:
		if by := moved(name, 10); by != 0 {
			p.offset, p.moved = max(0, p.offset+by), true
		}
		return p.app.token.do(name)
	}
	return nil
}

func (p *signedInPage) View(width, height int) string {
	t := p.app.theme
	r := &report{theme: t}
	who := "Signed in"
	if p.step.Email != "" {
		who += " as " + hanko.Printable(p.step.Email)
	}
	r.line(t.good.Render(wrap("✓ "+who, width)))
	r.line(t.dim.Render(wrap("  "+signedInHow(p.step), width)))
	if p.step.Registered != "" {
		r.line(t.good.Render(wrap("✓ Passkey registered; log out (l) and sign in with it", width)))
	}
	if p.step.Problem != nil {
		for _, line := range describeProblem(t, *p.step.Problem, width) {
			r.line(line)
		}
		r.line(wrap("You are signed in all the same: the tenant gave a session. p tries again.", width))
	}
	r.line("")
	p.checks(r, width)
	r.line("")
	focused := len(r.lines) + p.choice
	for i, button := range signedInButtons {
		r.line(t.button(button.text, i == p.choice))
	}
	r.line("")
	r.line(t.dim.Render(wrap(fmt.Sprintf("The token is in the Token tab (%d).", slices.Index(p.app.tabs(), tabToken)), width)))
	if !p.moved {
		p.offset = max(0, focused+2-max(1, height-1))
	}
	var shown string
	shown, p.offset = t.scrollLines(r.lines, p.offset, width, height)
	return shown
}

// signedInHow says how the person signed in; a flow's token may say it itself.
func signedInHow(step login.SignedIn) string {
	how := "with a " + string(step.Method)
	if step.Method == login.ByFlow {
		how = "through the tenant's login flow"
	}
	if len(step.Token.Methods) > 0 {
		how += " (amr: " + hanko.Printable(strings.Join(step.Token.Methods, ", ")) + ")"
	}
	return how
}

// checks tells what the tenant's keys, GET /me and /sessions/validate say about the token, each in one line, and how
// long it is good.
func (p *signedInPage) checks(r *report, width int) {
	t, found := r.theme, p.app.token.inspection
	if found == nil {
		r.line(t.dim.Render(clamp("asking the tenant about the session…", width, 1)))
	} else {
		for _, check := range checksOf(p.step.Token, *found) {
			if check.err == nil {
				r.line(t.good.Render(clamp("✓ "+check.name+": "+check.brief, width, 1)))
			} else {
				r.line(t.bad.Render(clamp("✗ "+check.name+": "+hanko.Printable(check.err.Error()), width, 1)))
			}
		}
	}
	expires := p.step.Token.ExpiresAt
	if expires.IsZero() {
		return
	}
	if left := expires.Sub(p.app.now()); left > 0 {
		r.line(t.dim.Render(clamp("expires in "+inWords(left), width, 1)))
	} else {
		r.line(t.bad.Render(clamp("✗ expired "+inWords(-left)+" ago: sign in again", width, 1)))
	}
}

func (p *signedInPage) Keys() []key.Binding {
	var keys, same []key.Binding
	for i, button := range signedInButtons {
		bound := binding(button.key, strings.ToLower(button.text))
		if i == p.choice {
			keys, same = append([]key.Binding{binding("enter", bound.Help().Desc)}, keys...), []key.Binding{bound}
		} else {
			keys = append(keys, bound)
		}
	}
	keys = append(keys, binding("c", "copy token"), binding("up", "choose", "down"))
	keys = append(append(keys, same...), tokenKeys()[1:]...)
	return append(append(keys, keyPair("pgdn pgup", "scroll", "pgdown", "pgup")), p.app.otherPhone()...)
}

// Refusals are the keys that do nothing with these phones.
func (p *signedInPage) Refusals() []refusal { return p.app.noOtherPhone() }

func (p *signedInPage) Typing() bool  { return false }
func (p *signedInPage) Ticking() bool { return true }
func (p *signedInPage) Title() string { return "Signed in" }
