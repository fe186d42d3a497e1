// Package login is the way through a login, step by step: the app shows a Step, the person takes an Action, the next
// Step follows. A screen and a robot drive the same Walk and see no difference between the tenant's APIs.
package login

import (
	"time"

	"example.com/hankosim/hanko"
)

// Step is where a walk stands: one of EnterEmail, ConfirmAccount, EnterPasscode, OfferPasskey, SignedIn and Failed.
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

// EnterPasscode asks for the code from the mail. Actions: SubmitPasscode, ResendPasscode, Back.
type EnterPasscode struct {
	seen
	Email     string
	NewUser   bool          // the account was created on this walk
	SentAt    time.Time     // by this machine's clock
	TTL       time.Duration // how long the code is good from SentAt
	TriesLeft int           // wrong codes that the tenant still forgives, the last one included
	Dead      bool          // no code will be accepted any more; only a new one helps
	ResendAt  time.Time     // before then the tenant sends no further code; zero when it says nothing of the kind
	Problem   *Problem      // why the last code, or the wish for a new one, was refused; nil at first
}

// ExpiresAt is when the code stops being good, by this machine's clock.
func (s EnterPasscode) ExpiresAt() time.Time { return s.SentAt.Add(s.TTL) }

// OfferPasskey is the moment after a login with a passcode: signed in already, and this phone has no passkey for the
// user. Actions: RegisterPasskey, Skip, LogOut.
type OfferPasskey struct {
	seen
	Session hanko.Session
	Token   hanko.Token
	Email   string
}

// SignedIn is the end of the walk. Actions: RegisterPasskey, LogOut.
type SignedIn struct {
	seen
	Session    hanko.Session
	Token      hanko.Token
	Email      string // "" when neither the person nor the token said
	Method     Method // how the person signed in
	Registered string // the credential id (base64url) of the passkey made on this walk; "" when none was
}

// Failed says what went wrong. Actions: Retry when Again is not nil, and Back, which leads to where the walk stood.
type Failed struct {
	seen
	Problem Problem
	Again   Action // what Retry would do once more; nil when doing it again is of no use
}

// Method says how a person signed in.
type Method string

// The guide's two ways to sign in.
const (
	ByPasscode Method = "passcode"
	ByPasskey  Method = "passkey"
)

func (s EnterEmail) withExchanges(e []hanko.Exchange) Step     { s.exchanges = e; return s }
func (s ConfirmAccount) withExchanges(e []hanko.Exchange) Step { s.exchanges = e; return s }
func (s EnterPasscode) withExchanges(e []hanko.Exchange) Step  { s.exchanges = e; return s }
func (s OfferPasskey) withExchanges(e []hanko.Exchange) Step   { s.exchanges = e; return s }
func (s SignedIn) withExchanges(e []hanko.Exchange) Step       { s.exchanges = e; return s }
func (s Failed) withExchanges(e []hanko.Exchange) Step         { s.exchanges = e; return s }

// Action is what a person can do at a step.
type Action interface{ describe() string }

type (
	// SubmitEmail hands in the address.
	SubmitEmail struct{ Email string }
	// CreateAccount makes a user for the address that has none.
	CreateAccount struct{}
	// SubmitPasscode hands in the code from the mail.
	SubmitPasscode struct{ Code string }
	// ResendPasscode has the tenant send a new code.
	ResendPasscode struct{}
	// SignInWithPasskey lets the phone find a passkey for the tenant and signs in with it.
	SignInWithPasskey struct{}
	// RegisterPasskey makes a passkey on the phone and hands it to the tenant.
	RegisterPasskey struct{}
	// Skip passes over an offer.
	Skip struct{}
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
func (Skip) describe() string              { return "skip" }
func (Retry) describe() string             { return "try again" }
func (Back) describe() string              { return "go back" }
func (LogOut) describe() string            { return "log out" }
