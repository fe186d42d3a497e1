package decode

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"example.com/hankosim/authenticator"
)

// AuthenticatorData reads raw authenticator data (WebAuthn Level 3 section 6.1): the hash of the RP ID, the flags bit by bit,
// the counter, and a new credential with its key. It compares the hash with those of rpIDs. It fails with an *Error if
// something is broken. The Part then has what could be read before.
func AuthenticatorData(b []byte, rpIDs ...string) (Part, error) {
	part := Part{Kind: KindAuthenticatorData, Title: "Authenticator data"}
	var lines list
	err := authenticatorData(&lines, 0, b, rpIDs)
	part.Lines = lines
	return part, err
}

func authenticatorData(lines *list, depth int, b []byte, rpIDs []string) error {
	broken := func(reason string, args ...any) error {
		return &Error{Kind: KindAuthenticatorData, Reason: fmt.Sprintf(reason, args...)}
	}
	var data authenticator.AuthenticatorData
	if len(b) < 37 {
		return broken("it has %s, but at least 37 are needed", count(len(b), "byte"))
	}
	copy(data.RPIDHash[:], b)
	data.Flags = authenticator.Flags(b[32])
	data.SignCount = binary.BigEndian.Uint32(b[33:37])
	rest := b[37:]

	lines.add(depth, "rpIdHash", hex.EncodeToString(data.RPIDHash[:]), rpIDNote(data.RPIDHash, rpIDs))
	flags(lines, depth, data.Flags)
	note := "the number of signatures so far"
	if data.SignCount == 0 {
		note = "it does not count; synced passkeys never do"
	}
	lines.add(depth, "signCount", fmt.Sprint(data.SignCount), note)

	if data.Flags&authenticator.AttestedData != 0 {
		var err error
		if rest, err = attested(lines, depth, rest); err != nil {
			return err
		}
	}
	if data.Flags&authenticator.ExtensionData != 0 {
		after, err := cbor.UnmarshalFirst(rest, new(cbor.RawMessage))
		if err != nil {
			return &Error{Kind: KindAuthenticatorData, Reason: "its extensions are not CBOR", Err: err}
		}
		lines.add(depth, "extensions", diagnose(rest[:len(rest)-len(after)]), "in CBOR's diagnostic notation")
		rest = after
	}
	if len(rest) > 0 {
		return broken("%s left over at the end: %x", count(len(rest), "byte"), rest[:min(len(rest), 64)])
	}
	return nil
}

func rpIDNote(hash [32]byte, rpIDs []string) string {
	for _, id := range rpIDs {
		if sha256.Sum256([]byte(id)) == hash {
			return "SHA-256 of the RP ID " + id
		}
	}
	return "SHA-256 of an RP ID that this exchange does not name"
}

// flagMeanings explains the bits, from the lowest up, if they are set and if they are not (section 6.1).
var flagMeanings = []struct{ name, set, unset string }{
	{"UP", "a person was present", "no person was present"},
	{"RFU1", "reserved: must be 0", ""},
	{"UV", "the person was verified, by biometrics or screen lock", "the person was not verified"},
	{"BE", "the passkey can be backed up to a synced keychain", "the passkey stays on this device"},
	{"BS", "the passkey is backed up", "the passkey is not backed up"},
	{"RFU2", "reserved: must be 0", ""},
	{"AT", "a new credential follows", "no new credential follows"},
	{"ED", "extensions follow", "no extensions follow"},
}

func flags(lines *list, depth int, f authenticator.Flags) {
	note := ""
	if f&authenticator.BackedUp != 0 && f&authenticator.BackupEligible == 0 {
		note = "BS without BE is not allowed: relying parties refuse it"
	}
	lines.add(depth, "flags", fmt.Sprintf("0x%02x", byte(f)), note)
	for bit, meaning := range flagMeanings {
		switch {
		case f&(1<<bit) != 0:
			lines.add(depth+1, meaning.name, "1", meaning.set)
		case meaning.unset != "":
			lines.add(depth+1, meaning.name, "0", meaning.unset)
		}
	}
}

// attested adds the lines of attested credential data (section 6.5.1), and returns what follows it.
func attested(lines *list, depth int, b []byte) ([]byte, error) {
	if len(b) < 18 {
		return nil, &Error{Kind: KindAuthenticatorData, Reason: "it ends inside the new credential"}
	}
	aaguid := authenticator.AAGUID(b[:16])
	lines.add(depth, "aaguid", aaguid.String(), providerNote(aaguid))
	length, b := int(binary.BigEndian.Uint16(b[16:])), b[18:]
	if length > len(b) {
		return nil, &Error{
			Kind:   KindAuthenticatorData,
			Reason: fmt.Sprintf("the credential ID should have %s, but only %d are left", count(length, "byte"), len(b)),
		}
	}
	note := count(length, "byte")
	if length > 1023 {
		note += ": more than the 1023 that WebAuthn allows"
	}
	lines.add(depth, "credentialId", base64url(b[:length]), note)
	b = b[length:]
	var raw cbor.RawMessage
	rest, err := cbor.UnmarshalFirst(b, &raw)
	if err != nil {
		return nil, &Error{Kind: KindAuthenticatorData, Reason: "the new credential's key is not CBOR", Err: err}
	}
	lines.add(depth, "credentialPublicKey", "", count(len(raw), "byte")+" of COSE")
	return rest, coseKey(lines, depth+1, raw)
}
