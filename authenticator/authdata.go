package authenticator

import (
	"encoding/binary"
)

// Flags are the flag bits of authenticator data (WebAuthn Level 3 section 6.1).
type Flags byte

// The flag bits.
const (
	UserPresent    Flags = 0x01 // UP
	UserVerified   Flags = 0x04 // UV
	BackupEligible Flags = 0x08 // BE
	BackedUp       Flags = 0x10 // BS
	AttestedData   Flags = 0x40 // AT
	ExtensionData  Flags = 0x80 // ED
)

// AuthenticatorData is the authenticator's part of what is signed (section 6.1).
type AuthenticatorData struct {
	RPIDHash  [32]byte // SHA-256 of the RP ID
	Flags     Flags
	SignCount uint32
	// Attested is the new credential on create, and nil on get. It is encoded whatever Flags say.
	Attested *AttestedCredential
	// Extensions is the CBOR map of extension outputs, already encoded; nil for none.
	Extensions []byte
}

// AttestedCredential is the new credential inside authenticator data (section 6.5.1).
type AttestedCredential struct {
	AAGUID       AAGUID
	CredentialID []byte
	PublicKey    []byte // a COSE_Key, encoded
}

// Bytes returns the encoded authenticator data.
func (a AuthenticatorData) Bytes() []byte {
	size := 37 + len(a.Extensions)
	if a.Attested != nil {
		size += 18 + len(a.Attested.CredentialID) + len(a.Attested.PublicKey)
	}
	b := make([]byte, 0, size)
	b = append(b, a.RPIDHash[:]...)
	b = append(b, byte(a.Flags))
	b = binary.BigEndian.AppendUint32(b, a.SignCount)
	if a.Attested != nil {
		b = append(b, a.Attested.AAGUID[:]...)
		b = binary.BigEndian.AppendUint16(b, uint16(len(a.Attested.CredentialID)))
		b = append(b, a.Attested.CredentialID...)
		b = append(b, a.Attested.PublicKey...)
	}
	return append(b, a.Extensions...)
}

// attestationObject returns the encoded attestation object, with its keys in CTAP2's canonical order: fmt, attStmt, authData
// (section 6.5.4).
func attestationObject(statement AttestationStatement, authData []byte) []byte {
	b := make([]byte, 0, 48+len(statement.CBOR)+len(authData))
	b = appendCBORHead(b, cborMap, 3)
	b = appendCBORText(b, "fmt")
	b = appendCBORText(b, statement.Format)
	b = appendCBORText(b, "attStmt")
	b = append(b, statement.CBOR...)
	b = appendCBORText(b, "authData")
	return appendCBORBytes(b, authData)
}
