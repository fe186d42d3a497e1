package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/hankosim/authenticator"
)

// The certificates of an app: Google Play's, the developer's, and a third one.
const (
	playHash = "FG3pg8VzBlDY7rmVLzT8ZBagg0LmHb6oigSWsj_PROU"
	ownHash  = "vm4Db54TO1kXa9LAwrGc4p6xxC26LDdBBt8AR6LoDfI"
	betaHash = "a49K2WnlZ5BfRJ0MbcJWPbk3lp-lohUlC_NNA5KV9jg"
)

// certificatesOf returns the certificates of the app, and those of the phones with their labels.
func certificatesOf(config Config) (apps, phones []string) {
	for _, app := range config.Apps {
		apps = append(apps, app.APKKeyHash)
	}
	for _, phone := range config.Phones {
		if phone.Platform == authenticator.AndroidOS {
			phones = append(phones, phone.Label+" "+phone.App.APKKeyHash)
		}
	}
	return apps, phones
}

// TestConfigCertificates sets one certificate or a list, for the app, a tenant and a phone: the phone's come before the
// tenant's, and the tenant's before the app's.
func TestConfigCertificates(t *testing.T) {
	const (
		both   = "android: {package_name: com.example.app, apk_key_hash: [" + playHash + ", " + ownHash + "]}\n"
		tenant = "tenants: {staging: {url: http://localhost:1, android: {apk_key_hash: [" + betaHash + ", " + playHash + "]}}, plain: {url: http://localhost:2}}\n"
		phones = "phones:\n - {name: Ada, profile: android}\n - {name: Bob, profile: android-old, apk_key_hash: [" + betaHash + ", " + ownHash + "]}\n - {name: Cy}\n"
	)
	fingerprint := "14:6D:E9:83:C5:73:06:50:D8:EE:B9:95:2F:34:FC:64:16:A0:83:42:E6:1D:BE:A8:8A:04:96:B2:3F:CF:44:E5"
	for name, test := range map[string]struct {
		file, environment string
		args              []string
		apps, phones      []string
	}{
		"the field's case":   {file: both, apps: []string{playHash, ownHash}},
		"one in a list":      {file: "android: {apk_key_hash: [" + ownHash + "]}", apps: []string{ownHash}},
		"one twice":          {file: "android: {apk_key_hash: [" + playHash + ", \"" + fingerprint + "\"]}", apps: []string{playHash}},
		"one with spaces":    {file: "android: {apk_key_hash: \"" + strings.ReplaceAll(fingerprint, ":", " ") + "\"}", apps: []string{playHash}},
		"by the environment": {environment: playHash + " " + ownHash, apps: []string{playHash, ownHash}},
		"with commas":        {environment: playHash + ", " + ownHash, apps: []string{playHash, ownHash}},
		"one with spaces by the environment": {
			environment: "SHA256: " + fingerprint, apps: []string{playHash},
		},
		"the environment beats the file": {file: both, environment: betaHash, apps: []string{betaHash}},
		"an Android phone": {
			file: both, args: []string{"--device", "android"}, apps: []string{playHash, ownHash},
			phones: []string{"Android phone " + playHash, "Android phone, certificate 2 " + ownHash},
		},
		"a tenant's": {file: both + tenant, args: []string{"--tenant", "staging"}, apps: []string{betaHash, playHash}},
		"a tenant's of an Android phone": {
			file: both + tenant, args: []string{"--tenant", "staging", "--device", "android"}, apps: []string{betaHash, playHash},
			phones: []string{"Android phone " + betaHash, "Android phone, certificate 2 " + playHash},
		},
		"a tenant without":                   {file: both + tenant, args: []string{"--tenant", "plain"}, apps: []string{playHash, ownHash}},
		"the environment beats the tenant's": {file: both + tenant, environment: ownHash, args: []string{"--tenant", "staging"}, apps: []string{ownHash}},
		"phones": {
			file: both + phones, apps: []string{playHash, ownHash},
			phones: []string{"Ada " + playHash, "Ada, certificate 2 " + ownHash, "Bob " + betaHash, "Bob, certificate 2 " + ownHash},
		},
		"a phone's, when it is played": {
			file: both + phones, args: []string{"--device", "Bob"}, apps: []string{betaHash, ownHash},
			phones: []string{"Bob " + betaHash, "Bob, certificate 2 " + ownHash, "Ada " + playHash, "Ada, certificate 2 " + ownHash},
		},
	} {
		t.Run(name, func(t *testing.T) {
			emptyHome(t)
			write(t, "hankosim.yaml", test.file)
			if test.environment != "" {
				t.Setenv("HANKOSIM_ANDROID_APK_KEY_HASH", test.environment)
			}
			config, err := load(t, "", test.args...)
			if err != nil {
				t.Fatal(err)
			}
			apps, phones := certificatesOf(config)
			if diff := cmp.Diff(test.apps, apps); diff != "" {
				t.Errorf("the app's (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(test.phones, phones); diff != "" {
				t.Errorf("the phones' (-want +got)\n%s", diff)
			}
		})
	}
}

func TestConfigCertificateMistakes(t *testing.T) {
	const sha1 = "DB:73:2E:1A:9B:66:1D:CD:D5:AD:A5:62:0F:A1:B9:34:0F:7E:A8:5F"
	for file, want := range map[string]string{
		"android: {apk_key_hash: []}":                                                                        "android.apk_key_hash is an empty list",
		"android: {apk_key_hash: [" + ownHash + ", 12]}":                                                     "android.apk_key_hash has the number 12, which is not text",
		"android: {apk_key_hash: [" + ownHash + ", [a]]}":                                                    "android.apk_key_hash has a list, which is not text",
		"android: {apk_key_hash: [" + ownHash + ", abc]}":                                                    "android.apk_key_hash is \"abc\", which is not the SHA-256 of a signing certificate",
		"android: {apk_key_hash: \"" + sha1 + "\"}":                                                          "which is the SHA-1 of a signing certificate, and not the SHA-256",
		"android: {apk_key_hash: \"Signer #1 public key SHA-256 digest: " + strings.Repeat("ab", 32) + "\"}": "which is the SHA-256 of a public key",
		"tenants: {a: {url: http://localhost:1, android: {apk_key_hash: [abc]}}}":                            "tenants.a.android.apk_key_hash is \"abc\"",
		"tenants: {a: {url: http://localhost:1, android: {package_name: a.b}}}":                              "tenants.a.android.package_name is not a key of a tenant",
		"phones: [{name: a, profile: android, apk_key_hash: [abc]}]":                                         "phones[1].apk_key_hash is \"abc\"",
		"phones: [{name: a, apk_key_hash: " + ownHash + "}]":                                                 "phones[1].apk_key_hash is for the app of an Android phone. Add `profile: android`",
	} {
		t.Run(file, func(t *testing.T) {
			emptyHome(t)
			write(t, "hankosim.yaml", file)
			_, err := load(t, "")
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("the error should say %q, and says: %v", want, err)
			}
			if strings.Count(err.Error(), "\n") != 1 {
				t.Errorf("it is reported more than once: %v", err)
			}
		})
	}
}
