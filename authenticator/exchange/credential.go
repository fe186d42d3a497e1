package exchange

import (
	"encoding/json"
	"fmt"
	"math"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/internal/exactjson"
)

// envelopes are the JSON members that contain credentials: results and events of DevTools, responses of WebDriver, and
// lists that other tools make.
var envelopes = []string{"credentials", "credential", "passkeys", "result", "value", "params"}

// deepest is how many envelopes may surround a credential. A list of events has four.
const deepest = 8

// credentials reads the credentials of virtual authenticators and of KeePassXC.
func (f *Found) credentials(content []byte) error {
	list, others := unwrap(content, 0)
	for _, raw := range list {
		f.take(readCredential(raw))
	}
	f.Others = len(others)
	if len(list) > 0 || len(others) == 0 {
		return nil
	}
	for _, raw := range others {
		if members(raw)["error"] != nil {
			return &Error{Unknown, "it is an error that the browser answered with", "ask again for the credentials, once the authenticator is there"}
		}
	}
	return &Error{Unknown, "it is JSON, but of no format that is known", formats}
}

// unwrap returns the credentials inside envelopes. others are values that are neither.
func unwrap(raw json.RawMessage, depth int) (list, others []json.RawMessage) {
	var elements []json.RawMessage
	if json.Unmarshal(raw, &elements) == nil && raw[0] == '[' && depth < deepest {
		for _, element := range elements {
			inner, rest := unwrap(element, depth+1)
			list, others = append(list, inner...), append(others, rest...)
		}
		return list, others
	}
	object := members(raw)
	if object["privateKey"] != nil || object["credentialId"] != nil {
		return []json.RawMessage{raw}, nil
	}
	for _, envelope := range envelopes {
		if inner := object[envelope]; inner != nil && depth < deepest {
			return unwrap(inner, depth+1)
		}
	}
	return nil, []json.RawMessage{raw}
}

// members returns the members of an object, and none for any other value.
func members(raw json.RawMessage) map[string]json.RawMessage {
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return nil
	}
	return object
}

func readCredential(raw json.RawMessage) (authenticator.PrivatePasskey, error) {
	object := members(raw)
	switch {
	case object["relyingParty"] != nil:
		return readKeePassXC(raw)
	case object["credentialId"] == nil && object["id"] != nil:
		return readPlaywright(raw)
	}
	return readVirtual(raw)
}

// readVirtual reads a credential of DevTools or WebDriver.
func readVirtual(raw json.RawMessage) (authenticator.PrivatePasskey, error) {
	var in struct {
		CredentialID         binary     `json:"credentialId"`
		IsResidentCredential *bool      `json:"isResidentCredential"`
		RPID                 string     `json:"rpId"`
		PrivateKey           privateKey `json:"privateKey"`
		UserHandle           binary     `json:"userHandle"`
		SignCount            int64      `json:"signCount"` // -1 in Chromium if there is no counter
		LargeBlob            binary     `json:"largeBlob"`
		BackupEligibility    *bool      `json:"backupEligibility"`
		UserName             string     `json:"userName"`
		UserDisplayName      string     `json:"userDisplayName"`
	}
	miscased, err := exactjson.Unmarshal(raw, &in)
	if err == nil && in.SignCount > math.MaxUint32 {
		err = fmt.Errorf("its signCount is %d, greater than any", in.SignCount)
	}
	p := authenticator.PrivatePasskey{
		Passkey: authenticator.Passkey{
			CredentialID: in.CredentialID,
			RPID:         in.RPID,
			UserHandle:   in.UserHandle,
			UserName:     in.UserName,
			DisplayName:  in.UserDisplayName,
			SignCount:    uint32(max(0, min(in.SignCount, math.MaxUint32))),
			ServerSide:   in.IsResidentCredential != nil && !*in.IsResidentCredential,
		},
		PrivateKey: in.PrivateKey,
	}
	if len(in.LargeBlob) > 0 {
		p.LargeBlob = in.LargeBlob
	}
	if in.BackupEligibility != nil {
		p.Eligibility = authenticator.BackupNo
		if *in.BackupEligibility {
			p.Eligibility = authenticator.BackupYes
		}
	}
	if err == nil {
		err = complete(p, miscased)
	}
	return named(p), err
}

// readPlaywright reads a credential from browserContext.credentials.
func readPlaywright(raw json.RawMessage) (authenticator.PrivatePasskey, error) {
	var in struct {
		ID         binary     `json:"id"`
		RPID       string     `json:"rpId"`
		UserHandle binary     `json:"userHandle"`
		PrivateKey privateKey `json:"privateKey"`
	}
	miscased, err := exactjson.Unmarshal(raw, &in)
	p := authenticator.PrivatePasskey{
		Passkey:    authenticator.Passkey{CredentialID: in.ID, RPID: in.RPID, UserHandle: in.UserHandle},
		PrivateKey: in.PrivateKey,
	}
	p.ServerSide = len(in.UserHandle) == 0 && len(miscased) == 0 // only a server-side credential has no user handle
	if err == nil {
		err = complete(p, miscased)
	}
	return named(p), err
}

// readKeePassXC reads a file of KeePassXC's "Export Passkeys", which has one passkey.
func readKeePassXC(raw json.RawMessage) (authenticator.PrivatePasskey, error) {
	var in struct {
		CredentialID binary     `json:"credentialId"`
		RelyingParty string     `json:"relyingParty"`
		UserHandle   binary     `json:"userHandle"`
		Username     string     `json:"username"`
		PrivateKey   privateKey `json:"privateKey"` // PEM
	}
	miscased, err := exactjson.Unmarshal(raw, &in)
	p := authenticator.PrivatePasskey{
		Passkey:    authenticator.Passkey{CredentialID: in.CredentialID, RPID: in.RelyingParty, UserHandle: in.UserHandle, UserName: in.Username},
		PrivateKey: in.PrivateKey,
	}
	if err == nil {
		err = complete(p, miscased)
	}
	return named(p), err
}
