package authenticator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"example.com/hankosim/authenticator/internal/vault"
)

// keystoreVersion is the version of the file's format that this program writes, and the only one that it reads.
const keystoreVersion = 1

type keystoreJSON struct {
	Version  int           `json:"version"`
	Passkeys []passkeyJSON `json:"passkeys"`
}

type passkeyJSON struct {
	CredentialID Bytes     `json:"credentialId"`
	RPID         string    `json:"rpId"`
	RPName       string    `json:"rpName"`
	UserHandle   Bytes     `json:"userHandle"`
	UserName     string    `json:"userName"`
	DisplayName  string    `json:"displayName"`
	Keychain     string    `json:"keychain"`
	Profile      string    `json:"profile"`
	SignCount    uint32    `json:"signCount"`
	CreatedAt    time.Time `json:"createdAt"`
	LastUsedAt   time.Time `json:"lastUsedAt,omitzero"`
	ServerSide   bool      `json:"serverSide,omitempty"`
	Eligibility  string    `json:"eligibility,omitempty"`
	PrivateKey   Bytes     `json:"privateKey"` // PKCS#8, DER
	PRFSecret    Bytes     `json:"prfSecret,omitempty"`
	HasLargeBlob bool      `json:"hasLargeBlob,omitempty"`
	LargeBlob    Bytes     `json:"largeBlob,omitempty"`
}

// unknownVersionError is the error for a file in the format of another, probably newer, program.
type unknownVersionError int

func (v unknownVersionError) Error() string {
	return fmt.Sprintf("its format has version %d, but this program supports version %d", int(v), keystoreVersion)
}

// Is reports whether target is vault.ErrNewer.
func (unknownVersionError) Is(target error) bool { return target == vault.ErrNewer }

func encodeKeystore(list []*credential) ([]byte, error) {
	out := keystoreJSON{Version: keystoreVersion, Passkeys: make([]passkeyJSON, 0, len(list))}
	for _, c := range list {
		pkcs8, err := c.key.pkcs8()
		if err != nil {
			return nil, err
		}
		out.Passkeys = append(out.Passkeys, passkeyJSON{
			CredentialID: c.CredentialID,
			RPID:         c.RPID,
			RPName:       c.RPName,
			UserHandle:   c.UserHandle,
			UserName:     c.UserName,
			DisplayName:  c.DisplayName,
			Keychain:     c.Keychain,
			Profile:      c.Profile,
			SignCount:    c.SignCount,
			CreatedAt:    c.CreatedAt,
			LastUsedAt:   c.LastUsedAt,
			ServerSide:   c.ServerSide,
			Eligibility:  string(c.Eligibility),
			PrivateKey:   pkcs8,
			PRFSecret:    c.prfSecret,
			HasLargeBlob: c.hasLargeBlob,
			LargeBlob:    c.largeBlob,
		})
	}
	raw, err := json.MarshalIndent(out, "", "  ")
	return append(raw, '\n'), err
}

// decodeKeystore returns the credentials in the document, which is nil if there is no file. It does not parse keys again that
// known already has.
func decodeKeystore(document []byte, known []*credential) ([]*credential, error) {
	if document == nil {
		return nil, nil
	}
	var head struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(document, &head); err != nil {
		return nil, err
	}
	if head.Version == nil {
		return nil, errors.New("it has no version")
	}
	if *head.Version != keystoreVersion {
		return nil, unknownVersionError(*head.Version)
	}
	// The next save would lose unknown members, so a file that has them is refused.
	d := json.NewDecoder(bytes.NewReader(document))
	d.DisallowUnknownFields()
	var in keystoreJSON
	if err := d.Decode(&in); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("there is more data after its end")
	}
	list := make([]*credential, 0, len(in.Passkeys))
	for i, p := range in.Passkeys {
		c, err := p.credential(known)
		if err != nil {
			return nil, fmt.Errorf("passkey %d of %d: %w", i+1, len(in.Passkeys), err)
		}
		if indexOf(list, c.CredentialID) >= 0 {
			return nil, fmt.Errorf("passkey %d of %d: its credential ID appears twice", i+1, len(in.Passkeys))
		}
		list = append(list, c)
	}
	return list, nil
}

func (p passkeyJSON) credential(known []*credential) (*credential, error) {
	if len(p.CredentialID) == 0 || p.RPID == "" {
		return nil, errors.New("it has no credential ID or no RP ID")
	}
	if !slices.Contains([]Eligibility{EligibleAsPhone, BackupYes, BackupNo}, Eligibility(p.Eligibility)) {
		return nil, fmt.Errorf("its eligibility for a backup is %q, which is unknown", p.Eligibility)
	}
	k, err := p.key(known)
	if err != nil {
		return nil, fmt.Errorf("its private key: %w", err)
	}
	return &credential{
		Passkey: Passkey{
			CredentialID: p.CredentialID,
			RPID:         p.RPID,
			RPName:       p.RPName,
			UserHandle:   p.UserHandle,
			UserName:     p.UserName,
			DisplayName:  p.DisplayName,
			Algorithm:    k.algorithm,
			Keychain:     p.Keychain,
			Profile:      p.Profile,
			SignCount:    p.SignCount,
			CreatedAt:    p.CreatedAt,
			LastUsedAt:   p.LastUsedAt,
			ServerSide:   p.ServerSide,
			Eligibility:  Eligibility(p.Eligibility),
		},
		key:          k,
		prfSecret:    p.PRFSecret,
		hasLargeBlob: p.HasLargeBlob,
		largeBlob:    p.LargeBlob,
	}, nil
}

func (p passkeyJSON) key(known []*credential) (*key, error) {
	if i := indexOf(known, p.CredentialID); i >= 0 {
		if pkcs8, err := known[i].key.pkcs8(); err == nil && bytes.Equal(pkcs8, p.PrivateKey) {
			return known[i].key, nil
		}
	}
	return parseKey(p.PrivateKey)
}
