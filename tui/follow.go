package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/tui/kit"
)

// followWire waits for the next change on the wire.
func (a *App) followWire(last hanko.News) tea.Cmd {
	ctx, log := a.ctx, a.options.Client.Log()
	return func() tea.Msg {
		news, err := log.Follow(ctx, last)
		if err != nil {
			return nil
		}
		return news
	}
}

// exchanged handles a change on the wire.
func (a *App) exchanged(news hanko.News) tea.Cmd {
	first := a.exchanges
	a.exchanges += len(news.Ended)
	for _, exchange := range news.Ended {
		a.known.Learn(exchange)
	}
	told := kit.ExchangesMsg{First: first, More: news.Ended, Pending: news.Pending, Prompted: a.prompted}
	return tea.Batch(a.tell(told), a.followWire(news))
}

// waitForMail waits until the inbox has more than so many mails delivered. Only the embedded tenant has an inbox.
func (a *App) waitForMail(seen int) tea.Cmd {
	ctx, inbox := a.ctx, a.options.Inbox
	if inbox == nil {
		return nil
	}
	return func() tea.Msg {
		if inbox.Wait(ctx, seen) != nil {
			return nil
		}
		delivered := inbox.Delivered()
		return InboxMsg{inbox.Mails(), delivered}
	}
}

// mailed handles the mails that are in the inbox now, and waits for the next one.
func (a *App) mailed(msg InboxMsg) tea.Cmd {
	more := len(msg.Mails) - len(a.mails)
	cmds := []tea.Cmd{a.tell(kit.MailsMsg{More: more})}
	a.mails = msg.Mails
	for _, mail := range a.mails {
		a.known.LearnText(secret.Code, mail.Code)
	}
	if more > 0 {
		cmds = append(cmds, a.notify(msg.Mails[0]))
	}
	return tea.Batch(append(cmds, a.waitForMail(msg.Delivered))...)
}
