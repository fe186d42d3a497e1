package config

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/spelling"
)

// Checks of the configuration. All mistakes are reported at once, each with its source and how to fix it.

// Problem is one thing wrong with the configuration.
type Problem struct {
	Key    string // "timeout"; "" if the problem is with the whole file
	Source string // "hankosim.yaml", "HANKOSIM_TIMEOUT", "--url"
	Reason string // the end of a sentence that begins with the key
	Fix    string // what to write instead
}

// Error reports everything that is wrong with the configuration.
type Error struct{ Problems []Problem }

// Error returns one line for each problem, with its source and its fix. Text from the file is made printable.
func (e *Error) Error() string {
	lines := []string{"the configuration cannot be used:"}
	for _, problem := range e.Problems {
		line := "  " + problem.Source + ": "
		if problem.Key != "" {
			line += problem.Key + " "
		}
		line += problem.Reason
		if problem.Fix != "" && !strings.HasSuffix(line, "?") {
			line += "."
		}
		if problem.Fix != "" {
			line += " " + problem.Fix
		}
		lines = append(lines, hanko.Printable(line))
	}
	return strings.Join(lines, "\n")
}

func (l *loader) report(key, source, reason, fix string) {
	l.problems = append(l.problems, Problem{Key: key, Source: source, Reason: reason, Fix: fix})
}

// checkFile reports unknown keys and values of the wrong type. It runs before anything is converted, because YAML turns
// 012345 into a number, and viper turns 30 into 30 nanoseconds.
func (l *loader) checkFile() {
	known := map[string]setting{}
	for _, setting := range settings() {
		known[setting.key] = setting
	}
	keys := l.file.AllKeys()
	slices.Sort(keys)
	for _, key := range keys {
		if rest, ok := strings.CutPrefix(key, "tenants."); ok {
			l.checkTenantKey(key, rest)
			continue
		}
		if key == "tenants" {
			if l.file.Get(key) != nil {
				l.report(key, l.fileName, "must list tenants by name, each with a url", "")
			}
			continue
		}
		if key == "phones" || strings.HasPrefix(key, "phones.") {
			continue // phones checks them
		}
		setting, ok := known[key]
		if !ok {
			l.report(key, l.fileName, "is not a key of hankosim", nearest(key, known))
			continue
		}
		if key == appKey {
			continue // apps checks it
		}
		l.checkType(key, setting.value, l.file.Get(key))
	}
}

func (l *loader) checkTenantKey(key, rest string) {
	name, member, found := strings.Cut(rest, ".")
	switch {
	case !found:
		l.report(key, l.fileName, "must have a url", fmt.Sprintf("Write `%s: {url: https://…}`", name))
	case member == expectKey || strings.HasPrefix(member, expectKey+"."): // expectations checks it
	case !slices.Contains(tenantKeys, member):
		l.report(key, l.fileName, "is not a key of a tenant", "A tenant has "+strings.Join(tenantKeys, ", ")+", "+expectKey)
	case member != appKey: // apps checks appKey
		l.checkType(key, "", l.file.Get(key))
	}
}

// CheckEmbedded returns an *Error if there are flags for the embedded tenant, but another tenant is used. The file may have
// keys for the embedded tenant in any case.
func (c Config) CheckEmbedded(flags *pflag.FlagSet) error {
	var problems []Problem
	for _, key := range []string{"embedded.preset", "embedded.set", "embedded.allow_host"} {
		flag := settingOf(key).flag
		if c.URL == "" || !flags.Changed(flag) {
			continue
		}
		fix := "Leave it out, or add `--tenant " + Embedded + "`"
		if c.URLFrom == "--url" || c.URLFrom == "--tenant" {
			fix = "Give one of the two"
		}
		problems = append(problems, Problem{
			Source: "--" + flag, Reason: fmt.Sprintf("it is for the embedded tenant, but %s selects another one (%s)", c.URLFrom, c.URL), Fix: fix,
		})
	}
	if problems == nil {
		return nil
	}
	return &Error{problems}
}

func (l *loader) checkType(key string, wanted, got any) {
	switch wanted.(type) {
	case bool:
		switch got := got.(type) {
		case bool, nil:
		case string:
			l.report(key, l.fileName, fmt.Sprintf("is the text %q, not true or false", shown(got)), "Write true or false without quotes")
		default:
			l.report(key, l.fileName, fmt.Sprintf("is %s, not true or false", shown(got)), "")
		}
	case []string:
		for _, item := range asList(got) {
			if _, ok := item.(string); !ok {
				l.report(key, l.fileName, fmt.Sprintf("has %s, which is not text", shown(item)), `Write a list of texts, such as ["password=required"]`)
			}
		}
	case string:
		switch got := got.(type) {
		case string, nil:
		case int, int64, uint64, float64:
			fix := fmt.Sprintf("Quote it: %q", fmt.Sprint(got))
			if key == "timeout" {
				fix = fmt.Sprintf("Add a unit: %vs", got)
			}
			l.report(key, l.fileName, fmt.Sprintf("is the number %v, not text", got), fix)
		default:
			l.report(key, l.fileName, fmt.Sprintf("is %s, not text", kind(got)), "Write one value, in quotes")
		}
	}
}

// asList returns a YAML list; anything else becomes a list of one, so that its mistakes are reported.
func asList(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}
	return []any{value}
}

// kind returns the YAML kind of a value that is neither text nor a number.
func kind(value any) string {
	switch value.(type) {
	case bool:
		return fmt.Sprint(value)
	case []any:
		return "a list"
	case time.Time:
		return "a date"
	default:
		return "a mapping"
	}
}

// checkValue checks the value of a setting, from any source.
func (l *loader) checkValue(setting setting) {
	from, name := l.source(setting)
	if _, wantsBool := setting.value.(bool); wantsBool && from == fromEnvironment {
		text := os.Getenv(name)
		if _, err := strconv.ParseBool(text); err != nil {
			l.report(setting.key, name, fmt.Sprintf("is %q, not true or false", shown(text)), "")
		}
	}
	value := strings.TrimSpace(l.all.GetString(setting.key))
	if value == "" && from == fromEnvironment && (setting.key == "url" || setting.key == "tenant") {
		l.report(setting.key, name, "is blank", "Unset the variable to use the embedded tenant")
		return
	}
	if setting.key == "device" {
		setting.check = l.checkDevice
	}
	if setting.check == nil || l.reported(setting.key, name) || value == "" && setting.value == "" {
		return
	}
	if fix, err := setting.check(value); err != nil {
		l.report(setting.key, name, err.Error(), fix)
	}
}

func (l *loader) reported(key, source string) bool {
	return slices.ContainsFunc(l.problems, func(p Problem) bool { return p.Key == key && p.Source == source })
}

func (l *loader) checkTenant(name string) {
	if l.reported("tenants."+name, l.fileName) {
		return
	}
	checks := map[string]func(string) (string, error){
		"url": checkURL, "email": checkEmail, "device": l.checkDevice,
	}
	l.expectations(name)
	if key := "tenants." + name + "." + appKey; l.file.Get(key) != nil {
		l.apps(key, l.fileName, l.file.Get(key))
	}
	for _, member := range tenantKeys {
		key := "tenants." + name + "." + member
		value := l.file.GetString(key)
		if value == "" && member != "url" || checks[member] == nil || l.reported(key, l.fileName) {
			continue
		}
		if fix, err := checks[member](value); err != nil {
			l.report(key, l.fileName, err.Error(), fix)
		}
	}
}

// nearest suggests the key that a misspelt one was meant to be.
func nearest(key string, known map[string]setting) string {
	meant := spelling.Nearest(key, slices.Collect(maps.Keys(known)))
	if meant == "" {
		return "config.example.yaml lists all keys"
	}
	return fmt.Sprintf("Did you mean %q?", meant)
}

// shown returns a value as a message may repeat it: printable, and without a URL's password, which may be in any value.
func shown(value any) string { return hanko.Printable(hanko.MaskUserinfo(fmt.Sprint(value))) }

// without returns an error without the password of a URL, if the error's text repeats the value.
func without(value string, err error) error {
	masked := hanko.MaskUserinfo(value)
	if masked == value {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), strings.Trim(strconv.Quote(value), `"`), masked))
}

func checkURL(value string) (string, error) {
	if _, _, err := hanko.CompleteURL(value); err != nil {
		var bad *hanko.URLError
		errors.As(err, &bad)
		return "It looks like https://<tenant_id>.hanko.io or http://localhost:8000", fmt.Errorf("is %q: %s", shown(bad.URL), bad.Reason)
	}
	return "", nil
}

func checkEmail(value string) (string, error) {
	if !regexp.MustCompile(`^[^@\s]+@[^@\s]+$`).MatchString(hanko.CompleteEmail(value)) {
		return "It looks like you@example.com", fmt.Errorf("is %q, which is not an email address", shown(value))
	}
	return "", nil
}

func checkDuration(value string) (string, error) {
	duration, err := time.ParseDuration(value)
	if err != nil {
		return "Write a number with a unit, such as 15s, 500ms or 1m", fmt.Errorf("is %q, which is not a duration", shown(value))
	}
	if duration < 100*time.Millisecond || duration > 10*time.Minute {
		return "It must be from 100ms to 10m", fmt.Errorf("is %s", duration)
	}
	return "", nil
}

func checkListen(value string) (string, error) {
	host, port, err := net.SplitHostPort(value)
	if _, badPort := strconv.ParseUint(port, 10, 16); err != nil || badPort != nil || strings.ContainsAny(host, " /") {
		return "It looks like 127.0.0.1:8000; port 0 takes any free one", fmt.Errorf("is %q, which is not a host and port", shown(value))
	}
	return "", nil
}

// checkReturnAddress checks the address to which browsers return. hankosim listens there.
func checkReturnAddress(value string) (string, error) {
	const fix = "It looks like http://127.0.0.1:8899/callback; port 0 takes any free one"
	address, err := url.Parse(value)
	if err != nil || address.Scheme != "http" || address.Hostname() == "" || address.Port() == "" {
		return fix, fmt.Errorf("is %q, which is not an http URL with a host and a port", shown(value))
	}
	if _, badPort := strconv.ParseUint(address.Port(), 10, 16); badPort != nil {
		return fix, fmt.Errorf("has the port %s", shown(address.Port()))
	}
	if address.User != nil || address.RawQuery != "" || address.Fragment != "" {
		return fix, errors.New("has a user, a query or a fragment, which is not possible here")
	}
	return "", nil
}

func checkPreset(value string) (string, error) {
	if _, err := tenant.Preset(value).Settings(); err != nil {
		return "", fmt.Errorf("is %q: %w", shown(value), without(value, err))
	}
	return "", nil
}

func notEmpty(value string) (string, error) {
	if value == "" {
		return "Leave the key out for the default", errors.New("is empty")
	}
	return "", nil
}

func oneOf(allowed ...string) func(string) (string, error) {
	return func(value string) (string, error) {
		if slices.Contains(allowed, value) {
			return "", nil
		}
		return "", fmt.Errorf("is %q, not %s", shown(value), strings.Join(allowed, " or "))
	}
}
