package smoke

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/hankoconfig"
)

// TestEveryKeyHasYAML: for each of Hanko's keys that docs/misconfigurations.md has, the report shows what to write.
func TestEveryKeyHasYAML(t *testing.T) {
	page, err := os.ReadFile("../../docs/misconfigurations.md")
	if err != nil {
		t.Fatal(err)
	}
	client, err := hanko.NewClient("https://tenant.example.com", hanko.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := newRun(Options{Client: client}, func(Event) {})
	unset := []string{"session.server_side.enabled"} // what is right there depends on the release: the remedy says it
	checked := 0
	for _, row := range regexp.MustCompile("(?m)^\\|.*\\| `([a-z_]+\\.[a-z_.]+)` \\|$").FindAllStringSubmatch(string(page), -1) {
		key := row[1]
		if slices.ContainsFunc(Catalogue(), func(c Check) bool { return c.ID == key }) || slices.Contains(ownFiles, key) || slices.Contains(unset, key) {
			continue
		}
		checked++
		written := hankoconfig.YAML(r.located(Outcome{Verdict: Failed, Key: key}).Settings)
		file, err := hankoconfig.Parse("written", []byte(written))
		if err != nil || file.Find(key).At != key {
			t.Errorf("%s: what to write is\n%s", key, written)
		}
	}
	if checked < 20 {
		t.Errorf("only %d keys were found on the page", checked)
	}
}

// TestLocated: a failure has its YAML and its places; what is no key of Hanko's has neither.
func TestLocated(t *testing.T) {
	file, err := hankoconfig.Parse("config.yaml", []byte("mfa:\n  enabled: true\n"))
	if err != nil {
		t.Fatal(err)
	}
	client, _ := hanko.NewClient("https://tenant.example.com", hanko.Options{})
	r := newRun(Options{
		Client: client, HankoConfig: file,
		Apps: []authenticator.AndroidApp{{PackageName: "com.example.app", APKKeyHash: "gSnqIn4sSJUNXfgEIPwr-LUXfJwIGEnN-Rdh4gPHGdg"}},
	}, func(Event) {})
	r.rpID = "app.example.com"
	for _, test := range []struct {
		outcome Outcome
		yaml    string
		places  string
	}{
		{Outcome{Verdict: Failed, Key: "mfa.enabled", OtherKeys: []string{"email.enabled"}}, "mfa:\n  enabled: false\n", "config.yaml:2: mfa.enabled; config.yaml: add email.enabled at the top level"},
		{Outcome{Verdict: Failed, Key: "webauthn.relying_party.origins"}, "webauthn:\n  relying_party:\n    origins: # besides those that are there\n" +
			"      - https://app.example.com\n      - android:apk-key-hash:gSnqIn4sSJUNXfgEIPwr-LUXfJwIGEnN-Rdh4gPHGdg\n", "config.yaml: add webauthn.relying_party.origins at the top level"},
		{Outcome{Verdict: Inconclusive, Key: "mfa.enabled"}, "", "config.yaml:2: mfa.enabled"},
		{Outcome{Verdict: Failed, Key: KeyClock}, "", ""},
		{Outcome{Verdict: Failed}, "", ""},
		{Outcome{Verdict: Passed, Key: "mfa.enabled"}, "", ""},
	} {
		got := r.located(test.outcome)
		var places []string
		for _, place := range got.Places {
			places = append(places, place.String())
		}
		if yaml := hankoconfig.YAML(got.Settings); yaml != test.yaml || strings.Join(places, "; ") != test.places {
			t.Errorf("%+v: writes\n%s, at %s", test.outcome, yaml, places)
		}
	}
}
