// Package tui is the interactive app: a phone that signs in, and tabs beside it with what goes over the wire. It starts no
// goroutines; whatever waits is a Bubble Tea command.
package tui

import (
	"context"
	"time"

	// Keeps Bubble Tea from asking the terminal for its background, which can take five seconds.
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
)

// App is the Bubble Tea model of the whole window. Use New to create one.
type App struct {
	options kit.Options
	ctx     context.Context
	theme   *kit.Theme
	dark    bool // the terminal has a dark background, or has not said
	walk    *login.Walk
	phone   *authenticator.Phone
	asks    chan screen.ConsentRequest
	visits  chan login.Visit
	reports chan error // from phones whose app the tenant's domain does not know

	phones       []authenticator.Profile // the current one, then those to switch to
	recognise    tea.Cmd                 // finds out what the tenant is; an action that comes first waits for the same answer
	loadPasskeys tea.Cmd                 // reads the phone's keystore

	tenant       kit.Tenant
	recognised   hanko.Recognition // zero until the tenant has answered
	staySignedIn bool              // the person chose to stay signed in
	session      *kit.Session
	passkeys     []authenticator.Passkey // on the phone
	unassociated string                  // why a real phone would refuse the app at the tenant's domain; "" if nothing is known
	mails        []mailbox.Mail
	askedAt      time.Time          // when the current or last action began
	awaited      context.CancelFunc // stops the wait for a passcode in a mailbox; nil without one
	unreadable   string             // why the mailbox cannot be read; "" if it can
	exchanges    int                // how many have ended
	prompted     bool               // the person has started an action

	width, height int
	step          login.Step // the step that page shows
	page          kit.Page
	below         kit.Page  // the page to return to from page; nil for none
	screens       int       // how many have been shown
	shownAt       time.Time // when page, or the sheet, came up
	sheet         kit.Page  // over page; nil for none
	sheets        int       // how many have come up
	chapter       string    // that the sheets of the current action are of, for recordings; "" without one
	declined      bool      // the person refused the last sheet
	parting       string    // the toast for the page that a refused sheet leads back to
	tabs          []sideTab
	wire          *tab.Wire // one of the tabs
	focus         part
	side          part   // the tab beside the phone
	rise          rise   // of the sheet
	banner        banner // the notification of the newest mail
	journey       journey
	palette       *commandPalette // nil while it is closed
	help          bool
	helpAt        int // the first visible line of the help

	secrets bool           // the person chose to see them
	masked  bool           // the current frame is for a recording: see MaskedView
	known   *secret.Keeper // the secrets to hide there

	narrated bool  // a story is playing, and shows its own keys
	busy     *busy // nil while nothing is in progress
	spinner  spinner.Model
	ticking  bool // a tickMsg is due
	toast    string
	toasts   int // how many there were: the end of an old one must not remove a new one

	next *kit.Reconnect // the tenant to continue with after the app ends; nil to stop
}

// New returns an app for options. Everything that it starts ends with ctx.
func New(ctx context.Context, options kit.Options) *App {
	options = options.Filled()
	a := &App{
		options: options,
		ctx:     ctx,
		theme:   kit.NewTheme(options.Renderer, options.Theme, true),
		dark:    true,
		known:   options.Secrets,
		asks:    make(chan screen.ConsentRequest),
		visits:  make(chan login.Visit),
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

// Init implements tea.Model: it starts the commands that wait for mails, calls and the phone.
func (a *App) Init() tea.Cmd {
	return tea.Batch(a.answer(a.page.Init(a.situation(onPhone))), a.loadPasskeys, a.recognise,
		a.waitForAsk, a.waitForVisit, a.waitForReport, a.followWire(hanko.News{}), a.waitForMail(0))
}

// situation returns what the page in a part of the window may read.
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
		Mails: a.mails, Mailbox: a.mailboxName(), Unreadable: a.unreadable, Session: a.session,
	}
}

// Update implements tea.Model.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := a.update(msg)
	if !a.ticking && a.showsTime() {
		a.ticking = true
		cmd = tea.Batch(cmd, tea.Tick(time.Second, func(at time.Time) tea.Msg { return tickMsg(at) }))
	}
	return a, cmd
}

// showsTime reports whether a visible page has to be redrawn every second.
func (a *App) showsTime() bool {
	sideIsShown := a.focus != onPhone || a.width >= wideWindow
	return a.page.Ticking(a.situation(onPhone)) || sideIsShown && a.tab(a.side).Ticking(a.situation(a.side))
}

func (a *App) now() time.Time { return a.options.Now() }
