package setting

import (
	"slices"
	"strings"
)

// Preset names a common kind of tenant.
type Preset string

// The presets.
const (
	PresetGuide          Preset = "guide"           // v2.7.0 as the mobile guide describes it: REST, no passwords, MFA off
	PresetV2MFA          Preset = "v2-mfa"          // v2.7.0 with its defaults: passwords and MFA, and so no passcodes over REST
	PresetV3             Preset = "v3"              // v3.0.4 with its defaults: only flows, passwords, MFA optional
	PresetV3Passwordless Preset = "v3-passwordless" // v3.0.4 without passwords and MFA, and with hints about accounts
	PresetV3MFA          Preset = "v3-mfa"          // v3.0.4 whose users must have a second factor
	PresetV3Multitenant  Preset = "v3-multitenant"  // v3.0.4 as one tenant of several, with its own path
)

// MultitenantID is the tenant id of PresetV3Multitenant, a UUID.
const MultitenantID = "6f1d3e0a-52c4-4b7e-9d80-3a1c5b7e9f24"

// Presets lists all presets, the default one first.
func Presets() []Preset {
	return []Preset{PresetGuide, PresetV2MFA, PresetV3, PresetV3Passwordless, PresetV3MFA, PresetV3Multitenant}
}

// switches returns the switches that the preset sets, as "name=value", and whether there is such a preset. The others have
// their defaults. Unlike Hanko's, cookies are never Secure, because the tenant listens on plain http.
func (p Preset) switches() ([]string, bool) {
	v3 := []string{"rest=off", "password=required", "mfa=optional", "deletion=off"}
	switch p {
	case PresetGuide:
		return nil, true
	case PresetV2MFA:
		return []string{"password=required", "mfa=optional", "deletion=off"}, true
	case PresetV3:
		return v3, true
	case PresetV3Passwordless:
		return []string{"rest=off", "deletion=off", "existence-hints=on"}, true
	case PresetV3MFA:
		return slices.Concat(v3, []string{"mfa=required"}), true
	case PresetV3Multitenant:
		return slices.Concat(v3, []string{"tenant-id=" + MultitenantID}), true
	}
	return nil, false
}

// Settings returns the preset's settings. The error for an unknown preset names the one that is probably meant, or all.
func (p Preset) Settings() (Settings, error) {
	var s Settings
	switches, known := p.switches()
	if !known {
		names := make([]string, 0, len(Presets()))
		for _, preset := range Presets() {
			names = append(names, string(preset))
		}
		return s, unknownName("preset", string(p), names)
	}
	for _, w := range switches {
		name, value, _ := strings.Cut(w, "=")
		if err := s.Set(name, value); err != nil {
			return s, err
		}
	}
	return s, nil
}
