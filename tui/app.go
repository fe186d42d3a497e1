// Package tui is the interactive app: a phone that walks a login, and beside it what goes over the wire. It starts no
// goroutines of its own; everything that waits is a Bubble Tea command.
package tui

import (
	"context"
	"io"
	"time"

	// Before Bubble Tea, which would ask the terminal for its background and may wait five seconds for it.
	_ "example.com/hankosim/tui/background"

	"github.com/charmbracelet/bubbles/spinner"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/fault"
	"example.com/hankosim/authenticator/totp"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/tui/cast"
)

// Options is what the app is given to work with.
type Options struct {
	Client  *hanko.Client
	Profile authenticator.Profile
	Others  []authenticator.Profile // phones to change to, on the same keystore
	Store   *authenticator.Keystore
	Tenant  string         // its name for the status line: "embedded tenant", "staging"
	API     hanko.API      // which to use; "" finds out
	OTP     *totp.App      // the phone's authenticator app
	Inbox   *mailbox.Inbox // the embedded tenant's; nil for a real tenant
	Email   string         // fills the email screen in; may be ""
	Folder  string         // where the walk is saved; "" nowhere
	Version string         // of this program, for exports
	Notice  string         // a sentence for the first screen; may be ""

	Connect    func(ctx context.Context, url string) (Connection, error) // asks what another tenant is; nil offers none
	SaveTenant func(Connection) (Saved, error)                           // writes one into the configuration

	Record *cast.Recorder // keeps the frames, without secrets; nil keeps none. Who made it closes it

	Fault          *fault.Fault                 // what the phones get wrong on purpose; nil for nothing
	Strict         bool                         // they refuse what only real platforms refuse
	Association    authenticator.AppAssociation // is asked before their ceremonies; nil asks nobody
	RelatedOrigins authenticator.RelatedOrigins // the same for web pages

	Theme           ThemeName // "" is AutoTheme
	Mouse           bool      // clicks and the wheel are for the app; the terminal's own selecting wants shift then
	Renderer        *lipgloss.Renderer
	Terminal        io.Writer        // takes OSC 52 sequences; nil when there is no terminal to take them
	NativeClipboard bool             // the machine's clipboard may be used
	Now             func() time.Time // nil means time.Now
	Grace           time.Duration    // for so long a new screen ignores enter and letters: they were meant for the one before
}

// App is the Bubble Tea model. Make it with New.
type App struct {
	options Options
	ctx     context.Context
	theme   *Theme
	dark    bool // the terminal's background, as far as it is known
	walk    *login.Walk
	phone   *authenticator.Phone
	asks    chan consentAsk
	reports chan error // of phones, about apps that their domains do not know

	phones       []authenticator.Profile // the one that is played, then those to change to
	recognise    tea.Cmd                 // asks what the tenant is while the person types; an action that comes first waits for the same answer
	loadPasskeys tea.Cmd                 // reads the phone's keystore

	tenant       Tenant
	staySignedIn bool // the person wants to
	session      *Session
	passkeys     []authenticator.Passkey // on the phone
	unassociated string                  // what is wrong between the app and the tenant's domain, as far as it is known
	mails        []mailbox.Mail
	exchanges    int // that have come

	width, height int
	step          login.Step // that page is for
	page          Page
	below         Page      // the page that one over it goes back to; nil for none
	screens       int       // that have been shown
	shownAt       time.Time // when page, or the sheet, came up
	sheet         *consentSheet
	sheets        int  // that have come up
	consenting    bool // a sheet has come up during the action under way
	tabs          []tab
	wire          *wireTab // of the tabs
	focus         part
	side          part   // the tab that is shown beside the phone
	banner        banner // of the newest mail
	journey       journey
	palette       *commandPalette // nil while it is closed
	help          bool
	helpAt        int // the first line of the help that is shown

	secrets   bool             // the person wants to see them
	masked    bool             // what is drawn now is for others than the person
	learned   []string         // tokens that have been seen, for masking
	unlearned []hanko.Exchange // in which tokens have not been looked for

	narrated bool  // a story is played: its keys are shown, not the app's
	busy     *busy // an action is under way
	spinner  spinner.Model
	ticking  bool // a tickMsg is on its way
	toast    string
	toasts   int // counts them, so that an old one's end does not take a new one away

	next *Reconnect // the tenant to go on with when the app has ended; nil when it has ended for good
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

	// WireMsg brings what has gone over the wire since the one before.
	WireMsg struct{ More []hanko.Exchange }
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

// filled are the options with what was left out in its place.
func (o Options) filled() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Renderer == nil {
		o.Renderer = lipgloss.NewRenderer(io.Discard)
	}
	if o.OTP == nil {
		o.OTP = totp.NewMemoryApp()
	}
	return o
}

// New makes the app. Everything that it starts ends with ctx.
func New(ctx context.Context, options Options) *App {
	options = options.filled()
	a := &App{
		options: options,
		ctx:     ctx,
		theme:   newTheme(options.Renderer, options.Theme, true),
		dark:    true,
		asks:    make(chan consentAsk),
		reports: make(chan error),
		side:    tabWire,
		spinner: spinner.New(spinner.WithSpinner(spinner.Line)),
	}
	a.tenant = Tenant{URL: options.Client.BaseURL(), Embedded: options.Inbox != nil}
	a.phones = append([]authenticator.Profile{options.Profile}, options.Others...)
	a.play(func(client *hanko.Client, phone *authenticator.Phone) *login.Walk {
		return login.New(client, phone, options.Email)
	})
	a.step = a.walk.Step()
	a.wire = newWireTab()
	a.tabs = a.newTabs()
	a.page = pageFor(a.situation(onPhone), a.step)
	return a
}

// Init starts the waiting for what comes from outside.
func (a *App) Init() tea.Cmd {
	return tea.Batch(a.answer(a.page.Init(a.situation(onPhone))), a.loadPasskeys, a.recognise,
		a.waitForAsk, a.waitForReport, a.waitForExchanges(0), a.waitForMail(0))
}

// situation is what a part of the window may read.
func (a *App) situation(which part) Situation {
	width, height := a.tabRoom()
	return Situation{
		Theme: a.theme, Now: a.now(), Focused: a.focus == which, Room: Room{width, height},
		Secrets: a.secrets && !a.masked, Masked: a.masked,
		Tenant: a.tenant, Notice: a.options.Notice, CanConnect: a.options.Connect != nil, StaySigned: a.staySignedIn,
		Folder: a.options.Folder, Version: a.options.Version,
		Phone: a.phone.Profile(), MorePhones: len(a.phones) > 1, Passkeys: a.passkeys, Unassociated: a.unassociated, OTP: a.options.OTP,
		Mails: a.mails, Session: a.session,
	}
}

func (a *App) now() time.Time { return a.options.Now() }

func (a *App) waitForExchanges(seen int) tea.Cmd {
	ctx, log := a.ctx, a.options.Client.Log()
	return func() tea.Msg {
		if log.Wait(ctx, seen) != nil {
			return nil
		}
		return WireMsg{log.From(seen)}
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
	case consentAsk:
		a.sheet, a.shownAt, a.focus, a.palette, a.consenting = newConsentSheet(msg), a.now(), onPhone, nil, true
		a.sheets++
		return tea.Batch(a.waitForAsk, waitForEnd(msg))
	case reportMsg:
		a.unassociated = hanko.Printable(msg.err.Error())
		return tea.Batch(a.waitForReport, Toast("A real phone would refuse (--strict does): %s", a.unassociated))
	case sheetOverMsg:
		if a.sheet != nil && a.sheet.sameAsk(msg) {
			a.sheet = nil
		}
		return nil
	case sheetClosedMsg:
		a.sheet = nil
		return nil
	case ArrivedMsg:
		return a.arrived(msg)
	case workedMsg:
		a.rested()
		a.shownAt = a.now()
		return a.answer(a.page.Update(a.situation(onPhone), msg.msg))
	case WireMsg:
		return a.exchanged(msg.More)
	case InboxMsg:
		return a.mailed(msg)
	case bannerMsg:
		return a.banner.move(msg)
	case PasskeysMsg:
		a.passkeys = msg.Passkeys
		return a.tell(msg)
	case InspectedMsg:
		if a.session != nil && msg.Token == a.session.Token.Raw {
			a.session.Inspection, a.session.InspectedAt, a.session.Asking = &msg.Found, a.now(), false
		}
		return nil
	case StoryKeyMsg:
		a.shownAt = time.Time{}
		return a.pressed(tea.KeyMsg(msg))
	case NarratedMsg:
		a.narrated = msg.On
		if !msg.On {
			a.shownAt = a.now() // further keys of the same haste are ignored, as on every new screen
		}
		return nil
	case AppearanceMsg:
		a.dark = msg.Dark
		a.dressIn(msg.Theme)
		return nil
	case BackgroundMsg:
		a.dark = msg.Dark
		a.dressIn(a.options.Theme)
		return nil
	case recognisedMsg:
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
		return a.answer(a.page.Update(a.situation(onPhone), msg))
	}
}

// asked does what a page asks for; it reports false for a message that asks for nothing.
func (a *App) asked(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case ActMsg:
		return a.take(msg.Action), true
	case WorkMsg:
		return a.wait(func(ctx context.Context) tea.Msg { return workedMsg{msg.Do(ctx)} }), true
	case ToastMsg:
		return a.showToast(msg), true
	case CopyMsg:
		return a.copy(msg), true
	case ShowRawMsg:
		return showRaw(msg.Text), true
	case ChangePhoneMsg:
		return a.changePhone(msg), true
	case ToPhoneMsg:
		a.focus = onPhone
		return nil, true
	case OpenExchangeMsg:
		return tea.Batch(a.tell(msg), a.turnTo(tabWire)), true
	case ToggleSecretsMsg:
		a.secrets = !a.secrets
		if a.secrets {
			return Toast("Secrets are shown. m masks them again."), true
		}
		return Toast("Secrets are masked."), true
	case ToggleStaySignedInMsg:
		a.staySignedIn = !a.staySignedIn
		return nil, true
	case InspectMsg:
		return a.inspect(), true
	case ReadPasskeysMsg:
		return a.loadPasskeys, true
	case DeletePasskeyMsg:
		return a.deletePasskey(msg.CredentialID), true
	case OpenConnectMsg:
		a.place(newConnectPage(a.situation(onPhone), a.options.Connect, a.options.SaveTenant), a.page)
		return a.answer(a.page.Init(a.situation(onPhone))), true
	case CloseMsg:
		a.place(a.below, nil)
		return nil, true
	case closePaletteMsg:
		a.palette = nil
		return nil, true
	case commandMsg:
		a.palette = nil
		return msg.command.run(), true
	case ReconnectMsg:
		a.next = &msg.To
		return tea.Quit, true
	}
	return nil, false
}

// exchanged takes what has gone over the wire.
func (a *App) exchanged(more []hanko.Exchange) tea.Cmd {
	first := a.exchanges
	a.exchanges += len(more)
	a.unlearned = append(a.unlearned, more...)
	return tea.Batch(a.tell(ExchangesMsg{first, more}), a.waitForExchanges(a.exchanges))
}

// mailed takes the mails that are in the inbox now.
func (a *App) mailed(msg InboxMsg) tea.Cmd {
	more := len(msg.Mails) - len(a.mails)
	cmds := []tea.Cmd{a.tell(MailsMsg{more})}
	a.mails = msg.Mails
	if more > 0 {
		cmds = append(cmds, a.notify(msg.Mails[0]))
	}
	return tea.Batch(append(cmds, a.waitForMail(msg.Delivered))...)
}

// showToast shows a toast for a while.
func (a *App) showToast(msg ToastMsg) tea.Cmd {
	a.toast = hanko.Printable(msg.Text)
	a.toasts++
	number := a.toasts
	return tea.Tick(5*time.Second, func(time.Time) tea.Msg { return toastOverMsg{number} })
}

// take starts an action; there is one at a time.
func (a *App) take(action login.Action) tea.Cmd {
	walk := a.walk
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
	a.busy = &busy{cancel: cancel}
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
	a.sheet, a.consenting = nil, false
	a.journey.reach(msg.Step)
	if !waitsForMail(msg.Step) {
		a.banner.dismiss() // it has been read, or is of no use any more
	}
	a.hold(msg.Step)
	next := pageFor(a.situation(onPhone), msg.Step)
	told := a.tell(StepMsg{msg.Step, next.Title()})
	if msg.Canceled && next.Title() == a.page.Title() {
		return tea.Batch(told, Toast("Cancelled."))
	}
	a.place(next, nil)
	a.step, a.focus, a.palette = msg.Step, onPhone, nil
	return tea.Batch(told, a.answer(a.page.Init(a.situation(onPhone))), a.loadPasskeys, a.recognise)
}

// hold takes the session of the step that the walk has come to, or takes note of its end.
func (a *App) hold(step login.Step) {
	in, ended := sessionOf(step)
	switch {
	case ended && a.session.Live():
		a.session.EndedAt = a.now()
	case in != nil && a.session != nil && a.session.Token.Raw == in.Token.Raw:
		a.session.SignedIn, a.session.EndedAt = *in, time.Time{}
	case in != nil:
		a.session = &Session{SignedIn: *in}
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
			return ToastMsg{hanko.Printable(err.Error())}
		}
		return ToastMsg{"Deleted from the phone. The tenant still lists it until it is removed there."}
	}, a.loadPasskeys)
}
