package tab

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/tui/kit"
)

// Passkeys lists the phone's passkeys of all relying parties.
type Passkeys struct {
	kit.Still
	passkeys   []authenticator.Passkey
	err        error
	choice     int
	confirming bool // a delete was asked for, and needs a second word
}

// Update handles the phone's passkeys. Any key other than y answers no to the question.
func (p *Passkeys) Update(_ kit.Situation, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case kit.PasskeysMsg:
		p.replace(msg)
	case tea.KeyMsg:
		if p.confirming {
			p.confirming = false
			return kit.Toast("Nothing was deleted.")
		}
	}
	return nil
}

// replace shows what is on the phone now. The choice stays on its passkey, wherever that stands in the list: a delete
// may be waiting for its second word.
func (p *Passkeys) replace(msg kit.PasskeysMsg) {
	stays := -1
	if p.choice < len(p.passkeys) {
		chosen := p.passkeys[p.choice].CredentialID
		stays = slices.IndexFunc(msg.Passkeys, func(k authenticator.Passkey) bool { return bytes.Equal(k.CredentialID, chosen) })
	}
	p.passkeys, p.err = msg.Passkeys, msg.Err
	if stays >= 0 {
		p.choice = stays
		return
	}
	p.choice, p.confirming = max(0, min(p.choice, len(p.passkeys)-1)), false
}

func (p *Passkeys) delete() tea.Msg {
	p.confirming = false
	return kit.DeletePasskeyMsg{CredentialID: p.passkeys[p.choice].CredentialID}
}

// View implements kit.Page.
func (p *Passkeys) View(s kit.Situation, width, height int) string {
	if said := s.Unassociated; said != "" {
		warning := s.Theme.Warn.Render(kit.Wrap("! A real phone would refuse: "+said, width))
		return p.list(s, width, max(1, height-strings.Count(warning, "\n")-2)) + "\n\n" + warning
	}
	return p.list(s, width, height)
}

func (p *Passkeys) list(s kit.Situation, width, height int) string {
	t := s.Theme
	switch {
	case p.err != nil:
		return t.Bad.Render(kit.Wrap("✗ "+hanko.PrintableLines(p.err.Error()), width))
	case len(p.passkeys) == 0:
		return t.Dim.Render(kit.Wrap("No passkey is on "+kit.ThisPhone(s.Phone)+" yet. Sign in with a passcode and create one.", width))
	}
	shown := max(1, (height-2)/3)
	first := min(max(0, p.choice-shown/2), max(0, len(p.passkeys)-shown))
	var lines []string
	for i := first; i < min(first+shown, len(p.passkeys)); i++ {
		passkey := p.passkeys[i]
		name := kit.Clamp(hanko.Printable(passkey.UserName)+" · "+hanko.Printable(passkey.RPID), width-2, 1)
		used := "never used"
		if !passkey.LastUsedAt.IsZero() {
			used = "used " + kit.InWords(s.Now.Sub(passkey.LastUsedAt)) + " ago"
		}
		lines = append(lines, t.Row(name, i == p.choice && s.Focused),
			t.Dim.Render(kit.Clamp(fmt.Sprintf("  made %s, %s", passkey.CreatedAt.Local().Format("2 Jan 2006 15:04"), used), width, 1)),
			t.Dim.Render(kit.Clamp("  "+base64.RawURLEncoding.EncodeToString(passkey.CredentialID), width, 1)))
	}
	if p.confirming {
		lines = append(lines, t.Warn.Render(kit.Wrap("Delete this passkey from the phone? y deletes, any other key keeps it.", width)))
	}
	return strings.Join(lines, "\n")
}

// Keys implements Page.
func (p *Passkeys) Keys(s kit.Situation) []kit.Key {
	if p.confirming {
		no := func() tea.Msg { return p.Update(s, kit.KeyMsg("n")) }
		return []kit.Key{kit.NewKey("delete", func() tea.Msg { return p.delete() }, "y"), kit.NewKey("keep", no, "n")}
	}
	keys := []kit.Key{kit.NewKey("read again", kit.PressFor(kit.ReadPasskeysMsg{}), "r"), kit.ToPhone()}
	if len(p.passkeys) > 0 {
		keys = append([]kit.Key{
			kit.NewKey("delete", func() tea.Msg { p.confirming = true; return nil }, "d", "x", "delete"),
			kit.UpDown("choose", func(name string) { p.choice = max(0, min(p.choice+kit.Moved(name, 1), len(p.passkeys)-1)) }),
		}, keys...)
	}
	return keys
}

// Title implements kit.Page.
func (p *Passkeys) Title() string { return "Passkeys" }
