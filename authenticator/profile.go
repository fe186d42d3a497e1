package authenticator

import (
	"crypto/rand"
	"crypto/sha1"
	"strings"
)

// Profile is a kind of phone: everything that makes one answer differ from another. IPhone and Android are
// read off real devices; their fields may be changed before NewPhone to play something else.
type Profile struct {
	Name       string // short, for flags and files: "iphone", "android"
	Label      string // for people: "iPhone", "Android phone"
	Platform   Platform
	AAGUID     AAGUID
	Transports []string
	Attachment string // "platform" or "cross-platform"
	// Keychain is where passkeys are kept: phones share what they keep in the same place.
	Keychain      string
	CredentialIDs CredentialIDs
	Algorithms    []Algorithm // what it can make keys for; the relying party's order decides
	Synced        bool        // passkeys leave the device: the flags BE and BS
	// App is the Android app that asks; its APKKeyHash gives the origin. Empty for other platforms.
	App AndroidApp
	// FullResponse adds what the app would otherwise work out itself: authenticatorData, publicKey,
	// publicKeyAlgorithm and clientExtensionResults.
	FullResponse bool
}

// AndroidApp is the native Android app that asks for passkeys.
type AndroidApp struct {
	PackageName string // "com.example.app"
	APKKeyHash  string // base64url, without padding or prefix, of the signing certificate's SHA-256
}

// CredentialIDs is how an authenticator makes credential ids.
type CredentialIDs string

// The ways known.
const (
	PointSHA1IDs CredentialIDs = "point-sha1" // 20 bytes: SHA-1 of the uncompressed public point (iCloud Keychain)
	Random16IDs  CredentialIDs = "random-16"  // 16 random bytes (Google Password Manager)
)

const apkKeyHashPrefix = "android:apk-key-hash:"

// IPhone is a native app on an iPhone that keeps its passkeys in iCloud Keychain.
func IPhone() Profile {
	return Profile{
		Name:          "iphone",
		Label:         "iPhone",
		Platform:      IOS,
		AAGUID:        AAGUID{0xfb, 0xfc, 0x30, 0x07, 0x15, 0x4e, 0x4e, 0xcc, 0x8c, 0x0b, 0x6e, 0x02, 0x05, 0x57, 0xd7, 0xbd},
		Transports:    []string{"internal", "hybrid"},
		Attachment:    "platform",
		Keychain:      "iCloud Keychain",
		CredentialIDs: PointSHA1IDs,
		Algorithms:    []Algorithm{ES256},
		Synced:        true,
	}
}

// Android is a native app on an Android phone (9 or later, Credential Manager) that keeps its passkeys in
// Google Password Manager.
func Android(app AndroidApp) Profile {
	app.APKKeyHash = strings.TrimPrefix(app.APKKeyHash, apkKeyHashPrefix)
	return Profile{
		Name:          "android",
		Label:         "Android phone",
		Platform:      AndroidOS,
		AAGUID:        AAGUID{0xea, 0x9b, 0x8d, 0x66, 0x4d, 0x01, 0x1d, 0x21, 0x3c, 0xe4, 0xb6, 0xb4, 0x8c, 0xb5, 0x75, 0xd4},
		Transports:    []string{"internal", "hybrid"},
		Attachment:    "platform",
		Keychain:      "Google Password Manager",
		CredentialIDs: Random16IDs,
		Algorithms:    []Algorithm{ES256},
		Synced:        true,
		App:           app,
		FullResponse:  true,
	}
}

// Origin is what the profile writes into clientDataJSON for an RP id: https://<RP id> on an iPhone,
// android:apk-key-hash:<hash> on Android.
func (p Profile) Origin(rpID string) string {
	if p.Platform == AndroidOS {
		return apkKeyHashPrefix + p.App.APKKeyHash
	}
	return "https://" + rpID
}

func (p Profile) clientData(typ, rpID string, challenge []byte) ClientData {
	return ClientData{
		Type:               typ,
		Challenge:          encodeChallenge(challenge),
		Origin:             p.Origin(rpID),
		AndroidPackageName: p.App.PackageName,
	}
}

func (p Profile) newCredentialID(k *key) []byte {
	if p.CredentialIDs == PointSHA1IDs {
		sum := sha1.Sum(k.point)
		return sum[:]
	}
	id := make([]byte, 16)
	rand.Read(id) // never fails
	return id
}

func (p Profile) flags(userVerified bool) Flags {
	f := UserPresent
	if userVerified {
		f |= UserVerified
	}
	if p.Synced {
		f |= BackupEligible | BackedUp
	}
	return f
}
