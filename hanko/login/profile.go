package login

import (
	"context"
	"encoding/json"

	"example.com/hankosim/hanko"
)

// profileChange is an action that changes the profile.
type profileChange interface {
	Action
	done() string // returns a sentence for its success
}

func (AddEmail) done() string {
	return "The address was added. The tenant lists it once it is verified."
}
func (DeleteEmail) done() string     { return "The address was deleted." }
func (SetPrimaryEmail) done() string { return "The address is now the primary one." }
func (RenamePasskey) done() string   { return "The passkey was renamed." }
func (DeletePasskey) done() string {
	return "The passkey was deleted at the tenant. It is still on the phone."
}
func (RevokeSession) done() string { return "The session was ended." }
func (DeleteAccount) done() string { return "The account was deleted." }
func (a ConnectThirdParty) done() string {
	return hanko.Printable(a.Party.Name) + " was connected."
}
func (DisconnectThirdParty) done() string { return "The third party was disconnected." }

// LastWayIn reports whether nobody can sign in to the account without its only third party: as far as the tenant says, it has
// no address, no passkey and no password.
func (s Profile) LastWayIn() bool {
	return len(s.Identities) == 1 && len(s.Emails) == 0 && len(s.Passkeys) == 0 && !s.Password
}

// closeProfile returns the row for Back at the profile, which returns to the step that opened it.
func closeProfile() rule {
	return on(func(w *Walk, _ context.Context, _ Profile, _ Back) Step { return w.profileOf })
}

// Over REST.

// restChange returns the row for a change that is one call. After it, the profile is read again.
func restChange[A profileChange](call func(ctx context.Context, client *hanko.Client, token string, action A) error) rule {
	return on(func(w *Walk, ctx context.Context, at Profile, action A) Step {
		if err := call(ctx, w.client, w.profileOf.Session.Token, action); err != nil {
			return w.changeRefused(at, action, err)
		}
		return w.readProfile(ctx, w.profileOf, action.done())
	})
}

func (w *Walk) deleteAccount(ctx context.Context, at Profile, action DeleteAccount) Step {
	if err := w.client.DeleteUser(ctx, w.profileOf.Session.Token); err != nil {
		return w.changeRefused(at, action, err)
	}
	return EnterEmail{}
}

func (w *Walk) openProfile(ctx context.Context, in SignedIn, _ OpenProfile) Step {
	return w.readProfile(ctx, in, "")
}

// readProfile reads the profile: GET /me and GET /webauthn/credentials.
func (w *Walk) readProfile(ctx context.Context, in SignedIn, done string) Step {
	action := OpenProfile{}
	w.profileOf = in
	me, err := w.client.Me(ctx, in.Session.Token)
	if err != nil {
		return w.failed(action, action, err)
	}
	credentials, err := w.client.Credentials(ctx, in.Session.Token)
	if err != nil && status(err) == 0 {
		return w.failed(action, action, err) // a tenant without passkeys answers 404
	}
	mayDelete := w.recognised.Config == nil || w.recognised.Config.Account.AllowDeletion
	return Profile{
		Email: in.Email, Emails: me.Emails, Passkeys: credentials, Identities: me.Identities, Done: done,
		Offers: ProfileOffers{
			AddEmail: true, DeleteEmail: true, SetPrimaryEmail: true, RenamePasskey: true, DeletePasskey: true,
			DeleteAccount: mayDelete,
		},
	}
}

// changeRefused returns the same profile with the reason for the refusal, or Failed if the session has ended or there was no
// answer.
func (w *Walk) changeRefused(at Profile, action Action, err error) Step {
	if status(err) == 0 || status(err) == 401 {
		return w.failed(action, action, err)
	}
	why := ProblemOf(action.describe(), err)
	at.Problem, at.Done = &why, ""
	return at
}

// Over the Flow API.

// flowChange returns the row for a change that is an action of the profile flow, with its inputs.
func flowChange[A profileChange](name hanko.ActionName, with func(A) inputs) rule {
	return on(func(w *Walk, ctx context.Context, _ Profile, action A) Step {
		next := w.act(ctx, action, name, with(action))
		if profile, ok := next.(Profile); ok && profile.Problem == nil {
			profile.Done = action.done()
			return profile
		}
		return next
	})
}

func (w *Walk) openProfileFlow(ctx context.Context, in SignedIn, action OpenProfile) Step {
	w.profileOf = in
	flow, err := w.open(ctx, hanko.ProfileFlow, in.Session.Token)
	if err != nil {
		return w.flowFailed(action, action, err)
	}
	return w.show(flow)
}

func (w *Walk) openForms(_ context.Context, _ Profile, _ OpenForms) Step { return w.form(w.flow.at) }

// showProfile returns the step for profile_init.
func (w *Walk) showProfile(flow hanko.Flow) Step {
	var payload belongings
	if err := json.Unmarshal(flow.Payload, &payload); err != nil {
		return w.form(flow) // an unknown kind of profile: show what it offers
	}
	offers := func(action hanko.ActionName) bool { _, ok := flow.Actions[action]; return ok }
	return Profile{
		Email:    w.profileOf.Email,
		Emails:   payload.User.Emails,
		Passkeys: payload.User.Passkeys,
		Sessions: payload.Sessions,

		Identities: payload.User.Identities,
		Connect:    flow.ThirdParties(hanko.ActionConnectThirdPartyOAuthProvider),
		Password:   offers(hanko.ActionPasswordUpdate),
		Offers: ProfileOffers{
			AddEmail: offers(hanko.ActionEmailCreate), DeleteEmail: offers(hanko.ActionEmailDelete), SetPrimaryEmail: offers(hanko.ActionEmailSetPrimary),
			RenamePasskey: offers(hanko.ActionWebAuthnCredentialRename), DeletePasskey: offers(hanko.ActionWebAuthnCredentialDelete),
			RevokeSession: offers(hanko.ActionSessionDelete), DisconnectThirdParty: offers(hanko.ActionDisconnectThirdPartyOAuthProvider), DeleteAccount: offers(hanko.ActionAccountDelete), Forms: true,
		},
		Problem: optionalProblem(OpenProfile{}, flow),
	}
}
