package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
)

// mailTab is the embedded tenant's inbox.
type mailTab struct {
	still
	app    *App
	choice int
	open   bool
	offset int
}

func (p *mailTab) Update(msg tea.Msg) tea.Cmd {
	pressed, ok := msg.(tea.KeyMsg)
	if !ok || pressed.Paste {
		return nil
	}
	switch pressed.String() {
	case "enter":
		p.open = !p.open && len(p.app.mails) > 0
		p.offset = 0
	case "esc":
		if p.open {
			p.open = false
			return nil
		}
		return p.app.focusPhone()
	case "c":
		return p.app.copyText("the passcode", p.app.mails[p.choice].Code, "ctrl+f fills it in on the passcode screen")
	case "up", "k":
		p.move(-1)
	case "down", "j":
		p.move(1)
	}
	return nil
}

// arrived keeps the mail that is being read, or has been chosen, when newer ones come in above it.
func (p *mailTab) arrived(more int) {
	if p.open || p.choice > 0 {
		p.choice += more
	}
}

func (p *mailTab) move(by int) {
	if p.open {
		p.offset += by
		return
	}
	p.choice = max(0, min(p.choice+by, len(p.app.mails)-1))
}

func (p *mailTab) View(width, height int) string {
	t, mails := p.app.theme, p.app.mails
	if len(mails) == 0 {
		return t.dim.Render(wrap("Mail that the embedded tenant sends appears here.", width))
	}
	p.choice = min(p.choice, len(mails)-1)
	if p.open {
		mail := mails[p.choice]
		text := strings.Join([]string{
			t.title.Render(wrap(p.app.veiledText(hanko.Printable(mail.Subject)), width)),
			t.dim.Render(wrap("from "+hanko.Printable(mail.From)+" to "+hanko.Printable(mail.To)+", "+
				mail.At.Local().Format("15:04:05"), width)),
			"",
			wrap(p.app.veiledText(hanko.PrintableLines(mail.Body)), width),
		}, "\n")
		var shown string
		shown, p.offset = t.scroll(text, p.offset, width, height)
		return shown
	}
	var lines []string
	shown := max(1, height/2)
	first := min(max(0, p.choice-shown/2), max(0, len(mails)-shown))
	for i := first; i < min(first+shown, len(mails)); i++ {
		subject := clamp(p.app.veiledText(hanko.Printable(mails[i].Subject)), width-2, 1)
		lines = append(lines, t.row(subject, i == p.choice && p.app.focus == tabMail), t.dim.Render(clamp(
			"  "+mails[i].At.Local().Format("15:04:05")+" to "+hanko.Printable(mails[i].To), width, 1)))
	}
	return strings.Join(lines, "\n")
}

func (p *mailTab) Keys() []key.Binding {
	var keys []key.Binding
	switch {
	case p.open:
		keys = []key.Binding{binding("esc", "close"), binding("up", "scroll", "down")}
	case len(p.app.mails) == 0:
		return []key.Binding{binding("esc", "to the phone")}
	default:
		keys = []key.Binding{binding("enter", "open"), binding("up", "choose", "down"), binding("esc", "to the phone")}
	}
	if p.hasCode() {
		keys = slices.Insert(keys, len(keys)-1, binding("c", "copy the passcode"))
	}
	return keys
}

// Refusals tell that there is no passcode to copy.
func (p *mailTab) Refusals() []refusal {
	if p.hasCode() {
		return nil
	}
	return []refusal{refuse("c", "copy the passcode", "There is no passcode in this mail.")}
}

func (p *mailTab) hasCode() bool {
	return p.choice < len(p.app.mails) && p.app.mails[p.choice].Code != ""
}

func (p *mailTab) Title() string { return "Mail" }
