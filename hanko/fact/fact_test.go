package fact_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
)

// recorded returns the exchanges of a real tenant, from the last one with the given note on.
func recorded(t testing.TB, name, from string) []hanko.Exchange {
	t.Helper()
	content, err := os.ReadFile("../testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var steps []struct {
		Note, Method, Path string
		Status             int
		Body               json.RawMessage `json:"response_body"`
	}
	if err := json.Unmarshal(content, &steps); err != nil {
		t.Fatal(err)
	}
	var exchanges []hanko.Exchange
	for _, step := range steps {
		if step.Note == from {
			exchanges = nil
		}
		exchanges = append(exchanges, hanko.Exchange{Method: step.Method, Path: step.Path, Status: step.Status, ResponseBody: step.Body})
	}
	return exchanges
}

// until returns the exchanges up to the first whose answer contains text.
func until(t testing.TB, exchanges []hanko.Exchange, text string) []hanko.Exchange {
	t.Helper()
	at := slices.IndexFunc(exchanges, func(e hanko.Exchange) bool { return strings.Contains(string(e.ResponseBody), text) })
	if at < 0 {
		t.Fatalf("no answer contains %s", text)
	}
	return exchanges[:at+1]
}

// TestAsksOfRecordings reads what real tenants asked for, with second tries in between.
func TestAsksOfRecordings(t *testing.T) {
	for _, test := range []struct{ recording, want string }{
		{
			"flow-3.0.4-default",
			"[{email false email.optional} {passcode false email.require_verification} {password false password.optional} {second_factor true mfa.optional} {passkey true passkey.optional}]",
		},
		{
			"flow-3.0.4-totp",
			"[{email false email.optional} {passcode false email.require_verification} {password false password.optional} {second_factor true mfa.optional} {passkey true passkey.optional}]",
		},
		{"flow-3.0.4-passwordless", "[{email false email.optional} {passcode false email.require_verification} {passkey true passkey.optional}]"},
		{"rest-2.7.0", "[{email false email.enabled} {passcode false email.use_for_authentication}]"},
	} {
		ends := `"name": "success"`
		if test.recording == "rest-2.7.0" {
			ends = `"ttl"`
		}
		exchanges := until(t, recorded(t, test.recording, ""), ends)
		if got := fmt.Sprint(fields(fact.Asks(exchanges))); got != test.want {
			t.Errorf("%s asks for\n%s, not\n%s", test.recording, got, test.want)
		}
	}
	signIn := until(t, recorded(t, "flow-3.0.4-totp", "email of an existing user"), `"name": "success"`)
	if got := fmt.Sprint(fact.OfAsks(fact.SignInAsks, fact.Asks(signIn)).Values); got != "[password authenticator_app device_trust (skippable)]" {
		t.Errorf("sign-in asks for %s", got)
	}
}

func fields(asks []fact.Ask) []string {
	var all []string
	for _, ask := range asks {
		all = append(all, fmt.Sprintf("{%s %t %s}", ask.For, ask.Skippable, ask.Key))
	}
	return all
}

// state returns the exchange with a flow's state.
func state(path, body string) hanko.Exchange {
	return hanko.Exchange{Method: "POST", Path: path, Status: 200, ResponseBody: []byte(body)}
}

func TestAsksOfStates(t *testing.T) {
	for _, test := range []struct{ name, path, body, want string }{
		{
			"username beside the address", "/registration",
			`{"name":"registration_init","actions":{"register_login_identifier":{"inputs":{"username":{"required":true},"email":{"required":true}}}}}`,
			"[email username]",
		},
		{
			"a username that may be left out", "/registration",
			`{"name":"registration_init","actions":{"register_login_identifier":{"inputs":{"username":{},"email":{"required":true}}}}}`,
			"[email username (skippable)]",
		},
		{"an address alone cannot be left out", "/registration", `{"name":"registration_init","actions":{"register_login_identifier":{"inputs":{"email":{}}}}}`, "[email]"},
		{"an address or a username", "/login", `{"name":"login_init","actions":{"continue_with_login_identifier":{"inputs":{"identifier":{}}}}}`, "[email_or_username]"},
		{"a username alone", "/login", `{"name":"login_init","actions":{"continue_with_login_identifier":{"inputs":{"username":{}}}}}`, "[username]"},
		{"nothing known", "/login", `{"name":"login_init","actions":{}}`, "[]"},
		{"a security key", "/login", `{"name":"mfa_method_chooser","actions":{"continue_to_security_key_creation":{},"skip":{}}}`, "[security_key (skippable)]"},
		{"a state of a later release", "/login", `{"name":"blood_sample","actions":{}}`, "[state blood_sample]"},
		{"no flow", "/login", `<html>`, "[]"},
		{"another call", "/me", `{"name":"login_password"}`, "[]"},
	} {
		if got := fmt.Sprint(fact.OfAsks(fact.SignUpAsks, fact.Asks([]hanko.Exchange{state(test.path, test.body)})).Values); got != test.want {
			t.Errorf("%s: asks for %s, not %s", test.name, got, test.want)
		}
	}
}

// TestAsksOfChoices checks that what a person has chosen does not count as asked for again.
func TestAsksOfChoices(t *testing.T) {
	for _, test := range []struct{ states, want string }{
		{"credential_onboarding_chooser password_creation mfa_method_chooser mfa_otp_secret_creation", "[passkey_or_password second_factor]"},
		{"credential_onboarding_chooser onboarding_create_passkey onboarding_verify_passkey_attestation", "[passkey_or_password]"},
		{"mfa_method_chooser mfa_security_key_creation", "[second_factor]"},
		{"mfa_otp_secret_creation password_creation password_creation", "[authenticator_app password]"},
		{"passcode_confirmation login_security_key login_passkey success", "[passcode security_key]"},
		{"login_method_chooser passcode_confirmation login_otp device_trust success", "[passcode authenticator_app device_trust]"},
	} {
		var exchanges []hanko.Exchange
		for name := range strings.FieldsSeq(test.states) {
			exchanges = append(exchanges, state("/login?action=any%40id", `{"name":"`+name+`","actions":{}}`))
		}
		if got := fmt.Sprint(fact.OfAsks(fact.SignUpAsks, fact.Asks(exchanges)).Values); got != test.want {
			t.Errorf("%s: asks for %s, not %s", test.states, got, test.want)
		}
		if again := append(exchanges, state("/login", `{"name":"login_password"}`)); fmt.Sprint(fields(fact.Asks(again))) != "[{password false email.use_for_authentication}]" {
			t.Errorf("a second login asks for %v", fields(fact.Asks(again)))
		}
	}
}

func TestPasskeysOfRecordings(t *testing.T) {
	for _, recording := range []string{"flow-3.0.4-default", "rest-2.7.0"} {
		got := map[fact.Name]string{}
		for _, f := range fact.Passkeys(recorded(t, recording, "")) {
			got[f.Name] = f.String()
		}
		want := map[fact.Name]string{
			fact.SignInPasskey: "yes", fact.RPID: "localhost", fact.UserVerification: "preferred", fact.Attestation: "direct",
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s shows %v, not %v", recording, got, want)
		}
	}
}

// TestPasskeysOfSecurityKeys checks that the options of security keys are not taken for facts about passkeys.
func TestPasskeysOfSecurityKeys(t *testing.T) {
	options := `"payload":{"creation_options":{"publicKey":{"rp":{"id":"example.com"},"attestation":"direct"}}}`
	waiting := state("/registration?action=webauthn_generate_creation_options%40id", `{"name":"onboarding_verify_passkey_attestation",`+options+`}`)
	if got := fact.Passkeys([]hanko.Exchange{state("/registration", `{"name":"mfa_security_key_creation"}`), waiting}); len(got) != 0 {
		t.Errorf("a security key shows %v", got)
	}
	if got := fact.Passkeys([]hanko.Exchange{state("/registration", `{"name":"onboarding_create_passkey"}`), waiting}); len(got) != 3 {
		t.Errorf("a passkey shows %v", got)
	}
	odd := state("/webauthn/registration/initialize", `{"publicKey":{"attestation":"always"}}`)
	if got := fact.Passkeys([]hanko.Exchange{odd}); len(got) != 2 || got[0].String() != "preferred" || got[1].Known() {
		t.Errorf("an unknown word shows %v", got)
	}
}

func TestValues(t *testing.T) {
	for d, want := range map[time.Duration]string{
		12 * time.Hour: "12h", 90 * time.Minute: "1h30m", time.Hour + time.Second: "1h0m1s", 10 * time.Minute: "10m", 30 * time.Second: "30s", 0: "0s",
	} {
		if got := fact.OfDuration(fact.TokenLifetime, d).Value(); got != want {
			t.Errorf("%s is written %q, not %q", d, got, want)
		}
	}
	for _, test := range []struct {
		fact       fact.Fact
		value, say string
	}{
		{fact.OfBool(fact.GuideAlone, false), "false", "no"},
		{fact.Of(fact.TokenAudience), "[]", "nothing"},
		{fact.Of(fact.TokenAudience, "a", "b"), `["a","b"]`, "a, b"},
		{fact.NotObserved(fact.RPID, "no passkeys"), "null", "not observed: no passkeys"},
	} {
		encoded, _ := json.Marshal(test.fact.Value())
		if string(encoded) != test.value || test.fact.String() != test.say {
			t.Errorf("%s is %s, %q", test.fact.Name, encoded, test.fact)
		}
	}
}

func TestFactsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/smoke.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range fact.Catalogue() {
		if !regexp.MustCompile("(?m)^\\|.*`" + regexp.QuoteMeta(string(spec.Name)) + "`.*\\|.+\\|$").Match(page) {
			t.Errorf("docs/smoke.md has no row for the fact %s", spec.Name)
		}
	}
}
