package smoke

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"example.com/hankosim/authenticator"
)

// variation changes one thing of a phone whose passkey the tenant has refused. When the change alone makes the tenant
// accept, what was changed is the cause.
type variation struct {
	name       string
	change     func(*authenticator.Profile)
	unverified bool // the person was not verified
	outcome    func(refused Outcome) Outcome
}

// isolate varies a phone until the tenant accepts its passkey, and names the cause. The tenant itself says nothing
// but "failed to validate attestation".
func (r *run) isolate(ctx context.Context, profile authenticator.Profile, rpID string, refused Outcome) Outcome {
	if taken := r.originsTaken(ctx, profile, rpID); len(taken) > 0 {
		return otherOrigins(refused, profile.Origin(rpID), rpID, taken)
	}
	for _, variation := range variations(profile, rpID) {
		if ctx.Err() != nil {
			break
		}
		varied := profile
		variation.change(&varied)
		phone := authenticator.NewPhone(varied, authenticator.NewMemoryKeystore(),
			func(context.Context, authenticator.ConsentRequest) (authenticator.Decision, error) {
				return authenticator.Decision{Approved: true, UserVerified: !variation.unverified}, nil
			})
		if r.registerForAWhile(ctx, phone) == nil {
			outcome := variation.outcome(refused)
			outcome.Note = fmt.Sprintf("%s One thing at a time was changed, until the tenant accepted: %s.", refused.Note, variation.name)
			return outcome
		}
	}
	refused.Note += " Origin, user verification, syncing, attestation and algorithm were changed one at a time, and the tenant accepted none of it."
	refused.Cause = fmt.Sprintf("The tenant refuses every passkey that was tried for %q: its origins are those of another app or site, or its RP ID does not fit them.", rpID)
	refused.Key, refused.OtherKeys = "webauthn.relying_party.origins", []string{"webauthn.relying_party.id"}
	refused.Remedy = fmt.Sprintf("List %q among `webauthn.relying_party.origins`%s, and see that `webauthn.relying_party.id` is the domain that your app is associated with.", profile.Origin(rpID), exactly(profile.Origin(rpID)))
	return refused
}

// originsTaken are those, of the origins that tenants are known to be given, that this one takes a passkey from. The
// phone is the same each time: only what it says of its app or page differs.
func (r *run) originsTaken(ctx context.Context, profile authenticator.Profile, rpID string) []string {
	var taken []string
	for _, origin := range r.knownOrigins(rpID) {
		if origin == profile.Origin(rpID) || ctx.Err() != nil {
			continue
		}
		phone := newPhone(profile).Tampered(authenticator.Tampering{
			ClientData: func(data *authenticator.ClientData) { data.Origin = origin },
		})
		if r.registerForAWhile(ctx, phone) == nil {
			taken = append(taken, origin)
		}
	}
	return taken
}

// otherOrigins is the outcome where the tenant takes other origins than the app's. Web pages among them that do not
// belong to the RP ID show that the RP ID is wrong: a browser would not use it there either.
func otherOrigins(refused Outcome, mine, rpID string, taken []string) Outcome {
	refused.Note = fmt.Sprintf("%s With everything else as it was, it is taken from %s.", refused.Note, strings.Join(taken, ", "))
	refused.Key = "webauthn.relying_party.origins"
	refused.Cause = fmt.Sprintf("The app's origin %q is not one of the tenant's origins.", mine)
	refused.Remedy = fmt.Sprintf("Add %q to `webauthn.relying_party.origins`%s.", mine, exactly(mine))
	for _, origin := range taken {
		if how := almost(origin, mine); how != "" {
			refused.Cause = fmt.Sprintf("The tenant lists %q, %s, and the app's origin is %q.", origin, how, mine)
			refused.Remedy = fmt.Sprintf("Write %q instead of %q in `webauthn.relying_party.origins`.", mine, origin)
			return refused
		}
	}
	pages, fitting := 0, 0
	for _, origin := range taken {
		if page, err := url.Parse(origin); err == nil && page.Host != "" {
			pages++
			if page.Hostname() == rpID || strings.HasSuffix(page.Hostname(), "."+rpID) {
				fitting++
			}
		}
	}
	if pages > 0 && fitting == 0 {
		refused.Key, refused.OtherKeys = "webauthn.relying_party.id", []string{"webauthn.relying_party.origins"}
		refused.Cause = fmt.Sprintf("The RP ID is %q, but the tenant's origins are on another domain, so no phone and no browser can use a passkey.", rpID)
		refused.Remedy = fmt.Sprintf("Set `webauthn.relying_party.id` to the domain of the origins that your app is associated with; or, where %s is right, add %q to `webauthn.relying_party.origins`.", rpID, mine)
	}
	return refused
}

// exactly says how an origin is to be written. Hanko takes an entry with a final slash, and then no passkey fits it: what an
// app sends is compared without one.
func exactly(origin string) string {
	if !strings.HasPrefix(origin, "https://") {
		return ""
	}
	return fmt.Sprintf(", written exactly so: an entry %q, with a final slash, fits no app", origin+"/")
}

// almost says what is wrong with an origin that was meant to be another one; "" if it was not.
func almost(origin, meant string) string {
	switch origin {
	case meant + "/":
		return "with a final slash"
	case meant + ":443":
		return "with the port 443, which belongs to https and is left out"
	case strings.Replace(meant, "https://", "http://", 1), strings.Replace(meant, "https://", "http://", 1) + "/":
		return "with http"
	}
	return ""
}

func variations(profile authenticator.Profile, rpID string) []variation {
	return []variation{
		{
			name:   "a passkey that is not synced",
			change: func(p *authenticator.Profile) { p.Synced = false },
			outcome: func(refused Outcome) Outcome {
				refused.Key, refused.Cause = "", "The tenant refuses synced passkeys (BE=1), which are all passkeys in iCloud Keychain and Google Password Manager."
				refused.Remedy = "Update the tenant's backend."
				return refused
			},
		},
		{
			name: "a passkey created without user verification", change: func(*authenticator.Profile) {}, unverified: true,
			outcome: func(refused Outcome) Outcome {
				refused.Key, refused.Cause = "passkey.user_verification", "The tenant refuses passkeys with user verification (UV=1), which every phone does."
				refused.Remedy = "Set `passkey.user_verification: preferred`, and update the tenant's backend."
				return refused
			},
		},
		{
			name: "an attestation",
			change: func(p *authenticator.Profile) {
				p.Attestation = authenticator.SelfAttestation
				p.Platform, p.PageOrigin = authenticator.NoPlatform, profile.Origin(rpID)
			},
			outcome: func(refused Outcome) Outcome {
				refused.Key, refused.Cause = "passkey.attestation_preference", "The tenant requires an attestation, but phones send none for passkeys."
				refused.Remedy = "Set `passkey.attestation_preference: none`."
				return refused
			},
		},
		{
			name:   "another algorithm",
			change: func(p *authenticator.Profile) { p.Algorithms = []authenticator.Algorithm{authenticator.RS256} },
			outcome: func(refused Outcome) Outcome {
				refused.Key, refused.Cause = "", "The tenant does not accept ES256, the only algorithm that phones use."
				refused.Remedy = "Update the tenant's backend."
				return refused
			},
		},
	}
}

// knownOrigins are those that tenants are given: the app's, the RP ID's and the tenant's own, with and without
// what is easily written too much, and those of development servers.
func (r *run) knownOrigins(rpID string) []string {
	var origins []string
	add := func(origin string) {
		if !slices.Contains(origins, origin) {
			origins = append(origins, origin)
		}
	}
	add("https://" + rpID)
	for _, app := range r.Apps {
		add(authenticator.Android(app).Origin(rpID))
	}
	hosts := []string{rpID, "www." + rpID}
	if base, err := url.Parse(r.client.BaseURL()); err == nil {
		add(base.Scheme + "://" + base.Host)
		hosts = append(hosts, base.Hostname())
	}
	hosts = append(hosts, "localhost", "127.0.0.1")
	for _, host := range hosts {
		for _, scheme := range []string{"https://", "http://"} {
			add(scheme + host)
			add(scheme + host + "/")
		}
		add("https://" + host + ":443")
	}
	for _, port := range []string{"8888", "8000", "8080", "3000", "4200", "5173", "63342", "80"} { // 8888 is Hanko's own quickstart
		for _, host := range []string{rpID, "localhost", "127.0.0.1"} {
			add("http://" + host + ":" + port)
		}
	}
	return origins
}
