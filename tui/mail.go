package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
)

// mailTab is the embedded tenant's inbox.
type mailTab struct {
	Still
	choice int
	open   bool
	offset int
}

// Update keeps the mail that is being read, or has been chosen, when newer ones come in above it.
func (p *mailTab) Update(_ Situation, msg tea.Msg) tea.Msg {
	if mails, ok := msg.(MailsMsg); ok && (p.open || p.choice > 0) {
		p.choice += mails.More
	}
	return nil
}

func (p *mailTab) move(s Situation, name string) {
	if p.open {
		p.offset += Moved(name, 1)
		return
	}
	p.choice = max(0, min(p.choice+Moved(name, 1), len(s.Mails)-1))
}

func (p *mailTab) View(s Situation, width, height int) string {
	t, mails := s.Theme, s.Mails
	if len(mails) == 0 {
		return t.dim.Render(wrap("Mail that the embedded tenant sends appears here.", width))
	}
	p.choice = min(p.choice, len(mails)-1)
	if p.open {
		mail := mails[p.choice]
		text := strings.Join([]string{
			t.title.Render(wrap(s.VeiledText(hanko.Printable(mail.Subject)), width)),
			t.dim.Render(wrap("from "+hanko.Printable(mail.From)+" to "+hanko.Printable(mail.To)+", "+
				mail.At.Local().Format("15:04:05"), width)),
			"",
			wrap(s.VeiledText(hanko.PrintableLines(mail.Body)), width),
		}, "\n")
		return s.Scroll(text, &p.offset, width, height)
	}
	var lines []string
	shown := max(1, height/2)
	first := min(max(0, p.choice-shown/2), max(0, len(mails)-shown))
	for i := first; i < min(first+shown, len(mails)); i++ {
		subject := clamp(s.VeiledText(hanko.Printable(mails[i].Subject)), width-2, 1)
		lines = append(lines, t.row(subject, i == p.choice && s.Focused), t.dim.Render(clamp(
			"  "+mails[i].At.Local().Format("15:04:05")+" to "+hanko.Printable(mails[i].To), width, 1)))
	}
	return strings.Join(lines, "\n")
}

// Keys implements Page.
func (p *mailTab) Keys(s Situation) []Key {
	code := ""
	if p.choice < len(s.Mails) {
		code = s.Mails[p.choice].Code
	}
	passcode := NewKey("copy the passcode", pressFor(CopyMsg{"the passcode", code, "ctrl+f fills it in on the passcode screen"}), "c").
		Unless(unlessSo(code != "", "There is no passcode in this mail."))
	move := func(name string) { p.move(s, name) }
	turn := func() tea.Msg { p.open, p.offset = !p.open, 0; return nil }
	switch {
	case p.open:
		return []Key{NewKey("close", func() tea.Msg { p.open = false; return nil }, "esc"), passcode, UpDown("scroll", move), Unlisted(turn, "enter")}
	case len(s.Mails) == 0:
		return []Key{toPhone(), passcode}
	default:
		return []Key{NewKey("open", turn, "enter"), UpDown("choose", move), passcode, toPhone()}
	}
}

func (p *mailTab) Title() string { return "Mail" }
