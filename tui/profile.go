package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// profilePage shows what the tenant keeps of the person: addresses, passkeys, sessions. What is hard to undo wants a
// second word.
type profilePage struct {
	app     *App
	step    login.Profile
	rows    []profileRow
	choice  int
	offset  int
	confirm login.Action // waits for a y; nil when nothing does
	asked   string       // what the y would do
	input   *textinput.Model
	submit  func(text string) login.Action // what the input is for
}

// profileRow is one address, passkey or session.
type profileRow struct {
	email   *hanko.Email
	passkey *hanko.Credential
	session *login.ProfileSession
}

func newProfilePage(app *App, step login.Profile) *profilePage {
	p := &profilePage{app: app, step: step}
	for i := range step.Emails {
		p.rows = append(p.rows, profileRow{email: &step.Emails[i]})
	}
	for i := range step.Passkeys {
		p.rows = append(p.rows, profileRow{passkey: &step.Passkeys[i]})
	}
	for i := range step.Sessions {
		p.rows = append(p.rows, profileRow{session: &step.Sessions[i]})
	}
	return p
}

func (p *profilePage) Init() tea.Cmd {
	if p.step.Done == "" {
		return nil
	}
	return toast("%s", p.step.Done)
}

// row is the one that has the focus, empty when there is none.
func (p *profilePage) row() profileRow {
	if p.choice < len(p.rows) {
		return p.rows[p.choice]
	}
	return profileRow{}
}

func (p *profilePage) Update(msg tea.Msg) tea.Cmd {
	if p.input != nil {
		return p.typing(msg)
	}
	pressed, ok := msg.(tea.KeyMsg)
	if !ok || pasted(pressed) {
		return nil
	}
	if p.confirm != nil {
		confirmed := p.confirm
		p.confirm = nil
		if pressed.String() == "y" {
			return act(confirmed)
		}
		return toast("Nothing was changed.")
	}
	row := p.row()
	switch pressed.String() {
	case "esc":
		return act(login.Back{})
	case "up", "k":
		p.choice = max(0, p.choice-1)
	case "down", "j":
		p.choice = max(0, min(p.choice+1, len(p.rows)-1))
	case "a":
		return p.ask("you@example.com", "", func(text string) login.Action { return login.AddEmail{Address: text} })
	case "p":
		return act(login.SetPrimaryEmail{ID: row.email.ID})
	case "n":
		id := row.passkey.ID
		return p.ask("name", passkeyName(*row.passkey), func(text string) login.Action { return login.RenamePasskey{ID: id, Name: text} })
	case "d", "x", "delete":
		p.deleteRow(row)
	case "D":
		p.confirm, p.asked = login.DeleteAccount{}, "Delete the account "+hanko.Printable(p.step.Email)+" at the tenant, for good?"
	case "m":
		return act(login.OpenForms{})
	}
	return nil
}

// deleteRow asks before it deletes what has the focus.
func (p *profilePage) deleteRow(row profileRow) {
	switch {
	case row.email != nil:
		p.confirm, p.asked = login.DeleteEmail{ID: row.email.ID}, "Delete the address "+hanko.Printable(row.email.Address)+"?"
	case row.passkey != nil:
		p.confirm, p.asked = login.DeletePasskey{ID: row.passkey.ID}, "Delete the passkey "+hanko.Printable(passkeyName(*row.passkey))+" at the tenant?"
	case row.session != nil:
		p.confirm, p.asked = login.RevokeSession{ID: row.session.ID}, "End this session?"
	}
}

// ask opens the input.
func (p *profilePage) ask(placeholder, value string, submit func(string) login.Action) tea.Cmd {
	input := p.app.newInput(placeholder, value)
	p.input, p.submit = &input, submit
	return input.Focus()
}

func (p *profilePage) typing(msg tea.Msg) tea.Cmd {
	if pressed, ok := msg.(tea.KeyMsg); ok && !pasted(pressed) {
		switch pressed.String() {
		case "esc":
			p.input = nil
			return nil
		case "enter":
			text := strings.TrimSpace(p.input.Value())
			if text == "" {
				return toast("Type something first, or press esc.")
			}
			p.input = nil
			return act(p.submit(text))
		}
	}
	return typeInto(p.input, msg)
}

func (p *profilePage) View(width, height int) string {
	t := p.app.theme
	r := &report{theme: t}
	r.line(t.title.Render(wrap("Account "+hanko.Printable(p.step.Email), width)))
	if p.step.Problem != nil {
		r.line("")
		for _, line := range describeProblem(t, *p.step.Problem, width) {
			r.line(line)
		}
	}
	focused := 0
	section := ""
	for i, row := range p.rows {
		if name := row.section(); name != section {
			section = name
			r.heading(name)
		}
		if i == p.choice {
			focused = len(r.lines)
		}
		title, note := p.describe(row)
		r.line(t.row(clamp(title, width-2, 1), i == p.choice))
		r.line(t.dim.Render(clamp("  "+note, width, 1)))
	}
	if len(p.step.Passkeys) == 0 {
		r.line("")
		r.line(t.dim.Render(wrap("The tenant has no passkey of this account.", width)))
	}
	foot := []string(nil)
	switch {
	case p.confirm != nil:
		foot = []string{"", t.warn.Render(wrap(p.asked+" y does it, any other key does not.", width))}
	case p.input != nil:
		foot = append([]string{""}, t.inputView(p.input, width, true)...)
	}
	room := max(1, height-len(strings.Split(strings.Join(foot, "\n"), "\n")))
	if focused+2 > p.offset+room-1 {
		p.offset = focused + 3 - room
	}
	if focused < p.offset+1 {
		p.offset = focused - 2
	}
	var shown string
	shown, p.offset = t.scroll(strings.Join(r.lines, "\n"), p.offset, width, room)
	return strings.Join(append([]string{shown}, foot...), "\n")
}

func (r profileRow) section() string {
	switch {
	case r.email != nil:
		return "Addresses"
	case r.passkey != nil:
		return "Passkeys at the tenant"
	default:
		return "Sessions"
	}
}

// describe is a row in two lines.
func (p *profilePage) describe(row profileRow) (title, note string) {
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
			note += ", used " + inWords(p.app.now().Sub(*row.passkey.LastUsedAt)) + " ago"
		}
		return hanko.Printable(passkeyName(*row.passkey)), note
	default:
		title := hanko.Printable(row.session.UserAgent)
		if row.session.Current {
			title = "this session"
		}
		return title, fmt.Sprintf("%s, since %s", hanko.Printable(row.session.IPAddress), row.session.CreatedAt.Local().Format("2 Jan 15:04"))
	}
}

// passkeyName is what the tenant calls a passkey: its name, else its authenticator's id.
func passkeyName(passkey hanko.Credential) string {
	if passkey.Name != nil && *passkey.Name != "" {
		return *passkey.Name
	}
	if passkey.AAGUID != "" {
		return "passkey of " + passkey.AAGUID
	}
	return "passkey " + passkey.ID
}

func (p *profilePage) Keys() []key.Binding {
	switch {
	case p.confirm != nil:
		return []key.Binding{binding("y", "do it"), binding("n", "leave it")}
	case p.input != nil:
		return []key.Binding{binding("enter", "save"), binding("esc", "cancel")}
	}
	var keys []key.Binding
	for _, change := range p.changes() {
		if change.why == "" {
			keys = append(keys, change.binding)
		}
	}
	return append(keys, binding("esc", "back"), binding("up", "choose", "down"))
}

// Refusals are the changes that cannot be made to what is chosen, or not on this tenant.
func (p *profilePage) Refusals() []refusal {
	if p.confirm != nil || p.input != nil {
		return nil
	}
	return slices.DeleteFunc(p.changes(), func(change refusal) bool { return change.why == "" })
}

// changes are all that can be made to an account, with the reason why one cannot be made now.
func (p *profilePage) changes() []refusal {
	offers, row := p.step.Offers, p.row()
	change := func(may bool, keys, help, why string, more ...string) refusal {
		if may {
			why = ""
		}
		return refusal{binding(keys, help, more...), why}
	}
	deletes := row.passkey != nil && offers.DeletePasskey || row.email != nil && offers.DeleteEmail ||
		row.session != nil && offers.RevokeSession && !row.session.Current
	kept := "The tenant does not let this be deleted now."
	if row.session != nil && row.session.Current {
		kept = "That is this session: log out to end it."
	}
	return []refusal{
		change(row.passkey != nil && offers.RenamePasskey, "n", "rename", "Choose a passkey to rename."),
		change(row.email != nil && offers.SetPrimaryEmail && !row.email.IsPrimary, "p", "make primary",
			"Choose an address that is verified and not the primary one."),
		change(deletes, "d", "delete", kept, "x", "delete"),
		change(offers.AddEmail, "a", "add an address", "The tenant takes no further address now."),
		change(offers.DeleteAccount, "D", "delete the account", "The tenant does not let users delete their accounts (account.allow_deletion)."),
		change(offers.Forms, "m", "more", "Over REST there is no more than this."),
	}
}

func (p *profilePage) Typing() bool  { return p.input != nil }
func (p *profilePage) Ticking() bool { return false }
func (p *profilePage) Title() string { return "Account" }
