package smoke

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
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
	Email    string      // whose passkey, and where the passcode goes; "" where the phone has passkeys of one user alone
	Patience time.Duration
}

// SignInError is a sign-in that did not come about: what the passkeys of the phone brought, and what a passcode did. It is
// nil where none was tried.
type SignInError struct{ Passkey, Passcode error }

// Error has both reasons.
func (e *SignInError) Error() string {
	text := fmt.Sprintf("nobody could be signed in. With a passkey: %v", e.Passkey)
	if e.Passcode != nil {
		text += fmt.Sprintf(" With a passcode: %v", e.Passcode)
	}
	return text
}

// Unwrap returns what the last attempt failed with.
func (e *SignInError) Unwrap() error {
	if e.Passcode != nil {
		return e.Passcode
	}
	return e.Passkey
}

// SeveralUsersError is the error of a phone that has passkeys of several users for the tenant, if none of them was chosen.
type SeveralUsersError struct{ Names []string } // as the passkeys have them, the one used last first

// Error lists the users.
func (e *SeveralUsersError) Error() string {
	names := make([]string, len(e.Names))
	for i, name := range e.Names {
		names[i] = hanko.Printable(name)
	}
	return "the phone has passkeys of several users: " + strings.Join(names, ", ")
}

// SignIn signs in as the robot does: with a passkey of the phone or, where the tenant knows none of them, with a passcode
// from the mailbox. It makes no users. It fails with a *SignInError, a *SeveralUsersError, or a *NoTenantError. ExitCode
// has the codes for them.
func SignIn(ctx context.Context, options SignInOptions) (login.SignedIn, error) {
	r := newRun(Options{Client: options.Client, API: options.API, Box: options.Box, Patience: options.Patience}, func(Event) {})
	if options.API == "" {
		found, err := options.Client.Recognise(ctx)
		if err != nil {
			return login.SignedIn{}, &NoTenantError{err}
		}
		r.recognised = found
	}
	r.user = &user{email: options.Email}
	in, noPasskey := r.tryPasskeys(ctx, options)
	var several *SeveralUsersError
	switch {
	case noPasskey == nil:
		return in, nil
	case errors.As(noPasskey, &several):
		return login.SignedIn{}, several
	case unanswered(noPasskey) || ctx.Err() != nil:
		return login.SignedIn{}, &SignInError{Passkey: noPasskey} // nobody knows whether the tenant knows the passkey
	case options.Email == "":
		return login.SignedIn{}, &SignInError{noPasskey, errors.New("--email is missing")}
	}
	phone := authenticator.NewPhone(options.Profile, options.Store, authenticator.AlwaysApprove)
	in, noPasscode := r.signIn(ctx, r.walk(phone), options.Email)
	if noPasscode != nil {
		return login.SignedIn{}, &SignInError{noPasskey, noPasscode}
	}
	return in, nil
}

// tryPasskeys signs in with the passkeys of a user, one after the other until the tenant knows one: those of several
// tenants may have the same RP ID, localhost above all, and only the tenants know which are theirs.
func (r *run) tryPasskeys(ctx context.Context, options SignInOptions) (login.SignedIn, error) {
	var first error
	for n := 0; n < 10; n++ {
		choose := &accountChooser{email: options.Email, nth: n}
		phone := authenticator.NewPhone(options.Profile, options.Store, choose.consent)
		in, err := r.passkeyLogin(ctx, r.walk(phone))
		switch {
		case err == nil:
			return in, nil
		case choose.several != nil:
			return login.SignedIn{}, choose.several
		case !unknownPasskey(err):
			return login.SignedIn{}, err
		}
		if first == nil {
			first = err
		}
		if n+1 >= choose.found {
			break
		}
	}
	return login.SignedIn{}, first
}

// unknownPasskey reports whether a tenant has looked at a passkey and not taken it: it does not know it, or the origin of
// the app. It does not tell the two apart.
func unknownPasskey(err error) bool {
	api, ok := asAPI(err)
	return ok && api.Kind == hanko.Refused &&
		(api.Message == "passkey_invalid" || api.Status == http.StatusUnauthorized && api.Call == "POST /webauthn/login/finalize")
}

// unanswered reports whether a call has failed without a decision of the tenant.
func unanswered(err error) bool {
	var absent *hanko.NotOfferedError
	_, ok := asAPI(err)
	return ok && answerIn(err) != refused && !errors.As(err, &absent)
}

// accountChooser approves the nth passkey of an address, or of the only user where no address was given; the one used last
// is the first.
type accountChooser struct {
	email   string
	nth     int
	found   int // how many there are
	several *SeveralUsersError
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
	if names := namesOf(mine); len(names) > 1 {
		c.several = &SeveralUsersError{names}
		return authenticator.Decision{}, c.several
	}
	if c.nth >= len(mine) {
		return authenticator.Decision{}, errNoPasskeyOf
	}
	decision.CredentialID = mine[c.nth].CredentialID
	return decision, nil
}

var errNoPasskeyOf = errors.New("the phone has no passkey for this address")

// namesOf returns the names of accounts, each once.
func namesOf(accounts []authenticator.Account) []string {
	var names []string
	for _, account := range accounts {
		if !slices.ContainsFunc(names, func(known string) bool { return strings.EqualFold(known, account.Name) }) {
			names = append(names, account.Name)
		}
	}
	return names
}
