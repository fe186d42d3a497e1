package smoke

import (
	"context"
	"slices"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/secret"
)

const (
	passcodeDocs    = "https://docs.hanko.io/api-reference/public/passcode/initialize-passcode-login"
	assertionDocs   = "https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion"
	attestationDocs = "https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential"
)

func refuseChecks() []Check {
	guide := []string{"guide.signup"}
	passkey := []string{"passkey.signin.iphone"}
	return []Check{
		{
			ID: "refuse.passcode.wrong", Suite: Refuse, Severity: Critical, Title: "A wrong passcode is refused",
			Proves: "and the right one is still accepted after it", Needs: guide, run: refuseWrongPasscode, Docs: passcodeDocs,
		},
		{
			ID: "refuse.passcode.reused", Suite: Refuse, Severity: Critical, Title: "A passcode works only once",
			Proves: "repeating the accepted request does not start another session", Needs: guide, run: refuseReusedPasscode, Docs: passcodeDocs,
		},
		{
			ID: "refuse.passcode.foreign", Suite: Refuse, Severity: Critical, Title: "Other people's and older passcodes are refused",
			Proves: "a code works only for the sign-in that it was sent for", Needs: []string{"refuse.passcode.wrong"}, run: refuseForeignPasscode,
			Docs: passcodeDocs,
		},
		{
			ID: "refuse.assertion.replayed", Suite: Refuse, Severity: Critical, Title: "A passkey's proof works only once",
			Proves: "somebody who intercepts it cannot sign in with it", Needs: passkey, run: refuseReplayedAssertion, Docs: assertionDocs,
		},
		{
			ID: "refuse.attestation.replayed", Suite: Refuse, Severity: Critical, Title: "A registration works only once",
			Proves: "somebody who intercepts a registration cannot repeat it", Needs: passkey, run: refuseReplayedAttestation, Docs: attestationDocs,
		},
		{
			ID: "refuse.assertion.forged", Suite: Refuse, Severity: Critical, Title: "A forged proof is refused",
			Proves: "signature, challenge, origin, relying party and user handle are checked", Needs: passkey, run: refuseForgedAssertions,
			Docs: assertionDocs,
		},
		{
			ID: "refuse.attestation.forged", Suite: Refuse, Severity: Critical, Title: "A forged passkey is not registered",
			Proves: "challenge, origin and relying party are checked", Needs: passkey, run: refuseForgedAttestations,
			Docs: attestationDocs,
		},
		{
			ID: "refuse.strictness", Suite: Refuse, Severity: Info, Title: "How strictly the tenant reads WebAuthn",
			Proves: "nothing that matters to an app; it lists oddities that a strict relying party refuses", Needs: passkey, run: strictness, Docs: assertionDocs,
		},
		{
			ID: "refuse.crashes", Suite: Refuse, Severity: Info, Title: "The tenant refuses, and does not fail",
			Proves: "the tenant answers odd and forged proofs with a decision, not with a 500", Needs: passkey, run: crashes,
		},
		{
			ID: "refuse.session.none", Suite: Refuse, Severity: Critical, Title: "Nobody gets in without a token",
			Proves: "GET /me requires a session", Needs: []string{"reach.tenant"}, run: refuseNoSession, Docs: sessionDocs,
		},
		{
			ID: "refuse.session.forged", Suite: Refuse, Severity: Critical, Title: "A forged token is refused",
			Proves: "the tenant checks its own signatures", Needs: guide, run: refuseForgedToken, Docs: sessionDocs,
		},
		{
			ID: "refuse.user.foreign", Suite: Refuse, Severity: Critical, Title: "Nobody reads another user",
			Proves: "GET /users/{id} returns only the signed-in user", Needs: []string{"refuse.passcode.wrong"}, run: refuseForeignUser, Docs: sessionDocs,
		},
		{
			ID: "refuse.existence", Suite: Refuse, Severity: Info, Title: "Whether the tenant reveals who has an account",
			Proves: "nothing; some tenants want this, others do not", Needs: []string{"reach.tenant"}, run: existence,
		},
	}
}

func refuseNoSession(ctx context.Context, r *run) Outcome {
	me, err := r.client.Me(ctx, "")
	if err == nil {
		return fail("GET /me answers "+me.ID+" to a request without a token.", "Something in front of the tenant adds a session.", "", "Look at the proxies in front of the tenant.")
	}
	return refusedWith(err, 401)
}

// refusedWith passes for a refusal by the tenant with one of the statuses.
func refusedWith(err error, statuses ...int) Outcome {
	if answerIn(err) != refused {
		return diagnose(err)
	}
	if api, _ := asAPI(err); !slices.Contains(statuses, api.Status) {
		return fail(api.Summary(), "It is refused, but not as Hanko does it: something in front of the tenant answers instead.", "", "Look at the proxies in front of the tenant.")
	}
	return pass("refused: %s", said(err))
}

func refuseForgedToken(ctx context.Context, r *run) Outcome {
	for _, forgery := range forged(r.user.in.Token) {
		r.secrets.LearnText(secret.Token, forgery.token)
		if outcome := r.mustBeDead(ctx, forgery.token, forgery.how); outcome.Verdict != Passed {
			return outcome
		}
	}
	validation, err := r.client.ValidateSession(ctx, r.user.in.Session.Token)
	if noValidation(err) {
		_, err = r.client.Me(ctx, r.user.in.Session.Token)
		validation.IsValid = err == nil
	}
	if err != nil || !validation.IsValid {
		return unknown("three forged tokens were refused, but then the valid one was refused as well")
	}
	return pass("three forged tokens were refused (no signature, a changed one, another user's ID), and then the valid one was accepted")
}

func refuseForeignUser(ctx context.Context, r *run) Outcome {
	if r.recognised.API != hanko.REST {
		return skip("the Flow API has no call that reads another user")
	}
	token, other := r.user.in.Session.Token, r.other.Token.Subject
	if err := r.client.User(ctx, token, r.user.in.Token.Subject); err != nil {
		return unknown("not even the signed-in user can be read: %s", said(err))
	}
	err := r.client.User(ctx, token, other)
	if err == nil {
		return fail("GET /users/"+other+" answers to a different user.", "The tenant does not compare the session's user with the requested one.", "",
			"Take the tenant offline, and report this to Hanko.")
	}
	return refusedWith(err, 403, 404)
}

func existence(ctx context.Context, r *run) Outcome {
	email := r.newAddress()
	if r.recognised.API == hanko.REST {
		_, err := r.client.FindUser(ctx, email)
		if api, ok := asAPI(err); ok && api.Kind == hanko.Refused && api.Status == 404 {
			r.observeExistence(true)
			return pass("it does: POST /user answers 404 to an unknown address, which the mobile guide relies on")
		}
		if err != nil {
			return diagnose(err)
		}
		r.observeExistence(false)
		return pass("it does not: POST /user gives the same answer to known and unknown addresses")
	}
	step := r.walk(iphone()).Take(ctx, login.SubmitEmail{Email: email, Username: fitting("smoke", hanko.FlowInput{})})
	switch step := step.(type) {
	case login.ConfirmAccount:
		r.observeExistence(true)
		return pass("it does (privacy.show_account_existence_hints)")
	case login.EnterPasscode, login.FillForm:
		r.observeExistence(false)
		return pass("it does not: known and unknown addresses lead to the same screen")
	case login.Failed:
		return diagnose(&stuckError{"submitting an unknown address", &step.Problem})
	case login.EnterEmail:
		if step.Problem != nil {
			return unknown("the tenant does not take what the run made up: %s", step.Problem.Said)
		}
	case login.OfferPasskey, login.SignedIn, login.Profile:
		// They say neither.
	}
	return unknown("what an unknown address leads to says neither")
}
