package setting

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gobwas/glob"

	"example.com/hankosim/hanko"
)

// ThirdParty is a provider that people can sign in with.
type ThirdParty struct {
	hanko.ThirdParty
	Issuer       string // "" is the embedded provider
	ClientSecret string // "" is the right one
	AllowLinking bool   // connect it with an account that exists: one with the same address, or in the profile
}

// thirdParties are those that Hanko has built in (third_party.providers), and an example of a custom one
// (third_party.custom_providers).
var thirdParties = []hanko.ThirdParty{
	{ID: "apple", Name: "Apple"},
	{ID: "discord", Name: "Discord"},
	{ID: "facebook", Name: "Facebook"},
	{ID: "github", Name: "GitHub"},
	{ID: "google", Name: "Google"},
	{ID: "linkedin", Name: "LinkedIn"},
	{ID: "microsoft", Name: "Microsoft"},
	{ID: "custom_example", Name: "Example"},
}

// IsBuiltIn reports whether Hanko has a provider built in.
func IsBuiltIn(id string) bool {
	return !strings.HasPrefix(id, "custom_") && slices.ContainsFunc(thirdParties, func(p hanko.ThirdParty) bool { return p.ID == id })
}

// DefaultRedirectURL allows every port of this machine, where an app under test may listen.
const DefaultRedirectURL = "http://127.0.0.1:*/callback"

// Providers returns the providers that the settings name, in Hanko's order: first its own, then custom ones by name.
func (s Settings) Providers() []ThirdParty {
	var all []ThirdParty
	for _, party := range thirdParties {
		if slices.Contains(s.ThirdParties, party.ID) {
			all = append(all, ThirdParty{party, s.ThirdPartyIssuer, s.ThirdPartySecret, s.LinkThirdParties})
		}
	}
	return all
}

// RedirectURL is a pattern for addresses to which a browser may return.
type RedirectURL struct{ pattern glob.Glob }

// ParseRedirectURL parses a pattern, in which * matches anything except dots and slashes (backend/config).
func ParseRedirectURL(text string) (RedirectURL, error) {
	pattern, err := glob.Compile(text, '.', '/')
	return RedirectURL{pattern}, err
}

// Allows reports whether a browser may return to an address. A slash at its end does not matter.
func (u RedirectURL) Allows(address string) bool {
	return address != "" && u.pattern.Match(strings.TrimSuffix(address, "/"))
}

func providerIDs() string {
	ids := make([]string, len(thirdParties))
	for i, p := range thirdParties {
		ids[i] = p.ID
	}
	return strings.Join(ids, ", ")
}

// thirdPartySwitches returns the switches for the providers, and for where browsers may go.
func thirdPartySwitches() []Switch {
	providers := list("third-parties", "third_party.providers, custom_providers",
		"Third parties to sign in with, separated by commas: "+providerIDs()+". A provider with invented people stands for each.",
		func(s *Settings) *[]string { return &s.ThirdParties })
	providers.set = eachOf(providers.set, func(id string) error {
		if !slices.ContainsFunc(thirdParties, func(p hanko.ThirdParty) bool { return p.ID == id }) {
			return fmt.Errorf("use some of %s", providerIDs())
		}
		return nil
	})
	redirects := list("third-party-redirects", "third_party.allowed_redirect_urls",
		"Addresses to which a browser may return from a third party, separated by commas; * matches anything except dots and slashes.",
		func(s *Settings) *[]string { return &s.RedirectURLs })
	redirects.get = func(s *Settings) string { return cmp.Or(strings.Join(s.RedirectURLs, ","), DefaultRedirectURL) }
	redirects.set = eachOf(redirects.set, func(pattern string) error {
		_, err := ParseRedirectURL(pattern)
		return err
	})
	return []Switch{
		providers,
		flag("third-party-linking", "allow_linking of the provider", "Signing in with a third party connects it with the account that has the same address, and people can connect one in their account.",
			func(s *Settings) *bool { return &s.LinkThirdParties }),
		{
			Name: "third-party-issuer", Key: "issuer of the provider",
			Meaning: "The URL of another provider than the embedded one; it may be one that does not answer.",
			get:     func(s *Settings) string { return s.ThirdPartyIssuer },
			set:     func(s *Settings, value string) error { s.ThirdPartyIssuer = value; return nil },
		},
		{
			Name: "third-party-secret", Key: "secret of the provider",
			Meaning: "The tenant's client secret at the provider; if empty, the right one.",
			get:     func(s *Settings) string { return s.ThirdPartySecret },
			set:     func(s *Settings, value string) error { s.ThirdPartySecret = value; return nil },
		},
		{
			Name: "third-party-callback", Key: "third_party.redirect_url",
			Meaning: "Where the provider sends a browser back to the tenant; if empty, the tenant's address in the app's request.",
			get:     func(s *Settings) string { return s.CallbackURL },
			set:     func(s *Settings, value string) error { s.CallbackURL = value; return nil },
		},
		redirects,
		{
			Name: "third-party-error-page", Key: "third_party.error_redirect_url",
			Meaning: "Where the tenant sends a browser that cannot return to the app; if empty, a page of its own.",
			get:     func(s *Settings) string { return s.ErrorRedirectURL },
			set:     func(s *Settings, value string) error { s.ErrorRedirectURL = value; return nil },
		},
		{
			Name: "third-party-errors", Values: []string{"app", "page"},
			Meaning: "Where browsers go with an error: to the app, or to the error page, as before v2.3. A tenant before v2.3 also requires the person's address from the third party.",
			get:     func(s *Settings) string { return pick(s.ErrorsToPage, "page", "app") },
			set:     func(s *Settings, value string) error { s.ErrorsToPage = value == "page"; return nil },
		},
		inverse("third-party-verifier", "", "Flows take a code verifier; without one, as before v2.2, no app can finish their sign-ins.",
			func(s *Settings) *bool { return &s.NoVerifier }),
	}
}

// eachOf returns a set function that checks each value of a list first.
func eachOf(set func(*Settings, string) error, check func(string) error) func(*Settings, string) error {
	return func(s *Settings, values string) error {
		for value := range strings.SplitSeq(values, ",") {
			if value = strings.TrimSpace(value); value != "" {
				if err := check(value); err != nil {
					return err
				}
			}
		}
		return set(s, values)
	}
}
