package exchange

import (
	"bytes"
	"cmp"
	endian "encoding/binary"
	"encoding/json"
	"fmt"
	"unicode/utf16"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/internal/exactjson"
)

// Found is what a document contains.
type Found struct {
	Passkeys []authenticator.PrivatePasskey // without a keychain; Phone.Import sets it and checks them
	Skipped  []Skipped
	Others   int // credentials and items that are not passkeys, such as passwords
}

// Skipped is a passkey that cannot be imported.
type Skipped struct {
	Passkey authenticator.Passkey // the parts that could be read
	Err     error                 // why, as a sentence for people
}

// take adds a passkey, or adds it to Skipped with the reason.
func (f *Found) take(p authenticator.PrivatePasskey, err error) {
	if err != nil {
		f.Skipped = append(f.Skipped, Skipped{p.Passkey, err})
		return
	}
	f.Passkeys = append(f.Passkeys, p)
}

// Reason says why a document has no passkeys to import.
type Reason string

// The reasons.
const (
	Unknown   Reason = "unknown"   // not one of the formats
	Encrypted Reason = "encrypted" // encrypted, so nothing can be read
	Empty     Reason = "empty"     // one of the formats, without passkeys
)

// Error is the error for a document without passkeys to import.
type Error struct {
	Reason   Reason
	Sentence string // what the document is, without the full stop
	Hint     string // what to do
}

// Error returns the sentence and the hint.
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Sentence
	}
	return e.Sentence + " (" + e.Hint + ")"
}

// formats names what Parse reads, for hints.
const formats = "passkeys are read from FIDO's Credential Exchange Format 1.0, Bitwarden's .json, KeePassXC's .passkey, " +
	"and what DevTools, WebDriver and Playwright give"

// Parse reads the passkeys in a document of any of these formats: FIDO's Credential Exchange Format 1.0 (all of it, or one
// account), Bitwarden's unencrypted JSON, KeePassXC's .passkey, and credentials of the virtual authenticators of DevTools,
// WebDriver and Playwright, one or many, alone or inside their messages. Passkeys that cannot be imported are in Skipped.
// It fails with an *Error.
func Parse(document []byte) (Found, error) {
	content := plain(document)
	if e := container(content); e != nil {
		return Found{}, e
	}
	var found Found
	if err := found.read(content); err != nil {
		return Found{}, err
	}
	if len(found.Passkeys)+len(found.Skipped) == 0 {
		return found, &Error{Reason: Empty, Sentence: "there are no passkeys in it"}
	}
	return found, nil
}

func (f *Found) read(content []byte) error {
	var members map[string]json.RawMessage // nil for an array
	if err := json.Unmarshal(content, &members); err != nil && !json.Valid(content) {
		return &Error{Reason: Unknown, Sentence: "it is not JSON: " + err.Error(), Hint: formats}
	}
	has := func(name string) bool { _, there := members[name]; return there }
	switch {
	case string(members["encrypted"]) == "true":
		return &Error{Encrypted, "it is an encrypted export of Bitwarden", "export again with the file format .json, not .json (Encrypted)"}
	case has("hpke"):
		return &Error{Encrypted, "it is encrypted for the password manager that asked for it", "export to a file that is not encrypted"}
	case has("version") && bytes.Contains(members["passkeys"], []byte(`"keychain"`)):
		return &Error{Unknown, "it is a keystore of hankosim", "name it in HANKOSIM_KEYSTORE, and use passkeys export"}
	case has("items") && (has("encrypted") || has("folders")):
		return f.bitwarden(members["items"])
	case has("accounts"), has("items"):
		return f.cxf(content)
	}
	return f.credentials(content)
}

// plain returns the text of a document in UTF-8. Windows writes what a program prints in UTF-16.
func plain(document []byte) []byte {
	var order endian.ByteOrder = endian.LittleEndian
	switch {
	case bytes.HasPrefix(document, []byte("\xff\xfe")):
	case bytes.HasPrefix(document, []byte("\xfe\xff")):
		order = endian.BigEndian
	default:
		return bytes.TrimPrefix(document, []byte("\xef\xbb\xbf"))
	}
	units := make([]uint16, (len(document)-2)/2)
	for i := range units {
		units[i] = order.Uint16(document[2+2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

// container returns an error for a document that only contains passkeys, such as an archive, or nil.
func container(content []byte) *Error {
	for _, known := range []struct {
		begins string
		Error
	}{
		{"age-encryption.org/", Error{Encrypted, "it is encrypted with age", "decrypt it first: age -d FILE | hankosim passkeys import -"}},
		{"-----BEGIN AGE ENCRYPTED FILE-----", Error{Encrypted, "it is encrypted with age", "decrypt it first: age -d FILE | hankosim passkeys import -"}},
		{"-----BEGIN PGP MESSAGE-----", Error{Encrypted, "it is encrypted with PGP", "decrypt it first: gpg -d FILE | hankosim passkeys import -"}},
		{"\x03\xd9\xa2\x9a", Error{Encrypted, "it is a KeePass database", "KeePassXC exports passkeys with Database, Passkeys, Export"}},
		{"PK\x03\x04", Error{Unknown, "it is a ZIP archive", "unpack it, and import the JSON file inside"}},
		{"-----BEGIN ", Error{Unknown, "it is a key alone, and a passkey has more", "put it as privateKey into a JSON object with credentialId, rpId and userHandle"}},
	} {
		if bytes.HasPrefix(bytes.TrimLeft(content, " \t\r\n"), []byte(known.begins)) {
			return &known.Error
		}
	}
	return nil
}

// complete returns an error for a missing member, which names an unknown member that may be meant instead.
func complete(p authenticator.PrivatePasskey, miscased []exactjson.Miscased) error {
	lacks := ""
	switch {
	case len(p.CredentialID) == 0:
		lacks = "credential id"
	case p.RPID == "":
		lacks = "RP id"
	case len(p.PrivateKey) == 0:
		lacks = "private key"
	case len(p.UserHandle) == 0 && !p.ServerSide:
		lacks = "user handle"
	default:
		return nil
	}
	if hint := exactjson.Hint(miscased); hint != "" {
		return fmt.Errorf("it has no %s: %s", lacks, hint)
	}
	return fmt.Errorf("it has no %s", lacks)
}

// named sets the names that are shown, if the format has none.
func named(p authenticator.PrivatePasskey) authenticator.PrivatePasskey {
	p.UserName = cmp.Or(p.UserName, p.RPID)
	p.DisplayName = cmp.Or(p.DisplayName, p.UserName)
	return p
}
