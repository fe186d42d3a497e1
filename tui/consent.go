package tui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
)

// consentAsk is the phone's question to the person, on its way from the ceremony to the screen.
type consentAsk struct {
	profile authenticator.Profile // who asks: the phone, or the security key
	request authenticator.ConsentRequest
	answer  chan consentAnswer // room for one: answering never blocks the screen
	done    <-chan struct{}    // closed when nobody waits for the answer any more
}

type consentAnswer struct {
	decision authenticator.Decision
	left     bool
}

var errSheetLeft = errors.New("the sheet was left")

// consentFor is the authenticator.Consent of a phone or key whose holder sits in front of the screen. It is called
// outside the screen's loop and waits there for the sheet's answer.
func (a *App) consentFor(profile authenticator.Profile) authenticator.Consent {
	return func(ctx context.Context, request authenticator.ConsentRequest) (authenticator.Decision, error) {
		return a.consent(ctx, consentAsk{
			profile: profile, request: request, answer: make(chan consentAnswer, 1), done: ctx.Done(),
		})
	}
}

func (a *App) consent(ctx context.Context, ask consentAsk) (authenticator.Decision, error) {
	select {
	case a.asks <- ask:
	case <-ctx.Done():
		return authenticator.Decision{}, ctx.Err()
	}
	select {
	case answer := <-ask.answer:
		if answer.left {
			return authenticator.Decision{}, errSheetLeft
		}
		return answer.decision, nil
	case <-ctx.Done():
		return authenticator.Decision{}, ctx.Err()
	}
}

// waitForAsk waits for the phone's next question.
func (a *App) waitForAsk() tea.Msg {
	select {
	case ask := <-a.asks:
		return ask
	case <-a.ctx.Done():
		return nil
	}
}

// waitForEnd tells when a question is no longer waited for: its ceremony has timed out.
func waitForEnd(ask consentAsk) tea.Cmd {
	return func() tea.Msg {
		<-ask.done
		return sheetOverMsg{ask.answer}
	}
}

type sheetOverMsg struct{ answer chan consentAnswer }

// sheetClosedMsg takes the sheet from the screen.
type sheetClosedMsg struct{}

// consentSheet is the system's sheet over the app: Face ID or a fingerprint, and which passkey.
type consentSheet struct {
	Still
	ask    consentAsk
	choice int
}

func newConsentSheet(ask consentAsk) *consentSheet { return &consentSheet{ask: ask} }

// approve answers with what is chosen.
func (p *consentSheet) approve() tea.Msg {
	decision, accounts := authenticator.Decision{Approved: true, UserVerified: true}, p.ask.request.Accounts
	if p.ask.request.Ceremony == authenticator.Get && p.choice < len(accounts) {
		decision.CredentialID = accounts[p.choice].CredentialID
	}
	return p.close(consentAnswer{decision: decision})
}

func (p *consentSheet) choose(name string) {
	p.choice = max(0, min(p.choice+Moved(name, 1), len(p.ask.request.Accounts)-1))
}

func (p *consentSheet) close(answer consentAnswer) tea.Cmd {
	select {
	case p.ask.answer <- answer:
	default: // answered already; the sheet is about to close
	}
	return func() tea.Msg { return sheetClosedMsg{} }
}

// sheetWords are how a system asks.
type sheetWords struct {
	create, get, choose func(rp, account string) string // the question
	kept                string                          // what becomes of a new passkey
	gesture             string                          // that the holder makes
	yes, no             string                          // the buttons
	art                 []string
	centred             bool
}

// wordsOf is how the phone, or the key, asks its holder.
func wordsOf(profile authenticator.Profile) sheetWords {
	switch {
	case profile.Attachment == "cross-platform":
		return sheetWords{
			create:  func(rp, _ string) string { return "Use your security key with " + rp + "?" },
			get:     func(rp, _ string) string { return "Use your security key to sign in to " + rp + "?" },
			choose:  func(rp, _ string) string { return "Choose an account for " + rp },
			kept:    "The private key stays on the security key.",
			gesture: "Touch the security key", yes: "Touch", no: "Cancel",
			art: []string{"╭─────────╮╭──╮", "│   (●)   ││▪▪│", "╰─────────╯╰──╯"},
		}
	case profile.Maker == authenticator.Apple:
		return sheetWords{
			create: func(_, account string) string { return "Would you like to save a passkey for “" + account + "”?" },
			get: func(rp, account string) string {
				return "Sign in to “" + rp + "” with your passkey for “" + account + "”?"
			},
			choose:  func(rp, _ string) string { return "Choose a passkey to sign in to “" + rp + "”" },
			kept:    "Passkeys are saved in your " + profile.Keychain + " and are available for sign-in on all your devices.",
			gesture: "Face ID", yes: "Continue", no: "Cancel",
			art: []string{"╭─     ─╮", "   ╹ ╷ ╹   ", "╰─ ╰─╯ ─╯"}, centred: true,
		}
	default:
		return sheetWords{
			create:  func(rp, _ string) string { return "Create a passkey to sign in to " + rp + "?" },
			get:     func(rp, _ string) string { return "Use your saved passkey for " + rp + "?" },
			choose:  func(rp, _ string) string { return "Choose a saved passkey for " + rp },
			kept:    "It is encrypted and saved to " + profile.Keychain + ".",
			gesture: "Touch the fingerprint sensor", yes: "Continue", no: "Cancel",
			art: []string{" ╭───╮ ", "╭│╭─╮│╮", " ╵╵╷╵╵ "},
		}
	}
}

func (p *consentSheet) View(s Situation, width, height int) string {
	t, request, words := s.Theme, p.ask.request, wordsOf(p.ask.profile)
	rp, account := hanko.Printable(request.RP.ID), ""
	if p.choice < len(request.Accounts) {
		account = accountName(request.Accounts[p.choice])
	}
	question, button := words.get, words.yes
	switch {
	case request.Ceremony == authenticator.Create:
		question = words.create
	case len(request.Accounts) > 1:
		question = words.choose
	}
	var lines []string
	add := func(style lipgloss.Style, text string) {
		for _, line := range strings.Split(wrap(text, width), "\n") {
			if words.centred {
				line = lipgloss.PlaceHorizontal(width, lipgloss.Center, line)
			}
			lines = append(lines, style.Render(line))
		}
	}
	if height >= 18 {
		for _, line := range words.art {
			lines = append(lines, t.accent.Render(lipgloss.PlaceHorizontal(width, lipgloss.Center, line)))
		}
		lines = append(lines, "")
	}
	add(t.title, question(rp, account))
	if name := hanko.Printable(request.RP.Name); name != "" && name != rp {
		add(t.dim, name+" · "+rp)
	}
	lines = append(lines, "")
	if request.Ceremony == authenticator.Create {
		if !words.centred {
			lines = append(lines, wrap(account, width), "")
		}
		add(t.dim, words.kept)
		if p.replaces(s) {
			lines = append(lines, "", t.warn.Render(wrap("It takes the place of the passkey that this phone has for the account; the tenant goes on listing the old one.", width)))
		}
	} else {
		lines = append(lines, p.choices(s, width, max(2, height-10))...)
	}
	lines = append(lines, "", t.accent.Render(clamp("◉ "+words.gesture, width, 1)), t.button(button, request.Ceremony == authenticator.Create || len(request.Accounts) < 2)+"  "+t.dim.Render("  n  "+words.no))
	if lines = strings.Split(strings.Join(lines, "\n"), "\n"); len(lines) > height && height > 3 {
		lines = append(lines[:height-2], lines[len(lines)-2:]...) // the way out is always in sight
	}
	return strings.Join(lines, "\n")
}

// replaces reports whether the phone has a passkey for the account already: a phone keeps one for each.
func (p *consentSheet) replaces(s Situation) bool {
	return slices.ContainsFunc(s.Passkeys, func(passkey authenticator.Passkey) bool {
		return passkey.RPID == p.ask.request.RP.ID && passkey.Keychain == p.ask.profile.Keychain &&
			slices.ContainsFunc(p.ask.request.Accounts, func(account authenticator.Account) bool {
				return bytes.Equal(account.UserHandle, passkey.UserHandle)
			})
	})
}

// choices lists the accounts around the chosen one, two lines each, in a room of so many lines.
func (p *consentSheet) choices(s Situation, width, room int) []string {
	t, accounts := s.Theme, p.ask.request.Accounts
	shown := max(1, room/2)
	first := min(max(0, p.choice-shown/2), max(0, len(accounts)-shown))
	var lines []string
	for i := first; i < min(first+shown, len(accounts)); i++ {
		account := accounts[i]
		when := "never used"
		if !account.LastUsedAt.IsZero() {
			when = "used " + inWords(s.Now.Sub(account.LastUsedAt)) + " ago"
		}
		lines = append(lines, clamp(t.row(accountName(account), i == p.choice && len(accounts) > 1), width, 1), t.dim.Render(clamp("  "+when, width, 1)))
	}
	if len(accounts) > shown {
		lines = append(lines, t.dim.Render(fmt.Sprintf("%d of %d", p.choice+1, len(accounts))))
	}
	return lines
}

func accountName(account authenticator.Account) string {
	name := hanko.Printable(account.Name)
	if display := hanko.Printable(account.DisplayName); display != "" && display != name {
		name = fmt.Sprintf("%s (%s)", name, display)
	}
	if name == "" {
		name = "(no name)"
	}
	return name
}

// Keys implements Page.
func (p *consentSheet) Keys(Situation) []Key {
	choose := UpDown("choose", p.choose)
	if len(p.ask.request.Accounts) < 2 {
		choose = choose.unlisted()
	}
	return []Key{
		choose,
		NewKey("approve", func() tea.Msg { return p.approve() }, "enter", "y"),
		NewKey("refuse", func() tea.Msg { return p.close(consentAnswer{}) }, "n"),
		NewKey("leave the sheet", func() tea.Msg { return p.close(consentAnswer{left: true}) }, "esc"),
	}
}

// Title is whose sheet it is.
func (p *consentSheet) Title() string {
	if p.ask.profile.Attachment == "cross-platform" {
		return p.ask.profile.Label
	}
	switch p.ask.profile.Platform {
	case authenticator.IOS:
		return "iOS"
	case authenticator.AndroidOS:
		return "Android"
	default:
		return "The browser"
	}
}

// sameAsk tells whether a message is about this sheet's question.
func (p *consentSheet) sameAsk(over sheetOverMsg) bool { return p.ask.answer == over.answer }
