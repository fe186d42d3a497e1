// Package login is the way through a login, step by step: the app shows a Step, the person takes an Action, the next
// Step follows. A screen and a robot drive the same Walk and see no difference between the tenant's APIs.
package login

import (
	"encoding/json"
	"strings"
	"time"

	"example.com/hankosim/hanko"
)

// Step is where a walk stands: one of EnterEmail, ConfirmAccount, EnterPasscode, OfferPasskey, FillForm, SignedIn,
// Profile and Failed.
//
//sumtype:decl
type Step interface {
	// Exchanges are the calls that led from the step before to this one, in order.
	Exchanges() []hanko.Exchange
	withExchanges([]hanko.Exchange) Step
}

// seen is the part that all steps share.
type seen struct{ exchanges []hanko.Exchange }

func (s seen) Exchanges() []hanko.Exchange { return s.exchanges }

// EnterEmail asks who is there. Actions: SubmitEmail, SignInWithPasskey.
type EnterEmail struct {
	seen
	Email   string   // what was entered before; "" at first
	Problem *Problem // why it was not accepted; nil at first
}

// ConfirmAccount says that the address has no user yet. Actions: CreateAccount, Back.
type ConfirmAccount struct {
	seen
	Email string
}

// EnterPasscode asks for the code from the mail. Actions: SubmitPasscode, ResendPasscode, Back, and CreateAccount where
// Unsure.
type EnterPasscode struct {
	seen
	Email     string
	NewUser   bool          // the account was created on this walk
	Unsure    bool          // the tenant may hide that the address has no user, and its mail then has no code
	SentAt    time.Time     // by this machine's clock
	TTL       time.Duration // how long the code is good from SentAt; 0 when the tenant does not say
	TriesLeft int           // wrong codes that the tenant still forgives, the last one included
	Dead      bool          // no code will be accepted any more; only a new one helps
	ResendAt  time.Time     // before then the tenant sends no further code; zero when it says nothing of the kind
	Problem   *Problem      // why the last code, or the wish for a new one, was refused; nil at first
}

// ExpiresAt is when the code stops being good, by this machine's clock.
func (s EnterPasscode) ExpiresAt() time.Time { return s.SentAt.Add(s.TTL) }

// OfferPasskey offers to make a passkey on this phone, which has none for the user. Over REST the person is signed in
// already; over the Flow API that comes after. Actions: RegisterPasskey, Skip and Back, which is the same, where MaySkip, LogOut
// where signed in.
type OfferPasskey struct {
	seen
	Session *hanko.Session // nil while the flow has not come to its end
	Token   hanko.Token
	Email   string
	MaySkip bool
	Problem *Problem // what went wrong on the way here; mostly nil
}

// FillForm is a state of a tenant's flow that has no step of its own: it is what the tenant says can be done, and what
// it wants to know. Actions: SubmitForm, Back where the flow offers it, CreateAccount where Unsure.
type FillForm struct {
	seen
	State   hanko.State
	Email   string // whose login it is; "" when nobody said
	Forms   []Form // what can be done, the way on first, the way back last
	Payload json.RawMessage
	Links   []hanko.FlowLink
	Omitted Omitted  // what there is besides, and is too much to be shown
	Unsure  bool     // the tenant may hide that the address has no user
	Problem *Problem // why the last form was not accepted; nil at first
}

// Omitted is how much of a state a FillForm leaves out. No state of Hanko's has so much.
type Omitted struct {
	Forms  int // things that can be done
	Values int // values that fields may take
	Links  int
}

// Form is one thing that can be done in a state.
type Form struct {
	Action      hanko.ActionName
	Description string
	Fields      []hanko.FlowInput // what the person fills in; hidden fields that have a value are sent by themselves
}

// SignedIn is the end of the walk. Actions: RegisterPasskey, OpenProfile, LogOut.
type SignedIn struct {
	seen
	Session    hanko.Session
	Token      hanko.Token
	Email      string   // "" when neither the person nor the token said
	Method     Method   // how the person signed in
	Registered string   // the credential ID (base64url) of the passkey made on this walk; "" when none was
	Problem    *Problem // signed in all the same: a passkey that the tenant refused at the end of a registration
}

// Profile is what the tenant keeps of the person, and lets them change. Actions: those that Offers names, Back, and
// OpenForms over the Flow API.
type Profile struct {
	seen
	Email    string
	Emails   []hanko.Email
	Passkeys []hanko.Credential
	Sessions []ProfileSession // the Flow API alone lists them
	Offers   ProfileOffers
	Done     string   // what the last action has done, as a sentence; "" at first
	Problem  *Problem // why the last action was refused; nil at first
}

// ProfileSession is one of the person's sessions, as the profile flow lists it.
type ProfileSession struct {
	ID        string     `json:"id"`
	Current   bool       `json:"current"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt *time.Time `json:"expires_at"`
	LastUsed  time.Time  `json:"last_used"`
	IPAddress string     `json:"ip_address"`
	UserAgent string     `json:"user_agent"`
}

// ProfileOffers says which changes the tenant takes now.
type ProfileOffers struct {
	AddEmail, DeleteEmail, SetPrimaryEmail bool
	RenamePasskey, DeletePasskey           bool
	RevokeSession                          bool
	DeleteAccount                          bool
	Forms                                  bool // there is more, as forms
}

// Failed says what went wrong. Actions: Retry when Again is not nil, and Back, which leads to where the walk stood.
type Failed struct {
	seen
	Problem Problem
	Again   Action // what Retry would do once more; nil when doing it again is of no use
}

// Method says how a person signed in.
type Method string

// The guide's two ways to sign in, and every other that a flow may take.
const (
	ByPasscode Method = "passcode"
	ByPasskey  Method = "passkey"
	ByFlow     Method = "flow"
)

func (s EnterEmail) withExchanges(e []hanko.Exchange) Step     { s.exchanges = e; return s }
func (s ConfirmAccount) withExchanges(e []hanko.Exchange) Step { s.exchanges = e; return s }
func (s EnterPasscode) withExchanges(e []hanko.Exchange) Step  { s.exchanges = e; return s }
func (s OfferPasskey) withExchanges(e []hanko.Exchange) Step   { s.exchanges = e; return s }
func (s FillForm) withExchanges(e []hanko.Exchange) Step       { s.exchanges = e; return s }
func (s Profile) withExchanges(e []hanko.Exchange) Step        { s.exchanges = e; return s }
func (s SignedIn) withExchanges(e []hanko.Exchange) Step       { s.exchanges = e; return s }
func (s Failed) withExchanges(e []hanko.Exchange) Step         { s.exchanges = e; return s }

// Action is what a person can do at a step.
type Action interface{ describe() string }

type (
	// SubmitEmail hands in the address, to sign in or, where Create is set, to make an account with. Create is for the
	// Flow API, where the person chooses; over REST the app asks the tenant whether there is a user. Remember wishes to
	// stay signed in, where the tenant asks (see Walk.AsksToRemember); it holds for the account that may follow, too.
	// Username is handed in instead of the address where the tenant knows people by their username alone.
	SubmitEmail struct {
		Email    string
		Username string
		Create   bool
		Remember bool
	}
	// CreateAccount makes a user for the address that has none.
	CreateAccount struct{}
	// SubmitPasscode hands in the code from the mail.
	SubmitPasscode struct{ Code string }
	// ResendPasscode has the tenant send a new code.
	ResendPasscode struct{}
	// SignInWithPasskey lets the phone find a passkey for the tenant and signs in with it. Remember is as SubmitEmail's.
	SignInWithPasskey struct{ Remember bool }
	// RegisterPasskey makes a passkey on the phone and hands it to the tenant.
	RegisterPasskey struct{}
	// SubmitForm does one of a FillForm's Forms. Values are by field name, as text: numbers in decimal, booleans as
	// true or false, JSON as it is written.
	SubmitForm struct {
		Action hanko.ActionName
		Values map[hanko.InputName]string
	}
	// Skip passes over an offer.
	Skip struct{}
	// OpenProfile reads what the tenant keeps of the person.
	OpenProfile struct{}
	// AddEmail adds an address to the account.
	AddEmail struct{ Address string }
	// DeleteEmail takes an address from the account.
	DeleteEmail struct{ ID string }
	// SetPrimaryEmail makes an address the account's first.
	SetPrimaryEmail struct{ ID string }
	// RenamePasskey gives a passkey a name at the tenant. The ID is base64url.
	RenamePasskey struct{ ID, Name string }
	// DeletePasskey takes a passkey from the account; it stays on the phone. The ID is base64url.
	DeletePasskey struct{ ID string }
	// RevokeSession ends one of the person's sessions.
	RevokeSession struct{ ID string }
	// DeleteAccount deletes the person's account at the tenant.
	DeleteAccount struct{}
	// OpenForms shows all that the profile flow offers, as forms.
	OpenForms struct{}
	// Recognise finds out what the tenant is. A walk does it by itself, and a Failed step may name it.
	Recognise struct{}
	// Retry does the action that failed once more.
	Retry struct{}
	// Back leads to the step before.
	Back struct{}
	// LogOut ends the session and the walk begins anew.
	LogOut struct{}
)

func (SubmitEmail) describe() string       { return "submit the email" }
func (CreateAccount) describe() string     { return "create the account" }
func (SubmitPasscode) describe() string    { return "submit the passcode" }
func (ResendPasscode) describe() string    { return "have a passcode sent" }
func (SignInWithPasskey) describe() string { return "sign in with a passkey" }
func (RegisterPasskey) describe() string   { return "register a passkey" }
func (a SubmitForm) describe() string      { return "do " + strings.ReplaceAll(string(a.Action), "_", " ") }
func (Skip) describe() string              { return "skip" }
func (OpenProfile) describe() string       { return "read the profile" }
func (AddEmail) describe() string          { return "add the address" }
func (DeleteEmail) describe() string       { return "delete the address" }
func (SetPrimaryEmail) describe() string   { return "make the address the primary one" }
func (RenamePasskey) describe() string     { return "rename the passkey" }
func (DeletePasskey) describe() string     { return "delete the passkey" }
func (RevokeSession) describe() string     { return "end the session" }
func (DeleteAccount) describe() string     { return "delete the account" }
func (OpenForms) describe() string         { return "show what else there is" }
func (Recognise) describe() string         { return "recognise the tenant" }
func (Retry) describe() string             { return "try again" }
func (Back) describe() string              { return "go back" }
func (LogOut) describe() string            { return "log out" }
