package tui

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
)

// passkeysTab lists the passkeys on the phone, of all relying parties.
type passkeysTab struct {
	still
	app        *App
	passkeys   []authenticator.Passkey
	err        error
	choice     int
	confirming bool // a delete was asked for, and needs a second word
}

// passkeysMsg brings what is on the phone.
type passkeysMsg struct {
	passkeys []authenticator.Passkey
	err      error
}

func (p *passkeysTab) Init() tea.Cmd { return p.app.loadPasskeys }

func (p *passkeysTab) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case passkeysMsg:
		p.replace(msg)
	case tea.KeyMsg:
		if msg.Paste {
			return nil
		}
		if p.confirming {
			p.confirming = false
			if msg.String() == "y" {
				return p.delete()
			}
			return toast("Nothing was deleted.")
		}
		switch msg.String() {
		case "up", "k":
			p.choice = max(0, p.choice-1)
		case "down", "j":
			p.choice = max(0, min(p.choice+1, len(p.passkeys)-1))
		case "d", "x", "delete":
			p.confirming = len(p.passkeys) > 0
		case "r":
			return p.app.loadPasskeys
		case "esc":
			return p.app.focusPhone()
		}
	}
	return nil
}

// replace shows what is on the phone now. The choice stays on its passkey, wherever that stands in the list: a delete
// may be waiting for its second word.
func (p *passkeysTab) replace(msg passkeysMsg) {
	stays := -1
	if p.choice < len(p.passkeys) {
		chosen := p.passkeys[p.choice].CredentialID
		stays = slices.IndexFunc(msg.passkeys, func(k authenticator.Passkey) bool { return bytes.Equal(k.CredentialID, chosen) })
	}
	p.passkeys, p.err = msg.passkeys, msg.err
	if stays >= 0 {
		p.choice = stays
		return
	}
	p.choice, p.confirming = max(0, min(p.choice, len(p.passkeys)-1)), false
}

func (p *passkeysTab) delete() tea.Cmd {
	phone, passkey := p.app.phone, p.passkeys[p.choice]
	reload := p.app.loadPasskeys
	return tea.Sequence(func() tea.Msg {
		if err := phone.Delete(passkey.CredentialID); err != nil {
			return toastMsg{hanko.Printable(err.Error())}
		}
		return toastMsg{"Deleted from the phone. The tenant still lists it until it is removed there."}
	}, reload)
}

func (p *passkeysTab) View(width, height int) string {
	if said := p.app.unassociated; said != "" {
		warning := p.app.theme.warn.Render(wrap("! A real phone would refuse: "+said, width))
		return p.list(width, max(1, height-strings.Count(warning, "\n")-2)) + "\n\n" + warning
	}
	return p.list(width, height)
}

func (p *passkeysTab) list(width, height int) string {
	t := p.app.theme
	switch {
	case p.err != nil:
		return t.bad.Render(wrap("✗ "+hanko.PrintableLines(p.err.Error()), width))
	case len(p.passkeys) == 0:
		return t.dim.Render(wrap("No passkey is on "+thisPhone(p.app.phone.Profile())+" yet. Sign in with a passcode and create one.", width))
	}
	shown := max(1, (height-2)/3)
	first := min(max(0, p.choice-shown/2), max(0, len(p.passkeys)-shown))
	var lines []string
	for i := first; i < min(first+shown, len(p.passkeys)); i++ {
		passkey := p.passkeys[i]
		name := clamp(hanko.Printable(passkey.UserName)+" · "+hanko.Printable(passkey.RPID), width-2, 1)
		used := "never used"
		if !passkey.LastUsedAt.IsZero() {
			used = "used " + inWords(p.app.now().Sub(passkey.LastUsedAt)) + " ago"
		}
		lines = append(lines, t.row(name, i == p.choice && p.app.focus == tabPasskeys),
			t.dim.Render(clamp(fmt.Sprintf("  made %s, %s", passkey.CreatedAt.Local().Format("2 Jan 2006 15:04"), used), width, 1)),
			t.dim.Render(clamp("  "+base64.RawURLEncoding.EncodeToString(passkey.CredentialID), width, 1)))
	}
	if p.confirming {
		lines = append(lines, t.warn.Render(wrap("Delete this passkey from the phone? y deletes, any other key keeps it.", width)))
	}
	return strings.Join(lines, "\n")
}

func (p *passkeysTab) Keys() []key.Binding {
	if p.confirming {
		return []key.Binding{binding("y", "delete"), binding("n", "keep")}
	}
	keys := []key.Binding{binding("r", "read again"), binding("esc", "to the phone")}
	if len(p.passkeys) > 0 {
		keys = append([]key.Binding{binding("d", "delete"), binding("up", "choose", "down")}, keys...)
	}
	return keys
}

func (p *passkeysTab) Title() string { return "Passkeys" }
