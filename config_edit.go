package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"

	"example.com/hankosim/hanko"
)

// A tenant is written into a configuration file, which stays as its owner has written it: comments, order, blank lines.

// exampleConfig is what a new configuration file is made of.
//
//go:embed config.example.yaml
var exampleConfig string

// embeddedName is what always means the embedded tenant.
const embeddedName = "embedded"

// editError says why a tenant cannot be written into a configuration file.
type editError struct{ reason string }

func (e *editError) Error() string { return e.reason }

func cannotEdit(format string, args ...any) error { return &editError{fmt.Sprintf(format, args...)} }

var tenantName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

// newConfig is a configuration file for one tenant: the example, whose other keys are comments. What the file does not
// set may have another default one day, or be left to the phones.
func newConfig(name, url string) ([]byte, error) {
	before, rest, _ := strings.Cut(exampleConfig, "\ntenants:\n")
	_, after, _ := strings.Cut(rest, "\n\n")
	_, before, _ = strings.Cut(before, "--config. ")
	lines := strings.Split(before+"\ntenants:\n\n"+after, "\n")
	for i, line := range lines[1:] {
		if line != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "tenant: ") && line != "tenants:" {
			lines[i+1] = "# " + line
		}
	}
	head := "# hankosim's configuration. Every key that is not set here is a comment, with its default.\n# "
	return withTenant([]byte(head+strings.Join(lines, "\n")), name, url)
}

// withTenant adds a tenant to the content of a configuration file, as the one to start on. A `url` that was there
// becomes a tenant under the name of its host. It fails with an *editError; the content is never changed beyond that.
func withTenant(content []byte, name, url string) ([]byte, error) {
	if !tenantName.MatchString(name) || name == embeddedName {
		return nil, cannotEdit("%q cannot be a tenant's name: letters, digits and dashes can, and not %q", hanko.Printable(name), embeddedName)
	}
	var document yaml.Node
	var before any
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	if err := decoder.Decode(&document); err != nil && !errors.Is(err, io.EOF) {
		return nil, cannotEdit("it cannot be read as YAML: %s", oneLine(err))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, cannotEdit("it holds more than one YAML document")
	}
	if err := yaml.Unmarshal(content, &before); err != nil {
		return nil, cannotEdit("it cannot be read as YAML: %s", oneLine(err))
	}
	change, err := planChange(before, name, url)
	if err != nil {
		return nil, err
	}
	for _, edit := range []func([]byte, *yaml.Node, tenantChange) ([]byte, bool){editLines, editNodes} {
		if edited, ok := edit(content, &document, change); ok && change.holds(edited) {
			return edited, nil
		}
	}
	return nil, cannotEdit("it is written in a way that cannot be changed without losing something. Add these lines by hand: "+
		"`tenants: {%s: {url: %q}}` and `tenant: %s`", name, url, name)
}

// tenantChange is what is to become of a configuration.
type tenantChange struct {
	name, url string
	add       []namedURL     // tenants to be added
	clear     bool           // `url` is emptied, as `tenant` counts
	after     map[string]any // the whole file's values afterwards
}

type namedURL struct{ name, url string }

// member finds a key as the configuration does: in any case.
func member(values map[string]any, key string) (spelt string, value any) {
	for _, candidate := range sortedKeys(values) {
		if strings.EqualFold(candidate, key) {
			return candidate, values[candidate]
		}
	}
	return key, nil
}

func sortedKeys(values map[string]any) []string {
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// planChange says what a file that holds the values before must hold with the tenant.
func planChange(before any, name, url string) (tenantChange, error) {
	change := tenantChange{name: name, url: url, after: map[string]any{}}
	values, ok := before.(map[string]any)
	if !ok && before != nil {
		return change, cannotEdit("it does not hold names with values")
	}
	for key, value := range values {
		change.after[key] = value
	}
	tenantsKey, held := member(values, "tenants")
	tenants, ok := held.(map[string]any)
	if !ok && held != nil {
		return change, cannotEdit("its tenants are no names, each with a url below it")
	}
	all := map[string]any{}
	for key, value := range tenants {
		all[key] = value
	}
	switch is, there := urlOf(all, name); {
	case there && is != url:
		return change, cannotEdit("it has a tenant called %q already, at %s: choose another name", name, hanko.Printable(is))
	case !there:
		change.add = append(change.add, namedURL{name, url})
		all[name] = map[string]any{"url": url}
	}
	urlKey, held := member(values, "url")
	if old, _ := held.(string); old != "" {
		change.clear = true
		change.after[urlKey] = ""
		if !hasURL(all, old) {
			kept := freeName(all, nameFor(old))
			change.add = append(change.add, namedURL{kept, old})
			all[kept] = map[string]any{"url": old}
		}
	}
	tenantKey, _ := member(values, "tenant")
	change.after[tenantKey], change.after[tenantsKey] = name, all
	return change, nil
}

// urlOf is a tenant's URL, by its name in any case.
func urlOf(tenants map[string]any, name string) (url string, there bool) {
	spelt, held := member(tenants, name)
	if _, there = tenants[spelt]; !there {
		return "", false
	}
	if values, ok := held.(map[string]any); ok {
		_, value := member(values, "url")
		url, _ = value.(string)
	}
	return url, true
}

func hasURL(tenants map[string]any, url string) bool {
	for name := range tenants {
		if is, _ := urlOf(tenants, name); is == url {
			return true
		}
	}
	return false
}

// nameFor is what a tenant may be called, by its host.
func nameFor(url string) string {
	base, err := hanko.ParseURL(url)
	if err != nil {
		return "tenant"
	}
	host := strings.ToLower(base.Hostname())
	if id, atHanko := strings.CutSuffix(host, ".hanko.io"); atHanko && !strings.Contains(id, ".") {
		return "cloud"
	}
	if host == "localhost" || strings.HasPrefix(host, "127.") || host == "::1" {
		return "local"
	}
	name := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(host, "-"), "-")
	name = strings.Trim(name[:min(len(name), 36)], "-")
	if name == "" || name == embeddedName {
		return "tenant"
	}
	return name
}

// freeName is the name, or the first of name-2, name-3 … that no tenant has.
func freeName(tenants map[string]any, name string) string {
	free := name
	for n := 2; ; n++ {
		if _, taken := urlOf(tenants, free); !taken {
			return free
		}
		free = fmt.Sprintf("%s-%d", name, n)
	}
}

// holds tells that an edited file holds what it should and nothing else has changed, and that the configuration reads
// the tenant out of it.
func (c tenantChange) holds(edited []byte) bool {
	var after any
	if yaml.Unmarshal(edited, &after) != nil || !reflect.DeepEqual(after, any(c.after)) {
		return false
	}
	file := viper.New()
	file.SetConfigType("yaml")
	return file.ReadConfig(bytes.NewReader(edited)) == nil && file.GetString("tenant") == c.name &&
		file.GetString("tenants."+c.name+".url") == c.url && file.GetString("url") == ""
}
