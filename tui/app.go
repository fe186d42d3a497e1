// Package tui is the interactive app: a phone that walks a login, and beside it what goes over the wire. It starts no
// goroutines of its own; everything that waits is a Bubble Tea command.
package tui

import (
	"context"
	"time"

	// Before Bubble Tea, which would ask the terminal for its background and may wait five seconds for it.
	_ "example.com/hankosim/tui/background"

	"github.com/charmbracelet/bubbles/spinner"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/screen"
	"example.com/hankosim/tui/tab"
	"example.com/hankosim/tui/terminal"
)

// App is the Bubble Tea model. Make it with New.
type App struct {
	options kit.Options
	ctx     context.Context
	theme   *kit.Theme
	dark    bool // the terminal's background, as far as it is known
	walk    *login.Walk
	phone   *authenticator.Phone
	asks    chan screen.ConsentRequest
	reports chan error // of phones, about apps that their domains do not know

	phones       []authenticator.Profile // the one that is played, then those to change to
	recognise    tea.Cmd                 // asks what the tenant is while the person types; an action that comes first waits for the same answer
	loadPasskeys tea.Cmd                 // reads the phone's keystore

	tenant       kit.Tenant
	staySignedIn bool // the person wants to
	session      *kit.Session
	passkeys     []authenticator.Passkey // on the phone
	unassociated string                  // what is wrong between the app and the tenant's domain, as far as it is known
	mails        []mailbox.Mail
	askedAt      time.Time          // when the action under way, or the last one, began
	awaited      context.CancelFunc // ends the waiting for a passcode in a mailbox; nil when nothing waits
	exchanges    int                // that have come
	prompted     bool               // the person has done something that asks the tenant

	width, height int
	step          login.Step // that page is for
	page          kit.Page
	below         kit.Page  // the page that one over it goes back to; nil for none
	screens       int       // that have been shown
	shownAt       time.Time // when page, or the sheet, came up
	sheet         *screen.Consent
	sheets        int    // that have come up
	consenting    bool   // a sheet has come up during the action under way
	declined      bool   // the person has not approved what the last sheet asked
	parting       string // what is told on the page that a declined sheet leads back to
	tabs          []sideTab
	wire          *tab.Wire // of the tabs
	focus         part
	side          part   // the tab that is shown beside the phone
	rise          rise   // of the sheet
	banner        banner // of the newest mail
	journey       journey
	palette       *commandPalette // nil while it is closed
	help          bool
	helpAt        int // the first line of the help that is shown

	secrets bool           // the person wants to see them
	masked  bool           // what is drawn now is for others than the person
	known   *secret.Keeper // what to hide from them

	narrated bool  // a story is played: its keys are shown, not the app's
	busy     *busy // an action is under way
	spinner  spinner.Model
	ticking  bool // a tickMsg is on its way
	toast    string
	toasts   int // counts them, so that an old one's end does not take a new one away

	next *kit.Reconnect // the tenant to go on with when the app has ended; nil when it has ended for good
}

// busy is an action under way; cancel gives it up.
type busy struct {
	cancel context.CancelFunc
}

type (
	// ArrivedMsg is the end of an action: the step that it has led to.
	ArrivedMsg struct {
		Step     login.Step
		Canceled bool
	}
	// workedMsg is the end of a page's work, with the message that it has brought.
	workedMsg struct{ msg tea.Msg }

	// InboxMsg brings all mails, the newest first, and how many have been delivered since the tenant began.
	InboxMsg struct {
		Mails     []mailbox.Mail
		Delivered int
	}
	// recognisedMsg brings what the tenant was found to be.
	recognisedMsg struct {
		found          hanko.Recognition
		asksToRemember bool
		err            error
	}
	// InspectedMsg brings what was found out about a token.
	InspectedMsg struct {
		Token string
		Found login.Inspection
	}
	// tickMsg comes once a second while something that is shown is Ticking.
	tickMsg      time.Time
	toastOverMsg struct{ number int }
)

// New makes the app. Everything that it starts ends with ctx.
func New(ctx context.Context, options kit.Options) *App {
	options = options.Filled()
	a := &App{
		options: options,
		ctx:     ctx,
		theme:   kit.NewTheme(options.Renderer, options.Theme, true),
		dark:    true,
		known:   options.Secrets,
		asks:    make(chan screen.ConsentRequest),
		reports: make(chan error),
		side:    tabWire,
		spinner: spinner.New(spinner.WithSpinner(spinner.Line)),
	}
	a.tenant = kit.Tenant{URL: options.Client.BaseURL(), Embedded: options.Inbox != nil}
	a.phones = append([]authenticator.Profile{options.Profile}, options.Others...)
	a.play(func(client *hanko.Client, phone *authenticator.Phone) *login.Walk {
		return login.New(client, phone, options.Email)
	})
	a.step = a.walk.Step()
	a.wire = tab.NewWire()
	a.tabs = a.newTabs()
	a.page = screen.For(a.situation(onPhone), a.step)
	return a
}

// Init starts the waiting for what comes from outside.
func (a *App) Init() tea.Cmd {
	return tea.Batch(a.answer(a.page.Init(a.situation(onPhone))), a.loadPasskeys, a.recognise,
		a.waitForAsk, a.waitForReport, a.followWire(hanko.News{}), a.waitForMail(0))
}

// situation is what a part of the window may read.
func (a *App) situation(which part) kit.Situation {
	waiting := ""
	if a.busy != nil && a.sheet == nil {
		waiting = a.spinner.View()
	}
	return kit.Situation{
		Theme: a.theme, Motion: a.moves(), Now: a.now(), Focused: a.focus == which, Waiting: waiting, Room: a.tabRoom(),
		Secrets: a.secrets && !a.masked, Masked: a.masked, Known: a.known,
		Tenant: a.tenant, Notice: a.options.Notice, CanConnect: a.options.Connect != nil, StaySigned: a.staySignedIn,
		Folder: a.options.Folder, Version: a.options.Version,
		Phone: a.phone.Profile(), MorePhones: len(a.phones) > 1, Passkeys: a.passkeys, Unassociated: a.unassociated, OTP: a.options.OTP,
		Mails: a.mails, Mailbox: a.mailboxName(), Session: a.session,
	}
}

func (a *App) now() time.Time { return a.options.Now() }

// followWire waits for what happens on the wire after the last news of it.
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

// Update is the app's answer to one message.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := a.update(msg)
	if !a.ticking && a.showsTime() {
		a.ticking = true
		cmd = tea.Batch(cmd, tea.Tick(time.Second, func(at time.Time) tea.Msg { return tickMsg(at) }))
	}
	return a, cmd
}

// showsTime reports whether something on the screen has to be drawn every second.
func (a *App) showsTime() bool {
	sideIsShown := a.focus != onPhone || a.width >= wideWindow
	return a.page.Ticking(a.situation(onPhone)) || sideIsShown && a.tab(a.side).Ticking(a.situation(a.side))
}

// answer does at once what a page asks for, and returns what is for Bubble Tea to run.
func (a *App) answer(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case nil:
		return nil
	case tea.Cmd:
		return msg
	case func() tea.Msg:
		return msg
	default:
		return a.update(msg)
	}
}

// tell gives a message to all tabs.
func (a *App) tell(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, tab := range a.tabs {
		cmds = append(cmds, a.answer(tab.page.Update(a.situation(tab.part), msg)))
	}
	return tea.Batch(cmds...)
}

// update is one message: from the terminal, from outside, or of a page.
func (a *App) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.width, a.height = msg.Width, msg.Height
		return nil
	case tea.KeyMsg:
		return a.pressed(msg)
	case tea.MouseMsg:
		return a.clicked(msg)
	case screen.ConsentRequest:
		a.sheet, a.shownAt, a.focus, a.palette, a.consenting = screen.NewConsent(msg), a.now(), onPhone, nil, true
		a.sheets++
		return tea.Batch(a.waitForAsk, screen.WaitForEnd(msg), a.raise())
	case riseMsg:
		return a.rise.move(msg)
	case reportMsg:
		a.unassociated = hanko.Printable(msg.err.Error())
		return tea.Batch(a.waitForReport, kit.Toast("A real phone would refuse (--strict does): %s", a.unassociated))
	case screen.SheetOverMsg:
		if a.sheet != nil && a.sheet.SameAsk(msg) {
			a.sheet = nil
		}
		return nil
	case screen.SheetClosedMsg:
		a.sheet, a.declined = nil, msg.Declined
		return nil
	case ArrivedMsg:
		return a.arrived(msg)
	case workedMsg:
		a.rested()
		return a.answer(a.page.Update(a.situation(onPhone), msg.msg))
	case hanko.News:
		return a.exchanged(msg)
	case InboxMsg:
		return a.mailed(msg)
	case passcodeMsg:
		return a.passcodeCame(msg)
	case bannerMsg:
		return a.banner.move(msg)
	case kit.PasskeysMsg:
		a.passkeys = msg.Passkeys
		return a.tell(msg)
	case InspectedMsg:
		if a.session != nil && msg.Token == a.session.Token.Raw {
			a.session.Inspection, a.session.InspectedAt, a.session.Asking = &msg.Found, a.now(), false
		}
		return nil
	case kit.StoryKeyMsg:
		a.shownAt = time.Time{}
		return a.pressed(tea.KeyMsg(msg))
	case kit.ReduceMsg:
		return a.tell(msg)
	case kit.NarratedMsg:
		a.narrated = msg.On
		if !msg.On {
			a.shownAt = a.now() // further keys of the same haste are ignored, as on every new screen
		}
		return nil
	case kit.AppearanceMsg:
		a.dark = msg.Dark
		a.dressIn(msg.Theme)
		return nil
	case terminal.BackgroundMsg:
		a.dark = msg.Dark
		a.dressIn(a.options.Theme)
		return nil
	case recognisedMsg:
		a.journey.flow = msg.found.API == hanko.FlowAPI
		a.tenant.API, a.tenant.Recognition, a.tenant.AsksToRemember = msg.found.API, msg.found.String()+".", msg.asksToRemember
		if msg.err != nil {
			a.tenant.Recognition = "✗ " + hanko.Printable(msg.err.Error())
		}
		return nil
	case tickMsg:
		a.ticking = false
		return nil
	case spinner.TickMsg:
		if a.busy == nil {
			return nil
		}
		var cmd tea.Cmd
		a.spinner, cmd = a.spinner.Update(msg)
		return cmd
	case toastOverMsg:
		if msg.number == a.toasts {
			a.toast = ""
		}
		return nil
	default:
		if cmd, asked := a.asked(msg); asked {
			return cmd
		}
		if a.sheet != nil {
			return tea.Batch(a.answer(a.sheet.Update(a.situation(onPhone), msg)), a.answer(a.page.Update(a.situation(onPhone), msg)))
		}
		return a.answer(a.page.Update(a.situation(onPhone), msg))
	}
}

// asked does what a page asks for; it reports false for a message that asks for nothing.
func (a *App) asked(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case kit.ActMsg:
		return a.take(msg.Action), true
	case kit.WorkMsg:
		return a.wait(func(ctx context.Context) tea.Msg { return workedMsg{msg.Do(ctx)} }), true
	case kit.ToastMsg:
		return a.showToast(msg), true
	case kit.CopyMsg:
		return a.copy(msg), true
	case kit.ShowRawMsg:
		return showRaw(msg.Text), true
	case kit.ChangePhoneMsg:
		return a.changePhone(msg), true
	case kit.ToPhoneMsg:
		a.focus = onPhone
		return nil, true
	case kit.OpenExchangeMsg:
		return tea.Batch(a.tell(msg), a.turnTo(tabWire)), true
	case kit.ToggleSecretsMsg:
		a.secrets = !a.secrets
		if a.secrets {
			return kit.Toast("Secrets are shown. m masks them again."), true
		}
		return kit.Toast("Secrets are masked."), true
	case kit.ToggleStaySignedInMsg:
		a.staySignedIn = !a.staySignedIn
		return nil, true
	case kit.InspectMsg:
		return a.inspect(), true
	case kit.ReadPasskeysMsg:
		return a.loadPasskeys, true
	case kit.DeletePasskeyMsg:
		return a.deletePasskey(msg.CredentialID), true
	case kit.OpenConnectMsg:
		return a.openConnect(msg.Embedded), true
	case kit.ChangedMsg:
		a.shownAt = a.now()
		return nil, true
	case kit.CloseMsg:
		a.place(a.below, nil)
		return nil, true
	case closePaletteMsg:
		a.palette = nil
		return nil, true
	case commandMsg:
		a.palette = nil
		return msg.command.run(), true
	case kit.ReconnectMsg:
		a.next = &msg.To
		return tea.Quit, true
	}
	return nil, false
}

// openConnect brings up the page that connects another tenant.
func (a *App) openConnect(embedded bool) tea.Cmd {
	below := a.below
	if below == nil {
		below = a.page
	}
	a.focus = onPhone
	a.place(screen.NewConnect(a.situation(onPhone), a.options.Connect, a.options.SaveTenant, embedded), below)
	return a.answer(a.page.Init(a.situation(onPhone)))
}

// exchanged takes what has happened on the wire.
func (a *App) exchanged(news hanko.News) tea.Cmd {
	first := a.exchanges
	a.exchanges += len(news.Ended)
	for _, exchange := range news.Ended {
		a.known.Learn(exchange)
	}
	told := kit.ExchangesMsg{First: first, More: news.Ended, Pending: news.Pending, Prompted: a.prompted}
	return tea.Batch(a.tell(told), a.followWire(news))
}

// mailed takes the mails that are in the inbox now.
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

// showToast shows a toast for a while.
func (a *App) showToast(msg kit.ToastMsg) tea.Cmd {
	a.toast = hanko.Printable(msg.Text)
	a.toasts++
	number := a.toasts
	return tea.Tick(5*time.Second, func(time.Time) tea.Msg { return toastOverMsg{number} })
}

// take starts an action; there is one at a time.
func (a *App) take(action login.Action) tea.Cmd {
	walk := a.walk
	if a.busy == nil {
		a.askedAt = time.Now() // by the clock that mails are dated by
	}
	return a.wait(func(ctx context.Context) tea.Msg {
		step := walk.Take(ctx, action)
		return ArrivedMsg{Step: step, Canceled: ctx.Err() != nil}
	})
}

// wait runs what takes a while, one thing at a time: with a spinner, and esc gives it up. Its message ends it, by rested.
func (a *App) wait(do func(ctx context.Context) tea.Msg) tea.Cmd {
	if a.busy != nil {
		return nil
	}
	ctx, cancel := context.WithCancel(a.ctx)
	a.busy, a.prompted = &busy{cancel: cancel}, true
	a.toast = ""
	return tea.Batch(a.spinner.Tick, func() tea.Msg { return do(ctx) })
}

func (a *App) rested() {
	if a.busy != nil {
		a.busy.cancel()
		a.busy = nil
	}
}

// arrived shows the step that an action has led to. After a cancelled action the walk stands where it was, and so does
// the screen with everything typed on it, unless the tenant was faster.
func (a *App) arrived(msg ArrivedMsg) tea.Cmd {
	a.rested()
	declined := a.declined
	a.sheet, a.consenting, a.declined = nil, false, false
	if problem := problemOf(msg.Step); declined && problem != nil {
		a.parting = problem.Sentence + " " + problem.Said // no error of anybody's: the walk stands where it was
		return a.take(login.Back{})
	}
	a.journey.reach(msg.Step)
	if passcodeWanted(msg.Step) == nil {
		a.banner.dismiss() // it has been read, or is of no use any more
	}
	a.hold(msg.Step)
	next := screen.For(a.situation(onPhone), msg.Step)
	told := a.tell(kit.StepMsg{Step: msg.Step, Title: next.Title()})
	if msg.Canceled && next.Title() == a.page.Title() {
		return tea.Batch(told, kit.Toast("Cancelled."))
	}
	a.place(next, nil)
	a.step, a.focus, a.palette = msg.Step, onPhone, nil
	told = tea.Batch(told, a.awaitPasscode(msg.Step))
	if a.parting != "" {
		told = tea.Batch(told, a.showToast(kit.ToastMsg{Text: a.parting}))
		a.parting = ""
	}
	return tea.Batch(told, a.answer(a.page.Init(a.situation(onPhone))), a.loadPasskeys, a.recognise)
}

// hold takes the session of the step that the walk has come to, or takes note of its end.
func (a *App) hold(step login.Step) {
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

func (a *App) deletePasskey(credentialID []byte) tea.Cmd {
	phone := a.phone
	return tea.Sequence(func() tea.Msg {
		if err := phone.Delete(credentialID); err != nil {
			return kit.ToastMsg{Text: hanko.Printable(err.Error())}
		}
		return kit.ToastMsg{Text: "Deleted from the phone. The tenant still lists it until it is removed there."}
	}, a.loadPasskeys)
}
