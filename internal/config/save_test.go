package config

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"
)

const cloudURL = "https://f4.hanko.io"

// TestWithTenant adds tenants to files: only the lines that choose the tenant change.
func TestWithTenant(t *testing.T) {
	const added = "tenants:\n  cloud:\n    url: https://f4.hanko.io\n"
	for _, test := range []struct{ name, before, after string }{
		{"an empty file", "", "tenant: cloud\n" + added},
		{"comments alone", "# mine\n", "# mine\ntenant: cloud\n" + added},
		{"no line break at the end", "email: a@example.com", "email: a@example.com\ntenant: cloud\n" + added},
		{
			"other keys, blank lines and comments", "# mine\n\nemail:   \"a@example.com\"   # me\n\n\n# slow\ntimeout: 30s\n",
			"# mine\n\nemail:   \"a@example.com\"   # me\n\n\n# slow\ntimeout: 30s\ntenant: cloud\n" + added,
		},
		{
			"the keys, empty", "url: \"\" # none\n\ntenant: ''  # none yet\ntenants: # these\n\napi: auto\n",
			"url: \"\" # none\n\ntenant: cloud  # none yet\ntenants: # these\n  cloud:\n    url: https://f4.hanko.io\n\napi: auto\n",
		},
		{"an empty mapping", "tenants: {}\n", added + "tenant: cloud\n"},
		{
			"another tenant", "tenant: staging\n\ntenants:\n    # the old one\n    staging: {url: \"https://staging.example.com\", device: android} # slow\n",
			"tenant: cloud\n\ntenants:\n    cloud:\n        url: https://f4.hanko.io\n    # the old one\n    staging: {url: \"https://staging.example.com\", device: android} # slow\n",
		},
		{
			"the same tenant", "tenant: staging\ntenants:\n  cloud: {url: https://f4.hanko.io}\n  staging: {url: https://staging.example.com}\n",
			"tenant: cloud\ntenants:\n  cloud: {url: https://f4.hanko.io}\n  staging: {url: https://staging.example.com}\n",
		},
		{
			"a url", "url: http://localhost:8000 # mine\n",
			"url: \"\" # mine\ntenant: cloud\ntenants:\n  cloud:\n    url: https://f4.hanko.io\n  local:\n    url: http://localhost:8000\n",
		},
		{"the same url", "url: https://f4.hanko.io\n", "url: \"\"\ntenant: cloud\n" + added},
		{
			"a url that is a tenant, too", "url: http://localhost:8000\ntenants:\n  here: {url: http://localhost:8000}\n",
			"url: \"\"\ntenants:\n  cloud:\n    url: https://f4.hanko.io\n  here: {url: http://localhost:8000}\ntenant: cloud\n",
		},
		{"its URL written otherwise", "tenants:\n  cloud:\n    url: F4.hanko.io/login\n", "tenants:\n  cloud:\n    url: F4.hanko.io/login\ntenant: cloud\n"},
		{"an old URL written otherwise", "url: f4.hanko.io/\n", "url: \"\"\ntenant: cloud\ntenants:\n  cloud:\n    url: https://f4.hanko.io\n"},
		{"capitals", "Tenant: Staging\nTENANTS:\n  Staging: {URL: https://s.example.com}\n", "Tenant: cloud\nTENANTS:\n  cloud:\n    url: https://f4.hanko.io\n  Staging: {URL: https://s.example.com}\n"},
		{"lines that end in CR LF", "email: a@example.com\r\ntenant: \"\"\r\n", "email: a@example.com\r\ntenant: cloud\r\ntenants:\r\n  cloud:\r\n    url: https://f4.hanko.io\r\n"},
		{"a byte order mark", "\ufefftenant: x\ntenants: {}\n", "\ufefftenant: cloud\ntenants:\n  cloud:\n    url: https://f4.hanko.io\n"},
		{"quoted keys", "\"tenant\": x\n'tenants':\n", "\"tenant\": cloud\n'tenants':\n  cloud:\n    url: https://f4.hanko.io\n"},
		{
			"a block scalar at the end", "phones:\n- name: |\n    Ada's\n\n    phone\n",
			"phones:\n- name: |\n    Ada's\n\n    phone\ntenant: cloud\n" + added,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			after, err := withTenant([]byte(test.before), "cloud", cloudURL)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.after, string(after)); diff != "" {
				t.Error(diff)
			}
			again, err := withTenant(after, "cloud", cloudURL)
			if err != nil || !bytes.Equal(again, after) {
				t.Errorf("a second time it becomes, %v:\n%s", err, again)
			}
		})
	}
}

// TestWithTenantRefuses tries files that cannot be changed without losing something: the error says so.
func TestWithTenantRefuses(t *testing.T) {
	for _, test := range []struct{ name, before, tenant, told string }{
		{"no YAML", "url: [", "cloud", "cannot be read as YAML"},
		{"tabs", "tenants:\n\tcloud:\n", "cloud", "cannot be read as YAML"},
		{"a key twice", "email: a\nemail: b\n", "cloud", "already defined"},
		{"a key twice, in capitals", "url: a\nURL:\n", "cloud", `it has the key "url" twice`},
		{"a list", "- a\n", "cloud", "does not consist of keys"},
		{"a text", "url", "cloud", "does not consist of keys"},
		{"a flow mapping", "{email: a@example.com}", "cloud", "Add these lines by hand:\n  tenant: cloud\n  tenants:\n    cloud:\n        url: https://f4.hanko.io"},
		{"tenants in one line", "tenants: {here: {url: http://localhost:8000}}\n", "cloud", "Add these lines by hand"},
		{"a value on the next line", "tenant:\n  staging\ntenants: {}\n", "cloud", "Add these lines by hand"},
		{"several documents", "email: a\n---\nemail: b\n", "cloud", "more than one YAML document"},
		{"tenants that are none", "tenants: [a]\n", "cloud", "its tenants are not names"},
		{"a tenant of that name", "tenants: {Cloud: {url: https://other.example.com}}\n", "cloud", `already has a tenant "cloud", at https://other.example.com`},
		{"tenants from elsewhere", "x: &x {tenants: {a: {url: http://a}}}\n<<: *x\n", "cloud", "Add these lines by hand"},
		{"a value that is used elsewhere", "tenant: &t staging\nemail: *t\n", "cloud", "Add these lines by hand"},
		{"the embedded tenant's name", "", "embedded", "cannot be a tenant's name"},
		{"a name with a dot", "", "a.b", "cannot be a tenant's name"},
		{"no name", "", "", "cannot be a tenant's name"},
		{"escape sequences", "", "\x1b[31m", "cannot be a tenant's name"},
	} {
		t.Run(test.name, func(t *testing.T) {
			after, err := withTenant([]byte(test.before), test.tenant, cloudURL)
			var told *EditError
			if !errors.As(err, &told) || !strings.Contains(err.Error(), test.told) || strings.Contains(err.Error(), "\x1b") {
				t.Errorf("it becomes %q, %v, and the error should say %q", after, err, test.told)
			}
		})
	}
}

// TestWithEmbeddedTenant chooses the embedded tenant: the others stay in the file, and its url becomes one of them.
func TestWithEmbeddedTenant(t *testing.T) {
	for _, test := range []struct{ name, before, after string }{
		{"an empty file", "", "tenant: embedded\n"},
		{"another tenant", "tenant: cloud # mine\ntenants:\n  cloud: {url: https://f4.hanko.io}\n", "tenant: embedded # mine\ntenants:\n  cloud: {url: https://f4.hanko.io}\n"},
		{"a url", "url: https://f4.hanko.io\n", "url: \"\"\ntenant: embedded\ntenants:\n  cloud:\n    url: https://f4.hanko.io\n"},
		{"the embedded tenant", "tenant: embedded\n", "tenant: embedded\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			after, err := withTenant([]byte(test.before), Embedded, "")
			if err != nil || string(after) != test.after {
				t.Errorf("%q becomes %q, %v; want %q", test.before, after, err, test.after)
			}
		})
	}
}

// TestNewFile creates a file, which sets only the tenant and has the example as comments.
func TestNewFile(t *testing.T) {
	emptyHome(t)
	content, err := newFile(exampleConfig, "cloud", cloudURL)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := load(t, "")
	if err != nil {
		t.Fatal(err)
	}
	write(t, "hankosim.yaml", string(content))
	config, err := load(t, "")
	if err != nil {
		t.Fatal(err)
	}
	plain.URL, plain.Tenant, plain.File, plain.URLFrom = cloudURL, "cloud", "hankosim.yaml", "hankosim.yaml"
	if diff := cmp.Diff(plain, config); diff != "" {
		t.Errorf("a new file changes more than the tenant:\n%s", diff)
	}
	for line := range strings.Lines(exampleConfig) {
		if !strings.Contains(string(content), strings.TrimSpace(line)) {
			t.Errorf("the new file lacks the line %q", line)
		}
	}
}

func TestSuggestedName(t *testing.T) {
	for url, want := range map[string]string{
		"https://0f7c3e5e-5a4c-4b56-8a13-9c5f0a5f1e2d.hanko.io": "cloud", "http://localhost:8000": "local", "http://127.0.0.1": "local",
		"http://[::1]:8000": "local", "https://login.example.com/x": "login-example-com", "https://embedded": "tenant", "http://10.0.0.7": "10-0-0-7",
		"https://" + strings.Repeat("a", 60) + ".com": strings.Repeat("a", 36), "https://ünï.example": "n-example", "https://-": "tenant", "": "tenant",
	} {
		got := suggestName(url)
		if want == "n-example" {
			want = got // whatever is left of it
		}
		if got != want || !tenantName.MatchString(got) {
			t.Errorf("the tenant at %q is called %q, want %q", url, got, want)
		}
	}
	taken := map[string]any{"Cloud": map[string]any{}, "cloud-2": nil}
	if got := freeName(taken, "cloud"); got != "cloud-3" {
		t.Errorf("the free name is %q", got)
	}
}

// TestSaveTenant saves tenants to the file that was read, or to the one in the XDG configuration directory. Only its owner
// can read it, a link stays a link, and nothing is lost if it cannot be written.
func TestSaveTenant(t *testing.T) {
	folder := emptyHome(t)
	savePath := func() string {
		t.Helper()
		config, err := load(t, "")
		if err != nil {
			t.Fatal(err)
		}
		return config.SavePath()
	}
	path := savePath()
	if want := filepath.Join(folder, "config", "hankosim", "hankosim.yaml"); path != want {
		t.Fatalf("a tenant is saved in %s, want %s", path, want)
	}
	if shown := ShownPath(path); shown != filepath.Join("~", "config", "hankosim", "hankosim.yaml") {
		t.Errorf("it is shown as %s", shown)
	}
	if err := SaveTenant(path, exampleConfig, " Cloud ", cloudURL); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	if config, err := load(t, ""); err != nil || config.URL != cloudURL || config.Tenant != "cloud" || config.SavePath() != path {
		t.Errorf("the next start has %q, %q, %v", config.URL, config.Tenant, err)
	}
	if name := TenantName(path, cloudURL); name != "cloud" {
		t.Errorf("the saved tenant's name is %q", name)
	}
	if name := TenantName(path, "https://f5.hanko.io"); name != "cloud-2" {
		t.Errorf("another's name is %q", name)
	}

	if err := SaveTenant(path, exampleConfig, Embedded, ""); err != nil {
		t.Fatal(err)
	}
	if config, err := load(t, ""); err != nil || config.URL != "" || config.Tenant != "embedded tenant" {
		t.Errorf("after the way back the next start has %q, %q, %v", config.URL, config.Tenant, err)
	}

	// The file in use is ./hankosim.yaml, here as a link.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "dotfiles", "h.yaml"), "# mine\ntimeout: 7s\n")
	if err := os.Symlink(filepath.Join("dotfiles", "h.yaml"), "hankosim.yaml"); err != nil && runtime.GOOS != "windows" {
		t.Fatal(err)
	} else if err != nil {
		return // Windows lets administrators alone make links
	}
	if path := savePath(); path != "hankosim.yaml" {
		t.Fatalf("a tenant is saved in %s", path)
	}
	if err := SaveTenant("hankosim.yaml", exampleConfig, "cloud", cloudURL); err != nil {
		t.Fatal(err)
	}
	if link, err := os.Lstat("hankosim.yaml"); err != nil || link.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link has become %v, %v", link, err)
	}
	content, err := os.ReadFile(filepath.Join("dotfiles", "h.yaml"))
	if err != nil || !strings.HasPrefix(string(content), "# mine\ntimeout: 7s\ntenant: cloud\n") {
		t.Errorf("the file is %v:\n%s", err, content)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("another file was written as well: %v", err)
	}

	// A file that cannot be read or written stays unchanged.
	if err := os.WriteFile("bad.yaml", []byte("url: ["), 0o600); err != nil {
		t.Fatal(err)
	}
	var told *EditError
	if err := SaveTenant("bad.yaml", exampleConfig, "cloud", cloudURL); !errors.As(err, &told) {
		t.Errorf("a file that is not YAML fails with %v", err)
	}
	if content, err := os.ReadFile("bad.yaml"); err != nil || string(content) != "url: [" {
		t.Errorf("it has become %q, %v", content, err)
	}
	if err := os.Mkdir("folder.yaml", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := SaveTenant("folder.yaml", exampleConfig, "cloud", cloudURL); err == nil {
		t.Error("a folder was written")
	}
}

// TestOverrides checks that a flag or variable that chooses the tenant is named.
func TestOverrides(t *testing.T) {
	emptyHome(t)
	for _, test := range []struct {
		variable, want string
		args           []string
	}{
		{"", "", nil},
		{"http://a:1", "HANKO_API_URL", nil},
		{"http://a:1", "--tenant", []string{"--tenant", "embedded"}},
		{"http://a:1", "--url", []string{"--url", "http://b:1"}},
	} {
		t.Setenv("HANKO_API_URL", test.variable)
		if got := Overrides(parsed(t, test.args...)); got != test.want {
			t.Errorf("HANKO_API_URL=%s %q: %q beats the file, want %q", test.variable, test.args, got, test.want)
		}
	}
}

// FuzzWithTenant adds a tenant to any file. The file is refused, or no key, no value and no comment of it is lost.
func FuzzWithTenant(f *testing.F) {
	f.Add([]byte(exampleConfig), "cloud", cloudURL)
	for _, seed := range []string{
		"", "#\n#\n", "a: &a [*a]", "1: 2", "? [a]\n: b", "? tenant\n: b\n", "tenants: {a: , b: {}, c: [1], 1: {url: 2}}", "tenant: |\n  a\n\n  b\nurl: >-\n  x\n",
		"tenant: !!str x # c\n", "\"ten\\x61nt\": x", "tenants: &t\n  a: {url: b}\nx: *t\n", "--- # c\na: b\n...\n", "%YAML 1.2\n---\na: b\n", "<<: {url: 1}", "url: .nan\n",
		"tenants:\n  a:\n    url: b\n  # foot\n\n# head\nx: y\n", "tenants: # c\n# d\n  a: {url: b} # e\n", "x: |+\n  a\n\n\n", "url: 'it''s'\n", "Url: a\nurl: b\nURL: c\n", "tenants: {\n  a: {url: b}, # c\n}\n",
		tenantsYAML, "  tenant: a\n  tenants:\n   b: {url: c}\n", "tenant: a\r\n\r\ntenants:\r\n  b: {url: c}\r\n", "a: 2024-01-02\nb: 0x1f\nc: ~\n", "\ufeff# c\ntenant: a\n",
	} {
		f.Add([]byte(seed), "mine", "http://localhost:8000")
	}
	f.Fuzz(func(t *testing.T, content []byte, name, url string) {
		kept := bytes.Clone(content)
		after, err := withTenant(content, name, url)
		if !bytes.Equal(kept, content) {
			t.Fatal("the content was changed in its place")
		}
		var told *EditError
		if err != nil {
			if !errors.As(err, &told) {
				t.Errorf("it fails with %v, want an *EditError", err)
			}
			return
		}
		var was, is map[string]any
		if err := yaml.Unmarshal(content, &was); err != nil {
			t.Fatalf("what cannot be read was changed: %v", err)
		}
		if err := yaml.Unmarshal(after, &is); err != nil {
			t.Fatalf("what comes out cannot be read: %v\n%s", err, after)
		}
		for key, value := range was {
			switch strings.ToLower(key) {
			case "tenant":
			case "url":
				old, _ := value.(string)
				tenants, _ := is[first(is, "tenants")].(map[string]any)
				if old != "" && nameOf(tenants, old) == "" {
					t.Errorf("the url %q is lost:\n%s", old, after)
				}
			case "tenants":
				tenants, _ := is[key].(map[string]any)
				old, _ := value.(map[string]any)
				for name, value := range old {
					if diff := cmp.Diff(value, tenants[name]); diff != "" {
						t.Errorf("the tenant %q has changed:\n%s", name, diff)
					}
				}
			default:
				if diff := cmp.Diff(value, is[key]); diff != "" {
					t.Errorf("the key %q has changed:\n%s", key, diff)
				}
			}
		}
		for line := range strings.Lines(string(content)) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "#") && !strings.Contains(string(after), line) {
				t.Errorf("the comment %q is lost in:\n%s", line, after)
			}
		}
		file := viper.New()
		file.SetConfigType("yaml")
		if err := file.ReadConfig(bytes.NewReader(after)); err != nil || file.GetString("tenants."+name+".url") != url || file.GetString("tenant") != name {
			t.Errorf("the configuration does not have the tenant: %v\n%s", err, after)
		}
	})
}

func first(values map[string]any, key string) string {
	spelt, _ := member(values, key)
	return spelt
}
