package tenant

import (
	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
)

// The types of the packages below that Open's callers need.
type (
	// StoreError reports why Open could not use its file, or why a request could not be stored.
	StoreError = store.Error
	// StoreProblem is the kind of a StoreError.
	StoreProblem = store.Problem

	// Settings are what real tenants differ in.
	Settings = setting.Settings
	// Switch is one thing in which tenants differ, by name.
	Switch = setting.Switch
	// Preset names a common kind of tenant.
	Preset = setting.Preset
	// PasswordUse says whether users have a password.
	PasswordUse = setting.PasswordUse
	// UsernameUse says whether users have a username.
	UsernameUse = setting.UsernameUse
	// Acquire says when a flow has the user create a credential.
	Acquire = setting.Acquire
)

// The values of these types. They are described where they are declared.
const (
	StoreLocked      = store.Locked
	StoreDamaged     = store.Damaged
	StoreForeign     = store.Foreign
	StoreUnreachable = store.Unreachable
	StoreFull        = store.Full
	StoreUnwritable  = store.Unwritable

	PresetGuide          = setting.PresetGuide
	PresetV2MFA          = setting.PresetV2MFA
	PresetV3             = setting.PresetV3
	PresetV3Passwordless = setting.PresetV3Passwordless
	PresetV3MFA          = setting.PresetV3MFA
	PresetV3Multitenant  = setting.PresetV3Multitenant

	PasswordOff      = setting.PasswordOff
	PasswordOptional = setting.PasswordOptional
	PasswordRequired = setting.PasswordRequired

	UsernameOff      = setting.UsernameOff
	UsernameOptional = setting.UsernameOptional
	UsernameRequired = setting.UsernameRequired

	AcquireAlways      = setting.AcquireAlways
	AcquireConditional = setting.AcquireConditional
	AcquireNever       = setting.AcquireNever
)

// MultitenantID is the tenant id of PresetV3Multitenant.
const MultitenantID = setting.MultitenantID

// Switches returns all switches, in the order in which they are documented.
func Switches() []Switch { return setting.Switches() }

// Presets returns all presets, the default one first.
func Presets() []Preset { return setting.Presets() }
