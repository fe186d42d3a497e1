package screen

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// profilePage shows what the tenant keeps of the person: addresses, passkeys, third parties, sessions. What is hard to undo wants a
// second word.
type profilePage struct {
	kit.Still
	step    login.Profile
	rows    []profileRow
	choice  int
	offset  int
	free    bool         // scrolled by hand: what has the focus need not be in sight
	confirm login.Action // waits for a y; nil when nothing does
	asked   string       // what the y would do
	input   *textinput.Model
	submit  func(text string) login.Action // what the input is for
}

// profileRow is one address, passkey, third party or session.
type profileRow struct {
	email    *hanko.Email
	passkey  *hanko.Credential
	identity *hanko.Identity   // an account at a third party that is connected
	party    *hanko.ThirdParty // one that can be connected
	session  *login.ProfileSession
}

func newProfilePage(step login.Profile) *profilePage {
	p := &profilePage{step: step, free: step.Problem != nil}
	for i := range step.Emails {
		p.rows = append(p.rows, profileRow{email: &step.Emails[i]})
	}
	for i := range step.Passkeys {
		p.rows = append(p.rows, profileRow{passkey: &step.Passkeys[i]})
	}
	for i := range step.Identities {
		p.rows = append(p.rows, profileRow{identity: &step.Identities[i]})
	}
	for i := range step.Connect {
		p.rows = append(p.rows, profileRow{party: &step.Connect[i]})
	}
	for i := range step.Sessions {
		p.rows = append(p.rows, profileRow{session: &step.Sessions[i]})
	}
	return p
}

// chooseAs chooses the row that was chosen on the page before, or the one that has taken its place.
func (p *profilePage) chooseAs(before *profilePage) {
	p.choice = max(0, min(before.choice, len(p.rows)-1))
	name := before.row().identifier()
	for i, row := range p.rows {
		if name != "" && row.identifier() == name {
			p.choice = i
		}
	}
}

// identifier is the same for a row before and after a change; connecting a third party changes only its state.
func (r profileRow) identifier() string {
	switch {
	case r.email != nil:
		return "email " + r.email.ID
	case r.passkey != nil:
		return "passkey " + r.passkey.ID
	case r.identity != nil:
		return "third party " + r.identity.Provider // the only name that both kinds have
	case r.party != nil:
		return "third party " + r.party.Name
	case r.session != nil:
		return "session " + r.session.ID
	}
	return ""
}

// Init tells what was done.
func (p *profilePage) Init(kit.Situation) tea.Msg {
	if p.step.Done == "" {
		return nil
	}
	return kit.Toast("%s", p.step.Done)
}

// row is the one that has the focus, empty when there is none.
func (p *profilePage) row() profileRow {
	if p.choice < len(p.rows) {
		return p.rows[p.choice]
	}
	return profileRow{}
}

// Update types into the input, and takes every other key than y for a no to what was asked.
func (p *profilePage) Update(_ kit.Situation, msg tea.Msg) tea.Msg {
	if p.input != nil {
		return kit.TypeInto(p.input, msg)
	}
	if _, isKey := msg.(tea.KeyMsg); isKey && p.confirm != nil {
		p.confirm = nil
		return kit.Toast("Nothing was changed.")
	}
	return nil
}

func (p *profilePage) confirmed() tea.Msg {
	action := p.confirm
	p.confirm = nil
	return kit.Act(action)
}

// save does what the input is for.
func (p *profilePage) save() tea.Msg {
	text := strings.TrimSpace(p.input.Value())
	if text == "" {
		return kit.Toast("Type something first, or press esc.")
	}
	p.input = nil
	return kit.Act(p.submit(text))
}

// deleteRow asks before it deletes what has the focus.
func (p *profilePage) deleteRow(row profileRow) {
	switch {
	case row.email != nil:
		p.confirm, p.asked = login.DeleteEmail{ID: row.email.ID}, "Delete the address "+hanko.Printable(row.email.Address)+"?"
	case row.passkey != nil:
		p.confirm, p.asked = login.DeletePasskey{ID: row.passkey.ID}, "Delete the passkey "+hanko.Printable(PasskeyName(*row.passkey))+" at the tenant?"
	case row.identity != nil:
		p.confirm, p.asked = login.DisconnectThirdParty{IdentityID: row.identity.IdentityID}, DisconnectQuestion(p.step, *row.identity)
	case row.session != nil:
		p.confirm, p.asked = login.RevokeSession{ID: row.session.ID}, "End this session?"
	}
}

// DisconnectQuestion asks before a third party is disconnected, and warns before the last way in is gone.
func DisconnectQuestion(step login.Profile, identity hanko.Identity) string {
	name := hanko.Printable(identity.Provider)
	if step.LastWayIn() {
		return name + " is the last way in: without it, nobody can sign in to this account any more. Disconnect it all the same?"
	}
	return "Disconnect " + name + "?"
}

// ask opens the input.
func (p *profilePage) ask(s kit.Situation, placeholder, value string, submit func(string) login.Action) tea.Msg {
	input := s.Theme.NewInput(placeholder, value)
	p.input, p.submit = &input, submit
	return input.Focus()
}

func (p *profilePage) View(s kit.Situation, width, height int) string {
	t := s.Theme
	r := &kit.Report{Theme: t}
	if height >= 14 {
		r.Line("")
	}
	r.Line(kit.Centre(t.Title.Render("Your account"), width))
	r.Line(t.Dim.Render(kit.Centre(hanko.Printable(p.step.Email), width)))
	if p.step.Problem != nil {
		r.Line("")
		for _, line := range describeProblem(t, *p.step.Problem, width) {
			r.Line(line)
		}
	}
	focused := 0
	section := ""
	for i, row := range p.rows {
		if name := row.section(); name != section {
			section = name
			r.Heading(name)
		}
		if i == p.choice {
			focused = len(r.Lines)
		}
		title, note := p.describe(s, row)
		r.Line(t.Row(kit.Clamp(title, width-2, 1), i == p.choice))
		r.Line(t.Dim.Render(kit.Clamp("  "+note, width, 1)))
	}
	if len(p.step.Passkeys) == 0 {
		r.Line("")
		r.Line(t.Dim.Render(kit.Wrap("The tenant has no passkey of this account.", width)))
	}
	foot := []string(nil)
	switch {
	case p.confirm != nil:
		foot = []string{"", t.Warn.Render(kit.Wrap(p.asked+" y does it, any other key does not.", width))}
	case p.input != nil:
		foot = append([]string{""}, t.InputView(p.input, width, true)...)
	}
	room := max(1, height-len(strings.Split(strings.Join(foot, "\n"), "\n")))
	if !p.free && focused+2 > p.offset+room-1 {
		p.offset = focused + 3 - room
	}
	if !p.free && focused < p.offset+1 {
		p.offset = focused - 2
	}
	shown := s.Scroll(strings.Join(r.Lines, "\n"), &p.offset, width, room)
	return strings.Join(append([]string{shown}, foot...), "\n")
}

func (r profileRow) section() string {
	switch {
	case r.email != nil:
		return "Addresses"
	case r.passkey != nil:
		return "Passkeys at the tenant"
	case r.identity != nil, r.party != nil:
		return "Third parties"
	default:
		return "Sessions"
	}
}

// describe is a row in two lines.
func (p *profilePage) describe(s kit.Situation, row profileRow) (title, note string) {
	switch {
	case row.email != nil:
		var notes []string
		if row.email.IsPrimary {
			notes = append(notes, "primary")
		}
		if row.email.IsVerified {
			notes = append(notes, "verified")
		} else {
			notes = append(notes, "not verified")
		}
		return hanko.Printable(row.email.Address), strings.Join(notes, ", ")
	case row.passkey != nil:
		note := "made " + row.passkey.CreatedAt.Local().Format("2 Jan 2006 15:04")
		if row.passkey.LastUsedAt != nil {
			note += ", used " + kit.InWords(s.Now.Sub(*row.passkey.LastUsedAt)) + " ago"
		}
		return hanko.Printable(PasskeyName(*row.passkey)), note
	case row.identity != nil:
		return hanko.Printable(row.identity.Provider), "connected"
	case row.party != nil:
		return hanko.Printable(row.party.Name), "not connected"
	default:
		title := hanko.Printable(row.session.UserAgent)
		if row.session.Current {
			title = "this session"
		}
		return title, fmt.Sprintf("%s, since %s", hanko.Printable(row.session.IPAddress), row.session.CreatedAt.Local().Format("2 Jan 15:04"))
	}
}

// PasskeyName is what the tenant calls a passkey: its name, else its authenticator's id.
func PasskeyName(passkey hanko.Credential) string {
	if passkey.Name != nil && *passkey.Name != "" {
		return *passkey.Name
	}
	if passkey.AAGUID != "" {
		return "passkey of " + passkey.AAGUID
	}
	return "passkey " + passkey.ID
}

// Keys implements Page: all changes that can be made to an account, with the reason why one cannot be made now.
func (p *profilePage) Keys(s kit.Situation) []kit.Key {
	switch {
	case p.confirm != nil:
		no := func() tea.Msg { return p.Update(s, kit.KeyMsg("n")) }
		return []kit.Key{kit.NewKey("do it", func() tea.Msg { return p.confirmed() }, "y"), kit.NewKey("leave it", no, "n")}
	case p.input != nil:
		return []kit.Key{
			kit.NewKey("save", func() tea.Msg { return p.save() }, "enter"),
			kit.NewKey("cancel", func() tea.Msg { p.input = nil; return nil }, "esc"),
		}
	}
	offers, row := p.step.Offers, p.row()
	deletes := row.passkey != nil && offers.DeletePasskey || row.email != nil && offers.DeleteEmail ||
		row.session != nil && offers.RevokeSession && !row.session.Current || row.identity != nil && offers.DisconnectThirdParty
	does, kept := "delete", "The tenant does not let this be deleted now."
	switch {
	case row.session != nil && row.session.Current:
		kept = "That is this session: log out to end it."
	case row.identity != nil:
		does, kept = "disconnect", "This tenant's API disconnects no third parties."
	case row.party != nil:
		kept = "It is not connected."
	}
	connect := kit.NewKey("connect", func() tea.Msg { return kit.Act(login.ConnectThirdParty{Party: *row.party}) }, "c", "enter").
		Unless(kit.UnlessSo(row.party != nil, "Choose a third party that is not connected."))
	keys := []kit.Key{
		kit.NewKey("rename", func() tea.Msg {
			id := row.passkey.ID
			return p.ask(s, "name", PasskeyName(*row.passkey), func(text string) login.Action { return login.RenamePasskey{ID: id, Name: text} })
		}, "n").Unless(kit.UnlessSo(row.passkey != nil && offers.RenamePasskey, "Choose a passkey to rename.")),
		kit.NewKey("make primary", func() tea.Msg { return kit.Act(login.SetPrimaryEmail{ID: row.email.ID}) }, "p").
			Unless(kit.UnlessSo(row.email != nil && offers.SetPrimaryEmail && !row.email.IsPrimary, "Choose an address that is verified and not the primary one.")),
		kit.NewKey(does, func() tea.Msg { p.deleteRow(row); return nil }, "d", "x", "delete").Unless(kit.UnlessSo(deletes, kept)),
		kit.NewKey("add an address", func() tea.Msg {
			return p.ask(s, "you@example.com", "", func(text string) login.Action { return login.AddEmail{Address: text} })
		}, "a").Unless(kit.UnlessSo(offers.AddEmail, "The tenant does not accept another address now.")),
		kit.NewKey("delete the account", func() tea.Msg { p.deleteAccount(); return nil }, "D").
			Unless(kit.UnlessSo(offers.DeleteAccount, "The tenant does not let users delete their accounts (account.allow_deletion).")),
		kit.NewKey("more", kit.PressAct(login.OpenForms{}), "m").Unless(kit.UnlessSo(offers.Forms, "The REST API offers nothing more.")),
		kit.NewKey("back", kit.PressAct(login.Back{}), "esc"),
		kit.UpDown("choose", p.choose),
		kit.Moving("pgdn pgup", "scroll", func(name string) { p.offset, p.free = max(0, p.offset+kit.Moved(name, 8)), true }, "pgdown", "pgup"),
	}
	if len(p.step.Identities)+len(p.step.Connect) > 0 {
		keys = append([]kit.Key{connect}, keys...)
	}
	return keys
}

// choose moves the focus; above the first row, what stands over it comes in sight.
func (p *profilePage) choose(name string) {
	by := kit.Moved(name, 1)
	if p.free = p.choice+by < 0; p.free {
		p.offset = max(0, p.offset-1)
		return
	}
	p.choice = max(0, min(p.choice+by, len(p.rows)-1))
}

// deleteAccount asks before it deletes everything.
func (p *profilePage) deleteAccount() {
	p.confirm, p.asked = login.DeleteAccount{}, "Delete the account "+hanko.Printable(p.step.Email)+" at the tenant, for good?"
}

func (p *profilePage) Typing() bool  { return p.input != nil }
func (p *profilePage) Title() string { return "Account" }
