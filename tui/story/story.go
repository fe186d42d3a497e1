// Package story parses the stories that a demo plays. A story is written in YAML as a list of scenes, each with a
// narration and actions. The package knows nothing about screens.
package story

import (
	"strconv"
	"strings"
	"time"
)

// Story is a demo from start to end.
type Story struct {
	Title  string
	Scenes []Scene // at least one
}

// Scene is a chapter of a story. The narration is shown while the actions are done.
type Scene struct {
	Name string
	Say  string // the narration, one paragraph without line breaks; may be ""
	Do   []Action
}

// Action is one thing that a scene does: Type, Press, Wait, WaitText, Pause, Show, Picture or Find. Its String describes
// it, as in "types ada@example.com".
type Action interface{ String() string }

type (
	// Type types text, letter by letter.
	Type struct{ Text string }
	// Press presses keys one after the other, by their names: see KeyNames. With Until it repeats them until that text is
	// on one line of the screen. If the text is there already, it presses nothing.
	Press struct {
		Keys  []string
		Until string
	}
	// Wait waits for an event.
	Wait struct {
		For    Event
		Within time.Duration
	}
	// WaitText waits until a text is on one line of the screen.
	WaitText struct {
		Text   string
		Within time.Duration
	}
	// Pause does nothing for a while, measured at speed 1.
	Pause struct{ For time.Duration }
	// Show switches to a tab, or to the phone.
	Show struct{ Tab string }
	// Picture shows a drawing over the window, until the next action other than Pause, or the next scene. See Pictures.
	Picture struct{ Name string }
	// Find opens the newest exchange that has a text in its path or in the title of one of its parts, ignoring case. It
	// waits until there is one. With Fields it shows only these of the decoded exchange: parts by their titles, and lines
	// by their names.
	Find struct {
		Text   string
		Fields []string
		Within time.Duration
	}
)

func (d Type) String() string     { return "types " + d.Text }
func (d Wait) String() string     { return "waits for " + string(d.For) }
func (d WaitText) String() string { return "waits for the text " + strconv.Quote(d.Text) }
func (d Pause) String() string    { return "pauses for " + d.For.String() }
func (d Show) String() string     { return "shows " + d.Tab }
func (d Picture) String() string  { return "shows the picture " + d.Name }

func (d Find) String() string {
	find := "looks for " + strconv.Quote(d.Text) + " in the exchanges"
	if len(d.Fields) == 0 {
		return find
	}
	return find + " and shows " + strings.Join(d.Fields, ", ")
}

func (d Press) String() string {
	keys := "presses " + strings.Join(d.Keys, ", ")
	if d.Until == "" {
		return keys
	}
	return keys + " until " + strconv.Quote(d.Until) + " is on the screen"
}

// Event is something to wait for: a screen of the phone, or something that arrives from outside.
type Event string

// The events. Those from Email to Form are the steps of a login, as the phone's screen shows them.
const (
	Email    Event = "email"     // the first screen asks for an address
	Account  Event = "account"   // there is no account yet
	Passcode Event = "passcode"  // the screen asks for the code from the mail
	Offer    Event = "offer"     // the screen offers a passkey
	SignedIn Event = "signed-in" // the person is signed in
	Profile  Event = "profile"   // the account is open
	Failed   Event = "failed"    // something went wrong, and the screen says what
	Form     Event = "form"      // any other state of a tenant's flow
	Consent  Event = "consent"   // the phone shows its sheet
	Mail     Event = "mail"      // a mail has arrived that no earlier Wait has used
	Checked  Event = "checked"   // the tenant has answered what it knows about the token
)

// Events returns all events in the order of a login.
func Events() []Event {
	return []Event{Email, Account, Mail, Passcode, Offer, Consent, SignedIn, Checked, Profile, Failed, Form}
}

// Pictures returns the names of the drawings that Picture knows.
func Pictures() []string { return []string{"private-key", "thief"} }

// KeyNames returns the names of the keys that Press knows, as the bottom of the window spells them. Every other key is
// named by the character that it types.
func KeyNames() []string {
	names := strings.Fields("enter esc tab shift+tab up down left right home end pgup pgdown space backspace delete f1")
	for letter := 'a'; letter <= 'z'; letter++ {
		// The first two end or suspend the program. A terminal cannot tell the others from tab and enter.
		if !strings.ContainsRune("czim", letter) {
			names = append(names, "ctrl+"+string(letter))
		}
	}
	return names
}
