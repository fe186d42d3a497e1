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

	Theme           Theme // "" is AutoTheme
	Mouse           bool  // clicks and the wheel are for the app; the terminal's own selecting wants shift then
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
	theme   *theme
	dark    bool    // the terminal's background, as far as it is known
	ground  tea.Cmd // asks the terminal for it; may be nil
	walk    *login.Walk
	phone   *authenticator.Phone
	asks    chan consentAsk
	reports chan error // of phones, about apps that their domains do not know

	phones       []authenticator.Profile // the one that is played, then those to change to
	recognise    tea.Cmd                 // asks what the tenant is while the person types; an action that comes first waits for the same answer
	loadPasskeys tea.Cmd                 // reads the phone's keystore

	recognised  hanko.Recognition // its API is "" until the tenant is known
	recognition string            // the same as a line for the person, or why it failed

	asksToRemember bool // the tenant asks whether to stay signed in
	staySignedIn   bool // the person's answer

	width, height int
	page          page
	shownAt       time.Time // when page, or the sheet, came up
	sheet         *consentSheet
	consenting    bool // a sheet has come up during the action under way
	focus         focus
	side          focus // the tab that is shown beside the phone
	wire          *wireTab
	token         *tokenTab
	passkeys      *passkeysTab
	mail          *mailTab
	code          *codeTab
	guide         *guideTab
	mails         []mailbox.Mail
	banner        banner // of the newest mail
	journey       journey
	palette       *commandPalette // nil while it is closed
	help          bool
	helpAt        int // the first line of the help that is shown

	masked   bool     // what is drawn now is for others than the person
	tokens   []string // that have been seen, for masking
	searched int      // exchanges that were searched for tokens

	told         bool  // a story is played: its keys are shown, not the app's
	busy         *busy // an action is under way
	spinner      spinner.Model
	ticking      bool // a tickMsg is on its way
	toast        string
	unassociated string // what is wrong between the app and the tenant's domain, as far as it is known
	toasts       int    // counts them, so that an old one's end does not take a new one away

	next *Reconnect // the tenant to go on with when the app has ended; nil when it has ended for good
}

// busy is an action under way; cancel gives it up.
type busy struct {
	cancel context.CancelFunc
}

// stepMsg is the end of an action.
type stepMsg struct {
	step     login.Step
	canceled bool
}

type (
	exchangesMsg struct{ more []hanko.Exchange }
	mailsMsg     struct {
		mails     []mailbox.Mail
		delivered int
	}
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
	a.phones = append([]authenticator.Profile{options.Profile}, options.Others...)
	a.play(func(phone *authenticator.Phone) *login.Walk { return login.New(options.Client, phone, options.Email) })
	a.wire = newWireTab(a)
	a.token = &tokenTab{app: a}
	a.code = &codeTab{app: a, language: asCurl}
	a.guide = newGuideTab(a)
	a.passkeys = &passkeysTab{app: a}
	a.mail = &mailTab{app: a}
	a.page = a.pageFor(a.walk.Step())
	return a
}

// recognisedMsg brings what the tenant was found to be.
type recognisedMsg struct {
	found          hanko.Recognition
	asksToRemember bool
	err            error
}

// Init starts the waiting for what comes from outside.
func (a *App) Init() tea.Cmd {
	return tea.Batch(a.ground, a.page.Init(), a.passkeys.Init(), a.recognise, a.waitForAsk, a.waitForReport, a.waitForExchanges(0), a.waitForMail(0))
}

func (a *App) now() time.Time { return a.options.Now() }

func (a *App) waitForExchanges(seen int) tea.Cmd {
	ctx, log := a.ctx, a.options.Client.Log()
	return func() tea.Msg {
		if log.Wait(ctx, seen) != nil {
			return nil
		}
		return exchangesMsg{log.From(seen)}
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
		return mailsMsg{inbox.Mails(), delivered}
	}
}

// Update is the app's answer to one message.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := a.update(msg)
	if !a.ticking && (a.page.Ticking() || a.sideIsShown() && a.tab(a.side).Ticking()) {
		a.ticking = true
		cmd = tea.Batch(cmd, tea.Tick(time.Second, func(at time.Time) tea.Msg { return tickMsg(at) }))
	}
	return a, cmd
}

// sideIsShown tells that the tab beside the phone is on the screen.
func (a *App) sideIsShown() bool { return a.focus != onPhone || a.width >= wideWindow }

func (a *App) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.width, a.height = msg.Width, msg.Height
		return nil
	case tea.KeyMsg:
		return a.pressed(msg)
	case tea.MouseMsg:
		return a.clicked(msg)
	case actionMsg:
		return a.take(msg.action)
	case stepMsg:
		return a.arrived(msg)
	case consentAsk:
		a.sheet, a.shownAt, a.focus, a.palette, a.consenting = newConsentSheet(a, msg), a.now(), onPhone, nil, true
		return tea.Batch(a.waitForAsk, waitForEnd(msg))
	case reportMsg:
		a.unassociated = hanko.Printable(msg.err.Error())
		return tea.Batch(a.waitForReport, toast("A real phone would refuse (--strict does): %s", a.unassociated))
	case sheetOverMsg:
		if a.sheet != nil && a.sheet.sameAsk(msg) {
			a.sheet = nil
		}
		return nil
	case sheetClosedMsg:
		a.sheet = nil
		return nil
	case exchangesMsg:
		a.guide.add(len(a.wire.exchanges), msg.more)
		a.wire.add(msg.more)
		return a.waitForExchanges(len(a.wire.exchanges))
	case mailsMsg:
		more := len(msg.mails) - len(a.mails)
		a.mail.arrived(more)
		a.mails = msg.mails
		if more > 0 {
			return tea.Batch(a.notify(msg.mails[0]), a.waitForMail(msg.delivered))
		}
		return a.waitForMail(msg.delivered)
	case bannerMsg:
		return a.banner.move(msg)
	case passkeysMsg:
		return a.passkeys.Update(msg)
	case inspectionMsg:
		return a.token.Update(msg)
	case groundMsg:
		a.dark = msg.dark
		a.dressIn(a.options.Theme)
		return nil
	case recognisedMsg:
		a.recognised, a.recognition, a.asksToRemember = msg.found, msg.found.String()+".", msg.asksToRemember
		if msg.err != nil {
			a.recognition = "✗ " + hanko.Printable(msg.err.Error())
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
	case toastMsg:
		a.toast = hanko.Printable(msg.text)
		a.toasts++
		number := a.toasts
		return tea.Tick(5*time.Second, func(time.Time) tea.Msg { return toastOverMsg{number} })
	case toastOverMsg:
		if msg.number == a.toasts {
			a.toast = ""
		}
		return nil
	default:
		return a.page.Update(msg)
	}
}

// take starts an action; there is one at a time.
func (a *App) take(action login.Action) tea.Cmd {
	walk := a.walk
	return a.wait(func(ctx context.Context) tea.Msg {
		step := walk.Take(ctx, action)
		return stepMsg{step: step, canceled: ctx.Err() != nil}
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
	a.busy.cancel()
	a.busy = nil
}

// arrived shows the step that an action has led to. After a cancelled action the walk stands where it was, and so does
// the screen with everything typed on it, unless the tenant was faster.
func (a *App) arrived(msg stepMsg) tea.Cmd {
	a.rested()
	a.sheet, a.consenting = nil, false
	a.journey.reach(msg.step)
	if _, waits := msg.step.(login.EnterPasscode); !waits {
		a.banner.dismiss() // it has been read, or is of no use any more
	}
	next := a.pageFor(msg.step)
	a.token.arrived(msg.step)
	a.code.arrived(msg.step, next.Title())
	a.guide.arrived(msg.step)
	if msg.canceled && next.Title() == a.page.Title() {
		return toast("Cancelled.")
	}
	a.page, a.shownAt, a.focus, a.palette = next, a.now(), onPhone, nil
	return tea.Batch(a.page.Init(), a.loadPasskeys, a.recognise)
}
