package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/adrg/xdg"
	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant"
)

const examplePath = "../../config.example.yaml"

// exampleConfig is read before a test changes the folder.
var exampleConfig = func() string {
	content, err := os.ReadFile(examplePath)
	if err != nil {
		panic(err)
	}
	return string(content)
}()

// emptyHome changes the current folder and the XDG folders to new, empty ones, and returns the current one.
func emptyHome(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	t.Chdir(folder)
	t.Setenv("HOME", folder)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(folder, "config"))
	t.Setenv("XDG_DATA_HOME", filepath.Join(folder, "data"))
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	return folder
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// load loads the configuration with all flags.
func load(t testing.TB, file string, args ...string) (Config, error) {
	t.Helper()
	return Load(t.Context(), file, parsed(t, args...))
}

// parsed returns all flags, with the values from the arguments.
func parsed(t testing.TB, args ...string) *pflag.FlagSet {
	t.Helper()
	flags := pflag.NewFlagSet("hankosim", pflag.ContinueOnError)
	for _, setting := range settings() {
		if setting.flag != "" {
			AddFlag(flags, setting.key)
		}
	}
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return flags
}

// TestConfigSources sets each key in each source that it has: flags come before the environment, then the file, then the
// default.
func TestConfigSources(t *testing.T) {
	const otherHash = "Fsd6RMWvFWWmSWYRXbmvcGOCzGcLqQQ3bKFlXgX8i_8"
	rows := map[string]struct {
		inFile, inEnvironment, asFlag string
		of                            func(Config) string
	}{
		"url":       {"http://file:1", "http://environment:1", "http://flag:1", func(c Config) string { return c.URL }},
		"device":    {"android", "android", "iphone", func(c Config) string { return c.Device }},
		"email":     {"file@example.com", "environment@example.com", "flag@example.com", func(c Config) string { return c.Email }},
		"timeout":   {"1m0s", "2s", "", func(c Config) string { return c.Timeout.String() }},
		"keystore":  {"/file", "/environment", "", func(c Config) string { return c.Keystore }},
		"ephemeral": {"true", "false", "true", func(c Config) string { return fmt.Sprint(c.Ephemeral) }},
		"debug":     {"/file", "/environment", "/flag", func(c Config) string { return c.Debug }},
		"plain":     {"true", "false", "true", func(c Config) string { return fmt.Sprint(c.Plain) }},
		"theme":     {"light", "dark", "contrast", func(c Config) string { return c.Theme }},
		"motion": {"off", "on", "", func(c Config) string {
			if c.Motion {
				return "on"
			}
			return "off"
		}},
		"mouse": {"true", "false", "true", func(c Config) string { return fmt.Sprint(c.Mouse) }},
		"android.package_name": {"com.example.file", "com.example.environment", "", func(c Config) string {
			return c.Apps[0].PackageName
		}},
		"android.apk_key_hash": {otherHash, DemoKeyHash, "", func(c Config) string { return c.Apps[0].APKKeyHash }},
		"embedded.listen":      {"127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3", func(c Config) string { return c.Listen }},
		"embedded.data":        {"/file", "/environment", "", func(c Config) string { return c.Data }},
		"embedded.allow_host": {"file.example", "environment.example", "flag.example", func(c Config) string {
			if len(c.Hosts) == 0 {
				return "[]"
			}
			return strings.Join(c.Hosts, " ")
		}},
		"embedded.preset": {"v3", "v3-mfa", "v2-mfa", func(c Config) string { return c.Preset }},
		"page_origin":     {"https://file.example", "https://environment.example", "https://flag.example", func(c Config) string { return c.PageOrigin }},
		"strict":          {"true", "false", "true", func(c Config) string { return fmt.Sprint(c.Strict) }},
		"no_browser":      {"true", "false", "true", func(c Config) string { return fmt.Sprint(c.NoBrowser) }},
		"return_address":  {"http://127.0.0.1:1/a", "http://127.0.0.1:2/b", "http://127.0.0.1:3/c", func(c Config) string { return c.ReturnAddress }},
		"attestation_ca":  {"/file", "/environment", "", func(c Config) string { return c.AttestationCA }},
		"ios.app_id":      {"TEAM.file", "TEAM.environment", "", func(c Config) string { return c.AppleID }},
		"api": {"rest", "flow", "rest", func(c Config) string {
			if c.API == "" {
				return "auto"
			}
			return string(c.API)
		}},
	}
	for i, setting := range settings() {
		if setting.key == "tenant" {
			continue // TestConfigTenants
		}
		if setting.key == "embedded.set" {
			continue // TestConfigSwitches
		}
		t.Run(setting.key, func(t *testing.T) {
			row, ok := rows[setting.key]
			if !ok {
				t.Fatalf("the key %q has no row in this test", setting.key)
			}
			folder := emptyHome(t)
			setting := settings()[i] // the defaults depend on the home folder
			expect := func(source, wanted string, args ...string) {
				t.Helper()
				config, err := load(t, "", args...)
				if err != nil {
					t.Fatal(err)
				}
				if got := row.of(config); got != wanted {
					t.Errorf("with a value from the %s it is %q, not %q", source, got, wanted)
				}
			}
			expect("default", fmt.Sprint(setting.value))

			value := row.inFile
			if _, isBool := setting.value.(bool); !isBool {
				value = fmt.Sprintf("%q", value)
			}
			section, member, nested := strings.Cut(setting.key, ".")
			if nested {
				write(t, filepath.Join(folder, "hankosim.yaml"), fmt.Sprintf("%s:\n  %s: %s\n", section, member, value))
			} else {
				write(t, filepath.Join(folder, "hankosim.yaml"), fmt.Sprintf("%s: %s\n", setting.key, value))
			}
			expect("file", row.inFile)

			for _, variable := range variables(setting) {
				t.Setenv(variable, row.inEnvironment)
				expect("environment", row.inEnvironment)
				t.Setenv(variable, "")
				expect("file, with an empty variable", row.inFile)
			}
			t.Setenv(variables(setting)[0], row.inEnvironment)
			if setting.flag != "" {
				expect("flag", row.asFlag, "--"+setting.flag+"="+row.asFlag)
			}
		})
	}
}

// TestConfigSwitches checks the embedded tenant's settings: the preset's, with the token in a header, and then the switches.
func TestConfigSwitches(t *testing.T) {
	folder := emptyHome(t)
	config, err := load(t, "")
	if err != nil || !config.Settings.TokenInHeader {
		t.Errorf("by default the token is in a cookie, %v", err)
	}
	write(t, filepath.Join(folder, "hankosim.yaml"), "embedded:\n  preset: v3\n  set: [\"password=optional\", \"token=cookie\"]\n")
	config, err = load(t, "")
	if err != nil || config.Settings.TokenInHeader || config.Settings.Password != tenant.PasswordOptional || !config.Settings.DisableREST {
		t.Errorf("the file's switches give %+v, %v", config.Settings, err)
	}
	config, err = load(t, "", "--set", "password=off")
	if err != nil || !config.Settings.TokenInHeader || config.Settings.Password != tenant.PasswordOff {
		t.Errorf("the flag's switches give %+v, %v", config.Settings, err)
	}
	_, err = load(t, "", "--set", "password=maybe", "--set", "nonsense", "--preset", "v9")
	for _, told := range []string{`--set: embedded.set has "password=maybe"`, `--set: embedded.set has "nonsense"`, `--preset: embedded.preset is "v9"`} {
		if err == nil || !strings.Contains(err.Error(), told) {
			t.Errorf("%q is not told in %v", told, err)
		}
	}
}

// TestConfigHosts sets lists of hosts, which are returned in the form in which browsers send them.
func TestConfigHosts(t *testing.T) {
	folder := emptyHome(t)
	write(t, filepath.Join(folder, "hankosim.yaml"), "embedded:\n  allow_host: [DevBox.local, bücher.example]\n")
	config, err := load(t, "")
	if diff := cmp.Diff([]string{"devbox.local", "xn--bcher-kva.example"}, config.Hosts); diff != "" || err != nil {
		t.Errorf("from the file: %v, %s", err, diff)
	}
	t.Setenv("HANKOSIM_EMBEDDED_ALLOW_HOST", "a.example b.example")
	config, err = load(t, "")
	if diff := cmp.Diff([]string{"a.example", "b.example"}, config.Hosts); diff != "" || err != nil {
		t.Errorf("from the environment: %v, %s", err, diff)
	}
	config, err = load(t, "", "--allow-host", "c.example", "--allow-host", "d.example")
	if diff := cmp.Diff([]string{"c.example", "d.example"}, config.Hosts); diff != "" || err != nil {
		t.Errorf("from the flags: %v, %s", err, diff)
	}
	_, err = load(t, "", "--allow-host", "http://c.example", "--allow-host", "d.example:8000", "--allow-host", "")
	for _, told := range []string{
		`--allow-host: embedded.allow_host has "http://c.example", which is a URL, not a host name. It looks like devbox.local`,
		`--allow-host: embedded.allow_host has "d.example:8000", which has a port`,
		`--allow-host: embedded.allow_host has "", which is empty`,
	} {
		if err == nil || !strings.Contains(err.Error(), told) {
			t.Errorf("%q is not told in %v", told, err)
		}
	}
}

func TestHankoAPIURLCountsLessThanHankosimURL(t *testing.T) {
	emptyHome(t)
	t.Setenv("HANKO_API_URL", "http://quickstart:1")
	t.Setenv("HANKOSIM_URL", "http://own:1")
	config, err := load(t, "")
	if err != nil {
		t.Fatal(err)
	}
	if config.URL != "http://own:1" {
		t.Errorf("the URL is %q", config.URL)
	}
}

// TestConfigFiles checks which file is read: the one that is named, else ./hankosim.yaml, else the one in the XDG
// configuration directory.
func TestConfigFiles(t *testing.T) {
	folder := emptyHome(t)
	email := func(file string) string {
		t.Helper()
		config, err := load(t, file)
		if err != nil {
			t.Fatal(err)
		}
		return config.Email
	}
	if got := email(""); got != "" {
		t.Errorf("without a file the email is %q", got)
	}
	write(t, filepath.Join(folder, "config", "hankosim", "hankosim.yaml"), "email: xdg@example.com")
	if got := email(""); got != "xdg@example.com" {
		t.Errorf("with a file in the XDG directory the email is %q", got)
	}
	write(t, filepath.Join(folder, "hankosim.yaml"), "email: here@example.com")
	if got := email(""); got != "here@example.com" {
		t.Errorf("with a file in this folder the email is %q", got)
	}
	write(t, filepath.Join(folder, "named.conf"), "\ufeffemail: named@example.com\r\n")
	if got := email("named.conf"); got != "named@example.com" {
		t.Errorf("with a named file the email is %q", got)
	}
}

func TestConfigHomeInPaths(t *testing.T) {
	folder := emptyHome(t)
	write(t, "hankosim.yaml", "keystore: ~/keys.json\nembedded:\n  data: ~/tenant.db\n")
	config, err := load(t, "")
	if err != nil {
		t.Fatal(err)
	}
	if config.Keystore != filepath.Join(folder, "keys.json") || config.Data != filepath.Join(folder, "tenant.db") {
		t.Errorf("~ was not made the home folder: %q, %q", config.Keystore, config.Data)
	}
}

const tenantsYAML = `
device: iphone
tenants:
  Local:
    url: http://localhost:8000
  staging:
    url: https://staging.example.com
    email: ada@staging.example.com
    device: android
`

func TestConfigTenants(t *testing.T) {
	type chosen struct{ Tenant, URL, Email, Device string }
	staging := chosen{"staging", "https://staging.example.com", "ada@staging.example.com", "android"}
	tests := []struct {
		name        string
		file        string
		environment map[string]string
		args        []string
		want        chosen
		problem     string // of which the message must speak
	}{
		{name: "none", file: tenantsYAML, want: chosen{"embedded tenant", "", "", "iphone"}},
		{name: "a URL alone", args: []string{"--url", "http://a:1"}, want: chosen{"tenant", "http://a:1", "", "iphone"}},
		{name: "by flag", file: tenantsYAML, args: []string{"--tenant", "staging"}, want: staging},
		{name: "by variable", file: tenantsYAML, environment: map[string]string{"HANKOSIM_TENANT": "staging"}, want: staging},
		{name: "in the file", file: "tenant: staging" + tenantsYAML, want: staging},
		{name: "in any case", file: tenantsYAML, args: []string{"--tenant", "LOCAL"}, want: chosen{"local", "http://localhost:8000", "", "iphone"}},
		{
			name: "its email and device give way to flags and variables", file: tenantsYAML,
			environment: map[string]string{"HANKOSIM_EMAIL": "grace@example.com"},
			args:        []string{"--tenant", "staging", "--device", "iphone"},
			want:        chosen{"staging", "https://staging.example.com", "grace@example.com", "iphone"},
		},
		{
			name: "a tenant by flag beats a url by variable", file: tenantsYAML, args: []string{"--tenant", "staging"},
			environment: map[string]string{"HANKO_API_URL": "http://a:1"}, want: staging,
		},
		{
			name: "a url by flag beats a tenant in the file", file: "tenant: staging" + tenantsYAML,
			args: []string{"--url", "http://a:1"}, want: chosen{"tenant", "http://a:1", "", "iphone"},
		},
		{name: "both by flag", file: tenantsYAML, args: []string{"--tenant", "staging", "--url", "http://a:1"}, problem: "--tenant: tenant and url are both set"},
		{name: "both in the file", file: "url: http://a:1\ntenant: staging" + tenantsYAML, problem: "hankosim.yaml: tenant and url are both set"},
		{name: "unknown", file: tenantsYAML, args: []string{"--tenant", "stagin"}, problem: `--tenant: tenant is "stagin", but there is no such tenant. The tenants are local, staging`},
		{name: "none are named", args: []string{"--tenant", "staging"}, problem: "The configuration has no tenants"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			emptyHome(t)
			write(t, "hankosim.yaml", test.file)
			for name, value := range test.environment {
				t.Setenv(name, value)
			}
			config, err := load(t, "", test.args...)
			if test.problem != "" {
				if err == nil || !strings.Contains(err.Error(), test.problem) {
					t.Fatalf("the error should say %q, and says: %v", test.problem, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, chosen{config.Tenant, config.URL, config.Email, config.Device}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestConfigCompletesURLs completes URLs as people paste them, from each source.
func TestConfigCompletesURLs(t *testing.T) {
	const (
		id    = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
		cloud = "https://" + id + ".hanko.io"
	)
	for _, test := range []struct{ pasted, url, note string }{
		{"localhost:8000", "http://localhost:8000", ""},
		{" 'https://F4.hanko.io/' ", "https://f4.hanko.io", ""},
		{"<https://f4.hanko.io>", "https://f4.hanko.io", ""},
		{id, cloud, "A tenant's ID alone means Hanko Cloud"},
		{cloud + "/.well-known/jwks.json", cloud, "/.well-known/jwks.json is an endpoint of a tenant"},
		{"localhost:8001", "http://localhost:8001", "Port 8001 is probably that of Hanko's Admin API"},
	} {
		for _, from := range []string{"--url", "HANKO_API_URL", "HANKOSIM_URL", "hankosim.yaml", "--tenant"} {
			t.Run(test.pasted+" by "+from, func(t *testing.T) {
				emptyHome(t)
				var args []string
				switch from {
				case "--url":
					args = []string{"--url", test.pasted}
				case "hankosim.yaml":
					write(t, from, fmt.Sprintf("url: %q\n", test.pasted))
				case "--tenant":
					write(t, "hankosim.yaml", fmt.Sprintf("tenants:\n  mine:\n    url: %q\n", test.pasted))
					args = []string{"--tenant", "mine"}
				default:
					t.Setenv(from, test.pasted)
				}
				config, err := load(t, "", args...)
				if err != nil {
					t.Fatal(err)
				}
				if config.URL != test.url || config.URLFrom != from {
					t.Errorf("the URL is %q from %s, want %q", config.URL, config.URLFrom, test.url)
				}
				if !strings.HasPrefix(config.URLNote, test.note) || test.note == "" && config.URLNote != "" {
					t.Errorf("the note is %q, want %q", config.URLNote, test.note)
				}
			})
		}
	}
	emptyHome(t)
	config, err := load(t, "", "--url", id)
	if err == nil && config.URLNote == "" {
		t.Error("the note is lost")
	}
	for pasted, told := range map[string]string{
		"https://cloud.hanko.io/projects/7": "the API URL is on the dashboard of your project there",
		"127.0.0.1:port":                    "its port is not one of 1 to 65535",
		"two words":                         "it contains a space",
	} {
		if _, err := load(t, "", "--url", pasted); err == nil || !strings.Contains(err.Error(), "--url: url is ") || !strings.Contains(err.Error(), told) {
			t.Errorf("%q gives %v", pasted, err)
		}
	}
}

// TestConfigCompletesEmails completes email addresses as people write them.
func TestConfigCompletesEmails(t *testing.T) {
	emptyHome(t)
	write(t, "hankosim.yaml", "email: Ada <ada@example.com>\ntenants:\n  mine: {url: localhost, email: \"mailto:grace@example.com\"}\n")
	for want, args := range map[string][]string{
		"ada@example.com":   nil,
		"grace@example.com": {"--tenant", "mine"},
		"bob@example.com":   {"--email", "<bob@example.com>"},
	} {
		if config, err := load(t, "", args...); err != nil || config.Email != want {
			t.Errorf("with %q the email is %q, %v", args, config.Email, err)
		}
	}
}

// TestConfigMistakes makes many mistakes: all are reported at once, with their place and what to write instead, always in the
// same order.
func TestConfigMistakes(t *testing.T) {
	emptyHome(t)
	write(t, "hankosim.yaml", `
timeuot: 3s
timeout: 30
device: blackberry
email: 12
url: ftp://localhost:8000
keystore: ""
ephemeral: "true"
frobnicate:
android:
  package_name: [a]
  apk_key_hash: abc
embedded:
  listen: "8000"
  preset: 2024-01-02
  data: true
tenants:
  two:
    url: https://user:secret@example.com/
    colour: blue
  one: https://example.com
  three:
    email: nobody
    url: https://example.com/?q
`)
	t.Setenv("HANKOSIM_EMAIL", "not an address")
	t.Setenv("HANKOSIM_EPHEMERAL", "maybe")
	want := "" +
		"the configuration cannot be used:\n" +
		"  hankosim.yaml: android.package_name is a list, not text. Write one value, in quotes\n" +
		"  hankosim.yaml: email is the number 12, not text. Quote it: \"12\"\n" +
		"  hankosim.yaml: embedded.data is true, not text. Write one value, in quotes\n" +
		"  hankosim.yaml: embedded.preset is a date, not text. Write one value, in quotes\n" +
		"  hankosim.yaml: ephemeral is the text \"true\", not true or false. Write true or false without quotes\n" +
		"  hankosim.yaml: frobnicate is not a key of hankosim. config.example.yaml lists all keys\n" +
		"  hankosim.yaml: tenants.one must have a url. Write `one: {url: https://…}`\n" +
		"  hankosim.yaml: tenants.two.colour is not a key of a tenant. A tenant has url, email, device, android.apk_key_hash, expect\n" +
		"  hankosim.yaml: timeout is the number 30, not text. Add a unit: 30s\n" +
		"  hankosim.yaml: timeuot is not a key of hankosim. Did you mean \"timeout\"?\n" +
		"  hankosim.yaml: url is \"ftp://localhost:8000\": it must begin with https:// or http://. It looks like https://<tenant_id>.hanko.io or http://localhost:8000\n" +
		"  --device: device is \"nokia\", not iphone, android, iphone-old, android-old, android-no-lock, iphone-browser, android-browser or security-key. You can add phones under `phones`, see config.example.yaml\n" +
		"  HANKOSIM_EMAIL: email is \"not an address\", which is not an email address. It looks like you@example.com\n" +
		"  hankosim.yaml: keystore is empty. Leave the key out for the default\n" +
		"  HANKOSIM_EPHEMERAL: ephemeral is \"maybe\", not true or false\n" +
		"  --listen: embedded.listen is \"nowhere\", which is not a host and port. It looks like 127.0.0.1:8000; port 0 takes any free one\n" +
		"  hankosim.yaml: android.apk_key_hash is \"abc\", which is not the SHA-256 of a signing certificate. `hankosim apk-key-hash` prints it\n" +
		"  hankosim.yaml: tenants.three.url is \"https://example.com/?q\": a query or a fragment cannot be part of it. It looks like https://<tenant_id>.hanko.io or http://localhost:8000\n" +
		"  hankosim.yaml: tenants.three.email is \"nobody\", which is not an email address. It looks like you@example.com\n" +
		"  hankosim.yaml: tenants.two.url is \"https://••••••@example.com/\": it has a user name, but Hanko's API takes none. It looks like https://<tenant_id>.hanko.io or http://localhost:8000"
	_, err := load(t, "", "--device", "nokia", "--listen", "nowhere")
	var problems *Error
	if !errors.As(err, &problems) {
		t.Fatalf("the error is %v", err)
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
	for range 5 { // maps have no order
		if _, again := load(t, "", "--device", "nokia", "--listen", "nowhere"); again == nil || again.Error() != err.Error() {
			t.Fatalf("the next message differs:\n%v", again)
		}
	}
}

// TestReturnAddresses checks that browsers can return only to an address at which hankosim can listen.
func TestReturnAddresses(t *testing.T) {
	emptyHome(t)
	for address, want := range map[string]string{
		"http://127.0.0.1:8899/callback": "", "http://127.0.0.1:0/callback": "", "http://[::1]:8899": "", "http://devbox.local:80/a/b": "",
		"https://127.0.0.1:8899/callback": "which is not an http URL", "http://127.0.0.1/callback": "which is not an http URL",
		"http://:8899/callback": "which is not an http URL", "com.example.app://callback": "which is not an http URL", "8899": "which is not an http URL",
		"http://127.0.0.1:99999/callback": "has the port 99999", "http://127.0.0.1:8899/callback?a=b": "has a user, a query or a fragment",
		"http://ada:secret@127.0.0.1:8899/": "has a user, a query or a fragment",
	} {
		config, err := load(t, "", "--return-address", address)
		switch {
		case want == "" && (err != nil || config.ReturnAddress != address):
			t.Errorf("%s is %q, %v", address, config.ReturnAddress, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "http://127.0.0.1:8899/callback")):
			t.Errorf("%s: %v", address, err)
		case err != nil && strings.Contains(err.Error(), "secret"):
			t.Errorf("a password is repeated: %v", err)
		}
	}
}

func TestConfigFilesThatCannotBeRead(t *testing.T) {
	tests := []struct{ name, file, content, want string }{
		{"a missing file that was named", "nowhere.yaml", "", "nowhere.yaml: there is no such file. Name another with --config, or start with a copy of config.example.yaml"},
		{"a folder", "folder", "", "folder: it cannot be read: "},
		{"no YAML", "bad.yaml", "url: [", "bad.yaml: it cannot be read as YAML: "},
		{"tabs", "bad.yaml", "embedded:\n\tpreset: v3", "indent with spaces"},
		{"a key twice", "bad.yaml", "email: a@example.com\nemail: b@example.com", "already defined"},
		{"a list", "bad.yaml", "- url: http://localhost:8000", "bad.yaml: it cannot be read as YAML: "},
		{"escape sequences", "bad.yaml", "\"\\e[2Jkey\": \"\\e]0;title\\a\"", "␛[2jkey is not a key of hankosim"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			emptyHome(t)
			if err := os.Mkdir("folder", 0o700); err != nil {
				t.Fatal(err)
			}
			if test.content != "" {
				write(t, test.file, test.content)
			}
			_, err := load(t, test.file)
			var problems *Error
			if !errors.As(err, &problems) || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("the error should say %q, and says: %v", test.want, err)
			}
			if test.name == "a folder" && strings.Contains(err.Error(), "YAML") {
				t.Errorf("a folder is reported as bad YAML: %v", err)
			}
		})
	}
}

// TestExampleConfig checks that config.example.yaml has every key, and that its defaults are right: it changes nothing.
func TestExampleConfig(t *testing.T) {
	example, err := filepath.Abs(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	emptyHome(t)
	plain, err := load(t, "")
	if err != nil {
		t.Fatal(err)
	}
	config, err := load(t, example)
	if err != nil {
		t.Fatalf("config.example.yaml is not valid: %v", err)
	}
	config.File, config.AppNamed = plain.File, plain.AppNamed // which tell that somebody has written something
	if diff := cmp.Diff(plain, config); diff != "" {
		t.Errorf("config.example.yaml changes the defaults:\n%s", diff)
	}

	content, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	file := viper.New()
	file.SetConfigFile(example)
	if err := file.ReadInConfig(); err != nil {
		t.Fatal(err)
	}
	// Paths depend on the home folder, so the example has them as comments.
	paths := map[string]string{
		"keystore":       "\n# keystore: ~/.local/share/hankosim/passkeys.json\n",
		"embedded.data":  "\n  # data: ~/.local/share/hankosim/tenant.db\n",
		"attestation_ca": "\n# attestation_ca: ~/.local/share/hankosim/attestation-ca.pem\n",
	}
	for _, setting := range settings() {
		if line, ok := paths[setting.key]; ok {
			if !strings.Contains(string(content), line) {
				t.Errorf("config.example.yaml does not name %q in the line %q", setting.key, line)
			}
			continue
		}
		if !file.IsSet(setting.key) {
			t.Errorf("config.example.yaml does not name %q", setting.key)
		} else if got := file.Get(setting.key); fmt.Sprint(got) != fmt.Sprint(setting.value) {
			t.Errorf("config.example.yaml says that the default of %q is %v, but it is %v", setting.key, got, setting.value)
		}
		if setting.flag != "" && !strings.Contains(string(content), "Flag: --"+setting.flag) {
			t.Errorf("config.example.yaml does not name the flag --%s", setting.flag)
		}
	}
	for _, device := range authenticator.ProfileNames() {
		if !regexp.MustCompile(`[ ,]` + device + `[ ,]`).Match(content) {
			t.Errorf("config.example.yaml does not name the device %s", device)
		}
	}
	for _, key := range tenantKeys {
		if !file.IsSet("tenants.staging." + key) {
			t.Errorf("config.example.yaml has no tenant with the key %q", key)
		}
	}
}

// FuzzLoad loads any file: it gives a usable configuration, or a readable message.
func FuzzLoad(f *testing.F) {
	example, err := os.ReadFile(examplePath)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(example)
	for _, seed := range []string{
		"", "a: &a [*a]", "1: 2", "? [a]\n: b", "tenants: 3", "tenants: {a: , b: {}, c: [1], 1: {url: 2}}", "tenants: {a.b: {url: x}}",
		"timeout: 1e400s", "timeout: -1s", "url: {a: b}", "embedded: 1", "embedded.preset: v3", "tenant: a\ntenants: {a: {url: http://b}}",
		"\"\\e[31m\": \"\\u202e\"", "ephemeral: 1", "android: {apk_key_hash: " + DemoKeyHash + "}", "android: {apk_key_hash: [1, [a]]}",
		"phones: [{name: a, profile: android, apk_key_hash: [" + DemoKeyHash + ", 2]}]", "tenants: {a: {url: http://a, android: {apk_key_hash: {b: c}}}}", "<<: {url: 1}", "--- a\n--- b", "!!binary x", tenantsYAML,
		"phones: 1", "phones: {a: {name: b}}", "device: Key\npage_origin: https://a.example\nphones: [{name: key, profile: security-key, transports: usb, synced: 1}, 2, {name: [x]}]",
		"phones: [{name: \"\\e[31m\", account: \"\\u202e\", aaguid: 0, algorithms: [ES256, 1], attestation: packed}]", "device: ſecurity-key",
	} {
		f.Add([]byte(seed))
	}
	path := filepath.Join(f.TempDir(), "fuzz.yaml")
	f.Fuzz(func(t *testing.T, content []byte) {
		write(t, path, string(content))
		config, err := load(t, path)
		var problems *Error
		switch {
		case errors.As(err, &problems):
			for _, r := range err.Error() {
				if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
					t.Fatalf("the message cannot be shown as it is: %q", err)
				}
			}
			return
		case err != nil:
			t.Fatalf("an error of another kind: %v", err)
		}
		if config.URL != "" {
			if _, err := hanko.ParseURL(config.URL); err != nil {
				t.Error(err)
			}
		}
		if len(config.Phones) == 0 || config.Device == "" || config.Timeout <= 0 || config.Tenant == "" ||
			config.Keystore == "" || config.Data == "" || len(config.Apps) == 0 || config.Apps[0].APKKeyHash == "" || config.Apps[0].PackageName == "" {
			t.Errorf("the configuration cannot be used: %+v", config)
		}
	})
}

// TestNoPasswordIsRepeated puts a URL with a password into every key: no message has the password.
func TestNoPasswordIsRepeated(t *testing.T) {
	refused := func(t *testing.T, what string, err error) {
		t.Helper()
		var problems *Error
		if err != nil && !errors.As(err, &problems) {
			t.Errorf("%s fails with %T: %v", what, err, err)
		}
		if err != nil && (strings.Contains(err.Error(), "zes") || strings.Contains(err.Error(), "ame@")) {
			t.Errorf("%s is reported as\n%v", what, err)
		}
	}
	elsewhere := map[string]bool{"email": true, "debug": true, "keystore": true, "attestation_ca": true, "embedded.data": true, "android.package_name": true, "ios.app_id": true}
	for _, text := range []string{
		"ada:zesame@h", "https://ada:zesame@h", "https://ada:zes/ame@h", "https://ada:1/zesame@h", "https://ada:zes#ame@h", "https://ada:zes?ame@h",
		"imap://ada:zesame@h", "https://zesame@h", "https://ada:zes%ame@h", "https://ada:zes\"ame@h", `https://ada:zes\ame@h`,
	} {
		for _, setting := range settings() {
			name := setting.key + " " + text
			check := func(how string, err error) {
				t.Helper()
				refused(t, how+" "+name, err)
				if err == nil && !elsewhere[setting.key] {
					t.Errorf("%s %s is taken", how, name)
				}
			}
			_, isBool := setting.value.(bool)
			if setting.flag != "" && !isBool {
				emptyHome(t)
				_, err := load(t, "", "--"+setting.flag+"="+text)
				check("the flag", err)
			}
			emptyHome(t)
			quoted := "'" + text + "'"
			if key, member, nested := strings.Cut(setting.key, "."); nested {
				write(t, "hankosim.yaml", key+": {"+member+": "+quoted+"}")
			} else {
				write(t, "hankosim.yaml", setting.key+": "+quoted)
			}
			_, err := load(t, "")
			check("the file", err)
			t.Run("", func(t *testing.T) {
				emptyHome(t)
				t.Setenv(variables(setting)[0], text)
				_, err := load(t, "")
				refused(t, "the variable "+name, err)
			})
		}
		for _, content := range []string{
			"%s", "- %s", "url: [%s]", "url: {a: %s}", "tenants: %s", "tenants: {a: %s}", "tenants: {a: {url: %s}}", "tenants: {a: {url: [%s]}}", "tenants: {a: {email: [%s], url: 'http://h'}}",
			"tenants: {a: {device: %s, url: 'http://h'}}", "phones: %s", "phones: [%s]", "phones: [{name: a, profile: %s}]", "phones: [{name: a, page_origin: %s, profile: security-key}]",
			"phones: [{name: a, aaguid: %s}]", "phones: [{name: a, algorithms: [%s]}]", "phones: [{name: a, attachment: %s}]", "phones: [{name: a, attestation: %s}]",
			"phones: [{name: a, credential_ids: %s}]", "phones: [{name: a, synced: %s}]", "phones: [{name: a, transports: [{x: %s}]}]", "phones: [{name: [%s]}]",
			"ephemeral: {a: %s}", "embedded: {set: [{a: %s}]}", "embedded: {set: ['password=%[2]s']}", "embedded: {set: ['%[2]s=x']}", "embedded: %s",
		} {
			if strings.Contains(content, "%[2]s") && strings.ContainsAny(text, "'") {
				continue
			}
			emptyHome(t)
			content = strings.ReplaceAll(strings.ReplaceAll(content, "%s", "'"+text+"'"), "%[2]s", text)
			write(t, "hankosim.yaml", content)
			_, err := load(t, "")
			refused(t, content, err)
		}
	}
}
