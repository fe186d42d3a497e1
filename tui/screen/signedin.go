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
}

func newSignedInPage(step login.SignedIn) *signedInPage {
	p := &signedInPage{step: step}
	switch {
	case step.Registered != "":
		p.choice = 2 // the next step of the guide is to log out and sign in with the passkey
	case step.Method == login.ByPasskey:
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
	top := []string{kit.Centre(t.Good.Render("✓")+" "+t.Title.Render("Signed in"), width)}
	if p.step.Email != "" {
		top = append(top, kit.Centre(hanko.Printable(p.step.Email), width))
	}
	top = append(top, t.Dim.Render(kit.Centre(kit.SignedInHow(p.step), width)), "")
	if p.step.Registered != "" {
		top = append(top, kit.Centre(t.Good.Render("✓")+" The passkey is registered. Log out and sign in with it.", width), "")
	}
	if p.step.Problem != nil && s.Waiting == "" {
		top = append(top, describeProblem(t, *p.step.Problem, width)...)
		top = append(top, kit.Wrap("You are signed in anyway: the tenant gave a session. Press p to try again.", width), "")
	}
	if bad := p.refuted(s); bad != "" {
		top = append(top, t.Bad.Render(kit.Wrap("✗ "+bad, width)), "")
	}
	var buttons []string
	for i, button := range signedInButtons {
		buttons = append(buttons, s.Button(button.text, width, kit.FocusedIf(i == p.choice)))
	}
	return s.Page(top, buttons, nil, &p.offset, width, height)
}

// refuted is what is wrong with the session: the Token tab has it all, but nobody may miss this. "" for nothing.
func (p *signedInPage) refuted(s kit.Situation) string {
	if expires := p.step.Token.ExpiresAt; !expires.IsZero() && !s.Now.Before(expires) {
		return "The token has expired: sign in again."
	}
	if s.Session == nil || s.Session.Inspection == nil {
		return ""
	}
	for _, check := range kit.ChecksOf(p.step.Token, *s.Session.Inspection) {
		if check.Err != nil {
			return check.Name + ": " + hanko.Printable(check.Err.Error())
		}
	}
	return ""
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
		kit.Unlisted(kit.PressToast("You are signed in. Press l to log out, or ctrl+c to quit hankosim."), "esc"))
}

func (p *signedInPage) choose(name string) {
	p.choice = max(0, min(p.choice+kit.Moved(name, 1), len(signedInButtons)-1))
}

func (p *signedInPage) scroll(name string) {
	p.offset = max(0, p.offset+kit.Moved(name, 10))
}

func (p *signedInPage) Title() string { return "Signed in" }
