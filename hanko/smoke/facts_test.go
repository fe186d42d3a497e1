package smoke_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/tenant"
)

// tenantWith is a bench with a preset and switches, name=value with spaces between.
func tenantWith(t *testing.T, preset tenant.Preset, switches string) bench {
	t.Helper()
	settings := presetOf(t, preset)
	for word := range strings.FieldsSeq(switches) {
		name, value, _ := strings.Cut(word, "=")
		if err := settings.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	return newBench(t, known(settings))
}

// factOf is a fact of a report, with its key, in a line.
func factOf(judged smoke.Report, name fact.Name) string {
	for _, f := range judged.Facts {
		if f.Name == name {
			return strings.TrimSpace(fmt.Sprintf("%s %s", f, f.Key))
		}
	}
	return ""
}

// TestGuideAlone builds tenants that ask for more than the mobile guide has, and looks for the key in the check and the fact.
func TestGuideAlone(t *testing.T) {
	for _, test := range []struct {
		preset   tenant.Preset
		switches string
		key      string // "": the guide is enough
	}{
		{tenant.PresetGuide, "", ""},
		{tenant.PresetGuide, "password=required", ""}, // REST does not ask for it
		{tenant.PresetGuide, "mfa=optional", "mfa.enabled"},
		{tenant.PresetGuide, "mfa=optional passcodes=off password=required", "email.use_for_authentication"},
		{tenant.PresetV3Passwordless, "", ""},
		{tenant.PresetV3Passwordless, "verification=off", ""},
		{tenant.PresetV3Passwordless, "username=optional", ""},
		{tenant.PresetV3Passwordless, "password=optional mfa=optional", ""},
		{tenant.PresetV3Passwordless, "password=required", "password.optional"},
		{tenant.PresetV3Passwordless, "mfa=required", "mfa.optional"},
		{tenant.PresetV3Passwordless, "mfa=required totp=off", "mfa.optional"},
		{tenant.PresetV3Passwordless, "passkey=required", "passkey.optional"},
		{tenant.PresetV3Passwordless, "username=required", "username.optional"},
		{tenant.PresetV3Passwordless, "username=required email-login=off", "username.optional"},
		{tenant.PresetV3Passwordless, "password=required passcodes=off", "password.optional"},
	} {
		t.Run(string(test.preset)+" "+test.switches, func(t *testing.T) {
			t.Parallel()
			b := tenantWith(t, test.preset, test.switches)
			b.options.Only = []string{"guide"}
			judged := judge(t.Context(), t, b.options)
			check, want := result(t, judged, "guide.alone"), strings.TrimSpace("no "+test.key)
			if test.key == "" {
				want = "yes"
			}
			if got := factOf(judged, fact.GuideAlone); got != want || check.Key != test.key || (check.Verdict == smoke.Passed) != (test.key == "") {
				t.Errorf("the fact is %q, the check %+v, want %q\n%s", got, check.Outcome, want, text(t, judged))
			}
			if judged.ExitCode() != smoke.ExitPassed {
				t.Errorf("exit code %d: it is information", judged.ExitCode())
			}
		})
	}
}

// TestFacts: what is observed changes with the tenant, and what was not observed says why.
func TestFacts(t *testing.T) {
	for _, test := range []struct {
		preset         tenant.Preset
		switches, only string
		name           fact.Name
		want           string
	}{
		{tenant.PresetGuide, "", "reach", fact.API, "rest"},
		{tenant.PresetV2MFA, "", "guide", fact.API, "flow mfa.enabled"},
		{tenant.PresetV3, "", "reach", fact.API, "flow"},
		{tenant.PresetV3Passwordless, "signup=off", "guide", fact.SignUpAllowed, "no account.allow_signup"},
		{tenant.PresetV3Passwordless, "signup=off", "guide", fact.SignUpAsks, "not observed: nobody can sign up"},
		{tenant.PresetV3Passwordless, "signup=off", "guide", fact.TokenLifetime, "not observed: guide.signup was inconclusive: Nobody can sign up: the registration flow has no action register_login_identifier. session.lifespan"},
		{tenant.PresetV3Passwordless, "passkey=required username=required", "guide", fact.SignUpAsks, "email, username, passcode, passkey"},
		{tenant.PresetV3MFA, "totp=off", "guide", fact.SignInAsks, "email, passcode, security_key, passkey (skippable), device_trust (skippable)"},
		{tenant.PresetV3Passwordless, "passkey=off", "guide", fact.SignInPasskey, "no passkey.enabled"},
		{tenant.PresetGuide, "passkey=off", "passkey", fact.Attestation, `not observed: passkey.register.iphone was inconclusive: POST /webauthn/registration/initialize answered 404, "Not Found". passkey.attestation_preference`},
		{tenant.PresetGuide, "attestation=none", "passkey", fact.Attestation, "none passkey.attestation_preference"},
		{tenant.PresetV3Passwordless, "user-verification=required", "passkey", fact.UserVerification, "required passkey.user_verification"},
		{tenant.PresetGuide, "token=cookie", "guide", fact.TokenDelivery, "cookie session.enable_auth_token_header"},
		{tenant.PresetV3Passwordless, "session-lifespan=90m", "guide", fact.TokenLifetime, "1h30m session.lifespan"},
		{tenant.PresetV3Passwordless, "existence-hints=on", "refuse.existence", fact.Existence, "shown privacy.show_account_existence_hints"},
		{tenant.PresetV3Passwordless, "existence-hints=off", "refuse.existence", fact.Existence, "hidden privacy.show_account_existence_hints"},
		{tenant.PresetV3Passwordless, "", "reach", fact.Existence, "not observed: refuse.existence was not run privacy.show_account_existence_hints"},
	} {
		t.Run(string(test.preset)+" "+test.switches+" "+string(test.name), func(t *testing.T) {
			t.Parallel()
			b := tenantWith(t, test.preset, test.switches)
			b.options.Only = []string{test.only}
			judged := judge(t.Context(), t, b.options)
			if got := factOf(judged, test.name); got != test.want {
				t.Errorf("%s is %q, not %q", test.name, got, test.want)
			}
			if len(judged.Facts) != len(fact.Catalogue()) {
				t.Errorf("%d facts are listed, of %d", len(judged.Facts), len(fact.Catalogue()))
			}
		})
	}
}

// expecting is a run that expects the facts in YAML.
func expecting(t *testing.T, b bench, yaml string) smoke.Report {
	t.Helper()
	expected, err := fact.ParseExpectations([]byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	b.options.Expect, b.options.Address = expected, smoke.PlusAddresses("bob@example.com")
	b.options.Client = newClient(t, b.options.Client.BaseURL(), b.transport) // whose log is empty
	return judge(t.Context(), t, b.options)
}

// TestExpectationsOfPresets: what a run has observed is what the next two find, on each kind of tenant.
func TestExpectationsOfPresets(t *testing.T) {
	for _, preset := range tenant.Presets() {
		t.Run(string(preset), func(t *testing.T) {
			t.Parallel()
			b := tenantWith(t, preset, "passcodes-per-minute=off")
			b.options.Only = []string{"guide", "passkey", "refuse.existence", "thirdparty.offered"}
			first := judge(t.Context(), t, b.options)
			written, err := fact.WriteExpectations(first.Facts, "")
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				judged := expecting(t, b, string(written))
				if judged.ExitCode() != smoke.ExitPassed || len(judged.Results) != len(first.Results)+len(fact.Catalogue()) {
					t.Errorf("exit code %d, %d results:\n%s\n%s", judged.ExitCode(), len(judged.Results), written, text(t, judged))
				}
			}
		})
	}
}

func TestExpectations(t *testing.T) {
	for _, test := range []struct {
		name, switches, expect string
		only                   string
		noMailbox              bool
		code                   int
		first                  string // the first line of the report begins so; "" for one without a headline
	}{
		{"met", "", "signup.asks: [email, passcode, passkey (skippable)], guide.alone: true", "guide", false, 0, ""},
		{"a bound", "session-lifespan=30m", `token.lifetime: ">= 1h"`, "guide", false, 1, "✗ session.lifespan: "},
		{"a password", "password=required", "signup.asks: [email, passcode, passkey (skippable)]", "guide", false, 1, "✗ password.optional, or "},
		{"more than the guide", "username=required", "guide.alone: true", "guide", false, 1, "✗ username.optional: "},
		{"a second factor", "mfa=required", "guide.alone: true", "guide", false, 1, "✗ mfa.optional: "},
		{"not observed, as passkeys are off", "passkey=off", "passkey.attestation: direct", "passkey.register.iphone", false, 1, "✗ passkey.enabled"},
		{"not run", "", "account.existence: hidden", "guide", false, 1, "✗ privacy.show_account_existence_hints: "},
		{"no mail", "", "token.lifetime: 12h", "guide", true, 4, "? guide.signup: there is no mailbox"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := tenantWith(t, tenant.PresetV3Passwordless, test.switches)
			b.options.Only = []string{test.only}
			if test.noMailbox {
				b.options.Box = mailbox.Box(nil)
			}
			judged := expecting(t, b, "expect: {"+test.expect+"}")
			told := text(t, judged)
			first, _, _ := strings.Cut(told, "\n")
			if judged.ExitCode() != test.code || !strings.HasPrefix(first, test.first) {
				t.Errorf("exit code %d, want %d:\n%s", judged.ExitCode(), test.code, told)
			}
		})
	}
}

// TestExpectationsWithoutTenant: what nobody could look at is not wrong.
func TestExpectationsWithoutTenant(t *testing.T) {
	b := tenantWith(t, tenant.PresetV3, "")
	b.transport = noNetwork{}
	judged := expecting(t, b, "expect: {token.lifetime: 12h, api: flow}")
	if judged.ExitCode() != smoke.ExitUnreachable {
		t.Errorf("exit code %d", judged.ExitCode())
	}
	for _, r := range judged.Results {
		if r.Suite == smoke.Expect && r.Verdict != smoke.Skipped {
			t.Errorf("%s is %s", r.ID, r.Verdict)
		}
	}
}
