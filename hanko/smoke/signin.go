package smoke

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"

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
	phone := authenticator.NewPhone(options.Profile, options.Store, chooseAccount(options.Email))
	in, noPasskey := r.passkeyLogin(ctx, r.walk(phone))
	if noPasskey == nil {
		return in.Token, nil
	}
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

// chooseAccount approves the passkey of an address, or the one used last where no address was given.
func chooseAccount(email string) authenticator.Consent {
	return func(_ context.Context, request authenticator.ConsentRequest) (authenticator.Decision, error) {
		decision := authenticator.Decision{Approved: true, UserVerified: true}
		if email == "" || request.Ceremony == authenticator.Create {
			return decision, nil
		}
		for _, account := range request.Accounts {
			if account.Name == email {
				decision.CredentialID = account.CredentialID
				return decision, nil
			}
		}
		return authenticator.Decision{}, errNoPasskeyOf
	}
}

var errNoPasskeyOf = errors.New("the phone has no passkey of this address")
