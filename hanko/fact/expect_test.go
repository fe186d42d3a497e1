package fact_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/hankoconfig"
)

// parsed returns the only expectation of a line of YAML.
func parsed(t *testing.T, line string) fact.Expectation {
	t.Helper()
	expected, err := fact.ParseExpectations([]byte("expect: {" + line + "}"))
	if err != nil || len(expected) != 1 {
		t.Fatalf("%s: %v, %v", line, expected, err)
	}
	return expected[0]
}

func TestExpectationsMet(t *testing.T) {
	hours := func(n int) fact.Fact { return fact.OfDuration(fact.TokenLifetime, time.Duration(n)*time.Hour) }
	asks := fact.OfAsks(fact.SignUpAsks, []fact.Ask{{For: fact.AskEmail}, {For: fact.AskPasskey, Skippable: true}})
	for _, test := range []struct {
		line     string
		observed fact.Fact
		met      bool
	}{
		{"token.lifetime: 12h", hours(12), true},
		{"token.lifetime: 720m", hours(12), true},
		{"token.lifetime: 12h", hours(1), false},
		{`token.lifetime: ">= 1h"`, hours(1), true},
		{`token.lifetime: "> 1h"`, hours(1), false},
		{`token.lifetime: ">1h"`, hours(2), true},
		{`token.lifetime: "<= 1h"`, hours(1), true},
		{`token.lifetime: "< 1h"`, hours(1), false},
		{`token.lifetime: ">= 1h, <= 24h"`, hours(12), true},
		{`token.lifetime: ">= 1h, <= 24h"`, hours(25), false},
		{`token.lifetime: ">= 1h"`, fact.NotObserved(fact.TokenLifetime, "no exp"), false},
		{"api: flow", fact.Of(fact.API, "flow"), true},
		{"api: rest", fact.Of(fact.API, "flow"), false},
		{"guide.alone: true", fact.OfBool(fact.GuideAlone, true), true},
		{"guide.alone: true", fact.OfBool(fact.GuideAlone, false), false},
		{"token.audience: a", fact.Of(fact.TokenAudience, "a"), true},
		{"token.audience: [a, b]", fact.Of(fact.TokenAudience, "b", "a"), false},
		{"token.audience: []", fact.Of(fact.TokenAudience), true},
		{"token.audience: []", fact.NotObserved(fact.TokenAudience, "no token"), false},
		{"signup.asks: [email, passkey (skippable)]", asks, true},
		{"signup.asks: [email, passkey]", asks, false},
		{"signup.asks: [passkey (skippable), email]", asks, false},
	} {
		if met := parsed(t, test.line).Met(test.observed); met != test.met {
			t.Errorf("%s is met by %s: %t", test.line, test.observed, met)
		}
	}
}

// TestExpectationKeys checks which keys an unmet expectation names.
func TestExpectationKeys(t *testing.T) {
	asks := func(all ...fact.Ask) fact.Fact { return fact.OfAsks(fact.SignUpAsks, all) }
	email := fact.Ask{For: fact.AskEmail, Key: "email.optional"}
	for _, test := range []struct {
		line     string
		observed fact.Fact
		keys     string
	}{
		{"token.lifetime: 12h", fact.OfDuration(fact.TokenLifetime, time.Hour), "session.lifespan"},
		{"passkey.attestation: none", fact.NotObserved(fact.Attestation, "not run"), "passkey.attestation_preference"},
		{"api: rest", fact.Fact{Spec: fact.Spec{Name: fact.API, Key: "mfa.enabled"}, Values: []string{"flow"}}, "mfa.enabled"},
		{"signup.asks: [email]", asks(email, fact.Ask{For: fact.AskPassword, Key: "password.optional"}), "password.optional password.acquire_on_registration password.enabled"},
		{"signup.asks: [email, password (skippable)]", asks(email, fact.Ask{For: fact.AskPassword, Key: "password.optional"}), "password.optional"},
		{"signup.asks: [email, second_factor]", asks(email), "mfa.optional mfa.acquire_on_registration mfa.enabled"},
		{"signup.asks: [email, passcode]", asks(email), "email.require_verification"},
		{"signup.asks: [username, email]", asks(email, fact.Ask{For: fact.AskUsername, Key: "username.optional"}), "email.optional username.optional"},
		{"signup.asks: [email]", fact.NotObserved(fact.SignUpAsks, "not run"), ""},
	} {
		if keys := strings.Join(parsed(t, test.line).Keys(test.observed), " "); keys != test.keys {
			t.Errorf("%s, and it is %s: the keys are %q, not %q", test.line, test.observed, keys, test.keys)
		}
	}
}

func TestExpectationMistakes(t *testing.T) {
	for content, want := range map[string]string{
		"":                                          "no other, but it has none",
		"- a":                                       "cannot be read as YAML",
		"expect: [":                                 "cannot be read as YAML",
		"expect: {api: flow, api: rest}":            "cannot be read as YAML",
		"expect:":                                   "must list facts",
		"expect: flow":                              "must list facts",
		"expect: {}":                                "must list facts",
		"api: flow":                                 "it has api",
		"expect: {api: flow}\nurl: x":               "it has expect, url",
		"expect: {token.lifetme: 1h}":               `token.lifetme is not a fact. Did you mean "token.lifetime"?`,
		"expect: {signup: {asks: [email]}}":         `Did you mean "signup.asks"?`,
		"expect: {zzz: 1}":                          "zzz is not a fact. Use one of api, ",
		"expect: {api: grpc}":                       `api cannot be "grpc". Write rest, or flow`,
		"expect: {api: [flow]}":                     "one value, not a list",
		"expect: {api: }":                           "must be text",
		"expect: {guide.alone: yes}":                "must be true or false",
		`expect: {guide.alone: "true"}`:             "must be true or false",
		"expect: {token.lifetime: 3600}":            "must be a duration",
		"expect: {token.lifetime: 1 hour}":          `cannot be "1 hour". Write one such as 12h`,
		`expect: {token.lifetime: "12h, >= 1h"}`:    "cannot be",
		`expect: {token.lifetime: ">= "}`:           "cannot be",
		"expect: {token.lifetime: -1h}":             "cannot be",
		"expect: {signup.asks: [email, pasword]}":   `has "pasword", which tenants do not ask for. Did you mean "password"?`,
		"expect: {signup.asks: [{email: true}]}":    "must be text",
		"expect: {passkey.rp_id: \"\\e[31m\"}":      "",
		"expect: {\"\\e[31mapi\": flow}":            `is not a fact`,
		"expect: {api: grpc, account.existence: 1}": "account.existence must be text",
	} {
		expected, err := fact.ParseExpectations([]byte(content))
		var mistaken *fact.ExpectationError
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", content, err)
		case want != "" && (!errors.As(err, &mistaken) || !strings.Contains(err.Error(), want) || expected != nil):
			t.Errorf("%s: %v, %v", content, expected, err)
		case err != nil && strings.ContainsRune(err.Error(), '\x1b'):
			t.Errorf("%s: the error is not printable: %q", content, err)
		}
	}
}

// TestWrittenExpectations writes expectations, reads them again, and checks that the facts meet them.
func TestWrittenExpectations(t *testing.T) {
	asks := []fact.Ask{{For: fact.AskEmail}, {For: "state #: [odd\n}"}, {For: fact.AskPasskey, Skippable: true}}
	facts := []fact.Fact{
		fact.Of(fact.API, "flow"), fact.NotObserved(fact.SignInAsks, "no mail"), fact.OfAsks(fact.SignUpAsks, asks),
		fact.OfDuration(fact.TokenLifetime, time.Hour), fact.Of(fact.TokenAudience), fact.OfBool(fact.GuideAlone, false),
		fact.Of(fact.RPID, "true"), fact.Of(fact.TokenDelivery, fact.InCookie),
	}
	written, err := fact.WriteExpectations(facts, "What https://example.com asked\nof an app.")
	if err != nil {
		t.Fatal(err)
	}
	expected, err := fact.ParseExpectations(written)
	if err != nil || len(expected) != len(facts)-1 {
		t.Fatalf("%v, %v:\n%s", expected, err, written)
	}
	for _, expectation := range expected {
		at := slices.IndexFunc(facts, func(f fact.Fact) bool { return f.Name == expectation.Name })
		if !expectation.Met(facts[at]) {
			t.Errorf("%s is %s, and %s was written", expectation.Name, facts[at], expectation)
		}
	}
}

func FuzzParseExpectations(f *testing.F) {
	f.Add([]byte("expect:\n  token.lifetime: \">= 1h, <= 24h\"\n  signup.asks: [email, passkey (skippable)]\n  guide.alone: true\n"))
	f.Add([]byte("expect: {token.audience: [], api: flow}"))
	f.Add([]byte("expect: &a {api: *a}"))
	f.Fuzz(func(t *testing.T, content []byte) {
		expected, err := fact.ParseExpectations(content)
		if err != nil {
			var mistaken *fact.ExpectationError
			if !errors.As(err, &mistaken) || len(mistaken.Mistakes) == 0 {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, expectation := range expected {
			if fmt.Sprint(expectation) == "" && len(expectation.Values) > 0 && expectation.Values[0] != "" {
				t.Errorf("%s has no text", expectation.Name)
			}
			if expectation.Bounds == nil && !expectation.Met(fact.Fact{Spec: expectation.Spec, Values: expectation.Values}) {
				t.Errorf("%s is not met by %s", expectation.Name, expectation)
			}
			expectation.Keys(fact.NotObserved(expectation.Name, "nothing"))
		}
	})
}

// TestExpectationSettings checks the settings that meet an expectation.
func TestExpectationSettings(t *testing.T) {
	email := fact.Ask{For: fact.AskEmail, Key: "email.optional"}
	password := fact.Ask{For: fact.AskPassword, Key: "password.optional"}
	for _, test := range []struct {
		line     string
		observed fact.Fact
		yaml     string
	}{
		{"token.lifetime: 12h", fact.OfDuration(fact.TokenLifetime, time.Hour), "session: {lifespan: 12h}"},
		{`token.lifetime: "> 1h"`, fact.OfDuration(fact.TokenLifetime, time.Hour), "session: {lifespan: 1h1m}"},
		{`token.lifetime: "< 1h"`, fact.OfDuration(fact.TokenLifetime, time.Hour), "session: {lifespan: 59m}"},
		{"token.delivery: X-Auth-Token", fact.Of(fact.TokenDelivery, fact.InCookie), "session: {enable_auth_token_header: true}"},
		{"token.audience: [a, b]", fact.Of(fact.TokenAudience, "a"), "session: {audience: [a, b]}"},
		{"account.existence: hidden", fact.Of(fact.Existence, fact.Shown), "privacy: {show_account_existence_hints: false}"},
		{"signup.allowed: false", fact.OfBool(fact.SignUpAllowed, true), "account: {allow_signup: false}"},
		{"signin.passkey: true", fact.OfBool(fact.SignInPasskey, false), "passkey: {enabled: true}"},
		{"passkey.attestation: none", fact.Of(fact.Attestation, "direct"), "passkey: {attestation_preference: none}"},
		{"passkey.attestation: none", fact.NotObserved(fact.Attestation, "not run"), "{}"},
		{"api: rest", fact.Fact{Spec: fact.Spec{Name: fact.API, Key: "mfa.enabled"}, Values: []string{"flow"}}, "mfa: {enabled: false}"},
		{"api: rest", fact.Of(fact.API, "flow"), "{}"},
		{"signup.asks: [email]", fact.OfAsks(fact.SignUpAsks, []fact.Ask{email, password}), "password: {acquire_on_registration: never}"},
		{"signup.asks: [email, password (skippable)]", fact.OfAsks(fact.SignUpAsks, []fact.Ask{email, password}), "password: {optional: true}"},
		{"signup.asks: [password, email]", fact.OfAsks(fact.SignUpAsks, []fact.Ask{email, password}), "{}"},
		{"signup.asks: [email, second_factor]", fact.OfAsks(fact.SignUpAsks, []fact.Ask{email}), "mfa: {enabled: true, acquire_on_registration: true}"},
		{"signin.asks: [email, passkey]", fact.OfAsks(fact.SignInAsks, []fact.Ask{email, {For: fact.AskPasscode}}), "email: {use_for_authentication: false}\npasskey: {enabled: true, acquire_on_login: always}"},
		{"signin.asks: [email]", fact.OfAsks(fact.SignInAsks, []fact.Ask{email, {For: fact.AskAuthenticatorApp, Key: "mfa.enabled"}}), "{}"},
		{"signin.asks: [email]", fact.OfAsks(fact.SignInAsks, []fact.Ask{email, {For: fact.AskAuthenticatorApp, Key: "mfa.optional"}}), "mfa: {acquire_on_login: false}"},
		{"signup.asks: [email, username]", fact.OfAsks(fact.SignUpAsks, []fact.Ask{email}), "username: {enabled: true, acquire_on_registration: true}"},
	} {
		var got, want map[string]any
		written := hankoconfig.YAML(parsed(t, test.line).Settings(test.observed))
		if err := errors.Join(yaml.Unmarshal([]byte(written), &got), yaml.Unmarshal([]byte(test.yaml), &want)); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s, and it is %s: the YAML is\n%s", test.line, test.observed, written)
		}
	}
}
