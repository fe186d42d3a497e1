package tui

import (
	"cmp"
	netmail "net/mail"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/tui/kit"
)

// banner is the notification of a mail: it slides in from above, stays for a while, and slides out.
type banner struct {
	mail   mailbox.Mail
	number int // counts notifications, so that an old one's ticks do not move a new one
	rows   int // of it are on the screen
	leaves bool
}

// bannerMsg moves the notification with that number.
type bannerMsg struct{ number int }

const (
	bannerHeight = 4 // rows
	bannerSlides = 45 * time.Millisecond
	bannerStays  = 7 * time.Second
)

// notify shows the notification of a mail.
func (a *App) notify(mail mailbox.Mail) tea.Cmd {
	a.banner = banner{mail: mail, number: a.banner.number + 1}
	return a.banner.after(bannerSlides)
}

func (b *banner) after(delay time.Duration) tea.Cmd {
	number := b.number
	return tea.Tick(delay, func(time.Time) tea.Msg { return bannerMsg{number} })
}

// move is the next row in, or out.
func (b *banner) move(msg bannerMsg) tea.Cmd {
	switch {
	case msg.number != b.number:
		return nil
	case b.leaves:
		b.rows--
		if b.rows <= 0 {
			b.dismiss()
			return nil
		}
		return b.after(bannerSlides)
	case b.rows < bannerHeight:
		b.rows++
		return b.after(bannerSlides)
	default:
		b.leaves = true
		return b.after(bannerStays)
	}
}

// dismiss takes the notification away.
func (b *banner) dismiss() { b.rows, b.leaves, b.number = 0, false, b.number+1 }

// view is the part of the notification that is on the screen; veil hides what is secret of it.
func (b *banner) view(t *kit.Theme, width int, veil func(string) string) []string {
	inner := width - 6
	if b.rows == 0 || inner < 12 {
		return nil
	}
	edge := func(left, right string) string {
		return " " + t.Bezel.Render(left+strings.Repeat("─", inner+2)+right) + " "
	}
	line := func(left, right string) string {
		left = ansi.Truncate(left, inner-ansi.StringWidth(right)-1, "…")
		space := strings.Repeat(" ", inner-ansi.StringWidth(left)-ansi.StringWidth(right))
		return " " + t.Bezel.Render("│") + " " + left + space + right + " " + t.Bezel.Render("│") + " "
	}
	sender := b.mail.From
	if address, err := netmail.ParseAddress(sender); err == nil {
		sender = cmp.Or(address.Name, address.Address)
	}
	sender = hanko.Printable(sender)
	lines := []string{
		edge("╭", "╮"),
		line(t.Accent.Render("@ Mail")+t.Dim.Render(" · "+sender), t.Dim.Render("now")),
		line(t.Title.Render(veil(hanko.Printable(b.mail.Subject))), ""),
		edge("╰", "╯"),
	}
	return lines[len(lines)-b.rows:]
}
