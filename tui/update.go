package tui

import (
	"context"
	"time"

	"github.com/charmbracelet/bubbles/spinner"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/screen"
	"example.com/hankosim/tui/terminal"
)

type (
	// ArrivedMsg ends an action with the step that it led to.
	ArrivedMsg struct {
		Step     login.Step
		Canceled bool
	}
	// workedMsg ends a page's work with the message that Do returned.
	workedMsg struct{ msg tea.Msg }

	// InboxMsg has all mails, the newest first, and the number of mails delivered since the tenant started.
	InboxMsg struct {
		Mails     []mailbox.Mail
		Delivered int
	}
	// recognisedMsg says what the tenant is, or why that could not be found out.
	recognisedMsg struct {
		found          hanko.Recognition
		asksToRemember bool
		thirdParties   []hanko.ThirdParty
		err            error
	}
	// InspectedMsg has the results of the checks of a token.
	InspectedMsg struct {
		Token string
		Found login.Inspection
	}
	// tickMsg comes once a second while a shown page is Ticking.
	tickMsg time.Time
	// expiredMsg comes when a token has expired, to have the window drawn.
	expiredMsg   struct{}
	toastOverMsg struct{ number int }
)

// answer handles the message that a page returned, and returns the command that Bubble Tea has to run.
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

// tell sends a message to every tab.
func (a *App) tell(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, tab := range a.tabs {
		cmds = append(cmds, a.answer(tab.page.Update(a.situation(tab.part), msg)))
	}
	return tea.Batch(cmds...)
}

// update handles a message of the terminal, of a command, or of a page.
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
		return tea.Batch(a.waitForAsk, screen.WaitForEnd(msg), a.bring(screen.NewConsent(msg), "Consent"))
	case visitMsg:
		if a.busy == nil { // the person has given up
			return a.waitForVisit
		}
		away := screen.NewAway(msg.Visit, a.options.OpenBrowser)
		return tea.Batch(a.waitForVisit, a.bring(away, away.Title()))
	case riseMsg:
		return a.rise.move(msg)
	case reportMsg:
		a.unassociated = hanko.Printable(msg.err.Error())
		return tea.Batch(a.waitForReport, kit.Toast("A real phone would refuse (--strict does): %s", a.unassociated))
	case screen.SheetOverMsg:
		if consent, asks := a.sheet.(*screen.Consent); asks && consent.SameAsk(msg) {
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
			a.shownAt = a.now() // keys that are still on their way are ignored, as on each new screen
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
		a.tenant.ThirdParties = msg.thirdParties
		if msg.err != nil {
			a.tenant.Recognition = "✗ " + hanko.Printable(msg.err.Error())
		}
		a.recognised = msg.found
		return a.compare()
	case tickMsg:
		a.ticking = false
		return nil
	case expiredMsg:
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

// asked handles the messages with which pages ask something of the app. It reports false for any other message.
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
	case kit.CancelMsg:
		if a.busy != nil {
			a.busy.cancel()
		}
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
