package authenticator

import (
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Maker is the maker of a device, or of its operating system.
type Maker string

// The makers whose phones have their own look and sheets. Security keys have none of them.
const (
	Apple  Maker = "Apple"
	Google Maker = "Google"
)

// Profile is a kind of phone, with everything in which phones' answers differ. Start from a function such as IPhone. Any
// field may be changed before NewPhone, and Check says whether the result makes sense.
type Profile struct {
	Name     string // short, for flags and files: "iphone", "android"
	Label    string // for people: "iPhone", "Ada's iPhone"
	Platform Platform
	Maker    Maker // decides how the sheets look

	// Keychain is where passkeys are kept. Phones with the same one share their passkeys.
	Keychain      string
	AAGUID        AAGUID
	CredentialIDs CredentialIDs
	Algorithms    []Algorithm // the supported algorithms; the relying party's order decides
	Synced        bool        // passkeys are synced: the flags BE and BS are set
	Counts        bool        // the sign counter counts; on phones, it stays 0
	NoScreenLock  bool        // it verifies nobody: the flag UV is never set
	// OnlyIfAsked makes credentials discoverable only if the relying party asks for resident keys, as security keys do to save
	// memory. On phones, they always are.
	OnlyIfAsked   bool
	Attestation   Attestation    // what it sends if asked; "" means none
	AttestationCA *AttestationCA // for PackedAttestation
	PRF           bool           // has the prf extension
	LargeBlob     bool           // has the largeBlob extension

	Transports []string
	Attachment string // "platform" or "cross-platform"

	// App is the Android app, whose APKKeyHash is in the origin. It is empty on other platforms.
	App AndroidApp
	// AppleAppID is the iOS app, such as "TEAMID.com.example.app". Only association checks need it.
	AppleAppID string
	// PageOrigin is the origin of the web page, such as "https://login.example.com". It is empty for native apps.
	PageOrigin string
	// FullResponse adds the members that apps could derive from others: authenticatorData, publicKey, publicKeyAlgorithm and
	// clientExtensionResults.
	FullResponse bool
}

// AndroidApp is a native Android app.
type AndroidApp struct {
	PackageName string // "com.example.app"
	APKKeyHash  string // base64url, without padding or prefix, of the signing certificate's SHA-256
}

// CredentialIDs says how an authenticator creates credential IDs.
type CredentialIDs string

// The values of CredentialIDs.
const (
	// PointSHA1IDs have 20 bytes: the SHA-1 of the public key, for ECDSA its uncompressed point (iCloud Keychain).
	PointSHA1IDs CredentialIDs = "point-sha1"
	// Random16IDs have 16 random bytes (Google Password Manager).
	Random16IDs CredentialIDs = "random-16"
	// Random32IDs have 32 random bytes.
	Random32IDs CredentialIDs = "random-32"
)

const apkKeyHashPrefix = "android:apk-key-hash:"

// Origin returns the origin in clientDataJSON for an RP ID: https://<RP ID> for an app on an iPhone,
// android:apk-key-hash:<hash> for an app on Android, and the page's own in a browser.
func (p Profile) Origin(rpID string) string {
	switch {
	case p.PageOrigin != "":
		return p.PageOrigin
	case p.Platform == AndroidOS:
		return apkKeyHashPrefix + p.App.APKKeyHash
	}
	return "https://" + rpID
}

// Owned returns the profile of a named phone that belongs to an account. "Ada's iPhone" and "Ada's iPad" of the account
// "ada" share their passkeys, as with iCloud Keychain and Google Password Manager. A device that is not synced, such as a
// security key, shares them with no other.
func (p Profile) Owned(label, account string) Profile {
	p.Label = label
	if p.Synced {
		p.Keychain += " of " + account
	} else {
		p.Keychain += " " + label
	}
	return p
}

// Check returns an error for each thing about a profile that no real authenticator has, for profiles from a configuration.
func (p Profile) Check() error {
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if p.Name == "" || p.Keychain == "" {
		add("a profile needs a name and a keychain")
	}
	if len(p.Algorithms) == 0 {
		add("a profile needs at least one algorithm")
	}
	for _, a := range p.Algorithms {
		if !slices.Contains(Algorithms(), a) {
			add("%v is not supported; use %v", a, Algorithms())
		}
	}
	if !slices.Contains([]CredentialIDs{PointSHA1IDs, Random16IDs, Random32IDs}, p.CredentialIDs) {
		add("credential IDs %q are not supported", p.CredentialIDs)
	}
	if !slices.Contains([]Attestation{"", NoAttestation, SelfAttestation, PackedAttestation}, p.Attestation) {
		add("attestation %q is not supported", p.Attestation)
	}
	if p.Attestation == PackedAttestation && p.AttestationCA == nil {
		add("packed attestation needs an attestation CA")
	}
	if p.Attachment != "platform" && p.Attachment != "cross-platform" {
		add("attachment %q is neither platform nor cross-platform", p.Attachment)
	}
	if p.PageOrigin != "" {
		if _, err := pageDomain(p.PageOrigin); err != nil {
			problems = append(problems, err)
		}
	} else if p.Platform == AndroidOS {
		if hash, err := base64.RawURLEncoding.DecodeString(p.App.APKKeyHash); err != nil || len(hash) != sha256.Size {
			add("APK key hash %q is not the base64url of a SHA-256, without padding", p.App.APKKeyHash)
		}
	}
	return errors.Join(problems...)
}

// pageDomain returns the effective domain of a web page's origin, which must be a secure context.
func pageDomain(origin string) (string, error) {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Scheme+"://"+u.Host != origin {
		return "", fmt.Errorf("%q is not an origin such as https://login.example.com", origin)
	}
	host := u.Hostname()
	local := host == "localhost" || strings.HasSuffix(host, ".localhost")
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return "", fmt.Errorf("%q is not a secure origin: passkeys need https, or http on localhost", origin)
	}
	return host, nil
}

func (p Profile) clientData(typ, rpID string, challenge []byte) ClientData {
	c := ClientData{
		Type:      typ,
		Challenge: encodeChallenge(challenge),
		Origin:    p.Origin(rpID),
	}
	if p.PageOrigin != "" {
		c.CrossOrigin = new(bool)
	} else {
		c.AndroidPackageName = p.App.PackageName
	}
	return c
}

func (p Profile) newCredentialID(k *key) []byte {
	size := 16
	switch p.CredentialIDs {
	case PointSHA1IDs:
		sum := sha1.Sum(k.public)
		return sum[:]
	case Random32IDs:
		size = 32
	}
	id := make([]byte, size)
	rand.Read(id) // never fails
	return id
}

// revealedAAGUID returns the AAGUID that the relying party sees. Browsers hide that of a security key, together with its
// attestation, if no attestation is asked for.
func (p Profile) revealedAAGUID(asked string) AAGUID {
	if p.Attachment == "cross-platform" && (asked == "" || asked == "none") {
		return AAGUID{}
	}
	return p.AAGUID
}

// discoverable reports whether a new credential is discoverable (section 5.4.6).
func (p Profile) discoverable(s Selection) bool {
	if !p.OnlyIfAsked {
		return true
	}
	switch s.ResidentKey {
	case "required", "preferred":
		return true
	case "discouraged":
		return false
	}
	return s.RequireResidentKey
}

func (p Profile) flags(userVerified bool, eligible Eligibility) Flags {
	f := UserPresent
	if userVerified {
		f |= UserVerified
	}
	if eligible == BackupYes || eligible == EligibleAsPhone && p.Synced {
		f |= BackupEligible | BackedUp
	}
	return f
}
