package screen

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// signedInPage is the end of the walk, as an app would show it. The token has a tab of its own.
type signedInPage struct {
	kit.Still
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
func (p *signedInPage) Init(kit.Situation) tea.Msg { return kit.InspectMsg{} }

func (p *signedInPage) View(s kit.Situation, width, height int) string {
	t := s.Theme
	r := &kit.Report{Theme: t}
	who := "Signed in"
	if p.step.Email != "" {
		who += " as " + hanko.Printable(p.step.Email)
	}
	r.Line(t.Good.Render(kit.Wrap("✓ "+who, width)))
	r.Line(t.Dim.Render(kit.Wrap("  "+kit.SignedInHow(p.step), width)))
	if p.step.Registered != "" {
		r.Line(t.Good.Render(kit.Wrap("✓ Passkey registered; log out (l) and sign in with it", width)))
	}
	if p.step.Problem != nil {
		for _, line := range describeProblem(t, *p.step.Problem, width) {
			r.Line(line)
		}
		r.Line(kit.Wrap("You are signed in all the same: the tenant gave a session. p tries again.", width))
	}
	r.Line("")
	p.checks(s, r, width)
	r.Line("")
	focused := len(r.Lines) + p.choice
	for i, button := range signedInButtons {
		r.Line(t.Button(button.text, i == p.choice))
	}
	r.Line("")
	r.Line(t.Dim.Render(kit.Wrap("The token is in the Token tab (2).", width)))
	if !p.moved {
		p.offset = max(0, focused+2-max(1, height-1))
	}
	return s.ScrollLines(r.Lines, &p.offset, width, height)
}

// checks tells what the tenant's keys, GET /me and /sessions/validate say about the token, each in one line, and how
// long it is good.
func (p *signedInPage) checks(s kit.Situation, r *kit.Report, width int) {
	t := r.Theme
	if s.Session == nil || s.Session.Inspection == nil {
		r.Line(t.Dim.Render(kit.Clamp("asking the tenant about the session…", width, 1)))
	} else {
		for _, check := range kit.ChecksOf(p.step.Token, *s.Session.Inspection) {
			if check.Err == nil {
				r.Line(t.Good.Render(kit.Clamp("✓ "+check.Name+": "+check.Brief, width, 1)))
			} else {
				r.Line(t.Bad.Render(kit.Clamp("✗ "+check.Name+": "+hanko.Printable(check.Err.Error()), width, 1)))
			}
		}
	}
	expires := p.step.Token.ExpiresAt
	if expires.IsZero() {
		return
	}
	if left := expires.Sub(s.Now); left > 0 {
		r.Line(t.Dim.Render(kit.Clamp("expires in "+kit.InWords(left), width, 1)))
	} else {
		r.Line(t.Bad.Render(kit.Clamp("✗ expired "+kit.InWords(-left)+" ago: sign in again", width, 1)))
	}
}

// Keys implements Page: the buttons, which have keys of their own, and what can be done with the token.
func (p *signedInPage) Keys(s kit.Situation) []kit.Key {
	var keys, same []kit.Key
	for i, button := range signedInButtons {
		key := kit.NewKey(strings.ToLower(button.text), kit.PressAct(button.action), button.key)
		if i == p.choice {
			keys, same = append([]kit.Key{kit.NewKey(key.Help, kit.PressAct(button.action), "enter")}, keys...), []kit.Key{key}
		} else {
			keys = append(keys, key)
		}
	}
	token := kit.SessionKeys(s)
	keys = append(keys, token[0], kit.UpDown("choose", p.choose))
	keys = append(append(keys, same...), token[1:]...)
	return append(keys,
		kit.Moving("pgdn pgup", "scroll", p.scroll, slices.DeleteFunc(slices.Clone(kit.PagingNames), func(name string) bool { return name == "ctrl+d" })...),
		otherPhone(s, func() tea.Msg {
			return kit.ChangePhoneMsg{Begin: func(client *hanko.Client, phone *authenticator.Phone) *login.Walk {
				return login.Continue(client, phone, p.step)
			}}
		}),
		kit.Unlisted(kit.PressToast("You are signed in: l logs out, ctrl+c leaves hankosim."), "esc"))
}

func (p *signedInPage) choose(name string) {
	p.choice, p.moved = max(0, min(p.choice+kit.Moved(name, 1), len(signedInButtons)-1)), false
}

func (p *signedInPage) scroll(name string) {
	p.offset, p.moved = max(0, p.offset+kit.Moved(name, 10)), true
}

// Ticking counts the token's lifetime down.
func (p *signedInPage) Ticking(kit.Situation) bool { return true }
func (p *signedInPage) Title() string              { return "Signed in" }
