package smoke

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

const passkeyDocs = "https://docs.hanko.io/quickstarts/mobile"

func passkeyChecks() []Check {
	return []Check{
		{
			ID: "passkey.register.iphone", Suite: Passkey, Severity: Critical, Title: "An iPhone can register a passkey",
			Proves: "the tenant accepts the registration of a native iOS app", Needs: []string{"guide.signup"}, Docs: passkeyDocs,
			run: func(ctx context.Context, r *run) Outcome {
				var outcome Outcome
				r.iphone, outcome = r.register(ctx, authenticator.IPhone())
				return outcome
			},
		},
		{
			ID: "passkey.signin.iphone", Suite: Passkey, Severity: Critical, Title: "An iPhone can sign in with it",
			Proves: "the registered passkey starts a session of the same user", Needs: []string{"passkey.register.iphone"}, Docs: passkeyDocs,
			run: func(ctx context.Context, r *run) Outcome { return r.signInWith(ctx, r.iphone) },
		},
		{
			ID: "passkey.register.android", Suite: Passkey, Severity: Critical, Title: "An Android app can register a passkey",
			Proves: "the tenant knows the app's signing certificate", Needs: []string{"guide.signup"}, Docs: passkeyDocs,
			run: registerAndroid,
		},
		{
			ID: "passkey.signin.android", Suite: Passkey, Severity: Critical, Title: "An Android app can sign in with it",
			Proves: "the registered passkey starts a session of the same user", Needs: []string{"passkey.register.android"}, Docs: passkeyDocs,
			run: signInWithAndroid,
		},
		{
			ID: "passkey.register.device", Suite: Passkey, Severity: Warning, Title: "The chosen device can register a passkey",
			Proves: "the tenant accepts the registration of the device that --device names", Needs: []string{"guide.signup"}, Docs: passkeyDocs,
			run: func(ctx context.Context, r *run) Outcome {
				if r.Device.Name == "" {
					return skip("no other device is named (--device)")
				}
				var outcome Outcome
				r.device, outcome = r.register(ctx, r.Device)
				return outcome
			},
		},
		{
			ID: "passkey.signin.device", Suite: Passkey, Severity: Warning, Title: "The chosen device can sign in with it",
			Proves: "the registered passkey starts a session of the same user", Needs: []string{"passkey.register.device"}, Docs: passkeyDocs,
			run: func(ctx context.Context, r *run) Outcome { return r.signInWith(ctx, r.device) },
		},
		{
			ID: "passkey.devicebound", Suite: Passkey, Severity: Warning, Title: "A passkey that is not synced works, too",
			Proves: "phones without a cloud keychain can sign in (BE=0)", Needs: []string{"passkey.signin.iphone"}, run: passkeyDeviceBound, Docs: passkeyDocs,
		},
		{
			ID: "passkey.verification", Suite: Passkey, Severity: Info, Title: "Whether a phone without a screen lock can have a passkey",
			Proves: "nothing; some tenants require user verification, others do not", Needs: []string{"passkey.signin.iphone"}, run: passkeyVerification, Docs: passkeyDocs,
		},
		{
			ID: "passkey.listed", Suite: Passkey, Severity: Warning, Title: "The tenant lists the passkey",
			Proves: "people can tell their passkeys apart, and delete them", Needs: []string{"passkey.signin.iphone"}, run: passkeyListed, Docs: passkeyDocs,
		},
	}
}

const noAndroidApp = "no Android app is configured (android.apk_key_hash and android.package_name)"

// registerAndroid registers a passkey with each of the app's signing certificates.
func registerAndroid(ctx context.Context, r *run) Outcome {
	if len(r.Apps) == 0 {
		return skip("%s", noAndroidApp)
	}
	var outcomes []Outcome
	for _, app := range r.Apps {
		pair, outcome := r.register(ctx, authenticator.Android(app))
		if pair != nil {
			r.androids = append(r.androids, pair)
		}
		outcomes = append(outcomes, outcome)
	}
	return together(outcomes)
}

// signInWithAndroid signs in with each of the passkeys of registerAndroid.
func signInWithAndroid(ctx context.Context, r *run) Outcome {
	var outcomes []Outcome
	for _, pair := range r.androids {
		outcomes = append(outcomes, r.signInWith(ctx, pair))
	}
	return together(outcomes)
}

// together is one outcome for what was done with each of an app's signing certificates: the first that has not passed,
// with what the other failures ask for; else that all have.
func together(outcomes []Outcome) Outcome {
	if len(outcomes) == 1 {
		return outcomes[0]
	}
	worst := slices.IndexFunc(outcomes, func(o Outcome) bool { return o.Verdict != Passed })
	if worst < 0 {
		var notes []string
		for _, outcome := range outcomes {
			notes = append(notes, outcome.Note)
		}
		return pass("with each of the app's %d signing certificates: %s", len(outcomes), strings.Join(slices.Compact(notes), "; "))
	}
	first := outcomes[worst]
	for _, other := range outcomes[worst+1:] {
		if other.Verdict == Failed && first.Verdict == Failed && other.Key == first.Key && other.Remedy != first.Remedy {
			first.Cause, first.Remedy = first.Cause+" "+other.Cause, first.Remedy+" "+other.Remedy
		}
	}
	return first
}

// registerOn registers a passkey of the guide's user on a phone.
func (r *run) registerOn(ctx context.Context, phone *authenticator.Phone) error {
	_, _, err := r.registering(ctx, phone)
	return err
}

// registerForAWhile is registerOn, and deletes the passkey again: a tenant keeps few for each user (passkey.limit).
func (r *run) registerForAWhile(ctx context.Context, phone *authenticator.Phone) error {
	walk, credential, err := r.registering(ctx, phone)
	if err != nil {
		return err
	}
	walk.Take(ctx, login.OpenProfile{})
	walk.Take(ctx, login.DeletePasskey{ID: credential}) // one that stays is only a nuisance
	return nil
}

// registering is registerOn that returns the walk, and the credential ID (base64url) of the passkey.
func (r *run) registering(ctx context.Context, phone *authenticator.Phone) (*login.Walk, string, error) {
	walk := login.Continue(r.client, phone, r.user.in)
	walk.UseAPI(r.recognised.API)
	step := walk.Take(ctx, login.RegisterPasskey{})
	switch step := step.(type) {
	case login.SignedIn:
		if step.Registered == "" {
			return nil, "", &stuckError{where: "the tenant does not mention a passkey"}
		}
		return walk, step.Registered, nil
	case login.Failed:
		return nil, "", &stuckError{"registering a passkey", &step.Problem}
	case login.EnterEmail, login.ConfirmAccount, login.EnterPasscode, login.OfferPasskey, login.FillForm, login.Profile:
		// No passkey was made.
	}
	return nil, "", &unableError{where: "the tenant asks for something else before it takes a passkey"}
}

// register registers a passkey on a new phone, and looks for the cause when the tenant refuses it without saying why.
func (r *run) register(ctx context.Context, profile authenticator.Profile) (*pair, Outcome) {
	rpID := ""
	phone := authenticator.NewPhone(profile, authenticator.NewMemoryKeystore(),
		func(ctx context.Context, request authenticator.ConsentRequest) (authenticator.Decision, error) {
			rpID = request.RP.ID
			return authenticator.AlwaysApprove(ctx, request)
		})
	err := r.registerOn(ctx, phone)
	if err == nil {
		return &pair{phone: phone, rpID: rpID}, pass("as %s, with the origin %s", profile.Label, profile.Origin(rpID))
	}
	outcome := diagnose(err)
	var api *hanko.Error
	if outcome.Verdict == Failed && errors.As(err, &api) && api.Kind == hanko.Refused && outcome.Key == "webauthn.relying_party.origins" {
		return nil, r.isolate(ctx, profile, rpID, outcome)
	}
	return nil, outcome
}

// signInWith signs in with a passkey that a phone has registered.
func (r *run) signInWith(ctx context.Context, pair *pair) Outcome {
	walk := r.walk(pair.phone)
	in, err := r.passkeyLogin(ctx, walk)
	if err != nil {
		return diagnose(err)
	}
	defer r.endSession(ctx, in)
	if in.Token.Subject != r.user.in.Token.Subject {
		return fail("The passkey signs in as a different user.", "The user handle and the credential do not belong together.", "", "Report this to the tenant's operator at once.")
	}
	if in.Method != login.ByPasskey {
		return pass("the same user, with the passkey and what else the tenant asks for")
	}
	return pass("the same user, with the passkey alone")
}

// endSession ends a session that has served its purpose. A tenant keeps few for each user (session.limit, five), and
// the next one would push out the one that the other checks stand on.
func (r *run) endSession(ctx context.Context, in login.SignedIn) {
	_ = r.client.LogOut(ctx, in.Session.Token) // a session that stays is only a nuisance
}

// passkeyLogin walks from the first screen to a session with a passkey.
func (r *run) passkeyLogin(ctx context.Context, walk *login.Walk) (login.SignedIn, error) {
	switch step := walk.Take(ctx, login.SignInWithPasskey{}).(type) {
	case login.Failed:
		return login.SignedIn{}, &stuckError{"signing in with a passkey", &step.Problem}
	case login.EnterEmail: // on from here it would be another way to sign in
		return login.SignedIn{}, &stuckError{"the tenant asks for the email address again", step.Problem}
	case login.ConfirmAccount, login.EnterPasscode, login.OfferPasskey, login.FillForm, login.SignedIn, login.Profile:
		// From these it goes on.
	}
	return r.drive(ctx, walk, wish{email: r.user.email})
}

func passkeyDeviceBound(ctx context.Context, r *run) Outcome {
	profile := authenticator.IPhone()
	profile.Synced = false
	pair, outcome := r.register(ctx, profile)
	if pair == nil {
		return outcome
	}
	outcome = r.signInWith(ctx, pair)
	if outcome.Verdict == Failed {
		outcome.Cause = "The tenant registers a passkey that is not synced (BE=0), but does not accept it later: some Hanko versions store the flag BE wrongly."
		outcome.Key, outcome.Remedy = "", "Update the tenant's backend."
	}
	return outcome
}

// passkeyVerification registers a passkey on a phone that does not verify its user (UV=0).
func passkeyVerification(ctx context.Context, r *run) Outcome {
	options, err := r.creationOptions(ctx)
	if err != nil {
		return diagnose(err)
	}
	asked := cmp.Or(options.Selection.UserVerification, "preferred")
	unverified := authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(),
		func(context.Context, authenticator.ConsentRequest) (authenticator.Decision, error) {
			return authenticator.Decision{Approved: true}, nil
		})
	err = r.registerForAWhile(ctx, unverified)
	var phone *authenticator.Error
	switch {
	case err == nil:
		return pass("it can: the tenant asks for user verification %q, and accepts a passkey without it (passkey.user_verification)", asked)
	case errors.As(err, &phone), answerIn(err) == refused:
		return pass("it cannot: the tenant asks for user verification %q, and a passkey without it is refused (passkey.user_verification)", asked)
	}
	return diagnose(err)
}

func passkeyListed(ctx context.Context, r *run) Outcome {
	walk := login.Continue(r.client, r.iphone.phone, r.user.in)
	walk.UseAPI(r.recognised.API)
	var profile login.Profile
	switch step := walk.Take(ctx, login.OpenProfile{}).(type) {
	case login.Profile:
		profile = step
	case login.Failed:
		return diagnose(&stuckError{"reading the profile", &step.Problem})
	case login.EnterEmail, login.ConfirmAccount, login.EnterPasscode, login.OfferPasskey, login.FillForm, login.SignedIn:
		return skip("the tenant does not show a profile")
	}
	on, err := r.iphone.phone.Passkeys()
	if err != nil || len(on) == 0 {
		return skip("the phone no longer has a passkey")
	}
	for _, listed := range profile.Passkeys {
		if listed.ID != base64.RawURLEncoding.EncodeToString(on[0].CredentialID) {
			continue
		}
		if listed.Name != nil && *listed.Name != "" {
			return pass("as %q", *listed.Name)
		}
		return pass("by its ID; the tenant has no name for its AAGUID %s", listed.AAGUID)
	}
	return fail(fmt.Sprintf("The tenant lists %d passkeys, but not the one that has just signed in.", len(profile.Passkeys)),
		"The profile belongs to a different user, or comes from a cache.", "", "Make sure that nothing in front of the tenant caches its answers, and look at the tenant's log.")
}
