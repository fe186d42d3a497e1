package exchange

import (
	"bytes"
	"compress/flate"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"time"

	"example.com/hankosim/authenticator"
)

// These types are the parts of the Credential Exchange Format 1.0 (FIDO Alliance, proposed standard of 2025-08-14) that
// passkeys need.
type (
	cxfHeader struct {
		Version             cxfVersion   `json:"version"`
		ExporterRPID        string       `json:"exporterRpId"`
		ExporterDisplayName string       `json:"exporterDisplayName"`
		Timestamp           int64        `json:"timestamp"` // seconds since 1970
		Accounts            []cxfAccount `json:"accounts"`
	}
	cxfVersion struct {
		Major int `json:"major"`
		Minor int `json:"minor"`
	}
	cxfAccount struct {
		ID          authenticator.Bytes `json:"id"`
		Username    string              `json:"username"`
		Email       string              `json:"email"`
		Collections []json.RawMessage   `json:"collections"`
		Items       []cxfItem           `json:"items"`
	}
	cxfItem struct {
		ID          authenticator.Bytes `json:"id"`
		CreationAt  int64               `json:"creationAt,omitempty"`
		ModifiedAt  int64               `json:"modifiedAt,omitempty"`
		Title       string              `json:"title"`
		Subtitle    string              `json:"subtitle,omitempty"`
		Scope       *cxfScope           `json:"scope,omitempty"`
		Credentials []json.RawMessage   `json:"credentials"`
	}
	cxfScope struct {
		URLs        []string `json:"urls"`
		AndroidApps []string `json:"androidApps"`
	}
	cxfPasskey struct {
		Type            string              `json:"type"` // "passkey"
		CredentialID    authenticator.Bytes `json:"credentialId"`
		RPID            string              `json:"rpId"`
		Username        string              `json:"username"`
		UserDisplayName string              `json:"userDisplayName"`
		UserHandle      authenticator.Bytes `json:"userHandle"`
		Key             authenticator.Bytes `json:"key"` // PKCS#8, DER
		Extensions      *cxfExtensions      `json:"fido2Extensions,omitempty"`
	}
	cxfExtensions struct {
		HMAC      *cxfHMAC      `json:"hmacCredentials,omitempty"`
		LargeBlob *cxfLargeBlob `json:"largeBlob,omitempty"`
	}
	cxfHMAC struct {
		Algorithm string              `json:"algorithm"`
		WithUV    authenticator.Bytes `json:"credWithUV"`
		WithoutUV authenticator.Bytes `json:"credWithoutUV"`
	}
	cxfLargeBlob struct {
		UncompressedSize int                 `json:"uncompressedSize"`
		Data             authenticator.Bytes `json:"data"` // DEFLATE
	}
)

const (
	cxfMajor      = 1
	cxfHMACSHA256 = "hmac-sha256"
)

// CXF writes passkeys in FIDO's Credential Exchange Format. The format excludes passkeys that have a counter or are not
// discoverable; CXF returns these as left.
func CXF(list []authenticator.PrivatePasskey, now time.Time) (document []byte, left []authenticator.Passkey, err error) {
	account := cxfAccount{ID: authenticator.Bytes("phone"), Collections: []json.RawMessage{}, Items: []cxfItem{}}
	for _, p := range list {
		if p.SignCount != 0 || p.ServerSide {
			left = append(left, p.Passkey)
			continue
		}
		credential := cxfPasskey{
			Type:            "passkey",
			CredentialID:    p.CredentialID,
			RPID:            p.RPID,
			Username:        p.UserName,
			UserDisplayName: p.DisplayName,
			UserHandle:      p.UserHandle,
			Key:             p.PrivateKey,
			Extensions:      extensions(p),
		}
		raw, err := json.Marshal(credential)
		if err != nil {
			return nil, nil, err
		}
		title := p.RPName
		if title == "" {
			title = p.RPID
		}
		id := sha256.Sum256(p.CredentialID)
		account.Items = append(account.Items, cxfItem{
			ID:          id[:16],
			CreationAt:  p.CreatedAt.Unix(),
			ModifiedAt:  p.CreatedAt.Unix(),
			Title:       title,
			Subtitle:    p.UserName,
			Scope:       &cxfScope{URLs: []string{"https://" + p.RPID}, AndroidApps: []string{}},
			Credentials: []json.RawMessage{raw},
		})
	}
	document, err = json.MarshalIndent(cxfHeader{
		Version:             cxfVersion{Major: cxfMajor},
		ExporterRPID:        "localhost",
		ExporterDisplayName: "Simulated phone",
		Timestamp:           now.Unix(),
		Accounts:            []cxfAccount{account},
	}, "", "  ")
	return document, left, err
}

func extensions(p authenticator.PrivatePasskey) *cxfExtensions {
	var out cxfExtensions
	if p.PRFSecret != nil {
		// The prf extension uses only the secret for verified users. The format requires the other, so it is derived.
		mac := hmac.New(sha256.New, p.PRFSecret)
		mac.Write([]byte("without user verification"))
		out.HMAC = &cxfHMAC{Algorithm: cxfHMACSHA256, WithUV: p.PRFSecret, WithoutUV: mac.Sum(nil)}
	}
	if p.LargeBlob != nil {
		out.LargeBlob = &cxfLargeBlob{UncompressedSize: len(p.LargeBlob), Data: deflate(p.LargeBlob)}
	}
	if out == (cxfExtensions{}) {
		return nil
	}
	return &out
}

func deflate(raw []byte) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.DefaultCompression) // fails only for an unknown level
	_, _ = w.Write(raw)                                   // writing to a Buffer cannot fail
	_ = w.Close()
	return b.Bytes()
}
