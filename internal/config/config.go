// Package config reads the configuration: flags over environment over file over defaults. It reports everything that is
// wrong with it at once, and it saves a tenant into the file.
package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/input"
)

// Config is what a run works with, checked. Nothing writes to it after Load.
type Config struct {
	URL       string    // the tenant's; "" means the embedded tenant
	URLFrom   string    // what names the URL: "--url", "HANKO_API_URL", a file; "" without a URL
	URLNote   string    // a sentence about how the URL was read; "" where there is nothing to know
	Tenant    string    // what the tenant is called on the screen
	File      string    // the configuration file that was read; "" when there is none
	API       hanko.API // "" finds out what the tenant is
	Device    string    // the name of a profile, or of one of the file's phones
	Email     string    // fills the email screen in; may be ""
	Timeout   time.Duration
	Keystore  string                     // the file of the phone's passkeys
	Ephemeral bool                       // nothing is kept on disk
	Debug     string                     // the file for exchanges; "" for none
	Plain     bool                       // in plain lines, not on a drawn screen
	Theme     string                     // one of Themes
	Motion    bool                       // sheets rise and notifications slide
	Mouse     bool                       // clicks and the wheel are for the app
	Apps      []authenticator.AndroidApp // the Android app by each of its signing certificates; never empty
	AppNamed  bool                       // somebody has written the app's certificates, be they the demo's: they are no default
	Expect    []fact.Expectation         // what the chosen tenant's facts must be; nil if nothing is expected
	AppleID   string                     // of the iOS app: TEAMID.bundle.id; may be ""
	Listen    string                     // where the embedded tenant listens, host:port; "" when nobody said
	Data      string                     // the embedded tenant's file
	DataNamed bool                       // somebody has named that file: it is no default
	Hosts     []string                   // further host names that the embedded tenant takes requests for, as tenant.ParseHost has them
	Preset    string                     // the kind of embedded tenant
	Settings  tenant.Settings            // what kind of tenant the embedded one is

	Phones        []authenticator.Profile // the one that is played, then those to change to; Device names the first
	NoBrowser     bool                    // nobody's browser is opened to sign in with a third party
	ReturnAddress string                  // where browsers come back to from one; "" when nobody said
	PageOrigin    string                  // of the page that uses a browser or a security key; may be ""
	AttestationCA string                  // the file of the CA behind packed attestation; openPhones gives it to the Phones
	Strict        bool                    // the phone refuses what only real platforms refuse
}

// InMemory returns the configuration for a run that keeps nothing on disk.
func (c Config) InMemory() Config {
	c.Ephemeral = true
	return c
}

// tenantKeys are the keys of one of the `tenants`.
var tenantKeys = []string{"url", "email", "device", appKey}

// Embedded is the name that always means the embedded tenant, and EmbeddedTitle what it is called on the screen.
const (
	Embedded      = "embedded"
	EmbeddedTitle = "embedded tenant"
)

// DemoKeyHash is the signing certificate of an app that does not exist, as base64url of its SHA-256; the embedded tenant
// accepts it.
const DemoKeyHash = "gSnqIn4sSJUNXfgEIPwr-LUXfJwIGEnN-Rdh4gPHGdg"

// Load reads the configuration: the file at path, or ./hankosim.yaml, or hankosim/hankosim.yaml in the XDG
// configuration directory; then the environment, then the flags. The path may be a pipe, or "-" for standard input. It
// fails with an *Error, or with the error of a context that ends while a pipe says nothing.
func Load(ctx context.Context, path string, flags *pflag.FlagSet) (Config, error) {
	file, name, err := readFile(ctx, path)
	if err != nil {
		return Config{}, err
	}
	all := viper.New()
	if err := all.MergeConfigMap(file.AllSettings()); err != nil {
		return Config{}, &Error{[]Problem{{Source: name, Reason: err.Error()}}}
	}
	loaded := &loader{file: file, fileName: name, all: all, flags: flags}
	for _, setting := range settings() {
		loaded.bind(setting)
	}
	loaded.checkFile()
	for _, setting := range settings() {
		loaded.checkValue(setting)
	}
	config := loaded.config()
	if len(loaded.problems) > 0 {
		return Config{}, &Error{loaded.problems}
	}
	return config, nil
}

// maxSize is how long a configuration can be, in bytes.
const maxSize = 1 << 20

// readFile reads the file that path names, or the first there is of the usual ones, or none.
func readFile(ctx context.Context, path string) (*viper.Viper, string, error) {
	file := viper.New()
	file.SetConfigType("yaml")
	candidates := []string{path}
	if path == "" {
		candidates = []string{"hankosim.yaml", userFile()}
	}
	for _, candidate := range candidates {
		content, err := input.Read(ctx, candidate, maxSize)
		if err == nil {
			err = file.ReadConfig(bytes.NewReader(content))
		}
		var large *input.TooLargeError
		switch {
		case ctx.Err() != nil:
			return nil, "", ctx.Err()
		case errors.As(err, &large):
			return nil, "", &Error{[]Problem{{Source: candidate, Reason: err.Error()}}}
		case err == nil:
			return file, candidate, nil
		case errors.Is(err, fs.ErrNotExist) && path == "":
			continue
		case errors.Is(err, fs.ErrNotExist):
			return nil, "", &Error{[]Problem{{
				Source: candidate, Reason: "there is no such file",
				Fix: "Name another with --config, or start with a copy of config.example.yaml",
			}}}
		case isPathError(err):
			return nil, "", &Error{[]Problem{{
				Source: candidate, Reason: "it cannot be read: " + oneLine(errors.Unwrap(err)),
				Fix: "Choose a file that you can read",
			}}}
		default:
			return nil, "", &Error{[]Problem{{
				Source: candidate, Reason: "it cannot be read as YAML: " + yamlProblem(err),
				Fix: "Compare it with config.example.yaml, and indent with spaces",
			}}}
		}
	}
	return viper.New(), "", nil
}

// isPathError reports whether the operating system could not read a file.
func isPathError(err error) bool {
	var path *fs.PathError
	return errors.As(err, &path)
}

// yamlValue matches the value that an error of the YAML parser repeats.
var yamlValue = regexp.MustCompile(" `[^`]*`")

// yamlProblem is what the YAML parser says, without the value, in which a password may stand.
func yamlProblem(err error) string { return yamlValue.ReplaceAllString(oneLine(err), "") }

func oneLine(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}

// loader gathers the problems on the way to a Config.
type loader struct {
	file     *viper.Viper // the file alone, to know what it holds
	fileName string
	all      *viper.Viper
	flags    *pflag.FlagSet
	problems []Problem
}

func (l *loader) bind(setting setting) {
	l.all.SetDefault(setting.key, setting.value)
	// The first variable that is set counts.
	_ = l.all.BindEnv(append([]string{setting.key}, variables(setting)...)...) // fails only without a key
	if flag := l.flags.Lookup(setting.flag); flag != nil && setting.flag != "" {
		_ = l.all.BindPFlag(setting.key, flag) // fails only without a flag
	}
}

// source is where a setting's value comes from, and what that is called.
func (l *loader) source(setting setting) (source, string) {
	if setting.flag != "" && l.flags.Changed(setting.flag) {
		return fromFlag, "--" + setting.flag
	}
	for _, variable := range variables(setting) {
		if os.Getenv(variable) != "" {
			return fromEnvironment, variable
		}
	}
	if l.file.InConfig(setting.key) || l.file.IsSet(setting.key) {
		return fromFile, l.fileName
	}
	return byDefault, "default"
}

// config makes the Config, and settles which tenant is meant.
func (l *loader) config() Config {
	text := func(key string) string { return strings.TrimSpace(l.all.GetString(key)) }
	timeout, _ := time.ParseDuration(text("timeout")) // checked already
	still, _ := l.flags.GetBool(noMotion)             // where a command has no such flag, nothing moves either
	config := Config{
		Device:    text("device"),
		Email:     text("email"),
		Timeout:   timeout,
		Keystore:  expand(text("keystore")),
		Ephemeral: l.all.GetBool("ephemeral"),
		Debug:     expand(text("debug")),
		Plain:     l.all.GetBool("plain"),
		Theme:     text("theme"),
		Motion:    text("motion") == "on" && !still,
		Mouse:     l.all.GetBool("mouse"),
		Listen:    text("embedded.listen"),
		Data:      expand(text("embedded.data")),
	}
	from, _ := l.source(settingOf("embedded.data"))
	config.DataNamed = from != byDefault
	config.AppleID = text("ios.app_id")
	if api := text("api"); api != "auto" {
		config.API = hanko.API(api)
	}
	origin, appSource := l.source(settingOf(appKey))
	config.Apps, config.AppNamed = l.apps(appKey, appSource, l.all.Get(appKey)), origin != byDefault
	config.Preset, config.Settings, config.Hosts = text("embedded.preset"), l.settings(), l.hosts()
	config.File = l.fileName
	config.PageOrigin, config.Strict = text("page_origin"), l.all.GetBool("strict")
	config.NoBrowser, config.ReturnAddress = l.all.GetBool("no_browser"), text("return_address")
	config.AttestationCA = expand(text("attestation_ca"))
	l.chooseTenant(&config)
	config.Email = hanko.CompleteEmail(config.Email)
	l.choosePhones(&config)
	return config
}

// settings are the embedded tenant's: those of its preset, with the session token in a header, as it is easier for an
// app, and then what is set one by one.
func (l *loader) settings() tenant.Settings {
	settings, _ := tenant.Preset(strings.TrimSpace(l.all.GetString("embedded.preset"))).Settings() // checked already
	settings.TokenInHeader = true
	_, source := l.source(settingOf("embedded.set"))
	for _, word := range l.all.GetStringSlice("embedded.set") {
		name, value, _ := strings.Cut(word, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if err := settings.Set(name, value); err != nil {
			l.report("embedded.set", source, fmt.Sprintf("has %q: %v", shown(word), without(name, without(value, err))), "`hankosim tenant --switches` lists the switches")
		}
	}
	return settings
}

// hosts are the names that the embedded tenant is reached by, beside its own.
func (l *loader) hosts() []string {
	var hosts []string
	_, source := l.source(settingOf("embedded.allow_host"))
	for _, word := range l.all.GetStringSlice("embedded.allow_host") {
		host, err := tenant.ParseHost(strings.TrimSpace(word))
		if err != nil {
			l.report("embedded.allow_host", source, fmt.Sprintf("has %q, which %v", shown(word), err), "It looks like devbox.local")
			continue
		}
		hosts = append(hosts, host)
	}
	return hosts
}

// chooseTenant settles between `url` and `tenant`: the stronger source wins, and of two equals neither.
func (l *loader) chooseTenant(config *Config) {
	urlFrom, urlSource := l.source(settingOf("url"))
	config.useURL(l.all.GetString("url"), urlSource)
	nameFrom, nameSource := l.source(settingOf("tenant"))
	name := strings.ToLower(strings.TrimSpace(l.all.GetString("tenant")))
	config.Tenant = "tenant"
	if config.URL == "" {
		config.Tenant = EmbeddedTitle
	}
	tenants := l.file.GetStringMap("tenants")
	names := slices.Sorted(maps.Keys(tenants))
	for _, other := range names {
		l.checkTenant(other)
	}
	if _, taken := tenants[Embedded]; taken {
		l.report("tenants."+Embedded, l.fileName, "is the name of hankosim's own tenant", "Choose another name")
	}
	switch {
	case name == "" || urlFrom > nameFrom: // an empty --url among them
		return
	case config.URL != "" && urlFrom == nameFrom:
		l.report("tenant", nameSource, "and url are both set", "Give one of the two")
		return
	}
	if name == Embedded {
		config.Tenant = EmbeddedTitle
		config.useURL("", "")
		return
	}
	if _, ok := tenants[name]; !ok {
		fix := "The configuration has no tenants. Add them under `tenants`, see config.example.yaml"
		if len(tenants) > 0 {
			fix = "The tenants are " + strings.Join(names, ", ")
		}
		l.report("tenant", nameSource, fmt.Sprintf("is %q, but there is no such tenant", shown(name)), fix)
		return
	}
	key := "tenants." + name + "."
	config.Tenant = name
	config.useURL(l.file.GetString(key+"url"), nameSource)
	for member, field := range map[string]*string{"email": &config.Email, "device": &config.Device} {
		from, _ := l.source(settingOf(member))
		if value := l.file.GetString(key + member); value != "" && from <= fromFile {
			*field = value
		}
	}
	if from, _ := l.source(settingOf(appKey)); from <= fromFile && l.file.Get(key+appKey) != nil {
		config.Apps, config.AppNamed = l.apps(key+appKey, l.fileName, l.file.Get(key+appKey)), true
	}
	config.Expect = l.expectations(name)
}

// useURL sets the tenant's URL as a person has written it somewhere; "" is none. One that is wrong is reported by its
// check.
func (c *Config) useURL(written, from string) {
	c.URL, c.URLFrom, c.URLNote = strings.TrimSpace(written), from, ""
	if c.URL == "" {
		c.URLFrom = ""
		return
	}
	if url, note, err := hanko.CompleteURL(written); err == nil {
		c.URL, c.URLNote = url, note
	}
}

func expand(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return filepath.Join(xdg.Home, rest)
	}
	return path
}
