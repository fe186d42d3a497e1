package config

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/adrg/xdg"
	"github.com/spf13/pflag"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko/tenant"
)

// source is where a value comes from. The weakest comes first.
type source int

const (
	byDefault source = iota
	fromFile
	fromEnvironment
	fromFlag
)

// setting is one key of the configuration.
type setting struct {
	key   string
	flag  string   // "" if it has none
	usage string   // of the flag, for --help
	local bool     // only some commands have the flag
	env   []string // environment variables in addition to HANKOSIM_<KEY>
	value any      // the default
	check func(value string) (fix string, err error)
}

// Themes are the values of the key theme.
var Themes = []string{"auto", "light", "dark", "contrast", "none"}

// settings returns all keys except `tenants` and `phones`.
func settings() []setting {
	return []setting{
		{
			key: "url", flag: "url", env: []string{"HANKO_API_URL"}, value: "", check: checkURL,
			usage: "the tenant's API `URL`; without it, hankosim starts an embedded tenant",
		},
		{key: "tenant", flag: "tenant", value: "", usage: "the `NAME` of a tenant in the configuration file, or embedded"},
		{ // its check knows the file's phones
			key: "device", flag: "device", value: "iphone",
			usage: "use this `PHONE`: " + orList(authenticator.ProfileNames()) + ", or a configured one by its name",
		},
		{
			key: "page_origin", flag: "page-origin", value: "", check: checkPageOrigin,
			usage: "the `ORIGIN` of the web page, for browsers and security keys",
		},
		{
			key: "strict", flag: "strict", local: true, value: false,
			usage: "refuse what only real platforms refuse: an app that the domain does not know, attestation on iOS",
		},
		{key: "attestation_ca", value: filepath.Join(xdg.DataHome, "hankosim", "attestation-ca.pem")},
		{
			key: "api", flag: "api", value: "auto", check: oneOf("auto", "rest", "flow"),
			usage: "the API to use: `auto|rest|flow`; auto finds out which one the tenant has",
		},
		{key: "email", flag: "email", value: "", check: checkEmail, usage: "fill in the email screen with `ADDRESS`"},
		{key: "timeout", value: "15s", check: checkDuration},
		{key: "keystore", value: filepath.Join(xdg.DataHome, "hankosim", "passkeys.json"), check: notEmpty},
		{key: "ephemeral", flag: "ephemeral", value: false, usage: "keep nothing on disk: no passkeys, and no users of the embedded tenant"},
		{key: "debug", flag: "debug", value: "", usage: "write every exchange, without its secrets, to `FILE` as JSON lines"},
		{
			key: "plain", flag: "plain", value: false,
			usage: "use plain lines of text, for screen readers and terminals without cursor control",
		},
		{
			key: "theme", flag: "theme", value: Themes[0], check: oneOf(Themes...),
			usage: "use this theme: `" + strings.Join(Themes, "|") + "`",
		},
		{
			key: "no_browser", flag: "no-browser", local: true, value: false,
			usage: "open no browser to sign in with a third party: show the link",
		},
		{
			key: "return_address", flag: "return-address", local: true, value: "", check: checkReturnAddress,
			usage: "the app's `URL` that browsers come back to from a third party (default http://127.0.0.1:0/callback, any free port)",
		},
		{key: "motion", value: "on", check: oneOf("on", "off")},
		{key: "mouse", flag: "mouse", value: false, usage: "use clicks and the mouse wheel"},
		{key: "android.package_name", value: "com.example.hankosim", check: notEmpty},
		{key: appKey, value: DemoKeyHash}, // apps checks it
		{key: "ios.app_id", value: ""},
		{
			key: "embedded.listen", flag: "listen", local: true, value: "", check: checkListen,
			usage: "listen on `ADDR`, host:port; port 0 takes any free one (default 127.0.0.1:8000)",
		},
		{
			key: "embedded.allow_host", flag: "allow-host", value: []string{},
			usage: "accept requests for `HOST`, a name of the embedded tenant's machine; can be repeated",
		},
		{key: "embedded.data", value: filepath.Join(xdg.DataHome, "hankosim", "tenant.db"), check: notEmpty},
		{
			key: "embedded.preset", flag: "preset", value: string(tenant.PresetGuide), check: checkPreset,
			usage: "the kind of embedded tenant: `" + presetNames() + "`",
		},
		{
			key: "embedded.set", flag: "set", value: []string{},
			usage: "change one `NAME=VALUE` of the embedded tenant; can be repeated (see hankosim tenant --switches)",
		},
	}
}

func presetNames() string {
	var names []string
	for _, preset := range tenant.Presets() {
		names = append(names, string(preset))
	}
	return strings.Join(names, "|")
}

// AddFlags adds the flags of every command to a set.
func AddFlags(flags *pflag.FlagSet) {
	for _, setting := range settings() {
		if setting.flag != "" && !setting.local {
			setting.addFlag(flags)
		}
	}
	flags.Bool(noMotion, false, "let nothing slide or rise on the screen")
}

// noMotion is the flag that turns the key motion off.
const noMotion = "no-motion"

// AddFlag adds the flag of one key to a set. Some flags are only for some commands.
func AddFlag(flags *pflag.FlagSet, key string) { settingOf(key).addFlag(flags) }

// keyOf is the annotation of a setting's flag: its key. A command can have another flag with the same name.
const keyOf = "key"

// flagIn returns the setting's flag in a set, or nil if it has none there.
func (s setting) flagIn(flags *pflag.FlagSet) *pflag.Flag {
	flag := flags.Lookup(s.flag)
	if s.flag == "" || flag == nil || !slices.Equal(flag.Annotations[keyOf], []string{s.key}) {
		return nil
	}
	return flag
}

func (s setting) addFlag(flags *pflag.FlagSet) {
	defer func() { _ = flags.SetAnnotation(s.flag, keyOf, []string{s.key}) }() // it fails only without the flag
	switch value := s.value.(type) {
	case bool:
		flags.Bool(s.flag, value, s.usage)
	case []string:
		flags.StringArray(s.flag, value, s.usage)
	case string:
		flags.String(s.flag, value, s.usage)
	}
}

func settingOf(key string) setting {
	return settings()[slices.IndexFunc(settings(), func(s setting) bool { return s.key == key })]
}

func variables(setting setting) []string {
	return append([]string{"HANKOSIM_" + strings.ToUpper(strings.ReplaceAll(setting.key, ".", "_"))}, setting.env...)
}
