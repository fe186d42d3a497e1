package smoke

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/association"
	"example.com/hankosim/hanko"
)

func nativeChecks() []Check {
	needs := []string{"guide.signup"}
	return []Check{
		{
			ID: "native.rpid", Suite: Native, Severity: Critical, Title: "The relying party id is a domain that an app can be associated with",
			Proves: "phones accept the RP id at all", Needs: needs, run: nativeRPID, Docs: "https://docs.hanko.io/guides/mobile",
		},
		{
			ID: "native.assetlinks", Suite: Native, Severity: Critical, Title: "The domain vouches for the Android app",
			Proves: "Android shows the passkey sheet instead of \"[50152] RP ID cannot be validated\"", Needs: []string{"native.rpid"}, run: nativeAssetLinks,
			Docs: "https://developer.android.com/identity/sign-in/credential-manager-siwg#add-support-dal",
		},
		{
			ID: "native.apple", Suite: Native, Severity: Critical, Title: "The domain vouches for the iOS app",
			Proves: "iOS shows the passkey sheet instead of ASAuthorizationError 1004", Needs: []string{"native.rpid"}, run: nativeApple,
			Docs: "https://developer.apple.com/documentation/xcode/supporting-associated-domains",
		},
		{
			ID: "native.attestation", Suite: Native, Severity: Warning, Title: "The tenant asks native iOS for no attestation",
			Proves: "iOS does not refuse with 1004 \"Passkeys do not support attestation.\"", Needs: []string{"native.rpid"}, run: nativeAttestation,
		},
	}
}

// creationOptions are those that the tenant would have a phone create a passkey with. Nothing is registered.
func (r *run) creationOptions(ctx context.Context) (authenticator.CreationOptions, error) {
	token := r.ada.in.Session.Token
	if r.recognised.API == hanko.REST {
		options, err := r.client.InitializeRegistration(ctx, token)
		if err != nil {
			return authenticator.CreationOptions{}, err
		}
		return authenticator.ParseCreationOptions(options)
	}
	flow, err := r.client.StartFlow(ctx, hanko.ProfileFlow, token)
	if err == nil {
		flow, err = r.client.Act(ctx, flow, "webauthn_credential_create", nil, token)
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
	options, err := r.creationOptions(ctx)
	if err != nil {
		var api *hanko.Error
		if errors.As(err, &api) && api.Kind == hanko.NotHanko {
			return skip("the tenant offers no passkeys: %v", err)
		}
		return diagnose(err)
	}
	r.rpID, r.attestation = options.RP.ID, options.Attestation
	if r.rpID == "localhost" || strings.HasSuffix(r.rpID, ".localhost") {
		return skip("the RP id is %s: an app on a real phone needs a domain, so nothing more can be said here", r.rpID)
	}
	if net.ParseIP(r.rpID) != nil || authenticator.CheckRPID(r.rpID) != nil {
		return fail(fmt.Sprintf("The RP id is %q.", r.rpID), "Phones accept a domain only: no IP address, no bare public suffix, no scheme and no port.",
			"webauthn.relying_party.id", "Set `webauthn.relying_party.id` to the domain that your app is associated with.")
	}
	note := "it is " + r.rpID
	if base, err := url.Parse(r.client.BaseURL()); err == nil && base.Hostname() != r.rpID && !strings.HasSuffix(base.Hostname(), "."+r.rpID) {
		note += ", another domain than the tenant's own, which is fine for apps"
	}
	return pass("%s", note)
}

func nativeAssetLinks(ctx context.Context, r *run) Outcome {
	return associated(association.New(r.HTTP).Android(ctx, r.App, r.rpID), "assetlinks.json")
}

func nativeApple(ctx context.Context, r *run) Outcome {
	if r.AppleID == "" {
		return skip("no iOS app is named (ios.app_id in the configuration)")
	}
	return associated(association.New(r.HTTP).Apple(ctx, r.AppleID, r.rpID), "apple-app-site-association")
}

// associated is the outcome of asking a domain for an app. The file is not the tenant's, so its name stands where a
// configuration key would.
func associated(err error, file string) Outcome {
	if err == nil {
		return pass("the domain's %s names the app", file)
	}
	outcome := fail(err.Error(), "", file, "Mend the file on the RP id's domain.")
	var failure *association.Error
	if errors.As(err, &failure) {
		outcome.Cause, outcome.Remedy = failure.Problem, failure.Hint
	}
	return outcome
}

func nativeAttestation(_ context.Context, r *run) Outcome {
	if r.attestation == "" || r.attestation == "none" {
		return pass("it asks for none")
	}
	return fail(fmt.Sprintf("The tenant asks for the attestation %q.", r.attestation),
		"Native iOS refuses with ASAuthorizationError 1004, \"Passkeys do not support attestation.\", unless the app drops the wish.",
		"passkey.attestation_preference", "Set `passkey.attestation_preference: none`, or leave the attestation preference out when your iOS app makes its request.")
}
