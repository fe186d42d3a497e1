package exchange

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/internal/exactjson"
)

// bitwarden reads the items of Bitwarden's unencrypted JSON export.
func (f *Found) bitwarden(items json.RawMessage) error {
	var list []json.RawMessage
	if _, err := exactjson.Unmarshal(items, &list); err != nil {
		return &Error{Unknown, "it is no export of Bitwarden: its items: " + err.Error(), formats}
	}
	for _, raw := range list {
		var item struct {
			Login struct {
				Username    string            `json:"username"`
				Credentials []json.RawMessage `json:"fido2Credentials"`
			} `json:"login"`
		}
		_, _ = exactjson.Unmarshal(raw, &item) // other kinds of items have other members
		if len(item.Login.Credentials) == 0 {
			f.Others++
		}
		for _, credential := range item.Login.Credentials {
			f.take(readBitwarden(credential, item.Login.Username))
		}
	}
	return nil
}

func readBitwarden(raw json.RawMessage, login string) (authenticator.PrivatePasskey, error) {
	var in struct {
		CredentialID    string     `json:"credentialId"`
		KeyValue        privateKey `json:"keyValue"`
		RPID            string     `json:"rpId"`
		RPName          string     `json:"rpName"`
		UserHandle      binary     `json:"userHandle"`
		UserName        string     `json:"userName"`
		UserDisplayName string     `json:"userDisplayName"`
		Counter         scalar     `json:"counter"`      // text
		Discoverable    scalar     `json:"discoverable"` // text
		CreationDate    string     `json:"creationDate"`
	}
	miscased, err := exactjson.Unmarshal(raw, &in)
	p := authenticator.PrivatePasskey{
		Passkey: authenticator.Passkey{
			RPID:        in.RPID,
			RPName:      in.RPName,
			UserHandle:  in.UserHandle,
			UserName:    in.UserName,
			DisplayName: in.UserDisplayName,
			ServerSide:  in.Discoverable == "false",
		},
		PrivateKey: in.KeyValue,
	}
	if p.UserName == "" {
		p.UserName = login
	}
	if created, err := time.Parse(time.RFC3339, in.CreationDate); err == nil {
		p.CreatedAt = created.UTC()
	}
	id, wrong := bitwardenID(in.CredentialID)
	p.CredentialID = id
	if err == nil {
		err = wrong
	}
	if err == nil {
		err = complete(p, miscased)
	}
	if err == nil && in.Counter != "" {
		count, wrong := strconv.ParseUint(string(in.Counter), 10, 32)
		if wrong != nil {
			err = fmt.Errorf("its counter is %q, which is no sign count", string(in.Counter))
		}
		p.SignCount = uint32(count)
	}
	return named(p), err
}

// bitwardenID parses a credential ID: a UUID, or base64url after "b64.".
func bitwardenID(written string) ([]byte, error) {
	if encoded, ok := strings.CutPrefix(written, "b64."); ok {
		var id binary
		err := id.UnmarshalText([]byte(encoded))
		return id, err
	}
	id, err := hex.DecodeString(strings.ReplaceAll(written, "-", ""))
	if err != nil || written != "" && len(id) != 16 {
		return nil, errors.New("its credentialId is neither a UUID nor base64url after \"b64.\"")
	}
	return id, nil
}
