package smoke

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/hankoconfig"
)

// observedBy names the check that each fact needs.
var observedBy = map[fact.Name]string{
	fact.API:              "reach.tenant",
	fact.SignUpAllowed:    "guide.signup",
	fact.SignUpAsks:       "guide.signup",
	fact.SignInAsks:       "guide.signin",
	fact.SignInPasskey:    "passkey.signin.iphone",
	fact.ThirdParties:     "thirdparty.offered",
	fact.TokenDelivery:    "guide.signup",
	fact.TokenLifetime:    "guide.signup",
	fact.TokenAudience:    "guide.signup",
	fact.Existence:        "refuse.existence",
	fact.RPID:             "passkey.register.iphone",
	fact.UserVerification: "passkey.register.iphone",
	fact.Attestation:      "passkey.register.iphone",
	fact.GuideAlone:       "guide.alone",
}

// observe remembers a fact.
func (r *run) observe(observed fact.Fact) { r.facts[observed.Name] = observed }

// observeSession remembers what a session that has just begun shows.
func (r *run) observeSession() {
	for _, shown := range fact.OfSession(r.user.in.Session, r.user.in.Token) {
		r.observe(shown)
	}
}

// allFacts returns all facts of a run in order, those that were not observed with the reason.
func (r *run) allFacts(results []Result) []fact.Fact {
	if r.recognised.Found != "" {
		r.observeAPI()
	}
	for _, shown := range fact.Passkeys(r.client.Log().From(0)) {
		r.observe(shown)
	}
	var facts []fact.Fact
	for _, spec := range fact.Catalogue() {
		observed, found := r.facts[spec.Name]
		if !found {
			observed = fact.NotObserved(spec.Name, whyNot(observedBy[spec.Name], results))
		}
		facts = append(facts, r.masked(observed))
	}
	return facts
}

// masked takes the secrets of the run out of what a tenant wrote.
func (r *run) masked(f fact.Fact) fact.Fact {
	for i, value := range f.Values {
		f.Values[i] = r.secrets.Text(value)
	}
	f.Note = r.secrets.Text(f.Note)
	return f
}

// whyNot says why a check has not observed a fact.
func whyNot(id string, results []Result) string {
	for _, result := range results {
		if result.ID != id {
			continue
		}
		switch result.Verdict {
		case Skipped:
			return id + " was skipped: " + result.Note
		case Inconclusive:
			return id + " was inconclusive: " + result.Note
		case Failed:
			return id + " failed"
		case Passed:
			return id + " did not show it"
		}
	}
	return id + " was not run"
}

// guideAlone judges whether an app can do with what the mobile guide says, from what signing up and signing in have asked for.
func guideAlone(_ context.Context, r *run) Outcome {
	outcome := r.guideEnough()
	answer := fact.OfBool(fact.GuideAlone, outcome.Verdict == Passed)
	switch outcome.Verdict {
	case Passed:
		outcome.Note = "yes: " + outcome.Note
	case Failed:
		answer.Key, answer.Note = outcome.Key, outcome.Note
		outcome.Note = "No: " + outcome.Note + "."
	case Skipped, Inconclusive:
		answer = fact.NotObserved(fact.GuideAlone, outcome.Note)
	}
	r.observe(answer)
	return outcome
}

// observeSignUp remembers what the sign-up has shown whose exchanges begin at a place in the log.
func (r *run) observeSignUp(before int) {
	r.observe(fact.OfBool(fact.SignUpAllowed, true))
	r.observe(fact.OfAsks(fact.SignUpAsks, fact.Asks(r.client.Log().From(before))))
	r.observeSession()
}

// observeNoSignUp remembers that nobody can sign up, if that is why a sign-up has failed.
func (r *run) observeNoSignUp(err error) {
	if !signUpOff(err) {
		return
	}
	r.observe(fact.OfBool(fact.SignUpAllowed, false))
	r.observe(fact.NotObserved(fact.SignUpAsks, "nobody can sign up"))
}

// observeExistence remembers whether the tenant says who has an account.
func (r *run) observeExistence(shown bool) {
	existence := fact.Of(fact.Existence, fact.Hidden)
	if shown {
		existence = fact.Of(fact.Existence, fact.Shown)
	}
	if r.recognised.API == hanko.REST {
		existence.Key, existence.Note = "", "POST /user of the REST API always says"
	}
	r.observe(existence)
}

// observeAPI remembers which API an app must use, and the key that hides the REST API's passcodes, once a sign-in has shown it.
func (r *run) observeAPI() {
	api := fact.OfAPI(r.recognised)
	api.Key = r.hidingKey()
	r.observe(api)
}

// passcodesHidden reports whether the release has the REST API, but the tenant's configuration keeps passcodes out of it.
func (r *run) passcodesHidden() bool {
	return r.API == "" && r.recognised.NoPasscodes
}

// hidingKey returns what keeps passcodes out of the REST API: MFA if people sign in with passcodes over flows, else the
// setting that takes passcodes away altogether; "" if no sign-in has shown it.
func (r *run) hidingKey() string {
	signIn, known := r.facts[fact.SignInAsks]
	switch {
	case !known || !r.passcodesHidden():
		return ""
	case slices.ContainsFunc(signIn.Asks, func(ask fact.Ask) bool { return ask.For == fact.AskPasscode }):
		return "mfa.enabled"
	default:
		return "email.use_for_authentication"
	}
}

// guideEnough passes if an email address and the passcode from a mail are all that signing up and signing in have asked for,
// over the API that the guide's app uses. It fails if a setting of the tenant is in the way.
func (r *run) guideEnough() Outcome {
	if r.guest {
		return fail("nobody can sign up", "The tenant takes no new users, which may be intended.", "account.allow_signup",
			"Set `account.allow_signup: true`, or have accounts made in another way.")
	}
	if r.noSessions {
		return fail(r.recognised.Because, "The guide's app uses the REST API.", KeyAPI,
			"Update the backend to v1.4.1 or later, or have the app use the Flow API.")
	}
	if r.passcodesHidden() {
		key := r.hidingKey()
		return fail("the REST API of the guide has no passcodes here", "The setting takes passcodes out of the REST API. Over the Flow API there are "+
			"other ways to sign in.", key, fmt.Sprintf("Set `%s: %v`, or have the app use the Flow API.", key, settingValues[key]))
	}
	more, settings := r.beyondGuide()
	switch {
	case len(more) == 0 && r.recognised.API == hanko.FlowAPI:
		return pass("over the Flow API, an email address and the passcode from a mail are enough")
	case len(more) == 0:
		return pass("an email address and the passcode from a mail are enough")
	case len(settings) == 0:
		return unknown("nobody knows what the tenant asks for: %s", strings.Join(more, "; "))
	}
	var written []string
	for _, setting := range settings {
		written = append(written, fmt.Sprintf("`%s: %v`", setting.Key, setting.Value))
	}
	outcome := fail(strings.Join(more, "; "), "The mobile guide's app has an email address and a passcode, and offers passkeys. This tenant asks for more, "+
		"which may be intended.", settings[0].Key, "Set "+strings.Join(written, " and ")+", or build the app for what this tenant asks.")
	outcome.Settings = settings
	return outcome
}

// beyondGuide returns what signing up and signing in have required that the guide's app does not have, in words, and the
// settings behind it. People sign in with the second factor that they had to set up, which is no setting of its own.
func (r *run) beyondGuide() (more []string, settings []hankoconfig.Setting) {
	has := func(key string) bool {
		return slices.ContainsFunc(settings, func(s hankoconfig.Setting) bool { return s.Key == key })
	}
	for _, name := range []fact.Name{fact.SignUpAsks, fact.SignInAsks} {
		observed := r.facts[name]
		for _, ask := range observed.Asks {
			switch ask.For {
			case fact.AskEmail, fact.AskEmailOrUsername, fact.AskPasscode:
				continue
			}
			if ask.Skippable {
				continue
			}
			said := observed.About + " " + ask.For
			if ask.Key != "" {
				said += " (" + ask.Key + ")"
			}
			more = append(more, said)
			if ask.Key != "" && !has(ask.Key) && !(ask.Key == "mfa.enabled" && has("mfa.optional")) {
				settings = append(settings, r.settingsFor(ask.Key)...)
			}
		}
	}
	return more, settings
}
