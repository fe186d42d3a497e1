package screen

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/tui/kit"
)

// ConsentRequest is the phone's question to the person, on its way from the ceremony to the screen.
type ConsentRequest struct {
	Profile authenticator.Profile // who asks: the phone, or the security key
	Request authenticator.ConsentRequest
	Answer  chan ConsentAnswer // room for one: answering never blocks the screen
	Done    <-chan struct{}    // closed when nobody waits for the answer any more
}

// ConsentAnswer is the person's decision. Left says that they closed the sheet without one.
type ConsentAnswer struct {
	Decision authenticator.Decision
	Left     bool
}

// ErrSheetLeft is the error for a sheet that the person closed without an answer.
var ErrSheetLeft = errors.New("the sheet was left")

// WaitForEnd waits until nobody waits for the answer to a question anymore, because its ceremony has timed out.
func WaitForEnd(ask ConsentRequest) tea.Cmd {
	return func() tea.Msg {
		<-ask.Done
		return SheetOverMsg{ask.Answer}
	}
}

// SheetOverMsg says that nobody waits for the answer anymore.
type SheetOverMsg struct{ answer chan ConsentAnswer }

// SheetClosedMsg removes the sheet from the screen. Declined says that the person did not approve.
type SheetClosedMsg struct{ Declined bool }

// Consent is the system's sheet over the app: Face ID or a fingerprint, and which passkey.
type Consent struct {
	kit.Still
	ask     ConsentRequest
	choice  int
	closing int // frames of the gesture that have been drawn; 0 before it
}

// With motion, the gesture is shown for a moment before the sheet closes.
const (
	gestureFrames = 7
	gestureFrame  = 40 * time.Millisecond
)

// gestureMsg draws the next frame of a sheet's gesture.
type gestureMsg struct{ sheet *Consent }

// NewConsent makes the sheet that asks.
func NewConsent(ask ConsentRequest) *Consent { return &Consent{ask: ask} }

// gesture approves. With motion, that takes the moment that a phone needs to recognise a face.
func (p *Consent) gesture(s kit.Situation) tea.Msg {
	switch {
	case p.closing > 0:
		return nil
	case !s.Motion:
		return p.approve()
	}
	p.closing = 1
	return p.nextFrame()
}

func (p *Consent) nextFrame() tea.Cmd {
	return tea.Tick(gestureFrame, func(time.Time) tea.Msg { return gestureMsg{p} })
}

// Update draws the gesture.
func (p *Consent) Update(_ kit.Situation, msg tea.Msg) tea.Msg {
	if next, ok := msg.(gestureMsg); ok && next.sheet == p {
		if p.closing++; p.closing > gestureFrames {
			return p.approve()
		}
		return p.nextFrame()
	}
	return nil
}

// approve answers with what is chosen.
func (p *Consent) approve() tea.Msg {
	decision, accounts := authenticator.Decision{Approved: true, UserVerified: true}, p.ask.Request.Accounts
	if p.ask.Request.Ceremony == authenticator.Get && p.choice < len(accounts) {
		decision.CredentialID = accounts[p.choice].CredentialID
	}
	return p.close(ConsentAnswer{Decision: decision})
}

func (p *Consent) choose(name string) {
	p.choice = max(0, min(p.choice+kit.Moved(name, 1), len(p.ask.Request.Accounts)-1))
}

func (p *Consent) close(answer ConsentAnswer) tea.Msg {
	select {
	case p.ask.Answer <- answer:
	default: // answered already; the sheet is about to close
	}
	return SheetClosedMsg{Declined: !answer.Decision.Approved} // before the step that it leads to can come
}

// sheetWords are the texts of a system's sheet.
type sheetWords struct {
	create, get, choose func(rp, account string) string // the question
	kept                string                          // what becomes of a new passkey
	gesture             string                          // that the holder makes
	yes, no             string                          // the buttons
	art, done           []string                        // the sign of the gesture, before it and after
	centred             bool
}

// wordsOf returns the texts of the sheet of a phone or a security key.
func wordsOf(profile authenticator.Profile) sheetWords {
	switch {
	case profile.Attachment == "cross-platform":
		return sheetWords{
			create:  func(rp, _ string) string { return "Use your security key with " + rp + "?" },
			get:     func(rp, _ string) string { return "Use your security key to sign in to " + rp + "?" },
			choose:  func(rp, _ string) string { return "Choose an account for " + rp },
			kept:    "The private key stays on the security key.",
			gesture: "Touch the security key", yes: "Touch", no: "Cancel",
			art:  []string{"╭─────────╮╭──╮", "│   (○)   ││▪▪│", "╰─────────╯╰──╯"},
			done: []string{"╭─────────╮╭──╮", "│   (●)   ││▪▪│", "╰─────────╯╰──╯"},
		}
	case profile.Maker == authenticator.Apple:
		return sheetWords{
			create: func(_, account string) string { return "Would you like to save a passkey for “" + account + "”?" },
			get: func(rp, account string) string {
				return "Sign in to “" + rp + "” with your passkey for “" + account + "”?"
			},
			choose:  func(rp, _ string) string { return "Choose a passkey to sign in to “" + rp + "”" },
			kept:    "Passkeys are saved in your " + profile.Keychain + " and are available for sign-in on all your devices.",
			gesture: "Face ID", yes: "Continue with Face ID", no: "Cancel",
			art:     []string{"╭─     ─╮", " ╹ ╷ ╹ ", "╰─ ╰─╯ ─╯"},
			done:    []string{"╭───────╮", "│   ✓   │", "╰───────╯"},
			centred: true,
		}
	case profile.NoScreenLock:
		words := wordsOf(authenticator.Android(profile.App))
		words.kept = "It is saved to " + profile.Keychain + "."
		words.gesture = "There is no screen lock: nobody is verified"
		return words
	default:
		return sheetWords{
			create:  func(rp, _ string) string { return "Create a passkey to sign in to " + rp + "?" },
			get:     func(rp, _ string) string { return "Use your saved passkey for " + rp + "?" },
			choose:  func(rp, _ string) string { return "Choose a saved passkey for " + rp },
			kept:    "It is encrypted and saved to " + profile.Keychain + ".",
			gesture: "Touch the fingerprint sensor", yes: "Continue", no: "Cancel",
			art:  []string{" ╭───╮ ", "╭│╭─╮│╮", " ╵╵╷╵╵ "},
			done: []string{" ╭───╮ ", "╭│ ✓ │╮", " ╰───╯ "},
		}
	}
}

// View implements kit.Page.
func (p *Consent) View(s kit.Situation, width, height int) string {
	t, request, words := s.Theme, p.ask.Request, wordsOf(p.ask.Profile)
	rp, account := hanko.Printable(request.RP.ID), ""
	if p.choice < len(request.Accounts) {
		account = AccountName(request.Accounts[p.choice])
	}
	question := words.get
	switch {
	case request.Ceremony == authenticator.Create:
		question = words.create
	case len(request.Accounts) > 1:
		question = words.choose
	}
	place := func(text string) string { return kit.Wrap(text, width) }
	if words.centred {
		place = func(text string) string { return kit.Centre(text, width) }
	}
	foot := p.buttons(s, words, width)

	var lines []string
	if height >= 18 {
		art := words.art
		if p.closing > 0 {
			art = words.done
		}
		margin := max(0, (width-ansi.StringWidth(art[0]))/2)
		for _, line := range art {
			lines = append(lines, t.Accent.Render(kit.Indent(line, margin)))
		}
		lines = append(lines, "")
	}
	lines = append(lines, t.Title.Render(place(question(rp, account))))
	if name := hanko.Printable(request.RP.Name); name != "" && name != rp {
		lines = append(lines, t.Dim.Render(place(name+" · "+rp)))
	}
	lines = append(lines, "")
	if request.Ceremony == authenticator.Create {
		if !words.centred {
			lines = append(lines, kit.Wrap("◍  "+account, width), "")
		}
		lines = append(lines, t.Dim.Render(place(words.kept)))
		if p.replaces(s) {
			lines = append(lines, "", t.Warn.Render(place("It replaces this phone's passkey for the account. The tenant keeps listing the old one.")))
		}
	} else {
		lines = append(lines, p.choices(s, width, max(2, height-9-len(foot)))...)
	}
	lines = strings.Split(strings.Join(append(lines, ""), "\n"), "\n")
	if room := height - len(foot); len(lines) > room {
		lines = lines[:max(0, room)] // the buttons are always in sight
	}
	return kit.Clamp(strings.Join(append(lines, foot...), "\n"), width, height)
}

// buttons draws the sheet's buttons: one below the other on an iPhone, right-aligned in a row on others.
func (p *Consent) buttons(s kit.Situation, words sheetWords, width int) []string {
	if words.centred {
		return []string{s.Button(words.yes, width, kit.Focused), "", s.Theme.QuietButton(words.no+"  n", width)}
	}
	yes, no := s.Button(words.yes, len(words.yes)+8, kit.Focused), s.Theme.QuietButton(words.no+"  n", len(words.no)+5)
	return []string{s.Theme.Dim.Render(kit.Clamp("◉ "+words.gesture, width, 1)), "", kit.Spread("", no+"  "+yes, width)}
}

// replaces reports whether the phone has a passkey for the account already: a phone keeps one for each.
func (p *Consent) replaces(s kit.Situation) bool {
	return slices.ContainsFunc(s.Passkeys, func(passkey authenticator.Passkey) bool {
		return passkey.RPID == p.ask.Request.RP.ID && passkey.Keychain == p.ask.Profile.Keychain &&
			slices.ContainsFunc(p.ask.Request.Accounts, func(account authenticator.Account) bool {
				return bytes.Equal(account.UserHandle, passkey.UserHandle)
			})
	})
}

// choices lists the accounts around the chosen one, two lines each, in a room of so many lines.
func (p *Consent) choices(s kit.Situation, width, room int) []string {
	t, accounts := s.Theme, p.ask.Request.Accounts
	shown := max(1, room/2)
	first := min(max(0, p.choice-shown/2), max(0, len(accounts)-shown))
	var lines []string
	for i := first; i < min(first+shown, len(accounts)); i++ {
		account := accounts[i]
		when := "never used"
		if !account.LastUsedAt.IsZero() {
			when = "used " + kit.InWords(s.Now.Sub(account.LastUsedAt)) + " ago"
		}
		lines = append(lines, kit.Clamp(t.Row(AccountName(account), i == p.choice && len(accounts) > 1), width, 1), t.Dim.Render(kit.Clamp("  "+when, width, 1)))
	}
	if len(accounts) > shown {
		lines = append(lines, t.Dim.Render(fmt.Sprintf("%d of %d", p.choice+1, len(accounts))))
	}
	return lines
}

// AccountName returns the name of an account on a sheet.
func AccountName(account authenticator.Account) string {
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
func (p *Consent) Keys(s kit.Situation) []kit.Key {
	choose := kit.UpDown("choose", p.choose)
	if len(p.ask.Request.Accounts) < 2 {
		choose = choose.Unlisted()
	}
	return []kit.Key{
		choose,
		kit.NewKey("approve", func() tea.Msg { return p.gesture(s) }, "enter", "y"),
		kit.NewKey("refuse", func() tea.Msg { return p.close(ConsentAnswer{}) }, "n"),
		kit.NewKey("leave the sheet", func() tea.Msg { return p.close(ConsentAnswer{Left: true}) }, "esc"),
	}
}

// Title implements kit.Page: it says whose sheet it is.
func (p *Consent) Title() string {
	if p.ask.Profile.Attachment == "cross-platform" {
		return p.ask.Profile.Label
	}
	switch p.ask.Profile.Platform {
	case authenticator.IOS:
		return "iOS"
	case authenticator.AndroidOS:
		return "Android"
	default:
		return "The browser"
	}
}

// SameAsk reports whether a message is about this sheet's question.
func (p *Consent) SameAsk(over SheetOverMsg) bool { return p.ask.Answer == over.answer }
