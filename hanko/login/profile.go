package login

import (
	"context"
	"encoding/json"

	"example.com/hankosim/hanko"
)

// change is what one of a profile's actions is over the Flow API, and what has happened when it has succeeded.
type change struct {
	flowAction hanko.ActionName
	inputs     map[hanko.InputName]any
	done       string
}

func changeOf(action Action) (change, bool) {
	switch action := action.(type) {
	case AddEmail:
		return change{hanko.ActionEmailCreate, map[hanko.InputName]any{hanko.InputEmail: action.Address}, "The address was added; the tenant lists it when it is verified."}, true
	case DeleteEmail:
		return change{hanko.ActionEmailDelete, map[hanko.InputName]any{hanko.InputEmailID: action.ID}, "The address was deleted."}, true
	case SetPrimaryEmail:
		return change{hanko.ActionEmailSetPrimary, map[hanko.InputName]any{hanko.InputEmailID: action.ID}, "The address is the primary one now."}, true
	case RenamePasskey:
		return change{
			hanko.ActionWebAuthnCredentialRename,
			map[hanko.InputName]any{hanko.InputPasskeyID: action.ID, hanko.InputPasskeyName: action.Name},
			"The passkey was renamed.",
		}, true
	case DeletePasskey:
		return change{
			hanko.ActionWebAuthnCredentialDelete,
			map[hanko.InputName]any{hanko.InputPasskeyID: action.ID},
			"The passkey was deleted at the tenant. The phone still has it.",
		}, true
	case RevokeSession:
		return change{hanko.ActionSessionDelete, map[hanko.InputName]any{hanko.InputSessionID: action.ID}, "The session was ended."}, true
	case DeleteAccount:
		return change{hanko.ActionAccountDelete, nil, "The account was deleted."}, true
	default:
		return change{}, false
	}
}

// Over REST.

// readProfile reads the profile anew: GET /me and GET /webauthn/credentials.
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
		Email: in.Email, Emails: me.Emails, Passkeys: credentials, Done: done,
		Offers: ProfileOffers{
			AddEmail: true, DeleteEmail: true, SetPrimaryEmail: true, RenamePasskey: true, DeletePasskey: true,
			DeleteAccount: mayDelete,
		},
	}
}

func (w *Walk) changeByREST(ctx context.Context, at Profile, action Action) Step {
	token := w.profileOf.Session.Token
	var err error
	switch action := action.(type) {
	case Back:
		return w.profileOf
	case AddEmail:
		err = w.client.AddEmail(ctx, token, action.Address)
	case DeleteEmail:
		err = w.client.DeleteEmail(ctx, token, action.ID)
	case SetPrimaryEmail:
		err = w.client.SetPrimaryEmail(ctx, token, action.ID)
	case RenamePasskey:
		err = w.client.RenameCredential(ctx, token, action.ID, action.Name)
	case DeletePasskey:
		err = w.client.DeleteCredential(ctx, token, action.ID)
	case DeleteAccount:
		if err = w.client.DeleteUser(ctx, token); err == nil {
			return EnterEmail{}
		}
	default:
		return w.notOffered(action)
	}
	if err != nil {
		return w.changeRefused(at, action, err)
	}
	change, _ := changeOf(action)
	return w.readProfile(ctx, w.profileOf, change.done)
}

// changeRefused keeps a profile as it was, with the reason; a session that is gone is a failure of its own.
func (w *Walk) changeRefused(at Profile, action Action, err error) Step {
	if status(err) == 0 || status(err) == 401 {
		return w.failed(action, action, err)
	}
	why := ProblemOf(action.describe(), err)
	at.Problem, at.Done = &why, ""
	return at
}

// Over the Flow API.

func (w *Walk) openProfileFlow(ctx context.Context, in SignedIn) Step {
	action := OpenProfile{}
	w.profileOf = in
	flow, err := w.open(ctx, hanko.ProfileFlow, in.Session.Token)
	if err != nil {
		return w.flowFailed(action, action, err)
	}
	return w.show(flow)
}

func (w *Walk) changeByFlow(ctx context.Context, action Action) Step {
	switch action.(type) {
	case Back:
		return w.profileOf
	case OpenForms:
		return w.form(w.flow.at)
	}
	change, ok := changeOf(action)
	if !ok {
		return w.notOffered(action)
	}
	next := w.act(ctx, action, change.flowAction, change.inputs)
	if profile, ok := next.(Profile); ok {
		if profile.Problem == nil {
			profile.Done = change.done
		}
		return profile
	}
	return next
}

// showProfile is profile_init as a step.
func (w *Walk) showProfile(flow hanko.Flow) Step {
	var payload belongings
	if err := json.Unmarshal(flow.Payload, &payload); err != nil {
		return w.form(flow) // a profile of another make: show what it offers
	}
	offers := func(action hanko.ActionName) bool { _, ok := flow.Actions[action]; return ok }
	return Profile{
		Email:    w.profileOf.Email,
		Emails:   payload.User.Emails,
		Passkeys: payload.User.Passkeys,
		Sessions: payload.Sessions,
		Offers: ProfileOffers{
			AddEmail: offers(hanko.ActionEmailCreate), DeleteEmail: offers(hanko.ActionEmailDelete), SetPrimaryEmail: offers(hanko.ActionEmailSetPrimary),
			RenamePasskey: offers(hanko.ActionWebAuthnCredentialRename), DeletePasskey: offers(hanko.ActionWebAuthnCredentialDelete),
			RevokeSession: offers(hanko.ActionSessionDelete), DeleteAccount: offers(hanko.ActionAccountDelete), Forms: true,
		},
		Problem: optionalProblem(OpenProfile{}, flow),
	}
}
