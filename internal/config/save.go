package config

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/gofrs/flock"
	"github.com/natefinch/atomic"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"

	"example.com/hankosim/hanko"
)

// userFile returns the configuration file in the person's XDG configuration directory.
func userFile() string { return filepath.Join(xdg.ConfigHome, "hankosim", "hankosim.yaml") }

// SavePath returns the file in which a tenant is saved: the one that was read, or the one in the person's XDG configuration
// directory.
func (c Config) SavePath() string { return cmp.Or(c.File, userFile()) }

// ShownPath returns a path as people write it, with ~ for their home folder.
func ShownPath(path string) string {
	if below, ok := strings.CutPrefix(path, xdg.Home+string(filepath.Separator)); ok && xdg.Home != "" {
		return "~" + string(filepath.Separator) + below
	}
	return path
}

// TenantName returns the name of the tenant with a URL in the file at path, or a free name for it.
func TenantName(path, url string) string {
	var values map[string]any
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return suggestName(url)
	}
	if content, err := os.ReadFile(path); err == nil {
		values, _ = parse(content) // SaveTenant reports a file that cannot be read
	}
	_, held := member(values, "tenants")
	tenants, _ := held.(map[string]any)
	if name := strings.ToLower(nameOf(tenants, url)); tenantName.MatchString(name) {
		return name
	}
	return freeName(tenants, suggestName(url))
}

// SaveTenant writes a tenant into the configuration file at path, as the one to start with. It does all of that or nothing,
// and keeps everything else in the file, including what another process saves at the same time. The name Embedded without a
// URL means the embedded tenant. A new file is created from the example, and only its owner can read it. It fails with an
// *EditError, or with an error of the operating system.
func SaveTenant(path, example, name, url string) error {
	name = strings.ToLower(strings.TrimSpace(name))
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() || path == "-" {
		return cannotEdit("the configuration did not come from a file")
	}
	unlock, err := lockFiles()
	if err != nil {
		return err
	}
	defer unlock()
	content, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		content, err = newFile(example, name, url)
	case err == nil:
		content, err = withTenant(content, name, url)
	}
	if err != nil {
		return err
	}
	// If the path is a symbolic link, replace the file that it leads to.
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return atomic.WriteFile(path, bytes.NewReader(content)) // a new file gets mode 0600
}

// lockTimeout is how long SaveTenant waits for another process, which takes milliseconds to save.
const lockTimeout = 5 * time.Second

// lockFiles keeps other processes of this user from saving, until unlock is called. The lock is not next to the configuration
// file, because a project would have to ignore it in git.
func lockFiles() (unlock func(), err error) {
	path := filepath.Join(xdg.DataHome, "hankosim", "config.lock")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	lock := flock.New(path, flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(context.Background(), lockTimeout)
	defer cancel()
	if _, err := lock.TryLockContext(ctx, 10*time.Millisecond); err != nil {
		return nil, fmt.Errorf("another hankosim is saving: %s: %w", path, err)
	}
	return func() { _ = lock.Close() }, nil
}

// Overrides returns the flag or environment variable that chooses the tenant regardless of the file, such as "HANKO_API_URL".
// It returns "" if there is none.
func Overrides(flags *pflag.FlagSet) string {
	given := &loader{file: viper.New(), flags: flags}
	byURL, url := given.source(settingOf("url"))
	byName, name := given.source(settingOf("tenant"))
	switch {
	case byURL > fromFile && byURL >= byName:
		return url
	case byName > fromFile:
		return name
	}
	return ""
}

// EditError is the error for a tenant that cannot be written into a configuration file. The file is unchanged.
type EditError struct{ Reason string }

// Error returns the reason.
func (e *EditError) Error() string { return e.Reason }

func cannotEdit(format string, args ...any) error { return &EditError{fmt.Sprintf(format, args...)} }

var tenantName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

// newFile returns the content of a new configuration file: one tenant, and below it the example, as comments.
func newFile(example, name, url string) ([]byte, error) {
	var text strings.Builder
	text.WriteString("# The configuration of hankosim. The keys that are not set here are listed below, with their defaults.\n\n")
	for line := range strings.Lines(example) {
		if !strings.HasPrefix(line, "#") && strings.TrimSpace(line) != "" {
			line = "# " + line
		}
		text.WriteString(line)
	}
	return withTenant([]byte(text.String()), name, url)
}

// withTenant returns the content of a configuration file with a tenant added, as the one to start with. The embedded tenant,
// which has no URL, is not added. If the file sets `url`, that becomes a tenant, too, named after its host. Only the lines of
// these three keys change. It fails with an *EditError.
func withTenant(content []byte, name, url string) ([]byte, error) {
	if !tenantName.MatchString(name) || name == Embedded && url != "" {
		return nil, cannotEdit("%q cannot be a tenant's name. Use lower-case letters, digits and dashes; %q is reserved", hanko.Printable(name), Embedded)
	}
	before, err := parse(content)
	if err != nil {
		return nil, err
	}
	change, err := plan(before, name, url)
	if err != nil {
		return nil, err
	}
	edited := change.edit(string(content))
	if !change.isIn(edited) {
		return nil, cannotEdit("hankosim cannot edit a file with this layout. Add these lines by hand:\n%s", change.lines())
	}
	return []byte(edited), nil
}

// parse reads a file's values.
func parse(content []byte) (map[string]any, error) {
	var value any
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	if err := decoder.Decode(&value); err != nil && !errors.Is(err, io.EOF) {
		return nil, cannotEdit("it cannot be read as YAML: %s", yamlProblem(err))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, cannotEdit("it has more than one YAML document")
	}
	values, isMapping := value.(map[string]any)
	if value != nil && !isMapping {
		return nil, cannotEdit("it does not consist of keys and values")
	}
	return values, nil
}

// change is a planned change of a file.
type change struct {
	name, url string
	add       [][2]string    // names and URLs of the tenants to add
	clearURL  bool           // `url` is emptied, so that `tenant` counts
	after     map[string]any // the values of the whole file afterwards
}

// plan returns the change that adds a tenant to a file with these values.
func plan(before map[string]any, name, url string) (change, error) {
	c := change{name: name, url: url, after: map[string]any{}}
	for key, value := range before {
		if spelt, _ := member(before, key); spelt != key {
			return c, cannotEdit("it has the key %q twice", hanko.Printable(key))
		}
		c.after[key] = value
	}
	tenantsKey, held := member(before, "tenants")
	old, isMapping := held.(map[string]any)
	if held != nil && !isMapping {
		return c, cannotEdit("its tenants are not names with a url each")
	}
	tenants := map[string]any{}
	maps.Copy(tenants, old)
	add := func(name, url string) {
		c.add = append(c.add, [2]string{name, url})
		tenants[name] = map[string]any{"url": url}
	}
	if spelt, _ := member(tenants, name); url == "" {
		// The embedded tenant gets no entry in `tenants`.
	} else if !has(tenants, name) {
		add(name, url)
	} else if is := urlOf(tenants[spelt]); is != url {
		return c, cannotEdit("it already has a tenant %q, at %s. Choose another name", name, shown(is))
	}
	urlKey, held := member(before, "url")
	if oldURL, _ := held.(string); oldURL != "" {
		c.clearURL, c.after[urlKey] = true, ""
		if oldURL = completed(oldURL); nameOf(tenants, oldURL) == "" {
			add(freeName(tenants, suggestName(oldURL)), oldURL)
		}
	}
	tenantKey, _ := member(before, "tenant")
	c.after[tenantKey] = name
	if len(c.add) > 0 {
		c.after[tenantsKey] = tenants
	}
	return c, nil
}

// edit returns a file's text with the change. It works only if each key has its own line. The caller checks the result with
// isIn.
func (c change) edit(text string) string {
	eol := "\n"
	if strings.Contains(text, "\r\n") {
		eol = "\r\n"
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += eol
	}
	set := func(key, value string) {
		line := regexp.MustCompile(`(?im)^(\x{feff}?["']?` + key + `["']?):[^\r\n]*?([ \t]+#[^\r\n]*)?(\r?)$`)
		if !line.MatchString(text) {
			text += key + ": " + value + eol
			return
		}
		text = line.ReplaceAllString(text, "${1}: "+strings.ReplaceAll(value, "$", "$$")+"${2}${3}")
	}
	set("tenant", scalar(c.name))
	if c.clearURL {
		set("url", `""`)
	}
	if len(c.add) == 0 {
		return text
	}
	head := regexp.MustCompile(`(?im)^(\x{feff}?["']?tenants["']?:)[ \t]*(?:\{\}|null|~)?([ \t]+#[^\r\n]*)?\r?\n`)
	at := head.FindStringSubmatchIndex(text)
	if at == nil {
		return text + "tenants:" + eol + c.entries("  ", eol)
	}
	indent := "  "
	if first := regexp.MustCompile(`^(?:[ \t]*(?:#[^\n]*)?\r?\n)*([ ]+)[^ #\r\n]`).FindStringSubmatch(text[at[1]:]); first != nil {
		indent = first[1]
	}
	line := string(head.ExpandString(nil, "${1}${2}", text, at))
	return text[:at[0]] + line + eol + c.entries(indent, eol) + text[at[1]:]
}

// entries returns the lines of the tenants to add.
func (c change) entries(indent, eol string) string {
	var text strings.Builder
	for _, tenant := range c.add {
		text.WriteString(indent + scalar(tenant[0]) + ":" + eol + indent + indent + "url: " + scalar(tenant[1]) + eol)
	}
	return text.String()
}

// lines returns the lines for a person to add.
func (c change) lines() string {
	text := "  tenant: " + scalar(c.name) + "\n"
	if c.clearURL {
		text += "  url: \"\"\n"
	}
	if len(c.add) > 0 {
		text += "  tenants:\n" + c.entries("    ", "\n")
	}
	return strings.TrimSuffix(text, "\n")
}

// scalar returns a text as YAML, in quotes if it would be read as something else.
func scalar(text string) string {
	encoded, err := yaml.Marshal(text)
	if err != nil {
		return `""` // isIn then finds that the text is missing
	}
	return strings.TrimSuffix(string(encoded), "\n")
}

// isIn reports whether an edited file has exactly the planned values, and whether the configuration finds the tenant in it.
func (c change) isIn(edited string) bool {
	after, err := parse([]byte(edited))
	if err != nil || !reflect.DeepEqual(after, c.after) {
		return false
	}
	file := viper.New()
	file.SetConfigType("yaml")
	return file.ReadConfig(strings.NewReader(edited)) == nil && file.GetString("tenant") == c.name &&
		completed(file.GetString("tenants."+c.name+".url")) == c.url && file.GetString("url") == ""
}

// member returns a key and its value, whatever the key's case, as viper does. If there is none, it returns the given key and
// nil.
func member(values map[string]any, key string) (spelt string, value any) {
	for _, candidate := range slices.Sorted(maps.Keys(values)) {
		if strings.EqualFold(candidate, key) {
			return candidate, values[candidate]
		}
	}
	return key, nil
}

func has(tenants map[string]any, name string) bool {
	spelt, _ := member(tenants, name)
	_, there := tenants[spelt]
	return there
}

func urlOf(tenant any) string {
	values, _ := tenant.(map[string]any)
	_, value := member(values, "url")
	written, _ := value.(string)
	return completed(written)
}

// completed returns a URL from a file as the configuration completes it.
func completed(written string) string {
	if url, _, err := hanko.CompleteURL(written); err == nil {
		return url
	}
	return written
}

// nameOf returns the name of the tenant with a URL, or "".
func nameOf(tenants map[string]any, url string) string {
	for _, name := range slices.Sorted(maps.Keys(tenants)) {
		if urlOf(tenants[name]) == url {
			return name
		}
	}
	return ""
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// suggestName returns a name for the tenant at a URL, after its host.
func suggestName(url string) string {
	base, err := hanko.ParseURL(completed(url))
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
	name := strings.Trim(notInNames.ReplaceAllString(host, "-"), "-")
	name = strings.Trim(name[:min(len(name), 36)], "-")
	if name == "" || name == Embedded {
		return "tenant"
	}
	return name
}

// freeName returns the name, or the first of name-2, name-3 … that no tenant has.
func freeName(tenants map[string]any, name string) string {
	free := name
	for n := 2; has(tenants, free); n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	return free
}
