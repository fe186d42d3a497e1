package fact_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
)

// differences are what differs from the expectations in a line of YAML.
func differences(t *testing.T, expect string, known []fact.Fact, exchanges []hanko.Exchange) string {
	t.Helper()
	expected, err := fact.ParseExpectations([]byte("expect: {" + expect + "}"))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, difference := range fact.Differences(expected, append(known, fact.Walks(exchanges)...), exchanges) {
		lines = append(lines, difference.String())
	}
	return strings.Join(lines, "\n")
}

// TestDifferencesOfRecordings: what a real tenant has shown by then is compared, and nothing else.
func TestDifferencesOfRecordings(t *testing.T) {
	signUp := func(recording string) []hanko.Exchange {
		return until(t, recorded(t, recording, ""), `"name": "success"`)
	}
	passwordless, mfa := signUp("flow-3.0.4-passwordless"), signUp("flow-3.0.4-default")
	for _, test := range []struct {
		name, expect string
		exchanges    []hanko.Exchange
		want         string
	}{
		{"as expected", "signup.allowed: true, signup.asks: [email, passcode, passkey (skippable)], passkey.rp_id: localhost", passwordless, ""},
		{"nothing seen", "signup.asks: [username], signup.allowed: false, passkey.rp_id: example.com", nil, ""},
		{"never seen in a walk", "guide.alone: true, account.existence: shown, token.lifetime: 1h", passwordless, ""},
		{"the RP ID", "passkey.rp_id: example.com", passwordless, "passkey.rp_id is localhost, not example.com (webauthn.relying_party.id)"},
		{"sign-up is possible", "signup.allowed: false", passwordless, "signup.allowed is yes, not no (account.allow_signup)"},
		{
			"a password", "signup.asks: [email, passcode, passkey (skippable)]", mfa,
			"signup.asks begins with [email, passcode, password], not [email, passcode, passkey (skippable)] (password.optional or password.acquire_on_registration)",
		},
		{"skippable or not", "signup.asks: [email, passcode, passkey]", passwordless, "signup.asks begins with [email, passcode, passkey (skippable)], not [email, passcode, passkey] (passkey.optional)"},
		{"after a choice", "signup.asks: [email, passcode, password, second_factor (skippable), device_trust]", mfa, ""},
	} {
		if got := differences(t, test.expect, nil, test.exchanges); got != test.want {
			t.Errorf("%s: differs\n%q, not\n%q", test.name, got, test.want)
		}
	}
}

// TestDifferencesOfWalks: people do not walk as smoke does, and the tenant has not changed by that.
func TestDifferencesOfWalks(t *testing.T) {
	began := func(flow string) hanko.Exchange { return state("/"+flow, `{"name":"preflight"}`) }
	registration := state("/registration?action=register_client_capabilities%40x", `{"name":"registration_init","actions":{"register_login_identifier":{"inputs":{"email":{"required":true}}}}}`)
	closed := state("/registration?action=register_client_capabilities%40x", `{"name":"registration_init","actions":{}}`)
	login := state("/login?action=register_client_capabilities%40x", `{"name":"login_init","actions":{"continue_with_login_identifier":{"inputs":{"email":{}}},"webauthn_generate_request_options":{}}}`)
	later := func(path, name string) hanko.Exchange { return state(path+"?action=x", `{"name":"`+name+`"}`) }
	answer := func(method, path string, status int, body string) hanko.Exchange {
		return hanko.Exchange{Method: method, Path: path, Status: status, ResponseBody: []byte(body)}
	}
	third := state("/login?action=register_client_capabilities%40x", `{"name":"login_init","actions":{"thirdparty_oauth":{"inputs":{"provider":{"allowed_values":[{"name":"Example","value":"custom_example"}]}}}}}`)
	unknown := state("/login?action=x", `{"name":"login_init","error":{"code":"form_data_invalid_error"},"actions":{"continue_with_login_identifier":{"inputs":{"email":{"error":{"code":"unknown_email_error"}}}}}}`)
	const usual = "signup.asks: [email, passcode, passkey (skippable)], signin.asks: [email, passcode, passkey (skippable)], signup.allowed: true, signin.passkey: true"
	for _, test := range []struct {
		name, expect string
		exchanges    []hanko.Exchange
		want         string
	}{
		{"a password in place of a passcode", usual, []hanko.Exchange{began("login"), login, later("/login", "login_password"), later("/login", "success")}, ""},
		{"who people are", "signin.asks: [email_or_username, passcode]", []hanko.Exchange{began("login"), login}, "signin.asks begins with [email], not [email_or_username, passcode] (email.use_as_login_identifier or email.acquire_on_login)"},
		{"back, and again", usual, []hanko.Exchange{began("registration"), registration, later("/registration", "passcode_confirmation"), registration, later("/registration", "passcode_confirmation")}, ""},
		{"a login in between", usual, []hanko.Exchange{began("registration"), began("login"), registration, login, later("/registration", "passcode_confirmation")}, ""},
		{"by way of a third party", usual, []hanko.Exchange{
			began("registration"), registration, state("/registration?action=thirdparty_oauth%40x", `{"name":"thirdparty"}`), later("/registration", "onboarding_username"),
		}, ""},
		{"a state of a later release", usual, []hanko.Exchange{began("registration"), registration, later("/registration", "blood_sample")}, ""},
		{"sign-up off over flows", usual, []hanko.Exchange{began("registration"), closed}, "signup.allowed is no, not yes (account.allow_signup)"},
		{"sign-up off, says the configuration", usual, []hanko.Exchange{answer("GET", "/.well-known/config", 200, `{"account":{"allow_signup":false}}`)}, "signup.allowed is no, not yes (account.allow_signup)"},
		{"a configuration that says nothing", "signup.allowed: true", []hanko.Exchange{answer("GET", "/.well-known/config", 200, `{"account":{}}`)}, ""},
		{"sign-up off over REST", usual, []hanko.Exchange{answer("POST", "/users", 403, `{}`)}, "signup.allowed is no, not yes (account.allow_signup)"},
		{"a mistake in the address", usual, []hanko.Exchange{answer("POST", "/users", 400, `{}`)}, ""},
		{"the tenant has changed since", usual, []hanko.Exchange{answer("POST", "/users", 403, `{}`), answer("POST", "/users", 200, `{}`)}, ""},
		{"an unknown address", "account.existence: hidden", []hanko.Exchange{unknown}, "account.existence is shown, not hidden (privacy.show_account_existence_hints)"},
		{"the REST API says who has an account", "account.existence: hidden", []hanko.Exchange{answer("POST", "/user", 404, `{}`)}, "account.existence is shown, not hidden (privacy.show_account_existence_hints)"},
		{"third parties", "signin.third_parties: [custom_example]", []hanko.Exchange{began("login"), third}, ""},
		{"one third party less", "signin.third_parties: [custom_example]", []hanko.Exchange{began("login"), third, login}, "signin.third_parties is nothing, not [custom_example] (third_party)"},
		{"one third party more", "signin.third_parties: [custom_example]", []hanko.Exchange{answer("GET", "/.well-known/config", 200, `{"providers":["Google"]}`), third}, "signin.third_parties is [custom_example, google], not [custom_example] (third_party)"},
		{"third parties over REST, which lists not all", "signin.third_parties: [custom_example]", []hanko.Exchange{answer("GET", "/.well-known/config", 200, `{"providers":["Google"]}`)}, ""},
		{"a control character", "passkey.rp_id: localhost", []hanko.Exchange{answer("POST", "/webauthn/login/initialize", 200, `{"publicKey":{"rpId":"a\u001b[31m"}}`)}, "passkey.rp_id is a␛[31m, not localhost (webauthn.relying_party.id)"},
	} {
		if got := differences(t, test.expect, nil, test.exchanges); got != test.want {
			t.Errorf("%s: differs\n%q, not\n%q", test.name, got, test.want)
		}
	}
}

// TestDifferencesOfSessions: a session and what the tenant was recognised as are compared, too.
func TestDifferencesOfSessions(t *testing.T) {
	issued := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	session := fact.OfSession(hanko.Session{Cookie: &http.Cookie{Name: "hanko"}}, hanko.Token{IssuedAt: issued, ExpiresAt: issued.Add(time.Hour), Audience: []string{"localhost"}})
	v3 := fact.OfAPI(hanko.Recognition{API: hanko.FlowAPI, Because: "the REST API is gone"})
	hidden := fact.OfAPI(hanko.Recognition{API: hanko.FlowAPI, NoPasscodes: true})
	for _, test := range []struct {
		expect string
		known  []fact.Fact
		want   string
	}{
		{`token.lifetime: ">= 1h", token.audience: [localhost], token.delivery: cookie, api: flow`, append(session, v3), ""},
		{"token.lifetime: 12h, token.delivery: X-Auth-Token", session, "token.delivery is cookie, not X-Auth-Token (session.enable_auth_token_header)\ntoken.lifetime is 1h, not 12h (session.lifespan)"},
		{"token.lifetime: 12h", fact.OfSession(hanko.Session{}, hanko.Token{}), ""},
		{"api: rest", []fact.Fact{v3}, "api is flow, not rest: the REST API is gone"},
		{"api: rest", []fact.Fact{hidden}, "api is flow, not rest (mfa.enabled)"},
	} {
		if got := differences(t, test.expect, test.known, nil); got != test.want {
			t.Errorf("%s, %s: differs %q, not %q", test.expect, fmt.Sprint(test.known), got, test.want)
		}
	}
}
