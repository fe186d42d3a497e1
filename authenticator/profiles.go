package authenticator

import (
	"fmt"
	"strings"
)

// IPhone returns the profile of a native app on an iPhone with iCloud Keychain.
func IPhone() Profile {
	return Profile{
		Name:          "iphone",
		Label:         "iPhone",
		Platform:      IOS,
		Maker:         Apple,
		Keychain:      "iCloud Keychain",
		AAGUID:        AAGUID{0xfb, 0xfc, 0x30, 0x07, 0x15, 0x4e, 0x4e, 0xcc, 0x8c, 0x0b, 0x6e, 0x02, 0x05, 0x57, 0xd7, 0xbd},
		CredentialIDs: PointSHA1IDs,
		Algorithms:    []Algorithm{ES256},
		Synced:        true,
		PRF:           true,
		LargeBlob:     true,
		Transports:    []string{"internal", "hybrid"},
		Attachment:    "platform",
	}
}

// Android returns the profile of a native app on an Android phone (9 or later, Credential Manager) with Google Password
// Manager.
func Android(app AndroidApp) Profile {
	app.APKKeyHash = strings.TrimPrefix(app.APKKeyHash, apkKeyHashPrefix)
	return Profile{
		Name:          "android",
		Label:         "Android phone",
		Platform:      AndroidOS,
		Maker:         Google,
		Keychain:      "Google Password Manager",
		AAGUID:        AAGUID{0xea, 0x9b, 0x8d, 0x66, 0x4d, 0x01, 0x1d, 0x21, 0x3c, 0xe4, 0xb6, 0xb4, 0x8c, 0xb5, 0x75, 0xd4},
		CredentialIDs: Random16IDs,
		Algorithms:    []Algorithm{ES256},
		Synced:        true,
		PRF:           true,
		Transports:    []string{"internal", "hybrid"},
		Attachment:    "platform",
		App:           app,
		FullResponse:  true,
	}
}

// OldIPhone returns IPhone with an older iOS: its AAGUID is all zeros, and it has no extensions.
func OldIPhone() Profile {
	p := IPhone()
	p.Name, p.Label = "iphone-old", "older iPhone"
	p.AAGUID = AAGUID{}
	p.PRF, p.LargeBlob = false, false
	return p
}

// OldAndroid returns Android with an older release: its AAGUID is all zeros, and it has no extensions.
func OldAndroid(app AndroidApp) Profile {
	p := Android(app)
	p.Name, p.Label = "android-old", "older Android phone"
	p.AAGUID = AAGUID{}
	p.PRF = false
	return p
}

// UnlockedAndroid returns Android on a phone without a screen lock, whose passkey app asks only for a tap. It verifies
// nobody.
func UnlockedAndroid(app AndroidApp) Profile {
	p := Android(app)
	p.Name, p.Label = "android-no-lock", "Android phone without a screen lock"
	p.Keychain = "a passkey app without a lock"
	p.AAGUID = AAGUID{}
	p.PRF, p.NoScreenLock = false, true
	return p
}

// IPhoneBrowser returns the profile of a web page in the browser on an iPhone, with iCloud Keychain. pageOrigin is the page's
// origin, such as "https://login.example.com".
func IPhoneBrowser(pageOrigin string) Profile { return browser(IPhone(), pageOrigin) }

// AndroidBrowser returns the profile of a web page in the browser on an Android phone, with Google Password Manager.
func AndroidBrowser(pageOrigin string) Profile { return browser(Android(AndroidApp{}), pageOrigin) }

// browser returns the profile of a browser on the same phone. It has the same passkeys, but the page's origin, DOMExceptions
// instead of the platform's errors, and the whole response, as PublicKeyCredential.toJSON() returns it.
func browser(p Profile, pageOrigin string) Profile {
	p.Name += "-browser"
	p.Label = "browser on an " + p.Label
	p.Platform = NoPlatform
	p.PageOrigin = pageOrigin
	p.FullResponse = true
	return p
}

// SecurityKey returns the profile of a USB security key that a web page uses. Its passkeys are not synced, its counter
// counts, and it attests itself if asked. For a certificate chain, set Attestation and AttestationCA.
func SecurityKey(pageOrigin string) Profile {
	return Profile{
		Name:          "security-key",
		Label:         "USB security key",
		Keychain:      "security key",
		AAGUID:        AAGUID{0x68, 0x61, 0x6e, 0x6b, 0x6f, 0x73, 0x49, 0x6d, 0x80, 0x00, 0x73, 0x65, 0x63, 0x6b, 0x65, 0x79}, // of no real device
		CredentialIDs: Random32IDs,
		Algorithms:    []Algorithm{ES256, EdDSA, ES384},
		Counts:        true,
		OnlyIfAsked:   true,
		Attestation:   SelfAttestation,
		PRF:           true,
		Transports:    []string{"usb"},
		Attachment:    "cross-platform",
		PageOrigin:    pageOrigin,
		FullResponse:  true,
	}
}

// namedProfiles are the profiles that can be chosen by name, in the order of lists.
var namedProfiles = []func(app AndroidApp, pageOrigin string) Profile{
	func(AndroidApp, string) Profile { return IPhone() },
	func(app AndroidApp, _ string) Profile { return Android(app) },
	func(AndroidApp, string) Profile { return OldIPhone() },
	func(app AndroidApp, _ string) Profile { return OldAndroid(app) },
	func(app AndroidApp, _ string) Profile { return UnlockedAndroid(app) },
	func(_ AndroidApp, pageOrigin string) Profile { return IPhoneBrowser(pageOrigin) },
	func(_ AndroidApp, pageOrigin string) Profile { return AndroidBrowser(pageOrigin) },
	func(_ AndroidApp, pageOrigin string) Profile { return SecurityKey(pageOrigin) },
}

// ProfileNames returns the names that NamedProfile accepts.
func ProfileNames() []string {
	var names []string
	for _, build := range namedProfiles {
		names = append(names, build(AndroidApp{}, "").Name)
	}
	return names
}

// NamedProfile returns the profile with a name of ProfileNames. The native Android profiles use app, and those of web pages
// use pageOrigin.
func NamedProfile(name string, app AndroidApp, pageOrigin string) (Profile, error) {
	for _, build := range namedProfiles {
		if profile := build(app, pageOrigin); profile.Name == name {
			return profile, nil
		}
	}
	return Profile{}, fmt.Errorf("there is no profile %q; the profiles are %s", name, strings.Join(ProfileNames(), ", "))
}
