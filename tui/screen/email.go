package screen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// emailPage is the app's first screen: an input for the email address, and buttons to sign in with a passkey and with third
// parties.
type emailPage struct {
	kit.Still
	input   textinput.Model
	at      int // what has the focus: atInput, atPasskey, or a third party
	problem *login.Problem
	offset  int // of what is scrolled in a small window
}

// Where the focus can be. The third parties follow.
const (
	atInput = iota
	atPasskey
	atThirdParty
)

func newEmailPage(s kit.Situation, step login.EnterEmail) *emailPage {
	input := s.Theme.NewInput("you@example.com", step.Email)
	input.Focus()
	return &emailPage{input: input, problem: step.Problem}
}

// Update types into the input.
func (p *emailPage) Update(_ kit.Situation, msg tea.Msg) tea.Msg {
	if p.at != atInput {
		return nil
	}
	return kit.TypeInto(&p.input, msg)
}

// turn moves from the input through the buttons, and around.
func (p *emailPage) turn(s kit.Situation, name string) {
	places := atThirdParty + len(s.Tenant.ThirdParties)
	p.at = (p.at + kit.Moved(name, 1) + places) % places
	if p.at == atInput {
		p.input.Focus()
	} else {
		p.input.Blur()
	}
}

// partyAt is the third party whose button has the focus; nil when none has.
func (p *emailPage) partyAt(s kit.Situation) *hanko.ThirdParty {
	if at := p.at - atThirdParty; at >= 0 && at < len(s.Tenant.ThirdParties) {
		return &s.Tenant.ThirdParties[at]
	}
	return nil
}

// withParty signs in with a third party.
func withParty(s kit.Situation, party hanko.ThirdParty) func() tea.Msg {
	return kit.PressAct(login.SignInWithThirdParty{Party: party, Remember: s.StaySigned})
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

// View implements kit.Page. Where there is no room for all third parties, what has the focus is in sight and the rest scrolls.
func (p *emailPage) View(s kit.Situation, width, height int) string {
	parties := len(s.Tenant.ThirdParties)
	spare := height - parties
	name, top, buttons, foot := appName(s.Theme, width, spare), p.fields(s, width), p.buttons(s, width, spare), p.foot(s, width, spare)
	rows := strings.Count(strings.Join(top, "\n"), "\n") + 1
	if parties == 0 || len(name)+rows+2*len(buttons) <= height {
		top = append(name, top...) // else the room is for blank rows between the buttons
	}
	lines := strings.Split(strings.Join(append(slices.Clone(top), buttons...), "\n"), "\n")
	if parties == 0 || len(lines) <= height {
		return s.Page(top, buttons, foot, &p.offset, width, height)
	}
	focused := 0
	if p.at != atInput {
		focused = len(lines) - parties - atThirdParty + p.at
	}
	p.offset = min(max(p.offset, focused+3-height), max(0, focused-1))
	return s.ScrollLines(lines, &p.offset, width, height)
}

// appName returns the app's name, if there are rows to spare for it.
func appName(t *kit.Theme, width, spare int) []string {
	name := []string{kit.Centre(t.Title.Render("Example App"), width), kit.Centre(t.Dim.Render("Sign in or create an account"), width), ""}
	switch {
	case spare >= 24:
		return slices.Concat([]string{kit.Centre("◈", width), ""}, name, []string{""})
	case spare >= 14:
		return name
	default:
		return nil
	}
}

// fields returns the input, with what there is to say about it.
func (p *emailPage) fields(s kit.Situation, width int) []string {
	t := s.Theme
	rows := append([]string{t.Dim.Render("Email")}, t.InputView(&p.input, width, p.at == atInput)...)
	if p.problem != nil && s.Waiting == "" {
		rows = append(rows, describeProblem(t, *p.problem, width)...)
	}
	if unknown := s.Tenant.Recognition; s.Tenant.API == "" && unknown != "" && p.problem == nil {
		rows = append(rows, t.Warn.Render(kit.Wrap(unknown, width)))
	}
	if s.Tenant.Unexpected != "" {
		rows = append(rows, t.Warn.Render(kit.Wrap(s.Tenant.Unexpected, width)))
	}
	if s.Tenant.AsksToRemember {
		rows = append(rows, kit.Clamp(rememberBox(s), width, 1))
	}
	return rows
}

// buttons returns the ways to sign in: the input's, the passkey's and each third party's, which come last.
func (p *emailPage) buttons(s kit.Situation, width, spare int) []string {
	first, text := kit.Primary, "Continue"
	if p.at != atInput {
		first = kit.Secondary
	}
	if p.mayCreate(s) {
		text = "Sign in"
	}
	rows := []string{s.Button(text, width, first)}
	if spare >= 14 {
		rows = append(rows, orRule(s.Theme, width))
	}
	rows = append(rows, s.Button("Sign in with a passkey", width, kit.FocusedIf(p.at == atPasskey)))
	for i, party := range s.Tenant.ThirdParties {
		text, key := "Sign in with "+hanko.Printable(party.Name), ""
		if i < partiesWithKeys {
			key = "  " + partyKey(i)
		}
		text = kit.Clamp(text, width-len("[  ]")-len(key), 1) + key
		rows = append(rows, s.Button(text, width, kit.FocusedIf(p.at == atThirdParty+i)))
	}
	return rows
}

// foot returns what else can be done, if there are rows to spare for it.
func (p *emailPage) foot(s kit.Situation, width, spare int) []string {
	var rows []string
	if p.mayCreate(s) && spare >= 14 {
		rows = append(rows, s.Theme.QuietButton("ctrl+n  create an account", width))
	}
	if s.CanConnect && spare >= 14 {
		rows = append(rows, s.Theme.QuietButton("ctrl+o  "+connectText(s), width))
	}
	if len(rows) > 0 && spare >= 20 {
		rows = append(rows, "")
	}
	return rows
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
	create := kit.NewKey("create an account", func() tea.Msg { return p.submit(s, true) }, "ctrl+n")
	turn := kit.Arrows("choose", func(name string) { p.turn(s, name) })
	party := p.partyAt(s)
	var keys []kit.Key
	switch {
	case party != nil:
		keys = []kit.Key{kit.NewKey("sign in there", withParty(s, *party), "enter"), turn, kit.Unlisted(passkey, "ctrl+p")}
	case p.at != atInput:
		if len(s.Tenant.ThirdParties) == 0 {
			turn.Help = "to the email"
		}
		keys = []kit.Key{kit.NewKey("sign in with a passkey", passkey, "enter"), turn, kit.Unlisted(passkey, "ctrl+p")}
	default:
		enter := "continue"
		if p.mayCreate(s) {
			enter = "sign in"
		}
		keys = []kit.Key{kit.NewKey(enter, func() tea.Msg { return p.submit(s, false) }, "enter")}
	}
	switch {
	case p.mayCreate(s) && p.at != atInput:
		keys = append(keys, create.Unlisted())
	case p.mayCreate(s):
		keys = append(keys, create)
	}
	if p.at == atInput {
		keys = append(keys, kit.NewKey("passkey sign-in", passkey, "ctrl+p"), turn)
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
	keys = append(keys, partyKeys(s)...)
	return append(keys, kit.Unlisted(kit.PressToast("This is the first screen. Press ctrl+c to quit hankosim."), "esc"))
}

// partiesWithKeys is how many third parties have a key: f1 is the help, and there are twelve.
const partiesWithKeys = 11

// partyKey is the key of a third party, by its place among them.
func partyKey(i int) string { return fmt.Sprintf("f%d", i+2) }

// partyKeys are f2 and those behind it, for as many third parties.
func partyKeys(s kit.Situation) []kit.Key {
	var keys []kit.Key
	for i, party := range s.Tenant.ThirdParties[:min(partiesWithKeys, len(s.Tenant.ThirdParties))] {
		keys = append(keys, kit.NewKey("sign in with "+hanko.Printable(party.Name), withParty(s, party), partyKey(i)))
	}
	return keys
}

func (p *emailPage) Typing() bool  { return p.at == atInput }
func (p *emailPage) Title() string { return "Email" }
