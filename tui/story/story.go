// Package story is what a demo plays: scenes, in each of which something is said and something is done. A story is
// written in YAML; it knows nothing of screens.
package story

import (
	"strconv"
	"strings"
	"time"
)

// Story is a demo from its beginning to its end.
type Story struct {
	Title  string
	Scenes []Scene // one at least
}

// Scene is a chapter of a story: what is said stands there while the rest is done.
type Scene struct {
	Name string
	Say  string // one paragraph without line breaks; "" says nothing
	Do   []Doing
}

// Doing is one thing that a scene does: Type, Press, Wait, WaitText, Pause, Show or Find. As text it is what one would
// tell of it: "types ada@example.com".
type Doing interface{ String() string }

type (
	// Type types text, letter by letter.
	Type struct{ Text string }
	// Press presses keys, one after the other, each by its name: see KeyNames. With Until it presses them again and
	// again until that text stands on the screen, in one line; not at all if it does already.
	Press struct {
		Keys  []string
		Until string
	}
	// Wait goes on when something has come about.
	Wait struct {
		For    Moment
		Within time.Duration
	}
	// WaitText goes on when a text stands on the screen, in one line.
	WaitText struct {
		Text   string
		Within time.Duration
	}
	// Pause does nothing for a while, at speed 1.
	Pause struct{ For time.Duration }
	// Show turns to a tab, or to the phone.
	Show struct{ Tab string }
	// Find chooses the newest exchange in the wire whose path, or the title of one of whose parts, holds a text in
	// whatever case. It waits for one.
	Find struct {
		Text   string
		Within time.Duration
	}
)

func (d Type) String() string     { return "types " + d.Text }
func (d Wait) String() string     { return "waits for " + string(d.For) }
func (d WaitText) String() string { return "waits for the text " + strconv.Quote(d.Text) }
func (d Pause) String() string    { return "pauses for " + d.For.String() }
func (d Show) String() string     { return "shows " + d.Tab }
func (d Find) String() string     { return "finds " + strconv.Quote(d.Text) + " in the wire" }

func (d Press) String() string {
	keys := "presses " + strings.Join(d.Keys, ", ")
	if d.Until == "" {
		return keys
	}
	return keys + " until " + strconv.Quote(d.Until) + " stands there"
}

// Moment is something to wait for: a screen of the phone, or something that comes from outside.
type Moment string

// The moments. Those from Email to Form are the steps of a login, on the phone's screen.
const (
	Email    Moment = "email"     // the first screen asks for an address
	Account  Moment = "account"   // there is no account yet
	Passcode Moment = "passcode"  // the code from the mail is asked for
	Offer    Moment = "offer"     // a passkey is offered
	SignedIn Moment = "signed-in" // the login is done
	Profile  Moment = "profile"   // the account is open
	Failed   Moment = "failed"    // something went wrong, and the screen says what
	Form     Moment = "form"      // any other state of a tenant's flow
	Consent  Moment = "consent"   // the phone's sheet has come up
	Mail     Moment = "mail"      // a mail has arrived that the story has not waited for yet
	Checked  Moment = "checked"   // the tenant has said what it knows of the token
)

// Moments are all of them, in the order of a login.
func Moments() []Moment {
	return []Moment{Email, Account, Mail, Passcode, Offer, Consent, SignedIn, Checked, Profile, Failed, Form}
}

// KeyNames are the keys with a name that Press knows, by the names that the foot of the window gives them. Every other
// key is the one letter or sign that it types.
func KeyNames() []string {
	names := strings.Fields("enter esc tab shift+tab up down left right home end pgup pgdown space backspace delete f1")
	for letter := 'a'; letter <= 'z'; letter++ {
		// The first two leave the program. A terminal cannot tell the others from tab and enter.
		if !strings.ContainsRune("czim", letter) {
			names = append(names, "ctrl+"+string(letter))
		}
	}
	return names
}
