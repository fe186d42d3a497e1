// Package fact describes what a tenant expects of an app, as it was observed: what it asks people and phones for, and how it
// delivers the session token. A fact that was not observed has a reason instead of a value.
package fact

import (
	"strings"
	"time"
)

// Name is the name of a fact. Names do not change: expectations are written with them.
type Name string

// The facts.
const (
	API              Name = "api"
	SignUpAllowed    Name = "signup.allowed"
	SignUpAsks       Name = "signup.asks"
	SignInAsks       Name = "signin.asks"
	SignInPasskey    Name = "signin.passkey"
	ThirdParties     Name = "signin.third_parties"
	TokenDelivery    Name = "token.delivery"
	TokenLifetime    Name = "token.lifetime"
	TokenAudience    Name = "token.audience"
	Existence        Name = "account.existence"
	RPID             Name = "passkey.rp_id"
	UserVerification Name = "passkey.user_verification"
	Attestation      Name = "passkey.attestation"
	GuideAlone       Name = "guide.alone"
)

// Kind says how the value of a fact is written.
type Kind int

// The kinds.
const (
	Text     Kind = iota // one of the fact's Words, or any text if it has none
	List                 // texts, in order
	Duration             // as time.ParseDuration reads it: 12h, 1h30m
	YesNo                // true or false
)

// Spec describes a fact, before anything is observed.
type Spec struct {
	Name  Name
	Kind  Kind
	Words []string // the values that a Text can have; nil for any
	About string   // its meaning, for a person
	Key   string   // Hanko's configuration key that decides it; "" if none or several do
}

// Catalogue returns all facts, in the order in which reports show them.
func Catalogue() []Spec {
	return []Spec{
		{API, Text, []string{"rest", "flow"}, "API to use", ""},
		{SignUpAllowed, YesNo, nil, "people can sign up", "account.allow_signup"},
		{SignUpAsks, List, nil, "sign-up asks for", ""},
		{SignInAsks, List, nil, "sign-in asks for", ""},
		{SignInPasskey, YesNo, nil, "people can sign in with a passkey", "passkey.enabled"},
		{ThirdParties, List, nil, "third parties to sign in with", "third_party"},
		{TokenDelivery, Text, []string{InHeader, InCookie}, "the session token comes in", "session.enable_auth_token_header"},
		{TokenLifetime, Duration, nil, "the session token is valid for", "session.lifespan"},
		{TokenAudience, List, nil, "the session token is for (aud)", "session.audience"},
		{Existence, Text, []string{Shown, Hidden}, "whether an address has an account is", "privacy.show_account_existence_hints"},
		{RPID, Text, nil, "RP ID of passkeys", "webauthn.relying_party.id"},
		{UserVerification, Text, []string{"required", "preferred", "discouraged"}, "user verification asked of passkeys", "passkey.user_verification"},
		{Attestation, Text, []string{"none", "indirect", "direct", "enterprise"}, "attestation asked of passkeys", "passkey.attestation_preference"},
		{GuideAlone, YesNo, nil, "what the mobile guide says is enough", ""},
	}
}

// Values of TokenDelivery and Existence.
const (
	InHeader = "X-Auth-Token"
	InCookie = "cookie"
	Shown    = "shown"
	Hidden   = "hidden"
)

// SpecOf returns the spec of a fact, and whether there is one.
func SpecOf(name Name) (Spec, bool) {
	for _, spec := range Catalogue() {
		if spec.Name == name {
			return spec, true
		}
	}
	return Spec{}, false
}

// Fact is something about a tenant that its app must take into account.
type Fact struct {
	Spec
	Values  []string // one, or any number for a List; nil if it was not observed
	Asks    []Ask    // of SignUpAsks and SignInAsks: the same as Values, with the keys
	Note    string   // what else a person should know; may be ""
	Unknown string   // why it was not observed; "" if it was
}

// Of returns a fact that was observed.
func Of(name Name, values ...string) Fact {
	spec, _ := SpecOf(name)
	if values == nil {
		values = []string{} // an empty list
	}
	return Fact{Spec: spec, Values: values}
}

// OfBool returns a YesNo that was observed.
func OfBool(name Name, yes bool) Fact {
	if yes {
		return Of(name, "true")
	}
	return Of(name, "false")
}

// OfDuration returns a Duration that was observed.
func OfDuration(name Name, d time.Duration) Fact { return Of(name, durationText(d)) }

// OfAsks returns SignUpAsks or SignInAsks as observed.
func OfAsks(name Name, asks []Ask) Fact {
	values := []string{}
	for _, ask := range asks {
		values = append(values, ask.String())
	}
	fact := Of(name, values...)
	fact.Asks = asks
	return fact
}

// NotObserved returns a fact that was not observed, with the reason.
func NotObserved(name Name, why string) Fact {
	spec, _ := SpecOf(name)
	return Fact{Spec: spec, Unknown: why}
}

// Known reports whether the fact was observed.
func (f Fact) Known() bool { return f.Values != nil }

// Value returns the value as JSON has it: a string, a list of strings, or a boolean; nil if it was not observed.
func (f Fact) Value() any {
	switch {
	case !f.Known():
		return nil
	case f.Kind == List:
		return f.Values
	case f.Kind == YesNo:
		return f.Values[0] == "true"
	default:
		return f.Values[0]
	}
}

// String returns the value in a line for a person; "not observed: …" if there is none.
func (f Fact) String() string {
	switch {
	case !f.Known():
		return "not observed: " + f.Unknown
	case len(f.Values) == 0:
		return "nothing"
	case f.Kind == YesNo && f.Values[0] == "true":
		return "yes"
	case f.Kind == YesNo:
		return "no"
	default:
		return strings.Join(f.Values, ", ")
	}
}

// durationText returns a duration without the units that are zero: 12h instead of 12h0m0s.
func durationText(d time.Duration) string {
	text := d.Round(time.Second).String()
	if rest, found := strings.CutSuffix(text, "m0s"); found {
		text = rest + "m"
	}
	if rest, found := strings.CutSuffix(text, "h0m"); found {
		text = rest + "h"
	}
	return text
}
