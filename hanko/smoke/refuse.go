package smoke

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/fault"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

func refuseChecks() []Check {
	guide := []string{"guide.signup"}
	passkey := []string{"passkey.signin.iphone"}
	return []Check{
		{
			ID: "refuse.passcode.wrong", Suite: Refuse, Severity: Critical, Title: "A wrong passcode is refused",
			Proves: "and the right one is still taken after it", Needs: guide, run: refuseWrongPasscode,
		},
		{
			ID: "refuse.passcode.reused", Suite: Refuse, Severity: Critical, Title: "A passcode is good once",
			Proves: "the same request again gives no session", Needs: guide,
			run: func(ctx context.Context, r *run) Outcome { return r.replayLast(ctx, "passcode", `"code"`) },
		},
		{
			ID: "refuse.passcode.foreign", Suite: Refuse, Severity: Critical, Title: "Other people's and older passcodes are refused",
			Proves: "a code is good for the sign-in that it was sent for, and for no other", Needs: []string{"refuse.passcode.wrong"}, run: refuseForeignPasscode,
		},
		{
			ID: "refuse.assertion.replayed", Suite: Refuse, Severity: Critical, Title: "A passkey's proof is good once",
			Proves: "somebody who has read it cannot sign in with it", Needs: passkey,
			run: func(ctx context.Context, r *run) Outcome {
				return r.replayLast(ctx, "assertion", `"authenticatorData":"`)
			},
		},
		{
			ID: "refuse.assertion.forged", Suite: Refuse, Severity: Critical, Title: "A forged proof is refused",
			Proves: "signature, challenge, origin, relying party and user handle are checked", Needs: passkey, run: refuseForgedAssertions,
		},
		{
			ID: "refuse.attestation.forged", Suite: Refuse, Severity: Critical, Title: "A forged passkey is not registered",
			Proves: "challenge, origin and relying party are checked", Needs: passkey, run: refuseForgedAttestations,
		},
		{
			ID: "refuse.strictness", Suite: Refuse, Severity: Info, Title: "How strictly the tenant reads WebAuthn",
			Proves: "nothing an app meets; it tells of oddities that a strict relying party refuses", Needs: passkey, run: strictness,
		},
		{
			ID: "refuse.session.none", Suite: Refuse, Severity: Critical, Title: "Nobody is let in without a token",
			Proves: "GET /me wants a session", Needs: []string{"reach.tenant"}, run: refuseNoSession,
		},
		{
			ID: "refuse.session.forged", Suite: Refuse, Severity: Critical, Title: "A forged token is refused",
			Proves: "the tenant checks its own signatures", Needs: guide, run: refuseForgedToken,
		},
		{
			ID: "refuse.user.foreign", Suite: Refuse, Severity: Critical, Title: "Nobody reads another user",
			Proves: "GET /users/{id} gives one's own user alone", Needs: guide, run: refuseForeignUser,
		},
		{
			ID: "refuse.existence", Suite: Refuse, Severity: Info, Title: "Whether the tenant tells who has an account",
			Proves: "nothing; some tenants mean to, others do not", Needs: []string{"reach.tenant"}, run: existence,
		},
	}
}

// refuseWrongPasscode signs a second user up, with a wrong code first.
func refuseWrongPasscode(ctx context.Context, r *run) Outcome {
	email := r.newAddress()
	walk := r.walk(iphone())
	before := r.now()
	step := walk.Take(ctx, login.SubmitEmail{Email: email, Create: r.recognised.API == hanko.FlowAPI})
	if _, confirm := step.(login.ConfirmAccount); confirm {
		before, step = r.now(), walk.Take(ctx, login.CreateAccount{})
	}
	if _, asks := step.(login.EnterPasscode); !asks {
		if failed, is := step.(login.Failed); is {
			return diagnose(&failed.Problem)
		}
		return skip("the tenant asks for no passcode here")
	}
	code, err := r.passcode(ctx, email, before)
	if err != nil {
		return diagnose(err)
	}
	wrong := strings.Repeat("0", len(code))
	if wrong == code {
		wrong = strings.Repeat("1", len(code))
	}
	again, asks := walk.Take(ctx, login.SubmitPasscode{Code: wrong}).(login.EnterPasscode)
	if !asks || again.Problem == nil {
		return fail("A code that was never sent was accepted.", "", "", "Take the tenant off the network and report this to Hanko.")
	}
	if walk.Take(ctx, login.SubmitPasscode{Code: code}); walk.Step() == nil {
		return diagnose(&stuckError{where: "the walk"})
	}
	in, err := r.drive(ctx, walk, wish{email: email, newUser: true})
	if err != nil {
		return fail("After one wrong code the right one is not accepted: "+err.Error(), "The tenant gives one try only.", "passcode", "Look at the tenant's log.")
	}
	r.users = append(r.users, &user{email: email, in: in, walk: walk})
	r.bob = in
	return pass("and the right code was taken after it")
}

// refuseForeignPasscode tries two codes of earlier sign-ins where a new one is asked for: one of the same user and one
// of another.
func refuseForeignPasscode(ctx context.Context, r *run) Outcome {
	walk, _, err := r.toPasscode(ctx)
	if err != nil {
		return diagnose(err)
	}
	if len(r.spent) < 2 {
		return skip("too few passcodes were sent to try old ones")
	}
	for _, old := range []string{r.spent[0], r.spent[len(r.spent)-1]} {
		step, asks := walk.Take(ctx, login.SubmitPasscode{Code: old}).(login.EnterPasscode)
		if !asks || step.Problem == nil {
			return fail("A code of an earlier sign-in was accepted.", "", "", "Take the tenant off the network and report this to Hanko.")
		}
	}
	return pass("one of the same user and one of another, both refused")
}

// replayLast sends the last successful request whose body holds a mark once more, and expects no session.
func (r *run) replayLast(ctx context.Context, what, mark string) Outcome {
	exchanges := r.client.Log().From(0)
	at := -1
	for i, exchange := range exchanges {
		if exchange.Err == nil && exchange.Status < 300 && exchange.Method == "POST" && strings.Contains(string(exchange.RequestBody), mark) &&
			!strings.Contains(exchange.Path, "/sessions/") {
			at = i
		}
	}
	if at < 0 {
		return skip("no %s was accepted that could be sent again", what)
	}
	session, err := r.client.Replay(ctx, exchanges[at])
	if session != nil {
		return fail(fmt.Sprintf("The %s was accepted a second time.", what), "The tenant does not remember what it has accepted.", "",
			"Take the tenant off the network and report this to Hanko.")
	}
	if err == nil {
		return fail(fmt.Sprintf("The %s was not refused when it was sent a second time.", what), "", "", "Look at the exchange.")
	}
	return pass("refused: %v", oneSentence(err))
}

func oneSentence(err error) string {
	text := err.Error()
	if api, ok := asAPI(err); ok {
		text = api.Summary()
	}
	return text
}

// The faults that no relying party may overlook. The rest of the catalogue is reported by refuse.strictness.
var deadlyFaults = []string{
	"wrong-type", "wrong-challenge", "wrong-origin", "wrong-rp-id-hash", "user-not-present",
	"bogus-signature", "flipped-signature", "wrong-user-handle", "unknown-credential",
}

func refuseForgedAssertions(ctx context.Context, r *run) Outcome {
	return r.refuseFaults(ctx, authenticator.Get, func(f fault.Fault) bool { return slices.Contains(deadlyFaults, f.Name) })
}

func refuseForgedAttestations(ctx context.Context, r *run) Outcome {
	return r.refuseFaults(ctx, authenticator.Create, func(f fault.Fault) bool { return slices.Contains(deadlyFaults, f.Name) })
}

// refuseFaults has the phone commit faults, one after the other, and lists those that the tenant overlooks.
func (r *run) refuseFaults(ctx context.Context, ceremony authenticator.Ceremony, chosen func(fault.Fault) bool) Outcome {
	var accepted []string
	tried := 0
	for _, f := range fault.Catalogue() {
		if f.Ceremony != ceremony || f.Verdict != fault.Reject || f.Asked != "" || !chosen(f) {
			continue
		}
		if ctx.Err() != nil {
			return diagnose(ctx.Err())
		}
		tried++
		if r.commits(ctx, f) {
			accepted = append(accepted, f.Name)
		}
	}
	if len(accepted) > 0 {
		return fail("The tenant accepted: "+strings.Join(accepted, ", ")+".",
			"A relying party must refuse these (WebAuthn Level 3, sections 7.1 and 7.2).", "", "Update the tenant's backend.")
	}
	return pass("%d kinds of forgery, all refused", tried)
}

// commits has a phone commit a fault, and tells whether the tenant accepted it.
func (r *run) commits(ctx context.Context, f fault.Fault) bool {
	if f.Ceremony == authenticator.Create {
		return r.registerOn(ctx, f.On(iphone())) == nil
	}
	in, err := r.passkeyLogin(ctx, r.walk(f.On(r.iphone.phone)))
	if err == nil {
		r.endSession(ctx, in)
	}
	return err == nil
}

// strictness goes through the rest of the catalogue and tells which oddities pass.
func strictness(ctx context.Context, r *run) Outcome {
	var accepted []string
	tried := 0
	for _, f := range fault.Catalogue() {
		if f.Verdict != fault.Reject || f.Asked != "" || slices.Contains(deadlyFaults, f.Name) {
			continue
		}
		if ctx.Err() != nil {
			return diagnose(ctx.Err())
		}
		tried++
		if r.commits(ctx, f) {
			accepted = append(accepted, f.ID())
		}
	}
	if len(accepted) == 0 {
		return pass("strictly: %d oddities, all refused", tried)
	}
	return pass("%d of %d oddities are let through, which harms nobody: %s", len(accepted), tried, strings.Join(accepted, ", "))
}

func refuseNoSession(ctx context.Context, r *run) Outcome {
	me, err := r.client.Me(ctx, "")
	if err == nil {
		return fail("GET /me answers "+me.ID+" to somebody without a token.", "Something in front adds a session of its own.", "", "Look at the proxies in front of the tenant.")
	}
	return refusedWith(err, 401)
}

// refusedWith passes for a refusal by the tenant with one of the statuses.
func refusedWith(err error, statuses ...int) Outcome {
	api, ok := asAPI(err)
	if !ok || api.Kind != hanko.Refused {
		return diagnose(err)
	}
	if !slices.Contains(statuses, api.Status) {
		return fail(api.Summary(), "The tenant fails where it should refuse.", "", "Look at the tenant's log.")
	}
	return pass("refused: %s", api.Summary())
}

func refuseForgedToken(ctx context.Context, r *run) Outcome {
	for how, token := range forged(r.ada.in.Session.Token) {
		if outcome := r.mustBeDead(ctx, token, how); outcome.Verdict != Passed {
			return outcome
		}
	}
	return pass("without a signature and with a changed one")
}

func refuseForeignUser(ctx context.Context, r *run) Outcome {
	if r.recognised.API != hanko.REST {
		return skip("the Flow API has no way to ask for another user")
	}
	other := r.bob.Token.Subject
	if other == "" {
		other = "00000000-0000-4000-8000-000000000000"
	}
	err := r.client.User(ctx, r.ada.in.Session.Token, other)
	if err == nil {
		return fail("GET /users/"+other+" answers to another user.", "", "", "Take the tenant off the network and report this to Hanko.")
	}
	return refusedWith(err, 403, 404)
}

func existence(ctx context.Context, r *run) Outcome {
	if r.recognised.API == hanko.REST {
		return pass("POST /user tells everybody whether an address has an account; the guide's way cannot do without")
	}
	walk := r.walk(iphone())
	step := walk.Take(ctx, login.SubmitEmail{Email: r.newAddress()})
	if _, tells := step.(login.ConfirmAccount); tells {
		return pass("it does (privacy.show_account_existence_hints)")
	}
	if failed, is := step.(login.Failed); is {
		return diagnose(&failed.Problem)
	}
	return pass("it does not: an unknown address goes on like a known one, and gets a mail without a code")
}
