package smoke

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/totp"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/secret"
)

// run is what the checks of one run share: who was signed up, and with what.
type run struct {
	Options
	client     *hanko.Client
	tell       func(Event)
	recognised hanko.Recognition
	noSessions bool                    // the tenant has the REST API, but refuses its tokens
	facts      map[fact.Name]fact.Fact // what was observed so far
	otp        *totp.App
	passwords  map[string]string               // by address
	usernames  map[string]string               // by address
	phones     map[string]*authenticator.Phone // by address: those that hold the passkeys made at sign-up
	key        *authenticator.Phone            // everybody's security key
	spent      []string                        // the passcodes that were read, in order
	secrets    *secret.Keeper                  // what must not be in the report
	users      []*user                         // all that were made
	halfway    []string                        // addresses whose sign-up broke off, perhaps after the tenant had made the user
	user       *user                           // the user of the guide suite, signed in
	guest      bool                            // user existed before the run, which must not change it for good
	had        []string                        // the credential IDs (base64url) that the guest had before; nil if not known
	signedUp   time.Time                       // when user was
	other      login.SignedIn                  // another user
	otherEmail string
	rpID       string         // what the tenant's options name
	returned   login.SignedIn // user's second session, not needed any more
	oneSession bool           // the tenant keeps one session for each user
	iphone     *pair          // a phone that has registered a passkey for user and signed in with it
	androids   []*pair        // the same for each of the Android app's signing certificates
	device     *pair          // the same for the device of --device
	tried      tried          // the faults of all checks
	parties    parties        // what is known of third parties
	addresses  int
	longest    int // how long the tenant lets an address be; 0 until it has refused one
}

// user is somebody the robot has signed up.
type user struct {
	email string
	in    login.SignedIn
}

// pair is a phone with a passkey that the tenant knows.
type pair struct {
	phone *authenticator.Phone
	rpID  string
}

func newRun(options Options, tell func(Event)) *run {
	if options.Patience == 0 {
		options.Patience = 30 * time.Second
	}
	if options.HTTP == nil {
		options.HTTP = &http.Client{Timeout: 15 * time.Second}
	}
	return &run{
		Options: options, client: options.Client, tell: tell, otp: totp.NewMemoryApp(), key: newPhone(securityKey()), secrets: &secret.Keeper{},
		passwords: map[string]string{}, usernames: map[string]string{}, phones: map[string]*authenticator.Phone{},
		recognised: hanko.Recognition{API: options.API}, facts: map[fact.Name]fact.Fact{},
		parties: parties{allowed: map[string]bool{}, pages: map[string]string{}},
	}
}

func (r *run) talk(format string, args ...any) {
	r.tell(Event{Talk: r.secrets.Text(fmt.Sprintf(format, args...))})
}

// newAddress is one that nobody has.
func (r *run) newAddress() string {
	r.addresses++
	address := r.Address(r.addresses)
	if r.longest > 0 && len(address) > r.longest {
		return shortened(address, r.longest)
	}
	return address
}

// shortened cuts the beginning off an address's tag, so that it is no longer than length where that leaves four
// characters of it: the end is what makes it unlike others. An address without a tag stays as it is.
func shortened(address string, length int) string {
	before, rest, tagged := strings.Cut(address, "+")
	tag, domain, _ := strings.Cut(rest, "@")
	keep := length - len(before) - len("+@") - len(domain)
	if !tagged || keep >= len(tag) {
		return address
	}
	return before + "+" + tag[len(tag)-min(max(keep, 4), len(tag)):] + "@" + domain
}

// walk begins a walk with a phone, over the API that the tenant was recognised to have.
func (r *run) walk(phone *authenticator.Phone) *login.Walk {
	walk := login.New(r.client, phone, "")
	walk.UseAPI(r.recognised.API)
	walk.UseSecurityKey(r.key)
	return walk
}

// securityKey is one that an app on an iPhone uses.
func securityKey() authenticator.Profile {
	key := authenticator.SecurityKey("")
	key.Platform = authenticator.IOS
	return key
}

// phoneOf is the phone that somebody signed up with where that was asked to make a passkey, else a new one.
func (r *run) phoneOf(email string) *authenticator.Phone {
	if phone, made := r.phones[email]; made {
		return phone
	}
	return iphone()
}

func iphone() *authenticator.Phone { return newPhone(authenticator.IPhone()) }

func newPhone(profile authenticator.Profile) *authenticator.Phone {
	return authenticator.NewPhone(profile, authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)
}

// wish is what a drive is meant to come to.
type wish struct {
	email   string
	newUser bool
}

// stuckError is a walk that came to where the robot cannot go on.
type stuckError struct {
	where   string
	problem *login.Problem // nil when there is no error, only no way on
}

func (e *stuckError) Error() string {
	if e.problem == nil {
		return e.where
	}
	return e.where + ": " + e.problem.Error()
}

func (e *stuckError) Unwrap() error {
	if e.problem == nil {
		return nil
	}
	return e.problem
}

// unableError is a walk that came to where the robot, and perhaps a person, has no way on. Nothing is wrong with the tenant
// by that.
type unableError struct {
	where string
	key   string // what brings people there; "" where that is not known
}

func (e *unableError) Error() string { return e.where }

// errNoPasscodeHere says that a sign-in went on, or to its end, without a passcode.
var errNoPasscodeHere = errors.New("the tenant asks for no passcode here")

// errGuest is the error of a sign-in for which a user that existed before the run would have to add something.
var errGuest = &unableError{where: "the tenant asks this user for a passkey, a password or a second factor, and the run does not change a user that existed before it"}

// errAddressWanted is the error of a sign-in that goes on only with an email address that the tenant does not have yet.
var errAddressWanted = &unableError{where: "the tenant asks this user for an email address, and hankosim invents none here. Sign in with the app once, and answer it there"}

// errNoMailbox is the error of a passcode that cannot be read.
var errNoMailbox = errors.New("there is no mailbox to read the passcode from (--mailbox)")

// signUp makes a user and signs it in.
func (r *run) signUp(ctx context.Context, phone *authenticator.Phone, email string) error {
	before := r.client.Log().Len()
	in, err := r.drive(ctx, r.walk(phone), wish{email: email, newUser: true})
	if err != nil {
		r.mayBeMade(email, before)
		return err
	}
	r.signedUpBy(email, in, phone)
	return nil
}

// signedUpBy remembers a user that was made with a phone.
func (r *run) signedUpBy(email string, in login.SignedIn, phone *authenticator.Phone) {
	r.users = append(r.users, &user{email: email, in: in})
	if in.Registered != "" {
		r.phones[email] = phone
	}
}

// signIn signs a user in with a passcode, or with what else the tenant asks for.
func (r *run) signIn(ctx context.Context, walk *login.Walk, email string) (login.SignedIn, error) {
	return r.drive(ctx, walk, wish{email: email})
}

// drive goes from where a walk stands to SignedIn, answering each step as a person would.
func (r *run) drive(ctx context.Context, walk *login.Walk, wish wish) (login.SignedIn, error) {
	before := time.Now()
	step, submitted := walk.Step(), false
	for range 40 { // no tenant has so many states in a row
		var action login.Action
		switch at := step.(type) {
		case login.SignedIn:
			return at, nil
		case login.EnterEmail:
			if submitted {
				if at.Problem == nil {
					return login.SignedIn{}, &unableError{where: "the tenant asks for the address again and does not say why"}
				}
				return login.SignedIn{}, &stuckError{"the address was not accepted", at.Problem}
			}
			submitted = true
			action = login.SubmitEmail{
				Email: wish.email, Username: r.usernames[wish.email], Create: wish.newUser && r.recognised.API == hanko.FlowAPI,
			}
		case login.ConfirmAccount:
			if !wish.newUser {
				return login.SignedIn{}, &stuckError{where: "the tenant does not know " + wish.email}
			}
			action = login.CreateAccount{}
		case login.EnterPasscode:
			if at.Problem != nil {
				if !rateLimited(at.Problem) || !r.waitUntil(ctx, at.ResendAt, "before the next passcode") {
					return login.SignedIn{}, &stuckError{"the passcode", at.Problem}
				}
				before, step = time.Now(), walk.Take(ctx, login.ResendPasscode{})
				continue
			}
			code, err := r.passcode(ctx, wish.email, before)
			if err != nil {
				return login.SignedIn{}, err
			}
			action = login.SubmitPasscode{Code: code}
		case login.OfferPasskey:
			action = login.Skip{}
			if !at.MaySkip {
				if r.guest && !wish.newUser {
					return login.SignedIn{}, errGuest
				}
				if at.Problem != nil {
					return login.SignedIn{}, &stuckError{"the passkey", at.Problem}
				}
				action = login.RegisterPasskey{}
			}
		case login.FillForm:
			if at.Problem != nil && rateLimited(at.Problem) && r.waitUntil(ctx, at.Problem.RetryAt, "before it continues") {
				at.Problem = nil
			}
			filled, err := r.fill(at, wish)
			if err != nil {
				return login.SignedIn{}, err
			}
			action = filled
		case login.Failed:
			if at.Again == nil || !r.waitUntil(ctx, at.Problem.RetryAt, "before it continues") {
				return login.SignedIn{}, &stuckError{"the walk", &at.Problem}
			}
			action = login.Retry{}
		case login.Profile:
			return login.SignedIn{}, &unableError{where: "the tenant goes on to the profile"}
		}
		before, step = time.Now(), walk.Take(ctx, action)
	}
	return login.SignedIn{}, &unableError{where: "the tenant's flow repeats itself"}
}

// passcode waits for the code that was mailed to an address after a moment.
func (r *run) passcode(ctx context.Context, email string, after time.Time) (string, error) {
	if r.Box == nil {
		return "", errNoMailbox
	}
	ctx, cancel := context.WithTimeout(ctx, r.Patience)
	defer cancel()
	code, err := r.Box.Passcode(ctx, mailbox.Want{To: email, After: after})
	if err == nil {
		r.spent = append(r.spent, code)
		r.secrets.LearnText(secret.Code, code)
	}
	return code, err
}

// longestWait is how long the robot waits as a tenant asks when the run has no deadline.
const longestWait = 5 * time.Minute

// waitUntil waits until a time that the tenant has named, and says so. It returns false at once if there is no such time, or
// if the run would end before it.
func (r *run) waitUntil(ctx context.Context, until time.Time, what string) bool {
	deadline, bounded := ctx.Deadline()
	if !bounded {
		deadline = time.Now().Add(longestWait)
	}
	wait := time.Until(until)
	switch {
	case until.IsZero() || !until.Before(deadline):
		return false
	case wait <= 0:
		return ctx.Err() == nil
	}
	r.talk("the tenant asks to wait %s %s", wait.Round(time.Second), what)
	select {
	case <-time.After(wait):
		return true
	case <-ctx.Done():
		return false
	}
}

func randomHex(n int) string {
	random := make([]byte, (n+1)/2)
	_, _ = rand.Read(random) // never fails
	return hex.EncodeToString(random)[:n]
}

// PlusAddresses makes addresses that one mailbox receives and nobody has used: ada+hankosim-1f2e3d-1@example.com.
func PlusAddresses(base string) func(n int) string {
	local, domain, _ := strings.Cut(base, "@")
	id := randomHex(8)
	return func(n int) string { return fmt.Sprintf("%s+hankosim-%s-%d@%s", local, id, n, domain) }
}
