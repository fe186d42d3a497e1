package hankoconfig_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"example.com/hankosim/hanko/hankoconfig"
)

func TestYAML(t *testing.T) {
	got := hankoconfig.YAML([]hankoconfig.Setting{
		{Key: "mfa.enabled", Value: false},
		{Key: "webauthn.relying_party.id", Value: "example.com", Comment: "your app's domain"},
		{Key: "webauthn.relying_party.origins", Value: []string{"https://example.com"}, Comment: "besides those that are there"},
		{Key: "mfa.optional", Value: true},
		{Key: "session.limit", Value: 5},
		{Key: "session.lifespan", Value: "12h"},
	})
	want := `mfa:
  enabled: false
  optional: true
webauthn:
  relying_party:
    id: example.com # your app's domain
    origins: # besides those that are there
      - https://example.com
session:
  limit: 5
  lifespan: 12h
`
	if got != want {
		t.Errorf("the YAML is\n%s, not\n%s", got, want)
	}
	if hankoconfig.YAML(nil) != "" {
		t.Error("there is YAML without settings")
	}
}

func TestFind(t *testing.T) {
	content, err := os.ReadFile("testdata/config-3.0.4.yaml") // as the release ships it
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := hankoconfig.Parse("config.yaml", content)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"mfa.enabled":                      "  enabled: true",
		"passkey.attestation_preference":   "  attestation_preference: direct",
		"mfa.security_keys.enabled":        "    enabled: true",
		"webauthn.relying_party.origins":   "    origins:",
		"session.enable_auth_token_header": "  enable_auth_token_header: false",
	} {
		place := shipped.Find(key)
		if place.At != key || place.Line == 0 || strings.Split(string(content), "\n")[place.Line-1] != want {
			t.Errorf("%s is at %+v, not at %q", key, place, want)
		}
	}
	for key, want := range map[string]string{
		"session.audience": "session", "email.passcode_charset": "email", "webauthn.relying_party.icon": "webauthn.relying_party",
		"privacy.show_account_existence_hints": "", "session.lifespan.x": "session.lifespan",
	} {
		if place := shipped.Find(key); place.At != want || (place.Line == 0) != (want == "") {
			t.Errorf("%s is at %+v, not below %q", key, place, want)
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, test := range []struct{ content, key, want string }{
		{"mfa:\n  enabled: true\n", "mfa.enabled", "c.yaml:2: mfa.enabled"},
		{"mfa: {enabled: true}", "mfa.enabled", "c.yaml:1: mfa.enabled"},
		{"\n# comment\nmfa: {}\n", "mfa.enabled", "c.yaml:3: add mfa.enabled below mfa"},
		{"mfa:\n", "mfa.enabled", "c.yaml:1: add mfa.enabled below mfa"},
		{"", "mfa.enabled", "c.yaml: add mfa.enabled at the top level"},
		{"email: {}", "mfa.enabled", "c.yaml: add mfa.enabled at the top level"},
		{"base: &b\n  enabled: true\nmfa: *b\n", "mfa.enabled", "c.yaml:2: mfa.enabled"},
		{"base: &b\n  enabled: true\nmfa:\n  <<: *b\n", "mfa.enabled", "c.yaml:2: mfa.enabled"},
		{"base: &b\n  enabled: true\nmfa:\n  <<: [*b]\n  enabled: false\n", "mfa.enabled", "c.yaml:5: mfa.enabled"},
		{"mfa: &m\n  <<: *m\n", "mfa.enabled", "c.yaml:1: add mfa.enabled below mfa"},
	} {
		file, err := hankoconfig.Parse("c.yaml", []byte(test.content))
		if err != nil {
			t.Errorf("%q: %v", test.content, err)
			continue
		}
		if got := file.Find(test.key).String(); got != test.want {
			t.Errorf("%q: %s is %q, not %q", test.content, test.key, got, test.want)
		}
	}
	for content, want := range map[string]string{"- a": "must have keys", "text": "must have keys", "a: [": "cannot be read", "a: *hunter2": "cannot be read"} {
		if _, err := hankoconfig.Parse("c.yaml", []byte(content)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", content, err)
		}
	}
}

// TestLines shows the number of each line in the file, and which lines are to be added.
func TestLines(t *testing.T) {
	settings := []hankoconfig.Setting{
		{Key: "mfa.optional", Value: true},
		{Key: "webauthn.relying_party.origins", Value: []string{"https://example.com"}, Comment: "besides those that are there"},
		{Key: "session.limit", Value: 5},
	}
	for _, test := range []struct{ content, want string }{
		{"# ours\nmfa:\n  enabled: true\n  optional: false\nwebauthn:\n  relying_party: {}\n", `
2 mfa:
4   optional: true
5 webauthn:
6   relying_party:
+     origins: # besides those that are there
        - https://example.com
+ session:
+   limit: 5`},
		{"session: {limit: 1}\nwebauthn:\n  relying_party:\n    origins: []\n", `
+ mfa:
+   optional: true
2 webauthn:
3   relying_party:
4     origins: # besides those that are there
        - https://example.com
1 session:
1   limit: 5`},
	} {
		file, err := hankoconfig.Parse("c.yaml", []byte(test.content))
		if err != nil {
			t.Fatal(err)
		}
		var places []hankoconfig.Place
		for _, setting := range settings {
			places = append(places, file.Find(setting.Key))
		}
		places = append(places, file.Find("session.lifespan"), file.Find("mfa.enabled")) // of keys with nothing to write
		var got string
		for _, line := range hankoconfig.Lines(settings, places) {
			mark := " "
			switch {
			case line.New:
				mark = "+"
			case line.Number > 0:
				mark = strconv.Itoa(line.Number)
			}
			got += "\n" + mark + " " + line.Text
		}
		if got != test.want {
			t.Errorf("the lines are%s\nnot%s", got, test.want)
		}
	}
	if lines := hankoconfig.Lines(settings[:1], nil); len(lines) != 2 || lines[0] != (hankoconfig.Line{Text: "mfa:"}) {
		t.Errorf("without a file, the lines are %+v", lines)
	}
	if lines := hankoconfig.Lines(nil, nil); lines != nil {
		t.Errorf("without settings, the lines are %+v", lines)
	}
}

func FuzzFind(f *testing.F) {
	f.Add([]byte("mfa:\n  enabled: true\n"), "mfa.enabled")
	f.Add([]byte("a: &a\n  <<: *a\nb: [x, {c: d}]\n"), "a.b.c")
	f.Fuzz(func(t *testing.T, content []byte, key string) {
		file, err := hankoconfig.Parse("config.yaml", content)
		if err != nil {
			return
		}
		place := file.Find(key)
		if place.Line < 0 || place.Line > strings.Count(string(content), "\n")+strings.Count(string(content), "\r")+1 || (place.At == "") != (place.Line == 0) {
			t.Errorf("%q is at %+v", key, place)
		}
	})
}
