package export_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/export"
	"example.com/hankosim/hanko/tenant"
)

var bothLanguages = []export.Language{export.Swift, export.Kotlin}

// appOf is a walk as an app's files, by their names.
func appOf(t *testing.T, language export.Language, walk []hanko.Exchange) map[string]string {
	t.Helper()
	files, err := export.App(language, walk)
	if err != nil {
		t.Fatal(err)
	}
	app := map[string]string{}
	for _, file := range files {
		app[file.Name] = file.Text
	}
	return app
}

// thirdPartyWalk is a sign-in with a third party at a tenant, over an API.
func thirdPartyWalk(api hanko.API) []hanko.Exchange {
	call := func(path, body string) hanko.Exchange {
		return hanko.Exchange{Method: "POST", URL: "https://tenant.example.com" + path, Path: path, RequestBody: []byte(body), Status: 200}
	}
	browser := func(address string, status int) hanko.Exchange {
		return hanko.Exchange{Browser: true, Method: "GET", URL: address, Path: strings.TrimPrefix(address, "https://tenant.example.com"), Status: status}
	}
	back := browser("http://127.0.0.1:41234/callback?hanko_token=7v5ORlfoVVAboYMvbvBGk3zJBMHHMGKb_ttaq5uLviQ%3D", 200)
	if api == hanko.REST {
		return []hanko.Exchange{
			browser("https://tenant.example.com/thirdparty/auth?provider=google&redirect_to=http%3A%2F%2F127.0.0.1%3A41234%2Fcallback", 0),
			back, call("/token", `{"value":"7v5ORlfoVVAboYMvbvBGk3zJBMHHMGKb_ttaq5uLviQ="}`),
		}
	}
	return []hanko.Exchange{
		call("/login", "{}"),
		call("/login?action=thirdparty_oauth%40f1", `{"input_data":{"provider":"google","redirect_to":"http://127.0.0.1:41234/callback","code_verifier":"RQ6UFVWAB3ADWUKDKCCWGOKMTQ5OK3BI"}}`),
		browser("https://accounts.example.com/authorize?client_id=a", 0), back,
		call("/login?action=exchange_token%40f1", `{"input_data":{"token":"7v5ORlfoVVAboYMvbvBGk3zJBMHHMGKb_ttaq5uLviQ=","code_verifier":"RQ6UFVWAB3ADWUKDKCCWGOKMTQ5OK3BI"}}`),
		call("/profile", "{}"), call("/profile?action=connect_thirdparty_oauth_provider%40f2", `{"input_data":{"provider":"apple"}}`),
		call("/profile?action=disconnect_thirdparty_oauth_provider%40f2", `{"input_data":{"identity_id":"1"}}`),
	}
}

// TestApps compares the apps of two recorded walks with what was compiled, and those of sign-ins with a third party with what
// was read beside the documentation of the platforms.
func TestApps(t *testing.T) {
	for name, walk := range map[string][]hanko.Exchange{
		"rest": restWalk(t), "flow": flowWalk(t), "thirdparty-rest": thirdPartyWalk(hanko.REST), "thirdparty-flow": thirdPartyWalk(hanko.FlowAPI),
	} {
		for _, language := range bothLanguages {
			for file, text := range appOf(t, language, walk) {
				golden(t, filepath.Join("app", name, file), text)
			}
		}
	}
}

// walks are many ways through logins: recorded ones whole and in single calls, and one against each preset.
func walks(t *testing.T) map[string][]hanko.Exchange {
	t.Helper()
	all := map[string][]hanko.Exchange{
		"nothing": nil,
		"account": {{Method: "DELETE", Path: "/user", URL: "http://127.0.0.1:8000/user"}},
	}
	for _, name := range []string{"rest-2.7.0", "flow-3.0.4-default", "flow-3.0.4-passwordless", "flow-3.0.4-totp", "flow-3.0.4-bad-attestation"} {
		recorded := record(t, name).exchanges
		all[name] = recorded
		for i := range recorded {
			all[recorded[i].Method+" "+recorded[i].Path] = recorded[i : i+1]
		}
	}
	for _, api := range []hanko.API{hanko.REST, hanko.FlowAPI} {
		walk := thirdPartyWalk(api)
		all["third party over "+string(api)] = walk
		for i := range walk {
			all[fmt.Sprint("third party over ", api, ", ", i)] = walk[i : i+1]
		}
	}
	all["third party over both"] = append(thirdPartyWalk(hanko.REST), thirdPartyWalk(hanko.FlowAPI)...)
	all["third party with passkeys"] = slices.Concat(thirdPartyWalk(hanko.REST), thirdPartyWalk(hanko.FlowAPI), all["rest-2.7.0"], all["flow-3.0.4-default"])
	all["third party without a verifier"] = newStage(t, tenant.PresetV2MFA, "third-parties=custom_example", "third-party-verifier=off").thirdPartyWalk()
	for _, preset := range tenant.Presets() {
		all[string(preset)] = newStage(t, preset).walk("ada@example.com", "")
	}
	return all
}

// TestAppsOfManyWalks holds what is written of a walk to more than what it looks like.
func TestAppsOfManyWalks(t *testing.T) {
	all := walks(t)
	t.Run("tidy", func(t *testing.T) { appsAreTidy(t, all) })
	t.Run("steps", func(t *testing.T) { stepsArePartsOfTheApp(t, all) })
	t.Run("calls", func(t *testing.T) { callsHaveCode(t, all) })
}

// appsAreTidy holds every app to what a reviewer looks at first: no declaration stands twice, nothing is printed, no
// line is longer than 120 columns, and nothing of the run is in it but the tenant's address.
func appsAreTidy(t *testing.T, all map[string][]hanko.Exchange) {
	t.Helper()
	declares := regexp.MustCompile(`^(?:@\w+ )?(?:public |private |internal |fileprivate |final |sealed |data )*(?:func|fun|let|val|class|struct|enum|actor|object|interface) (\w+)`)
	prints := regexp.MustCompile(`\b(print|println|NSLog|Log\.\w|dump)\(`)
	address := regexp.MustCompile(`"https?://.*"`)
	ofTheRun := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}|ada|eyJ|@example\.com`)
	for name, walk := range all {
		for _, language := range bothLanguages {
			declared := map[string]string{}
			for file, text := range appOf(t, language, walk) {
				if strings.Contains(text, "\n\n\n") || !strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\n\n") || strings.HasPrefix(text, "\n") {
					t.Errorf("%s, %s: blank lines are too many or missing", name, file)
				}
				if found := prints.FindString(text) + ofTheRun.FindString(address.ReplaceAllString(text, "")); found != "" {
					t.Errorf("%s, %s: it has %s", name, file, found)
				}
				for line := range strings.SplitSeq(text, "\n") {
					if len(line) > 120 || strings.TrimRight(line, " ") != line || strings.Contains(line, "<no value>") {
						t.Errorf("%s, %s: a line is too long, or has blanks at its end: %s", name, file, line)
					}
					if match := declares.FindStringSubmatch(line); match != nil {
						if other := declared[match[1]]; other != "" {
							t.Errorf("%s: %s is declared in %s and in %s", name, match[1], other, file)
						}
						declared[match[1]] = file
					}
				}
			}
			if len(declared) < 3 {
				t.Fatalf("%s, %s: only %d declarations were found", name, language, len(declared))
			}
		}
	}
}

// stepsArePartsOfTheApp holds that what is shown of a step is in the app's files, and each line of it once.
func stepsArePartsOfTheApp(t *testing.T, all map[string][]hanko.Exchange) {
	t.Helper()
	for name, walk := range all {
		for _, language := range bothLanguages {
			app := appOf(t, language, walk)
			shown, in := map[string]bool{}, ""
			for piece := range strings.SplitSeq(strings.TrimSpace(export.Step(language, walk)), "\n\n") {
				if file, ok := strings.CutPrefix(piece, "// In "); ok {
					in = file
					continue
				}
				if strings.HasPrefix(piece, "// ") || piece == "" {
					continue
				}
				if shown[in+piece] {
					t.Errorf("%s: this is shown twice:\n%s", name, piece)
				}
				shown[in+piece] = true
				for line := range strings.SplitSeq(piece, "\n") {
					if !strings.Contains(app[in], line) {
						t.Errorf("%s: %s does not have the line %q", name, in, line)
					}
				}
			}
		}
	}
}

// callsHaveCode holds that each call that an app makes on its way has a part in both languages.
func callsHaveCode(t *testing.T, all map[string][]hanko.Exchange) {
	t.Helper()
	without := regexp.MustCompile(`(?m)^// (\S+ ?\S*): there is no code`)
	known := map[string]bool{
		"GET /users/{id}": true, // GET /me tells the same
		// hankosim shows these as forms of the account page.
		"otp_secret_delete": true, "password_update": true, "password_create": true, "password_delete": true, "session_delete": true,
		"security_key_create": true, "security_key_delete": true, "patch_metadata": true, "continue_to_security_key_creation": true,
		"username_create": true, "username_update": true, "username_delete": true, "email_verify": true,
	}
	for name, walk := range all {
		for _, language := range bothLanguages {
			for _, match := range without.FindAllStringSubmatch(export.Step(language, walk), -1) {
				if !known[match[1]] {
					t.Errorf("%s, %s: %s has no code", name, language, match[1])
				}
			}
		}
	}
}

// TestHalfACeremony holds that each call of a ceremony, alone, shows the whole ceremony and its sheet.
func TestHalfACeremony(t *testing.T) {
	rest, flow := record(t, "rest-2.7.0"), record(t, "flow-3.0.4-passwordless")
	for _, test := range []struct {
		step  []hanko.Exchange
		wants []string
	}{
		{rest.steps(t, "passkey registered"), []string{`"/webauthn/registration/initialize"`, `"/webauthn/registration/finalize"`, "passkeys.create("}},
		{rest.steps(t, "passkey registration options"), []string{`"/webauthn/registration/initialize"`, `"/webauthn/registration/finalize"`, "passkeys.create("}},
		{rest.steps(t, "passkey login"), []string{`"/webauthn/login/initialize"`, `"/webauthn/login/finalize"`, "passkeys.get("}},
		{flow.steps(t, "passkey registered"), []string{"webauthn_generate_creation_options", "webauthn_credential_create", "webauthn_verify_attestation_response", "passkeys.create("}},
		{flow.steps(t, "passkey added"), []string{"webauthn_credential_create", "webauthn_verify_attestation_response", "passkeys.create("}},
		{flow.steps(t, "passkey login"), []string{"webauthn_generate_request_options", "webauthn_verify_assertion_response", "passkeys.get("}},
	} {
		for _, language := range bothLanguages {
			code := export.Step(language, test.step)
			for _, want := range test.wants {
				if !strings.Contains(code, want) {
					t.Errorf("%s %s has no %q:\n%s", test.step[0].Method, test.step[0].Path, want, code)
				}
			}
		}
	}
}

// TestThirdPartyInApp holds that each exchange of a sign-in with a third party, the browser's too, shows the way there and back;
// and that an app has the verifier where the tenant takes it.
func TestThirdPartyInApp(t *testing.T) {
	for _, api := range []hanko.API{hanko.REST, hanko.FlowAPI} {
		for _, e := range thirdPartyWalk(api) {
			if e.Path == "/login" || strings.HasPrefix(e.Path, "/profile") {
				continue
			}
			for _, language := range bothLanguages {
				if code := export.Step(language, []hanko.Exchange{e}); !strings.Contains(code, "hanko_token") && !strings.Contains(code, "withThirdParty(") {
					t.Errorf("%s: %s %s is\n%s", language, e.Method, e.Path, code)
				}
			}
		}
	}
	old := newStage(t, tenant.PresetV2MFA, "third-parties=custom_example", "third-party-verifier=off").thirdPartyWalk()
	for _, language := range bothLanguages {
		if code := export.Step(language, thirdPartyWalk(hanko.FlowAPI)); !strings.Contains(code, "code_verifier") || strings.Contains(code, "/thirdparty/auth") {
			t.Errorf("with a verifier:\n%s", code)
		}
		if code := export.Step(language, old); strings.Contains(code, "erifier") || !strings.Contains(code, `"/thirdparty/auth"`) || !strings.Contains(code, "exchange_token") {
			t.Errorf("without a verifier:\n%s", code)
		}
	}
}

// TestTenantInApp holds that an address is text and no code, and that a tenant on this computer comes with what the
// platforms want for plain http.
func TestTenantInApp(t *testing.T) {
	at := func(base string) []hanko.Exchange {
		return []hanko.Exchange{{Method: "POST", Path: "/user", URL: base + "/user"}}
	}
	for _, test := range []struct {
		base          string
		swift, kotlin []string
		not           string
	}{
		{"https://tenant.example.com/6f1d", []string{`static let tenant = "https://tenant.example.com/6f1d"`}, []string{`const val TENANT = "https://tenant.example.com/6f1d"`}, "plain http"},
		{"http://127.0.0.1:8000", []string{`"http://127.0.0.1:8000"`, "NSAllowsLocalNetworking"}, []string{`"http://10.0.2.2:8000"`, "adb reverse tcp:8000 tcp:8000", "cleartextTrafficPermitted"}, "give it https"},
		{"http://localhost", []string{`"http://localhost"`}, []string{`"http://10.0.2.2"`}, "give it https"},
		{"http://tenant.example.com", []string{"give it https"}, []string{"give it https"}, "10.0.2.2"},
		{"https://user:secret@tenant.example.com", []string{`"https://tenant.example.com"`}, []string{`"https://tenant.example.com"`}, "secret"},
		{"https://h/\"\\(evil)${evil}", []string{`"https://h/%22%5C`}, []string{`"https://h/%22%5C`}, "${evil}"},
	} {
		for language, wants := range map[export.Language][]string{export.Swift: test.swift, export.Kotlin: test.kotlin} {
			var client string
			for name, text := range appOf(t, language, at(test.base)) {
				if strings.HasPrefix(name, "HankoClient") {
					client = text
				}
			}
			for _, want := range wants {
				if !strings.Contains(client, want) {
					t.Errorf("%s: there is no %s in\n%s", test.base, want, client[:min(len(client), 2500)])
				}
			}
			if strings.Contains(client, test.not) {
				t.Errorf("%s, %s: there is %s", test.base, language, test.not)
			}
		}
	}
}
