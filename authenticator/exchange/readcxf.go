package exchange

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/internal/exactjson"
)

// longestBlob limits the size of an inflated large blob, in bytes.
const longestBlob = 1 << 16

// cxf reads a Credential Exchange Format document, or one account of it, and ignores what passkeys do not need. As the
// format says, sign counts start at 0.
func (f *Found) cxf(content []byte) error {
	var in struct {
		Version struct {
			Major int `json:"major"`
		} `json:"version"`
		Accounts []json.RawMessage `json:"accounts"`
		Items    []json.RawMessage `json:"items"` // if the document is one account
	}
	_, err := exactjson.Unmarshal(content, &in)
	if in.Version.Major > cxfMajor {
		return &Error{
			Unknown, fmt.Sprintf("it has version %d of the Credential Exchange Format, and %d is read", in.Version.Major, cxfMajor),
			"export it in version 1.0",
		}
	}
	if err != nil && in.Accounts == nil && in.Items == nil {
		return &Error{Unknown, "it is no document of the Credential Exchange Format: " + err.Error(), formats}
	}
	for _, raw := range in.Accounts {
		var account struct {
			Items []json.RawMessage `json:"items"`
		}
		if _, err := exactjson.Unmarshal(raw, &account); err != nil {
			f.take(authenticator.PrivatePasskey{}, fmt.Errorf("its account: %w", err))
		}
		in.Items = append(in.Items, account.Items...)
	}
	for _, raw := range in.Items {
		f.cxfItem(raw)
	}
	return nil
}

func (f *Found) cxfItem(raw json.RawMessage) {
	var item struct {
		Credentials []json.RawMessage `json:"credentials"`
	}
	if _, err := exactjson.Unmarshal(raw, &item); err != nil {
		f.take(authenticator.PrivatePasskey{}, fmt.Errorf("its item: %w", err))
	}
	var about struct { // errors here do not matter for the passkey
		Title      string  `json:"title"`
		CreationAt float64 `json:"creationAt"` // seconds since 1970
	}
	_, _ = exactjson.Unmarshal(raw, &about)
	for _, credential := range item.Credentials {
		var kind struct {
			Type string `json:"type"`
		}
		if _, _ = exactjson.Unmarshal(credential, &kind); kind.Type != "passkey" {
			f.Others++
			continue
		}
		p, err := readCXF(credential)
		p.RPName = about.Title
		if about.CreationAt > 0 {
			p.CreatedAt = time.Unix(int64(about.CreationAt), 0).UTC()
		}
		f.take(p, err)
	}
}

func readCXF(raw json.RawMessage) (authenticator.PrivatePasskey, error) {
	var in struct {
		CredentialID    binary     `json:"credentialId"`
		RPID            string     `json:"rpId"`
		Username        string     `json:"username"`
		UserDisplayName string     `json:"userDisplayName"`
		UserHandle      binary     `json:"userHandle"`
		Key             privateKey `json:"key"`
		Extensions      struct {
			HMAC *struct {
				Algorithm string `json:"algorithm"`
				WithUV    binary `json:"credWithUV"`
			} `json:"hmacCredentials"`
			LargeBlob *struct {
				UncompressedSize int64  `json:"uncompressedSize"`
				Data             binary `json:"data"`
			} `json:"largeBlob"`
		} `json:"fido2Extensions"`
	}
	miscased, err := exactjson.Unmarshal(raw, &in)
	p := authenticator.PrivatePasskey{
		Passkey: authenticator.Passkey{
			CredentialID: in.CredentialID,
			RPID:         in.RPID,
			UserHandle:   in.UserHandle,
			UserName:     in.Username,
			DisplayName:  in.UserDisplayName,
		},
		PrivateKey: in.Key,
	}
	if err == nil {
		err = complete(p, miscased)
	}
	if err != nil {
		return p, err
	}
	if h := in.Extensions.HMAC; h != nil {
		if h.Algorithm != cxfHMACSHA256 {
			return p, fmt.Errorf("its secret for the prf extension is for %q, not for %s", h.Algorithm, cxfHMACSHA256)
		}
		p.PRFSecret = h.WithUV
	}
	if b := in.Extensions.LargeBlob; b != nil {
		blob, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(b.Data)), longestBlob))
		if err != nil {
			return p, errors.New("its large blob does not inflate")
		}
		if int64(len(blob)) != b.UncompressedSize {
			return p, fmt.Errorf("its large blob inflates to %d bytes, not %d", len(blob), b.UncompressedSize)
		}
		p.LargeBlob, p.HasLargeBlob = blob, true
	}
	return p, nil
}
