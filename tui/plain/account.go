package plain

import (
	"context"
	"strconv"
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/screen"
)

func (p *conversation) askSignedIn(ctx context.Context, step login.SignedIn) (login.Action, error) {
	p.problem(step.Problem)
	if step.Email == "" {
		p.say("Signed in.")
	} else {
		p.say("Signed in as %s.", hanko.Printable(step.Email))
	}
	if step.Registered != "" {
		p.say("The passkey is registered. Log out, and sign in with it.")
	}
	found := login.Inspect(ctx, p.options.Client, step.Token)
	p.exchanges()
	for _, check := range kit.ChecksOf(step.Token, found) {
		verdict, text := "Good", check.Good
		if check.Err != nil {
			verdict, text = "Not good", check.Err.Error()
		}
		p.say("%s: %s, %s.", verdict, check.Name, hanko.Printable(strings.TrimSuffix(text, ".")))
	}
	p.say("The token expires in %s.", kit.InWords(step.Token.ExpiresAt.Sub(p.options.Now())))
	for {
		answer, err := p.question(ctx, "p creates a passkey, t shows the token, o opens your account, l logs out, q quits:")
		if err != nil {
			return nil, err
		}
		switch answer {
		case "p":
			return login.RegisterPasskey{}, nil
		case "o":
			return login.OpenProfile{}, nil
		case "l":
			return login.LogOut{}, nil
		case "t":
			p.say("The session token. It lets anybody in as this user until it expires.\n%s", step.Token.Raw)
		default:
			p.say("That is not one of the choices.")
		}
	}
}

// askProfile lists what is in the account. Not all changes can be made here; the others need the drawn screen.
func (p *conversation) askProfile(ctx context.Context, step login.Profile) (login.Action, error) {
	p.problem(step.Problem)
	for _, email := range step.Emails {
		p.say("Address: %s", hanko.Printable(email.Address))
	}
	choices := map[string]login.Action{"b": login.Back{}}
	for i, passkey := range step.Passkeys {
		p.say("Passkey %d: %s, created %s", i+1, hanko.Printable(screen.PasskeyName(passkey)), passkey.CreatedAt.Local().Format("2 Jan 2006 15:04"))
		if step.Offers.DeletePasskey {
			choices["d"+strconv.Itoa(i+1)] = login.DeletePasskey{ID: passkey.ID}
		}
	}
	for i, identity := range step.Identities {
		p.say("Third party %d: %s, connected", i+1, hanko.Printable(identity.Provider))
		if step.Offers.DisconnectThirdParty {
			choices["x"+strconv.Itoa(i+1)] = login.DisconnectThirdParty{IdentityID: identity.IdentityID}
		}
	}
	for i, party := range step.Connect {
		p.say("Third party %d: %s, not connected", len(step.Identities)+i+1, hanko.Printable(party.Name))
		choices["x"+strconv.Itoa(len(step.Identities)+i+1)] = login.ConnectThirdParty{Party: party}
	}
	for _, session := range step.Sessions {
		p.say("Session: %s, since %s", hanko.Printable(session.UserAgent), session.CreatedAt.Local().Format("2 Jan 15:04"))
	}
	question := "d and a number deletes that passkey at the tenant, b goes back, q quits:"
	if len(step.Identities)+len(step.Connect) > 0 {
		question = "d and a number deletes that passkey at the tenant, x and a number connects or disconnects that third party, b goes back, q quits:"
	}
	action, err := p.choose(ctx, question, choices)
	if disconnect, ok := action.(login.DisconnectThirdParty); ok {
		return p.confirmDisconnect(ctx, step, disconnect)
	}
	return action, err
}

// confirmDisconnect asks before a third party is disconnected.
func (p *conversation) confirmDisconnect(ctx context.Context, step login.Profile, action login.DisconnectThirdParty) (login.Action, error) {
	for _, identity := range step.Identities {
		if identity.IdentityID != action.IdentityID {
			continue
		}
		answer, err := p.question(ctx, "%s y disconnects it, any other answer does not:", screen.DisconnectQuestion(step, identity))
		if err != nil || answer != "y" {
			return nil, err
		}
	}
	return action, nil
}
