package tui

import (
	"cmp"
	netmail "net/mail"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/tui/kit"
)

// banner is the notification of a mail. It slides in from above, stays for a while, and slides out.
type banner struct {
	mail    mailbox.Mail
	number  int // of this notification: ticks of an older one are ignored
	rows    int // how many of its rows are visible
	leaving bool
	still   bool // without motion: it appears and disappears at once
}

// bannerMsg moves the notification with this number by a row.
type bannerMsg struct{ number int }

const (
	bannerHeight = 4 // rows
	bannerStays  = 7 * time.Second
)

// notify starts to show the notification of a mail.
func (a *App) notify(mail mailbox.Mail) tea.Cmd {
	a.banner = banner{mail: mail, number: a.banner.number + 1}
	if !a.moves() {
		a.banner.rows, a.banner.leaving, a.banner.still = bannerHeight, true, true
		return a.banner.after(bannerStays)
	}
	return a.banner.after(frameTime)
}

func (b *banner) after(delay time.Duration) tea.Cmd {
	number := b.number
	return tea.Tick(delay, func(time.Time) tea.Msg { return bannerMsg{number} })
}

// move shows or hides one more row.
func (b *banner) move(msg bannerMsg) tea.Cmd {
	switch {
	case msg.number != b.number:
		return nil
	case b.leaving:
		if b.rows--; b.rows <= 0 || b.still {
			b.dismiss()
			return nil
		}
		return b.after(frameTime)
	case b.rows < bannerHeight:
		b.rows++
		return b.after(frameTime)
	default:
		b.leaving = true
		return b.after(bannerStays)
	}
}

// dismiss removes the notification.
func (b *banner) dismiss() { *b = banner{number: b.number + 1} }

// line returns the notification in one row, for a small window; "" for none. veil hides its secrets.
func (b *banner) line(t *kit.Theme, width int, veil func(string) string) string {
	if b.rows == 0 || width < 18 {
		return ""
	}
	subject := veil(hanko.Printable(cmp.Or(b.mail.Subject, b.mail.From)))
	return " " + t.Raised(kit.Spread(" "+t.Title.Render("@")+" "+subject, " now ", width-2), width-2) + " "
}

// view returns the visible rows of the notification. veil hides its secrets.
func (b *banner) view(t *kit.Theme, width int, veil func(string) string) []string {
	if b.rows == 0 || width < 18 {
		return nil
	}
	sender := b.mail.From
	if address, err := netmail.ParseAddress(sender); err == nil {
		sender = cmp.Or(address.Name, address.Address)
	}
	rows := []string{
		kit.Spread(t.Title.Render("@ Mail")+" · "+hanko.Printable(sender), " now", width-6),
		veil(hanko.Printable(b.mail.Subject)),
	}
	lines := strings.Split(t.Notification(strings.Join(rows, "\n"), width-2), "\n")
	for i, line := range lines {
		lines[i] = " " + line + " "
	}
	return lines[len(lines)-min(b.rows, len(lines)):]
}
