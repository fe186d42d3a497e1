package config

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/hankosim/authenticator"
)

const phonesYAML = `
phones:
  - {name: Ada's iPhone, account: ada}
  - {name: Ada's Pixel, profile: android, account: ada}
  - name: Odd
    profile: security-key
    aaguid: 01020304-0506-0708-090a-0b0c0d0e0f10
    algorithms: [EdDSA, ES256]
    attestation: packed
    counts: false
    page_origin: https://odd.example
    transports: [nfc]
`

// TestConfigPhones checks which phone is in use, and in which order the others follow.
func TestConfigPhones(t *testing.T) {
	tests := []struct {
		name, file string
		args       []string
		device     string
		labels     []string
	}{
		{"none configured", "", nil, "iphone", []string{"iPhone"}},
		{"a profile", "", []string{"--device", "android-old"}, "android-old", []string{"older Android phone"}},
		{"a profile, capitalised", "", []string{"--device", "Android"}, "android", []string{"Android phone"}},
		{"nobody says which", phonesYAML, nil, "Ada's iPhone", []string{"Ada's iPhone", "Ada's Pixel", "Odd"}},
		{"by name", phonesYAML, []string{"--device", "ada's pixel"}, "Ada's Pixel", []string{"Ada's Pixel", "Odd", "Ada's iPhone"}},
		{"in the file", phonesYAML + "device: Odd\n", nil, "Odd", []string{"Odd", "Ada's iPhone", "Ada's Pixel"}},
		{"a profile before them", phonesYAML, []string{"--device", "iphone"}, "iphone", []string{"iPhone", "Ada's iPhone", "Ada's Pixel", "Odd"}},
		{"the tenant's", phonesYAML + "tenants: {one: {url: \"http://localhost:1\", device: iphone}}\ntenant: one\n", nil, "iphone", []string{"iPhone", "Ada's iPhone", "Ada's Pixel", "Odd"}},
		{"a security key", "page_origin: https://login.example.com\ndevice: security-key\n", nil, "security-key", []string{"USB security key"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			folder := emptyHome(t)
			write(t, filepath.Join(folder, "hankosim.yaml"), test.file)
			config, err := load(t, "", test.args...)
			if err != nil {
				t.Fatal(err)
			}
			var labels []string
			for _, phone := range config.Phones {
				labels = append(labels, phone.Label)
			}
			if config.Device != test.device || !cmp.Equal(labels, test.labels) {
				t.Errorf("%q is in use, of %q; want %q of %q", config.Device, labels, test.device, test.labels)
			}
		})
	}
}

// TestConfigPhoneProfiles checks the profiles of configured phones: those that they name, with their changes.
func TestConfigPhoneProfiles(t *testing.T) {
	folder := emptyHome(t)
	write(t, filepath.Join(folder, "hankosim.yaml"), "ios: {app_id: TEAM.app}\nattestation_ca: ca.pem\n"+phonesYAML)
	config, err := load(t, "")
	if err != nil {
		t.Fatal(err)
	}
	iphone := authenticator.IPhone().Owned("Ada's iPhone", "ada")
	iphone.AppleAppID = "TEAM.app"
	pixel := authenticator.Android(config.Apps[0]).Owned("Ada's Pixel", "ada")
	pixel.AppleAppID = "TEAM.app"
	odd := authenticator.SecurityKey("https://odd.example").Owned("Odd", "")
	odd.AppleAppID = "TEAM.app"
	odd.AAGUID = authenticator.AAGUID{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	odd.Algorithms = []authenticator.Algorithm{authenticator.EdDSA, authenticator.ES256}
	odd.Attestation, odd.Counts, odd.Transports = authenticator.PackedAttestation, false, []string{"nfc"}
	if diff := cmp.Diff([]authenticator.Profile{iphone, pixel, odd}, config.Phones); diff != "" {
		t.Error(diff)
	}
}

// TestConfigPhoneMistakes makes mistakes in phones: all are reported at once, with their place.
func TestConfigPhoneMistakes(t *testing.T) {
	folder := emptyHome(t)
	write(t, filepath.Join(folder, "hankosim.yaml"), `
page_origin: ftp://example.com
strict: sometimes
phones:
  - {name: Ada, colour: red, aaguid: 12, account: 7}
  - {name: iPhone, profile: nokia, synced: "yes"}
  - {name: ada, algorithms: [ES256, XX], transports: [1]}
  - {profile: iphone}
  - {name: bad, attachment: pocket, algorithms: [], attestation: maybe, credential_ids: long}
  - 5
tenants:
  one: {url: "http://localhost:1", device: nowhere}
`)
	_, err := load(t, "")
	keys := "name, profile, account, apk_key_hash, aaguid, algorithms, attachment, attestation, counts, credential_ids, discoverable_if_asked, large_blob, page_origin, prf, synced, transports"
	profiles := "iphone, android, iphone-old, android-old, android-no-lock, iphone-browser, android-browser"
	want := `the configuration cannot be used:
  hankosim.yaml: strict is the text "sometimes", not true or false. Write true or false without quotes
  hankosim.yaml: page_origin cannot be used: "ftp://example.com" is not a secure origin: passkeys need https, or http on localhost. It looks like https://login.example.com
  hankosim.yaml: tenants.one.device is "nowhere", not ` + profiles + `, security-key, Ada, iPhone, ada or bad. You can add phones under ` + "`phones`" + `, see config.example.yaml
  hankosim.yaml: phones[1].colour is not a key of a phone. A phone has ` + keys + `
  hankosim.yaml: phones[1].account is 7, not text. Put it in quotes
  hankosim.yaml: phones[1].aaguid is 12, not text; put it in quotes
  hankosim.yaml: phones[2].name is "iPhone", which is also the name of a profile or another phone. Give each phone a different name
  hankosim.yaml: phones[2].profile is "nokia", not ` + profiles + ` or security-key
  hankosim.yaml: phones[2].synced is yes, not true or false
  hankosim.yaml: phones[3].name is "ada", which is also the name of a profile or another phone. Give each phone a different name
  hankosim.yaml: phones[3].algorithms cannot be used: "XX" is not one of the algorithms [ES256 ES384 ES512 EdDSA RS256]
  hankosim.yaml: phones[3].transports has 1, which is not text
  hankosim.yaml: phones[4].name is missing. Add the name to use with --device, such as name: Ada's iPhone
  hankosim.yaml: phones[5] is not a working authenticator: a profile needs at least one algorithm
  hankosim.yaml: phones[5] is not a working authenticator: credential IDs "long" are not supported
  hankosim.yaml: phones[5] is not a working authenticator: attestation "maybe" is not supported
  hankosim.yaml: phones[5] is not a working authenticator: attachment "pocket" is neither platform nor cross-platform
  hankosim.yaml: phones[6] is not a phone. Write ` + "`- {name: Ada's iPhone, profile: iphone}`"
	if err == nil {
		t.Fatal("there is no error")
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(err.Error(), "\n")); diff != "" {
		t.Error(diff)
	}
	for name, test := range map[string]struct{ file, want string }{
		"no list":               {"phones: {ada: {profile: iphone}}", "hankosim.yaml: phones must be a list"},
		"a browser's page":      {"device: iphone-browser", "hankosim.yaml: device is iphone-browser, which is used from a web page, but page_origin is empty. Write the page's origin"},
		"a tenant's page":       {"tenants: {one: {url: \"http://localhost:1\", device: security-key}}\ntenant: one", "hankosim.yaml: tenants.one.device is security-key, which is used from a web page"},
		"a phone's page":        {"phones: [{name: key, profile: security-key}]", "hankosim.yaml: phones[1].page_origin is missing"},
		"a bad page of a phone": {"phones: [{name: key, profile: security-key, page_origin: \"http://example.com\"}]", "hankosim.yaml: phones[1] is not a working authenticator: \"http://example.com\" is not a secure origin"},
	} {
		t.Run(name, func(t *testing.T) {
			write(t, filepath.Join(folder, "hankosim.yaml"), test.file)
			if _, err := load(t, ""); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error should say %q, and says: %v", test.want, err)
			}
		})
	}
}

// TestExamplePhones uncomments the phones in config.example.yaml: they can be used, and show every key.
func TestExamplePhones(t *testing.T) {
	content, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	_, comment, found := strings.Cut(string(content), "\nphones: []\n")
	if !found {
		t.Fatal("config.example.yaml has no phones")
	}
	comment, _, _ = strings.Cut(comment, "\n\n")
	file := "phones:\n" + regexp.MustCompile(`(?m)^#`).ReplaceAllString(comment, "")
	folder := emptyHome(t)
	write(t, filepath.Join(folder, "hankosim.yaml"), file)
	config, err := load(t, "")
	if err != nil {
		t.Fatal(err)
	}
	if len(config.Phones) != 4 || config.Phones[0].Keychain != config.Phones[1].Keychain {
		t.Errorf("the example should have four phones, two of them of one account and maker: %+v", config.Phones)
	}
	for _, key := range phoneKeys() {
		if !strings.Contains(file, " "+key+": ") {
			t.Errorf("config.example.yaml does not show the key %q of a phone", key)
		}
	}
}
