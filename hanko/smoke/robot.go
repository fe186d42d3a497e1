package smoke

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/totp"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
)

// run is what the checks of one run share: who was signed up, and with what.
type run struct {
	Options
	client      *hanko.Client
	tell        func(Event)
	recognised  hanko.Recognition
	otp         *totp.App
	passwords   map[string]string // by address
	users       []*user           // all that were made
	ada         *user             // the new user of the guide suite, signed in
	bob         login.SignedIn    // another user
	rpID        string            // what the tenant's options name
	attestation string            // what they ask for
	returned    login.SignedIn    // ada's second session, to be thrown away
	iphone      *pair             // a phone that has registered a passkey for ada and signed in with it
	android     *pair
	addresses   int
	spent       []string // the passcodes that were read, and used since
}

// user is somebody the robot has signed up.
type user struct {
	email string
	in    login.SignedIn
	walk  *login.Walk
}

// pair is a phone with a passkey that the tenant knows.
type pair struct {
	phone *authenticator.Phone
	rpID  string
}

func newRun(options Options, tell func(Event)) *run {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Patience == 0 {
		options.Patience = 30 * time.Second
	}
	if options.HTTP == nil {
		options.HTTP = &http.Client{Timeout: 15 * time.Second}
	}
	app, _ := totp.Open("") // memory cannot fail
	return &run{
		Options: options, client: options.Client, tell: tell, otp: app, passwords: map[string]string{},
		recognised: hanko.Recognition{API: options.API},
	}
}

func (r *run) now() time.Time { return r.Now() }

func (r *run) talk(format string, args ...any) { r.tell(Event{Talk: fmt.Sprintf(format, args...)}) }

// newAddress is one that nobody has.
func (r *run) newAddress() string {
	r.addresses++
	return r.Address(r.addresses)
}

// walk begins a walk with a phone, over the API that the tenant was recognised to have.
func (r *run) walk(phone *authenticator.Phone) *login.Walk {
	walk := login.New(r.client, phone, "")
	walk.UseAPI(r.recognised.API)
	return walk
}

func iphone() *authenticator.Phone { return newPhone(authenticator.IPhone()) }

func newPhone(profile authenticator.Profile) *authenticator.Phone {
	return authenticator.NewPhone(profile, authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)
}

// wish is what a drive is meant to come to.
type wish struct {
	email   string
	newUser bool
	passkey bool // take an offered passkey
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

// errNoMailbox says that a passcode was sent and there is no place to read it.
var errNoMailbox = errors.New("no mailbox was given to read the passcode from (--mailbox)")

// signUp makes a user and signs it in.
func (r *run) signUp(ctx context.Context, walk *login.Walk, email string, passkey bool) (login.SignedIn, error) {
	in, err := r.drive(ctx, walk, wish{email: email, newUser: true, passkey: passkey})
	if err == nil {
		r.users = append(r.users, &user{email: email, in: in, walk: walk})
	}
	return in, err
}

// signIn signs a user in with a passcode, or with what else the tenant asks for.
func (r *run) signIn(ctx context.Context, walk *login.Walk, email string) (login.SignedIn, error) {
	return r.drive(ctx, walk, wish{email: email})
}

// drive goes from where a walk stands to SignedIn, answering each step as a person would.
func (r *run) drive(ctx context.Context, walk *login.Walk, wish wish) (login.SignedIn, error) {
	deadline := r.now().Add(r.Patience)
	before := r.now()
	step, submitted := walk.Step(), false
	for range 40 { // no tenant has so many states in a row
		var action login.Action
		switch at := step.(type) {
		case login.SignedIn:
			return at, nil
		case login.EnterEmail:
			if submitted {
				return login.SignedIn{}, &stuckError{"the email was not accepted", at.Problem}
			}
			submitted = true
			action = login.SubmitEmail{Email: wish.email, Create: wish.newUser && r.recognised.API == hanko.FlowAPI}
		case login.ConfirmAccount:
			if !wish.newUser {
				return login.SignedIn{}, &stuckError{where: "the tenant does not know " + wish.email}
			}
			action = login.CreateAccount{}
		case login.EnterPasscode:
			if at.Problem != nil {
				if wait := at.ResendAt.Sub(r.now()); wait > 0 && r.now().Add(wait).Before(deadline) {
					r.talk("the tenant asks to wait %s before the next passcode", wait.Round(time.Second))
					if err := sleep(ctx, wait); err != nil {
						return login.SignedIn{}, err
					}
					before, step = r.now(), walk.Take(ctx, login.ResendPasscode{})
					continue
				}
				return login.SignedIn{}, &stuckError{"the passcode", at.Problem}
			}
			code, err := r.passcode(ctx, wish.email, before)
			if err != nil {
				return login.SignedIn{}, err
			}
			action = login.SubmitPasscode{Code: code}
		case login.OfferPasskey:
			action = login.Skip{}
			if wish.passkey || !at.MaySkip {
				action = login.RegisterPasskey{}
			}
		case login.FillForm:
			filled, err := r.fill(at, wish)
			if err != nil {
				return login.SignedIn{}, err
			}
			action = filled
		case login.Failed:
			wait := at.Problem.RetryAt.Sub(r.now())
			if at.Problem.RetryAt.IsZero() || at.Again == nil || r.now().Add(wait).After(deadline) {
				return login.SignedIn{}, &stuckError{"the walk", &at.Problem}
			}
			r.talk("the tenant asks to wait %s", wait.Round(time.Second))
			if err := sleep(ctx, wait); err != nil {
				return login.SignedIn{}, err
			}
			action = login.Retry{}
		default:
			return login.SignedIn{}, &stuckError{where: fmt.Sprintf("the step %T", step)}
		}
		before, step = r.now(), walk.Take(ctx, action)
	}
	return login.SignedIn{}, &stuckError{where: "the tenant's flow goes in circles"}
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
	}
	return code, err
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// fill answers a state that is a form: with a password where one is wanted, with the authenticator app's code, and by
// passing over what may be passed over.
func (r *run) fill(at login.FillForm, wish wish) (login.SubmitForm, error) {
	offered := func(action string) bool {
		return slices.ContainsFunc(at.Forms, func(form login.Form) bool { return form.Action == action })
	}
	submit := func(action string, pairs ...string) (login.SubmitForm, error) {
		values := map[string]string{}
		for i := 0; i+1 < len(pairs); i += 2 {
			values[pairs[i]] = pairs[i+1]
		}
		return login.SubmitForm{Action: action, Values: values}, nil
	}
	if at.Problem != nil {
		return login.SubmitForm{}, &stuckError{"the state " + at.State, at.Problem}
	}
	switch {
	case offered("continue_to_passcode_confirmation"):
		return submit("continue_to_passcode_confirmation")
	case offered("continue_to_password_login") && r.passwords[wish.email] != "":
		return submit("continue_to_password_login")
	case offered("password_login"):
		return submit("password_login", "password", r.passwords[wish.email])
	case offered("otp_code_validate"):
		code, err := r.otp.Code("tenant", wish.email, r.now())
		if err != nil {
			return login.SubmitForm{}, err
		}
		return submit("otp_code_validate", "otp_code", code)
	case wish.passkey && offered("continue_to_passkey_registration"):
		return submit("continue_to_passkey_registration")
	case offered("skip"):
		return submit("skip")
	case offered("register_password"), offered("password_recovery"):
		r.passwords[wish.email] = "smoke " + randomHex(12)
		action := "register_password"
		if !offered(action) {
			action = "password_recovery"
		}
		return submit(action, "new_password", r.passwords[wish.email])
	case offered("continue_to_otp_secret_creation"):
		return submit("continue_to_otp_secret_creation")
	case offered("otp_code_verify"):
		var payload struct {
			Secret string `json:"otp_secret"`
		}
		if err := json.Unmarshal(at.Payload, &payload); err != nil {
			return login.SubmitForm{}, err
		}
		if err := r.otp.Add("tenant", wish.email, payload.Secret); err != nil {
			return login.SubmitForm{}, err
		}
		code, err := r.otp.Code("tenant", wish.email, r.now())
		if err != nil {
			return login.SubmitForm{}, err
		}
		return submit("otp_code_verify", "otp_code", code)
	case offered("username_create"):
		return submit("username_create", "username", "smoke"+randomHex(6))
	case offered("register_login_identifier"):
		return submit("register_login_identifier", "email", wish.email, "username", "smoke"+randomHex(6))
	case offered("continue_to_password_registration"):
		return submit("continue_to_password_registration")
	default:
		return login.SubmitForm{}, &stuckError{where: fmt.Sprintf("the tenant's state %q, which the robot has no answer to", at.State)}
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

// cleanUp deletes the users that were made, where the tenant allows it, and names those that are left.
func (r *run) cleanUp(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	var left []string
	for _, made := range r.users {
		if !r.deleteUser(ctx, made) {
			left = append(left, made.email)
		}
	}
	return left
}

// deleteUser signs its user out of its own account for good, by DELETE /user or the flow's account_delete.
func (r *run) deleteUser(ctx context.Context, made *user) bool {
	if r.recognised.API == hanko.REST {
		return r.client.DeleteUser(ctx, made.in.Session.Token) == nil
	}
	flow, err := r.client.StartFlow(ctx, hanko.ProfileFlow, made.in.Session.Token)
	if err != nil {
		return false
	}
	flow, err = r.client.Act(ctx, flow, "account_delete", nil, made.in.Session.Token)
	return err == nil && flow.Name == "account_deleted"
}
