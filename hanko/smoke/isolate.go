package smoke

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"example.com/hankosim/authenticator"
)

// variation changes one thing of a phone whose passkey the tenant has refused. When the change alone makes the tenant
// accept, what was changed is the cause.
type variation struct {
	name       string
	change     func(*authenticator.Profile)
	unverified bool // the person was not verified
	outcome    func(refused Outcome, profile authenticator.Profile, rpID string) Outcome
}

// isolate varies a phone until the tenant accepts its passkey, and names the cause. The tenant itself says nothing
// but "failed to validate attestation".
func (r *run) isolate(ctx context.Context, profile authenticator.Profile, rpID string, refused Outcome) Outcome {
	for _, variation := range r.variations(profile, rpID) {
		varied := profile
		variation.change(&varied)
		phone := authenticator.NewPhone(varied, authenticator.NewMemoryKeystore(),
			func(context.Context, authenticator.ConsentRequest) (authenticator.Decision, error) {
				return authenticator.Decision{Approved: true, UserVerified: !variation.unverified}, nil
			})
		if r.registerOn(ctx, phone) == nil {
			outcome := variation.outcome(refused, profile, rpID)
			outcome.Note = fmt.Sprintf("%s Varied one thing at a time until the tenant accepted: %s.", refused.Note, variation.name)
			return outcome
		}
		if ctx.Err() != nil {
			break
		}
	}
	refused.Note += " Origin, user verification, syncing, attestation and algorithm were varied, and nothing was accepted."
	refused.Cause = fmt.Sprintf("The tenant accepts no passkey of any kind for %q: its relying party id does not fit its origins, or its origins are of another app.", rpID)
	refused.Key = "webauthn.relying_party.origins"
	refused.Remedy = fmt.Sprintf("Set `webauthn.relying_party.id` to the domain that your app is associated with, and list %q among `webauthn.relying_party.origins`.", profile.Origin(rpID))
	return refused
}

func (r *run) variations(profile authenticator.Profile, rpID string) []variation {
	var list []variation
	for _, origin := range r.otherOrigins(profile, rpID) {
		list = append(list, variation{
			name: "the origin " + origin,
			change: func(p *authenticator.Profile) {
				p.Platform, p.PageOrigin, p.FullResponse = authenticator.NoPlatform, origin, false
			},
			outcome: func(refused Outcome, profile authenticator.Profile, rpID string) Outcome {
				mine := profile.Origin(rpID)
				refused.Key = "webauthn.relying_party.origins"
				refused.Cause = fmt.Sprintf("The app's origin %q is not among the tenant's origins.", mine)
				refused.Remedy = fmt.Sprintf("Add %q to `webauthn.relying_party.origins`.", mine)
				return refused
			},
		})
	}
	return append(list,
		variation{
			name:   "a passkey that is not synced",
			change: func(p *authenticator.Profile) { p.Synced = false },
			outcome: func(refused Outcome, _ authenticator.Profile, _ string) Outcome {
				refused.Key, refused.Cause = "", "The tenant refuses passkeys that are synced (BE=1), as all of iCloud Keychain and Google Password Manager are."
				refused.Remedy = "Update the tenant's backend."
				return refused
			},
		},
		variation{
			name: "a passkey made without user verification", change: func(*authenticator.Profile) {}, unverified: true,
			outcome: func(refused Outcome, _ authenticator.Profile, _ string) Outcome {
				refused.Key, refused.Cause = "passkey.user_verification", "The tenant refuses passkeys whose user was verified (UV=1), as every phone's is."
				refused.Remedy = "Set `passkey.user_verification: preferred`, and update the tenant's backend."
				return refused
			},
		},
		variation{
			name: "an attestation",
			change: func(p *authenticator.Profile) {
				p.Attestation = authenticator.SelfAttestation
				p.Platform, p.PageOrigin = authenticator.NoPlatform, profile.Origin(rpID)
			},
			outcome: func(refused Outcome, _ authenticator.Profile, _ string) Outcome {
				refused.Key, refused.Cause = "passkey.attestation_preference", "The tenant wants an attestation, and phones give none for passkeys."
				refused.Remedy = "Set `passkey.attestation_preference: none`."
				return refused
			},
		},
		variation{
			name:   "another algorithm",
			change: func(p *authenticator.Profile) { p.Algorithms = []authenticator.Algorithm{authenticator.RS256} },
			outcome: func(refused Outcome, _ authenticator.Profile, _ string) Outcome {
				refused.Key, refused.Cause = "", "The tenant does not take ES256, the only algorithm of phones."
				refused.Remedy = "Update the tenant's backend."
				return refused
			},
		},
	)
}

// otherOrigins are those that a tenant may have been given instead of the app's.
func (r *run) otherOrigins(profile authenticator.Profile, rpID string) []string {
	candidates := []string{"https://" + rpID}
	for _, app := range r.Apps {
		candidates = append(candidates, authenticator.Android(app).Origin(rpID))
	}
	candidates = append(candidates,
		"http://"+rpID+":8888", // Hanko's own quickstart
		"http://"+rpID+":3000",
		"http://"+rpID,
		"https://www."+rpID,
	)
	if base, err := url.Parse(r.client.BaseURL()); err == nil {
		candidates = append(candidates, base.Scheme+"://"+base.Host)
	}
	var others []string
	for _, candidate := range candidates {
		if candidate != profile.Origin(rpID) && !strings.HasSuffix(candidate, "://") {
			others = append(others, candidate)
		}
	}
	return others
}
