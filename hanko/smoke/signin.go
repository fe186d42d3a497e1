package smoke

import (
	"cmp"
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

	ThirdParty    string            // the ID of a third party to sign in with, in place of passkey and passcode; "" for none
	ReturnAddress string            // where hankosim listens for a browser that comes back from there; "" is any free port of this machine
	Browse        func(login.Visit) // tells the person where to go, and does not wait; see login.Walk.UseBrowser
}

// SignInError is a sign-in that did not come about: what the passkeys of the phone brought, what a passcode did, and what a
// third party did. It is nil where none was tried.
type SignInError struct{ Passkey, Passcode, ThirdParty error }

// Error has the reasons.
func (e *SignInError) Error() string {
	text := "nobody could be signed in."
	for _, tried := range []struct {
		way string
		err error
	}{{"a passkey", e.Passkey}, {"a passcode", e.Passcode}, {"the third party", e.ThirdParty}} {
		if tried.err != nil {
			text += fmt.Sprintf(" With %s: %v", tried.way, tried.err)
		}
	}
	return text
}

// Unwrap returns what the last attempt failed with.
func (e *SignInError) Unwrap() error { return cmp.Or(e.ThirdParty, e.Passcode, e.Passkey) }

// UnknownThirdPartyError is the error of a third party that the tenant does not offer.
type UnknownThirdPartyError struct {
	ID      string
	Offered []hanko.ThirdParty
}

// Error lists what there is.
func (e *UnknownThirdPartyError) Error() string {
	if len(e.Offered) == 0 {
		return "the tenant offers no third parties to sign in with"
	}
	var ids []string
	for _, party := range e.Offered {
		ids = append(ids, hanko.Printable(party.ID))
	}
	return fmt.Sprintf("the tenant does not offer %q. It offers %s", hanko.Printable(e.ID), strings.Join(ids, ", "))
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
// from the mailbox. It makes no users. With a third party it has the person sign in, of whom the tenant makes a user if it
// does not know them. It fails with a *SignInError, a *SeveralUsersError, an *UnknownThirdPartyError, or a *NoTenantError.
// ExitCode has the codes for them.
func SignIn(ctx context.Context, options SignInOptions) (login.SignedIn, error) {
	r := newRun(Options{Client: options.Client, API: options.API, Box: options.Box, Patience: options.Patience}, func(Event) {})
	if options.API == "" {
		found, err := options.Client.Recognise(ctx)
		if err != nil {
			return login.SignedIn{}, &NoTenantError{err}
		}
		r.recognised = found
	}
	if options.ThirdParty != "" {
		return r.throughThirdParty(ctx, options)
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
		return login.SignedIn{}, &SignInError{Passkey: noPasskey, Passcode: errNoEmail}
	}
	phone := authenticator.NewPhone(options.Profile, options.Store, authenticator.AlwaysApprove)
	in, noPasscode := r.signIn(ctx, r.walk(phone), options.Email)
	if noPasscode != nil {
		return login.SignedIn{}, &SignInError{Passkey: noPasskey, Passcode: noPasscode}
	}
	return in, nil
}

var errNoEmail = errors.New("--email is missing")

// throughThirdParty has a person sign in with a third party. What the tenant asks for afterwards is answered as far as that
// adds nothing to the account.
func (r *run) throughThirdParty(ctx context.Context, options SignInOptions) (login.SignedIn, error) {
	r.guest = true
	walk := login.New(r.client, authenticator.NewPhone(options.Profile, options.Store, authenticator.AlwaysApprove), options.Email)
	if options.API != "" {
		walk.UseAPI(options.API)
	}
	offered, err := walk.ThirdParties(ctx)
	if err != nil {
		return login.SignedIn{}, &SignInError{ThirdParty: err}
	}
	at := slices.IndexFunc(offered, func(p hanko.ThirdParty) bool { return p.ID == options.ThirdParty })
	party := hanko.ThirdParty{ID: options.ThirdParty, Name: options.ThirdParty}
	switch {
	case at >= 0:
		party = offered[at]
	case r.recognised.API == hanko.FlowAPI, r.recognised.Config != nil && !strings.HasPrefix(party.ID, "custom_"): // over REST, those of a team's are not listed
		return login.SignedIn{}, &UnknownThirdPartyError{options.ThirdParty, offered}
	}
	walk.UseBrowser(options.Browse)
	if options.ReturnAddress != "" {
		walk.UseReturnAddress(options.ReturnAddress)
	}
	err = nil
	switch step := walk.Take(ctx, login.SignInWithThirdParty{Party: party}).(type) {
	case login.SignedIn:
		return step, nil
	case login.Failed:
		err = &step.Problem
	case login.EnterPasscode:
		if options.Email == "" {
			err = errNoEmail
		}
	case login.EnterEmail, login.ConfirmAccount, login.OfferPasskey, login.FillForm, login.Profile:
		err = ctx.Err()
	}
	var in login.SignedIn
	if err == nil {
		in, err = r.drive(ctx, walk, wish{email: options.Email})
	}
	if err != nil {
		return login.SignedIn{}, &SignInError{ThirdParty: err}
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
