package tab

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/tui/kit"
)

// Mail lists the mails that can be read: those of the embedded tenant, or the passcodes of a real mailbox.
type Mail struct {
	kit.Still
	choice int
	open   bool
	offset int
}

// Update keeps the mail that is being read, or has been chosen, when newer ones come in above it.
func (p *Mail) Update(_ kit.Situation, msg tea.Msg) tea.Msg {
	if mails, ok := msg.(kit.MailsMsg); ok && (p.open || p.choice > 0) {
		p.choice += mails.More
	}
	return nil
}

func (p *Mail) move(s kit.Situation, name string) {
	if p.open {
		p.offset += kit.Moved(name, 1)
		return
	}
	p.choice = max(0, min(p.choice+kit.Moved(name, 1), len(s.Mails)-1))
}

// View implements kit.Page.
func (p *Mail) View(s kit.Situation, width, height int) string {
	t, mails := s.Theme, s.Mails
	if len(mails) == 0 {
		text := "Mail that the embedded tenant sends appears here."
		if s.Mailbox != "" {
			text = "Passcodes that " + s.Mailbox + " receives appear here."
		}
		if s.Unreadable != "" {
			text = s.Unreadable
		}
		return t.Dim.Render(kit.Wrap(text, width))
	}
	p.choice = min(p.choice, len(mails)-1)
	if p.open {
		mail := mails[p.choice]
		text := strings.Join([]string{
			t.Title.Render(kit.Wrap(s.VeiledText(hanko.Printable(mail.Subject)), width)),
			t.Dim.Render(kit.Wrap("from "+hanko.Printable(mail.From)+" to "+hanko.Printable(mail.To)+", "+
				mail.At.Local().Format("15:04:05"), width)),
			"",
			kit.Wrap(s.VeiledText(hanko.PrintableLines(mail.Body)), width),
		}, "\n")
		return s.Scroll(text, &p.offset, width, height)
	}
	var lines []string
	shown := max(1, height/2)
	first := min(max(0, p.choice-shown/2), max(0, len(mails)-shown))
	for i := first; i < min(first+shown, len(mails)); i++ {
		subject := kit.Clamp(s.VeiledText(hanko.Printable(mails[i].Subject)), width-2, 1)
		lines = append(lines, t.Row(subject, i == p.choice && s.Focused), t.Dim.Render(kit.Clamp(
			"  "+mails[i].At.Local().Format("15:04:05")+" to "+hanko.Printable(mails[i].To), width, 1)))
	}
	return strings.Join(lines, "\n")
}

// Keys implements Page.
func (p *Mail) Keys(s kit.Situation) []kit.Key {
	code := ""
	if p.choice < len(s.Mails) {
		code = s.Mails[p.choice].Code
	}
	passcode := kit.NewKey("copy the passcode", kit.PressFor(kit.CopyMsg{What: "the passcode", Text: code, Otherwise: "ctrl+f fills it in on the passcode screen"}), "c").
		Unless(kit.UnlessSo(code != "", "There is no passcode in this mail."))
	move := func(name string) { p.move(s, name) }
	turn := func() tea.Msg { p.open, p.offset = !p.open, 0; return nil }
	switch {
	case p.open:
		return []kit.Key{kit.NewKey("close", func() tea.Msg { p.open = false; return nil }, "esc"), passcode, kit.UpDown("scroll", move), kit.Unlisted(turn, "enter")}
	case len(s.Mails) == 0:
		return []kit.Key{kit.ToPhone(), passcode}
	default:
		return []kit.Key{kit.NewKey("open", turn, "enter"), kit.UpDown("choose", move), passcode, kit.ToPhone()}
	}
}

// Title implements kit.Page.
func (p *Mail) Title() string { return "Mail" }
