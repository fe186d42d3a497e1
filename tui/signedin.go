package tui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// signedInPage is the end of the walk, as an app would show it. The token has a tab of its own.
type signedInPage struct {
	Still
	step   login.SignedIn
	choice int // of the buttons
	offset int
	moved  bool // by keys that scroll: else the chosen button is in sight
}

func newSignedInPage(step login.SignedIn) *signedInPage {
	p := &signedInPage{step: step, moved: step.Problem != nil}
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

// Init asks the tenant about the session.
func (p *signedInPage) Init(Situation) tea.Msg { return InspectMsg{} }

func (p *signedInPage) View(s Situation, width, height int) string {
	t := s.Theme
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
	p.checks(s, r, width)
	r.line("")
	focused := len(r.lines) + p.choice
	for i, button := range signedInButtons {
		r.line(t.button(button.text, i == p.choice))
	}
	r.line("")
	r.line(t.dim.Render(wrap("The token is in the Token tab (2).", width)))
	if !p.moved {
		p.offset = max(0, focused+2-max(1, height-1))
	}
	return s.ScrollLines(r.lines, &p.offset, width, height)
}

// checks tells what the tenant's keys, GET /me and /sessions/validate say about the token, each in one line, and how
// long it is good.
func (p *signedInPage) checks(s Situation, r *report, width int) {
	t := r.theme
	if s.Session == nil || s.Session.Inspection == nil {
		r.line(t.dim.Render(clamp("asking the tenant about the session…", width, 1)))
	} else {
		for _, check := range checksOf(p.step.Token, *s.Session.Inspection) {
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
	if left := expires.Sub(s.Now); left > 0 {
		r.line(t.dim.Render(clamp("expires in "+inWords(left), width, 1)))
	} else {
		r.line(t.bad.Render(clamp("✗ expired "+inWords(-left)+" ago: sign in again", width, 1)))
	}
}

// Keys implements Page: the buttons, which have keys of their own, and what can be done with the token.
func (p *signedInPage) Keys(s Situation) []Key {
	var keys, same []Key
	for i, button := range signedInButtons {
		key := NewKey(strings.ToLower(button.text), pressAct(button.action), button.key)
		if i == p.choice {
			keys, same = append([]Key{NewKey(key.Help, pressAct(button.action), "enter")}, keys...), []Key{key}
		} else {
			keys = append(keys, key)
		}
	}
	token := sessionKeys(s)
	keys = append(keys, token[0], UpDown("choose", p.choose))
	keys = append(append(keys, same...), token[1:]...)
	return append(keys,
		Moving("pgdn pgup", "scroll", p.scroll, slices.DeleteFunc(slices.Clone(pagingNames), func(name string) bool { return name == "ctrl+d" })...),
		otherPhone(s, func() tea.Msg {
			return ChangePhoneMsg{func(client *hanko.Client, phone *authenticator.Phone) *login.Walk {
				return login.Continue(client, phone, p.step)
			}}
		}),
		Unlisted(pressToast("You are signed in: l logs out, ctrl+c leaves hankosim."), "esc"))
}

func (p *signedInPage) choose(name string) {
	p.choice, p.moved = max(0, min(p.choice+Moved(name, 1), len(signedInButtons)-1)), false
}

func (p *signedInPage) scroll(name string) {
	p.offset, p.moved = max(0, p.offset+Moved(name, 10)), true
}

// Ticking counts the token's lifetime down.
func (p *signedInPage) Ticking(Situation) bool { return true }
func (p *signedInPage) Title() string          { return "Signed in" }
