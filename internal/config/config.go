// Package config reads the configuration: flags come before the environment, then the file, then defaults. It reports all
// mistakes at once. It also saves a tenant into the file.
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

// Config is the checked configuration of a run. It does not change after Load.
type Config struct {
	URL       string    // the tenant's; "" means the embedded tenant
	URLFrom   string    // the source of the URL: "--url", "HANKO_API_URL", a file; "" without a URL
	URLNote   string    // a sentence about how the URL was completed; may be ""
	Tenant    string    // the tenant's name on the screen
	File      string    // the configuration file that was read; "" if there is none
	API       hanko.API // "" finds out which one the tenant has
	Device    string    // the name of a profile, or of a phone in the file
	Email     string    // fills the email screen in; may be ""
	Timeout   time.Duration
	Keystore  string                     // the file with the phone's passkeys
	Ephemeral bool                       // nothing is kept on disk
	Debug     string                     // the file for exchanges; "" for none
	Plain     bool                       // plain lines instead of a drawn screen
	Theme     string                     // one of Themes
	Motion    bool                       // sheets rise and notifications slide
	Mouse     bool                       // the app gets clicks and the wheel
	Apps      []authenticator.AndroidApp // the Android app with each of its signing certificates; never empty
	AppNamed  bool                       // the certificates are configured, and not the default, even if they are the demo's
	Expect    []fact.Expectation         // of the chosen tenant's facts; nil if nothing is expected
	AppleID   string                     // of the iOS app: TEAMID.bundle.id; may be ""
	Listen    string                     // where the embedded tenant listens, host:port; "" if not configured
	Data      string                     // the embedded tenant's file
	DataNamed bool                       // that file is configured, and not the default
	Hosts     []string                   // more host names of the embedded tenant, as tenant.ParseHost returns them
	Preset    string                     // the kind of embedded tenant
	Settings  tenant.Settings            // of the embedded tenant

	Phones        []authenticator.Profile // the one in use, then the others; Device is the name of the first
	NoBrowser     bool                    // no browser is opened to sign in with a third party
	ReturnAddress string                  // where browsers return from a third party; "" if not configured
	PageOrigin    string                  // the origin of the page that uses a browser or a security key; may be ""
	AttestationCA string                  // the file with the CA for packed attestation; openPhones gives it to the Phones
	Strict        bool                    // the phone refuses what only real platforms refuse
}

// InMemory returns the same configuration, but for a run that keeps nothing on disk.
func (c Config) InMemory() Config {
	c.Ephemeral = true
	return c
}

// tenantKeys are the keys of an entry of `tenants`.
var tenantKeys = []string{"url", "email", "device", appKey}

// Embedded is the reserved name of the embedded tenant, and EmbeddedTitle its name on the screen.
const (
	Embedded      = "embedded"
	EmbeddedTitle = "embedded tenant"
)

// DemoKeyHash is the signing certificate of an app that does not exist, as base64url of its SHA-256; the embedded tenant
// accepts it.
const DemoKeyHash = "gSnqIn4sSJUNXfgEIPwr-LUXfJwIGEnN-Rdh4gPHGdg"

// Load reads the configuration: the file at path, or ./hankosim.yaml, or hankosim/hankosim.yaml in the XDG
// configuration directory; then the environment, then the flags. The path may be a pipe, or "-" for standard input. It
// fails with an *Error, or with the error of a context that ends while it waits for a pipe.
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

// maxSize is the size limit of a configuration, in bytes.
const maxSize = 1 << 20

// readFile reads the file at path. Without a path, it reads the first of the usual files that exists, or none.
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

// yamlValue matches a value in the YAML parser's errors.
var yamlValue = regexp.MustCompile(" `[^`]*`")

// yamlProblem returns the YAML parser's error without values, which may contain a password.
func yamlProblem(err error) string { return yamlValue.ReplaceAllString(oneLine(err), "") }

func oneLine(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}

// loader collects problems while it reads a Config.
type loader struct {
	file     *viper.Viper // only the file
	fileName string
	all      *viper.Viper
	flags    *pflag.FlagSet
	problems []Problem
}

func (l *loader) bind(setting setting) {
	l.all.SetDefault(setting.key, setting.value)
	// The first variable that is set counts.
	_ = l.all.BindEnv(append([]string{setting.key}, variables(setting)...)...) // fails only without a key
	if flag := setting.flagIn(l.flags); flag != nil {
		_ = l.all.BindPFlag(setting.key, flag) // fails only without a flag
	}
}

// source returns where a setting's value comes from, and the name of that source.
func (l *loader) source(setting setting) (source, string) {
	if flag := setting.flagIn(l.flags); flag != nil && flag.Changed {
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

// config returns the Config, with the chosen tenant and phones.
func (l *loader) config() Config {
	text := func(key string) string { return strings.TrimSpace(l.all.GetString(key)) }
	timeout, _ := time.ParseDuration(text("timeout")) // checked already
	still, _ := l.flags.GetBool(noMotion)             // false if the command has no such flag
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

// settings returns the embedded tenant's settings: those of its preset, with the session token in a header, which is easier
// for an app, and then the switches that are set.
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

// hosts returns the configured host names of the embedded tenant.
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

// chooseTenant chooses between `url` and `tenant`: the stronger source wins. It is a mistake if both have the same source.
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
	case name == "" || urlFrom > nameFrom:
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

// useURL sets the tenant's URL from what a person has written; "" is none. checkURL reports a wrong one.
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
