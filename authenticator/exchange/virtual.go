// Package exchange writes and reads passkeys in the formats of others: as credentials of the virtual
// authenticators of Chromium (DevTools protocol, domain WebAuthn) and WebDriver, and in FIDO's Credential
// Exchange Format. What it writes contains private keys: it is for files only their owner can read.
package exchange

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"example.com/hankosim/authenticator"
)

// encoding tells the two virtual authenticators apart.
type encoding struct {
	base64 *base64.Encoding
	// still is the sign count of a passkey whose counter does not count. Chromium counts up from whatever it
	// is given, and -1 keeps it at 0; WebDriver takes no negative number.
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

// ProfileOf gives the profile of the phone that a passkey is on.
type ProfileOf func(authenticator.Passkey) authenticator.Profile

// DevTools writes passkeys as Chromium's DevTools protocol gives them (WebAuthn.getCredentials) and takes them
// (WebAuthn.addCredential): {"credentials": […]}, binary members in base64. profile gives the profile of the phone
// that a passkey is on, which knows whether it is backed up. Chromium takes ES256 keys only.
func DevTools(profile ProfileOf, list []authenticator.PrivatePasskey) ([]byte, error) {
	return json.MarshalIndent(map[string]any{"credentials": virtualCredentials(profile, list, devTools)}, "", "  ")
}

// WebDriver writes passkeys as WebDriver's virtual authenticators give them (Get Credentials) and take them,
// one by one (Add Credential): an array, binary members in base64url.
func WebDriver(profile ProfileOf, list []authenticator.PrivatePasskey) ([]byte, error) {
	return json.MarshalIndent(virtualCredentials(profile, list, webDriver), "", "  ")
}

func virtualCredentials(profileOf ProfileOf, list []authenticator.PrivatePasskey, e encoding) []virtualCredential {
	out := make([]virtualCredential, 0, len(list))
	for _, p := range list {
		profile, count := profileOf(p.Passkey), int64(p.SignCount)
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
			BackupEligibility:    profile.Synced,
			BackupState:          profile.Synced,
			UserName:             p.UserName,
			UserDisplayName:      p.DisplayName,
		})
	}
	return out
}

// ParseVirtual reads what DevTools or WebDriver wrote, or a browser: {"credentials": […]}, {"credential": …},
// an array, or one credential; base64 or base64url, padded or not. The passkeys have no keychain yet:
// Phone.Import gives them one, and checks them.
func ParseVirtual(data []byte) ([]authenticator.PrivatePasskey, error) {
	var list []virtualCredential
	trimmed := strings.TrimLeft(string(data), " \t\r\n")
	var err error
	if strings.HasPrefix(trimmed, "[") {
		err = json.Unmarshal(data, &list)
	} else {
		list, err = parseObject(data)
	}
	if err != nil {
		return nil, fmt.Errorf("these are no virtual authenticator's credentials: %w", err)
	}
	if len(list) == 0 {
		return nil, errors.New("there are no credentials in it")
	}
	out := make([]authenticator.PrivatePasskey, 0, len(list))
	for i, v := range list {
		p, err := v.passkey()
		if err != nil {
			return nil, fmt.Errorf("credential %d of %d: %w", i+1, len(list), err)
		}
		out = append(out, p)
	}
	return out, nil
}

func parseObject(data []byte) ([]virtualCredential, error) {
	var in struct {
		Credentials []virtualCredential `json:"credentials"`
		Credential  *virtualCredential  `json:"credential"`
		virtualCredential
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, err
	}
	switch {
	case in.Credentials != nil:
		return in.Credentials, nil
	case in.Credential != nil:
		return []virtualCredential{*in.Credential}, nil
	case in.CredentialID != "":
		return []virtualCredential{in.virtualCredential}, nil
	}
	return nil, nil
}

func (v virtualCredential) passkey() (authenticator.PrivatePasskey, error) {
	var p authenticator.PrivatePasskey
	for _, member := range []struct {
		name  string
		value string
		to    *[]byte
	}{
		{"credentialId", v.CredentialID, &p.CredentialID},
		{"privateKey", v.PrivateKey, &p.PrivateKey},
		{"userHandle", v.UserHandle, &p.UserHandle},
		{"largeBlob", v.LargeBlob, &p.LargeBlob},
	} {
		if member.value == "" {
			continue
		}
		raw, err := decodeAny(member.value)
		if err != nil {
			return p, fmt.Errorf("its %s is neither base64 nor base64url: %w", member.name, err)
		}
		*member.to = raw
	}
	p.RPID = v.RPID
	p.UserName, p.DisplayName = v.UserName, v.UserDisplayName
	if p.UserName == "" { // WebDriver knows none
		p.UserName = v.RPID
	}
	if p.DisplayName == "" {
		p.DisplayName = p.UserName
	}
	p.ServerSide = !v.IsResidentCredential
	if v.SignCount > 0 {
		if v.SignCount > 1<<32-1 {
			return p, fmt.Errorf("its signCount %d is too great", v.SignCount)
		}
		p.SignCount = uint32(v.SignCount)
	}
	return p, nil
}

// decodeAny reads base64 in either alphabet, padded or not.
func decodeAny(s string) ([]byte, error) {
	s = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(s, "="))
	return base64.RawURLEncoding.DecodeString(s)
}
