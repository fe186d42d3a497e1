package flow

import (
	"net/http"
	"slices"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/thirdparty"
)

// thirdPartyStates returns the state that waits for the one-time token that a browser brings back from a third party.
func thirdPartyStates(back action) map[hanko.State]state {
	inProfile := func(r *run) bool { return r.who != nil }
	return map[hanko.State]state{hanko.StateThirdParty: {actions: []action{
		exchangeToken("Exchange a one time token.", func(r *run) bool { return !inProfile(r) }),
		exchangeToken("Exchange a token for linking the identity to a user account.", inProfile),
		back,
	}}}
}

func exchangeToken(description string, offered func(*run) bool) action {
	return action{
		name: hanko.ActionExchangeToken, description: description, offered: offered,
		inputs: func(r *run) []input {
			return append([]input{field("string", hanko.InputToken).hidden(true).required(true)}, r.verifierField()...)
		},
		act: (*run).exchangeToken, noReturn: always,
	}
}

// verifierField returns the field for the code verifier, or nothing if the tenant's flows take none.
func (r *run) verifierField() []input {
	if r.settings().NoVerifier {
		return nil
	}
	return []input{field("string", hanko.InputCodeVerifier).hidden(true)}
}

// thirdPartySignIn returns the action that leads to a third party's sign-in page.
func thirdPartySignIn() action {
	return goToThirdParty(hanko.ActionThirdPartyOAuth, "Sign up/sign in with a third party provider via OAuth.",
		func(*run, setting.ThirdParty) bool { return true })
}

// goToThirdParty returns the action that leads to one of the third parties that are offered.
func goToThirdParty(name hanko.ActionName, description string, offered func(*run, setting.ThirdParty) bool) action {
	parties := func(r *run) []setting.ThirdParty {
		return slices.DeleteFunc(slices.Clone(r.accounts.ThirdParties), func(p setting.ThirdParty) bool { return !offered(r, p) })
	}
	return action{
		name: name, description: description,
		inputs: func(r *run) []input {
			provider := field("string", hanko.InputProvider).hidden(true).required(true)
			for _, party := range parties(r) {
				provider = provider.allow(party.ID, party.Name)
			}
			return append([]input{field("string", hanko.InputRedirectTo).hidden(true).required(true), provider}, r.verifierField()...)
		},
		offered: func(r *run) bool { return len(parties(r)) > 0 },
		act:     (*run).goToThirdParty,
	}
}

func (r *run) goToThirdParty() error {
	if !r.valid() {
		return r.refuse(formDataInvalid)
	}
	attempt := thirdparty.Attempt{
		Provider: r.form.text(hanko.InputProvider), RedirectTo: r.form.text(hanko.InputRedirectTo), ByFlow: true,
	}
	if r.who != nil {
		attempt.UserID = r.who.ID
	}
	challenged := false
	if !r.settings().NoVerifier {
		attempt.Verifier = r.form.text(hanko.InputCodeVerifier)
		challenged = r.form.values[hanko.InputCodeVerifier] != nil
	}
	if !r.parties.Allows(r.request, attempt.RedirectTo) {
		return r.refuse(formDataInvalid)
	}
	address, state, err := r.parties.Begin(r.request, attempt, challenged)
	if err != nil {
		r.accounts.Log.WarnContext(r.request.Context(), "the third party cannot be used", "provider", attempt.Provider, "error", err)
		return r.refuse(formDataInvalid)
	}
	cookie := http.Cookie{
		Name: thirdparty.CookieName, Value: state, Path: "/", MaxAge: int(hanko.StateLife.Seconds()),
		HttpOnly: true, Secure: true, SameSite: http.SameSiteNoneMode,
	}
	r.header.Add("Set-Cookie", cookie.String())
	r.addPayload("redirect_url", address)
	return r.next(hanko.StateThirdParty)
}

// exchangeToken takes the token that the browser brought back.
func (r *run) exchangeToken() error {
	if !r.valid() {
		return r.refuse(formDataInvalid)
	}
	switch allowed, err := r.within(r.accounts.TokenLimit, "token", "retry_after"); {
	case err != nil:
		return err
	case !allowed:
		return r.refuse(rateLimitExceeded)
	}
	value := r.form.text(hanko.InputToken)
	token, err := account.FindToken(r.tx, value)
	switch {
	case err != nil:
		return err
	case token == nil:
		return misuse("token not found")
	case token.Verifier != "" && token.Verifier != r.form.text(hanko.InputCodeVerifier):
		return r.refuse(formDataInvalid)
	case r.now().After(token.Expires):
		return misuse("token expired")
	case r.who != nil && r.who.ID != token.UserID:
		return r.refuse(notPermitted)
	}
	u, identity, err := account.UseToken(r.tx, value, token)
	switch {
	case err != nil:
		return err
	case u == nil || identity == nil:
		return errNoUser
	case r.who != nil:
		return r.connect(identity)
	}
	return r.signInWith(u, identity)
}

// signInWith goes on with the user that came from a third party. The callback has created the user already.
func (r *run) signInWith(u *account.User, identity *account.Identity) error {
	s := r.stash()
	var err error
	if s.Has, err = r.belongings(u); err != nil {
		return err
	}
	s.UserID, s.UserMade, s.Method, s.ThirdParty = u.ID, true, "third_party", identity.Provider
	var states []hanko.State
	e, err := account.FindEmail(r.tx, identity.EmailID)
	if err != nil {
		return err
	}
	if e != nil && !e.Verified && !r.settings().SkipVerification {
		s.Email, s.Template = e.Address, mailVerification
		states = append(states, hanko.StatePasscodeConfirmation)
	}
	if len(u.Emails) == 0 && !r.settings().DisableEmail {
		states = append(states, hanko.StateOnboardingEmail)
	}
	if r.settings().Username != "" && u.Username == nil {
		states = append(states, hanko.StateOnboardingUsername)
	}
	return r.next(append(states, hanko.StateSuccess)...)
}

// connect links the account at the third party to the session's user.
func (r *run) connect(identity *account.Identity) error {
	if identity.UserID != "" {
		return misuse("identity is already linked to a user")
	}
	if err := account.GiveIdentity(r.tx, r.who, identity); err != nil {
		return err
	}
	return r.next(hanko.StateProfileInit)
}

// identityActions returns the actions on a profile's third parties.
func identityActions() []action {
	return []action{
		goToThirdParty(hanko.ActionConnectThirdPartyOAuthProvider, "Connect a third party provider via OAuth.",
			func(r *run, party setting.ThirdParty) bool {
				return !slices.ContainsFunc(r.identities(), func(i *account.Identity) bool { return i.Provider == party.ID })
			}),
		{
			// Hanko requires identity_id, but does not list it among the inputs.
			name: hanko.ActionDisconnectThirdPartyOAuthProvider, description: "Disconnect a third party provider via OAuth.",
			offered: func(r *run) bool { return len(r.identities()) > 0 },
			act: thenShowProfile(func(r *run) error {
				id, err := uuid.Parse(r.form.text(hanko.InputIdentityID))
				if err != nil {
					return formDataInvalid
				}
				for _, identity := range r.identities() {
					if identity.ID == id.String() {
						return account.RemoveIdentity(r.tx, r.who, identity)
					}
				}
				return formDataInvalid
			}),
		},
	}
}

// identities returns the session user's accounts at third parties.
func (r *run) identities() []*account.Identity {
	all, err := account.IdentitiesOf(r.tx, r.who)
	if err != nil {
		return nil // the profile itself reports what cannot be read
	}
	return all
}
