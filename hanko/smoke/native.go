package smoke

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/association"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

func nativeChecks() []Check {
	needs := []string{"native.rpid"}
	return []Check{
		{
			ID: "native.rpid", Suite: Native, Severity: Critical, Title: "The RP ID is a domain that an app can be associated with",
			Proves: "phones accept the RP ID", Needs: []string{"reach.tenant"}, run: nativeRPID, Docs: guideDocs,
		},
		{
			ID: "native.assetlinks", Suite: Native, Severity: Critical, Title: "The domain lists the Android app",
			Proves: "Android shows the passkey sheet instead of \"[50152] RP ID cannot be validated\"", Needs: needs, run: nativeAssetLinks,
			Docs: "https://developer.android.com/identity/sign-in/credential-manager#add-support-dal",
		},
		{
			ID: "native.apple", Suite: Native, Severity: Critical, Title: "The domain lists the iOS app",
			Proves: "iOS shows the passkey sheet instead of ASAuthorizationError 1004", Needs: needs, run: nativeApple,
			Docs: "https://developer.apple.com/documentation/xcode/supporting-associated-domains",
		},
		{
			ID: "native.attestation", Suite: Native, Severity: Warning, Title: "The tenant does not ask for attestation",
			Proves: "iOS does not refuse with 1004 \"Passkeys do not support attestation.\"", Needs: []string{"native.rpid", "guide.signup"}, run: nativeAttestation,
			Docs: passkeyDocs,
		},
	}
}

// requestOptions are those that the tenant would have anybody sign in with. They need no session.
func (r *run) requestOptions(ctx context.Context) (authenticator.RequestOptions, error) {
	if r.recognised.API == hanko.REST {
		options, err := r.client.InitializeLogin(ctx, "")
		if err != nil {
			return authenticator.RequestOptions{}, err
		}
		return authenticator.ParseRequestOptions(options)
	}
	flow, err := r.client.StartFlow(ctx, hanko.LoginFlow, "")
	if err == nil {
		if _, offered := flow.Actions[hanko.ActionWebAuthnGenerateRequestOptions]; !offered {
			return authenticator.RequestOptions{}, login.ErrNoPasskeySignIn
		}
		flow, err = r.client.Act(ctx, flow, hanko.ActionWebAuthnGenerateRequestOptions, nil, "")
	}
	if err != nil {
		return authenticator.RequestOptions{}, err
	}
	options, err := flow.RequestOptions()
	if err != nil {
		return authenticator.RequestOptions{}, err
	}
	return authenticator.ParseRequestOptions(options)
}

// creationOptions are those that the tenant would have a phone create a passkey with. Nothing is registered.
func (r *run) creationOptions(ctx context.Context) (authenticator.CreationOptions, error) {
	token := r.user.in.Session.Token
	if r.recognised.API == hanko.REST {
		options, err := r.client.InitializeRegistration(ctx, token)
		if err != nil {
			return authenticator.CreationOptions{}, err
		}
		return authenticator.ParseCreationOptions(options)
	}
	flow, err := r.client.StartFlow(ctx, hanko.ProfileFlow, token)
	if err == nil {
		flow, err = r.client.Act(ctx, flow, hanko.ActionWebAuthnCredentialCreate, nil, token)
	}
	if err != nil {
		return authenticator.CreationOptions{}, err
	}
	options, err := flow.CreationOptions()
	if err != nil {
		return authenticator.CreationOptions{}, err
	}
	return authenticator.ParseCreationOptions(options)
}

func nativeRPID(ctx context.Context, r *run) Outcome {
	options, err := r.requestOptions(ctx)
	if api, ok := asAPI(err); errors.Is(err, login.ErrNoPasskeySignIn) || ok && api.Kind == hanko.Refused && api.Status == 404 {
		return skip("the tenant does not offer signing in with a passkey")
	}
	if err != nil {
		return diagnose(err)
	}
	if err := options.Check(); err != nil { // as when the RP ID is called "rpid"
		return diagnose(err)
	}
	r.rpID = options.RPID
	if r.rpID == "localhost" || strings.HasSuffix(r.rpID, ".localhost") {
		return skip("the RP ID is %s. An app on a real phone needs a domain, so nothing more can be checked here", r.rpID)
	}
	if err := authenticator.CheckRPID(r.rpID); err != nil {
		return fail(fmt.Sprintf("The RP ID is %q: %v.", r.rpID, err), "Phones accept only a domain: no IP address, public suffix, scheme or port.",
			"webauthn.relying_party.id", "Set `webauthn.relying_party.id` to the domain that your app is associated with.")
	}
	note := "it is " + r.rpID
	if base, err := url.Parse(r.client.BaseURL()); err == nil && base.Hostname() != r.rpID && !strings.HasSuffix(base.Hostname(), "."+r.rpID) {
		note += ", a different domain than the tenant's own, which is fine for apps"
	}
	return pass("%s", note)
}

func nativeAssetLinks(ctx context.Context, r *run) Outcome {
	if len(r.Apps) == 0 || r.Apps[0].PackageName == "" {
		return skip("%s", noAndroidApp)
	}
	var outcome Outcome
	for _, app := range r.Apps {
		outcome = associated(association.New(r.HTTP).Android(ctx, app, r.rpID), KeyAssetLinks)
		if outcome.Verdict != Passed {
			return outcome
		}
	}
	return outcome
}

func nativeApple(ctx context.Context, r *run) Outcome {
	if r.AppleID == "" {
		return skip("no iOS app is configured (ios.app_id)")
	}
	return associated(association.New(r.HTTP).Apple(ctx, r.AppleID, r.rpID), KeyAppleFile)
}

// associated is the outcome of asking a domain for an app. The file is not the tenant's, so its name stands where a
// configuration key would.
func associated(err error, file string) Outcome {
	if err == nil {
		return pass("the domain's %s lists the app", file)
	}
	outcome := fail(err.Error(), "", file, "Fix the file on the RP ID's domain.")
	var failure *association.Error
	if errors.As(err, &failure) {
		outcome.Note = "GET " + failure.URL + ": it " + failure.Problem + "."
		if failure.Err != nil {
			outcome.Note = "GET " + failure.URL + ": it " + failure.Problem + ": " + failure.Err.Error() + "."
		}
		outcome.Cause = "Before it shows a passkey sheet, the phone looks for the app in this file, and it does not find it there."
		if failure.Hint != "" {
			outcome.Remedy = "Mend " + failure.URL + ": " + failure.Hint + "."
		}
	}
	return outcome
}

func nativeAttestation(ctx context.Context, r *run) Outcome {
	options, err := r.creationOptions(ctx)
	if err != nil {
		return diagnose(err)
	}
	if options.Attestation == "" || options.Attestation == "none" {
		return pass("it asks for none")
	}
	return fail(fmt.Sprintf("The tenant asks for the attestation %q.", options.Attestation),
		"Native iOS refuses with ASAuthorizationError 1004, \"Passkeys do not support attestation.\", unless the app removes the request for attestation.",
		"passkey.attestation_preference", "Set `passkey.attestation_preference: none`, or have your iOS app leave out the attestation preference in its request.")
}
