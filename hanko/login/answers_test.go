package login_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/hanko/login"
)

// place is a point on a walk: how to get there, and the action that makes the call.
type place struct {
	before func(p *person)
	action func(p *person) login.Action
}

var (
	atEmail = place{
		func(*person) {},
		func(p *person) login.Action { return login.SubmitEmail{Email: p.email} },
	}
	atEmailAgain = place{ // somebody whom the tenant knows
		func(p *person) { p.finish(); p.take(login.LogOut{}) },
		atEmail.action,
	}
	atCreate = place{
		func(p *person) { to[login.ConfirmAccount](p, login.SubmitEmail{Email: p.email}) },
		func(*person) login.Action { return login.CreateAccount{} },
	}
	atPasscode = place{
		func(p *person) { atCreate.before(p); to[login.EnterPasscode](p, login.CreateAccount{}) },
		func(p *person) login.Action { return login.SubmitPasscode{Code: p.code()} },
	}
	atResend = place{
		atPasscode.before,
		func(*person) login.Action { return login.ResendPasscode{} },
	}
	atDeadResend = place{
		func(p *person) {
			atPasscode.before(p)
			for range 3 {
				to[login.EnterPasscode](p, login.SubmitPasscode{Code: p.wrongCode()})
			}
		},
		atResend.action,
	}
	atOffer = place{
		func(p *person) {
			atPasscode.before(p)
			to[login.OfferPasskey](p, login.SubmitPasscode{Code: p.code()})
		},
		func(*person) login.Action { return login.RegisterPasskey{} },
	}
	atPasskey = place{
		atEmailAgain.before,
		func(*person) login.Action { return login.SignInWithPasskey{} },
	}
	atLogOut = place{
		func(p *person) { p.finish() },
		func(*person) login.Action { return login.LogOut{} },
	}
)

const (
	user               = "POST /user"
	users              = "POST /users"
	initialize         = "POST /passcode/login/initialize"
	finalize           = "POST /passcode/login/finalize"
	registerInitialize = "POST /webauthn/registration/initialize"
	registerFinalize   = "POST /webauthn/registration/finalize"
	loginInitialize    = "POST /webauthn/login/initialize"
	loginFinalize      = "POST /webauthn/login/finalize"
	logout             = "POST /logout"
)

// badAnswer is an answer that does not continue the walk, and what the person must see.
type badAnswer struct {
	call    string
	place   place
	status  int
	message string
	header  []string // name, value, …

	step     string        // the kind of step it leads to
	sentence string        // what happened
	cause    string        // a telling part of what it means
	remedy   string        // a telling part of what to do
	wait     time.Duration // until it may be done again
	again    bool          // the step is Failed and offers to try again
	back     string        // the kind of step that Back leads to from Failed
}

// badAnswers are answers of Hanko v2.7.0, word for word.
var badAnswers = []badAnswer{
	{call: user, place: atEmail, status: 400, message: "email must be a valid email address", step: "EnterEmail", sentence: "submit the email", cause: "not accept this as an email address", remedy: "Correct the address"},
	{call: user, place: atEmail, status: 400, message: "email is a required field", step: "EnterEmail", sentence: "submit the email", cause: "not accept this as an email address", remedy: "Correct the address"},
	{call: user, place: atEmail, status: 429, message: "Too Many Requests", header: []string{"Retry-After", "58"}, step: "Failed", sentence: "submit the email", cause: "too many requests", remedy: "Wait", wait: 58 * time.Second, again: true, back: "EnterEmail"},
	{call: user, place: atEmail, status: 500, message: "Internal Server Error", step: "Failed", sentence: "submit the email", cause: "failed with an internal error", remedy: "tenant's log", again: true, back: "EnterEmail"},
	{call: user, place: atEmail, status: 415, message: "Unsupported Media Type", step: "Failed", sentence: "submit the email", cause: "could not make sense", remedy: "Open the exchange", again: true, back: "EnterEmail"},

	{call: users, place: atCreate, status: 400, message: "email must be a valid email address", step: "EnterEmail", sentence: "create the account", cause: "not accept this as an email address", remedy: "Correct the address"},
	{call: users, place: atCreate, status: 403, message: "Forbidden", step: "Failed", sentence: "create the account", cause: "sign-up is switched off", remedy: "account.allow_signup", back: "ConfirmAccount"},
	{call: users, place: atCreate, status: 404, message: "Not Found", step: "Failed", sentence: "create the account", cause: "Hanko v3", remedy: "Flow API", back: "ConfirmAccount"},
	{call: users, place: atCreate, status: 500, message: "Internal Server Error", step: "Failed", sentence: "create the account", cause: "failed with an internal error", remedy: "tenant's log", again: true, back: "ConfirmAccount"},

	{call: initialize, place: atCreate, status: 400, message: "Bad Request", step: "Failed", sentence: "request a passcode", cause: "no longer knows this user", remedy: "Start again with the email", again: true, back: "ConfirmAccount"},
	{call: initialize, place: atCreate, status: 400, message: "the specified emailId is not available", step: "Failed", sentence: "request a passcode", cause: "this address", remedy: "Start again with the email", again: true, back: "ConfirmAccount"},
	{call: initialize, place: atCreate, status: 403, message: "Forbidden", step: "Failed", sentence: "request a passcode", cause: "does not let this address", remedy: "Start again with the email", again: true, back: "ConfirmAccount"},
	{call: initialize, place: atCreate, status: 404, message: "Not Found", step: "Failed", sentence: "request a passcode", cause: "MFA", remedy: "mfa.enabled: false", back: "ConfirmAccount"},
	{call: initialize, place: atCreate, status: 429, message: "Too Many Requests", header: []string{"Retry-After", "57", "X-RateLimit-Limit", "3", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "57"}, step: "Failed", sentence: "request a passcode", cause: "three a minute", remedy: "Wait", wait: 57 * time.Second, again: true, back: "ConfirmAccount"},
	{call: initialize, place: atCreate, status: 500, message: "Internal Server Error", header: []string{"X-RateLimit-Limit", "3", "X-RateLimit-Remaining", "2", "X-RateLimit-Reset", "59"}, step: "Failed", sentence: "request a passcode", cause: "could not send the mail", remedy: "email_delivery.smtp", again: true, back: "ConfirmAccount"},
	{call: initialize, place: atEmailAgain, status: 400, message: "failed to parse emailId as uuid", step: "Failed", sentence: "request a passcode", cause: "no longer knows this user", remedy: "Start again with the email", again: true, back: "EnterEmail"},
	{call: initialize, place: atEmailAgain, status: 403, message: "Forbidden", step: "Failed", sentence: "request a passcode", cause: "does not let this address", remedy: "Start again with the email", again: true, back: "EnterEmail"},
	{call: initialize, place: atEmailAgain, status: 404, message: "Not Found", step: "Failed", sentence: "request a passcode", cause: "MFA", remedy: "mfa.enabled: false", back: "EnterEmail"},
	{call: initialize, place: atEmailAgain, status: 429, message: "Too Many Requests", header: []string{"Retry-After", "57"}, step: "Failed", sentence: "request a passcode", cause: "three a minute", remedy: "Wait", wait: 57 * time.Second, again: true, back: "EnterEmail"},
	{call: initialize, place: atEmailAgain, status: 500, message: "Internal Server Error", step: "Failed", sentence: "request a passcode", cause: "could not send the mail", remedy: "email_delivery.smtp", again: true, back: "EnterEmail"},
	{call: initialize, place: atResend, status: 400, message: "Bad Request", step: "Failed", sentence: "request a passcode", cause: "no longer knows this user", remedy: "Start again with the email", again: true, back: "EnterPasscode"},
	{call: initialize, place: atResend, status: 404, message: "Not Found", step: "Failed", sentence: "request a passcode", cause: "MFA", remedy: "mfa.enabled: false", back: "EnterPasscode"},
	{call: initialize, place: atResend, status: 429, message: "Too Many Requests", header: []string{"Retry-After", "57"}, step: "EnterPasscode", sentence: "request a passcode", cause: "three a minute", remedy: "last code that you received is still valid", wait: 57 * time.Second},
	{call: initialize, place: atDeadResend, status: 429, message: "Too Many Requests", header: []string{"X-RateLimit-Reset", "57"}, step: "EnterPasscode", sentence: "request a passcode", cause: "three a minute", remedy: "Wait, then ask again.", wait: 57 * time.Second},
	{call: initialize, place: atResend, status: 500, message: "Internal Server Error", step: "Failed", sentence: "request a passcode", cause: "could not send the mail", remedy: "email_delivery.smtp", again: true, back: "EnterPasscode"},

	{call: finalize, place: atPasscode, status: 400, message: "code is a required field", step: "EnterPasscode", sentence: "could not read that code", cause: "could not read the code", remedy: "Ask for a new code"},
	{call: finalize, place: atPasscode, status: 401, message: "Unauthorized", step: "EnterPasscode", sentence: "That code is wrong", cause: "wrong", remedy: "newest mail"},
	{call: finalize, place: atPasscode, status: 401, message: "passcode not found", step: "EnterPasscode", sentence: "no longer has this passcode", cause: "already used", remedy: "Ask for a new code"},
	{call: finalize, place: atPasscode, status: 408, message: "passcode request timed out", step: "EnterPasscode", sentence: "has expired", cause: "too old", remedy: "Ask for a new one"},
	{call: finalize, place: atPasscode, status: 410, message: "max attempts reached", step: "EnterPasscode", sentence: "one wrong code too many", cause: "this passcode is no longer valid", remedy: "Ask for a new one"},
	{call: finalize, place: atPasscode, status: 403, message: "email address has been claimed by another user", step: "Failed", sentence: "submit the passcode", cause: "belongs to somebody else", remedy: "Start again with the email", back: "EnterPasscode"},
	{call: finalize, place: atPasscode, status: 403, message: "Forbidden", step: "Failed", sentence: "submit the passcode", cause: "another user", remedy: "Start again with the email", back: "EnterPasscode"},
	{call: finalize, place: atPasscode, status: 404, message: "Not Found", step: "Failed", sentence: "submit the passcode", cause: "MFA is on", remedy: "mfa.enabled: false", back: "EnterPasscode"},
	{call: finalize, place: atPasscode, status: 500, message: "Internal Server Error", step: "Failed", sentence: "submit the passcode", cause: "failed while checking the code", remedy: "tenant's log", again: true, back: "EnterPasscode"},

	{call: registerInitialize, place: atOffer, status: 400, message: "user not found", step: "Failed", sentence: "register a passkey", cause: "no longer knows this session's user", remedy: "Sign in again", again: true, back: "OfferPasskey"},
	{call: registerInitialize, place: atOffer, status: 401, message: "Unauthorized", step: "Failed", sentence: "register a passkey", cause: "session is no longer valid", remedy: "Sign in again", back: "EnterEmail"},
	{call: registerInitialize, place: atOffer, status: 404, message: "Not Found", step: "Failed", sentence: "register a passkey", cause: "Passkeys are switched off", remedy: "passkey.enabled: true", back: "OfferPasskey"},
	{call: registerInitialize, place: atOffer, status: 500, message: "Internal Server Error", step: "Failed", sentence: "register a passkey", cause: "failed with an internal error", remedy: "tenant's log", again: true, back: "OfferPasskey"},

	{call: registerFinalize, place: atOffer, status: 400, message: "failed to validate attestation", step: "Failed", sentence: "register a passkey", cause: "origin is not one of its origins", remedy: "webauthn.relying_party.origins", again: true, back: "OfferPasskey"},
	{call: registerFinalize, place: atOffer, status: 400, message: "Stored challenge and received challenge do not match", step: "Failed", sentence: "register a passkey", cause: "challenge was already used", remedy: "webauthn.relying_party.id", again: true, back: "OfferPasskey"},
	{call: registerFinalize, place: atOffer, status: 401, message: "Unauthorized", step: "Failed", sentence: "register a passkey", cause: "session is no longer valid", remedy: "Sign in again", back: "EnterEmail"},
	{call: registerFinalize, place: atOffer, status: 404, message: "Not Found", step: "Failed", sentence: "register a passkey", cause: "Passkeys are switched off", remedy: "passkey.enabled: true", back: "OfferPasskey"},
	{call: registerFinalize, place: atOffer, status: 422, message: "failed to validate attestation: Error validating the authenticator response: User verification required but flag not set by authenticator", step: "Failed", sentence: "register a passkey", cause: "requires user verification", remedy: "passkey.user_verification", again: true, back: "OfferPasskey"},
	{call: registerFinalize, place: atOffer, status: 500, message: "Internal Server Error", step: "Failed", sentence: "register a passkey", cause: "already has the credential ID", remedy: "new passkey", again: true, back: "OfferPasskey"},

	{call: loginInitialize, place: atPasskey, status: 400, message: "user not found", step: "Failed", sentence: "sign in with a passkey", cause: "cannot offer a passkey sign-in", remedy: "passcode instead", again: true, back: "EnterEmail"},
	{call: loginInitialize, place: atPasskey, status: 404, message: "Not Found", step: "Failed", sentence: "sign in with a passkey", cause: "Passkeys are switched off", remedy: "passkey.enabled: true", back: "EnterEmail"},
	{call: loginInitialize, place: atPasskey, status: 500, message: "Internal Server Error", step: "Failed", sentence: "sign in with a passkey", cause: "failed with an internal error", remedy: "tenant's log", again: true, back: "EnterEmail"},

	{call: loginFinalize, place: atPasskey, status: 400, message: "Parse error for Assertion", step: "Failed", sentence: "sign in with a passkey", cause: "could not read the assertion", remedy: "from the start", again: true, back: "EnterEmail"},
	{call: loginFinalize, place: atPasskey, status: 400, message: "failed to validate assertion", step: "Failed", sentence: "sign in with a passkey", cause: "could not read the assertion", remedy: "from the start", again: true, back: "EnterEmail"},
	{call: loginFinalize, place: atPasskey, status: 401, message: "Stored challenge and received challenge do not match", step: "Failed", sentence: "sign in with a passkey", cause: "does not accept the assertion", remedy: "another passkey or a passcode", again: true, back: "EnterEmail"},
	{call: loginFinalize, place: atPasskey, status: 401, message: "failed to validate assertion", step: "Failed", sentence: "sign in with a passkey", cause: "it does not know the passkey", remedy: "webauthn.relying_party.origins", again: true, back: "EnterEmail"},
	{call: loginFinalize, place: atPasskey, status: 404, message: "Not Found", step: "Failed", sentence: "sign in with a passkey", cause: "Passkeys are switched off", remedy: "passkey.enabled: true", back: "EnterEmail"},
	{call: loginFinalize, place: atPasskey, status: 500, message: "Internal Server Error", step: "Failed", sentence: "sign in with a passkey", cause: "failed with an internal error", remedy: "tenant's log", again: true, back: "EnterEmail"},

	{call: logout, place: atLogOut, status: 500, message: "Internal Server Error", step: "Failed", sentence: "log out", cause: "failed with an internal error", remedy: "tenant's log", again: true, back: "SignedIn"},
}

// TestBadAnswers gives each bad answer at its place on a walk that otherwise works. The person sees what happened, the
// tenant's own words, what they mean and what to do, and can finish the walk.
func TestBadAnswers(t *testing.T) {
	stage := newStage(t, unlimited)
	for _, row := range badAnswers {
		t.Run(fmt.Sprintf("%s %d %s", strings.ReplaceAll(row.call, "/", "_"), row.status, row.message), func(t *testing.T) {
			for _, way := range row.ways() {
				t.Run(way.name, func(t *testing.T) {
					p := stage.newPerson(t)
					row.place.before(p)
					stage.wire.once(row.call, served(t, says(row.status, row.message, row.header...)))
					step := p.take(row.place.action(p))
					if unused := stage.wire.unused(); unused != "" {
						t.Fatalf("%s was not called", unused)
					}
					row.look(t, step)
					way.on(t, p)
					p.finish()
				})
			}
		})
	}
}

// wayOn is a way for the person to continue after a bad answer.
type wayOn struct {
	name string
	on   func(t *testing.T, p *person)
}

// ways returns all ways to continue from the step to which a bad answer leads.
func (b badAnswer) ways() []wayOn {
	if b.step != "Failed" {
		return []wayOn{
			{"going on", func(*testing.T, *person) {}},
			{"back", func(_ *testing.T, p *person) {
				if b.step == "EnterPasscode" {
					to[login.EnterEmail](p, login.Back{})
				}
			}},
		}
	}
	ways := []wayOn{{"back", func(t *testing.T, p *person) {
		if step := p.take(login.Back{}); kind(step) != b.back {
			t.Errorf("Back leads to %s, want %s", described(step), b.back)
		}
	}}}
	return append(ways, wayOn{"retry", func(t *testing.T, p *person) {
		step := p.take(login.Retry{})
		switch _, failed := step.(login.Failed); {
		case b.again && failed:
			t.Errorf("Retry leads to %s", described(step))
		case !b.again && !failed:
			t.Errorf("there is nothing to retry, and Retry leads to %s", described(step))
		case !b.again:
			p.take(login.Back{})
		}
	}})
}

// look compares a step with what the person must see.
func (b badAnswer) look(t *testing.T, step login.Step) {
	t.Helper()
	drawable(t, step)
	problem := problemOf(step)
	if kind(step) != b.step || problem == nil {
		t.Fatalf("it leads to %s, want %s with a problem", described(step), b.step)
	}
	if !strings.Contains(problem.Sentence, b.sentence) || !strings.HasSuffix(problem.Sentence, ".") {
		t.Errorf("the sentence is %q, want one with %q", problem.Sentence, b.sentence)
	}
	if words := fmt.Sprintf("%s answered %d, %q.", b.call, b.status, b.message); problem.Said != words {
		t.Errorf("said was %q, want %q", problem.Said, words)
	}
	if !strings.Contains(problem.Cause, b.cause) {
		t.Errorf("the cause is %q, want %q in it", problem.Cause, b.cause)
	}
	if !strings.Contains(problem.Remedy, b.remedy) {
		t.Errorf("the remedy is %q, want %q in it", problem.Remedy, b.remedy)
	}
	if got, want := !problem.RetryAt.IsZero(), b.wait > 0; got != want || want && !near(problem.RetryAt, b.wait) {
		t.Errorf("it may be done again at %v, want in %v", problem.RetryAt, b.wait)
	}
	if failed, ok := step.(login.Failed); ok && (failed.Again != nil) != b.again {
		t.Errorf("trying again is offered: %v, want %v", failed.Again != nil, b.again)
	}
	made := step.Exchanges()
	if last := made[len(made)-1]; last.Status != b.status || last.Method+" "+last.Path != b.call || last.Err == nil {
		t.Errorf("the last exchange is %s %s %d, want %s %d with its error", last.Method, last.Path, last.Status, b.call, b.status)
	}
}

// kind returns a step's type without its package.
func kind(step login.Step) string { return strings.TrimPrefix(fmt.Sprintf("%T", step), "login.") }

// TestPasskeyAfterRefusal checks that a passkey that the tenant has refused is deleted from the phone, and that one that the
// tenant may have stored stays.
func TestPasskeyAfterRefusal(t *testing.T) {
	stage := newStage(t, unlimited)
	for _, test := range []struct {
		name  string
		fault http.HandlerFunc
		left  int
	}{
		{"400", says(400, "failed to validate attestation"), 0},
		{"401", says(401, "Unauthorized"), 0},
		{"422", says(422, "User verification required but flag not set by authenticator"), 0},
		{"500", says(500, "Internal Server Error"), 1},
		{"504 from a proxy", page(504, "Gateway Timeout"), 1},
		{"a page", page(200, "Welcome"), 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := stage.newPerson(t)
			atOffer.before(p)
			stage.wire.once(registerFinalize, served(t, test.fault))
			to[login.Failed](p, login.RegisterPasskey{})
			passkeys, err := p.phone.Passkeys()
			if err != nil || len(passkeys) != test.left {
				t.Errorf("on the phone are %d passkeys (%v), want %d", len(passkeys), err, test.left)
			}
			p.take(login.Back{})
			p.finish()
		})
	}
}
