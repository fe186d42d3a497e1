package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
)

// configuredPhone is an entry of `phones`, or an unchanged profile.
type configuredPhone struct {
	name    string
	profile authenticator.Profile
	apps    []authenticator.AndroidApp // on an Android phone, the app with each of its certificates
}

// profiles returns one profile for each of the app's signing certificates, because an installed app has only one.
func (p configuredPhone) profiles() []authenticator.Profile {
	if len(p.apps) == 0 {
		return []authenticator.Profile{p.profile}
	}
	var profiles []authenticator.Profile
	for i, app := range p.apps {
		profile := p.profile
		profile.App = app
		if i > 0 {
			profile.Label += fmt.Sprintf(", certificate %d", i+1)
		}
		profiles = append(profiles, profile)
	}
	return profiles
}

// phoneOf returns the profile of that name as a phone with the configured apps.
func (c Config) phoneOf(name, profileName string) (configuredPhone, error) {
	var app authenticator.AndroidApp
	if len(c.Apps) > 0 { // if not, apps has reported it
		app = c.Apps[0]
	}
	profile, err := authenticator.NamedProfile(profileName, app, c.PageOrigin)
	profile.AppleAppID = c.AppleID
	phone := configuredPhone{name: name, profile: profile}
	if profile.Platform == authenticator.AndroidOS {
		phone.apps = c.Apps
	}
	return phone, err
}

// profileKey is a key of an entry of `phones` that changes the profile.
type profileKey struct {
	name string
	set  func(profile *authenticator.Profile, value any) error
}

// profileKeys returns all such keys, in the order in which their mistakes are reported.
func profileKeys() []profileKey {
	type profile = authenticator.Profile
	return []profileKey{
		{"aaguid", asText(func(p *profile, text string) (err error) {
			p.AAGUID, err = authenticator.ParseAAGUID(text)
			return err
		})},
		{"algorithms", asTexts(func(p *profile, names []string) error {
			p.Algorithms = nil
			for _, name := range names {
				algorithm, err := authenticator.ParseAlgorithm(name)
				if err != nil {
					return err
				}
				p.Algorithms = append(p.Algorithms, algorithm)
			}
			return nil
		})},
		{"attachment", asText(func(p *profile, text string) error { p.Attachment = text; return nil })},
		{"attestation", asText(func(p *profile, text string) error {
			p.Attestation = authenticator.Attestation(text)
			return nil
		})},
		{"counts", asBool(func(p *profile, on bool) { p.Counts = on })},
		{"credential_ids", asText(func(p *profile, text string) error {
			p.CredentialIDs = authenticator.CredentialIDs(text)
			return nil
		})},
		{"discoverable_if_asked", asBool(func(p *profile, on bool) { p.OnlyIfAsked = on })},
		{"large_blob", asBool(func(p *profile, on bool) { p.LargeBlob = on })},
		{"page_origin", asText(func(p *profile, text string) error { p.PageOrigin = text; return nil })},
		{"prf", asBool(func(p *profile, on bool) { p.PRF = on })},
		{"synced", asBool(func(p *profile, on bool) { p.Synced = on })},
		{"transports", asTexts(func(p *profile, names []string) error { p.Transports = names; return nil })},
	}
}

func asText(set func(*authenticator.Profile, string) error) func(*authenticator.Profile, any) error {
	return func(p *authenticator.Profile, value any) error {
		text, ok := value.(string)
		if !ok {
			return fmt.Errorf("is %s, not text; put it in quotes", shown(value))
		}
		if err := set(p, text); err != nil {
			return fmt.Errorf("cannot be used: %w", without(text, err))
		}
		return nil
	}
}

func asTexts(set func(*authenticator.Profile, []string) error) func(*authenticator.Profile, any) error {
	return func(p *authenticator.Profile, value any) error {
		var texts []string
		for _, item := range asList(value) {
			text, ok := item.(string)
			if !ok {
				return fmt.Errorf("has %s, which is not text", shown(item))
			}
			texts = append(texts, text)
		}
		if err := set(p, texts); err != nil {
			for _, text := range texts {
				err = without(text, err)
			}
			return fmt.Errorf("cannot be used: %w", err)
		}
		return nil
	}
}

func asBool(set func(*authenticator.Profile, bool)) func(*authenticator.Profile, any) error {
	return func(p *authenticator.Profile, value any) error {
		on, ok := value.(bool)
		if !ok {
			return fmt.Errorf("is %s, not true or false", shown(value))
		}
		set(p, on)
		return nil
	}
}

// phoneKeys returns the keys that an entry of `phones` may have.
func phoneKeys() []string {
	keys := []string{"name", "profile", "account", phoneAppKey}
	for _, key := range profileKeys() {
		keys = append(keys, key.name)
	}
	return keys
}

// phoneNames returns the values that `device` may have: the names of the profiles, and those of the phones in the file.
func (l *loader) phoneNames() []string {
	names := authenticator.ProfileNames()
	for _, entry := range asList(l.file.Get("phones")) {
		members, _ := entry.(map[string]any)
		if name, _ := members["name"].(string); strings.TrimSpace(name) != "" {
			names = append(names, hanko.Printable(strings.TrimSpace(name)))
		}
	}
	return names
}

// checkDevice checks that a name is that of a profile or of an entry of `phones`.
func (l *loader) checkDevice(value string) (string, error) {
	names := l.phoneNames()
	if indexName(names, value) >= 0 {
		return "", nil
	}
	return "You can add phones under `phones`, see config.example.yaml", fmt.Errorf("is %q, not %s", shown(value), orList(names))
}

// indexName returns the index of a name, whatever its case, or -1.
func indexName(names []string, name string) int {
	return slices.IndexFunc(names, func(other string) bool { return strings.EqualFold(other, name) })
}

// orList returns "a, b or c".
func orList(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// phones returns the configured phones in the order of the file. It reports mistakes.
func (l *loader) phones(config Config) []configuredPhone {
	value := l.file.Get("phones")
	if value == nil {
		return nil
	}
	entries, isList := value.([]any)
	if !isList {
		l.report("phones", l.fileName, "must be a list", "Each entry starts with a dash: `- {name: Ada's iPhone, profile: iphone}`")
		return nil
	}
	var phones []configuredPhone
	taken := authenticator.ProfileNames()
	for i, entry := range entries {
		wrong := len(l.problems)
		phone := l.phone(fmt.Sprintf("phones[%d]", i+1), entry, taken, config)
		taken = append(taken, phone.name)
		if len(l.problems) == wrong {
			phones = append(phones, phone)
		}
	}
	return phones
}

// phone reads an entry of `phones`, which must not have one of the taken names. It reports mistakes.
func (l *loader) phone(key string, entry any, taken []string, config Config) configuredPhone {
	members, ok := entry.(map[string]any)
	if !ok {
		l.report(key, l.fileName, "is not a phone", "Write `- {name: Ada's iPhone, profile: iphone}`")
		return configuredPhone{}
	}
	before := len(l.problems)
	for _, member := range slices.Sorted(maps.Keys(members)) {
		if !slices.Contains(phoneKeys(), member) {
			l.report(key+"."+member, l.fileName, "is not a key of a phone", "A phone has "+strings.Join(phoneKeys(), ", "))
		}
	}
	name, profileName, account := l.phoneText(key, members, "name"), l.phoneText(key, members, "profile"), l.phoneText(key, members, "account")
	switch {
	case l.reported(key+".name", l.fileName):
	case name == "":
		l.report(key+".name", l.fileName, "is missing", "Add the name to use with --device, such as name: Ada's iPhone")
	case indexName(taken, name) >= 0:
		l.report(key+".name", l.fileName, fmt.Sprintf("is %q, which is also the name of a profile or another phone", shown(name)), "Give each phone a different name")
	}
	phone, err := config.phoneOf(name, cmp.Or(profileName, "iphone"))
	if err != nil {
		l.report(key+".profile", l.fileName, fmt.Sprintf("is %q, not %s", shown(profileName), orList(authenticator.ProfileNames())), "")
		phone, _ = config.phoneOf(name, "iphone") // to check the rest
	}
	if value, given := members[phoneAppKey]; given && phone.apps == nil && err == nil {
		l.report(key+"."+phoneAppKey, l.fileName, "is for the app of an Android phone", "Add `profile: android`")
	} else if given {
		phone.apps = l.apps(key+"."+phoneAppKey, l.fileName, value)
	}
	profile := phone.profile
	isPage := profile.Platform == authenticator.NoPlatform
	for _, change := range profileKeys() {
		if value, given := members[change.name]; given {
			if err := change.set(&profile, value); err != nil {
				l.report(key+"."+change.name, l.fileName, err.Error(), "")
			}
		}
	}
	if account != "" || !profile.Synced {
		profile = profile.Owned(name, account)
	}
	profile.Label = name
	if isPage && profile.PageOrigin == "" {
		l.report(key+".page_origin", l.fileName, "is missing, and this phone is used from a web page", pageOriginFix)
	}
	if len(l.problems) == before {
		l.checkProfile(key, profile)
	}
	phone.profile = profile
	return phone
}

// phoneText returns a text of an entry of `phones`, printable. It returns "" if the key is missing, or is not text.
func (l *loader) phoneText(key string, members map[string]any, member string) string {
	value, given := members[member]
	text, isText := value.(string)
	if given && !isText {
		l.report(key+"."+member, l.fileName, fmt.Sprintf("is %s, not text", shown(value)), "Put it in quotes")
	}
	return hanko.Printable(strings.TrimSpace(text))
}

const pageOriginFix = "Write the page's origin, such as https://login.example.com, or https://localhost for the embedded tenant"

// checkProfile reports a combination that no authenticator could have.
func (l *loader) checkProfile(key string, profile authenticator.Profile) {
	if profile.Attestation == authenticator.PackedAttestation {
		profile.AttestationCA = &authenticator.AttestationCA{} // openPhones gives it the real one
	}
	var all interface{ Unwrap() []error }
	if errors.As(profile.Check(), &all) {
		for _, err := range all.Unwrap() {
			for _, text := range []string{profile.PageOrigin, profile.Attachment, string(profile.Attestation), string(profile.CredentialIDs)} {
				err = without(text, err)
			}
			l.report(key, l.fileName, "is not a working authenticator: "+err.Error(), "")
		}
	}
}

// choosePhones sets Phones: the one in use, and then the file's other phones, in order. Without a configured device, the
// file's first phone is in use.
func (l *loader) choosePhones(config *Config) {
	phones := l.phones(*config)
	from, source := l.source(settingOf("device"))
	key := "device"
	if ofTenant := "tenants." + config.Tenant + ".device"; from <= fromFile && l.file.GetString(ofTenant) != "" {
		key, source, from = ofTenant, l.fileName, fromFile
	}
	if from == byDefault && len(phones) > 0 {
		config.Device = phones[0].name
	}
	at := slices.IndexFunc(phones, func(p configuredPhone) bool { return strings.EqualFold(p.name, config.Device) })
	if at < 0 {
		i := indexName(authenticator.ProfileNames(), config.Device)
		if i < 0 {
			return // reported already: there is no such phone, or it has a mistake
		}
		config.Device = authenticator.ProfileNames()[i]
		phone, _ := config.phoneOf(config.Device, config.Device) // it is one of the names
		if phone.profile.Platform == authenticator.NoPlatform && phone.profile.PageOrigin == "" {
			l.report(key, source, fmt.Sprintf("is %s, which is used from a web page, but page_origin is empty", config.Device), pageOriginFix)
		}
		phones, at = append([]configuredPhone{phone}, phones...), 0
	}
	config.Device = phones[at].name
	if apps := phones[at].apps; apps != nil {
		config.Apps, config.AppNamed = apps, true
	}
	for _, phone := range slices.Concat(phones[at:], phones[:at]) {
		config.Phones = append(config.Phones, phone.profiles()...)
	}
}

func checkPageOrigin(value string) (string, error) {
	if err := authenticator.SecurityKey(value).Check(); err != nil {
		return "It looks like https://login.example.com", fmt.Errorf("cannot be used: %w", without(value, err))
	}
	return "", nil
}
