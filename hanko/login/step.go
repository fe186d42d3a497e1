// Package login walks through a login, step by step: the app shows a Step, the person takes an Action, and the next Step
// follows. Screens and robots use the same Walk, and see no difference between the tenant's APIs.
package login

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"example.com/hankosim/hanko"
)

// Step is where a walk stands: one of EnterEmail, ConfirmAccount, EnterPasscode, OfferPasskey, FillForm, SignedIn,
// Profile and Failed.
//
//sumtype:decl
type Step interface {
	// Exchanges returns the calls that led from the previous step to this one, in order.
	Exchanges() []hanko.Exchange
	withExchanges([]hanko.Exchange) Step
}

// seen is what all steps have in common.
type seen struct{ exchanges []hanko.Exchange }

func (s seen) Exchanges() []hanko.Exchange { return s.exchanges }

// EnterEmail asks for the email address. Actions: SubmitEmail, SignInWithPasskey, SignInWithThirdParty.
type EnterEmail struct {
	seen
	Email   string   // the previous input; "" at first
	Problem *Problem // why it was refused; nil at first
}

// ConfirmAccount says that the address has no user yet. Actions: CreateAccount, Back.
type ConfirmAccount struct {
	seen
	Email string
}

// EnterPasscode asks for the code from the mail. Actions: SubmitPasscode, ResendPasscode, Back, and CreateAccount if
// Unsure.
type EnterPasscode struct {
	seen
	Email     string
	NewUser   bool          // the account was created on this walk
	Unsure    bool          // the tenant may hide that the address has no user; the mail then has no code
	SentAt    time.Time     // by this machine's clock
	TTL       time.Duration // how long the code is valid from SentAt; 0 if the tenant does not say
	TriesLeft int           // how many more codes the tenant checks
	Dead      bool          // no code will be accepted; a new passcode is needed
	ResendAt  time.Time     // when the tenant sends another code; zero if it does not say
	Problem   *Problem      // why the last code, or a new one, was refused; nil at first
}

// ExpiresAt returns when the code expires, by this machine's clock.
func (s EnterPasscode) ExpiresAt() time.Time { return s.SentAt.Add(s.TTL) }

// OfferPasskey offers to create a passkey on this phone, which has none for the user. Over REST, the person is already signed
// in; over the Flow API, that comes later. Actions: RegisterPasskey; Skip and Back, which do the same, if MaySkip; LogOut if
// signed in.
type OfferPasskey struct {
	seen
	Session *hanko.Session // nil until the flow has ended
	Token   hanko.Token
	Email   string
	MaySkip bool
	Problem *Problem // what went wrong before; usually nil
}

// FillForm is a state of a tenant's flow without its own Step: what the tenant offers, and what it asks for.
// Actions: SubmitForm, Back if the flow offers it, CreateAccount if Unsure.
type FillForm struct {
	seen
	State   hanko.State
	Email   string // whose login it is; "" if unknown
	Forms   []Form // what can be done: the way forward first, the way back last
	Payload json.RawMessage
	Links   []hanko.FlowLink
	Omitted Omitted  // what is left out because it is too much to show
	Unsure  bool     // the tenant may hide that the address has no user
	Problem *Problem // why the last form was refused; nil at first
}

// Leave returns the action that leaves the state without doing what it asks for: Back, or the tenant's skip if its flow does
// not go back. Back would then start over, and lose what the person has done so far.
func (s FillForm) Leave() Action {
	offers := func(name hanko.ActionName) bool {
		return slices.ContainsFunc(s.Forms, func(form Form) bool { return form.Action == name })
	}
	if offers(hanko.ActionSkip) && !offers(hanko.ActionBack) {
		return SubmitForm{Action: hanko.ActionSkip}
	}
	return Back{}
}

// Omitted counts what a FillForm leaves out. Hanko's own states are never that large.
type Omitted struct {
	Forms  int // forms
	Values int // values of fields
	Links  int
}

// Form is something that can be done in a state.
type Form struct {
	Action      hanko.ActionName
	Description string
	Fields      []hanko.FlowInput // what the person fills in; hidden fields with a value are sent automatically
}

// SignedIn is the end of a login. Actions: RegisterPasskey, OpenProfile, LogOut.
type SignedIn struct {
	seen
	Session    hanko.Session
	Token      hanko.Token
	Email      string   // "" if neither the person nor the token has it
	Method     Method   // how the person signed in
	Party      string   // the name of the third party with which they did; "" for other ways
	Registered string   // the credential ID (base64url) of the passkey created on this walk; may be ""
	Problem    *Problem // the tenant refused a passkey at the end of a registration; the person is signed in anyway
}

// Profile shows the person's account, and what they can change. Actions: those in Offers, Back, and over the Flow API
// OpenForms, and ConnectThirdParty for those in Connect.
type Profile struct {
	seen
	Email    string
	Emails   []hanko.Email
	Passkeys []hanko.Credential
	Sessions []ProfileSession // only over the Flow API

	Identities []hanko.Identity   // the accounts at third parties that are connected; over REST too
	Connect    []hanko.ThirdParty // those that can be connected
	Password   bool               // the person has a password; only over the Flow API
	Offers     ProfileOffers
	Done       string   // what the last action did, as a sentence; "" at first
	Problem    *Problem // why the last action was refused; nil at first
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

// ProfileOffers says which changes are possible now.
type ProfileOffers struct {
	AddEmail, DeleteEmail, SetPrimaryEmail bool
	RenamePasskey, DeletePasskey           bool
	RevokeSession                          bool
	DisconnectThirdParty                   bool
	DeleteAccount                          bool
	Forms                                  bool // OpenForms shows more
}

// Failed says what went wrong. Actions: Retry if Again is not nil, and Back, which returns to the step before.
type Failed struct {
	seen
	Problem Problem
	Again   Action // what Retry repeats; nil if repeating makes no sense
}

// Method says how a person signed in.
type Method string

// The guide's two ways to sign in, third parties, and all others of a flow.
const (
	ByPasscode Method = "passcode"
	ByPasskey  Method = "passkey"
	ByFlow     Method = "flow"

	ByThirdParty Method = "third party"
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
	// SubmitEmail submits the address to sign in or, with Create, to create an account. Create is for the Flow API, where
	// the person chooses; over REST, the app asks the tenant whether there is a user. Remember says that the person wants
	// to stay signed in, if the tenant asks (see Walk.AsksToRemember); it also applies to an account created later.
	// Username is sent instead of the address if the tenant identifies people only by their username.
	SubmitEmail struct {
		Email    string
		Username string
		Create   bool
		Remember bool
	}
	// CreateAccount creates a user for the address.
	CreateAccount struct{}
	// SubmitPasscode submits the code from the mail.
	SubmitPasscode struct{ Code string }
	// ResendPasscode asks the tenant for a new code.
	ResendPasscode struct{}
	// SignInWithPasskey signs in with a passkey on the phone. Remember is as for SubmitEmail.
	SignInWithPasskey struct{ Remember bool }
	// SignInWithThirdParty signs in with a third party: it sends the person's browser there, and waits until the browser
	// returns (see Walk.UseBrowser and Walk.ThirdParties). Cancel its context to give up. Remember is as for SubmitEmail.
	SignInWithThirdParty struct {
		Party    hanko.ThirdParty
		Remember bool
	}
	// ConnectThirdParty connects an account at a third party with this one, in the same way.
	ConnectThirdParty struct{ Party hanko.ThirdParty }
	// DisconnectThirdParty disconnects an account at a third party from this one. See Profile.LastWayIn.
	DisconnectThirdParty struct{ IdentityID string }
	// RegisterPasskey creates a passkey on the phone and registers it at the tenant.
	RegisterPasskey struct{}
	// SubmitForm submits one of a FillForm's Forms. Values are text by field name: decimal numbers, true or false, or
	// JSON.
	SubmitForm struct {
		Action hanko.ActionName
		Values map[hanko.InputName]string
	}
	// Skip skips an offer.
	Skip struct{}
	// OpenProfile shows the person's account.
	OpenProfile struct{}
	// AddEmail adds an address to the account.
	AddEmail struct{ Address string }
	// DeleteEmail removes an address from the account.
	DeleteEmail struct{ ID string }
	// SetPrimaryEmail makes an address the account's primary one.
	SetPrimaryEmail struct{ ID string }
	// RenamePasskey changes a passkey's name at the tenant. The ID is base64url.
	RenamePasskey struct{ ID, Name string }
	// DeletePasskey removes a passkey from the account. It stays on the phone. The ID is base64url.
	DeletePasskey struct{ ID string }
	// RevokeSession ends one of the person's sessions.
	RevokeSession struct{ ID string }
	// DeleteAccount deletes the person's account at the tenant.
	DeleteAccount struct{}
	// OpenForms shows everything that the profile flow offers, as forms.
	OpenForms struct{}
	// Recognise finds out what kind of tenant this is. A walk does this automatically; a Failed step may repeat it.
	Recognise struct{}
	// Retry repeats the action that failed.
	Retry struct{}
	// Back returns to the step before.
	Back struct{}
	// LogOut ends the session, and the walk starts over.
	LogOut struct{}
)

func (SubmitEmail) describe() string       { return "submit the email" }
func (CreateAccount) describe() string     { return "create the account" }
func (SubmitPasscode) describe() string    { return "submit the passcode" }
func (ResendPasscode) describe() string    { return "request a passcode" }
func (SignInWithPasskey) describe() string { return "sign in with a passkey" }
func (a SignInWithThirdParty) describe() string {
	return "sign in with " + hanko.Printable(a.Party.Name)
}

func (a ConnectThirdParty) describe() string {
	return "connect " + hanko.Printable(a.Party.Name)
}
func (DisconnectThirdParty) describe() string { return "disconnect the third party" }
func (RegisterPasskey) describe() string      { return "register a passkey" }
func (a SubmitForm) describe() string         { return "do " + strings.ReplaceAll(string(a.Action), "_", " ") }
func (Skip) describe() string                 { return "skip" }
func (OpenProfile) describe() string          { return "read the profile" }
func (AddEmail) describe() string             { return "add the address" }
func (DeleteEmail) describe() string          { return "delete the address" }
func (SetPrimaryEmail) describe() string      { return "make the address the primary one" }
func (RenamePasskey) describe() string        { return "rename the passkey" }
func (DeletePasskey) describe() string        { return "delete the passkey" }
func (RevokeSession) describe() string        { return "end the session" }
func (DeleteAccount) describe() string        { return "delete the account" }
func (OpenForms) describe() string            { return "show the other options" }
func (Recognise) describe() string            { return "recognise the tenant" }
func (Retry) describe() string                { return "try again" }
func (Back) describe() string                 { return "go back" }
func (LogOut) describe() string               { return "log out" }
