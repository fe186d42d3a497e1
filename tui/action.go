package tui

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/screen"
)

// busy is an action in progress. cancel stops it.
type busy struct {
	cancel context.CancelFunc
}

// take starts an action of the walk, unless one is in progress.
func (a *App) take(action login.Action) tea.Cmd {
	walk := a.walk
	if a.busy == nil {
		a.askedAt = time.Now() // mails are dated by this clock, too
	}
	return a.wait(func(ctx context.Context) tea.Msg {
		step := walk.Take(ctx, action)
		return ArrivedMsg{Step: step, Canceled: ctx.Err() != nil}
	})
}

// wait runs do in a command while a spinner turns, unless something is in progress already. esc cancels do. Whoever handles
// the message of do calls rested.
func (a *App) wait(do func(ctx context.Context) tea.Msg) tea.Cmd {
	if a.busy != nil {
		return nil
	}
	ctx, cancel := context.WithCancel(a.ctx)
	a.busy, a.prompted = &busy{cancel: cancel}, true
	a.toast = ""
	return tea.Batch(a.spinner.Tick, func() tea.Msg { return do(ctx) })
}

// rested ends what is in progress.
func (a *App) rested() {
	if a.busy != nil {
		a.busy.cancel()
		a.busy = nil
	}
}

// arrived shows the step that an action led to. If the action was cancelled in time, the walk has not moved, and the screen
// stays with everything typed on it.
func (a *App) arrived(msg ArrivedMsg) tea.Cmd {
	a.rested()
	declined := a.declined
	a.sheet, a.chapter, a.declined = nil, "", false
	if problem := problemOf(msg.Step); declined && problem != nil {
		a.parting = problem.Sentence + " " + problem.Said // not an error: the walk has not moved
		return a.take(login.Back{})
	}
	a.journey.reach(msg.Step)
	if passcodeWanted(msg.Step) == nil {
		a.banner.dismiss() // it has been read, or is out of date
	}
	expiry := a.hold(msg.Step)
	next := screen.After(a.situation(onPhone), a.page, msg.Step)
	told := tea.Batch(a.tell(kit.StepMsg{Step: msg.Step, Title: next.Title()}), expiry)
	if msg.Canceled && next.Title() == a.page.Title() {
		screen.DropProblem(a.page)
		return tea.Batch(told, kit.Toast("Cancelled."))
	}
	a.place(next, nil)
	a.step, a.focus, a.palette = msg.Step, onPhone, nil
	told = tea.Batch(told, a.awaitPasscode(msg.Step), a.compare())
	if a.parting != "" {
		told = tea.Batch(told, a.showToast(kit.ToastMsg{Text: a.parting}))
		a.parting = ""
	}
	return tea.Batch(told, a.answer(a.page.Init(a.situation(onPhone))), a.loadPasskeys, a.recognise)
}

// compare compares what is known of the tenant by now with what is expected of it. What differs stands on the first screen; on
// the way it is told once.
func (a *App) compare() tea.Cmd {
	var in *login.SignedIn
	if a.session != nil {
		in = &a.session.SignedIn
	}
	before := a.tenant.Unexpected
	a.tenant.Unexpected = a.options.Unexpected(a.recognised, in)
	if _, first := sessionOf(a.step); first || a.tenant.Unexpected == before || a.tenant.Unexpected == "" {
		return nil
	}
	return kit.Toast("%s", a.tenant.Unexpected)
}

// hold keeps the session of the step that the walk has reached, or notes that it has ended. For a new session, it returns
// the command that waits for the end of its token.
func (a *App) hold(step login.Step) tea.Cmd {
	in, ended := sessionOf(step)
	if in != nil {
		a.learnSession(*in)
	}
	switch {
	case ended && a.session.Live():
		a.session.EndedAt = a.now()
	case in != nil && a.session != nil && a.session.Token.Raw == in.Token.Raw:
		a.session.SignedIn, a.session.EndedAt = *in, time.Time{}
	case in != nil:
		a.session = &kit.Session{SignedIn: *in}
		return a.awaitExpiry(in.Token.ExpiresAt)
	}
	return nil
}

// awaitExpiry waits until a token expires, so that a screen that nobody touches says so then. Until then nothing is drawn.
func (a *App) awaitExpiry(at time.Time) tea.Cmd {
	left := at.Sub(a.now())
	if left <= 0 { // expired, or valid without an end
		return nil
	}
	ctx := a.ctx
	return func() tea.Msg {
		timer := time.NewTimer(left)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		return expiredMsg{}
	}
}

// inspect asks the tenant about the session's token.
func (a *App) inspect() tea.Cmd {
	if a.session == nil {
		return nil
	}
	a.session.Inspection, a.session.Asking = nil, true
	ctx, client, token := a.ctx, a.options.Client, a.session.Token
	return func() tea.Msg { return InspectedMsg{token.Raw, login.Inspect(ctx, client, token)} }
}
