package exchange

import (
	"encoding/base64"
	"encoding/json"

	"example.com/hankosim/authenticator"
)

// encoding is how one kind of virtual authenticator writes credentials.
type encoding struct {
	base64 *base64.Encoding
	// still is the sign count of a passkey without a counter. Chromium counts up from any value except -1, which it keeps
	// at 0; WebDriver accepts no negative number.
	still int64
}

var (
	devTools  = encoding{base64.StdEncoding, -1}
	webDriver = encoding{base64.RawURLEncoding, 0}
)

// virtualCredential is WebAuthn.Credential of the DevTools protocol and "credential parameters" of WebDriver
// (WebAuthn Level 3 section 11.7): the same members, in different encodings.
type virtualCredential struct {
	CredentialID         string `json:"credentialId"`
	IsResidentCredential bool   `json:"isResidentCredential"`
	RPID                 string `json:"rpId"`
	PrivateKey           string `json:"privateKey"` // PKCS#8, DER
	UserHandle           string `json:"userHandle,omitempty"`
	SignCount            int64  `json:"signCount"`
	LargeBlob            string `json:"largeBlob,omitempty"`
	BackupEligibility    bool   `json:"backupEligibility"`
	BackupState          bool   `json:"backupState"`
	UserName             string `json:"userName,omitempty"`
	UserDisplayName      string `json:"userDisplayName,omitempty"`
}

// ProfileOf returns the profile of the phone that has a passkey.
type ProfileOf func(authenticator.Passkey) authenticator.Profile

// DevTools writes passkeys as in Chromium's DevTools protocol (WebAuthn.getCredentials and WebAuthn.addCredential):
// {"credentials": […]}, with binary members in base64. profile returns the profile of the phone that has a passkey, which
// says whether it is backed up. Chromium accepts only ES256 keys.
func DevTools(profile ProfileOf, list []authenticator.PrivatePasskey) ([]byte, error) {
	return json.MarshalIndent(map[string]any{"credentials": virtualCredentials(profile, list, devTools)}, "", "  ")
}

// WebDriver writes passkeys as WebDriver's virtual authenticators return them (Get Credentials) and accept them one by one
// (Add Credential): an array, with binary members in base64url.
func WebDriver(profile ProfileOf, list []authenticator.PrivatePasskey) ([]byte, error) {
	return json.MarshalIndent(virtualCredentials(profile, list, webDriver), "", "  ")
}

func virtualCredentials(profileOf ProfileOf, list []authenticator.PrivatePasskey, e encoding) []virtualCredential {
	out := make([]virtualCredential, 0, len(list))
	for _, p := range list {
		profile, count := profileOf(p.Passkey), int64(p.SignCount)
		eligible := p.Eligibility == authenticator.BackupYes || p.Eligibility == authenticator.EligibleAsPhone && profile.Synced
		if count == 0 && !profile.Counts {
			count = e.still
		}
		out = append(out, virtualCredential{
			CredentialID:         e.base64.EncodeToString(p.CredentialID),
			IsResidentCredential: !p.ServerSide,
			RPID:                 p.RPID,
			PrivateKey:           e.base64.EncodeToString(p.PrivateKey),
			UserHandle:           e.base64.EncodeToString(p.UserHandle),
			SignCount:            count,
			LargeBlob:            e.base64.EncodeToString(p.LargeBlob),
			BackupEligibility:    eligible,
			BackupState:          eligible,
			UserName:             p.UserName,
			UserDisplayName:      p.DisplayName,
		})
	}
	return out
}
