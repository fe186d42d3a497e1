package tui

import (
	"fmt"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko/login"
)

// page is one screen of the phone, or one tab beside it.
type page interface {
	// Init is run once, when the page is shown for the first time.
	Init() tea.Cmd
	// Update is given the keys while the page has the focus, and every message that is not a key.
	Update(msg tea.Msg) tea.Cmd
	// View draws the page in a box of width × height cells; what it draws outside is cut.
	View(width, height int) string
	// Keys are the keys that do something now.
	Keys() []key.Binding
	// Typing tells that letters go into an input, so they are no shortcuts.
	Typing() bool
	// Ticking tells that the page shows a time that moves, and wants a tickMsg every second.
	Ticking() bool
	// Title stands in the frame.
	Title() string
}

// still is a page without inputs, times and messages of its own; others embed it.
type still struct{}

func (still) Init() tea.Cmd { return nil }
func (still) Typing() bool  { return false }
func (still) Ticking() bool { return false }

// actionMsg asks the app to take an action on the walk.
type actionMsg struct{ action login.Action }

func act(action login.Action) tea.Cmd {
	return func() tea.Msg { return actionMsg{action} }
}

// toastMsg shows a short text at the foot of the window for a while.
type toastMsg struct{ text string }

func toast(format string, args ...any) tea.Cmd {
	return func() tea.Msg { return toastMsg{fmt.Sprintf(format, args...)} }
}

// tickMsg comes once a second while the page is Ticking.
type tickMsg time.Time

// pasted tells that text was pasted, whether the terminal marks it or not. Nothing in it is a shortcut: it may spell
// "esc" or "ctrl+c".
func pasted(msg tea.KeyMsg) bool { return msg.Paste || len(msg.Runes) > 1 }

func binding(keys string, help string, more ...string) key.Binding {
	all := append([]string{keys}, more...)
	return key.NewBinding(key.WithKeys(all...), key.WithHelp(keyName(keys), help))
}

func keyName(name string) string {
	switch name {
	case "up":
		return "↑↓"
	case " ":
		return "space"
	default:
		return name
	}
}

// pageFor is the screen of a step of the walk.
func (a *App) pageFor(step login.Step) page {
	switch step := step.(type) {
	case login.EnterEmail:
		return newEmailPage(a, step)
	case login.ConfirmAccount:
		return newAccountPage(a, step)
	case login.EnterPasscode:
		return newPasscodePage(a, step)
	case login.OfferPasskey:
		return newOfferPage(a, step)
	case login.FillForm:
		return newFormPage(a, step)
	case login.SignedIn:
		return newSignedInPage(a, step)
	case login.Profile:
		return newProfilePage(a, step)
	case login.Failed:
		return newFailedPage(a, step)
	default:
		panic(fmt.Sprintf("no screen for the step %T", step))
	}
}

// inWords says a span of time as a person would: "4 min 12 s", "11 h 59 min", "2 days 3 h".
func inWords(d time.Duration) string {
	d = d.Round(time.Second)
	switch {
	case d < 0:
		return "0 s"
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	default:
		return fmt.Sprintf("%d days %d h", int(d.Hours())/24, int(d.Hours())%24)
	}
}
