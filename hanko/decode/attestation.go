package decode

import (
	"crypto/x509"
	"encoding/hex"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"example.com/hankosim/authenticator"
)

// AttestationObject reads what an authenticator returns with a new passkey, raw CBOR (WebAuthn Level 3 section 6.5.4): the
// format, the statement, the authenticator data as AuthenticatorData reads it, and the whole in CBOR's diagnostic notation.
// It fails with an *Error if something is broken. The Part then has what could be read.
func AttestationObject(b []byte, rpIDs ...string) (Part, error) {
	part := Part{Kind: KindAttestationObject, Title: "Attestation object"}
	var object struct {
		Format    string          `cbor:"fmt"`
		Statement cbor.RawMessage `cbor:"attStmt"`
		AuthData  []byte          `cbor:"authData"`
	}
	rest, err := cbor.UnmarshalFirst(b, &object)
	if err != nil {
		return part, &Error{Kind: KindAttestationObject, Reason: "it is not a CBOR map of fmt, attStmt and authData", Err: err}
	}
	var lines list
	lines.add(0, "fmt", object.Format, formats[object.Format])
	statement(&lines, object.Statement)
	lines.add(0, "authData", "", count(len(object.AuthData), "byte"))
	err = authenticatorData(&lines, 1, object.AuthData, rpIDs)
	lines.add(0, "CBOR", diagnose(b[:len(b)-len(rest)]), "the whole object, in diagnostic notation")
	if err == nil && len(rest) > 0 {
		err = &Error{Kind: KindAttestationObject, Reason: count(len(rest), "byte") + " left over at the end"}
	}
	part.Lines = lines
	return part, err
}

// formats explains the common attestation statement formats of the IANA registry.
var formats = map[string]string{
	"none":              "no attestation, as phones send it",
	"packed":            "the authenticator attests the key",
	"apple":             "Apple attests the key, anonymously",
	"android-key":       "Android's keystore attests the key",
	"android-safetynet": "Google's SafetyNet attests the phone; no longer in use",
	"fido-u2f":          "an older security key attests itself",
	"tpm":               "a TPM attests the key",
}

// statement adds the lines of an attestation statement. It explains the members that formats share, and shows others as they
// are.
func statement(lines *list, raw cbor.RawMessage) {
	var members map[string]cbor.RawMessage
	if len(raw) == 0 || cbor.Unmarshal(raw, &members) != nil {
		lines.add(0, "attStmt", diagnose(raw), "not a CBOR map, as it should be")
		return
	}
	note := ""
	if len(members) == 0 {
		note = "empty"
	}
	lines.add(0, "attStmt", "", note)
	for _, name := range inOrder(members, []string{"alg", "sig", "x5c"}) {
		value := members[name]
		var (
			bytes []byte
			chain [][]byte
		)
		switch number, isNumber := coseNumber(value); {
		case name == "alg" && isNumber:
			lines.add(1, name, fmt.Sprint(number), authenticator.Algorithm(number).String())
		case name == "x5c" && cbor.Unmarshal(value, &chain) == nil:
			lines.add(1, name, "", count(len(chain), "certificate"))
			for i, der := range chain {
				certificate(lines, i, der)
			}
		case cbor.Unmarshal(value, &bytes) == nil:
			lines.add(1, name, hex.EncodeToString(bytes), count(len(bytes), "byte"))
		default:
			lines.add(1, name, diagnose(value), "")
		}
	}
}

func certificate(lines *list, i int, der []byte) {
	name := fmt.Sprintf("certificate %d", i+1)
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		lines.add(2, name, hex.EncodeToString(der), "not an X.509 certificate: "+err.Error())
		return
	}
	lines.add(2, name, parsed.Subject.String(), fmt.Sprintf("issued by %s, valid from %s to %s",
		parsed.Issuer, parsed.NotBefore.UTC().Format("2006-01-02"), parsed.NotAfter.UTC().Format("2006-01-02")))
}

// diagnose returns CBOR in diagnostic notation (RFC 8949 section 8), or anything else in hexadecimal.
func diagnose(b []byte) string {
	text, err := cbor.Diagnose(b)
	if err != nil {
		return hex.EncodeToString(b)
	}
	return text
}
