package fact

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/hankosim/hanko"
)

// OfAPI returns the API that an app must use, from how the tenant was recognised.
func OfAPI(found hanko.Recognition) Fact {
	api := Of(API, string(found.API))
	api.Note = found.Because
	if found.NoPasscodes {
		api.Key = "mfa.enabled"
	}
	return api
}

// OfSession returns the facts that a new session shows: TokenDelivery, TokenLifetime and TokenAudience.
func OfSession(session hanko.Session, token hanko.Token) []Fact {
	delivery := Of(TokenDelivery, InHeader)
	if session.Cookie != nil {
		delivery = Of(TokenDelivery, InCookie)
		delivery.Note = fmt.Sprintf("it is called %q", hanko.Printable(session.Cookie.Name))
	}
	lifetime := NotObserved(TokenLifetime, "the token has no iat or no exp")
	if !token.IssuedAt.IsZero() && !token.ExpiresAt.IsZero() {
		lifetime = OfDuration(TokenLifetime, token.ExpiresAt.Sub(token.IssuedAt))
	}
	return []Fact{delivery, lifetime, Of(TokenAudience, token.Audience...)}
}

// Walks returns the facts that the exchanges of people's walks show, whatever they chose: SignUpAllowed, Existence if the
// tenant has revealed it, and those of Passkeys. A fact that they do not show is left out.
func Walks(exchanges []hanko.Exchange) []Fact {
	var facts []Fact
	for _, exchange := range slices.Backward(exchanges) { // the newest counts: the tenant may have changed
		if allowed, shown := signUpAllowed(exchange); shown {
			facts = append(facts, OfBool(SignUpAllowed, allowed))
		}
		if showsExistence(exchange) {
			facts = append(facts, Of(Existence, Shown))
		}
	}
	if parties, shown := thirdParties(exchanges); shown {
		facts = append(facts, parties)
	}
	return append(facts, Passkeys(exchanges)...)
}

// thirdParties returns which third parties people can sign in with: those that the last login over the Flow API has offered,
// and those of the public configuration, which has Hanko's own alone.
func thirdParties(exchanges []hanko.Exchange) (parties Fact, shown bool) {
	var config hanko.PublicConfig
	var offered []hanko.ThirdParty
	for _, exchange := range exchanges {
		path, _, _ := strings.Cut(exchange.Path, "?")
		switch flow, ok := flowIn(exchange); {
		case path == "/.well-known/config" && exchange.Status == http.StatusOK:
			_ = json.Unmarshal(exchange.ResponseBody, &config) // else it has none
		case path == "/"+string(hanko.LoginFlow) && ok && flow.Name == hanko.StateLoginInit && flow.Error == nil:
			offered, shown = flow.ThirdParties(hanko.ActionThirdPartyOAuth), true
		}
	}
	ids := []string{}
	for _, party := range slices.Concat(offered, config.ThirdParties()) {
		ids = append(ids, hanko.Printable(party.ID))
	}
	slices.Sort(ids)
	return Of(ThirdParties, slices.Compact(ids)...), shown
}

// signUpAllowed reports whether people can sign up, and whether the exchange shows it.
func signUpAllowed(exchange hanko.Exchange) (allowed, shown bool) {
	switch path, _, _ := strings.Cut(exchange.Path, "?"); path {
	case "/.well-known/config":
		var config struct {
			Account struct {
				AllowSignup *bool `json:"allow_signup"`
			} `json:"account"`
		}
		if exchange.Status != http.StatusOK || json.Unmarshal(exchange.ResponseBody, &config) != nil || config.Account.AllowSignup == nil {
			return false, false
		}
		return *config.Account.AllowSignup, true
	case "/users":
		return exchange.Status == http.StatusOK, exchange.Status == http.StatusOK || exchange.Status == http.StatusForbidden
	case "/" + string(hanko.RegistrationFlow):
		flow, ok := flowIn(exchange)
		return offers(flow, hanko.ActionRegisterLoginIdentifier), ok && flow.Name == hanko.StateRegistrationInit && flow.Error == nil
	default:
		return false, false
	}
}

// showsExistence reports whether an answer says whether an address has an account.
func showsExistence(exchange hanko.Exchange) bool {
	if exchange.Path == "/user" && exchange.Method == http.MethodPost {
		return exchange.Status == http.StatusOK || exchange.Status == http.StatusNotFound
	}
	flow, _ := flowIn(exchange)
	return slices.ContainsFunc(flow.Errors(), func(e hanko.FieldError) bool {
		return e.Code == hanko.CodeUnknownEmailError || e.Code == hanko.CodeEmailAlreadyExists
	})
}

func flowIn(exchange hanko.Exchange) (flow hanko.Flow, ok bool) {
	return flow, json.Unmarshal(exchange.ResponseBody, &flow) == nil && flow.Name != ""
}

// Difference is an expectation that the observed fact does not meet.
type Difference struct {
	Expected Expectation
	Observed Fact
}

// String returns the difference in one line: the fact, its value, what was expected, and the two likeliest of Hanko's keys.
func (d Difference) String() string {
	is := "is"
	if d.Observed.Asks != nil {
		is = "begins with"
	}
	inLine := func(values []string, text string) string {
		if d.Expected.Kind == List && len(values) > 0 {
			return "[" + text + "]"
		}
		return text
	}
	line := fmt.Sprintf("%s %s %s, not %s", d.Expected.Name, is, inLine(d.Observed.Values, d.Observed.String()), inLine(d.Expected.Values, d.Expected.String()))
	keys := d.Expected.Keys(d.Observed)
	if len(keys) > 0 {
		line += " (" + strings.Join(keys[:min(len(keys), 2)], " or ") + ")"
	} else if d.Observed.Note != "" {
		line += ": " + d.Observed.Note
	}
	return hanko.Printable(line)
}

// Differences returns the expectations that differ from the known facts, in order. It leaves out facts that were not
// observed. Of what people are asked for, it compares only the beginning, up to their first choice.
func Differences(expected []Expectation, known []Fact, exchanges []hanko.Exchange) []Difference {
	var found []Difference
	for _, expectation := range expected {
		if beginning, differs := expectation.differsFrom(askedOfAll(expectation.Name, exchanges)); differs {
			found = append(found, Difference{expectation, beginning})
			continue
		}
		at := slices.IndexFunc(known, func(f Fact) bool { return f.Name == expectation.Name && f.Known() })
		if at >= 0 && !expectation.Met(known[at]) {
			found = append(found, Difference{expectation, known[at]})
		}
	}
	return found
}

// askedOfAll returns what the last login or registration over the Flow API has asked everybody for, whatever they chose. For
// SignInAsks, that is only the identifier, because people may continue with a passkey. For SignUpAsks, it is everything up to
// the first thing that people can skip, choose or repeat.
func askedOfAll(name Name, exchanges []hanko.Exchange) []Ask {
	flow := map[Name]hanko.FlowName{SignUpAsks: hanko.RegistrationFlow, SignInAsks: hanko.LoginFlow}[name]
	if flow == "" {
		return nil
	}
	var walk []hanko.Exchange
	elsewhere := false // the person went to a third party
	for _, exchange := range exchanges {
		path, action, acts := strings.Cut(exchange.Path, "?action=")
		if path != "/"+string(flow) {
			continue
		}
		elsewhere = acts && (elsewhere || strings.HasPrefix(action, string(hanko.ActionThirdPartyOAuth)))
		if !elsewhere {
			walk = append(walk, exchange)
		}
	}
	var asked []Ask
	for _, ask := range Asks(walk) {
		again := slices.ContainsFunc(asked, func(before Ask) bool { return before.For == ask.For })
		if again || ask.State() {
			break
		}
		asked = append(asked, ask)
		if name == SignInAsks || ask.Skippable || ask.For == AskPasskeyOrPassword || ask.For == AskSecondFactor {
			break
		}
	}
	return asked
}

// differsFrom reports whether the beginning of what people are asked for differs from what is expected. It returns that
// beginning, up to the first difference.
func (e Expectation) differsFrom(asked []Ask) (beginning Fact, differs bool) {
	for i, ask := range asked {
		if i >= len(e.Values) || e.Values[i] != ask.String() {
			return OfAsks(e.Name, asked[:i+1]), true
		}
	}
	return Fact{}, false
}
