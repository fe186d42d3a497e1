package smoke

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"

	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
)

// SignInOptions is what SignIn works with.
type SignInOptions struct {
	Client   *hanko.Client
	API      hanko.API // "" finds out
	Profile  authenticator.Profile
	Store    *authenticator.Keystore
	Box      mailbox.Box // nil: no passcode can be read
	Email    string      // whose passkey, and where the passcode goes; "" takes the passkey used last
	Patience time.Duration
}

// SignInError is a sign-in that did not come about: what the passkeys of the phone brought, and what a passcode did.
type SignInError struct{ Passkey, Passcode error }

// Error tells both.
func (e *SignInError) Error() string {
	return fmt.Sprintf("nobody could be signed in. With a passkey: %v With a passcode: %v", e.Passkey, e.Passcode)
}

// Unwrap gives both causes.
func (e *SignInError) Unwrap() []error { return []error{e.Passkey, e.Passcode} }

// SignIn signs in as the robot does: with a passkey of the phone, else with a passcode from the mailbox. It makes no
// users. It fails with a *SignInError, or with a *hanko.Error when there is no tenant.
func SignIn(ctx context.Context, options SignInOptions) (hanko.Token, error) {
	r := newRun(Options{Client: options.Client, API: options.API, Box: options.Box, Patience: options.Patience}, func(Event) {})
	if options.API == "" {
		found, err := options.Client.Recognise(ctx)
		if err != nil {
			return hanko.Token{}, err
		}
		r.recognised = found
	}
	r.ada = &user{email: options.Email}
	in, noPasskey := r.tryPasskeys(ctx, options)
	if noPasskey == nil {
		return in.Token, nil
	}
	phone := authenticator.NewPhone(options.Profile, options.Store, authenticator.AlwaysApprove)
	if options.Email == "" {
		return hanko.Token{}, &SignInError{noPasskey, errors.New("no --email was given")}
	}
	in, noPasscode := r.signIn(ctx, r.walk(phone), options.Email)
	if noPasscode != nil {
		return hanko.Token{}, &SignInError{noPasskey, noPasscode}
	}
	return in.Token, nil
}

// SignInCode is what a command whose SignIn has failed ends with.
func SignInCode(err error) int {
	var (
		signIn *SignInError
		noMail *mailbox.NoMailError
		box    *mailbox.Error
	)
	switch {
	case !errors.As(err, &signIn):
		return ExitUnreachable
	case rateLimited(signIn.Passcode), errors.As(signIn.Passcode, &noMail), errors.As(signIn.Passcode, &box):
		return ExitInconclusive
	default:
		return ExitFailed
	}
}

// tryPasskeys signs in with the passkeys of an address, one after the other: those of several tenants may have the
// same relying party id, localhost above all, and only the tenants know which are theirs.
func (r *run) tryPasskeys(ctx context.Context, options SignInOptions) (login.SignedIn, error) {
	var first error
	for n := 0; n < 10; n++ {
		choose := &accountChooser{email: options.Email, nth: n}
		phone := authenticator.NewPhone(options.Profile, options.Store, choose.consent)
		in, err := r.passkeyLogin(ctx, r.walk(phone))
		if err == nil {
			return in, nil
		}
		if first == nil {
			first = err
		}
		if n+1 >= choose.found || ctx.Err() != nil {
			break
		}
	}
	return login.SignedIn{}, first
}

// accountChooser approves the nth passkey of an address, or of all where no address was given; the one used last is the
// first.
type accountChooser struct {
	email string
	nth   int
	found int // how many there are
}

func (c *accountChooser) consent(_ context.Context, request authenticator.ConsentRequest) (authenticator.Decision, error) {
	decision := authenticator.Decision{Approved: true, UserVerified: true}
	if request.Ceremony == authenticator.Create {
		return decision, nil
	}
	var mine []authenticator.Account
	for _, account := range request.Accounts {
		if c.email == "" || strings.EqualFold(account.Name, c.email) {
			mine = append(mine, account)
		}
	}
	c.found = len(mine)
	if c.nth >= len(mine) {
		return authenticator.Decision{}, errNoPasskeyOf
	}
	decision.CredentialID = mine[c.nth].CredentialID
	return decision, nil
}

var errNoPasskeyOf = errors.New("the phone has no passkey of this address")
